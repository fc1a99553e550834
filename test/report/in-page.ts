/** What tests have the browser work out: expressions in its own language. */

export const UNFOLD = `document.querySelectorAll('details').forEach((one) => { one.open = true; })`;

export const BACKGROUND = `getComputedStyle(document.body).backgroundColor`;

export const LEVELS = `Array.from(document.querySelectorAll('h1, h2, h3'), ({ tagName }) => Number(tagName[1]))`;

/** A picture from elsewhere with a script of its own, as if it had come through. */
export const PUT_IN = `{
  const place = document.createElement('div');
  place.innerHTML = '<img src="http://127.0.0.1:9/x" onerror="document.title = 1">';
  document.body.append(place);
}`;

/** Texts whose contrast with what is behind them is below 4.5 (WCAG 2.1). */
export const FAINT = `(() => {
  const channels = (color) => (color.match(/[\\d.]+/g) ?? []).map(Number);
  const light = (color) => {
    const [r, g, b] = channels(color).map((v) => (v / 255 <= 0.03928 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (element) => {
    for (let at = element; at !== null; at = at.parentElement) {
      const { backgroundColor } = getComputedStyle(at);
      if (channels(backgroundColor)[3] !== 0) return backgroundColor;
    }
    return 'rgb(255, 255, 255)';
  };
  const found = [];
  for (const element of document.querySelectorAll('body *')) {
    const texts = [...element.childNodes].filter((node) => node.nodeType === 3 && node.textContent.trim() !== '');
    if (texts.length === 0 || element.closest('script, title, desc, .unseen') !== null) continue;
    const style = getComputedStyle(element);
    const [a, b] = [light(element.closest('svg') ? style.fill : style.color), light(behind(element))];
    const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (!(contrast >= 4.5)) found.push(contrast.toFixed(2) + ' ' + element.className + ' ' + element.textContent.slice(0, 40));
  }
  return found;
})()`;

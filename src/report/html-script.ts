/**
 * The script of the HTML report: a box per section that filters its rows. It reads no data but the text of the page, and
 * without it everything is there all the same.
 */
export const SCRIPT = `
'use strict';
for (const filter of document.querySelectorAll('.filter')) {
  const section = filter.closest('section');
  const box = filter.querySelector('input');
  const hint = filter.querySelector('output');
  let rows = null;
  let open = null;
  let timer = 0;
  const read = () => Array.from(section.querySelectorAll('[data-row]'), (row) => {
    const group = row.closest('details.group');
    const head = group === null ? '' : group.querySelector('summary').textContent + ' ' + (group.querySelector('.said') || { textContent: '' }).textContent;
    return { row, group, text: (row.textContent + ' ' + head).toLowerCase() };
  });
  const apply = () => {
    const words = box.value.toLowerCase().split(/\\s+/).filter(Boolean);
    rows = rows || read();
    const groups = new Map();
    let shown = 0;
    for (const { row, group, text } of rows) {
      const fits = words.every((word) => text.includes(word));
      row.hidden = !fits;
      if (fits) shown += 1;
      if (group !== null) groups.set(group, (groups.get(group) || 0) + (fits ? 1 : 0));
    }
    if (words.length > 0 && open === null) open = new Map(Array.from(groups.keys(), (group) => [group, group.open]));
    for (const [group, fits] of groups) {
      group.hidden = fits === 0;
      if (words.length > 0) group.open = fits > 0;
      else if (open !== null) group.open = open.get(group);
    }
    if (words.length === 0) open = null;
    hint.classList.toggle('on', words.length > 0);
    const all = rows.length.toLocaleString('en');
    hint.textContent = words.length === 0 ? all + ' rows' : shown.toLocaleString('en') + ' of ' + all + ' rows shown; clear the box to see the rest';
  };
  filter.hidden = false;
  hint.textContent = section.querySelectorAll('[data-row]').length.toLocaleString('en') + ' rows';
  box.addEventListener('input', () => {
    clearTimeout(timer);
    timer = setTimeout(apply, 80);
  });
  box.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape' || box.value === '') return;
    box.value = '';
    apply();
  });
}
let folded = [];
addEventListener('beforeprint', () => {
  folded = Array.from(document.querySelectorAll('details:not([open])'));
  for (const one of folded) one.open = true;
});
addEventListener('afterprint', () => {
  for (const one of folded) one.open = false;
});
`;

import { html, Markup, NOTHING, numeral } from './html-text.js';

/** Fewer rows than this are read faster than filtered. */
const WORTH_FILTERING = 6;

type Attributes = { readonly [name: string]: string | boolean };

/** An element around what may be many pieces: they are handed on one by one. */
export function* element(name: string, attributes: Attributes, inside: Iterable<Markup>): Iterable<Markup> {
  yield html`${new Markup(`<${name}`)}${Object.entries(attributes).map(([each, value]) => attribute(each, value))}${new Markup('>')}`;
  yield* inside;
  yield new Markup(`</${name}>`);
}

function attribute(name: string, value: string | boolean): Markup {
  if (typeof value === 'boolean') return value ? html` ${name}` : NOTHING;
  return html` ${name}="${value}"`;
}

/** A landmark with a heading of its own; `count` = rows in it. */
export function section(id: string, title: string, count: number | null, inside: Iterable<Markup>): Iterable<Markup> {
  const many = count === null ? NOTHING : html` <span class="soft">(${numeral(count)})</span>`;
  const heading = html`<h2 id="${id}-title">${title}${many}</h2>`;
  return element('section', { id, 'aria-labelledby': `${id}-title` }, inOrder([heading], inside));
}

export type Table = {
  readonly caption: string;
  /** What stands above says it: read aloud only. */
  readonly isCaptionUnseen?: boolean;
  readonly style?: string;
  /** Set = wide: can be scrolled with the keyboard, under this name. */
  readonly label?: string;
  /** Rows of the head. */
  readonly head: Markup;
};

export function table(
  { caption, isCaptionUnseen = false, style, label, head }: Table,
  rows: Iterable<Markup>,
  foot: readonly Markup[] = [],
): Iterable<Markup> {
  const title = isCaptionUnseen
    ? html`<caption class="unseen">
        ${caption}
      </caption>`
    : html`<caption>
        ${caption}
      </caption>`;
  const whole = inOrder(
    [
      title,
      html`<thead>
        ${head}
      </thead>`,
    ],
    element('tbody', {}, rows),
    foot,
  );
  const scrolling: Attributes = label === undefined ? {} : { tabindex: '0', role: 'group', 'aria-label': label };
  return element(
    'div',
    { class: 'scroll', ...scrolling },
    element('table', style === undefined ? {} : { class: style }, whole),
  );
}

export function headings(names: readonly string[]): Markup {
  return html`<tr>
    ${names.map((name) => html`<th scope="col">${name}</th>`)}
  </tr>`;
}

/** One after the other. */
export function* inOrder(...parts: readonly Iterable<Markup>[]): Iterable<Markup> {
  for (const part of parts) yield* part;
}

/** The box that filters the rows of a section; the script shows it. */
export function filterBox(id: string, rows: number, about: string): Markup {
  if (rows < WORTH_FILTERING) return NOTHING;
  return html`<div class="filter" hidden>
    <label for="filter-${id}">Filter ${about}</label>
    <input type="search" id="filter-${id}" autocomplete="off" spellcheck="false" />
    <output for="filter-${id}" aria-live="polite"></output>
  </div>`;
}

/** `What your callers must change` → `what-your-callers-must-change`. */
export function anchorOf(title: string): string {
  return title.toLowerCase().replace(/[^a-z]+/g, '-');
}

import { visible } from './visible.js';

/** HTML that was written here. Anything else in a template is text, and escaped. */
export class Markup {
  constructor(readonly text: string) {}
}

type Piece = string | number | Markup | readonly Markup[];

/** A template of HTML. Values become text, with characters that hide or reorder shown as escapes; never markup. */
export function html(strings: TemplateStringsArray, ...values: readonly Piece[]): Markup {
  return new Markup(String.raw({ raw: strings }, ...values.map(piece)));
}

export const NOTHING = new Markup('');

function piece(value: Piece): string {
  if (value instanceof Markup) return value.text;
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' ? escaped(value) : value.map(({ text }) => text).join('');
}

const ENTITIES: { readonly [character: string]: string } = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escaped(text: string): string {
  return visible(text).replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}

/** A name as it is. A browser must not let its direction reach what stands beside it. */
export function nameMarkup(name: string): Markup {
  return name === '' ? html`<i>(empty)</i>` : html`<bdi class="name">${name}</bdi>`;
}

export function codeMarkup(code: string): Markup {
  return html`<code>${code}</code>`;
}

/** Prose of our own pages: what stands between backticks is code. */
export function proseMarkup(text: string): Markup[] {
  return text.split('`').map((part, at) => (at % 2 === 1 ? codeMarkup(part) : html`${part}`));
}

/** `1 key`, `12,345 keys`. */
export function counted(count: number, one: string, many: string): string {
  return `${numeral(count)} ${count === 1 ? one : many}`;
}

export function numeral(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** Names one after the other; more than a few fold up under `title`. */
export function nameList(names: readonly string[], few: number, title: Markup): Markup {
  if (names.length === 0) return NOTHING;
  const items = names.map((name) => html`<li>${nameMarkup(name)}</li>`);
  const list = html`<ul class="names">
    ${items}
  </ul>`;
  return names.length <= few
    ? list
    : html`<details class="fold">
        <summary>${title}</summary>
        ${list}
      </details>`;
}

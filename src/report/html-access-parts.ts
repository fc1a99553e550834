import type { AccessRow } from './access.js';
import { codeMarkup, html, nameList, nameMarkup, NOTHING, numeral, type Markup } from './html-text.js';

/** Names shown without folding. */
const FEW_KEYS = 3;
const FEW_NAMES = 6;

/** Marks that need no colour, and what is read aloud in their place. */
export const CELL_STATES = {
  both: { mark: '●', words: 'before and after' },
  lost: { mark: '✕', words: 'only before; the code says why' },
  named: { mark: '▲', words: 'only after; the code says why' },
  alarm: { mark: '!!', words: 'only after, unexplained: alarm' },
  none: { mark: '·', words: 'neither' },
} as const;
export type CellState = keyof typeof CELL_STATES;

export const UNKNOWN = html`The journal does not know: found on Bifrost without a plan.
  <code>migrate verify</code> tells.`;

/** The row of a table, with the keys it is about at its beginning. */
export function accessRow({ keys, inactive }: AccessRow, cells: readonly Markup[]): Markup {
  const names = keys.map(({ id, name }) => (name === id ? name : `${name} (${id})`));
  const title = html`${nameMarkup(names[0] ?? '')} and ${numeral(names.length - 1)} more`;
  const isOff = inactive.length > 0;
  const off = html`<p class="off">
    <span class="tag">inactive</span> ${inactive.join(', ')}: calls nothing until it is switched on
  </p>`;
  const head = html`<th scope="row">${nameList(names, FEW_KEYS, title)}${isOff ? off : NOTHING}</th>`;
  return html`<tr data-row class="${isOff ? 'inactive' : 'active'}">
    ${head}${cells}
  </tr>`;
}

/** Names that are in one state for one reason. */
export function namesLine(state: CellState, what: Markup, names: readonly string[]): Markup {
  const { mark, words } = CELL_STATES[state];
  const title = html`${numeral(names.length)} names`;
  return html`<div class="line">
    <b class="${state}" aria-hidden="true">${mark}</b>
    <span class="unseen">${words}: </span>${what}${nameList(names, FEW_NAMES, title)}
  </div>`;
}

export function lostLine({ code, pattern, names }: NonNullable<AccessRow['rights']>['lost'][number]): Markup {
  const where = pattern === null ? NOTHING : html` behind ${nameMarkup(pattern)}`;
  return namesLine('lost', html`${codeMarkup(code)}${where}: `, names);
}

/** A code in a narrow place: a browser may break the line after each word. */
export function breakable(code: string): Markup[] {
  return code.split('_').map((word, at) => (at === 0 ? html`${word}` : html`_<wbr />${word}`));
}

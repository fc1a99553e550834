import { accessGrid } from './html-access-grid.js';
import { accessList } from './html-access-list.js';
import { CELL_STATES, type CellState } from './html-access-parts.js';
import type { AccessMatrix, AccessRow } from './access.js';
import { filterBox, inOrder, section } from './html-parts.js';
import { counted, html, NOTHING, numeral, type Markup } from './html-text.js';

/** More columns than this cannot be read side by side: each row lists its names then. */
export const MOST_COLUMNS = 40;

/** Who may call what, before and after. */
export function accessMarkup(matrix: AccessMatrix): Iterable<Markup> {
  const { rows, columns, keys, absent } = matrix;
  if (keys + absent.skipped + absent.failed + absent.pending === 0) return [];
  const intro = html`<p>
      What LiteLLM lets each key call (before), and what its virtual key on Bifrost may (after), as it was planned when
      the key was written. Keys that may call the same share a row: ${counted(keys, 'key', 'keys')} in
      ${counted(rows.length, 'row', 'rows')}. ${absentSentence(absent)}Limits are not part of it.
      <code>migrate verify</code> compares with what is on Bifrost now.
    </p>
    ${alarmMarkup(rows)}`;
  if (rows.length === 0) return section('access', 'Who may call what', null, [intro]);
  const head = html`${intro}${filterBox('access', rows.length, 'keys and names')}${legend()}`;
  const body = columns.length > MOST_COLUMNS ? accessList(matrix) : accessGrid(matrix);
  return section('access', 'Who may call what', null, inOrder([head], body));
}

function absentSentence({ skipped, failed, pending }: AccessMatrix['absent']): string {
  const parts = [
    ...(skipped > 0 ? [`${numeral(skipped)} skipped`] : []),
    ...(failed > 0 ? [`${numeral(failed)} failed`] : []),
    ...(pending > 0 ? [`${numeral(pending)} waiting`] : []),
  ];
  return parts.length === 0 ? '' : `Not on Bifrost and not shown here: ${parts.join(', ')}. `;
}

function alarmMarkup(rows: readonly AccessRow[]): Markup {
  const keys = rows.filter(({ isAlarming }) => isAlarming).reduce((sum, row) => sum + row.keys.length, 0);
  if (keys === 0) return NOTHING;
  return html`<p class="alarm-box" role="alert">
    Alarm: ${counted(keys, 'key', 'keys')} may call more after than before. This must never happen. Block them on
    Bifrost, and report it as a defect of this program.
  </p>`;
}

function legend(): Markup {
  const entries = (Object.keys(CELL_STATES) as CellState[]).map((state) => {
    const { mark, words } = CELL_STATES[state];
    return html`<li><b class="${state}" aria-hidden="true">${mark}</b> ${words}</li>`;
  });
  return html`<ul class="legend">
    ${entries}
  </ul>`;
}

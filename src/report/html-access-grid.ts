import { besides, type AccessMatrix, type AccessRow, type Cell } from './access.js';
import { accessRow, breakable, CELL_STATES, lostLine, namesLine, UNKNOWN } from './html-access-parts.js';
import { table } from './html-parts.js';
import { html, nameMarkup, NOTHING, type Markup } from './html-text.js';

/** Keys down, names across. */
export function accessGrid({ rows, columns }: AccessMatrix): Iterable<Markup> {
  const hasMore = rows.some(({ rights }) => rights !== null && besidesLines(rights).length > 0);
  const head = {
    caption: 'One row for all keys with the same rights, one column for each name',
    label: 'Who may call what, scrolls sideways',
    style: 'matrix',
    head: headMarkup(columns, hasMore),
  };
  return table(
    head,
    rows.map((row) => rowMarkup(row, columns, hasMore)),
  );
}

function headMarkup(columns: readonly string[], hasMore: boolean): Markup {
  const names = columns.filter((name) => !name.includes('*')).length;
  const group = (title: string, count: number): Markup =>
    count === 0 ? NOTHING : html`<th scope="colgroup" colspan="${count}">${title}</th>`;
  const more = hasMore ? html`<th scope="col" rowspan="2">Besides</th>` : NOTHING;
  const headings = columns.map((name) => html`<th scope="col" class="column"><span>${nameMarkup(name)}</span></th>`);
  return html`<tr>
      <th scope="col" rowspan="2">Keys</th>
      ${group('Names', names)}${group('Patterns', columns.length - names)}${more}
    </tr>
    <tr>
      ${headings}
    </tr>`;
}

function rowMarkup(row: AccessRow, columns: readonly string[], hasMore: boolean): Markup {
  if (row.rights === null)
    return accessRow(row, [html`<td colspan="${Math.max(1, columns.length + Number(hasMore))}">${UNKNOWN}</td>`]);
  const cells = columns.map((name) => cellMarkup(row.cells.get(name)));
  return accessRow(row, [...cells, ...(hasMore ? [html`<td>${besidesLines(row.rights)}</td>`] : [])]);
}

function cellMarkup(cell: Cell | undefined): Markup {
  const state = cell?.state ?? 'none';
  const { mark, words } = CELL_STATES[state];
  const codes = (cell?.codes ?? []).map((code) => html`<span class="code">${breakable(code)}</span>`);
  return html`<td class="cell ${state}">
    <b aria-hidden="true">${mark}</b><span class="unseen">${words} </span>${codes}
  </td>`;
}

function besidesLines(rights: NonNullable<AccessRow['rights']>): Markup[] {
  const { kept, lost } = besides(rights);
  const one = ({ pattern, names }: (typeof kept)[number]): Markup =>
    namesLine('both', html`one by one behind ${nameMarkup(pattern ?? '')}: `, names);
  return [...kept.map(one), ...lost.map(lostLine)];
}

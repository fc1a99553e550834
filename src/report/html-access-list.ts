import type { AccessMatrix, AccessRow } from './access.js';
import { accessRow, lostLine, namesLine, UNKNOWN } from './html-access-parts.js';
import { headings, table } from './html-parts.js';
import { codeMarkup, html, nameMarkup, NOTHING, type Markup } from './html-text.js';

type Rights = NonNullable<AccessRow['rights']>;

/** Keys down, and for each what they keep, lose and gain: for more names than fit side by side. */
export function accessList({ rows }: AccessMatrix): Iterable<Markup> {
  const head = {
    caption: 'One row for all keys with the same rights',
    label: 'Who may call what, scrolls sideways',
    style: 'list',
    head: headings(['Keys', 'Before and after', 'Only before', 'Only after']),
  };
  return table(head, rows.map(rowMarkup));
}

function rowMarkup(row: AccessRow): Markup {
  const { rights } = row;
  if (rights === null) return accessRow(row, [html`<td colspan="3">${UNKNOWN}</td>`]);
  return accessRow(row, [
    html`<td>${keptLines(rights)}</td>`,
    html`<td>${rights.lost.map(lostLine)}</td>`,
    html`<td>${rights.gained.map(gainedLine)}</td>`,
  ]);
}

function keptLines({ kept, patterns }: Rights): Markup[] {
  const lines = kept.map(({ pattern, names }) =>
    namesLine('both', pattern === null ? NOTHING : html`behind ${nameMarkup(pattern)}: `, names),
  );
  const whole = patterns.length === 0 ? [] : [namesLine('both', html`all of `, patterns)];
  return lines.length + whole.length === 0 ? [html`<span class="soft">nothing</span>`] : [...whole, ...lines];
}

function gainedLine({ code, names }: Rights['gained'][number]): Markup {
  if (code === null) return namesLine('alarm', html`<b class="alarm">alarm</b>: `, names);
  return namesLine('named', html`${codeMarkup(code)}: `, names);
}

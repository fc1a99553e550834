import type { CodeGuide } from './code-guide.js';
import { anchorOf, element, filterBox, headings, inOrder, section, table } from './html-parts.js';
import { codeMarkup, html, nameMarkup, NOTHING, numeral, proseMarkup, type Markup } from './html-text.js';
import type { Group, Item, Section, Topic } from './sections.js';
import { stop } from './text.js';
import { kindWord } from './words.js';

/** Where something is wrong, so few groups with so few rows each are open from the start; more are an index first. */
const OPEN = { groups: 5, rows: 25 };
const QUIET = new Set(['Skipped', 'Changes', 'Notices']);

/** One section of findings or records: its groups by code, each with what the code means and what to do. */
export function sectionMarkup({ title, intro, groups }: Section, guide: CodeGuide): Iterable<Markup> {
  const id = anchorOf(title);
  const rows = groups.reduce((sum, { count }) => sum + count, 0);
  const head = html`<p>${intro}</p>
    ${filterBox(id, rows, title.toLowerCase())}`;
  const isOpen = ({ count }: Group): boolean => !QUIET.has(title) && groups.length <= OPEN.groups && count <= OPEN.rows;
  const all = groups.map((group) => groupMarkup(group, guide, isOpen(group)));
  return section(id, title, rows, inOrder([head], ...all));
}

function groupMarkup({ code, count, topics }: Group, guide: CodeGuide, open: boolean): Iterable<Markup> {
  const known = guide.get(code);
  const [first] = topics;
  const shared = topics.length === 1 && first !== undefined && first.message !== '' ? first.message : null;
  const summary = html`<summary>
    <span class="code">${code}</span> <span class="many">× ${numeral(count)}</span>
    ${known === undefined ? NOTHING : html`<span class="means">${proseMarkup(stopped(known.means))}</span>`}
  </summary>`;
  const told = [
    ...(known === undefined ? [] : [html`<p class="todo"><b>What to do:</b> ${proseMarkup(stopped(known.todo))}</p>`]),
    ...(shared === null ? [] : [html`<p class="said">${shared}</p>`]),
  ];
  const body = element('div', { class: 'body' }, inOrder(told, tableMarkup(code, topics, shared === null)));
  return element('details', { class: 'group', open }, inOrder([summary], body));
}

type Columns = { readonly field: boolean; readonly message: boolean; readonly next: boolean };

function tableMarkup(code: string, topics: readonly Topic[], hasMessages: boolean): Iterable<Markup> {
  const items = topics.flatMap((topic) => topic.items);
  const has: Columns = {
    field: items.some(({ field }) => field !== ''),
    message: hasMessages && topics.some(({ message }) => message !== ''),
    next: items.some(({ nextStep }) => nextStep !== null),
  };
  const names = [
    'Record',
    ...(has.field ? ['Field'] : []),
    ...(has.message ? ['What'] : []),
    ...(has.next ? ['Next'] : []),
  ];
  const head = { caption: `Records with ${code}`, isCaptionUnseen: true, head: headings(names) };
  return table(head, rowsOf(topics, has));
}

function* rowsOf(topics: readonly Topic[], has: Columns): Iterable<Markup> {
  for (const { message, items } of topics) for (const item of items) yield rowMarkup(item, message, has);
}

function rowMarkup({ record, field, nextStep }: Item, message: string, has: Columns): Markup {
  const cells = [
    ...(has.field ? [html`<td>${field === '' ? NOTHING : codeMarkup(field)}</td>`] : []),
    ...(has.message ? [html`<td>${message}</td>`] : []),
    ...(has.next ? [html`<td>${nextStep ?? ''}</td>`] : []),
  ];
  return html`<tr data-row>
    <th scope="row">${recordMarkup(record)}</th>
    ${cells}
  </tr>`;
}

function recordMarkup(record: Item['record']): Markup {
  if (record === null) return html`the migration as a whole`;
  const id = record.id === record.name ? NOTHING : html` <span class="soft">(${nameMarkup(record.id)})</span>`;
  return html`${kindWord(record.kind)} ${nameMarkup(record.name)}${id}`;
}

function stopped(text: string): string {
  return `${text}${stop(text)}`;
}

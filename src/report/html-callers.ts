import { filterBox, headings, inOrder, section, table } from './html-parts.js';
import { codeMarkup, counted, html, nameMarkup, type Markup } from './html-text.js';
import type { ReportModel } from './model.js';
import { callerSentences } from './sections.js';

/** What those who call the gateway change: base URL, key, and for each name what to send instead. */
export function callersMarkup(model: ReportModel): Iterable<Markup> {
  const { baseUrl } = model.callers;
  const [, keys, names] = callerSentences(model);
  if (baseUrl === null || keys === undefined || names === undefined) return [];
  const sentences = html`<ul>
    <li>Base URL: ${codeMarkup(baseUrl)} (it takes every spelling LiteLLM takes).</li>
    <li>${keys}</li>
    <li>${names}</li>
  </ul>`;
  const inside = inOrder([sentences], namesMarkup(model), narrowedMarkup(model));
  return section('callers', 'What your callers must change', null, inside);
}

type NameRow = {
  readonly name: string;
  readonly team: string | null;
  readonly mark: keyof typeof MARKS;
  readonly send: Markup;
  readonly why: string;
};

const MARKS = { good: 'stays', warn: 'look', bad: 'gone' } as const;

/** What needs a change comes first. */
function nameRows({ callers }: ReportModel): NameRow[] {
  const rows = callers.names.map(({ name, team, stays, why }): NameRow => {
    const mark = !stays ? 'bad' : why.length > 0 ? 'warn' : 'good';
    const send = !stays ? 'not on Bifrost' : why.length > 0 ? 'the same, with something missing behind it' : 'the same';
    return { name, team, mark, send: html`${send}`, why: why.join('; ') };
  });
  const others = callers.otherNames.map(({ name, team, instead }): NameRow => {
    const choices = instead.map((one, at) => html`${at === 0 ? '' : ' or '}${nameMarkup(one)}`);
    const why = 'a model string or internal name: LiteLLM answers it, Bifrost public names only';
    const send = instead.length === 0 ? html`nothing: no name for it is on Bifrost` : html`send ${choices}`;
    return { name, team, mark: instead.length === 0 ? 'bad' : 'warn', send, why };
  });
  const of = (mark: NameRow['mark']): NameRow[] => [...rows, ...others].filter((row) => row.mark === mark);
  return [...of('bad'), ...of('warn'), ...of('good')];
}

function namesMarkup(model: ReportModel): Iterable<Markup> {
  const rows = nameRows(model);
  if (rows.length === 0) return [];
  const hasTeams = rows.some(({ team }) => team !== null);
  const title = html`<h3>Model names</h3>
    ${filterBox('callers', rows.length, 'model names')}`;
  const head = {
    caption: 'What to send in place of each name LiteLLM answers; what needs a change comes first',
    style: 'callers',
    head: headings(['Name today', ...(hasTeams ? ['For callers of'] : []), 'To send', 'Why']),
  };
  return inOrder(
    [title],
    table(
      head,
      rows.map((row) => nameRow(row, hasTeams)),
    ),
  );
}

function nameRow({ name, team, mark, send, why }: NameRow, hasTeams: boolean): Markup {
  const whose = team === null ? html`<span class="soft">everybody</span>` : html`team ${nameMarkup(team)}`;
  const cells = [
    ...(hasTeams ? [html`<td>${whose}</td>`] : []),
    html`<td><span class="tag ${mark}">${MARKS[mark]}</span> ${send}</td>`,
    html`<td>${why}</td>`,
  ];
  return html`<tr data-row>
    <th scope="row">${nameMarkup(name)}</th>
    ${cells}
  </tr>`;
}

function narrowedMarkup({ callers }: ReportModel): Iterable<Markup> {
  if (callers.onlySomeKeys.length === 0) return [];
  const rows = callers.onlySomeKeys.map(
    ({ code, message, keys }) =>
      html`<tr>
        <th scope="row">${codeMarkup(code)}</th>
        <td>${message}</td>
        <td class="number">${counted(keys, 'key', 'keys')}</td>
      </tr>`,
  );
  const head = {
    caption: 'Which keys: see the losses, and who may call what',
    head: html`<tr>
      <th scope="col">Code</th>
      <th scope="col">What</th>
      <th scope="col" class="number">Keys</th>
    </tr>`,
  };
  return inOrder([html`<h3>Names that only some keys lose</h3>`], table(head, rows));
}

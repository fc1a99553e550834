import { flowPicture } from './html-flow.js';
import { section, table } from './html-parts.js';
import { codeMarkup, counted, html, NOTHING, numeral, type Markup } from './html-text.js';
import { countEntries, isClean, type ReportModel } from './model.js';
import { headline } from './sections.js';
import { COUNT_COLUMNS, countRows } from './table.js';

/** How it went, what to type next, the counts and their picture. */
export function summaryMarkup(model: ReportModel): Iterable<Markup> {
  const { next, inDoubt, counts } = model;
  const doubt = html`<p>
    ${counted(inDoubt, 'write is', 'writes are')} in doubt: sent, answer unknown; a resume asks Bifrost first.
  </p>`;
  const words = html`<p>${standing(model)}</p>
    <div class="next">
      <p>Next: ${codeMarkup(`migrate ${next.command}`)} <span class="soft">(${next.why})</span></p>
    </div>
    ${inDoubt === 0 ? NOTHING : doubt}`;
  return section('summary', 'Summary', null, [words, ...countTable(model), flowPicture(counts)]);
}

/** In words as well as in colour. */
function standing(model: ReportModel): Markup {
  if (isClean(model)) return html`<span class="tag good">complete</span> Nothing was lost, skipped or left open.`;
  const { failed, waiting, incomplete, skipped } = model.total;
  const losses = countEntries(model.losses);
  const tag = (count: number, style: string, words: string): Markup =>
    count === 0 ? NOTHING : html`<span class="tag ${style}">${numeral(count)} ${words}</span> `;
  return html`${[
    tag(losses, 'bad', losses === 1 ? 'loss' : 'losses'),
    tag(failed, 'bad', 'failed'),
    tag(waiting, 'warn', 'waiting'),
    tag(incomplete, 'warn', 'incomplete'),
    tag(skipped, 'plain', 'skipped'),
  ]}`;
}

function countTable(model: ReportModel): Iterable<Markup> {
  const rows = countRows(model.counts, model.total).map(countRow);
  const names = COUNT_COLUMNS.slice(1).map((name) => html`<th scope="col" class="number">${name}</th>`);
  const head = {
    caption: headline(model),
    style: 'counts',
    head: html`<tr>
      <th scope="col">what</th>
      ${names}
    </tr>`,
  };
  return table(head, rows.slice(0, -1), [
    html`<tfoot>
      ${rows.slice(-1)}
    </tfoot>`,
  ]);
}

function countRow([title = '', ...numbers]: readonly string[]): Markup {
  const cells = numbers.map((count) => {
    const style = count === '0' ? 'number zero' : 'number';
    return html`<td class="${style}">${numeral(Number(count))}</td>`;
  });
  return html`<tr>
    <th scope="row">${title}</th>
    ${cells}
  </tr>`;
}

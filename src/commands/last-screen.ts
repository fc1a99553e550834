import { alignColumns, COUNT_COLUMNS, countRows } from '../report/table.js';
import { itemText } from '../report/text.js';
import { maskEmails } from './mask.js';
import { sectionsOf, type Group, type Section } from '../report/sections.js';
import type { Paint } from './colors.js';
import type { ReportModel } from '../report/model.js';

/** Sections spelled out at the end of a run; the others are counted only. */
const SPELLED_OUT = ['Losses', 'Failed', 'Waiting', 'Incomplete', 'Skipped'];
const ITEMS_SHOWN = 5;

type Options = {
  readonly closing: string;
  /** What to type next, e.g. `migrate resume --journal ./acme.db`. */
  readonly next: string;
  readonly why: string;
  readonly dryRun: boolean;
  readonly paint: Paint;
};

/** The end of a run: what could not be carried, the table that adds up, what comes next. */
export function* lastScreen(model: ReportModel, { closing, next, why, dryRun, paint }: Options): Iterable<string> {
  yield closing;
  const sections = sectionsOf(model);
  // A dry run leaves no journal to ask later, so it says everything now.
  for (const section of sections.filter(({ title }) => SPELLED_OUT.includes(title)))
    yield* reportSection(section, dryRun ? Infinity : ITEMS_SHOWN, paint);
  yield '';
  const [header, ...rows] = alignColumns(COUNT_COLUMNS, countRows(model.counts, model.total));
  yield paint('bold', header ?? '');
  yield* rows.slice(0, -1);
  yield paint('bold', rows.at(-1) ?? '');
  yield '';
  yield lossLine(model, paint);
  const counted = sections.filter(({ title }) => title === 'Changes' || title === 'Notices');
  for (const { title, groups } of counted)
    yield `${title.toLowerCase()}: ${groups.map(({ code, count }) => `${code} ${count}`).join(', ')}`;
  yield `next: ${paint('bold', next)}  (${why})`;
}

function* reportSection({ title, groups }: Section, limit: number, paint: Paint): Iterable<string> {
  for (const group of groups) {
    yield `${paint('bold', 'REPORT')} ${title.toLowerCase()} ${group.code} (${group.count}):`;
    yield* reportItems(group, limit);
  }
}

function* reportItems({ topics, count }: Group, limit: number): Iterable<string> {
  let shown = 0;
  for (const { message, items } of topics) {
    for (const item of items) {
      if (shown === limit) {
        yield `  … and ${count - shown} more: migrate report`;
        return;
      }
      shown++;
      yield `  - ${maskEmails(itemText(item, message))}`;
    }
  }
}

/** Said even when nothing failed: a run without failures is not yet a run without losses. */
function lossLine({ losses }: ReportModel, paint: Paint): string {
  if (losses.length === 0) return paint('green', 'losses: none');
  return paint('yellow', `losses: ${losses.map(({ code, entries }) => `${code} ${entries.length}`).join(', ')}`);
}

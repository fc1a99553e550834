import { alignColumns, COUNT_COLUMNS, countRows } from '../report/table.js';
import { buildReport, type ReportModel } from '../report/model.js';
import { commandLine, journalOnly } from './command-line.js';
import { headline } from '../report/sections.js';
import { loadSettings } from '../config.js';
import { painter, type Paint } from './colors.js';
import { printableJson, visible } from '../report/visible.js';
import { readJournal } from './wiring.js';
import { readStanding } from '../report/read.js';
import type { Command } from './command.js';

/** One screen: where the journal stands, what to type next. From the journal alone. */
export const status: Command = async (context) => {
  const { flags, env, stdout } = context;
  const { settings } = loadSettings(flags, env, { requirements: 'none' });
  const model = buildReport(await readJournal(settings.journal, context, readStanding));
  const next = commandLine(model.next.command, flags, journalOnly);
  if (settings.json) {
    const { source, target, lastRun, counts, total, inDoubt } = model;
    stdout.write(
      `${printableJson({ journal: settings.journal, source, target, lastRun, counts, total, inDoubt, next: { command: next, why: model.next.why } })}\n`,
    );
    return 0;
  }
  for (const line of screen(settings.journal, model, next, painter(stdout, env))) stdout.write(`${line}\n`);
  return 0;
};

function* screen(journal: string, model: ReportModel, next: string, paint: Paint): Iterable<string> {
  yield `journal   ${visible(journal)}`;
  yield `from      ${end('LiteLLM', model.source)}`;
  yield `to        ${end('Bifrost', model.target)}`;
  yield `last run  ${lastRun(model)}`;
  if (model.inDoubt > 0) yield `in doubt  ${model.inDoubt} (sent, answer unknown; a resume asks Bifrost first)`;
  yield '';
  const [header, ...rows] = alignColumns(COUNT_COLUMNS, countRows(model.counts, model.total));
  yield paint('bold', header ?? '');
  yield* rows;
  yield '';
  yield headline(model);
  if (model.total.incomplete > 0) yield `${model.total.incomplete} of the written ones are incomplete`;
  yield `next: ${paint('bold', next)}  (${model.next.why})`;
}

function end(name: string, { url, version }: ReportModel['source']): string {
  return url === null ? 'not reached yet' : visible(`${name}${version === null ? '' : ` ${version}`} at ${url}`);
}

function lastRun({ lastRun: run }: ReportModel): string {
  if (run === null) return 'none';
  const outcome = run.outcome ?? 'not finished: running now, or killed';
  return visible(`${run.command}, started ${run.startedAt}, ${outcome}${run.error === null ? '' : `: ${run.error}`}`);
}

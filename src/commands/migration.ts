import { commandLine, journalOnly } from './command-line.js';
import { createTally } from './tally.js';
import { EXIT_NOT_CLEAN, INTERRUPTED, type CommandContext } from './command.js';
import { lastScreen } from './last-screen.js';
import { entriesOf } from './log-entries.js';
import { loadSettings } from '../config.js';
import { logged } from './logged.js';
import { keepHeapSmall } from '../engine/heap.js';
import { presenterOn } from './presenter.js';
import { buildReport, isClean, type ReportModel } from '../report/model.js';
import { printableJson } from '../report/visible.js';
import { reportDocument } from '../report/json.js';
import type { LogFile } from './log-file.js';
import { carryOut, type CarriedOut, type Filter, type Mode } from './wiring.js';

/** What run, resume and retry have in common: settings, the engine with somebody listening, and the last screen. */
export async function migration(context: CommandContext, mode: Mode, filter: Filter | null = null): Promise<number> {
  return logged(context, mode, (log) => migrated(context, mode, filter, log));
}

async function migrated(context: CommandContext, mode: Mode, filter: Filter | null, log: LogFile): Promise<number> {
  // Before anything is read: a heap that has grown shrinks slowly.
  keepHeapSmall();
  const { flags, env, stderr, stdout, now } = context;
  const { settings } = loadSettings(flags, env, { requirements: 'both' });
  const presenter = presenterOn({ stream: stderr, env, quiet: settings.quiet, verbose: settings.verbose, now });
  const tally = createTally();
  const carried = await carryOut({
    context,
    settings,
    mode,
    filter,
    listener: (event) => {
      tally.listen(event);
      presenter.listener(event);
      for (const entry of entriesOf(event)) log.tell(entry);
    },
  }).finally(() => presenter.end());
  if (carried === 'nothing-to-resume') return nothingToResume(context, settings.json);

  const model = buildReport(carried.rows);
  const exitCode = exitCodeOf(carried, model);
  const next = nextOf(context, model, settings.dryRun);
  if (settings.json) {
    const { outcome, writesSent } = carried.summary;
    const plan = settings.dryRun ? { plan: tally.plan } : {};
    stdout.write(
      `${printableJson({ command: mode, outcome, dryRun: settings.dryRun, exitCode, writesSent, next: next.command, ...plan, report: reportDocument(model) })}\n`,
    );
  }
  const closing = tally.closing(settings.dryRun);
  for (const line of lastScreen(model, {
    closing,
    next: next.command,
    why: next.why,
    dryRun: settings.dryRun,
    paint: presenter.paint,
  })) {
    presenter.say(line);
  }
  if (carried.summary.outcome === 'interrupted') presenter.say('interrupted; safe to resume');
  return exitCode;
}

function exitCodeOf({ summary }: CarriedOut, model: ReportModel): number {
  if (summary.outcome === 'interrupted') return INTERRUPTED;
  return isClean(model) && summary.outcome === 'complete' ? 0 : EXIT_NOT_CLEAN;
}

function nextOf(
  { flags }: CommandContext,
  model: ReportModel,
  dryRun: boolean,
): { readonly command: string; readonly why: string } {
  if (dryRun) return { command: commandLine('run', flags), why: 'writes what is planned above' };
  const { command, why } = model.next;
  const talks = !command.startsWith('report');
  const keep =
    command === 'keys'
      ? (flag: string) => ['journal', 'bifrostUrl', 'allowInsecureHttp'].includes(flag)
      : talks
        ? () => true
        : journalOnly;
  return { command: commandLine(command, flags, keep), why };
}

function nothingToResume({ stdout, stderr, flags }: CommandContext, json: boolean): number {
  const next = commandLine('report', flags, journalOnly);
  if (json)
    stdout.write(
      `${printableJson({ command: 'resume', outcome: 'nothing_to_resume', dryRun: false, exitCode: 0, writesSent: 0, next })}\n`,
    );
  stderr.write(`nothing to resume: the last run went through to its end\nnext: ${next}\n`);
  return 0;
}

import { commandLine } from './command-line.js';
import { EXIT_NOT_CLEAN, INTERRUPTED, type Command, type CommandContext } from './command.js';
import { loadSettings, type Settings } from '../config.js';
import { logged } from './logged.js';
import { printableJson } from '../report/visible.js';
import { removalEntry } from './log-entries.js';
import { painter } from './colors.js';
import { printed, type LogLine } from './log-lines.js';
import { agreed } from './question.js';
import { amounts, closingLine, planLines, rollbackDocument } from './rollback-text.js';
import { undo } from './wiring.js';
import type { LogFile } from './log-file.js';
import type { RollbackEvent, RollbackSummary } from '../engine/rollback.js';

/** Nothing was sent because nobody agreed to it. */
const EXIT_DECLINED = 2;

/** Deletes what the journal has created, after showing it. From the journal and Bifrost alone. */
export const rollback: Command = (context) => logged(context, 'rollback', (log) => rolledBack(context, log));

async function rolledBack(context: CommandContext, log: LogFile): Promise<number> {
  const { flags, env, stdout, stderr } = context;
  const { settings } = loadSettings(flags, env, { requirements: 'target' });
  const paint = painter(stderr, env);
  const print = (line: LogLine): void => void stderr.write(`${printed(line, paint)}\n`);
  const shown = new Set<string>();
  const show = (plan: RollbackSummary['plan']): void => {
    for (const { verdict, row } of plan.removals) if (verdict === 'keep') shown.add(keyOf(row));
    for (const line of planLines(plan, settings.verbose)) if (!settings.quiet || line.word === 'WARN') print(line);
  };
  const summary = await undo({
    context,
    settings,
    force: flags['force'] === true,
    confirm: async (plan) => {
      show(plan);
      const due = plan.removals.filter(({ verdict }) => verdict === 'delete');
      if (due.length === 0) return true;
      return agreed(
        context,
        settings.yes,
        `Delete ${amounts(due.map(({ row }) => row.kind))} on ${settings.bifrostUrl}?`,
      );
    },
    listener: (event) => {
      log.tell(removalEntry(event));
      const line = shown.has(keyOf(event)) && event.result === 'kept' ? null : lineOf(event);
      if (line !== null && (!settings.quiet || line.word !== 'OK')) print(line);
    },
  });
  if (settings.dryRun) show(summary.plan);
  const exitCode = exitCodeOf(summary, settings);
  const next = nextOf(summary, settings, context);
  if (settings.json) stdout.write(`${printableJson(rollbackDocument(summary, settings, exitCode, next))}\n`);
  stderr.write(`${closingLine(summary, settings.dryRun)}\nnext: ${next}\n`);
  return exitCode;
}

/** What was kept has been shown with the plan, unless it turned out later. */
const keyOf = ({ kind, name }: Pick<RollbackEvent, 'kind' | 'name'>): string => `${kind} ${name}`;

function lineOf({ result, label, message }: RollbackEvent): LogLine | null {
  if (result === 'deleted') return { word: 'OK', text: `deleted ${label}` };
  if (result === 'failed') return { word: 'FAIL', text: `${label}: ${message ?? ''}` };
  if (result === 'kept') return { word: 'WARN', text: `stays: ${label}: ${message ?? ''}` };
  return null;
}

function exitCodeOf({ outcome, plan, events }: RollbackSummary, { dryRun }: Settings): number {
  if (outcome === 'interrupted') return INTERRUPTED;
  if (outcome === 'declined') return EXIT_DECLINED;
  const left = dryRun
    ? plan.removals.some(({ verdict }) => verdict === 'keep')
    : events.some(({ result }) => result === 'kept' || result === 'failed');
  return left ? EXIT_NOT_CLEAN : 0;
}

function nextOf({ outcome, plan, events }: RollbackSummary, { dryRun }: Settings, { flags }: CommandContext): string {
  const finished = outcome === 'complete' && !dryRun && events.every(({ result }) => result !== 'failed');
  if (!finished && plan.removals.length > 0) return commandLine('rollback', flags);
  if (events.some(({ reason }) => reason === 'changed')) return commandLine('rollback', { ...flags, force: true });
  const keep = (flag: string): boolean => ['journal', 'bifrostUrl', 'allowInsecureHttp'].includes(flag);
  return commandLine('run', flags, keep);
}

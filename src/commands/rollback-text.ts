import { REMOVAL_ORDER, type Removal, type RollbackPlan } from '../engine/rollback-plan.js';
import { kindWord, kindWords } from '../report/words.js';
import type { LogLine } from './log-lines.js';
import type { RollbackSummary } from '../engine/rollback.js';
import type { ObjectKind } from '../target/objects.js';
import type { Settings } from '../config.js';

/** What a rollback says: before it begins, at its end, and as JSON (docs/cli.md). */

type Kept = Extract<Removal, { verdict: 'keep' }>;

export function* planLines({ removals, adopted }: RollbackPlan, verbose: boolean): Iterable<LogLine> {
  const due = removals.filter(({ verdict }) => verdict === 'delete');
  const gone = removals.filter(({ verdict }) => verdict === 'gone');
  if (verbose) for (const { row } of due) yield { word: 'PLAN', text: `delete ${row.label}` };
  yield {
    word: 'PLAN',
    text: due.length === 0 ? 'nothing to delete' : `delete ${amounts(due.map(({ row }) => row.kind))}`,
  };
  if (gone.length > 0) yield { word: '', text: `gone already: ${amounts(gone.map(({ row }) => row.kind))}` };
  if (adopted.length > 0)
    yield { word: '', text: `stays, was there before: ${amounts(adopted.map(({ row }) => row.kind))}` };
  for (const { row, changed } of adopted)
    if (changed)
      yield { word: 'WARN', text: `stays: ${row.label}: was there before; what was added to it is not taken back` };
  for (const { row, message, differences } of removals.filter(isKept)) {
    yield { word: 'WARN', text: `stays: ${row.label}: ${message}` };
    for (const { field, wanted, found } of differences)
      yield { word: '', text: `       ${field}: was ${wanted}, is ${found}` };
  }
}

/** `3 virtual keys, 1 team` */
export function amounts(kinds: readonly ObjectKind[]): string {
  const counted = REMOVAL_ORDER.map((kind) => [kind, kinds.filter((one) => one === kind).length] as const);
  return counted
    .filter(([, count]) => count > 0)
    .map(([kind, count]) => `${count} ${count === 1 ? kindWord(kind) : kindWords(kind)}`)
    .join(', ');
}

export function closingLine({ outcome, plan, events }: RollbackSummary, dryRun: boolean): string {
  if (outcome === 'declined') return 'nothing was deleted';
  if (dryRun) return 'dry-run: nothing was deleted';
  if (plan.removals.length === 0) return 'nothing to roll back: this journal has nothing on Bifrost';
  const of = (result: string) => events.filter((event) => event.result === result).map(({ kind }) => kind);
  const [deleted, kept, failed] = [of('deleted'), of('kept').length, of('failed').length];
  const done = `${deleted.length === 0 ? 'nothing' : amounts(deleted)} deleted; ${kept} kept, ${failed} failed`;
  return outcome === 'interrupted' ? `interrupted: ${done}; safe to go on` : `done: ${done}`;
}

/** The document of `--json`. */
export function rollbackDocument(
  { outcome, plan, events, writesSent }: RollbackSummary,
  { dryRun }: Settings,
  exitCode: number,
  next: string,
): object {
  const planned = (kind: ObjectKind, verdict: Removal['verdict']): number =>
    plan.removals.filter((one) => one.row.kind === kind && one.verdict === verdict).length;
  const happened = (kind: ObjectKind, result: string): number =>
    events.filter((event) => event.kind === kind && event.result === result).length;
  const counts = REMOVAL_ORDER.map((kind) => ({
    kind,
    planned: planned(kind, 'delete'),
    deleted: happened(kind, 'deleted'),
    gone: dryRun ? planned(kind, 'gone') : happened(kind, 'gone'),
    kept: dryRun ? planned(kind, 'keep') : happened(kind, 'kept'),
    failed: happened(kind, 'failed'),
    adopted: plan.adopted.filter(({ row }) => row.kind === kind).length,
  }));
  return {
    command: 'rollback',
    outcome,
    dryRun,
    exitCode,
    writesSent,
    next,
    counts: counts.filter(({ planned: due, gone, kept, adopted }) => due + gone + kept + adopted > 0),
    kept: dryRun
      ? plan.removals.filter(isKept).map(({ row, reason, message }) => entry(row, reason, message))
      : events.filter(({ result }) => result === 'kept').map((event) => entry(event, event.reason, event.message)),
    failed: events.filter(({ result }) => result === 'failed').map((event) => entry(event, null, event.message)),
  };
}

function entry(
  { kind, name, label }: { readonly kind: ObjectKind; readonly name: string; readonly label: string },
  reason: string | null,
  message: string | null,
): object {
  return { kind, name, label, reason, message };
}

function isKept(removal: Removal): removal is Kept {
  return removal.verdict === 'keep';
}

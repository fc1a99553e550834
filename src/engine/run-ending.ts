import { reasonOf } from '../errors.js';
import { failpoint } from '../failpoint.js';
import type { KindCounts } from '../journal/summary.js';
import type { RunOutcome } from '../journal/runs.js';
import type { RunState } from './run-state.js';

/** Writes down how the run ended, and how many records of each kind stand where. */
export function finishRun(
  { journal, run }: Pick<RunState, 'journal' | 'run'>,
  outcome: RunOutcome,
  error: unknown,
): readonly KindCounts[] {
  failpoint('run.finish'); // FAILPOINT
  const counts = journal.counts();
  const reason = error === null ? null : reasonOf(error);
  journal.runs.finish(run, { outcome, error: reason, counts: JSON.stringify(counts) });
  failpoint('run.finished'); // FAILPOINT
  return counts;
}

/** What stopped the run matters more than that its end could not be written down. */
export function finishStopped(state: Pick<RunState, 'journal' | 'run'>, cause: unknown): void {
  try {
    finishRun(state, 'stopped', cause);
  } catch {
    // The run stays without an end, like one that was killed.
  }
}

import { expect } from 'vitest';
import type { RunSummary } from '../../src/engine/events.js';
import { MigrateError } from '../../src/errors.js';
import type { BifrostSandbox } from '../../src/sandbox/bifrost/server.js';
import { holdingsOf, type Holdings } from './holdings.js';
import { arm, newJournalPath, runOnce, writesAt, type Mode, type Source, type Way } from './rig.js';

/** What a run leaves: the gateway's objects and the journal's counts. */
export type Outcome = { readonly holdings: Holdings; readonly counts: RunSummary['counts'] };

/** Rounds a person would type after a run that stopped or failed records. */
const ROUNDS = 6;

export async function undisturbed(source: Source, target: BifrostSandbox): Promise<Outcome> {
  const summary = finished(await runOnce(source, target.url, newJournalPath()));
  return { holdings: await holdingsOf(target.url), counts: summary.counts };
}

/**
 * Runs, and then does what the program says until nothing is left to do. The gateway may go on failing meanwhile.
 * Returns how many runs it took.
 */
export async function converge(
  source: Source,
  target: BifrostSandbox,
  path: string,
  way: Way = {},
  first: Mode = 'run',
): Promise<{ readonly runs: number; readonly summary: RunSummary }> {
  let mode = first;
  for (let runs = 1; runs <= ROUNDS; runs += 1) {
    const summary = await attempt(source, target, path, mode, way);
    if (summary === 'nothing-to-resume') throw new Error('asked to resume what had finished');
    if (summary === 'stopped') mode = 'resume';
    else if (outstanding(summary) === 0) return { runs, summary };
    else mode = runs % 2 === 1 ? 'retry' : 'run';
  }
  throw new Error(`nothing like the end after ${ROUNDS} runs`);
}

/** The gateway holds what an undisturbed run leaves, the journal counts the same, and a further run has nothing to send. */
export async function expectAsUndisturbed(
  expected: Outcome,
  source: Source,
  target: BifrostSandbox,
  path: string,
): Promise<void> {
  expect(await holdingsOf(target.url)).toEqual(expected.holdings);
  await arm(target, []);
  const before = await writesAt(target);
  const again = finished(await runOnce(source, target.url, path));
  expect(again.counts).toEqual(expected.counts);
  expect({ sent: again.writesSent, seen: (await writesAt(target)) - before }).toEqual({ sent: 0, seen: 0 });
}

async function attempt(
  source: Source,
  target: BifrostSandbox,
  path: string,
  mode: Mode,
  way: Way,
): Promise<Awaited<ReturnType<typeof runOnce>> | 'stopped'> {
  try {
    return await runOnce(source, target.url, path, mode, way);
  } catch (error) {
    // Only an ill gateway may stop a run here.
    if (error instanceof MigrateError && /^target_(unreachable|unexpected)$/.test(error.code)) return 'stopped';
    throw error;
  }
}

/** Records that are not settled; those the world itself leaves incomplete do not count. */
function outstanding({ counts }: RunSummary): number {
  return counts.reduce((sum, { failed, waiting }) => sum + failed + waiting, 0);
}

function finished(summary: RunSummary | 'nothing-to-resume'): RunSummary {
  if (summary === 'nothing-to-resume' || summary.outcome !== 'complete') throw new Error('the run did not finish');
  return summary;
}

import { setImmediate as turn } from 'node:timers/promises';
import { failpoint } from '../failpoint.js';
import { recordBatches } from '../journal/batches.js';
import type { RecordRow, Scope } from '../journal/record-queries.js';
import type { RecordKind } from '../sources/records.js';
import type { Stage } from '../stages/plan.js';
import { Estimate } from './estimate.js';
import { Interrupted } from './interrupted.js';
import type { RunState } from './run-state.js';
import { Window } from './window.js';
import type { Worker } from './work.js';

/** Records under way: enough that their intents share a commit, few enough that a kill leaves little in doubt. */
const WINDOW = 48;
const CHUNK = 24;
/** Between two progress events, in milliseconds. */
const PROGRESS_MS = 100;

export type StageScope = Omit<Scope, 'kind'> & { readonly kinds: readonly RecordKind[] };

/**
 * Works through one stage: kinds in order, records in journal order, many at a time where the stage allows it.
 *
 * @throws whatever ended it, once everything under way is settled.
 */
export async function runStage(
  state: RunState,
  worker: Worker,
  stage: Stage,
  scope: StageScope,
  stop: (error: unknown) => void,
): Promise<void> {
  // A deployment that a retry has just written is outstanding no more, and its rules are not there yet.
  const which = stage.name === 'routing' ? 'all' : scope.which;
  const scopes = stage.kinds.filter((kind) => scope.kinds.includes(kind)).map((kind) => ({ ...scope, which, kind }));
  const total = scopes.reduce((sum, one) => sum + state.journal.queries.count(one), 0);
  const progress = new Progress(state, stage, total);
  for (const one of scopes) {
    await runKind(state, worker, stage, one, progress, stop);
    state.journal.commits.flush();
    failpoint('stage.finished', one.kind); // FAILPOINT
  }
  progress.finish();
}

async function runKind(
  state: RunState,
  worker: Worker,
  stage: Stage,
  scope: Scope,
  progress: Progress,
  stop: (error: unknown) => void,
): Promise<void> {
  const [size, chunk] = stage.parallel === 'many' ? [WINDOW, CHUNK] : [1, 1];
  const window = new Window(size, stop);
  let again: number[] = [];
  const pass = async (batches: Iterable<readonly RecordRow[]>, round: number): Promise<void> => {
    for (const rows of batches) {
      await window.room(rows.length);
      if (state.signal.aborted) break;
      // One per turn of the event loop, so that answers are not kept waiting; their intents share a commit all the same.
      state.journal.commits.hold();
      for (const row of rows) {
        if (state.signal.aborted) break;
        window.start(async () => {
          if (await worker.work(stage, row, round)) again.push(row.seq);
          else progress.settled();
        });
        if (rows.length > 1) await turn();
      }
      state.journal.commits.release();
    }
    await window.room();
    if (state.signal.aborted) throw new Interrupted();
  };
  await pass(chunks(state, scope, chunk), 1);
  // Second rounds come last: what they write goes one at a time and would hold up everything beside it (B§13.4).
  for (let round = 2; again.length > 0; round += 1) {
    const seqs = again;
    again = [];
    await pass(bySeq(state, seqs, chunk), round);
  }
}

function* bySeq(state: RunState, seqs: readonly number[], size: number): Generator<readonly RecordRow[]> {
  for (let start = 0; start < seqs.length; start += size) {
    yield seqs.slice(start, start + size).flatMap((seq) => state.journal.queries.bySeq(seq) ?? []);
  }
}

function* chunks(state: RunState, scope: Scope, size: number): Generator<readonly RecordRow[]> {
  for (const rows of recordBatches(state.journal.queries, scope))
    for (let start = 0; start < rows.length; start += size) yield rows.slice(start, start + size);
}

/** Tells how far the stage is, not more often than a screen can show. */
class Progress {
  readonly #state: RunState;
  readonly #stage: Stage;
  readonly #total: number;
  readonly #estimate: Estimate;
  #done = 0;
  #told = Number.NEGATIVE_INFINITY;

  constructor(state: RunState, stage: Stage, total: number) {
    this.#state = state;
    this.#stage = stage;
    this.#total = total;
    const isKeys = stage.kinds.includes('virtual_key');
    // Unique customer names came with the version whose keys grow dearer with their number (B§13.1: not on 1.5.2).
    const grows = isKeys && state.target.capabilities.uniqueCustomerNames;
    const already = isKeys ? state.snapshot.count('virtual_key') : 0;
    this.#estimate = new Estimate({ already, grows }, state.clock.now());
    state.tell({ type: 'stage-started', stage: stage.name, total });
    if (total > 0) this.#tell();
  }

  settled(): void {
    this.#done += 1;
    const now = this.#state.clock.now();
    this.#estimate.settled(now);
    if (now - this.#told >= PROGRESS_MS || this.#done === this.#total) this.#tell();
  }

  finish(): void {
    this.#state.tell({ type: 'stage-finished', stage: this.#stage.name });
  }

  #tell(): void {
    this.#told = this.#state.clock.now();
    this.#state.tell({
      type: 'stage-progress',
      stage: this.#stage.name,
      done: this.#done,
      total: this.#total,
      expectedMs: this.#estimate.expect(this.#total - this.#done),
    });
  }
}

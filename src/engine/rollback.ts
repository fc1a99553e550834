import { setMaxListeners } from 'node:events';
import { MigrateError } from '../errors.js';
import { failpoint } from '../failpoint.js';
import type { Journal } from '../journal/journal.js';
import type { ObjectKind } from '../target/objects.js';
import { realSleep, type Clock } from './clock.js';
import { Interrupted } from './interrupted.js';
import { Pool } from './pool.js';
import { Remover } from './removal.js';
import {
  planRollback,
  REMOVAL_ORDER,
  unlessNeeded,
  type KeptReason,
  type Removal,
  type RollbackPlan,
} from './rollback-plan.js';
import { finishRun, finishStopped } from './run-ending.js';
import { untouched, type ComparingTarget, type RunState } from './run-state.js';
import { Needs } from './needs.js';

export type RollbackEvent = {
  readonly result: 'deleted' | 'gone' | 'kept' | 'failed';
  readonly kind: ObjectKind;
  readonly name: string;
  readonly label: string;
  /** Why it was kept: what a word is, and what a sentence. */
  readonly reason: KeptReason | null;
  readonly message: string | null;
};

export type RollbackOptions = {
  readonly journal: Journal;
  readonly target: ComparingTarget;
  readonly dryRun: boolean;
  /** Delete what was changed on Bifrost since it was written, too. */
  readonly force: boolean;
  /** Shown the plan before anything is sent; false = leave everything as it is. */
  readonly confirm: (plan: RollbackPlan) => Promise<boolean>;
  readonly listener: (event: RollbackEvent) => void;
  /** Aborting it sends nothing new. */
  readonly signal: AbortSignal;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly random: () => number;
  readonly sleep?: Clock['sleep'];
};

export type RollbackSummary = {
  readonly outcome: 'complete' | 'interrupted' | 'declined';
  readonly plan: RollbackPlan;
  /** Empty in a dry run, and when declined. */
  readonly events: readonly RollbackEvent[];
  readonly writesSent: number;
};

/** Deletions share a commit of their intents; few enough that a kill leaves little in doubt. */
const CHUNK = 16;

/**
 * Deletes what this journal has created, users before what they use, each deletion by the write protocol: intent, DELETE,
 * outcome; doubt is settled by reading. What was adopted, changed since, or is needed by what stays is not touched.
 *
 * @throws MigrateError `journal_other_ends`; what stops it midway, when the journal says `stopped`: the same command goes on.
 */
export async function rollback(options: RollbackOptions): Promise<RollbackSummary> {
  const { journal, target, force, signal } = options;
  refuseOtherGateway(journal, target.identity);
  const state = begin(options);
  try {
    if (signal.aborted) throw new Interrupted();
    state.snapshot = await target.snapshot();
    const plan = await planRollback(state, { journal, target, snapshot: state.snapshot, force });
    if (options.dryRun) return { outcome: 'complete', plan, events: [], writesSent: 0 };
    if (plan.removals.length > 0 && !(await options.confirm(plan)))
      return { outcome: 'declined', plan, events: [], writesSent: 0 };
    return await carryOut(state, plan, options);
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error;
    throw new MigrateError('interrupted', 'Stopped before anything was deleted.', 'Type `migrate rollback` again.');
  }
}

/** The journal ids of one gateway mean nothing on another, and providers are called the same everywhere. */
function refuseOtherGateway({ db, path }: Journal, identity: string): void {
  const bound = db.prepare<[], string | null>('SELECT target_identity FROM meta WHERE id = 1').pluck().get();
  if (bound === identity || bound === null) return;
  throw new MigrateError(
    'journal_other_ends',
    `The journal ${path} belongs to Bifrost at ${bound ?? 'no address'}, not ${identity}.`,
    'Set BIFROST_URL to that gateway, or name another journal with --journal.',
  );
}

type Begun = { -readonly [K in keyof RunState]: RunState[K] };

function begin({ journal, target, dryRun, signal, now, random, sleep = realSleep }: RollbackOptions): Begun {
  const clock: Clock = { now, random, sleep };
  // Every deletion that waits listens.
  setMaxListeners(0, signal);
  return {
    ...untouched(),
    run: 0,
    dry: dryRun,
    journal,
    target,
    clock,
    // Deletions run one at a time whatever the pool allows (B§8).
    pool: new Pool(1, clock, signal),
    signal,
    tell: () => undefined,
    recreate: false,
    update: false,
  };
}

async function carryOut(state: Begun, plan: RollbackPlan, options: RollbackOptions): Promise<RollbackSummary> {
  const { journal, target } = state;
  state.run = journal.runs.begin({
    command: 'rollback',
    toolVersion: journal.toolVersion,
    sourceVersion: null,
    targetVersion: target.capabilities.version,
  });
  failpoint('run.begun'); // FAILPOINT
  const events: RollbackEvent[] = [];
  const tell = (event: RollbackEvent): void => {
    if (event.result !== 'deleted' && event.result !== 'gone') events.push(event);
    else events.push({ ...event, message: null });
    options.listener(event);
  };
  const summary = (outcome: 'complete' | 'interrupted'): RollbackSummary => {
    finishRun(state, outcome, null);
    return { outcome, plan, events, writesSent: state.writesSent };
  };
  try {
    const remover = new Remover(state, tell);
    for (const kind of REMOVAL_ORDER) {
      const removals = plan.removals.filter(({ row }) => row.kind === kind);
      const needs = kind === 'provider' && removals.length > 0 ? await needsNow(state) : plan.needs;
      await removeKind(remover, removals, needs);
      journal.commits.flush();
    }
    return summary('complete');
  } catch (error) {
    if (error instanceof Interrupted) return summary('interrupted');
    finishStopped(state, error);
    throw goingOnWithRollback(error);
  }
}

/** What stops a run says `migrate resume`; a rollback is gone on with by itself. */
function goingOnWithRollback(error: unknown): unknown {
  if (!(error instanceof MigrateError)) return error;
  const { code, message, nextStep } = error;
  return new MigrateError(code, message, nextStep.replace('migrate resume', 'migrate rollback'), { cause: error });
}

async function removeKind(remover: Remover, removals: readonly Removal[], needs: Needs): Promise<void> {
  const due: Extract<Removal, { verdict: 'delete' }>[] = [];
  for (const removal of removals) {
    const decided = removal.verdict === 'delete' ? unlessNeeded(removal, needs) : removal;
    if (decided.verdict === 'delete') due.push(decided);
    else if (decided.verdict === 'gone') remover.gone(decided.row);
    else remover.kept(decided);
  }
  for (let start = 0; start < due.length; start += CHUNK) {
    const left = await remover.remove(due.slice(start, start + CHUNK));
    // What could not be deleted needs what it needed.
    for (const object of left) needs.stays(object, true);
  }
}

/** Deleting a provider takes along whatever came to it meanwhile: who uses it is asked anew (B§3.1). */
async function needsNow({ target }: Begun): Promise<Needs> {
  const snapshot = await target.snapshot();
  const needs = new Needs();
  const users = ['provider_key', 'model_config', 'virtual_key'] as const;
  for (const kind of users) for (const object of snapshot.all(kind)) needs.stays(object, false);
  return needs;
}

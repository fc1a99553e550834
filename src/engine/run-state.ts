import type { Journal } from '../journal/journal.js';
import type { Body, Difference, ObjectKind, TargetObject } from '../target/objects.js';
import type { Snapshot, Target } from '../target/target.js';
import type { Clock } from './clock.js';
import type { Listener } from './events.js';
import { Interrupted } from './interrupted.js';
import type { Pool } from './pool.js';
import type { WriteResult } from './result.js';

/** Does the object have what the body asks for? Members a version's echo cannot show are not differences. */
export type Differences = (kind: ObjectKind, body: Body, actual: TargetObject) => readonly Difference[];

/** A target that can also tell whether an object is what was meant (target/difference.ts). */
export interface ComparingTarget extends Target {
  readonly differences: Differences;
}

/** What everything in one run shares. */
export type RunState = {
  readonly run: number;
  readonly dry: boolean;
  readonly journal: Journal;
  readonly target: ComparingTarget;
  readonly pool: Pool;
  readonly clock: Clock;
  /** Aborts when the operator interrupts or an error ends the run: nothing new is sent afterwards. */
  readonly signal: AbortSignal;
  readonly tell: Listener;
  /** The gateway as last read, plus what this run has written. */
  snapshot: Snapshot;
  /** What somebody has deleted is created again when a record needs it. */
  readonly recreate: boolean;
  /** Written records are compared with LiteLLM as it is now, and what has changed is pushed. */
  readonly update: boolean;
  /** By the key of `gone`: what this run has pushed, for all records that share the object. */
  readonly followed: Map<string, WriteResult>;
  /** By the key of `gone`: objects several records may share that plans of this run ask for; kept with `update` only. */
  readonly planned: Set<string>;
  /** Deployments that were written and cannot be planned now, although LiteLLM has not changed them. */
  refused: readonly string[];
  /** Codes of what could not be read of LiteLLM in this run and may restrict keys. */
  gaps: readonly string[];
  /** What somebody has deleted on the gateway since this journal wrote it: `<kind>\n<natural name>`. */
  gone: ReadonlySet<string>;
  /** Requests that change the gateway. */
  writesSent: number;
  /** Writes in a row that found no end; many of them mean the gateway is ill, not the records. */
  exhausted: number;
};

/** What a run has done and knows before it begins; a set of its own each time. */
export function untouched() {
  return {
    snapshot: NOT_READ_YET,
    followed: new Map(),
    planned: new Set(),
    refused: [],
    gaps: [],
    gone: new Set(),
    writesSent: 0,
    exhausted: 0,
  } satisfies Partial<RunState>;
}

/** Nothing is looked up before the gateway was read. */
const NOT_READ_YET: Snapshot = {
  find: () => [],
  byId: () => undefined,
  all: () => [],
  count: () => 0,
  put: () => undefined,
  remove: () => undefined,
};

/** @throws Interrupted when nothing new may be sent any more. */
export function checkGoing(state: Pick<RunState, 'signal'>): void {
  if (state.signal.aborted) throw new Interrupted();
}

/** Sleeps. @throws Interrupted when the run is stopped meanwhile. */
export async function pause(state: Pick<RunState, 'signal' | 'clock'>, ms: number): Promise<void> {
  await state.clock.sleep(ms, state.signal);
  checkGoing(state);
}

import { MigrateError } from '../errors.js';
import type { Outcome } from './outcome.js';
import { pause, type RunState } from './run-state.js';

/** How often one write is tried, and how long is waited in between. */
export const MAX_ATTEMPTS = 5;
/** Refusals by load are the gateway's way of saying "later"; they are waited out longer than errors. */
const MAX_DEFERRALS = 20;
/** So many writes in a row without an end: it is the gateway, not the records. */
const ILL_AFTER = 10;

const FIRST_BACKOFF_MS = 200;
const LONGEST_BACKOFF_MS = 10_000;

/** Counts the attempts of one write within one run. */
export class Attempts {
  readonly #state: RunState;
  #failed = 0;
  #deferred = 0;

  constructor(state: RunState) {
    this.#state = state;
  }

  get left(): boolean {
    return this.#failed < MAX_ATTEMPTS && this.#deferred < MAX_DEFERRALS;
  }

  /** Waits before the next attempt. @throws Interrupted */
  async wait(outcome: Outcome): Promise<void> {
    if (isDeferral(outcome)) this.#deferred += 1;
    else this.#failed += 1;
    if (this.left) await pause(this.#state, this.#delay(outcome));
  }

  #delay(outcome: Outcome): number {
    const { random } = this.#state.clock;
    // 50–150 ms are enough after a lock (B§13.4); the pool has gone to one at a time meanwhile.
    if (outcome.locked === true) return 50 + random() * 100;
    const doublings = this.#failed + this.#deferred - 1;
    const backoff = Math.min(LONGEST_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** doublings);
    return Math.max(outcome.retryAfterMs ?? 0, backoff / 2) + (random() * backoff) / 2;
  }
}

function isDeferral(outcome: Outcome): boolean {
  return (outcome.kind === 'retry' && outcome.unreachable !== true) || outcome.retryAfterMs !== undefined;
}

/**
 * No attempt is left and the object is not there. @throws MigrateError when the gateway does not answer at all or answers
 * nothing useful any more: better to stop and resume than to fail twenty thousand records one by one.
 */
export function giveUp(state: RunState, outcome: Outcome): void {
  state.exhausted += 1;
  if (outcome.unreachable === true && outcome.kind === 'retry')
    throw stop('target_unreachable', `Bifrost does not answer: ${outcome.message}.`);
  if (state.exhausted >= ILL_AFTER)
    throw stop('target_unexpected', `Bifrost has failed ${ILL_AFTER} writes in a row, last: ${outcome.message}.`);
}

function stop(code: 'target_unreachable' | 'target_unexpected', message: string): MigrateError {
  return new MigrateError(code, message, 'Look at the gateway, then type `migrate resume`; nothing is lost.');
}

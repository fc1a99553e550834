import type { Clock } from '../../src/engine/clock.js';

type Timer = { readonly at: number; readonly order: number; readonly fire: () => void };

/** Time that stands still while anything is going on and jumps to the next timer when nothing is. */
export class VirtualClock implements Clock {
  #time = 1_750_000_000_000;
  #order = 0;
  #timers: Timer[] = [];
  #pumping = false;
  readonly random: () => number;

  constructor(seed = 1) {
    let state = seed >>> 0;
    this.random = () => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return state / 2 ** 32;
    };
  }

  readonly now = (): number => this.#time;

  readonly sleep = (ms: number, signal: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      if (signal.aborted) return resolve();
      const finish = (): void => {
        signal.removeEventListener('abort', finish);
        resolve();
      };
      signal.addEventListener('abort', finish);
      this.after(ms, finish);
    });

  after(ms: number, fire: () => void): void {
    this.#timers.push({ at: this.#time + ms, order: (this.#order += 1), fire });
    this.#pump();
  }

  /** Resolves when no timer is left. */
  async settled(): Promise<void> {
    while (this.#timers.length > 0 || this.#pumping) await new Promise((resolve) => setImmediate(resolve));
  }

  #pump(): void {
    if (this.#pumping) return;
    this.#pumping = true;
    // Some turns of the event loop: whoever can go on without time passing does so first.
    const turn = (left: number): void => {
      if (left > 0) return void setImmediate(() => turn(left - 1));
      this.#pumping = false;
      const next = this.#timers.sort((a, b) => a.at - b.at || a.order - b.order).shift();
      if (next === undefined) return;
      this.#time = Math.max(this.#time, next.at);
      next.fire();
      if (this.#timers.length > 0) this.#pump();
    };
    turn(4);
  }
}

import type { Clock } from './clock.js';
import { Interrupted } from './interrupted.js';

/** `shared`: may run beside others · `exclusive`: with nothing else in flight (contracts B§13.4). */
export type Share = 'shared' | 'exclusive';

/** What the pool learns from one request. */
export type Feedback = {
  /** What was written; latencies are compared within one kind only. */
  readonly kind?: string;
  readonly durationMs: number;
  /** The gateway could not take it: too many requests, locked, unavailable. */
  readonly refusedByLoad?: boolean;
  /** From now on one at a time. */
  readonly locked?: boolean;
  readonly retryAfterMs?: number | null;
};

type Waiting = { readonly share: Share; readonly start: () => void; readonly cancel: () => void };

/**
 * A server that works on one request at a time answers L requests in L times the time: no gain. One that answers them in
 * less than this share of that still gains, so the number stays; in balance at 4 for the former (B§13: 4–8).
 */
const GAINS = 0.75;
/** Latencies of a few requests differ by as much without meaning anything. */
const LEAST_TOLERANCE = 2;
const LONGEST_PAUSE_MS = 300_000;

/**
 * How many requests are in flight: between 1 and `ceiling`. Doubles while latency stays what it was with one request,
 * shrinks when it grows or the gateway refuses, pauses when told to.
 */
export class Pool {
  readonly #ceiling: number;
  readonly #clock: Clock;
  readonly #signal: AbortSignal;
  readonly #queue: Waiting[] = [];
  #limit = 1;
  #inFlight = 0;
  #exclusive = false;
  #serial = false;
  #pausedUntil = 0;
  #longestAsked = 0;
  #pausing = false;
  /** By kind of object: a virtual key costs a gateway many times what a team costs. */
  readonly #bases = new Map<string, number>();
  #kind = '';
  #window: number[] = [];

  constructor(ceiling: number, clock: Clock, signal: AbortSignal) {
    this.#ceiling = Math.max(1, ceiling);
    this.#clock = clock;
    this.#signal = signal;
    signal.addEventListener('abort', () => this.#cancelAll(), { once: true });
  }

  get limit(): number {
    return this.#serial ? 1 : Math.max(1, Math.floor(this.#limit));
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  /** Runs `work` when there is room, in the order asked. @throws Interrupted when the signal came first. */
  async run<T>(share: Share, work: () => Promise<T>): Promise<T> {
    await this.#turn(share);
    try {
      return await work();
    } finally {
      this.#inFlight -= 1;
      if (share === 'exclusive') this.#exclusive = false;
      this.#admit();
    }
  }

  learn({ kind = '', durationMs, refusedByLoad = false, locked = false, retryAfterMs = null }: Feedback): void {
    if (kind !== this.#kind) {
      this.#kind = kind;
      this.#window = [];
    }
    if (locked) this.#serial = true;
    if (retryAfterMs !== null && retryAfterMs > 0) this.#pauseFor(Math.min(retryAfterMs, LONGEST_PAUSE_MS));
    if (refusedByLoad) {
      this.#limit = Math.max(1, this.#limit / 2);
      this.#window = [];
      return;
    }
    // A clock that is set back meanwhile says nothing about the gateway.
    if (durationMs < 0) return;
    this.#window.push(durationMs);
    if (this.#window.length >= Math.max(4, 4 * this.limit)) this.#adapt();
  }

  #adapt(): void {
    const average = this.#window.reduce((sum, ms) => sum + ms, 0) / this.#window.length;
    this.#window = [];
    // With one in flight the latency is the gateway's own; it grows with what is stored there (B§13.1).
    const base = this.limit === 1 ? average : Math.min(this.#bases.get(this.#kind) ?? average, average);
    this.#bases.set(this.#kind, base);
    const tolerance = Math.max(LEAST_TOLERANCE, GAINS * this.limit);
    const gradient = Math.min(1, Math.max(0.5, (tolerance * base) / Math.max(average, 0.001)));
    const wanted = gradient === 1 ? this.#limit * 2 : this.#limit * gradient + Math.sqrt(this.#limit) / 2;
    this.#limit = Math.min(this.#ceiling, Math.max(1, wanted));
    this.#admit();
  }

  #turn(share: Share): Promise<void> {
    if (this.#signal.aborted) return Promise.reject(new Interrupted());
    return new Promise((resolve, reject) => {
      this.#queue.push({ share, start: resolve, cancel: () => reject(new Interrupted()) });
      this.#admit();
    });
  }

  /** Strictly in order: an exclusive one at the head waits for all before it, and all behind it wait for it. */
  #admit(): void {
    if (this.#pauseIfTold()) return;
    for (;;) {
      const next = this.#queue[0];
      if (next === undefined || this.#exclusive || this.#inFlight >= this.limit) return;
      if (next.share === 'exclusive' && this.#inFlight > 0) return;
      this.#queue.shift();
      this.#inFlight += 1;
      if (next.share === 'exclusive') this.#exclusive = true;
      next.start();
    }
  }

  #pauseFor(ms: number): void {
    this.#pausedUntil = Math.max(this.#pausedUntil, this.#clock.now() + ms);
    this.#longestAsked = Math.max(this.#longestAsked, ms);
  }

  #pauseIfTold(): boolean {
    if (this.#pausing) return true;
    // Never longer than was asked for: a clock set back by an hour must not make it an hour.
    const until = this.#pausedUntil;
    const left = Math.min(until - this.#clock.now(), this.#longestAsked);
    // An aborted sleep ends at once: waiting for it again and again would never yield.
    if (left <= 0 || this.#signal.aborted) return false;
    this.#pausing = true;
    void this.#clock.sleep(left, this.#signal).then(() => {
      this.#pausing = false;
      if (this.#pausedUntil === until) this.#pausedUntil = 0;
      this.#admit();
    });
    return true;
  }

  #cancelAll(): void {
    for (const waiting of this.#queue.splice(0)) waiting.cancel();
  }
}

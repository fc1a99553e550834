import type { Database, Statement } from 'better-sqlite3';
import { failpoint } from '../failpoint.js';
import { journalFailure } from './failures.js';

/** How long a change may wait for company before it is committed, in milliseconds. */
const LAZY_MS = 100;
/** So many uncommitted changes are committed without waiting for more. */
const MAX_PENDING = 1_000;

/**
 * Group commit. Changes are executed at once in one open transaction, so that our own reads see them, and are committed
 * together: `durable()` soon (intents: nothing is sent before), the rest within some milliseconds (confirmations may
 * lag: an unconfirmed write is in doubt and is settled by reading the target).
 */
export class Commits {
  readonly #db: Database;
  #open = false;
  #pending = 0;
  #waiting: { resolve: () => void; reject: (error: unknown) => void }[] = [];
  #soon: NodeJS.Immediate | null = null;
  #later: NodeJS.Timeout | null = null;
  #held = false;
  #failure: unknown = null;
  /** Transactions committed so far. */
  count = 0;

  readonly #path: string;
  readonly #beginning: Statement;
  readonly #commit: Statement;

  constructor(db: Database, path: string) {
    this.#path = path;
    this.#db = db;
    this.#beginning = db.prepare('BEGIN IMMEDIATE');
    this.#commit = db.prepare('COMMIT');
  }

  /** Executes `change` now; it is durable after the next commit. */
  do<T>(change: () => T): T {
    this.#begin();
    const result = this.#changed(change);
    this.#pending += 1;
    // Not at once: what is changed in one turn of the event loop belongs together, and a kill must not part it.
    if (this.#pending >= MAX_PENDING) this.#soon ??= setImmediate(() => this.#flushQuietly());
    else this.#later ??= setTimeout(() => this.#flushQuietly(), LAZY_MS);
    return result;
  }

  /** Resolves when everything done so far is on disk. Waits for the changes of this turn of the event loop to join. */
  durable(): Promise<void> {
    if (this.#failure !== null) return Promise.reject(asError(this.#failure));
    if (!this.#open) return Promise.resolve();
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      if (!this.#held) this.#soon ??= setImmediate(() => this.#flushQuietly());
    });
  }

  /** Until `release` whoever waits for `durable` goes on waiting, for more company than one turn of the event loop brings. */
  hold(): void {
    this.#held = true;
  }

  release(): void {
    this.#held = false;
    if (this.#waiting.length > 0) this.#soon ??= setImmediate(() => this.#flushQuietly());
  }

  /** Commits now. @throws what SQLite says, e.g. a full disk. */
  flush(): void {
    this.#clearTimers();
    if (this.#failure !== null) throw asError(this.#failure);
    if (!this.#open) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    try {
      failpoint('commit.before'); // FAILPOINT
      this.#commit.run();
      this.#open = false;
      this.#pending = 0;
      this.count += 1;
      failpoint('commit.after'); // FAILPOINT
    } catch (error) {
      this.#fail(error, waiting);
      throw asError(this.#failure);
    }
    for (const { resolve } of waiting) resolve();
  }

  /** Nothing is committed any more: what was not durable is gone, and nothing may be sent for it. */
  get failed(): boolean {
    return this.#failure !== null;
  }

  /** A full disk makes SQLite roll back everything that waits for a commit, not only this change. */
  #changed<T>(change: () => T): T {
    try {
      return change();
    } catch (error) {
      if (journalFailure(error, this.#path) === error && this.#db.inTransaction) throw error;
      this.#fail(error, this.#waiting.splice(0));
      throw asError(this.#failure);
    }
  }

  #fail(error: unknown, waiting: readonly { readonly reject: (error: unknown) => void }[]): void {
    this.#failure = journalFailure(error, this.#path);
    this.#open = false;
    for (const { reject } of waiting) reject(this.#failure);
  }

  /** A commit that fails in a timer has nobody to throw to: the next `do` or `durable` says it. */
  #flushQuietly(): void {
    try {
      this.flush();
    } catch (error) {
      this.#failure = error;
    }
  }

  #begin(): void {
    if (this.#failure !== null) throw asError(this.#failure);
    if (this.#open) return;
    try {
      this.#beginning.run();
    } catch (error) {
      throw asError(journalFailure(error, this.#path));
    }
    this.#open = true;
  }

  #clearTimers(): void {
    if (this.#soon !== null) clearImmediate(this.#soon);
    if (this.#later !== null) clearTimeout(this.#later);
    this.#soon = null;
    this.#later = null;
  }
}

function asError(value: unknown): Error {
  return value instanceof Error ? value : new Error(String(value));
}

import type { Database } from 'better-sqlite3';
import { failpoint } from '../engine/failpoint.js';
import { journalFailure } from './failures.js';

/** How long a change may wait for company before it is committed, in milliseconds. */
const LAZY_MS = 100;
/** So many uncommitted changes are committed at once, however young. */
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
  #failure: unknown = null;
  /** Transactions committed so far. */
  count = 0;

  readonly #path: string;

  constructor(db: Database, path: string) {
    this.#path = path;
    this.#db = db;
  }

  /** Executes `change` now; it is durable after the next commit. */
  do<T>(change: () => T): T {
    this.#begin();
    const result = change();
    this.#pending += 1;
    if (this.#pending >= MAX_PENDING) this.flush();
    else this.#later ??= setTimeout(() => this.#flushQuietly(), LAZY_MS);
    return result;
  }

  /** Resolves when everything done so far is on disk. Waits for the changes of this turn of the event loop to join. */
  durable(): Promise<void> {
    if (this.#failure !== null) return Promise.reject(asError(this.#failure));
    if (!this.#open) return Promise.resolve();
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#soon ??= setImmediate(() => this.#flushQuietly());
    });
  }

  /** Commits now. @throws what SQLite says, e.g. a full disk. */
  flush(): void {
    this.#clearTimers();
    if (!this.#open) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    try {
      failpoint('commit.before'); // FAILPOINT
      this.#db.exec('COMMIT');
      this.#open = false;
      this.#pending = 0;
      this.count += 1;
      failpoint('commit.after'); // FAILPOINT
    } catch (error) {
      this.#failure = journalFailure(error, this.#path);
      for (const { reject } of waiting) reject(this.#failure);
      throw asError(this.#failure);
    }
    for (const { resolve } of waiting) resolve();
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
    this.#db.exec('BEGIN IMMEDIATE');
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

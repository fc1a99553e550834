import type { Database } from 'better-sqlite3';
import type { Commits } from './commits.js';

/** One HTTP write as it went. Never a body. */
export type Attempt = {
  readonly writeId: number;
  readonly run: number;
  readonly method: string;
  readonly path: string;
  /** null = no answer. */
  readonly status: number | null;
  readonly durationMs: number;
  readonly outcome: string;
  readonly error: string | null;
};

export interface AttemptLog {
  add(attempt: Attempt): void;
}

export function attemptLog(db: Database, commits: Commits, now: () => string): AttemptLog {
  const insert = db.prepare(
    `INSERT INTO attempts (write_id, run, method, path, status, duration_ms, outcome, error, at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  return {
    add: (a) => {
      commits.do(() =>
        insert.run(a.writeId, a.run, a.method, a.path, a.status, a.durationMs, a.outcome, a.error, now()),
      );
    },
  };
}

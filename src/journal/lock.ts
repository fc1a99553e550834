import { closeSync, openSync, rmSync, statSync } from 'node:fs';
import Database from 'better-sqlite3';
import { MigrateError, reasonOf } from '../errors.js';
import { unwritable } from './failures.js';

/**
 * One writer per journal. The lock is the operating system's, taken by SQLite on an empty sibling file, and it is the
 * lock that counts, not the file: it ends with the process that holds it, however that ends, and a file left behind by a
 * killed process locks nothing and is taken over. The journal itself cannot carry it: an exclusive lock on a database in
 * WAL mode would shut out the readers that `report`, `status` and `keys` are while a run goes on.
 */
export type Lock = { readonly release: () => void };

export function lockPath(journal: string): string {
  return `${journal}-lock`;
}

/** @throws MigrateError `journal_locked` at once when another process, or another connection of this one, holds it. */
export function acquireLock(journal: string): Lock {
  const path = lockPath(journal);
  for (;;) {
    const lock = tryOnce(path, journal);
    if (lock !== null) return lock;
  }
}

/** null = the file was removed by the last holder between opening and locking it: a lock on it would exclude nobody. */
function tryOnce(path: string, journal: string): Lock | null {
  // Our own descriptor keeps the inode from being reused while it is compared. It must stay open until the lock is
  // given up: closing any descriptor of a file drops all POSIX locks this process has on it.
  const descriptor = descriptorOf(path, journal);
  let database: Database.Database | null = null;
  try {
    const before = statSync(path, { throwIfNoEntry: false });
    database = new Database(path, { timeout: 0 });
    database.pragma('journal_mode = MEMORY');
    database.exec('BEGIN EXCLUSIVE');
    const after = statSync(path, { throwIfNoEntry: false });
    if (before !== undefined && before.ino === after?.ino) return held(path, database, descriptor);
  } catch (error) {
    database?.close();
    closeSync(descriptor);
    throw isBusy(error) ? locked(journal, error) : error;
  }
  database.close();
  closeSync(descriptor);
  return null;
}

function descriptorOf(path: string, journal: string): number {
  try {
    return openSync(path, 'a', 0o600);
  } catch (error) {
    throw unwritable(journal, reasonOf(error), error);
  }
}

function held(path: string, database: Database.Database, descriptor: number): Lock {
  return {
    release: () => {
      if (!database.open) return;
      // Removed while still locked: whoever opened it meanwhile finds another file, or none, at the path and starts anew.
      rmSync(path, { force: true });
      database.close();
      closeSync(descriptor);
    },
  };
}

function isBusy(error: unknown): boolean {
  return error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY');
}

function locked(journal: string, cause: unknown): MigrateError {
  return new MigrateError(
    'journal_locked',
    `The journal ${journal} is in use by another run.`,
    'Wait until it ends, or stop it; `migrate status` shows how far it is.',
    { cause },
  );
}

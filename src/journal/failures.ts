import Database from 'better-sqlite3';
import { MigrateError, reasonOf } from '../errors.js';

/** What SQLite says about the file, as a reason to stop with a next step; anything else is passed through unchanged. */
export function journalFailure(error: unknown, path: string): unknown {
  // The migrator wraps what SQLite says.
  if (error instanceof Error && error.cause instanceof Database.SqliteError && !(error instanceof MigrateError))
    return journalFailure(error.cause, path);
  if (!(error instanceof Database.SqliteError)) return error;
  const { code } = error;
  if (code === 'SQLITE_NOTADB') return foreign(path, 'it is not a database', error);
  if (code.startsWith('SQLITE_CORRUPT')) return damaged(path, reasonOf(error), error);
  if (code.startsWith('SQLITE_BUSY')) return busy(path, error);
  if (!/^SQLITE_(FULL|IOERR|READONLY|CANTOPEN|PERM|AUTH|PROTOCOL|NOLFS)/.test(code)) return error;
  return unwritable(path, reasonOf(error), error);
}

export function unwritable(path: string, why: string, cause: unknown): MigrateError {
  return new MigrateError(
    'journal_unusable',
    `The journal ${path} cannot be read or written: ${why}.`,
    'Check its folder, its owner and the free space on the disk, then run the same command again; nothing is lost.',
    { cause },
  );
}

export function foreign(path: string, why: string, cause?: unknown): MigrateError {
  return new MigrateError(
    'journal_foreign',
    `${path} is not a journal of this program: ${why}.`,
    'Name another file with --journal; this one was left as it is.',
    { cause },
  );
}

export function damaged(path: string, why: string, cause?: unknown): MigrateError {
  return new MigrateError(
    'journal_unusable',
    `The journal ${path} is damaged: ${why}.`,
    'Restore it from a backup together with its -wal file, or start a new one with --journal: what is on Bifrost already will be recognised there.',
    { cause },
  );
}

function busy(path: string, cause: unknown): MigrateError {
  return new MigrateError(
    'journal_locked',
    `The journal ${path} is in use by another program.`,
    'Close what has it open (a database browser, a backup), then try again.',
    { cause },
  );
}

import { closeSync, existsSync, openSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { MigrateError, reasonOf } from '../errors.js';

/** The journal as a file: it exists, is a file, and nobody else can read it. Looked at with stat only, never opened. */

/** SQLite's own companions of a database in WAL mode; they inherit its mode. */
const SIDECARS = ['', '-wal', '-shm'] as const;

/** Creates an empty file only the owner can read, before SQLite sees it. @throws MigrateError `journal_unusable` */
export function createPrivateFile(path: string): void {
  try {
    // `wx`: never through a link somebody else has put there.
    closeSync(openSync(path, 'wx', 0o600));
  } catch (error) {
    // Another run has made it this moment; the lock decides between the two.
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return;
    throw new MigrateError(
      'journal_unusable',
      `The journal ${path} cannot be created: ${reasonOf(error)}.`,
      `Make the folder ${dirname(path)} writable, or name another file with --journal.`,
      { cause: error },
    );
  }
}

export function journalExists(path: string): boolean {
  return existsSync(path);
}

/** @throws MigrateError `journal_unusable` when it is no file, `journal_readable_by_others` when others may read it. */
export function checkFile(path: string): void {
  if (!statSync(path).isFile())
    throw new MigrateError('journal_unusable', `${path} is not a file.`, 'Name a file with --journal.');
  // Windows keeps no such bits.
  if (process.platform === 'win32') return;
  for (const suffix of SIDECARS) {
    const stat = statSync(path + suffix, { throwIfNoEntry: false });
    if (stat === undefined || (stat.mode & 0o077) === 0) continue;
    throw new MigrateError(
      'journal_readable_by_others',
      `${path}${suffix} can be read or written by other users (mode ${(stat.mode & 0o777).toString(8)}).`,
      `Type: chmod 600 ${path}${suffix}`,
    );
  }
}

export function noJournal(path: string): MigrateError {
  return new MigrateError(
    'journal_unusable',
    `There is no journal at ${path}.`,
    '`migrate run` makes one; --journal names another place.',
  );
}

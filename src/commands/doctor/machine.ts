import {
  accessSync,
  constants,
  existsSync,
  openSync,
  readFileSync,
  readSync,
  closeSync,
  statfsSync,
  statSync,
} from 'node:fs';
import { dirname, resolve } from 'node:path';
import Database from 'better-sqlite3';
import { MigrateError, reasonOf } from '../../errors.js';
import { checkFile, journalExists } from '../../journal/file.js';
import { readStanding } from '../../report/read.js';
import { attempt, fail, ok, warn, type Found } from './check.js';

/** package.json, `engines`. */
/** URLs without credentials, as a journal keeps them; null = not known. */
export type Identities = { readonly source: string | null; readonly target: string | null };

/** Looks with stat, and reads a finished journal into memory: opened in place, SQLite would put files beside it. */
export async function checkJournal(path: string, ends: Identities): Promise<Found> {
  const found = await attempt(() => {
    const file = resolve(path);
    checkFolder(path, dirname(file));
    return journalExists(file) ? existing(path, file, ends) : null;
  });
  if (found instanceof MigrateError) return fail('journal', found);
  const folder = dirname(resolve(path));
  if (process.platform !== 'win32' && isOpenToOthers(folder)) {
    const detail = `${folder} can be written by other users, who could put another file in the place of the journal`;
    return warn('journal', detail, `chmod go-w ${folder}, or name a file in a folder of your own with --journal`);
  }
  return ok('journal', found ?? `${path} is not there yet; a run can create it, readable by you only`);
}

function checkFolder(path: string, folder: string): void {
  try {
    accessSync(folder, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw new MigrateError(
      'journal_unusable',
      `The journal ${path} cannot be created: ${reasonOf(error)}`,
      `Make the folder ${folder} writable, or name another file with --journal.`,
      { cause: error },
    );
  }
}

/** Where everybody may write and remove what others have put (without the sticky bit of /tmp). */
function isOpenToOthers(folder: string): boolean {
  const { mode } = statSync(folder);
  return (mode & 0o022) !== 0 && (mode & 0o1000) === 0;
}

/** `L2Bj`, SQLite's application id, stands at byte 68 of the file. */
const HEADER_BYTES = 100;
const APPLICATION_ID_AT = 68;
/** Bytes 18 and 19 say how the file is written to; 1 lets a copy in memory be read without a write-ahead log. */
const FORMAT_AT = 18;
const LARGEST_READ = 64 * 1024 * 1024;

function existing(path: string, file: string, ends: Identities): string {
  checkFile(file);
  const size = statSync(file).size;
  if (size > 0 && startOf(file).toString('latin1', APPLICATION_ID_AT, APPLICATION_ID_AT + 4) !== 'L2Bj')
    throw new MigrateError(
      'journal_foreign',
      `${path} is not a journal of this program`,
      'Name another file with --journal.',
    );
  if (size === 0) return `${path} is there and empty`;
  if (existsSync(`${file}-wal`))
    return `${path} is there, of a run that goes on or was interrupted; migrate status tells`;
  if (size > LARGEST_READ) return `${path} is there; migrate status tells where it stands`;
  return standingOf(path, file, ends);
}

function standingOf(path: string, file: string, ends: Identities): string {
  const copy = readFileSync(file);
  copy.fill(1, FORMAT_AT, FORMAT_AT + 2);
  const database = new Database(copy);
  try {
    const { sourceIdentity, targetIdentity, counts } = readStanding(database);
    demandSame(path, 'LiteLLM', sourceIdentity, ends.source);
    demandSame(path, 'Bifrost', targetIdentity, ends.target);
    const records = counts.reduce((sum, { read }) => sum + read, 0);
    return `${path} is there, readable by you only, with ${records} record(s)`;
  } catch (error) {
    if (error instanceof MigrateError) throw error;
    throw new MigrateError(
      'journal_unusable',
      `The journal ${path} cannot be read: ${reasonOf(error)}`,
      'Type `migrate status`; if that fails too, name another file with --journal.',
      { cause: error },
    );
  } finally {
    database.close();
  }
}

function demandSame(path: string, name: string, bound: string | null, now: string | null): void {
  if (bound === null || now === null || bound === now) return;
  throw new MigrateError(
    'journal_other_ends',
    `The journal ${path} belongs to ${name} at ${bound}, not ${now}`,
    'Use another journal with --journal; pass --rebind to run only when it is the same gateway under a new address.',
  );
}

function startOf(file: string): Buffer {
  const descriptor = openSync(file, 'r');
  try {
    const buffer = Buffer.alloc(HEADER_BYTES);
    return buffer.subarray(0, readSync(descriptor, buffer, 0, HEADER_BYTES, 0));
  } finally {
    closeSync(descriptor);
  }
}

/** Bytes: a record with its attempts and findings, generously, and what SQLite needs while it writes. */
const PER_RECORD = 8 * 1024;
const BASE = 64 * 1024 * 1024;

/** @param records keys, teams, users and the rest that a journal will hold */
export function checkDisk(path: string, records: number): Found {
  const folder = dirname(resolve(path));
  const { bavail, bsize } = statfsSync(folder);
  const free = bavail * bsize;
  const needed = BASE + records * PER_RECORD;
  const said = `${megabytes(free)} free in ${folder}, the journal takes at most some ${megabytes(needed)}`;
  return free >= needed
    ? ok('disk', said)
    : warn('disk', said, 'make room, or name a file on another disk with --journal');
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / (1024 * 1024)).toLocaleString('en-US')} MB`;
}

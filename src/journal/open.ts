import { randomBytes } from 'node:crypto';
import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import Database from 'better-sqlite3';
import { MigrateError } from '../errors.js';
import { failpoint } from '../failpoint.js';
import { damaged, foreign, journalFailure } from './failures.js';
import { checkFile, createPrivateFile, journalExists, noJournal } from './file.js';
import { assembleJournal, type Journal } from './journal.js';
import { acquireLock, type Lock } from './lock.js';
import { applyMigrations, appliedVersion, knownVersion, refuseNewer } from './migrations.js';

export type OpenOptions = {
  /** Make the file when there is none. */
  readonly create: boolean;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly toolVersion: string;
  /** For reports: takes no lock and works while a run is writing. */
  readonly readonly?: boolean;
  /** 32 random bytes for a new journal's fingerprints. */
  readonly newKey?: () => Buffer;
};

/** `L2Bj`: marks a SQLite file as ours. */
const APPLICATION_ID = 0x4c32426a;
const BUSY_TIMEOUT_MS = 5_000;
/** Checking every page of a larger file takes noticeable time at each start. */
const QUICK_CHECK_BYTES = 64 * 1024 * 1024;

/**
 * Opens the journal, checked and up to date, and holds it until `close()`.
 *
 * @throws MigrateError `journal_*`, each with what to do: not there, not ours, damaged, newer than this program, readable by
 *   others, not writable, in use.
 */
export function openJournal(path: string, options: OpenOptions): Journal {
  const file = resolve(path);
  if (!journalExists(file)) {
    if (!options.create || options.readonly) throw noJournal(path);
    createPrivateFile(file);
  }
  checkFile(file);
  let lock: Lock | null = null;
  let db: Database.Database | null = null;
  try {
    if (!options.readonly) lock = acquireLock(file);
    if (lock !== null) failpoint('lock.taken'); // FAILPOINT
    db = new Database(file, { readonly: options.readonly ?? false, fileMustExist: true, timeout: BUSY_TIMEOUT_MS });
    if (options.readonly) checkReadable(db, file, options.toolVersion);
    else prepare(db, file, options);
    if (lock !== null) failpoint('journal.opened'); // FAILPOINT
    return assembleJournal(db, { path: file, dry: false, lock, now: options.now, toolVersion: options.toolVersion });
  } catch (error) {
    db?.close();
    lock?.release();
    throw journalFailure(error, path);
  }
}

/**
 * A journal for a dry run: a copy of the one at `path`, or an empty one when there is none. Lives in memory (an empty one
 * in SQLite's own nameless temporary file); nothing at `path` is created or changed.
 */
export function openDryRunJournal(path: string, options: Omit<OpenOptions, 'create' | 'readonly'>): Journal {
  if (journalExists(resolve(path))) {
    const original = openJournal(path, { ...options, create: false, readonly: true });
    try {
      return original.copyForDryRun();
    } finally {
      original.close();
    }
  }
  const db = new Database('');
  db.pragma('synchronous = OFF');
  migrateAndMark(db, path, options);
  return assembleJournal(db, { path, dry: true, lock: null, now: options.now, toolVersion: options.toolVersion });
}

function prepare(db: Database.Database, path: string, options: OpenOptions): void {
  refuseForeign(db, path);
  refuseNewer(db, path, options.toolVersion);
  setPragmas(db);
  quickCheck(db, path);
  migrateAndMark(db, path, options);
}

/** A reader changes nothing: an older or half-made journal is brought up to date by the next run, not by a report. */
function checkReadable(db: Database.Database, path: string, toolVersion: string): void {
  db.pragma(`busy_timeout = ${BUSY_TIMEOUT_MS}`);
  refuseForeign(db, path);
  refuseNewer(db, path, toolVersion);
  const meta = appliedVersion(db).version === 0 ? undefined : db.prepare('SELECT id FROM meta').get();
  if (meta !== undefined && appliedVersion(db).version === knownVersion().version) return;
  throw new MigrateError(
    'journal_unusable',
    `The journal ${path} ${meta === undefined ? 'is empty' : 'was made by an older version of this program'}.`,
    'Type `migrate run` (or `migrate resume`) first.',
  );
}

function refuseForeign(db: Database.Database, path: string): void {
  const mark = db.pragma('application_id', { simple: true });
  if (mark === APPLICATION_ID) return;
  const tables = db.prepare('SELECT count(*) FROM sqlite_master').pluck().get();
  // An empty database is one whose creation was cut short.
  if (mark === 0 && tables === 0) return;
  throw foreign(path, 'it is a database of another program');
}

/** Set, then read back: better-sqlite3 lowers `synchronous` to NORMAL when WAL is turned on. */
function setPragmas(db: Database.Database): void {
  const wanted = [
    ['journal_mode', 'WAL', 'wal'],
    ['synchronous', 'FULL', 2],
    ['foreign_keys', 'ON', 1],
    ['secure_delete', 'ON', 1],
    ['busy_timeout', String(BUSY_TIMEOUT_MS), BUSY_TIMEOUT_MS],
    // 2 MB: rows are written once and read in order, a larger cache only holds what nobody asks for again.
    ['cache_size', '-2048', -2048],
  ] as const;
  for (const [name, value] of wanted) db.pragma(`${name} = ${value}`);
  for (const [name, value, expected] of wanted) {
    const actual = db.pragma(name, { simple: true });
    if (actual === expected) continue;
    throw new MigrateError(
      'journal_unusable',
      `The journal cannot be used safely: SQLite keeps ${name} at ${String(actual)} instead of ${value}.`,
      'Put the journal on a local disk with --journal; network file systems often cannot do this.',
    );
  }
}

function quickCheck(db: Database.Database, path: string): void {
  if (statSync(path).size > QUICK_CHECK_BYTES) return;
  const verdict = String(db.pragma('quick_check(1)', { simple: true }));
  if (verdict !== 'ok') throw damaged(path, verdict);
}

/** Every step may be cut short by a kill and is taken up by the next opening. */
function migrateAndMark(
  db: Database.Database,
  path: string,
  options: Pick<OpenOptions, 'now' | 'toolVersion' | 'newKey'>,
): void {
  db.pragma(`application_id = ${APPLICATION_ID}`);
  const before = appliedVersion(db).version;
  if (before < knownVersion().version) applyMigrations(db, path);
  const key = options.newKey ?? (() => randomBytes(32));
  db.prepare('INSERT OR IGNORE INTO meta (id, tool_version, created_at, hmac_key) VALUES (1, ?, ?, ?)').run(
    options.toolVersion,
    new Date(options.now()).toISOString(),
    key().toString('hex'),
  );
  if (before > 0 && before < knownVersion().version)
    db.prepare('UPDATE meta SET tool_version = ? WHERE id = 1').run(options.toolVersion);
}

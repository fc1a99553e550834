import Database from 'better-sqlite3';
import { failpoint } from '../failpoint.js';
import { fingerprinter, type Fingerprint } from '../secret.js';
import { attemptLog, type AttemptLog } from './attempts.js';
import { Commits } from './commits.js';
import { bindEnds } from './ends.js';
import { findingTable, type FindingTable } from './findings.js';
import type { Lock } from './lock.js';
import { recordQueries, type RecordQueries } from './record-queries.js';
import { recordTable, type RecordTable } from './records.js';
import { rightsTable, type RightsTable } from './rights.js';
import { runTable, type RunTable } from './runs.js';
import { countsByKind, type KindCounts } from './summary.js';
import { writeTable, type WriteTable } from './writes.js';
import { writtenObjects, type WrittenObjects } from './written-objects.js';

/** The journal as the rest of the program sees it: one object per table, and what concerns the file as a whole. */
export type Journal = {
  readonly path: string;
  /** For reports: plain reads. Whatever is written goes through the tables. */
  readonly db: Database.Database;
  /** A copy for a dry run: what is written into it is thrown away. */
  readonly dry: boolean;
  readonly toolVersion: string;
  /** HMAC under this journal's random key. */
  readonly fingerprint: Fingerprint;
  readonly commits: Commits;
  readonly runs: RunTable;
  readonly records: RecordTable;
  readonly queries: RecordQueries;
  readonly writes: WriteTable;
  readonly objects: WrittenObjects;
  readonly findings: FindingTable;
  readonly attempts: AttemptLog;
  readonly rights: RightsTable;
  counts(): readonly KindCounts[];
  /** Binds the journal to its two ends the first time, checks them later. @throws MigrateError `journal_other_ends` */
  bindEnds(source: string, target: string, rebind: boolean): void;
  copyForDryRun(): Journal;
  /** Commits what is open, folds the WAL into the file, gives up the lock. May be called twice. */
  close(): void;
};

type Parts = {
  readonly path: string;
  readonly dry: boolean;
  readonly lock: Lock | null;
  readonly now: () => number;
  readonly toolVersion: string;
};

export function assembleJournal(db: Database.Database, { path, dry, lock, now, toolVersion }: Parts): Journal {
  const key = db.prepare('SELECT hmac_key FROM meta WHERE id = 1').pluck().get();
  if (typeof key !== 'string') throw new Error('journal: no meta row');
  const commits = new Commits(db, path);
  const time = clockText(now);
  return {
    path,
    db,
    dry,
    toolVersion,
    fingerprint: fingerprinter(Buffer.from(key, 'hex')),
    commits,
    runs: runTable(db, commits, time),
    records: recordTable(db, commits, time),
    queries: recordQueries(db),
    writes: writeTable(db, commits, time),
    objects: writtenObjects(db, commits, time),
    findings: findingTable(db, commits),
    attempts: attemptLog(db, commits, time),
    rights: rightsTable(db, commits),
    counts: () => countsByKind(db),
    bindEnds: (source, target, rebind) => bindEnds(db, commits, { source, target, rebind, path }),
    copyForDryRun: () => {
      if (!db.readonly) commits.flush();
      const copy = copyInMemory(db);
      return assembleJournal(copy, { path, dry: true, lock: null, now, toolVersion });
    },
    close: () => {
      try {
        // What could not be committed was said when it happened.
        if (db.open && !db.readonly && !commits.failed) {
          commits.flush();
          foldWal(db);
          if (lock !== null) failpoint('journal.closed'); // FAILPOINT
        }
      } finally {
        db.close();
        lock?.release();
      }
    },
  };
}

/** The time as ISO 8601; a burst of changes has it in common. */
function clockText(now: () => number): () => string {
  let last = Number.NaN;
  let text = '';
  return () => {
    const ms = now();
    if (ms !== last) [last, text] = [ms, new Date(ms).toISOString()];
    return text;
  };
}

/** Where it cannot be folded in, on a full disk, the WAL keeps everything as well. */
function foldWal(db: Database.Database): void {
  try {
    db.pragma('wal_checkpoint(TRUNCATE)');
  } catch (error) {
    if (!(error instanceof Database.SqliteError)) throw error;
  }
}

function copyInMemory(db: Database.Database): Database.Database {
  const image = db.serialize();
  // The header says WAL, which a database in memory cannot be in: bytes 18 and 19 of the SQLite file format, 1 = rollback.
  image[18] = 1;
  image[19] = 1;
  return new Database(image);
}

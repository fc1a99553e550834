import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Database } from 'better-sqlite3';
import type * as DrizzleDriver from 'drizzle-orm/better-sqlite3';
import type * as DrizzleMigrator from 'drizzle-orm/better-sqlite3/migrator';
import * as z from 'zod';
import { MigrateError, reasonOf } from '../errors.js';
import { PACKAGE_ROOT } from '../package-root.js';
import { journalFailure, unwritable } from './failures.js';

/** Loaded when there is something to migrate: a report, and every command on a journal that is there, starts without it. */
const load = createRequire(import.meta.url);
type Drizzle = typeof DrizzleDriver;
type Migrator = typeof DrizzleMigrator;

const FOLDER = join(PACKAGE_ROOT, 'migrations');

const INDEX = z.object({ entries: z.array(z.object({ when: z.number() })).min(1) });
const APPLIED = z.object({ version: z.number(), last: z.number().nullable() });

type Version = { readonly version: number; readonly last: number };

/** The schema this program writes: how many migrations it ships, and when the newest was made. */
export function knownVersion(): Version {
  const { entries } = INDEX.parse(JSON.parse(readFileSync(`${FOLDER}/meta/_journal.json`, 'utf8')));
  return { version: entries.length, last: Math.max(...entries.map((entry) => entry.when)) };
}

/** The schema the file has; version 0 = none yet. */
export function appliedVersion(db: Database): Version {
  const table = db.prepare("SELECT 1 FROM sqlite_master WHERE name = '__drizzle_migrations'").get();
  if (table === undefined) return { version: 0, last: 0 };
  const row = APPLIED.parse(
    db.prepare('SELECT count(*) AS version, max(created_at) AS last FROM __drizzle_migrations').get(),
  );
  return { version: row.version, last: row.last ?? 0 };
}

/** Brings the schema up to date in one transaction. @throws MigrateError `journal_unusable` when there is no room for it. */
export function applyMigrations(db: Database, path: string): void {
  try {
    const { drizzle } = load('drizzle-orm/better-sqlite3') as Drizzle;
    const { migrate } = load('drizzle-orm/better-sqlite3/migrator') as Migrator;
    migrate(drizzle(db), { migrationsFolder: FOLDER });
  } catch (error) {
    const failure = journalFailure(error, path);
    if (failure instanceof MigrateError) throw failure;
    // A full disk makes SQLite roll back by itself; then the migrator fails to, and that is all it tells.
    if (/ROLLBACK/.test(reasonOf(error))) throw unwritable(path, 'its tables cannot be made', error);
    throw error;
  }
}

/** @throws MigrateError `journal_newer` when a newer program has written the file. */
export function refuseNewer(db: Database, path: string, toolVersion: string): void {
  const known = knownVersion();
  const applied = appliedVersion(db);
  if (applied.version <= known.version && applied.last <= known.last) return;
  throw new MigrateError(
    'journal_newer',
    `The journal ${path} has schema version ${applied.version}, written by version ${writerOf(db)} of this program; ` +
      `this is version ${toolVersion} and knows schema version ${known.version}.`,
    'Use the newer program, or start a new journal with --journal.',
  );
}

function writerOf(db: Database): string {
  const row = db.prepare('SELECT * FROM meta LIMIT 1').get() as { tool_version?: unknown } | undefined;
  return typeof row?.tool_version === 'string' ? row.tool_version : 'unknown';
}

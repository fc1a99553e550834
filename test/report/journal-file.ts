import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openJournal } from '../../src/journal/open.js';
import type Database from 'better-sqlite3';
import type { Rights } from '../../src/mapping/rights.js';

export const NOW = Date.UTC(2026, 0, 2, 3, 4, 5);

export type RecordOverrides = {
  kind?: string;
  id?: string;
  name?: string;
  status?: string;
  reason?: string | null;
  message?: string | null;
  nextStep?: string | null;
  origin?: string | null;
  bifrostId?: string | null;
  bifrostName?: string | null;
  missing?: unknown[];
  record?: object;
  fingerprint?: string;
  writtenFingerprint?: string | null;
  writtenRecord?: object;
  code?: string;
  detail?: object;
};

export type FindingOverrides = {
  record?: string | null;
  code?: string;
  severity?: string;
  field?: string;
  message?: string;
};

export type JournalContent = {
  run?: { outcome?: string | null; error?: string | null; command?: string } | null;
  ends?: { source: string; target: string } | null;
  records?: RecordOverrides[];
  /** `record` = the id of the record it is about. */
  findings?: FindingOverrides[];
  inDoubt?: number;
  /** By id; `detail.rights` of a record names one. */
  rights?: { readonly [id: string]: Rights };
};

/** A real journal file with the given rows, in a folder of its own. */
export function journalFile(content: JournalContent = {}): string {
  const path = join(mkdtempSync(join(tmpdir(), 'journal-')), 'migrate.db');
  const journal = openJournal(path, { create: true, now: () => NOW, toolVersion: '0.1.0' });
  try {
    fill(journal.db, content);
  } finally {
    journal.close();
  }
  return path;
}

function fill(
  db: Database.Database,
  { run = {}, ends, records = [], findings = [], inDoubt = 0, rights = {} }: JournalContent,
): void {
  const { source, target } = ends ?? { source: 'http://litellm.test:4000', target: 'http://bifrost.test:8080' };
  if (ends !== null) db.prepare('UPDATE meta SET source_identity = ?, target_identity = ?').run(source, target);
  if (run !== null) {
    db.prepare(
      `INSERT INTO runs (command, tool_version, started_at, finished_at, outcome, error, source_version, target_version, intake_complete)
       VALUES (?, '0.1.0', '2026-01-02T03:04:05.000Z', '2026-01-02T03:05:05.000Z', ?, ?, '1.109.1', '1.5.16', 1)`,
    ).run(run.command ?? 'run', run.outcome === undefined ? 'complete' : run.outcome, run.error ?? null);
  }
  records.forEach((record, index) => insertRecord(db, record, index));
  for (const finding of findings) insertFinding(db, finding);
  for (const [id, names] of Object.entries(rights))
    db.prepare('INSERT INTO rights (id, names) VALUES (?, ?)').run(id, JSON.stringify(names));
  for (let n = 0; n < inDoubt; n++) {
    db.prepare(
      `INSERT INTO writes (kind, name, label, state, action, payload_fingerprint, run) VALUES ('team', ?, 'team', 'planned', 'create', 'f', 1)`,
    ).run(`team ${n}`);
  }
}

function insertRecord(db: Database.Database, overrides: RecordOverrides, index: number): void {
  const {
    kind = 'team',
    id = `id-${index}`,
    name = `name ${index}`,
    status = 'written',
    fingerprint = 'f',
  } = overrides;
  const written = status === 'written';
  db.prepare(
    `INSERT INTO records (kind, source_id, display_name, natural_name, record, fingerprint, written_fingerprint, status, reason, message,
       next_step, origin, bifrost_id, bifrost_name, missing, code, written_record, detail, first_seen_run, last_seen_run, updated_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1, 1, '2026-01-02T03:04:05.000Z')`,
  ).run(
    kind,
    id,
    name,
    name,
    JSON.stringify(overrides.record ?? {}),
    fingerprint,
    overrides.writtenFingerprint === undefined ? (written ? fingerprint : null) : overrides.writtenFingerprint,
    status,
    overrides.reason ?? null,
    overrides.message ?? null,
    overrides.nextStep ?? null,
    overrides.origin === undefined ? (written ? 'created' : null) : overrides.origin,
    overrides.bifrostId === undefined ? (written ? `bifrost-${id}` : null) : overrides.bifrostId,
    overrides.bifrostName === undefined ? (written ? name : null) : overrides.bifrostName,
    JSON.stringify(overrides.missing ?? []),
    overrides.code ?? null,
    overrides.writtenRecord === undefined ? null : JSON.stringify(overrides.writtenRecord),
    JSON.stringify(overrides.detail ?? {}),
  );
}

function insertFinding(
  db: Database.Database,
  {
    record = null,
    code = 'not_carried',
    severity = 'notice',
    field = '',
    message = 'is not carried',
  }: FindingOverrides,
): void {
  const seq = record === null ? null : db.prepare('SELECT seq FROM records WHERE source_id = ?').pluck().get(record);
  db.prepare('INSERT INTO findings (run, record_seq, code, severity, field, message) VALUES (1, ?, ?, ?, ?, ?)').run(
    seq,
    code,
    severity,
    field,
    message,
  );
}

import * as z from 'zod';
import type Database from 'better-sqlite3';
import { isObject } from '../json.js';
import { readModels } from './read-models.js';
import type { CountRow, FindingRow, JournalRows, RecordRow, RunRow } from './rows.js';

/**
 * Reads everything a report is made of, in one read transaction, so that a run that is writing meanwhile cannot make
 * the rows disagree. Nothing is changed; the connection may be read-only.
 */
export function readRows(database: Database.Database): JournalRows {
  return database.transaction(() => ({
    ...standing(database),
    records: database.prepare(RECORDS).all().map(toRecord),
    findings: readFindings(database),
    models: readModels(database),
  }))();
}

/** The counts and the runs alone: what `migrate status` needs, however many findings there are. */
export function readStanding(database: Database.Database): JournalRows {
  return database.transaction(() => standing(database))();
}

function standing(database: Database.Database): JournalRows {
  const meta = META.parse(database.prepare('SELECT * FROM meta LIMIT 1').get());
  return {
    toolVersion: meta.tool_version,
    createdAt: meta.created_at,
    sourceIdentity: meta.source_identity,
    targetIdentity: meta.target_identity,
    runs: database.prepare(RUNS).all().map(toRun),
    counts: database
      .prepare(COUNTS)
      .all()
      .map((row) => COUNT.parse(row)),
    records: [],
    findings: [],
    models: [],
    inDoubt: COUNTED.parse(database.prepare(IN_DOUBT).get()).n,
  };
}

const META = z.object({
  tool_version: z.string(),
  created_at: z.string(),
  source_identity: z.string().nullable(),
  target_identity: z.string().nullable(),
});

const RUNS = `
  SELECT id, command, started_at, finished_at, outcome, error, source_version, target_version, intake_complete
    FROM runs ORDER BY id`;

const RUN = z.object({
  id: z.number(),
  command: z.string(),
  started_at: z.string(),
  finished_at: z.string().nullable(),
  outcome: z.enum(['complete', 'interrupted', 'stopped']).nullable(),
  error: z.string().nullable(),
  source_version: z.string().nullable(),
  target_version: z.string().nullable(),
  intake_complete: z.number(),
});

// A written record without an origin counts as created, so that the columns add up whatever happens.
const COUNTS = `
  SELECT kind,
         count(*) AS read,
         sum(status = 'written' AND origin IS NOT 'adopted') AS created,
         sum(status = 'written' AND origin IS 'adopted') AS adopted,
         sum(status = 'skipped') AS skipped,
         sum(status = 'failed') AS failed,
         sum(status = 'pending') AS waiting,
         sum(status = 'written' AND missing <> '[]') AS incomplete
    FROM records GROUP BY kind`;

const COUNT = z.object({
  kind: z.string(),
  read: z.number(),
  created: z.number(),
  adopted: z.number(),
  skipped: z.number(),
  failed: z.number(),
  waiting: z.number(),
  incomplete: z.number(),
}) satisfies z.ZodType<CountRow>;

const DRIFTED = `(status = 'written' AND written_fingerprint IS NOT NULL AND written_fingerprint <> fingerprint)`;

const RECORDS = `
  SELECT kind, source_id, display_name, status, coalesce(code, reason) AS reason, message, next_step, bifrost_name, missing,
         ${DRIFTED} AS drifted, CASE WHEN ${DRIFTED} THEN record END AS record, CASE WHEN ${DRIFTED} THEN written_record END AS written_record
    FROM records WHERE status <> 'written' OR missing <> '[]' OR ${DRIFTED}`;

const RECORD = z.object({
  kind: z.string(),
  source_id: z.string(),
  display_name: z.string(),
  status: z.enum(['pending', 'written', 'skipped', 'failed']),
  reason: z.string().nullable(),
  message: z.string().nullable(),
  next_step: z.string().nullable(),
  bifrost_name: z.string().nullable(),
  missing: z.string(),
  drifted: z.number(),
  record: z.string().nullable(),
  written_record: z.string().nullable(),
});

const MISSING = z.array(z.object({ message: z.string() }));

const FINDINGS = `
  SELECT f.code, f.severity, f.field, f.message, r.kind, r.source_id, r.display_name
    FROM findings f LEFT JOIN records r ON r.seq = f.record_seq`;

const FINDING = z.object({
  code: z.string(),
  severity: z.enum(['loss', 'change', 'notice']),
  field: z.string(),
  message: z.string(),
  kind: z.string().nullable(),
  source_id: z.string().nullable(),
  display_name: z.string().nullable(),
});

const IN_DOUBT = `SELECT count(*) AS n FROM writes WHERE state = 'planned'`;
const COUNTED = z.object({ n: z.number() });

function toRun(raw: unknown): RunRow {
  const row = RUN.parse(raw);
  return {
    id: row.id,
    command: row.command,
    startedAt: row.started_at,
    finishedAt: row.finished_at,
    outcome: row.outcome,
    error: row.error,
    sourceVersion: row.source_version,
    targetVersion: row.target_version,
    intakeComplete: row.intake_complete === 1,
  };
}

function toRecord(raw: unknown): RecordRow {
  const row = RECORD.parse(raw);
  return {
    kind: row.kind,
    id: row.source_id,
    name: row.display_name,
    status: row.status,
    reason: row.reason,
    message: row.message,
    nextStep: row.next_step,
    bifrostName: row.bifrost_name,
    missing: MISSING.parse(JSON.parse(row.missing)).map((missing) => missing.message),
    changedFields: row.drifted === 1 ? changedFields(row.written_record, row.record) : null,
  };
}

export function readFindings(database: Database.Database): FindingRow[] {
  return database.prepare(FINDINGS).all().map(toFinding);
}

function toFinding(raw: unknown): FindingRow {
  const { code, severity, field, message, kind, source_id: id, display_name: name } = FINDING.parse(raw);
  const record = kind === null || id === null || name === null ? null : { kind, id, name };
  return { code, severity, field, message, record };
}

/** Members in which two records differ, those of an object one by one: `models`, `limits.maxBudget`. */
function changedFields(before: string | null, after: string | null): string[] {
  if (before === null || after === null) return [];
  return differing(JSON.parse(before), JSON.parse(after), '');
}

function differing(before: unknown, after: unknown, path: string): string[] {
  if (JSON.stringify(before) === JSON.stringify(after)) return [];
  if (!isObject(before) || !isObject(after) || path.includes('.')) return [path];
  const members = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return members.flatMap((member) =>
    differing(before[member], after[member], path === '' ? member : `${path}.${member}`),
  );
}

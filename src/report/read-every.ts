import * as z from 'zod';
import type Database from 'better-sqlite3';
import { readFindings } from './read.js';
import type { FindingRow } from './rows.js';

/** Every record and every finding of the journal, what is plainly written included. Any order. */
export type EveryRow = { readonly records: readonly RecordLine[]; readonly findings: readonly FindingRow[] };

export type RecordLine = {
  readonly kind: string;
  readonly id: string;
  readonly name: string;
  /** A column of the count table. */
  readonly outcome: 'created' | 'adopted' | 'skipped' | 'failed' | 'waiting';
  readonly code: string | null;
  readonly message: string | null;
  readonly nextStep: string | null;
  readonly bifrostName: string | null;
  readonly bifrostId: string | null;
  readonly missing: readonly string[];
};

export function readEvery(database: Database.Database): EveryRow {
  return { records: database.prepare(RECORDS).all().map(toLine), findings: readFindings(database) };
}

// Counted as in read.ts: a written record without an origin is a created one. A name that was only reserved is no object.
const RECORDS = `
  SELECT kind, source_id AS id, display_name AS name,
         CASE status WHEN 'written' THEN CASE WHEN origin IS 'adopted' THEN 'adopted' ELSE 'created' END
                     WHEN 'pending' THEN 'waiting' ELSE status END AS outcome,
         coalesce(code, reason) AS code, message, next_step AS nextStep,
         CASE status WHEN 'written' THEN bifrost_name END AS bifrostName, bifrost_id AS bifrostId, missing
    FROM records`;

const text = z.string().nullable();
const LINE = z.object({
  kind: z.string(),
  id: z.string(),
  name: z.string(),
  outcome: z.enum(['created', 'adopted', 'skipped', 'failed', 'waiting']),
  code: text,
  message: text,
  nextStep: text,
  bifrostName: text,
  bifrostId: text,
  missing: z.string(),
});

const MISSING = z.array(z.object({ message: z.string() }));

function toLine(raw: unknown): RecordLine {
  const { missing, ...line } = LINE.parse(raw);
  const sentences = missing === '[]' ? [] : MISSING.parse(JSON.parse(missing)).map(({ message }) => message);
  return { ...line, missing: sentences };
}

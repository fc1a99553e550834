import { kindOrder, shownId } from './words.js';
import { nextStep, type NextStep } from './next-step.js';
import { nameChanges, type NameChanges } from './public-names.js';
import type { CountRow, FindingRow, JournalRows, RecordRow, RunRow } from './rows.js';
import type { Severity } from '../findings.js';

/** What every report format prints. Pure data; the order of everything is stable, whatever order the rows came in. */
export type ReportModel = {
  readonly toolVersion: string;
  readonly createdAt: string | null;
  readonly source: End;
  readonly target: End;
  readonly runs: readonly RunRow[];
  readonly lastRun: RunRow | null;
  readonly counts: readonly CountRow[];
  readonly total: CountRow;
  readonly inDoubt: number;
  /** Not carried over: something does not work, or is missing, on Bifrost. Expiry dates come first (mapping.md V9). */
  readonly losses: readonly FindingGroup[];
  readonly changes: readonly FindingGroup[];
  readonly notices: readonly FindingGroup[];
  readonly failed: readonly RecordGroup[];
  readonly waiting: readonly RecordGroup[];
  readonly skipped: readonly RecordGroup[];
  readonly incomplete: readonly Entry[];
  readonly drifted: readonly Entry[];
  readonly callers: Callers;
  readonly next: NextStep;
};

export type End = { readonly url: string | null; readonly version: string | null };

export type Entry = {
  readonly kind: string;
  /** Of a virtual key the start of its token hash. */
  readonly id: string;
  readonly name: string;
  readonly bifrostName: string | null;
  readonly message: string;
  readonly nextStep: string | null;
};

/** Records with one reason. */
export type RecordGroup = { readonly reason: string; readonly entries: readonly Entry[] };

export type FindingEntry = {
  /** null = the source or the target as a whole. */
  readonly record: { readonly kind: string; readonly id: string; readonly name: string } | null;
  readonly field: string;
  readonly message: string;
};

/** Findings with one code. */
export type FindingGroup = { readonly code: string; readonly entries: readonly FindingEntry[] };

/** What those who call the gateway have to change (mapping.md A6). */
export type Callers = NameChanges & { readonly baseUrl: string | null; readonly newKeys: number };

export function buildReport(rows: JournalRows): ReportModel {
  const lastRun = rows.runs.at(-1) ?? null;
  const counts = [...rows.counts].sort((a, b) => kindOrder(a.kind) - kindOrder(b.kind) || compare(a.kind, b.kind));
  const total = sum(counts);
  const newKeys = counts
    .filter((row) => row.kind === 'virtual_key')
    .reduce((n, row) => n + row.created + row.adopted, 0);
  const records = [...rows.records].sort(byRecord);
  const withStatus = (status: RecordRow['status']) => records.filter((row) => row.status === status);
  return {
    toolVersion: rows.toolVersion,
    createdAt: rows.createdAt,
    source: { url: rows.sourceIdentity, version: lastKnown(rows.runs, (run) => run.sourceVersion) },
    target: { url: rows.targetIdentity, version: lastKnown(rows.runs, (run) => run.targetVersion) },
    runs: rows.runs,
    lastRun,
    counts,
    total,
    inDoubt: rows.inDoubt,
    losses: groupFindings(rows.findings, 'loss'),
    changes: groupFindings(rows.findings, 'change'),
    notices: groupFindings(rows.findings, 'notice'),
    failed: groupRecords(withStatus('failed')),
    waiting: groupRecords(withStatus('pending')),
    skipped: groupRecords(withStatus('skipped')),
    incomplete: records
      .filter((row) => row.status === 'written' && row.missing.length > 0)
      .map((row) => entry(row, row.missing.join(' '))),
    drifted: records.flatMap((row) =>
      row.changedFields === null ? [] : [entry(row, driftMessage(row.changedFields))],
    ),
    callers: {
      baseUrl: rows.targetIdentity === null ? null : callerBaseUrl(rows.targetIdentity),
      newKeys,
      ...nameChanges(rows.models, rows.findings),
    },
    next: nextStep({ lastRun, total, writtenKeys: newKeys, inDoubt: rows.inDoubt }),
  };
}

/** The base URL that takes every LiteLLM spelling of a request (B§12.5). */
export function callerBaseUrl(bifrostUrl: string): string {
  return `${bifrostUrl.replace(/\/+$/, '')}/litellm`;
}

/** Findings that a table can be made of: how many there are in all groups. */
export function countEntries(groups: readonly { readonly entries: readonly unknown[] }[]): number {
  return groups.reduce((n, group) => n + group.entries.length, 0);
}

/** Everything settled and nothing lost: exit code 0. */
export function isClean(model: ReportModel): boolean {
  const { failed, skipped, waiting, incomplete } = model.total;
  return failed + skipped + waiting + incomplete + model.losses.length === 0;
}

function sum(counts: readonly CountRow[]): CountRow {
  const add = (pick: (row: CountRow) => number) => counts.reduce((n, row) => n + pick(row), 0);
  return {
    kind: 'total',
    read: add((row) => row.read),
    created: add((row) => row.created),
    adopted: add((row) => row.adopted),
    skipped: add((row) => row.skipped),
    failed: add((row) => row.failed),
    waiting: add((row) => row.waiting),
    incomplete: add((row) => row.incomplete),
  };
}

function groupRecords(rows: readonly RecordRow[]): RecordGroup[] {
  const groups = new Map<string, Entry[]>();
  for (const row of rows) {
    const reason = row.reason ?? (row.status === 'pending' ? 'not_started' : 'unknown');
    append(groups, reason, entry(row, row.message ?? (row.status === 'pending' ? 'not worked on yet' : '')));
  }
  return [...groups].map(([reason, entries]) => ({ reason, entries })).sort((a, b) => compare(a.reason, b.reason));
}

function groupFindings(rows: readonly FindingRow[], severity: Severity): FindingGroup[] {
  const groups = new Map<string, FindingEntry[]>();
  for (const { code, record, field, message } of [...rows].filter((row) => row.severity === severity).sort(byFinding)) {
    append(groups, code, {
      record: record === null ? null : { ...record, id: shownId(record.kind, record.id) },
      field,
      message,
    });
  }
  return [...groups]
    .map(([code, entries]) => ({ code, entries }))
    .sort((a, b) => urgency(a.code) - urgency(b.code) || compare(a.code, b.code));
}

/** Keys that outlive their expiry date are named before everything else (mapping.md V9). */
function urgency(code: string): number {
  return code === 'expiry_not_carried' ? 0 : 1;
}

function entry(row: RecordRow, message: string): Entry {
  const { kind, name, bifrostName, nextStep } = row;
  return { kind, id: shownId(kind, row.id), name, bifrostName, message, nextStep };
}

function driftMessage(fields: readonly string[]): string {
  return `changed in LiteLLM after it was written${fields.length === 0 ? '' : `: ${fields.join(', ')}`}`;
}

function append<T>(groups: Map<string, T[]>, key: string, item: T): void {
  const list = groups.get(key);
  if (list === undefined) groups.set(key, [item]);
  else list.push(item);
}

function byRecord(a: Pick<RecordRow, 'kind' | 'name' | 'id'>, b: Pick<RecordRow, 'kind' | 'name' | 'id'>): number {
  return kindOrder(a.kind) - kindOrder(b.kind) || compare(a.name, b.name) || compare(a.id, b.id);
}

function byFinding(a: FindingRow, b: FindingRow): number {
  if (a.record === null || b.record === null) {
    return (
      Number(a.record !== null) - Number(b.record !== null) ||
      compare(a.field, b.field) ||
      compare(a.message, b.message)
    );
  }
  return byRecord(a.record, b.record) || compare(a.field, b.field) || compare(a.message, b.message);
}

/** By code unit, so that the order does not depend on the machine's language. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function lastKnown(runs: readonly RunRow[], pick: (run: RunRow) => string | null): string | null {
  return runs.map(pick).findLast((value) => value !== null) ?? null;
}

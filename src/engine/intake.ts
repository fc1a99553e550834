import { failpoint } from '../failpoint.js';
import { finding, type Finding } from '../findings.js';
import { isObject } from '../json.js';
import type { IncomingRecord, Seen } from '../journal/records.js';
import type { Journal } from '../journal/journal.js';
import { RECORD_KINDS, type RecordKind, type Source, type SourceRecord } from '../sources/records.js';
import { canonical } from './canonical.js';
import type { Listener } from './events.js';
import { Interrupted } from './interrupted.js';

export type NaturalName = (record: SourceRecord) => string;

export type Intake = {
  readonly journal: Journal;
  readonly source: Source;
  readonly run: number;
  readonly naturalName: NaturalName;
  readonly signal: AbortSignal;
  readonly tell: Listener;
};

/** So many records share one transaction. */
const BATCH = 500;

/**
 * Streams every source record into a row of the journal: normalized, without secrets, new ones pending. What was there
 * already keeps its state; when a written one has changed, a finding says in which fields (mapping.md R3).
 */
export async function takeIn(intake: Intake): Promise<void> {
  const { source, journal, run } = intake;
  takeInWorld(intake);
  await stream(intake, 'user', source.users());
  await stream(intake, 'membership', source.memberships());
  await stream(intake, 'virtual_key', source.virtualKeys());
  journal.runs.intakeComplete(run);
  journal.commits.flush();
  failpoint('intake.complete'); // FAILPOINT
}

/** The part that is in memory anyway: deployments, organizations, teams. */
export function takeInWorld(intake: Intake): void {
  const { world } = intake.source;
  const { journal, run } = intake;
  journal.findings.replace(null, 'intake', run, world.findings);
  for (const records of [world.deployments, world.organizations, world.teams]) {
    for (const record of records) takeOne(intake, record);
    const kind = records[0]?.kind;
    if (kind !== undefined) intake.tell({ type: 'intake', kind, count: records.length });
  }
  journal.commits.flush();
  failpoint('intake.batch', 'world'); // FAILPOINT
}

async function stream(intake: Intake, kind: RecordKind, records: AsyncIterable<SourceRecord>): Promise<void> {
  let count = 0;
  for await (const record of records) {
    if (intake.signal.aborted) throw new Interrupted();
    takeOne(intake, record);
    count += 1;
    if (count % BATCH !== 0) continue;
    intake.journal.commits.flush();
    failpoint('intake.batch', kind); // FAILPOINT
  }
  intake.journal.commits.flush();
  failpoint('intake.batch', kind); // FAILPOINT
  intake.tell({ type: 'intake', kind, count });
}

function takeOne({ journal, run, naturalName }: Intake, record: SourceRecord): void {
  const incoming = incomingRecord(record, naturalName, journal);
  const seen = journal.records.upsert(incoming, run);
  if (seen.what === 'duplicate') journal.findings.add(seen.seq, 'intake', run, LISTED_TWICE);
  else if (seen.what !== 'new') journal.findings.replace(seen.seq, 'intake', run, driftFindings(seen, incoming));
}

const LISTED_TWICE = finding(
  'notice',
  'listed_twice',
  '',
  'LiteLLM lists this id more than once; the first row was taken.',
);

function incomingRecord(record: SourceRecord, naturalName: NaturalName, journal: Journal): IncomingRecord {
  return {
    kind: record.kind,
    id: record.id,
    displayName: record.name,
    naturalName: naturalName(record),
    createdAt: record.createdAt,
    json: JSON.stringify(record),
    fingerprint: journal.fingerprint(canonical(lasting(record))),
  };
}

/**
 * Counters and time stamps change with every call a key makes. `served` says whether the proxy listed it this minute,
 * `notes` are about the reading, not the record.
 */
const FLEETING = /^(spend|model_spend|.*_spend|updated_(at|by)|last_(active|used|refreshed)(_at)?|budget_reset_at)$/;
const FLEETING_MEMBERS: ReadonlySet<string> = new Set(['notes', 'served', 'unpriced']);

function lasting(record: SourceRecord): unknown {
  const rest = Object.fromEntries(Object.entries(record.rest).filter(([member]) => !FLEETING.test(member)));
  return Object.fromEntries(Object.entries({ ...record, rest }).filter(([member]) => !FLEETING_MEMBERS.has(member)));
}

function driftFindings(seen: Seen, incoming: IncomingRecord): readonly Finding[] {
  if (seen.writtenAs === null) return [];
  const fields = changedFields(JSON.parse(seen.writtenAs), JSON.parse(incoming.json));
  return fields.map((field) =>
    finding('change', 'drifted', field, `Changed in LiteLLM since it was written to Bifrost: ${field}.`),
  );
}

/** Members of the record that differ; those of `rest` by their own names. */
function changedFields(before: unknown, after: unknown): readonly string[] {
  const [old, now] = [flat(before), flat(after)];
  const members = new Set([...Object.keys(old), ...Object.keys(now)]);
  return [...members]
    .filter((member) => !FLEETING.test(member) && !FLEETING_MEMBERS.has(member))
    .filter((member) => canonical(old[member] ?? null) !== canonical(now[member] ?? null))
    .sort();
}

function flat(record: unknown): Record<string, unknown> {
  if (!isObject(record)) return {};
  const { rest, ...own } = record;
  return { ...(isObject(rest) ? rest : {}), ...own };
}

/**
 * Kinds whose absence means something: a kind that could not be read at all has not vanished (e.g. organizations
 * without the licence and without the database, L§1).
 */
export function readableKinds(source: Source): readonly RecordKind[] {
  const { provenance } = source.world;
  return RECORD_KINDS.filter((kind) => provenance[kind] !== 'none');
}

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { finding } from '../../src/findings.js';
import type { Journal } from '../../src/journal/journal.js';
import { openJournal } from '../../src/journal/open.js';
import type { RecordRow } from '../../src/journal/record-queries.js';
import type { IncomingRecord } from '../../src/journal/records.js';
import type { NewWrite } from '../../src/journal/writes.js';
import type { RecordKind } from '../../src/sources/records.js';

let folder: string;
let journal: Journal;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tables-'));
  journal = openJournal(join(folder, 'migrate.db'), {
    create: true,
    now: () => 1_750_000_000_000,
    toolVersion: '0.1.0',
  });
});
afterEach(() => {
  journal.close();
  rmSync(folder, { recursive: true, force: true });
});

function incoming(id: string, more: Partial<IncomingRecord> = {}): IncomingRecord {
  return {
    kind: 'team',
    id,
    displayName: id,
    naturalName: id,
    createdAt: null,
    json: JSON.stringify({ id }),
    fingerprint: `fp-${id}`,
    ...more,
  };
}

function add(id: string, more: Partial<IncomingRecord> = {}, run = 1): RecordRow {
  const { kind } = { ...incoming(id), ...more };
  journal.records.upsert(incoming(id, more), run);
  return rowOf(id, kind);
}

function rowOf(id: string, kind: RecordKind = 'team'): RecordRow {
  const row = journal.queries.get(kind, id);
  if (row === undefined) throw new Error(`no row ${id}`);
  return row;
}

const WRITTEN = { kind: 'team', name: 'x', bifrostId: 'b', origin: 'created', missing: [], detail: {} } as const;

function newWrite(more: Partial<NewWrite> = {}): NewWrite {
  return { kind: 'team', name: 'x', label: 'x', action: 'create', payloadFingerprint: 'p', hint: {}, run: 1, ...more };
}

test('an update that finds its row in another state than expected says so', () => {
  const row = add('a');
  journal.records.written(row, WRITTEN);
  expect(() =>
    journal.records.failed(row, { reason: 'permanent', code: null, message: '', nextStep: null, keepsName: false }),
  ).toThrow(/not in the state it was expected in/);
  expect(rowOf('a').status).toBe('written');
  const write = journal.writes.intent(newWrite(), undefined);
  journal.writes.settle(write, { state: 'done', bifrostId: 'b', origin: 'created' });
  expect(() => journal.writes.settle(write, { state: 'absent' })).toThrow(/not in the state/);
});

test('an update whose failure is recorded keeps the id of its object', () => {
  const created = journal.writes.settle(journal.writes.intent(newWrite(), undefined), {
    state: 'done',
    bifrostId: 'b',
    origin: 'created',
  });
  const again = journal.writes.intent(newWrite({ action: 'update' }), created);
  journal.writes.settle(again, {
    state: 'failed',
    bifrostId: again.bifrostId,
    origin: again.origin,
    reason: 'permanent:refused',
  });
  expect(journal.writes.get('team', 'x')).toMatchObject({
    state: 'failed',
    bifrostId: 'b',
    origin: 'created',
    attempts: 2,
  });
});

test('a record seen again keeps its state; changed after it was written it has drifted, changed back it has not', () => {
  journal.records.written(add('a'), WRITTEN);
  const changed = { fingerprint: 'fp-2', json: '{"id":"a","blocked":true}' };
  expect(journal.records.upsert(incoming('a', changed), 2)).toMatchObject({ what: 'changed', writtenAs: '{"id":"a"}' });
  expect(rowOf('a')).toMatchObject({ status: 'written', drifted: 1 });
  expect(journal.records.upsert(incoming('a', { ...changed, fingerprint: 'fp-3' }), 3).writtenAs).toBe('{"id":"a"}');
  expect(journal.records.upsert(incoming('a'), 4)).toMatchObject({ what: 'changed', writtenAs: null });
  expect(rowOf('a').drifted).toBe(0);
  expect(journal.records.upsert(incoming('a'), 5).what).toBe('same');
  expect(journal.records.upsert(incoming('a'), 5).what).toBe('duplicate');
});

test('records come in journal order, in batches, and only those a scope asks for', () => {
  for (let n = 0; n < 25; n += 1) add(`t${n}`);
  add('k', { kind: 'virtual_key' });
  journal.records.written(rowOf('t3'), WRITTEN);
  const scope = { kind: 'team', which: 'outstanding', id: null, seenSince: 1 } as const;
  const seen: string[] = [];
  for (let after = 0; ;) {
    const rows = journal.queries.batch(scope, after, 7);
    seen.push(...rows.map(({ id }) => id));
    const last = rows.at(-1);
    if (last === undefined) break;
    after = last.seq;
  }
  expect(seen).toEqual(Array.from({ length: 25 }, (_, n) => `t${n}`).filter((id) => id !== 't3'));
  expect(journal.queries.count({ ...scope, which: 'all' })).toBe(25);
  expect(journal.queries.count({ ...scope, which: 'all', seenSince: 2 })).toBe(0);
});

test('ranks count by creation, nulls last, then id, and use the index', () => {
  const same = (id: string, createdAt: string | null): RecordRow => add(id, { naturalName: 'ops', createdAt });
  same('n2', null);
  same('n1', null);
  same('late', '2025-02-01T00:00:00.000Z');
  same('b', '2025-01-01T00:00:00.000Z');
  same('a', '2025-01-01T00:00:00.000Z');
  add('k', { kind: 'virtual_key', naturalName: 'ops', createdAt: '2020-01-01T00:00:00.000Z' });
  expect(['a', 'b', 'late', 'n1', 'n2'].map((id) => journal.queries.rank('team', id))).toEqual([0, 1, 2, 3, 4]);
  expect(journal.queries.collisions('team')).toEqual([{ name: 'ops', count: 5 }]);
});

test('whoever holds the plain name comes first for all others', () => {
  add('old', { naturalName: 'ops', createdAt: '2025-01-01T00:00:00.000Z' });
  const young = add('young', { naturalName: 'ops', createdAt: '2025-02-01T00:00:00.000Z' });
  journal.records.reserve(young, 'team', 'ops');
  expect(journal.queries.rank('team', 'old')).toBe(1);
  expect(journal.queries.otherOwner('team', 'ops', rowOf('old').seq)).toMatchObject({
    kind: 'team',
    displayName: 'young',
  });
  expect(rowOf('young')).toMatchObject({ status: 'pending', reason: 'in_doubt', bifrostName: 'ops' });
});

test('key aliases are told once each, with the team they are used in', () => {
  const key = (id: string, aliases: object, teamId: string | null) =>
    add(id, { kind: 'virtual_key', json: JSON.stringify({ aliases, teamId }) });
  key('k1', { fast: 'gpt-4o-mini', 'odd"name.x': 'm' }, 't1');
  key('k2', { fast: 'gpt-4o-mini' }, 't1');
  key('k3', { fast: 'gpt-4o-mini' }, null);
  key('k4', {}, null);
  expect(new Set(journal.queries.keyAliases().map((a) => JSON.stringify(a)))).toEqual(
    new Set([
      '{"alias":"fast","target":"gpt-4o-mini","teamId":"t1"}',
      '{"alias":"odd\\"name.x","target":"m","teamId":"t1"}',
      '{"alias":"fast","target":"gpt-4o-mini","teamId":null}',
    ]),
  );
});

test('findings are replaced per record and per finder', () => {
  const { seq } = add('a');
  const f = (code: string) => finding('notice', code, '', code);
  journal.findings.replace(seq, 'plan', 1, [f('p1'), f('p2')]);
  journal.findings.replace(seq, 'intake', 1, [f('i1')]);
  journal.findings.replace(null, 'intake', 1, [f('w1')]);
  journal.findings.replace(seq, 'plan', 2, [f('p3')]);
  journal.findings.add(seq, 'plan', 2, f('p3'));
  const codes = () => journal.db.prepare('SELECT code FROM findings ORDER BY code').pluck().all();
  expect(codes()).toEqual(['i1', 'p3', 'w1']);
  journal.findings.replace(null, 'intake', 2, []);
  expect(codes()).toEqual(['i1', 'p3']);
});

test('counts add up', () => {
  journal.records.written(add('a'), { ...WRITTEN, missing: [{ what: 'owner', message: 'm' }] });
  journal.records.written(add('b'), { ...WRITTEN, name: 'y', origin: 'adopted' });
  journal.records.skipped(add('c'), { reason: 'r', message: 'm' });
  journal.records.failed(add('d'), { reason: 'permanent', code: null, message: 'm', nextStep: null, keepsName: false });
  journal.records.waiting(add('e'), { code: 'c', message: 'm' });
  expect(journal.counts()).toEqual([
    { kind: 'team', read: 5, created: 1, adopted: 1, skipped: 1, failed: 1, waiting: 1, incomplete: 1 },
  ]);
});

test('a resume may use the rows of a complete intake, unless another run has begun to read since', () => {
  const begin = (command: string): number =>
    journal.runs.begin({ command, toolVersion: '0.1.0', sourceVersion: null, targetVersion: null });
  expect(journal.runs.intakeToResume()).toBe(false);
  const first = begin('run');
  expect(journal.runs.intakeToResume()).toBe(false);
  journal.runs.intakeComplete(first);
  expect(journal.runs.intakeToResume()).toBe(true);
  begin('resume');
  expect(journal.runs.intakeToResume()).toBe(true);
  begin('run');
  expect(journal.runs.intakeToResume()).toBe(false);
  expect(journal.runs.lastCompleteIntake()).toBe(first);
});

test('many changes share one commit, and durable means committed', async () => {
  const before = journal.commits.count;
  const promises = Array.from({ length: 50 }, (_, n) => {
    journal.writes.intent(newWrite({ name: `w${n}` }), undefined);
    return journal.commits.durable();
  });
  await Promise.all(promises);
  expect(journal.commits.count).toBe(before + 1);
  const reader = openJournal(journal.path, { create: false, readonly: true, now: () => 0, toolVersion: '0.1.0' });
  expect(reader.writes.inDoubt()).toHaveLength(50);
  reader.close();
});

test('what nobody waits for is committed within a moment all the same', async () => {
  add('a');
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(journal.db.inTransaction).toBe(false);
});

test('whoever waits for the disk while changes are held together waits for the rest of them', async () => {
  const { commits } = journal;
  commits.hold();
  add('a');
  let durable = false;
  const waited = commits.durable().then(() => (durable = true));
  await new Promise((resolve) => setImmediate(resolve));
  await new Promise((resolve) => setImmediate(resolve));
  add('b');
  const before = commits.count;
  expect(durable).toBe(false);
  commits.release();
  await waited;
  expect(commits.count).toBe(before + 1);
  expect(journal.db.inTransaction).toBe(false);
});

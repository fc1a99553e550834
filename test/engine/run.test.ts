import { afterEach, expect, test } from 'vitest';
import { onFailpoint, type FailpointName } from '../../src/failpoint.js';
import { resumable } from '../../src/engine/run.js';
import type { Stage } from '../../src/stages/plan.js';
import { Rig } from './rig.js';
import { teams, virtualKeys } from './toy-stages.js';
import { deployment, organization, settingsWith, team, user, virtualKey, FakeSource, type Contents } from './world.js';

let rig: Rig | null = null;
afterEach(() => rig?.close());

function rigWith(contents: Contents, ...more: [ConstructorParameters<typeof Rig>[1]?]): Rig {
  rig = new Rig(contents, ...more);
  return rig;
}

const SMALL: Contents = {
  deployments: [deployment('gpt-4o'), deployment('gpt-4o-mini')],
  organizations: [organization('acme')],
  teams: [team('platform', { organizationId: 'acme' }), team('loose')],
  users: [user('ann'), user('bob', { email: null })],
  virtualKeys: [virtualKey('k1', { teamId: 'platform' }), virtualKey('k2')],
};

test('every record ends in one object, linked by ids, or in a named skip', async () => {
  const r = rigWith(SMALL);
  const { target } = r;
  const summary = await r.run();
  expect(summary.outcome).toBe('complete');
  expect(target.ofKind('provider_key').map(({ name }) => name)).toEqual(['openai/KEY']);
  const [customer] = target.ofKind('customer');
  expect(target.ofKind('team').map((t) => [t.name, t.customerId])).toEqual([
    ['platform', customer?.id],
    ['loose', null],
  ]);
  const platform = target.ofKind('team').find(({ name }) => name === 'platform');
  expect(target.ofKind('virtual_key').map((key) => [key.name, key.teamId])).toEqual([
    ['k1', platform?.id],
    ['k2', null],
  ]);
  expect(summary.counts.find(({ kind }) => kind === 'user')).toMatchObject({ read: 2, created: 1, skipped: 1 });
  expect(summary.writesSent).toBe(target.sent.length);
  for (const c of summary.counts) expect(c.read).toBe(c.created + c.adopted + c.skipped + c.failed + c.waiting);
});

test('a second run sends nothing', async () => {
  const r = rigWith(SMALL);
  await r.run();
  const before = r.target.sent.length;
  const summary = await r.run();
  expect(summary.writesSent).toBe(0);
  expect(r.target.sent.length).toBe(before);
});

test('an object shared by several records is sent once, and its failure fails all of them', async () => {
  const r = rigWith({ deployments: [deployment('a'), deployment('b'), deployment('c')] });
  r.target.store = (object) => object;
  r.target.fault = () => undefined;
  const refuse = r.target.send.bind(r.target);
  r.target.send = async (kind, request) => {
    const result = await refuse(kind, request);
    if (kind !== 'provider') return result;
    r.target.objects.clear();
    return {
      ...result,
      status: 400,
      json: { error: { message: 'BaseProviderType must be a standard provider' } },
    } as typeof result;
  };
  const summary = await r.run();
  expect(r.target.sent.filter(({ kind }) => kind === 'provider')).toHaveLength(1);
  expect(summary.counts[0]).toMatchObject({ read: 3, failed: 3 });
  expect(r.rows('SELECT DISTINCT reason, code FROM records')).toEqual([{ reason: 'permanent', code: 'refused' }]);
  expect(r.events.filter((event) => event.type === 'write')).toHaveLength(1);
});

test('a tolerated refusal leaves the write out and says so', async () => {
  const r = rigWith({ deployments: [deployment('a')] });
  const send = r.target.send.bind(r.target);
  r.target.send = async (kind, request) =>
    kind === 'provider_key'
      ? {
          kind: 'response',
          status: 400,
          retryAfterMs: null,
          json: { error: { message: 'Key value must not be empty' } },
          text: '',
          durationMs: 1,
        }
      : send(kind, request);
  await r.run();
  expect(r.rows('SELECT status, reason FROM records')).toEqual([{ status: 'skipped', reason: 'env_empty' }]);
  expect(r.rows('SELECT code, severity FROM findings')).toEqual([{ code: 'env_empty', severity: 'loss' }]);
});

test('a write refused for the environment of the gateway is sent again only to a gateway that was restarted', async () => {
  const r = rigWith({ deployments: [deployment('a')] }, { processStart: '100.5' });
  const send = r.target.send.bind(r.target);
  let sent = 0;
  r.target.send = async (kind, request) => {
    if (kind !== 'provider_key') return send(kind, request);
    sent += 1;
    const json = { error: { message: 'Key value must not be empty' } };
    return { kind: 'response', status: 400, retryAfterMs: null, json, text: '', durationMs: 1 };
  };
  await r.run();
  const again = await r.run();
  expect(sent).toBe(1);
  expect(again.writesSent).toBe(0);
  expect(r.rows('SELECT status, reason FROM records')).toEqual([{ status: 'skipped', reason: 'env_empty' }]);
  r.target.capabilities = { ...r.target.capabilities, processStart: '200' };
  r.target.send = send;
  await r.run();
  expect(r.rows('SELECT status FROM records')).toEqual([{ status: 'written' }]);
});

test('what somebody else made is adopted, in conflict, or ambiguous, and never written to', async () => {
  const r = rigWith(
    { organizations: [organization('same'), organization('other'), organization('twice')] },
    { uniqueCustomerNames: false },
  );
  const customer = (id: string, name: string, limited = false) =>
    ({
      kind: 'customer',
      id,
      name,
      budgets: [],
      rateLimit: limited
        ? { tokenMaxLimit: 1, tokenResetDuration: '1m', requestMaxLimit: null, requestResetDuration: null }
        : null,
    }) as const;
  for (const object of [
    customer('1', 'same'),
    customer('2', 'other', true),
    customer('3', 'twice'),
    customer('4', 'twice'),
  ])
    r.target.plant(object);
  await r.run();
  expect(r.target.sent).toEqual([]);
  expect(r.rows('SELECT source_id, status, origin, reason, code FROM records')).toEqual([
    { source_id: 'same', status: 'written', origin: 'adopted', reason: null, code: null },
    { source_id: 'other', status: 'failed', origin: null, reason: 'conflict', code: 'exists_on_target' },
    { source_id: 'twice', status: 'failed', origin: null, reason: 'ambiguous', code: 'several_found' },
  ]);
  expect(r.rows('SELECT code FROM findings')).toEqual([{ code: 'adopted' }]);
});

test('a member that did not come back is a failure, not a success', async () => {
  const r = rigWith({ teams: [team('t', { organizationId: 'o' })], organizations: [organization('o')] });
  r.target.store = (object) => (object.kind === 'team' ? { ...object, customerId: null } : object);
  const summary = await r.run();
  expect(summary.counts.find(({ kind }) => kind === 'team')).toMatchObject({ failed: 1 });
  const [row] = r.rows("SELECT code, message FROM records WHERE kind = 'team'");
  expect(row?.['code']).toBe('echo_differs');
  expect(row?.['message']).toContain('customerId');
  // Corrected on Bifrost by hand: the next run finds it right, and sends nothing.
  const [stored] = r.target.ofKind('team');
  r.target.plant({ ...stored!, customerId: r.target.ofKind('customer')[0]!.id });
  const before = r.target.sent.length;
  await r.run({ mode: 'retry' });
  expect(r.target.sent.length).toBe(before);
  expect(r.rows("SELECT status, origin FROM records WHERE kind = 'team'")).toEqual([
    { status: 'written', origin: 'created' },
  ]);
});

test('a key whose team failed is written unlinked and linked by retry', async () => {
  const r = rigWith({ teams: [team('t')], virtualKeys: [virtualKey('k', { teamId: 't' })] });
  r.target.fault = (_n, kind) => (kind === 'team' ? 'error-before' : undefined);
  await r.run();
  expect(r.rows('SELECT kind, status, reason FROM records')).toEqual([
    { kind: 'team', status: 'failed', reason: 'exhausted' },
    { kind: 'virtual_key', status: 'written', reason: null },
  ]);
  expect(r.target.ofKind('virtual_key')[0]?.teamId).toBeNull();
  r.target.fault = () => undefined;
  await r.run({ mode: 'retry' });
  expect(r.target.ofKind('virtual_key')[0]?.teamId).toBe(r.target.ofKind('team')[0]?.id);
  expect(r.rows("SELECT status, missing FROM records WHERE kind = 'virtual_key'")).toEqual([
    { status: 'written', missing: '[]' },
  ]);
});

test('a completion that fails leaves the record written and still lacking', async () => {
  const r = rigWith({ teams: [team('t')], virtualKeys: [virtualKey('k', { teamId: 't' })] });
  r.target.fault = (_n, kind) => (kind === 'team' ? 'error-before' : undefined);
  await r.run();
  r.target.fault = (_n, _kind, request) => (request.method === 'PUT' ? 'error-before' : undefined);
  await r.run();
  const [row] = r.rows("SELECT status, reason, missing FROM records WHERE kind = 'virtual_key'");
  expect(row).toMatchObject({ status: 'written', reason: 'exhausted' });
  expect(row?.['missing']).toContain('its team is not written');
});

test('of two records with one name the oldest keeps it, and a name once written is never given away', async () => {
  const r = rigWith({
    teams: [
      team('younger1', { alias: 'ops', createdAt: '2025-02-01T00:00:00.000Z' }),
      team('older111', { alias: 'ops', createdAt: '2025-01-01T00:00:00.000Z' }),
    ],
  });
  await r.run();
  const names = () => r.rows("SELECT source_id, bifrost_name FROM records WHERE kind = 'team' ORDER BY source_id");
  expect(names()).toEqual([
    { source_id: 'older111', bifrost_name: 'ops' },
    { source_id: 'younger1', bifrost_name: 'ops (younger1)' },
  ]);
  r.contents = {
    teams: [...(r.contents.teams ?? []), team('oldest11', { alias: 'ops', createdAt: '2024-01-01T00:00:00.000Z' })],
  };
  await r.run();
  expect(names()).toContainEqual({ source_id: 'older111', bifrost_name: 'ops' });
  expect(names()).toContainEqual({ source_id: 'oldest11', bifrost_name: 'ops (oldest11)' });
  expect(
    r.target
      .ofKind('team')
      .map(({ name }) => name)
      .sort(),
  ).toEqual(['ops', 'ops (oldest11)', 'ops (younger1)']);
});

test("a name that happens to be another record's disambiguated one is a conflict, not a shared object", async () => {
  const r = rigWith({
    teams: [
      team('aaaaaaaa', { alias: 'ops' }),
      team('bbbbbbbb', { alias: 'ops' }),
      team('cccccccc', { alias: 'ops (bbbbbbbb)' }),
    ],
  });
  await r.run();
  const rows = r.rows('SELECT bifrost_name, status, code FROM records ORDER BY seq');
  expect(rows.filter((row) => row['status'] === 'failed')).toEqual([
    { bifrost_name: null, status: 'failed', code: 'name_taken' },
  ]);
  expect(r.target.ofKind('team')).toHaveLength(2);
});

test('a dry run sends nothing, leaves the file alone, and foresees conflicts', async () => {
  const r = rigWith(SMALL);
  r.target.plant({ kind: 'user', id: 'u', name: 'ann@example.test', email: 'ann@example.test', displayName: 'ann' });
  const summary = await r.run({ settings: settingsWith({ dryRun: true }) });
  expect(summary).toMatchObject({ outcome: 'complete', dryRun: true, writesSent: 0 });
  expect(r.target.sent).toEqual([]);
  expect(summary.counts.find(({ kind }) => kind === 'user')).toMatchObject({ adopted: 1, skipped: 1 });
  expect(summary.counts.find(({ kind }) => kind === 'virtual_key')).toMatchObject({ created: 2, incomplete: 0 });
  expect(r.rows('SELECT count(*) AS n FROM records')).toEqual([{ n: 0 }]);
  expect(r.events.filter((event) => event.type === 'write').map(({ result }) => result)).toContain('planned');
});

test('an interrupt sends nothing new, settles what is in flight, and a resume finishes', async () => {
  const virtualKeys = Array.from({ length: 300 }, (_, n) => virtualKey(`k${n}`));
  const r = rigWith({ virtualKeys });
  const stop = new AbortController();
  r.target.fault = (n) => {
    if (n === 100) stop.abort();
    return undefined;
  };
  const summary = await r.run({ signal: stop.signal });
  expect(summary.outcome).toBe('interrupted');
  const sent = r.target.sent.length;
  expect(sent).toBeGreaterThan(100);
  expect(sent).toBeLessThan(110);
  expect(r.rows("SELECT count(*) AS n FROM writes WHERE state = 'done'")).toEqual([{ n: sent }]);
  expect(r.rows("SELECT count(*) AS n FROM writes WHERE state = 'planned'")).toEqual([{ n: 0 }]);
  expect(resumable(r.open())).toBe(true);
  r.target.fault = () => undefined;
  const source = new FakeSource(r.contents);
  const resumed = await r.run({ mode: 'resume', source, journal: r.journal! });
  expect(resumed.outcome).toBe('complete');
  expect(source.streamed).toBe(0);
  expect(r.target.ofKind('virtual_key')).toHaveLength(300);
  expect(r.target.sent).toHaveLength(300);
  expect(resumable(r.open())).toBe(false);
});

test('a gateway that does not answer stops the run instead of failing every record', async () => {
  const r = rigWith({ virtualKeys: Array.from({ length: 200 }, (_, n) => virtualKey(`k${n}`)) });
  r.target.fault = (n) => (n >= 20 ? 'refused-connection' : undefined);
  await expect(r.run()).rejects.toMatchObject({ code: 'target_unreachable' });
  expect(r.rows('SELECT outcome FROM runs')).toEqual([{ outcome: 'stopped' }]);
  expect(r.rows("SELECT count(*) AS n FROM records WHERE status = 'failed'")).toEqual([{ n: 0 }]);
  r.target.fault = () => undefined;
  await r.run({ mode: 'resume' });
  expect(r.target.ofKind('virtual_key')).toHaveLength(200);
});

test('a PUT never has company, and links every key to its team', async () => {
  const teams = Array.from({ length: 20 }, (_, n) => team(`t${n}`));
  const virtualKeys = Array.from({ length: 200 }, (_, n) => virtualKey(`k${n}`, { teamId: `t${n % 20}` }));
  const r = rigWith({ teams, virtualKeys });
  r.target.fault = (_n, kind) => (kind === 'team' ? 'error-before' : undefined);
  await r.run().catch(() => undefined);
  r.target.fault = () => undefined;
  await r.run();
  expect(r.target.inFlight.alone).toBe(true);
  expect(r.target.ofKind('virtual_key').every(({ teamId }) => teamId !== null)).toBe(true);
});

test('drift, and what vanished, are named and nothing is sent for them', async () => {
  const r = rigWith({ teams: [team('t'), team('gone'), team('never', { organizationId: 'nowhere' })] });
  await r.run();
  const before = r.target.sent.length;
  r.contents = { teams: [team('t', { blocked: true, rest: { spend: 4, tags: ['x'] } })] };
  await r.run();
  expect(r.target.sent.length).toBe(before);
  expect(
    r.rows('SELECT r.source_id, f.code, f.field FROM findings f JOIN records r ON r.seq = f.record_seq ORDER BY f.id'),
  ).toEqual([
    { source_id: 't', code: 'drifted', field: 'blocked' },
    { source_id: 't', code: 'drifted', field: 'tags' },
    { source_id: 'gone', code: 'vanished', field: '' },
    { source_id: 'never', code: 'vanished', field: '' },
  ]);
  expect(r.rows("SELECT status, reason FROM records WHERE source_id = 'never'")).toEqual([
    { status: 'skipped', reason: 'vanished' },
  ]);
  r.contents = { teams: [team('t'), team('gone'), team('never')] };
  await r.run();
  expect(r.rows('SELECT * FROM findings')).toEqual([]);
  expect(r.target.ofKind('team').map(({ name }) => name)).toEqual(['t', 'gone', 'never']);
});

test('a retry can be narrowed to one record', async () => {
  const r = rigWith({ teams: [team('a'), team('b')] });
  r.target.fault = () => 'error-before';
  await r.run();
  r.target.fault = () => undefined;
  await r.run({ mode: 'retry', filter: { kind: 'team', id: 'b' } });
  expect(r.target.ofKind('team').map(({ name }) => name)).toEqual(['b']);
});

test('a record that a stage cannot cope with fails alone', async () => {
  const r = rigWith({ teams: [team('a'), team('b')] });
  const choosy: Stage = {
    ...(teams as Stage),
    plan: (record, state, context) => {
      if (record.id === 'b') throw new TypeError('cannot read it');
      return (teams as Stage).plan(record, state, context);
    },
  };
  await r.run({ stages: [choosy] });
  expect(r.rows('SELECT source_id, status, code FROM records')).toMatchObject([
    { source_id: 'a', status: 'written' },
    { source_id: 'b', status: 'failed', code: 'internal_error' },
  ]);
});

test('a journal refuses another gateway unless told to rebind', async () => {
  const r = rigWith({ teams: [team('a')] });
  await r.run();
  Object.assign(r.target, { identity: 'http://elsewhere.test' });
  await expect(r.run()).rejects.toMatchObject({ code: 'journal_other_ends' });
  await expect(r.run({ settings: settingsWith({ rebind: true }) })).resolves.toMatchObject({ outcome: 'complete' });
});

/** Kills the process at the n-th time a failpoint is reached. */
async function killedAt(r: Rig, name: FailpointName, times: number): Promise<void> {
  const journal = r.open();
  let left = times;
  onFailpoint((at) => {
    if (at === name) left -= 1;
    if (left !== 0 || at !== name) return;
    onFailpoint(null);
    r.target.sever();
    journal.db.close();
    journal.close();
    throw new Error('killed');
  });
  await expect(r.run({ journal })).rejects.toThrow();
  onFailpoint(null);
  r.journal = null;
  r.target.reconnect();
}

test('a record renamed between a kill and the next run keeps the object that was sent for it', async () => {
  const r = rigWith({ teams: [team('t', { alias: 'before' })] });
  await killedAt(r, 'send.after', 1);
  expect(r.target.ofKind('team').map(({ name }) => name)).toEqual(['before']);
  r.contents = { teams: [team('t', { alias: 'after' })] };
  await r.run();
  expect(r.target.ofKind('team').map(({ name }) => name)).toEqual(['before']);
  expect(r.rows('SELECT status, origin, bifrost_name FROM records')).toEqual([
    { status: 'written', origin: 'created', bifrost_name: 'before' },
  ]);
});

test('a record that vanished between a kill and the next run counts as written when its object is there', async () => {
  const r = rigWith({ teams: [team('t'), team('u')] });
  await killedAt(r, 'send.after', 1);
  r.contents = { teams: [] };
  await r.run();
  const there = r.target.ofKind('team').map(({ name }) => name);
  expect(there.length).toBeGreaterThan(0);
  for (const { source_id, status } of r.rows('SELECT source_id, status FROM records'))
    expect(status).toBe(there.includes(String(source_id)) ? 'written' : 'skipped');
  expect(r.rows("SELECT count(*) AS n FROM writes WHERE state = 'planned'")).toEqual([{ n: 0 }]);
});

test('what is in doubt is settled before anything new is sent', async () => {
  const virtualKeys = Array.from({ length: 200 }, (_, n) => virtualKey(`k${n}`));
  const r = rigWith({ virtualKeys });
  await killedAt(r, 'send.after', 30);
  expect(r.rows("SELECT count(*) AS n FROM writes WHERE state = 'planned'")[0]?.['n']).toBeGreaterThan(1);
  const reads = r.target.reads;
  const doubts: unknown[] = [];
  const sent = r.target.sent.length;
  r.target.fault = () => {
    doubts.push(r.journal?.db.prepare("SELECT count(*) FROM writes WHERE state = 'planned' AND run = 1").pluck().get());
    return undefined;
  };
  await r.run({ mode: 'resume' });
  expect(new Set(doubts)).toEqual(new Set([0]));
  expect(r.target.ofKind('virtual_key')).toHaveLength(200);
  expect(r.target.sent.length - sent).toBe(200 - sent);
  // Two readings of everything instead of a search per key in doubt.
  expect(r.target.reads - reads).toBe(2);
});

test('a plan that needs the ids of its own writes is made again in the same run', async () => {
  const r = rigWith({ virtualKeys: [virtualKey('k')] });
  const scoped: Stage = {
    ...(virtualKeys as Stage),
    plan: (record, state, context) => {
      const first = (virtualKeys as Stage).plan(record, state, context);
      if (first.outcome === 'write')
        return { ...first, missing: [{ what: 'limits', message: 'its limit' }], again: true };
      const name = `virtual_key/${state.bifrostId}/*/gpt`;
      if (state.missing.length === 0) return first;
      const body = { model_name: 'gpt', scope: 'virtual_key', scope_id: state.bifrostId };
      const write = {
        action: 'create',
        kind: 'model_config',
        name,
        label: name,
        path: '/api/governance/model-configs',
        body,
      } as const;
      return {
        outcome: 'write',
        writes: [{ ...write, adopt: () => ({ verdict: 'adopt', findings: [] }) }],
        main: { kind: 'virtual_key', name: state.bifrostName ?? '' },
        missing: [],
        detail: {},
        findings: [],
      };
    },
  };
  await r.run({ stages: [scoped] });
  const [key] = r.target.ofKind('virtual_key');
  expect(r.target.ofKind('model_config').map(({ name }) => name)).toEqual([`virtual_key/${key?.id}/*/gpt`]);
  expect(r.rows('SELECT status, missing, bifrost_id, bifrost_name FROM records')).toEqual([
    { status: 'written', missing: '[]', bifrost_id: key?.id, bifrost_name: 'k' },
  ]);
  expect(r.events.filter((event) => event.type === 'record')).toHaveLength(1);
});

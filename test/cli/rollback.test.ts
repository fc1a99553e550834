import { copyFileSync } from 'node:fs';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDesk, type Desk, type Place } from './desk.js';

let desk: Desk;
beforeAll(async () => {
  desk = await openDesk();
});
afterAll(() => desk.close());

type Entry = { readonly kind: string; readonly name: string; readonly reason: string | null; readonly message: string };
type Document = {
  readonly outcome: string;
  readonly dryRun: boolean;
  readonly exitCode: number;
  readonly writesSent: number;
  readonly next: string;
  readonly counts: readonly { readonly kind: string; readonly [count: string]: number | string }[];
  readonly kept: readonly Entry[];
  readonly failed: readonly Entry[];
};

/** Things of somebody else's, and things a run adopts: a provider, a customer, a team. */
async function furnish(place: Place): Promise<void> {
  await place.ask('POST', '/api/providers', { provider: 'cohere' });
  const key = { name: 'theirs', value: 'sk-theirs-0123456789', models: ['*'], weight: 1 };
  const theirs = await place.ask('POST', '/api/providers/cohere/keys', key);
  await place.ask('POST', '/api/providers', { provider: 'anthropic' });
  await place.ask('POST', '/api/providers/anthropic/keys', { ...key, name: 'theirs too', models: ['other'] });
  const customer = await place.ask('POST', '/api/governance/customers', { name: 'Acme' });
  const customerId = (customer['customer'] as unknown as { id: string }).id;
  await place.ask('POST', '/api/governance/customers', { name: 'Others' });
  await place.ask('POST', '/api/governance/teams', { name: 'Solo' });
  const team = await place.ask('POST', '/api/governance/teams', { name: 'Their team', customer_id: customerId });
  await place.ask('POST', '/api/governance/virtual-keys', {
    name: 'their key',
    team_id: (team['team'] as unknown as { id: string }).id,
    provider_configs: [{ provider: 'cohere', weight: 1, allowed_models: ['*'], key_ids: [theirs['id']] }],
  });
  await place.ask('POST', '/api/governance/model-configs', {
    model_name: 'command-r',
    provider: 'cohere',
    rate_limit: { request_max_limit: 5, request_reset_duration: '1m' },
  });
  await place.ask('POST', '/api/governance/routing-rules', {
    name: 'their rule',
    cel_expression: 'model == "x"',
    targets: [{ provider: 'cohere', model: 'command-r', weight: 1 }],
    scope: 'global',
    priority: 7,
  });
}

async function rolledBack(place: Place, flags: { [name: string]: boolean } = { yes: true }): Promise<Document> {
  const code = await place.call('rollback', { json: true, ...flags });
  const document = place.json() as unknown as Document;
  expect(document.exitCode).toBe(code);
  return document;
}

/** Of one kind as the management API lists it. */
async function idOf(place: Place, list: string, member: string, name: string): Promise<string> {
  const rows = (await place.ask('GET', `/api/governance/${list}`))[member] as unknown as readonly {
    id: string;
    name: string;
  }[];
  const found = rows.find((row) => row.name === name);
  if (found === undefined) throw new Error(`there is no ${name} among the ${list}`);
  return found.id;
}

function rows(place: Place, query: string): unknown[] {
  const db = new Database(place.journal, { readonly: true });
  try {
    return db.prepare(query).all();
  } finally {
    db.close();
  }
}

describe.each(['1.5.2', '1.5.16', 'enterprise'] as const)('a rollback on Bifrost %s', (personality) => {
  let place: Place;
  let before: object;
  beforeAll(async () => {
    place = await desk.gateway(personality);
    await furnish(place);
    before = await place.dump();
    await place.call('run', { quiet: true });
  });

  it('dry: says what would go and what would stay, and sends and writes nothing', async () => {
    const there = await place.dump();
    const writes = await place.writes();
    copyFileSync(place.journal, `${place.journal}.copy`);
    const { outcome, dryRun, counts, writesSent, exitCode } = await rolledBack(place, { dryRun: true });
    expect({ outcome, dryRun, writesSent, exitCode }).toEqual({
      outcome: 'complete',
      dryRun: true,
      writesSent: 0,
      exitCode: 0,
    });
    expect(counts.find(({ kind }) => kind === 'virtual_key')).toMatchObject({ planned: 7, deleted: 0, kept: 0 });
    expect(counts.find(({ kind }) => kind === 'customer')).toMatchObject({ planned: 1, adopted: 1 });
    expect(counts.find(({ kind }) => kind === 'provider')).toMatchObject({ planned: 4, adopted: 1 });
    expect(await place.writes()).toBe(writes);
    expect(await place.dump()).toEqual(there);
    expect(rows(place, "SELECT * FROM runs WHERE command LIKE 'rollback%'")).toEqual([]);
  });

  it('deletes nothing where nobody can agree to it', async () => {
    const writes = await place.writes();
    await expect(place.call('rollback')).rejects.toMatchObject({ code: 'usage', exitCode: 2 });
    expect(await place.writes()).toBe(writes);
  });

  it('leaves the gateway exactly as it was before the run', async () => {
    const document = await rolledBack(place);
    expect(document).toMatchObject({ outcome: 'complete', exitCode: 0, kept: [], failed: [] });
    expect(document.next).toContain('migrate run');
    expect(await place.dump()).toEqual(before);
    expect(place.stderr).toMatch(/^OK {3}deleted vkey "owned"/m);
  });

  it('leaves a journal a run can start from, and nothing to roll back', async () => {
    expect(rows(place, "SELECT * FROM records WHERE status = 'failed'")).toEqual([]);
    expect(rows(place, "SELECT display_name FROM records WHERE status = 'written' ORDER BY 1")).toEqual([
      { display_name: 'Acme' },
      { display_name: 'Solo' },
    ]);
    expect(rows(place, "SELECT name FROM writes WHERE origin = 'created' OR state = 'planned'")).toEqual([]);
    const again = await rolledBack(place);
    expect(again).toMatchObject({ exitCode: 0, writesSent: 0 });
    expect(place.stderr).toContain('nothing to roll back');
    expect(await place.call('verify', { quiet: true })).toBe(6);
  });

  it('is undone by another run, and rolled back again', async () => {
    await place.call('run', { json: true, quiet: true });
    const { report } = place.json() as unknown as { report: { total: { [column: string]: number } } };
    expect(report.total).toMatchObject({ failed: 0, waiting: 0 });
    expect(await place.call('verify', { quiet: true })).toBe(0);
    expect(await rolledBack(place)).toMatchObject({ exitCode: 0 });
    expect(await place.dump()).toEqual(before);
  });
});

describe('what was changed or came since', () => {
  let place: Place;
  let before: { readonly [list: string]: readonly { readonly name: string }[] };
  beforeAll(async () => {
    place = await desk.gateway('1.5.16');
    before = await place.dump();
    await place.call('run', { quiet: true });
  });

  it('is kept and named, with all it needs', async () => {
    const key = await idOf(place, 'virtual-keys', 'virtual_keys', 'same');
    await place.ask('PUT', `/api/governance/virtual-keys/${key}`, {
      budgets: [{ max_limit: 1, reset_duration: '1d' }],
    });
    await place.ask('POST', '/api/providers/openai/keys', {
      name: 'theirs',
      value: 'sk-theirs-0123456789',
      models: ['*'],
      weight: 1,
    });
    const team = await idOf(place, 'teams', 'teams', 'Platform');
    await place.ask('POST', '/api/governance/virtual-keys', { name: 'late', team_id: team });
    const document = await rolledBack(place);
    expect(document.exitCode).toBe(3);
    const kept = new Map(
      document.kept.map(({ kind, name, reason, message }) => [`${kind} ${name}`, [reason, message]]),
    );
    expect(Object.fromEntries(kept)).toMatchObject({
      'virtual_key same': ['changed', expect.stringContaining('budgets')],
      'team Platform': ['needed', expect.stringContaining('"late"')],
      // Of the customers: that of the team somebody uses, and that of the team of the key that was changed.
      'customer Acme': ['needed', expect.any(String)],
      'customer Acme (o-two)': ['needed', expect.any(String)],
      'team Platform (t-two)': ['needed', expect.stringContaining('"same"')],
      'provider openai': ['needed', expect.stringContaining('"theirs"')],
      'provider anthropic': ['needed', expect.any(String)],
      'provider_key anthropic/key': ['needed', expect.any(String)],
    });
    const there = (await place.dump()) as unknown as typeof before;
    expect(there['virtualKeys']?.map(({ name }) => name).sort()).toEqual(['late', 'same']);
    expect(there['providerKeys']?.map(({ name }) => name).sort()).toEqual(['anthropic/key', 'theirs']);
    expect(place.stderr).toMatch(/^WARN stays: vkey "same"/m);
  });

  it('goes with --force, but for what somebody else uses', async () => {
    const document = await rolledBack(place, { yes: true, force: true });
    expect(document.kept.map(({ kind, name }) => `${kind} ${name}`).sort()).toEqual([
      'customer Acme',
      'provider openai',
      'team Platform',
    ]);
    const there = (await place.dump()) as unknown as typeof before;
    expect(there['virtualKeys']?.map(({ name }) => name)).toEqual(['late']);
    expect(there['providerKeys']?.map(({ name }) => name)).toEqual(['theirs']);
  });

  it('goes once nobody uses it any more', async () => {
    const late = await idOf(place, 'virtual-keys', 'virtual_keys', 'late');
    await place.ask('DELETE', `/api/governance/virtual-keys/${late}`);
    const keys = (await place.ask('GET', '/api/providers/openai/keys'))['keys'] as unknown as readonly { id: string }[];
    for (const { id } of keys) await place.ask('DELETE', `/api/providers/openai/keys/${id}`);
    expect(await rolledBack(place)).toMatchObject({ exitCode: 0, kept: [] });
    expect(await place.dump()).toEqual(before);
  });

  it('is noticed in a provider key whose value was replaced, and in the limit of a key', async () => {
    await place.call('run', { quiet: true });
    const groq = (await place.ask('GET', '/api/providers/groq/keys'))['keys'] as unknown as readonly {
      [member: string]: never;
    }[];
    const [key] = groq;
    await place.ask('PUT', `/api/providers/groq/keys/${String(key?.['id'])}`, { ...key, value: 'gsk-rotated-9999999' });
    const limits = (await place.ask('GET', '/api/governance/model-configs?scope=virtual_key&limit=100'))[
      'model_configs'
    ] as unknown as readonly { id: string; scope_id: string; model_name: string }[];
    const own = await idOf(place, 'virtual-keys', 'virtual_keys', 'per-model');
    const limit = limits.find(({ scope_id, model_name }) => scope_id === own && model_name === 'gpt-4o');
    await place.ask('PUT', `/api/governance/model-configs/${String(limit?.id)}`, {
      budgets: [{ max_limit: 0.5, reset_duration: '1d' }],
    });
    const { kept } = await rolledBack(place);
    const named = kept.map(({ kind, name, reason }) => `${reason ?? ''} ${kind} ${name}`);
    expect(named).toContain('changed provider_key groq/key');
    expect(named).toContain(`changed model_config virtual_key/${own}/*/gpt-4o`);
    expect(named).toContain('needed virtual_key per-model');
    expect(await rolledBack(place, { yes: true, force: true })).toMatchObject({ exitCode: 0, kept: [] });
    expect(await place.dump()).toEqual(before);
  });
});

describe('a rollback that does not go through at once', () => {
  let place: Place;
  let before: object;
  beforeAll(async () => {
    place = await desk.gateway('1.5.16');
    await furnish(place);
    before = await place.dump();
  });

  it.each<[string, object]>([
    ['is carried out and never answered', { kind: 'reset', when: 'after' }],
    ['is never carried out nor answered', { kind: 'reset', when: 'before' }],
    ['meets a locked store', { kind: 'locked' }],
    ['is answered with an error page after it was carried out', { kind: 'html', when: 'after' }],
  ])('reads when a deletion %s', async (_, fault) => {
    await place.call('run', { quiet: true });
    await place.faults([{ match: { method: 'DELETE', every: 3 }, fault }]);
    expect(await rolledBack(place)).toMatchObject({ exitCode: 0, kept: [], failed: [] });
    await place.faults([]);
    expect(await place.dump()).toEqual(before);
  });

  it('keeps what a thing that could not be deleted needs, and says so', async () => {
    await place.call('run', { quiet: true });
    const key = await idOf(place, 'virtual-keys', 'virtual_keys', 'owned');
    const refuses = { kind: 'status', code: 403, body: '{"error":{"message":"not this one"}}' };
    await place.faults([{ match: { method: 'DELETE', pathRegex: key }, fault: refuses }]);
    const { exitCode, failed, kept } = await rolledBack(place);
    expect(exitCode).toBe(3);
    expect(failed).toMatchObject([{ name: 'owned', message: expect.stringContaining('not this one') as string }]);
    expect(kept.map(({ name }) => name)).toContain('Platform');
    await place.faults([]);
    expect(await rolledBack(place)).toMatchObject({ exitCode: 0 });
    expect(await place.dump()).toEqual(before);
  });

  it('stops in order when interrupted, and goes on', async () => {
    await place.call('run', { quiet: true });
    const interruption = new AbortController();
    const stderr = {
      isTTY: false,
      write: (text: string) => {
        if (text.includes('deleted team')) interruption.abort();
        return true;
      },
    } as unknown as NodeJS.WriteStream;
    const code = await place.call('rollback', { yes: true }, { signal: interruption.signal, stderr });
    expect(code).toBe(130);
    expect(rows(place, "SELECT name FROM writes WHERE state = 'planned'")).toEqual([]);
    await expect(place.call('resume')).rejects.toThrow(/rollback that did not finish/);
    expect(await rolledBack(place)).toMatchObject({ exitCode: 0, kept: [] });
    expect(await place.dump()).toEqual(before);
  });

  it('belongs to the gateway of the journal', async () => {
    const other = await desk.gateway('1.5.16');
    await expect(
      place.call('rollback', { yes: true }, { env: { ...place.env, BIFROST_URL: other.url } }),
    ).rejects.toMatchObject({ code: 'journal_other_ends' });
    expect(await other.writes()).toBe(0);
  });
});

describe('a program that is killed', () => {
  it.each(['1.5.2', '1.5.16'] as const)(
    'goes on with the rollback wherever it died (Bifrost %s)',
    async (personality) => {
      const place = await desk.gateway(personality);
      await furnish(place);
      const before = await place.dump();
      await place.call('run', { quiet: true });
      for (const point of [
        'send.before:4',
        'send.written:3',
        'send.after:7',
        'commit.after:3',
        'settle.after:5',
        'run.begun',
      ]) {
        const { signal } = await place.program(['rollback', '--yes', '--quiet'], point);
        expect(signal, point).toBe('SIGKILL');
      }
      expect(await rolledBack(place)).toMatchObject({ exitCode: 0, kept: [], failed: [] });
      expect(await place.dump()).toEqual(before);
    },
  );

  it('may migrate again instead, with a deletion in doubt', async () => {
    const place = await desk.gateway('1.5.16');
    await furnish(place);
    const before = await place.dump();
    await place.call('run', { quiet: true });
    for (const point of ['send.after:3', 'send.before:11']) {
      const { signal } = await place.program(['rollback', '--yes', '--quiet'], point);
      expect(signal, point).toBe('SIGKILL');
      await place.call('run', { quiet: true });
      expect(await place.call('verify', { quiet: true }), point).toBe(0);
    }
    expect(await rolledBack(place)).toMatchObject({ exitCode: 0, kept: [], failed: [] });
    expect(await place.dump()).toEqual(before);
  });

  it('is rolled back from the middle of a run, what was in doubt included', async () => {
    const place = await desk.gateway('1.5.16');
    await furnish(place);
    const before = await place.dump();
    for (const point of ['send.after:12', 'send.after:31', 'send.before:9']) {
      const { signal } = await place.program(['run', '--quiet'], point);
      expect(signal, point).toBe('SIGKILL');
      expect(await rolledBack(place), point).toMatchObject({ exitCode: 0, kept: [], failed: [] });
      expect(await place.dump(), point).toEqual(before);
    }
  });
});

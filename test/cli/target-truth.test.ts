import Database from 'better-sqlite3';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openDesk, type Desk, type Place } from './desk.js';

/** What becomes of a migration when somebody deletes or changes on Bifrost what it wrote. */

let desk: Desk;
let place: Place;
beforeAll(async () => {
  desk = await openDesk();
});
afterAll(() => desk.close());

type Row = { readonly id: string; readonly name: string } & { readonly [member: string]: unknown };

function rows(query: string): { readonly [column: string]: unknown }[] {
  const db = new Database(place.journal, { readonly: true });
  try {
    return db.prepare(query).all() as { readonly [column: string]: unknown }[];
  } finally {
    db.close();
  }
}

async function listed(path: string, member: string): Promise<readonly Row[]> {
  return (await place.ask('GET', path))[member] as unknown as readonly Row[];
}

async function one(path: string, member: string, name: string): Promise<Row> {
  const found = (await listed(path, member)).find((row) => row.name === name);
  if (found === undefined) throw new Error(`there is no ${name} at ${path}`);
  return found;
}

const team = (name: string) => one('/api/governance/teams', 'teams', name);
const virtualKey = (name: string) => one('/api/governance/virtual-keys', 'virtual_keys', name);
/** Its limits for single models. */
async function limitsOf(name: string): Promise<readonly Row[]> {
  const { id } = await virtualKey(name);
  const all = await listed('/api/governance/model-configs?scope=virtual_key', 'model_configs');
  return all.filter((row) => row['scope_id'] === id && row['model_name'] !== '*');
}
const rule = (name: string) => one('/api/governance/routing-rules', 'rules', name);

/** Requests that change the gateway, as `run` sends them. */
async function sentBy(flags: { readonly [flag: string]: boolean | string }): Promise<number> {
  const before = await place.writes();
  await place.call('run', { quiet: true, ...flags });
  return (await place.writes()) - before;
}

function found(code: string): string[] {
  return rows(`SELECT message FROM findings WHERE code = '${code}' ORDER BY id`).map(({ message }) => String(message));
}

const PLACES = ['1.5.16', 'enterprise'] as const;

describe.each(PLACES)('on Bifrost %s, an object that somebody has deleted', (personality) => {
  let whole: { readonly [list: string]: readonly Row[] };
  beforeEach(async () => {
    place = await desk.gateway(personality);
    await place.call('run', { quiet: true });
    whole = await place.dump();
  });
  afterEach(() => place.close());

  /** As after the first run, whatever ids things have now. */
  async function expectWhole(): Promise<void> {
    const now = (await place.dump()) as unknown as typeof whole;
    const names = (dump: typeof whole) =>
      Object.entries(dump).map(([list, items]) =>
        Array.isArray(items) ? [list, (items as readonly Row[]).map(({ name }) => name).sort()] : [list],
      );
    expect(names(now)).toEqual(names(whole));
    expect(found('gone_from_target')).toEqual([]);
    expect(await place.call('verify', { quiet: true })).toBe(0);
    expect(await sentBy({})).toBe(0);
    expect(await sentBy({ recreate: true })).toBe(0);
    expect(rows("SELECT kind, name FROM writes WHERE state NOT IN ('done', 'removed')")).toEqual([]);
  }

  it('is named and stays away, and comes again with --recreate: a team, with its keys and members', async () => {
    await place.ask('DELETE', `/api/governance/teams/${(await team('Platform')).id}`);
    expect(await sentBy({})).toBe(0);
    expect(found('gone_from_target')).toEqual(
      [expect.stringContaining('the team "Platform"')].concat(
        personality === 'enterprise' ? [expect.stringContaining('the member')] : [],
      ),
    );
    expect(rows("SELECT status FROM records WHERE kind = 'team'")).toEqual([
      { status: 'written' },
      { status: 'written' },
      { status: 'written' },
    ]);
    expect((await virtualKey('owned'))['team_id'] ?? null).toBeNull();
    // The team, on the enterprise gateway its member, and the owner of two keys.
    expect(await sentBy({ recreate: true })).toBe(personality === 'enterprise' ? 4 : 3);
    const again = await team('Platform');
    expect((await virtualKey('owned'))['team_id']).toBe(again.id);
    expect((await virtualKey('per-model-too'))['team_id']).toBe(again.id);
    await expectWhole();
  });

  it('a virtual key comes again with its limits for models', async () => {
    await place.ask('DELETE', `/api/governance/virtual-keys/${(await virtualKey('per-model')).id}`);
    expect(await sentBy({})).toBe(0);
    expect(found('gone_from_target')[0]).toContain('the virtual key "per-model"');
    expect(await sentBy({ recreate: true, dryRun: true })).toBe(0);
    expect(await sentBy({ recreate: true })).toBe(2);
    await expectWhole();
  });

  it('a limit of a virtual key for a model comes again, although no list shows it', async () => {
    const [limit] = await limitsOf('per-model');
    await place.ask('DELETE', `/api/governance/model-configs/${String(limit?.id)}`);
    expect(await sentBy({})).toBe(0);
    expect(found('gone_from_target')).toEqual([expect.stringContaining('the model config "virtual_key/')]);
    expect(await sentBy({ recreate: true, dryRun: true })).toBe(0);
    expect(await sentBy({ recreate: true })).toBe(1);
    expect(await limitsOf('per-model')).toMatchObject([{ model_name: limit?.['model_name'], scope: 'virtual_key' }]);
    await expectWhole();
  });

  it('a provider key comes again, and the virtual keys that used it use it again', async () => {
    const key = await one('/api/providers/openai/keys', 'keys', 'openai/key');
    await place.ask('DELETE', `/api/providers/openai/keys/${key.id}`);
    expect(await sentBy({})).toBe(0);
    expect(found('gone_from_target')[0]).toContain('the provider key "openai/key"');
    const users = (whole['virtualKeys'] ?? []).filter((vk) => JSON.stringify(vk).includes(key.id)).length;
    expect(users).toBeGreaterThan(2);
    expect(await sentBy({ recreate: true })).toBe(1 + users);
    await expectWhole();
  });

  it('a provider comes again with its keys', async () => {
    await place.ask('DELETE', '/api/providers/anthropic');
    expect(await sentBy({})).toBe(0);
    await sentBy({ recreate: true });
    await expectWhole();
  });

  it('a routing rule comes again, once', async () => {
    const [first] = whole['routingRules'] ?? [];
    await place.ask('DELETE', `/api/governance/routing-rules/${String(first?.id)}`);
    expect(await sentBy({})).toBe(0);
    expect(found('gone_from_target')[0]).toContain('the routing rule');
    expect(await sentBy({ recreate: true })).toBe(1);
    await expectWhole();
  });
});

describe('what was deleted', () => {
  beforeEach(async () => {
    place = await desk.gateway('1.5.16');
    await place.call('run', { quiet: true });
  });
  afterEach(() => place.close());

  it('comes again only of the kinds that are asked for, and is reported for the others', async () => {
    await place.ask('DELETE', `/api/governance/teams/${(await team('Solo')).id}`);
    await place.ask('DELETE', `/api/governance/virtual-keys/${(await virtualKey('everything')).id}`);
    expect(await sentBy({ recreate: true, only: 'teams' })).toBe(1);
    expect(found('gone_from_target')).toEqual([expect.stringContaining('the virtual key "everything"')]);
    expect(rows("SELECT status FROM records WHERE display_name = 'everything'")).toEqual([{ status: 'written' }]);
  });

  it('gives no owner to a key that somebody has changed since', async () => {
    const key = await virtualKey('owned');
    await place.ask('PUT', `/api/governance/virtual-keys/${key.id}`, { description: 'theirs now' });
    await place.ask('DELETE', `/api/governance/teams/${(await team('Platform')).id}`);
    await sentBy({ recreate: true });
    expect((await virtualKey('owned'))['team_id'] ?? null).toBeNull();
    expect((await virtualKey('per-model-too'))['team_id']).toBe((await team('Platform')).id);
    expect(found('changed_on_target')).toEqual([expect.stringContaining('"owned"')]);
  });
});

describe('what somebody has changed on Bifrost', () => {
  beforeEach(async () => {
    place = await desk.gateway('1.5.16');
    await place.call('run', { quiet: true });
  });
  afterEach(() => place.close());

  it('is named with what it was and what it is, and is not put back', async () => {
    const key = await virtualKey('owned');
    const solo = await team('Platform');
    await place.ask('PUT', `/api/governance/virtual-keys/${key.id}`, { is_active: false });
    await place.ask('PUT', `/api/governance/teams/${solo.id}`, { budgets: [{ max_limit: 9, reset_duration: '30d' }] });
    const [limit] = await limitsOf('per-model');
    await place.ask('PUT', `/api/governance/model-configs/${String(limit?.id)}`, {
      budgets: [{ max_limit: 99, reset_duration: '1d' }],
    });
    const [{ id, name, ...body } = { id: '', name: '' }] = await listed('/api/governance/routing-rules', 'rules');
    await place.ask('PUT', `/api/governance/routing-rules/${id}`, { ...body, name, enabled: false });
    const before = await place.dump();
    expect(await sentBy({})).toBe(0);
    expect(await place.dump()).toEqual(before);
    expect(found('changed_on_target').sort()).toEqual([
      expect.stringMatching(/the model config "virtual_key.*: budgets is 99 per 1d, was written as/),
      expect.stringContaining('the routing rule'),
      expect.stringMatching(/the team "Platform" was changed .*: budgets is 9 per 30d, was written as 50 per 30d/),
      expect.stringMatching(/the virtual key "owned" was changed .*: is_active is false, was written as true/),
    ]);
    expect((await rule(name))['enabled']).toBe(false);
  });

  it('is no longer named when it is put back', async () => {
    const key = await virtualKey('owned');
    await place.ask('PUT', `/api/governance/virtual-keys/${key.id}`, { is_active: false });
    await sentBy({});
    expect(found('changed_on_target')).toHaveLength(1);
    await place.ask('PUT', `/api/governance/virtual-keys/${key.id}`, { is_active: true });
    await sentBy({});
    expect(found('changed_on_target')).toEqual([]);
  });
});

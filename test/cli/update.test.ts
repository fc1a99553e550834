import { readFileSync, writeFileSync } from 'node:fs';
import Database from 'better-sqlite3';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { SandboxWorld } from '../../src/sandbox/litellm/world.js';
import type { BudgetRow, KeyRow, TeamRow, UserRow } from '../../src/sandbox/litellm/rows.js';
import { smallWorld } from '../crash/world.js';
import { openDesk, type Desk, type Place } from './desk.js';

/** What `--update` pushes of what has changed in LiteLLM, and what it leaves. */

type Changes = { readonly [alias: string]: Partial<KeyRow> };

/** A LiteLLM that people go on working with; what is changed is put back for the next test. */
class Lively {
  readonly world: SandboxWorld;
  readonly #original = smallWorld();
  keys: Changes = {};

  constructor() {
    this.world = {
      ...this.#original,
      key: (index) => {
        const { plain, row } = this.#original.key(index);
        return { plain, row: { ...row, ...this.keys[row.key_alias ?? ''] } };
      },
    };
  }

  team(id: string, change: Partial<TeamRow>): () => void {
    return changed(this.world.teams as TeamRow[], (row) => row.team_id === id, change);
  }

  budget(id: string, change: Partial<BudgetRow>): () => void {
    return changed(this.world.budgets as BudgetRow[], (row) => row.budget_id === id, change);
  }
}

function changed<R extends object>(rows: R[], is: (row: R) => boolean, change: Partial<R>): () => void {
  const row = rows.find(is);
  if (row === undefined) throw new Error('there is no such row');
  const before = { ...row };
  Object.assign(row, change);
  return () => Object.assign(row, before);
}

const lively = new Lively();
let desk: Desk;
let place: Place;
let undo: (() => void)[] = [];
beforeAll(async () => {
  desk = await openDesk(lively.world);
});
afterAll(() => desk.close());
afterEach(() => {
  for (const back of undo) back();
  undo = [];
  lively.keys = {};
});

/** Somebody edits config.yaml. */
function edited(from: string, to: string): void {
  const path = place.env['LITELLM_CONFIG'] ?? '';
  const before = readFileSync(path, 'utf8');
  const after = before.replaceAll(from, to);
  if (after === before) throw new Error(`${from} is not in the file`);
  writeFileSync(path, after);
  undo.push(() => writeFileSync(path, before));
}

function rows(query: string): { readonly [column: string]: unknown }[] {
  const db = new Database(place.journal, { readonly: true });
  try {
    return db.prepare(query).all() as { readonly [column: string]: unknown }[];
  } finally {
    db.close();
  }
}

function found(code: string): string[] {
  return rows(`SELECT message FROM findings WHERE code = '${code}' ORDER BY id`).map(({ message }) => String(message));
}

type Row = { readonly id: string; readonly name: string } & { readonly [member: string]: unknown };
const LISTS = {
  team: ['/api/governance/teams', 'teams'],
  customer: ['/api/governance/customers', 'customers'],
  key: ['/api/governance/virtual-keys', 'virtual_keys'],
  rule: ['/api/governance/routing-rules', 'rules'],
} as const;

async function one(kind: keyof typeof LISTS, name: string): Promise<Row> {
  const [path, member] = LISTS[kind];
  const all = (await place.ask('GET', path))[member] as unknown as readonly Row[];
  const row = all.find((each) => each.name === name);
  if (row === undefined) throw new Error(`there is no ${kind} ${name}`);
  return row;
}

async function sentBy(flags: { readonly [flag: string]: boolean | string }): Promise<number> {
  const before = await place.writes();
  await place.call('run', flags);
  return (await place.writes()) - before;
}

const budgets = (row: Row) => (row['budgets'] as { max_limit: number }[] | undefined)?.map(({ max_limit: max }) => max);

describe.each(['1.5.2', '1.5.16', 'enterprise'] as const)('--update on Bifrost %s', (personality) => {
  beforeAll(async () => {
    place = await desk.gateway(personality);
    await place.call('run', { quiet: true });
  });

  /** Everything is as LiteLLM asks, and a further run has nothing to do. */
  async function expectSettled(): Promise<void> {
    expect(await sentBy({ update: true, quiet: true })).toBe(0);
    expect(found('update_left')).toEqual([]);
    expect(found('drifted')).toEqual([]);
    expect(found('changed_on_target')).toEqual([]);
    expect(await place.call('verify', { quiet: true })).toBe(0);
  }

  it('sends nothing where nothing has changed', async () => {
    expect(await sentBy({ update: true, quiet: true })).toBe(0);
    expect(found('no_longer_planned')).toEqual([]);
  });

  it('pushes limits of a team, of a customer and of a key, and shows them first', async () => {
    undo.push(lively.team('t-one', { max_budget: 20 }), lively.budget('b-o-one', { max_budget: 77 }));
    lively.keys = { same: { rpm_limit: 9 }, organization: { rpm_limit: 31, max_budget: 3, budget_duration: '1d' } };
    expect(await sentBy({ quiet: true })).toBe(0);
    expect(found('drifted').length).toBeGreaterThan(2);
    expect(await sentBy({ update: true, dryRun: true })).toBe(0);
    expect(place.stderr).toMatch(/^PLAN update team "Platform": budgets 50 per 30d -> 20 per 30d$/m);
    expect(place.stderr).toMatch(/^PLAN update virtual key "organization": .*budgets none -> 3 per 1d/m);
    expect(found('drifted').length).toBeGreaterThan(2);
    expect(await sentBy({ update: true })).toBe(5);
    expect(place.stderr).toMatch(/^PLAN update team "Platform": budgets 50 per 30d -> 20 per 30d\nOK {3}update team/m);
    expect(budgets(await one('team', 'Platform'))).toEqual([20]);
    const vk = await one('key', 'organization');
    expect(vk['rate_limit']).toMatchObject({ request_max_limit: 31 });
    expect(found('updated').length).toBe(5);
    await expectSettled();
  });

  it('takes away what LiteLLM has taken away: limits, models, the owner, the key itself', async () => {
    undo.push(lively.team('t-one', { max_budget: null, budget_duration: null }));
    lively.keys = {
      owned: { models: ['mini'], team_id: null },
      organization: { rpm_limit: null, blocked: true },
      everything: { models: ['claude'] },
    };
    expect(await sentBy({ update: true, quiet: true })).toBeGreaterThan(3);
    expect(found('update_left')).toEqual([]);
    expect(budgets(await one('team', 'Platform')) ?? []).toEqual([]);
    const owned = await one('key', 'owned');
    expect(owned['team_id'] ?? null).toBeNull();
    const lists = owned['provider_configs'] as { readonly allowed_models: readonly string[] }[];
    expect(new Set(lists.flatMap((entry) => entry.allowed_models))).toEqual(new Set(['mini']));
    expect((await one('key', 'organization'))['is_active']).toBe(false);
    await expectSettled();
  });

  it('moves a key to another team', async () => {
    lively.keys = { owned: { team_id: 't-solo' } };
    await sentBy({ update: true, quiet: true });
    expect((await one('key', 'owned'))['team_id']).toBe((await one('team', 'Solo')).id);
    await expectSettled();
  });

  it('pushes a changed credential, also one that looks like the one before', async () => {
    edited('gsk-CANARY-crash', 'gsk-canary-crash');
    await sentBy({ update: true });
    expect(place.stderr).toMatch(/update provider key "groq\/key": value the one before -> another credential/);
    expect(place.stderr).not.toMatch(/canary-crash/i);
    const dump = JSON.stringify(await place.dump());
    expect(dump).toContain('gsk-canary-crash');
    await expectSettled();
  });
});

describe('--update', () => {
  beforeAll(async () => {
    place = await desk.gateway('enterprise');
    await place.call('run', { quiet: true });
  });

  it('pushes weights and prices, and names what is left over', async () => {
    edited('weight: 3', 'weight: 4');
    edited('0.005', '0.006');
    edited('eu-one.openai', 'eu-two.openai');
    await sentBy({ update: true });
    expect(place.stderr).toMatch(/^PLAN update routing rule "global\/\/.*mini.*": .*targets/m);
    expect(place.stderr).toMatch(/^PLAN update pricing override .*input_cost_per_token 0.005 -> 0.006/m);
    expect(found('no_longer_planned')).toEqual([expect.stringContaining('"azure/eu-one.openai.azure.example"')]);
    expect(await place.call('verify', { quiet: true })).toBe(0);
  });

  it('gives people the names they have now', async () => {
    const users = lively.world.users as UserRow[];
    undo.push(changed(users, (row) => row.user_id === 'u-ann', { user_alias: 'Ann B.' }));
    await sentBy({ update: true });
    expect(JSON.stringify(await place.dump())).toContain('Ann B.');
  });

  it('closes a key that has expired since', async () => {
    lively.keys = { everything: { expires: '2025-01-01T00:00:00+00:00' } };
    await sentBy({ update: true, quiet: true });
    expect((await one('key', 'everything'))['is_active']).toBe(false);
  });

  it('leaves what somebody else has changed, says so, and pushes what is beside it', async () => {
    const team = await one('team', 'Solo');
    await place.ask('PUT', `/api/governance/teams/${team.id}`, { budgets: [{ max_limit: 4, reset_duration: '1d' }] });
    undo.push(lively.team('t-solo', { max_budget: 8, budget_duration: '1d', rpm_limit: 12 }));
    await sentBy({ update: true, quiet: true });
    const now = await one('team', 'Solo');
    expect(budgets(now)).toEqual([4]);
    expect(now['rate_limit']).toMatchObject({ request_max_limit: 12 });
    expect(found('update_left')).toEqual([
      'the team "Solo" keeps budgets 4 per 1d, LiteLLM asks for 8 per 1d: it was changed on Bifrost since it was written',
    ]);
    expect(rows("SELECT written_fingerprint <> fingerprint AS d FROM records WHERE source_id = 't-solo'")).toEqual([
      { d: 1 },
    ]);
  });

  it('does not move a team, which Bifrost cannot', async () => {
    undo.push(lively.team('t-one', { organization_id: 'o-two' }));
    const before = (await one('team', 'Platform'))['customer_id'];
    await sentBy({ update: true, quiet: true });
    expect((await one('team', 'Platform'))['customer_id']).toBe(before);
    expect(found('update_left').filter((message) => message.includes('Platform'))).toEqual([
      expect.stringContaining('Bifrost does not move a team'),
    ]);
  });

  it('killed after a request, is finished by resume --update', async () => {
    lively.keys = { organization: { max_budget: 6, budget_duration: '1d' }, owned: { rpm_limit: 5 } };
    const { signal } = await place.program(['run', '--update'], 'send.after');
    expect(signal).toBe('SIGKILL');
    expect(await place.call('resume', { update: true, quiet: true })).toBe(3);
    expect(budgets(await one('key', 'organization'))).toEqual([6]);
    expect((await one('key', 'owned'))['rate_limit']).toMatchObject({ request_max_limit: 5 });
    expect(await sentBy({ update: true, quiet: true })).toBe(0);
    expect(rows("SELECT name FROM writes WHERE state <> 'done'")).toEqual([]);
  });
});

describe('--update with a variable that is not set this time', () => {
  it('takes no model from a key for it, and says why', async () => {
    place = await desk.gateway('1.5.16');
    edited('https://eu-one.openai.azure.example', 'os.environ/EU_BASE');
    const env = { ...place.env, EU_BASE: 'https://eu-one.openai.azure.example' };
    await place.call('run', { quiet: true }, { env });
    const before = await place.dump();
    lively.keys = { owned: { rpm_limit: 5 } };
    await place.call('run', { quiet: true, update: true });
    const now = await one('key', 'owned');
    expect(now['rate_limit']).toMatchObject({ request_max_limit: 5 });
    expect(JSON.stringify(now['provider_configs'])).toContain('azure');
    expect((await place.dump())['routingRules']).toEqual(before['routingRules']);
    expect(found('update_left').join()).toMatch(/"owned" keeps provider_configs.*cannot be read now \(mini\)/);
  });
});

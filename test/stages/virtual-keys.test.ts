import { describe, expect, it } from 'vitest';
import { virtualKeys } from '../../src/stages/virtual-keys.js';
import type { CreateWrite, Plan, RecordState, UpdateWrite } from '../../src/stages/plan.js';
import type { VirtualKey } from '../../src/sources/records.js';
import type { VirtualKeyObject } from '../../src/target/objects.js';
import {
  contextOf,
  deployment,
  membership,
  NEW_DIALECT,
  NO_LIMITS,
  OLD_BIFROST,
  OLD_DIALECT,
  organization,
  PENDING,
  secret,
  team,
  user,
  virtualKey,
  world,
  type ContextParts,
  type WorldParts,
} from '../factories.js';

const DEPLOYMENTS = ['a', 'b', 'c'].map((name) =>
  deployment(name, { model: `openai/up-${name}`, api_key: secret('k'), api_base: 'https://up.example/v1' }),
);

function plan(key: VirtualKey, parts: ContextParts & { world?: WorldParts; state?: Partial<RecordState> } = {}): Plan {
  const w = world({ deployments: DEPLOYMENTS, ...parts.world });
  return virtualKeys.plan(key, { ...PENDING, ...parts.state }, contextOf(w, parts));
}

function written(key: VirtualKey, parts: Parameters<typeof plan>[1] = {}) {
  const planned = plan(key, parts);
  if (planned.outcome !== 'write') throw new Error(`${planned.outcome}: ${JSON.stringify(planned)}`);
  const create = planned.writes[0] as CreateWrite;
  return { ...planned, body: create.body as Record<string, unknown>, create };
}

const limitsWith = (over: Partial<typeof NO_LIMITS>) => ({ ...NO_LIMITS, ...over });
const codes = (p: Plan): string[] => p.findings.map((f) => f.code);
const models = (key: VirtualKey, parts: Parameters<typeof plan>[1] = {}): string[] =>
  (written(key, parts).body['provider_configs'] as { allowed_models: string[] }[]).flatMap((c) => c.allowed_models);

describe('what is a key at all (V1)', () => {
  it('skips dashboard sessions, management keys and expired keys, each by its reason', () => {
    const reason = (key: VirtualKey, parts = {}) => {
      const p = plan(key, parts);
      return p.outcome === 'skipped' ? p.reason : p.outcome;
    };
    expect(reason(virtualKey('ui', { teamId: 'litellm-dashboard' }))).toBe('dashboard_session');
    expect(reason(virtualKey('m', { allowedRoutes: ['management_routes'] }))).toBe('not_an_inference_key');
    expect(reason(virtualKey('m', { allowedRoutes: ['/key/info', 'info_routes'] }))).toBe('not_an_inference_key');
    expect(reason(virtualKey('m', { allowedRoutes: ['/v1/chat/completions'] }))).toBe('write');
    const old = virtualKey('e', { expires: '2026-01-01T00:00:00Z' });
    expect(reason(old)).toBe('expired');
    expect(written(old, { settings: { expired: 'inactive' } }).body['is_active']).toBe(false);
  });
});

describe('allow-lists (V4, V5)', () => {
  it('hold exactly the public names, the keys that serve them, and a weight', () => {
    const { body } = written(virtualKey('k', { models: ['a'] }));
    expect(body['provider_configs']).toEqual([
      {
        provider: expect.stringMatching(/^openai-/) as string,
        weight: 1,
        allowed_models: ['a'],
        key_ids: [expect.stringMatching(/^id:openai-/) as string],
      },
    ]);
  });

  it('lose what "*" alone serves, instead of waiting for it', () => {
    const catchAll = deployment('*', { model: 'openai/*', api_key: secret('other') });
    const parts = { world: { deployments: [...DEPLOYMENTS, catchAll] } };
    const { body, missing, findings } = written(virtualKey('k', { models: ['a', 'gpt-4'] }), parts);
    expect(missing).toEqual([]);
    expect(body['provider_configs']).toMatchObject([{ allowed_models: ['a'] }]);
    expect(findings.find(({ code }) => code === 'deployment_not_carried')?.message).toContain('"gpt-4"');
  });

  it('are empty when nothing is left: disjoint lists never become everything', () => {
    const { body } = written(virtualKey('k', { models: ['a'], teamId: 't' }), {
      world: { teams: [team('t', { models: ['b'] })] },
      records: { 'team t': { status: 'written', bifrostId: 'T' } },
    });
    expect(body['provider_configs']).toEqual([]);
  });

  it('fold the organization in, say what is lost, and leave it out on request', () => {
    const parts = {
      world: { organizations: [organization('o', { models: ['a'] })] },
      records: { 'organization o': { status: 'written' as const, bifrostId: 'C' } },
    };
    const key = virtualKey('k', { organizationId: 'o', models: ['a', 'b'] });
    expect(models(key, parts)).toEqual(['a']);
    expect(codes(plan(key, parts))).toContain('organization_gate_now_enforced');
    expect(models(key, { ...parts, settings: { organizationGates: 'ignore' } })).toEqual(['a', 'b']);
  });

  it('give unrestricted keys the providers that were there before, with weight null, unless told not to', () => {
    const foreign = {
      kind: 'provider' as const,
      id: 'anthropic',
      name: 'anthropic',
      baseType: null,
      baseUrl: null,
      keyless: false,
      listModels: true,
      requestPathOverrides: {},
      allowPrivateNetwork: false,
    };
    const entry = { provider: 'anthropic', weight: null, allowed_models: ['*'], key_ids: ['*'] };
    expect(written(virtualKey('k'), { objects: [foreign] }).body['provider_configs']).toContainEqual(entry);
    expect(
      written(virtualKey('k'), { objects: [foreign], settings: { allModels: 'migrated' } }).body['provider_configs'],
    ).not.toContainEqual(entry);
    expect(
      written(virtualKey('k', { models: ['a'] }), { objects: [foreign] }).body['provider_configs'],
    ).not.toContainEqual(entry);
  });

  it('drop names whose provider key is missing and remember that they are', () => {
    const { body, missing } = written(virtualKey('k'), { everythingWritten: false });
    expect(body['provider_configs']).toEqual([]);
    expect(missing).toMatchObject([{ what: 'allow_list' }]);
  });

  it('name what fails without its fallback, and what LiteLLM answers besides public names', () => {
    const fallbacks = {
      world: { fallbacks: { a: ['b'], nick: ['b'] }, modelGroupAlias: { nick: 'a' } },
      settings: { routing: false },
    };
    const p = plan(virtualKey('k'), fallbacks);
    expect(p.findings.find((f) => f.code === 'fallback_needs_rule')?.message).toContain('"a", "nick"');
    expect(p.findings.find((f) => f.code === 'undocumented_name')?.message).toContain('"openai/up-a"');
    expect(codes(plan(virtualKey('k', { models: ['b'] }), fallbacks))).not.toContain('fallback_needs_rule');
    expect(codes(plan(virtualKey('k'), { world: fallbacks.world }))).not.toContain('fallback_needs_rule');
  });

  it('name fallbacks that only an older LiteLLM follows without the right to them', () => {
    const w = { fallbacks: { a: ['b'] } };
    const k = virtualKey('k', { models: ['a'] });
    expect(codes(plan(k, { world: { ...w, dialect: OLD_DIALECT } }))).toContain('fallback_not_permitted');
    expect(codes(plan(k, { world: w }))).not.toContain('fallback_not_permitted');
  });

  it('name what leads nowhere', () => {
    const p = plan(virtualKey('k', { models: ['a', 'gone'] }));
    expect(p.findings.find((f) => f.code === 'unmapped_model')?.message).toContain('"gone"');
  });

  it('split a name over providers by its weights, standby at 0', () => {
    const two = [
      deployment('g', { model: 'openai/x', api_key: secret('k'), weight: 3 }),
      deployment('g', { model: 'anthropic/y', api_key: secret('k2'), weight: 1 }),
    ];
    const weights = (list: typeof two, routing = false) =>
      (
        written(virtualKey('k'), { world: { deployments: list }, settings: { routing } }).body['provider_configs'] as {
          provider: string;
          weight: number;
        }[]
      ).map((c) => [c.provider, c.weight]);
    // With rules the virtual key only has to admit both.
    expect(weights(two, true)).toEqual([['anthropic', 1], ['openai', 1]]); // prettier-ignore
    expect(weights(two)).toEqual([['anthropic', 1], ['openai', 3]]); // prettier-ignore
    const standby = [two[0], { ...two[1], params: { ...two[1]?.params, weight: 0 } }] as typeof two;
    expect(weights(standby)).toEqual([['anthropic', 0], ['openai', 3]]); // prettier-ignore
  });
});

describe('names that only an access group opens (L§4.5)', () => {
  const tagged = (upstream: string, tag: string | null) =>
    deployment(
      'g',
      { model: `openai/${upstream}`, api_key: secret(upstream) },
      { modelInfo: tag === null ? {} : { access_groups: [tag] } },
    );
  const group = { deployments: [tagged('x', 'red'), tagged('y', 'blue'), tagged('z', null)] };
  const keyIds = (models: string[], more: WorldParts = {}): number =>
    (
      written(virtualKey('k', { models }), { world: { ...group, ...more } }).body['provider_configs'] as {
        key_ids: string[];
      }[]
    ).flatMap((c) => c.key_ids).length;

  it('reach only the deployments that carry the group, in versions that filter', () => {
    expect(keyIds(['red'])).toBe(1);
    expect(keyIds(['red', 'blue'])).toBe(2);
    expect(keyIds(['red'], { dialect: OLD_DIALECT })).toBe(3);
  });

  it('reach all of them when the name itself, * or nothing is listed', () => {
    for (const models of [['red', 'g'], ['red', '*'], []]) expect(keyIds(models)).toBe(3);
  });

  it('do not make the group a model that leads nowhere', () => {
    expect(codes(plan(virtualKey('k', { models: ['red'] }), { world: group }))).not.toContain('unmapped_model');
  });
});

describe('wildcards (M17, P§2.8)', () => {
  const wild = {
    deployments: [deployment('wild/*', { model: 'openai/*', api_key: secret('k'), api_base: 'https://w.example/v1' })],
  };
  const entries = (models: string[], capabilities = {}): unknown =>
    written(virtualKey('k', { models }), { world: wild, capabilities }).body['provider_configs'];
  const entry = (allowed: string[]) => ({
    provider: 'wild',
    weight: null,
    allowed_models: allowed,
    key_ids: ['id:wild/w.example *'],
  });
  const sink = { provider: 'no-such-model', weight: 0, allowed_models: ['*'], key_ids: ['*'] };

  it('are granted whole to whoever may call any name behind the prefix, by name to whoever lists names', () => {
    expect(entries([])).toEqual([sink, entry(['*'])]);
    expect(entries(['wild/*'])).toEqual([sink, entry(['*'])]);
    expect(entries(['wild/x', 'wild/y'])).toEqual([sink, entry(['x', 'y'])]);
    expect(entries(['other'])).toEqual([]);
  });

  it('come with an entry that takes bare names nobody serves, on every gateway and for names spelled out, too', () => {
    expect(entries([], OLD_BIFROST)).toEqual([sink, entry(['*'])]);
    expect(entries(['wild/a'], OLD_BIFROST)).toEqual([sink, entry(['a'])]);
  });

  it('are not granted whole by an entry that is an expression: it passes some names only', () => {
    const p = written(virtualKey('k', { models: ['wild/[a-f]*'] }), { world: wild });
    expect(p.body['provider_configs']).toEqual([]);
    expect(p.findings.find((f) => f.code === 'partial_list_entry')?.message).toContain('"wild/[a-f]*"');
  });

  it('serve bare names that LiteLLM knows', () => {
    const openai = { deployments: [deployment('openai/*', { model: 'openai/*', api_key: secret('k') })] };
    const { body } = written(virtualKey('k', { models: ['openai/*'] }), { world: openai });
    const configs = body['provider_configs'] as { provider: string; weight: number; allowed_models: string[] }[];
    const own = configs.find((c) => c.provider === 'openai');
    expect([own?.weight, own?.allowed_models.includes('gpt-4-turbo')]).toEqual([1, true]);
    const other = written(virtualKey('k', { models: ['gpt-4'] }), { world: openai });
    expect(other.body['provider_configs']).toMatchObject([{ provider: 'openai', allowed_models: ['gpt-4'] }]);
  });
});

describe('owner (V3)', () => {
  const teams = { world: { teams: [team('t')] } };

  it('is the team by its journal id, even when two teams share an alias', () => {
    const parts = {
      world: { teams: [team('t1', { alias: 'same' }), team('t2', { alias: 'same' })] },
      records: {
        'team t1': { status: 'written' as const, bifrostId: 'T1' },
        'team t2': { status: 'written' as const, bifrostId: 'T2' },
      },
    };
    expect(written(virtualKey('k', { teamId: 't2' }), parts).body).toMatchObject({ team_id: 'T2' });
  });

  it('is left out, warned about and remembered when the team is not there', () => {
    const p = written(virtualKey('k', { teamId: 't' }), { ...teams, records: { 'team t': { status: 'failed' } } });
    expect(p.body).not.toHaveProperty('team_id');
    expect(p.missing).toMatchObject([{ what: 'owner' }]);
    expect(codes(p)).toContain('unlinked');
  });

  it('is waited for with --require-owner', () => {
    expect(plan(virtualKey('k', { teamId: 't' }), { ...teams, settings: { requireOwner: true } }).outcome).toBe(
      'waiting',
    );
  });

  it('is the organization when the team is gone', () => {
    const parts = {
      world: { organizations: [organization('o')], dialect: OLD_DIALECT },
      records: { 'organization o': { status: 'written' as const, bifrostId: 'C' } },
    };
    const { body, findings } = written(virtualKey('k', { teamId: 'gone', organizationId: 'o' }), parts);
    expect(body).toMatchObject({ customer_id: 'C', is_active: true });
    expect(findings.find(({ code }) => code === 'team_missing')?.message).toContain('belongs to its organization');
  });

  it('is the organization only without a team', () => {
    const parts = {
      world: { organizations: [organization('o')] },
      records: { 'organization o': { status: 'written' as const, bifrostId: 'C' } },
    };
    expect(written(virtualKey('k', { organizationId: 'o' }), parts).body).toMatchObject({ customer_id: 'C' });
  });
});

describe('keys that must not come alive (V7, V8)', () => {
  const active = (key: VirtualKey, parts: Parameters<typeof plan>[1] = {}) => written(key, parts).body['is_active'];
  const linked = { 'team t': { status: 'written' as const, bifrostId: 'T' } };

  it('are created inactive when the key or its team is blocked', () => {
    expect(active(virtualKey('k', { blocked: true }))).toBe(false);
    expect(
      active(virtualKey('k', { teamId: 't' }), { world: { teams: [team('t', { blocked: true })] }, records: linked }),
    ).toBe(false);
    expect(active(virtualKey('k'))).toBe(true);
  });

  it.each(['maxBudget', 'tpmLimit', 'rpmLimit', 'maxParallelRequests'] as const)(
    'are created inactive when %s is 0',
    (limit) => {
      const key = virtualKey('k', { limits: { ...NO_LIMITS, [limit]: 0 } });
      expect(active(key)).toBe(false);
      expect(active(key, { settings: { zeroLimits: 'ignore' } })).toBe(true);
    },
  );

  it('are created inactive when the linked budget, user, member or organization has nothing to spend', () => {
    const zero = { ...NO_LIMITS, maxBudget: 0 };
    expect(active(virtualKey('k', { budgetId: 'b' }), { world: { budgets: { b: zero } } })).toBe(false);
    expect(active(virtualKey('k', { userId: 'u' }), { users: [user('u', { limits: zero })] })).toBe(false);
    expect(
      active(virtualKey('k', { userId: 'u', teamId: 't' }), {
        world: { teams: [team('t')] },
        records: linked,
        memberships: [membership('t', 'u', { limits: zero })],
      }),
    ).toBe(false);
    const org = { organizations: [organization('o', { limits: zero })] };
    expect(active(virtualKey('k', { organizationId: 'o' }), { world: org })).toBe(false);
    expect(active(virtualKey('k', { organizationId: 'o' }), { world: { ...org, dialect: OLD_DIALECT } })).toBe(true);
  });

  it('keep what costs nothing under a budget of 0, in versions that let it pass', () => {
    const priced = (name: string, cost: number | null, unpriced?: true) =>
      deployment(
        name,
        { model: `openai/${name}`, api_key: secret('k'), ...(cost === 0 && { input_cost_per_token: 0 }) },
        { inputCost: cost, outputCost: cost, ...(unpriced && { unpriced }) },
      );
    const key = virtualKey('k', { limits: { ...NO_LIMITS, maxBudget: 0 } });
    const deployments = [
      priced('free', 0),
      priced('paid', 1e-6),
      priced('unasked', null),
      priced('unpriced', null, true),
      priced('both', 0),
      priced('both', 1),
    ];
    const modelGroupAlias = { nick: 'free' };
    const { body, findings } = written(key, { world: { deployments, modelGroupAlias, dialect: OLD_DIALECT } });
    expect(body).toMatchObject({ is_active: true, provider_configs: [{ allowed_models: ['free', 'unpriced'] }] });
    expect(findings.map((f) => f.code)).toContain('zero_budget_leaves_free');
    expect(active(key, { world: { deployments } })).toBe(false);
    const rpm = virtualKey('k', { limits: { ...NO_LIMITS, maxBudget: 0, rpmLimit: 0 } });
    expect(active(rpm, { world: { deployments, dialect: OLD_DIALECT } })).toBe(false);
  });

  it('are created inactive when the team is gone, in versions that refuse them', () => {
    expect(active(virtualKey('k', { teamId: 'gone' }))).toBe(false);
    expect(active(virtualKey('k', { teamId: 'gone' }), { world: { dialect: OLD_DIALECT } })).toBe(true);
  });
});

describe('limits (V10)', () => {
  const limits = (over: Partial<typeof NO_LIMITS>) => ({ ...NO_LIMITS, ...over });

  it('take from the linked budget what the key leaves out, but not its duration', () => {
    const { body } = written(virtualKey('k', { budgetId: 'b' }), {
      world: { budgets: { b: limits({ maxBudget: 5, budgetDuration: '7d', rpmLimit: 3 }) } },
    });
    expect(body['budgets']).toEqual([{ max_limit: 5, reset_duration: '10Y' }]);
    expect(body['rate_limit']).toEqual({ request_max_limit: 3, request_reset_duration: '1m' });
  });

  it('stand on the key for user and member too, the lowest of each window', () => {
    const key = virtualKey('k', {
      userId: 'u',
      limits: limits({ maxBudget: 50, budgetDuration: '30d', tpmLimit: 900 }),
    });
    const { body } = written(key, {
      users: [user('u', { limits: limits({ maxBudget: 10, budgetDuration: '30d', tpmLimit: 100 }) })],
    });
    expect(body['budgets']).toEqual([{ max_limit: 10, reset_duration: '30d' }]);
    expect(body['rate_limit']).toEqual({ token_max_limit: 100, token_reset_duration: '1m' });
  });

  it("of the user bind a team's keys too, but for the budget (L§4.14, L§4.15)", () => {
    const parts = {
      users: [user('u', { limits: limits({ maxBudget: 10, rpmLimit: 7, tpmLimit: 100 }) })],
      world: { teams: [team('t')] },
      records: { 'team t': { status: 'written' as const, bifrostId: 'T' } },
    };
    const { body } = written(virtualKey('k', { userId: 'u', teamId: 't', limits: limits({ rpmLimit: 9 }) }), parts);
    expect(body['rate_limit']).toMatchObject({ request_max_limit: 7, token_max_limit: 100 });
    expect(body['budgets']).toBeUndefined();
  });

  it("below 0 block at once, the team's too", () => {
    const less = limits({ maxBudget: -1 });
    expect(written(virtualKey('k', { limits: less })).body['is_active']).toBe(false);
    expect(
      written(virtualKey('k', { teamId: 't' }), { world: { teams: [team('t', { limits: less })] } }).body,
    ).toMatchObject({
      is_active: false,
    });
    const zero = { world: { teams: [team('t', { limits: limits({ maxBudget: 0 }) })] } };
    expect(written(virtualKey('k', { teamId: 't' }), zero).body['is_active']).toBe(true);
  });

  it('name a budget that cannot fill because Bifrost has no price', () => {
    expect(codes(plan(virtualKey('k', { limits: limits({ maxBudget: 5 }) })))).toContain('budget_without_price');
    expect(codes(plan(virtualKey('k')))).not.toContain('budget_without_price');
  });

  it('fail the record alone when nobody can read the duration', () => {
    expect(plan(virtualKey('k', { limits: limits({ maxBudget: 5, budgetDuration: 'soon' }) }))).toMatchObject({
      outcome: 'failed',
      reason: 'limit_unreadable',
    });
  });

  it('say when a future expiry is not carried, and carry it where it can be', () => {
    const key = virtualKey('k', { expires: '2027-01-01T00:00:00Z' });
    expect(plan(key).findings.find((f) => f.code === 'expiry_not_carried')?.message).toContain('2027-01-01');
    expect(written(key, { capabilities: { virtualKeyExpiry: true } }).body).toMatchObject({
      expires_at: '2027-01-01T00:00:00Z',
    });
  });
});

describe('limits per model (V10)', () => {
  const key = virtualKey('k', {
    limits: limitsWith({
      modelMaxBudget: { a: { budget_limit: 1.5, time_period: '1d' }, b: 7, c: { budget_limit: 0 } },
    }),
    metadata: { model_rpm_limit: { a: 3 }, model_tpm_limit: { b: 900 } },
  });
  const scoped = (k: VirtualKey, parts: Parameters<typeof plan>[1] = {}) => {
    const p = plan(k, { ...parts, state: { status: 'written', bifrostId: 'V', bifrostName: 'k' } });
    return p.outcome === 'write' ? p.writes.flatMap((w) => (w.action === 'create' ? [w.body] : [])) : p.outcome;
  };

  it('are written as model configs of the key, once it has an id', () => {
    expect(written(key)).toMatchObject({ again: true });
    expect(scoped(key)).toEqual([
      {
        model_name: 'a',
        scope: 'virtual_key',
        scope_id: 'V',
        budgets: [{ max_limit: 1.5, reset_duration: '1d' }],
        rate_limit: { request_max_limit: 3, request_reset_duration: '1m' },
      },
      {
        model_name: 'b',
        scope: 'virtual_key',
        scope_id: 'V',
        budgets: [{ max_limit: 7, reset_duration: '10Y' }],
        rate_limit: { token_max_limit: 900, token_reset_duration: '1m' },
      },
    ]);
  });

  it('leave what is told of the name', () => {
    const p = plan(key, { state: { status: 'written', bifrostId: 'V', bifrostName: 'k (12345678)' } });
    expect(codes(p)).toContain('renamed');
  });

  it('are not written twice', () => {
    const p = plan(key, { state: { status: 'written', bifrostId: 'V', bifrostName: 'k' } });
    const detail = p.outcome === 'write' ? p.detail : {};
    expect(plan(key, { state: { status: 'written', bifrostId: 'V', bifrostName: 'k', detail } }).outcome).toBe(
      'settled',
    );
  });

  it('are written after a kill even when the record has changed meanwhile, and nothing else is', () => {
    const p = plan(key);
    const detail = p.outcome === 'write' ? p.detail : {};
    const cut = { status: 'written' as const, bifrostId: 'V', bifrostName: 'k', drifted: true, detail };
    const resumed = plan(key, { state: cut });
    const writes = resumed.outcome === 'write' ? resumed.writes : [];
    expect(writes.map(({ kind, action }) => `${action} ${kind}`)).toEqual([
      'create model_config',
      'create model_config',
    ]);
    const done = resumed.outcome === 'write' ? resumed.detail : {};
    expect(plan(key, { state: { ...cut, detail: done } }).outcome).toBe('settled');
  });

  it('come from the team where the key has none', () => {
    const parts = {
      world: { teams: [team('t', { metadata: { model_rpm_limit: { a: 5 } } })] },
      records: { 'team t': { status: 'written' as const, bifrostId: 'T' } },
    };
    expect(scoped(virtualKey('k', { teamId: 't' }), parts)).toMatchObject([
      { model_name: 'a', rate_limit: { request_max_limit: 5 } },
    ]);
  });

  it('come from one table, whole: of the key, else of its budgets, else of the team (L§4.15)', () => {
    const parts = {
      world: { teams: [team('t', { metadata: { model_rpm_limit: { c: 5 } } })] },
      records: { 'team t': { status: 'written' as const, bifrostId: 'T' } },
    };
    const budgets = limitsWith({ modelMaxBudget: { b: { rpm_limit: 4 } } });
    const names = (over: Partial<VirtualKey>): unknown => {
      const found = scoped(virtualKey('k', { teamId: 't', ...over }), parts);
      return Array.isArray(found) ? found.map((body) => body['model_name']) : found;
    };
    expect(names({ limits: budgets, metadata: { model_rpm_limit: { a: 3 } } })).toEqual(['a']);
    expect(names({ limits: budgets })).toEqual(['b']);
    expect(names({})).toEqual(['c']);
    const none = virtualKey('k', {
      models: ['a', 'b'],
      limits: limitsWith({ modelMaxBudget: { b: { rpm_limit: 0 } } }),
    });
    expect(models(none)).toEqual(['a']);
  });

  it('are findings on gateways without scopes, where they would bind everybody', () => {
    const p = plan(key, { capabilities: OLD_BIFROST });
    expect(p.outcome === 'write' && p.again).toBeUndefined();
    expect(p.findings.find((f) => f.code === 'model_limit_not_carried')?.message).toContain('a, b');
  });

  describe('of a model with another name', () => {
    const keyAliases = [{ alias: 'short', target: 'a', teamId: null }];
    const lists = { models: ['a', 'b', 'short'], aliases: { short: 'a' } };

    it('stand on every name that leads to the model, which is said', () => {
      const limited = virtualKey('k', { ...lists, metadata: { model_rpm_limit: { a: 4 } } });
      expect(scoped(limited, { keyAliases })).toMatchObject([{ model_name: 'a' }, { model_name: 'short' }]);
      const told = plan(limited, { keyAliases }).findings.find(({ code }) => code === 'model_limit_per_name');
      expect(told?.message).toContain('a (a, short)');
    });

    it('bind calls that fall back to it too, which LiteLLM does not ask, and which is said', () => {
      const limited = virtualKey('k', { models: ['a', 'b'], metadata: { model_rpm_limit: { a: 4 } } });
      const world = { fallbacks: { b: ['a'] } };
      const told = (parts: Parameters<typeof plan>[1]): string | undefined =>
        plan(limited, parts).findings.find(({ code }) => code === 'model_limit_on_fallback')?.message;
      expect(told({ world })).toContain('b (a)');
      expect(told({})).toBeUndefined();
      expect(told({ world, capabilities: OLD_BIFROST })).toBeUndefined();
    });

    it('take both off the list when they are 0', () => {
      const zero = virtualKey('k', { ...lists, metadata: { model_rpm_limit: { a: 0 } } });
      expect(models(virtualKey('k', lists), { keyAliases })).toEqual(['a', 'b', 'short']);
      expect(models(zero, { keyAliases })).toEqual(['b']);
    });
  });

  it('of 0 take the model off the list', () => {
    expect(models(virtualKey('k', { models: ['a', 'b'], metadata: { model_rpm_limit: { a: 0 } } }))).toEqual(['b']);
  });
});

describe('names (V2)', () => {
  it('keep the alias for the first, and mark the others by their token', () => {
    const key = virtualKey('dup', { id: `feedbeef${'1'.repeat(56)}` });
    expect(written(key).body['name']).toBe('dup');
    expect(written(key, { ranks: { [key.id]: 1 } }).body['name']).toBe('dup (feedbeef)');
    expect(plan(key, { ranks: { [key.id]: 1 }, settings: { onCollision: 'fail' } })).toMatchObject({
      outcome: 'failed',
      failure: 'conflict',
    });
  });

  it('fall back to the masked name and the token', () => {
    expect(written(virtualKey(null, { id: 'a'.repeat(64) })).body['name']).toBe('sk-...abcd aaaaaaaa');
  });
});

describe('adoption and completion', () => {
  const gateway = (over: Partial<VirtualKeyObject> = {}): VirtualKeyObject => ({
    kind: 'virtual_key',
    id: 'V',
    name: 'k',
    description: '',
    isActive: true,
    teamId: null,
    customerId: null,
    providerConfigs: [],
    budgets: [],
    rateLimit: null,
    ...over,
  });
  const difference = [{ field: 'provider_configs', wanted: 'a', found: '*' }];

  it('adopts its own object by the marker, never a stranger that differs', () => {
    const { create, body } = written(virtualKey('k'));
    expect(create.adopt(gateway({ description: body['description'] as string }), difference).verdict).toBe('adopt');
    expect(create.adopt(gateway(), difference).verdict).toBe('conflict');
    expect(create.adopt(gateway(), []).verdict).toBe('adopt');
  });

  it('links an unlinked key once its team is there, keeping its rows', () => {
    const state = {
      status: 'written' as const,
      bifrostId: 'V',
      bifrostName: 'k',
      missing: [{ what: 'owner' as const, message: '' }],
    };
    const p = plan(virtualKey('k', { teamId: 't', models: ['a'] }), {
      world: { teams: [team('t')] },
      records: { 'team t': { status: 'written', bifrostId: 'T' } },
      state,
    });
    expect(p.outcome === 'write' && p.missing).toEqual([]);
    const update = (p.outcome === 'write' ? p.writes[0] : undefined) as UpdateWrite;
    expect(update.body(gateway())).toEqual({ team_id: 'T' });
    expect(update.body(gateway({ teamId: 'X' }))).toBeNull();
  });

  it('resends the owner on gateways that clear it', () => {
    const state = {
      status: 'written' as const,
      bifrostId: 'V',
      bifrostName: 'k',
      missing: [{ what: 'allow_list' as const, message: '' }],
    };
    const p = plan(virtualKey('k', { models: ['a'] }), { capabilities: OLD_BIFROST, state });
    const update = (p.outcome === 'write' ? p.writes[0] : undefined) as UpdateWrite;
    expect(update.body(gateway({ teamId: 'X' }))).toMatchObject({
      team_id: 'X',
      provider_configs: [{ allowed_models: ['a'] }],
    });
  });

  it('leaves a complete, restricted key alone, and grows an unrestricted one only when something came', () => {
    const state = { status: 'written' as const, bifrostId: 'V', bifrostName: 'k' };
    expect(plan(virtualKey('k', { models: ['a'] }), { state }).outcome).toBe('settled');
    const first = written(virtualKey('k'));
    expect(plan(virtualKey('k'), { state: { ...state, detail: first.detail } }).outcome).toBe('settled');
    const more = { deployments: [...DEPLOYMENTS, deployment('new', { model: 'groq/x', api_key: secret('g') })] };
    expect(plan(virtualKey('k'), { state: { ...state, detail: first.detail }, world: more }).outcome).toBe('write');
  });
});

describe('version differences reach the key', () => {
  it('checks a key alias as the version does', () => {
    const key = virtualKey('k', { models: ['a', 'x'], aliases: { x: 'c' } });
    const keyAliases = [{ alias: 'x', target: 'c', teamId: null }];
    expect(models(key, { keyAliases, world: { dialect: OLD_DIALECT } })).toEqual(['a', 'x']);
    expect(models(key, { keyAliases, world: { dialect: NEW_DIALECT } })).toEqual(['a']);
  });
});

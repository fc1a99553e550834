import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Deployment } from '../../src/sources/records.js';
import { askOrganizationGate, MASTER, upstreamOf, type LitellmOracle } from './litellm/oracle.js';
import {
  deployment,
  key,
  NO_LIMITS,
  oracle,
  organization,
  ROW,
  team,
  teamDeployment,
  user,
  type Parts,
} from './litellm-small-world.js';

const ALL = ['1.81.13', '1.106.2', '1.109.1'] as const;

/** Deployments that answer by themselves, or why none does. */
function reached(judge: LitellmOracle, id: string, name: string): readonly string[] | string {
  const answer = judge.ask(id, name);
  return answer.allowed ? answer.reaches.map(({ deployment: one }) => one) : answer.why;
}

const [A, B] = [deployment('a', 'openai/up-a'), deployment('b', 'azure/up-b')];

describe.each(ALL)('on LiteLLM %s', (version) => {
  it('an empty list allows everything, no-default-models nothing, and a name is case-sensitive', () => {
    const keys = [key('all'), key('none', { models: ['no-default-models'] }), key('a', { models: ['a'] })];
    const judge = oracle(version, { deployments: [A, B], keys });
    expect(reached(judge, 'all', 'b')).toEqual(['b']);
    expect(reached(judge, 'none', 'a')).toBe('key models');
    expect(reached(judge, 'a', 'A')).toBe('key models');
    expect(reached(judge, 'all', 'c')).toBe('unknown model');
    expect(reached(judge, 'nobody', 'a')).toBe('unknown key');
  });

  it('an entry with a star is a regular expression, one without is a name', () => {
    const keys = [key('star', { models: ['mod.l-*'] }), key('dot', { models: ['model-.'] })];
    const judge = oracle(version, { deployments: [deployment('model-a', 'openai/x')], keys });
    expect(reached(judge, 'star', 'model-a')).toEqual(['model-a']);
    expect(reached(judge, 'dot', 'model-a')).toBe('key models');
  });

  it('a wildcard also takes bare names the model map knows, and the most specific pattern answers', () => {
    const deployments = [deployment('openai/*', 'openai/*'), deployment('openai/gpt-4*', 'azure/four-*')];
    const judge = oracle(version, { deployments, keys: [key('k', { models: ['openai/*'] })] });
    expect(judge.ask('k', 'gpt-4-turbo')).toMatchObject({
      reaches: [{ deployment: 'openai/gpt-4*', upstream: 'four--turbo' }],
    });
    expect(reached(judge, 'k', 'openai/o-what')).toEqual(['openai/*']);
    expect(reached(judge, 'k', 'what')).toBe('key models');
  });

  it("needs the key's and the team's list, or the user's for a key without a team", () => {
    const keys = [
      key('team', { models: ['a', 'b'], teamId: 't', userId: 'u' }),
      key('own', { models: ['a', 'b'], userId: 'u' }),
      key('ghost', { models: ['b'], userId: 'gone' }),
      key('all', { models: ['all-team-models'], teamId: 't' }),
    ];
    const people = { keys, users: [user('u', { models: ['b'] })] };
    const judge = oracle(version, { deployments: [A, B], teams: [team('t', { models: ['a'] })], ...people });
    expect(reached(judge, 'team', 'a')).toEqual(['a']);
    expect(reached(judge, 'team', 'b')).toBe('team models');
    expect(reached(judge, 'own', 'a')).toBe('user models');
    expect(reached(judge, 'own', 'b')).toEqual(['b']);
    expect(reached(judge, 'ghost', 'b')).toEqual(['b']);
    expect(reached(judge, 'all', 'b')).toBe('team models');
  });

  it('a team alias opens its target, whatever the lists say', () => {
    const teams = [team('t', { models: ['a'], modelAliases: { x: 'b' } })];
    const judge = oracle(version, { deployments: [A, B], teams, keys: [key('k', { teamId: 't', models: ['a'] })] });
    expect(reached(judge, 'k', 'x')).toEqual(['b']);
    expect(reached(judge, 'k', 'b')).toBe('key models');
  });

  it('a listed model_group_alias does not open its target, a listed target opens the alias', () => {
    const keys = [key('alias', { models: ['other'] }), key('target', { models: ['a'] })];
    const judge = oracle(version, { deployments: [A], keys, router: { modelGroupAlias: { other: 'a' } } });
    expect([reached(judge, 'alias', 'other'), reached(judge, 'alias', 'a')]).toEqual([['a'], 'key models']);
    expect(reached(judge, 'target', 'other')).toEqual(['a']);
  });

  it('unified groups add to a list that denies, never take from an empty one', () => {
    const accessGroups = new Map([['g', { id: 'g', name: 'g', models: ['b'] }]]);
    const keys = [
      key('only', { models: ['no-default-models'], accessGroupIds: ['g'] }),
      key('open', { accessGroupIds: ['g'] }),
    ];
    const judge = oracle(version, { deployments: [A, B], keys, accessGroups });
    expect([reached(judge, 'only', 'b'), reached(judge, 'only', 'a')]).toEqual([['b'], 'key models']);
    expect(reached(judge, 'open', 'a')).toEqual(['a']);
  });

  it('answers to the model string of a deployment, for keys that may use it', () => {
    const keys = [key('all'), key('listed', { models: ['azure/up-b'] }), key('a', { models: ['a'] })];
    const judge = oracle(version, { deployments: [A, B], keys });
    expect([reached(judge, 'all', 'azure/up-b'), reached(judge, 'listed', 'azure/up-b')]).toEqual([['b'], ['b']]);
    expect(reached(judge, 'a', 'azure/up-b')).toBe('key models');
  });

  it("keeps a team's deployment from other teams and shadows the global one", () => {
    const deployments = [A, teamDeployment('t', 'a', 'openai/own')];
    const internal = { a: 'model_name_t_1' };
    const teams = [team('t', { modelAliases: version === '1.81.13' ? internal : {} }), team('u')];
    const keys = [key('own', { teamId: 't' }), key('other', { teamId: 'u' }), key('personal')];
    const judge = oracle(version, { deployments, teams, keys });
    expect(reached(judge, 'own', 'a')).toEqual(['t/a']);
    expect([reached(judge, 'other', 'a'), reached(judge, 'personal', 'a')]).toEqual([['a'], ['a']]);
  });

  it('refuses blocked and expired keys, blocked teams, and keys for other routes', () => {
    const keys = [
      key('blocked', { blocked: true }),
      key('expired', { expires: '2025-12-31T23:59:59Z' }),
      key('later', { expires: '2026-01-01T00:00:01Z' }),
      key('team', { teamId: 't' }),
      key('manager', { allowedRoutes: ['management_routes'] }),
      key('inference', { allowedRoutes: ['llm_api_routes'] }),
      key('chat', { allowedRoutes: ['/v1/chat'] }),
    ];
    const judge = oracle(version, { deployments: [A], teams: [team('t', { blocked: true })], keys });
    expect(keys.map(({ id }) => reached(judge, id, 'a'))).toEqual([
      'key blocked',
      'key expired',
      ['a'],
      'team blocked',
      'route',
      ['a'],
      ['a'],
    ]);
    expect(judge.ask('chat', 'a', undefined, '/v1/embeddings')).toEqual({ allowed: false, why: 'route' });
  });

  it('a limit of 0 refuses at once, unless it belongs to a team or is a soft one', () => {
    const zero = { ...NO_LIMITS, maxBudget: 0 };
    const priced = deployment('p', 'openai/p', { inputCost: 0.1, outputCost: 0.1 });
    const keys = [
      key('key', { limits: zero }),
      key('linked', { budgetId: 'zero' }),
      key('team', { teamId: 't' }),
      key('soft', { limits: { ...NO_LIMITS, softBudget: 0 } }),
      ...(['rpmLimit', 'tpmLimit', 'maxParallelRequests'] as const).map((member) =>
        key(member, { limits: { ...NO_LIMITS, [member]: 0 } }),
      ),
    ];
    const teams = [team('t', { limits: zero })];
    const judge = oracle(version, { deployments: [priced], teams, keys, budgets: new Map([['zero', zero]]) });
    expect(keys.map(({ id }) => reached(judge, id, 'p'))).toEqual([
      'budget',
      'budget',
      ['p'],
      ['p'],
      'rate limit',
      'rate limit',
      'rate limit',
    ]);
    expect(judge.ask('team', 'p', () => 0.001)).toEqual({ allowed: false, why: 'budget' });
  });

  it('the organization gate is nothing LiteLLM asks, and can be asked by itself', () => {
    const keys = [key('own', { organizationId: 'o' }), key('team', { teamId: 't' }), key('none')];
    const organizations = [organization('o', { models: ['a'] })];
    const teams = [team('t', { organizationId: 'o' })];
    const judge = oracle(version, { deployments: [A, B], organizations, teams, keys });
    for (const { id } of keys) expect(reached(judge, id, 'b')).toEqual(['b']);
    expect(keys.map(({ id }) => askOrganizationGate(judge, id, 'b'))).toEqual([false, false, true]);
    expect(keys.map(({ id }) => askOrganizationGate(judge, id, 'a'))).toEqual([true, true, true]);
  });

  it('lists every limit that binds a key, scope by scope', () => {
    const limits = { ...NO_LIMITS, maxBudget: 5, budgetDuration: '30d', rpmLimit: 7 };
    const keys = [
      key('k', {
        teamId: 't',
        userId: 'u',
        organizationId: 'o',
        budgetId: 'b',
        metadata: { model_rpm_limit: { a: 3 } },
      }),
    ];
    const judge = oracle(version, {
      keys,
      users: [user('u', { limits })],
      teams: [team('t', { limits })],
      organizations: [organization('o', { limits })],
      budgets: new Map([['b', { ...limits, maxBudget: 2 }]]),
      memberships: [
        {
          ...ROW,
          kind: 'membership',
          id: 'm',
          name: 'm',
          teamId: 't',
          userId: 'u',
          role: 'user',
          limits,
          allowedModels: [],
        },
      ],
    });
    const told = judge.limitsOf('k').map((one) => [one.scope, one.measure, one.limit, one.window, one.model].join(' '));
    expect(told.sort()).toEqual(
      [
        'key budget 2  ',
        'key requests 7 60s ',
        'key requests 3 60s a',
        'member budget 5 30d ',
        'member requests 7 60s ',
        'organization budget 5 30d ',
        'organization requests 7 60s ',
        'team budget 5 30d ',
        'team requests 7 60s ',
        'user requests 7 60s ',
      ].sort(),
    );
  });
});

/** One rule, what each version makes of it. */
function perVersion<T>(parts: Parts, ask: (judge: LitellmOracle) => T): readonly T[] {
  return ALL.map((version) => ask(oracle(version, parts)));
}

describe('where versions differ', () => {
  it('1.81.13 asks for the alias name of a key alias, newer ones for its target', () => {
    const aliases = { x: 'b' };
    const keys = [key('alias', { models: ['x'], aliases }), key('target', { models: ['b'], aliases })];
    const ask = (id: string) => perVersion({ deployments: [B], keys }, (judge) => reached(judge, id, 'x'));
    expect(ask('alias')).toEqual([['b'], 'key models', 'key models']);
    expect(ask('target')).toEqual(['key models', ['b'], ['b']]);
  });

  it('a key whose team is gone is free in 1.81.13 and refused by newer ones', () => {
    const parts = { deployments: [A], keys: [key('k', { teamId: 'gone' })] };
    expect(perVersion(parts, (judge) => reached(judge, 'k', 'a'))).toEqual([['a'], 'team missing', 'team missing']);
  });

  it('a name only a model access group gives reaches only deployments that carry the group, since 1.109.1', () => {
    const deployments = [
      deployment('x', 'openai/one', { id: 'with', modelInfo: { access_groups: ['g'] } }),
      deployment('x', 'openai/two', { id: 'without' }),
    ];
    const keys = [key('group', { models: ['g'] }), key('both', { models: ['g', 'x'] })];
    const [older, , latest] = perVersion({ deployments, keys }, (judge) => reached(judge, 'group', 'x'));
    expect([older, latest]).toEqual([['with', 'without'], ['with']]);
    expect(reached(oracle('1.109.1', { deployments, keys }), 'both', 'x')).toEqual(['with', 'without']);
  });

  it("an alias to a name the team shadows: the team's deployment since 1.109.1, the global one in 1.81.13", () => {
    const deployments = [A, teamDeployment('t', 'a', 'openai/own')];
    const parts = { deployments, router: { modelGroupAlias: { other: 'a' } }, keys: [key('k', { teamId: 't' })] };
    const [older, , latest] = perVersion({ ...parts, teams: [team('t')] }, (judge) => reached(judge, 'k', 'other'));
    expect([older, latest]).toEqual([['a'], ['t/a']]);
  });

  it("proxy admins reach a team's name in newer versions, other personal keys never", () => {
    const deployments = [teamDeployment('t', 'own', 'openai/own')];
    const keys = [key('admin', { userId: 'u' }), key('personal')];
    const parts = { deployments, keys, users: [user('u', { role: 'proxy_admin' })], teams: [team('t')] };
    const ask = (id: string) => perVersion(parts, (judge) => reached(judge, id, 'own'));
    expect(ask('admin')).toEqual(['unknown model', ['t/own'], ['t/own']]);
    expect(ask(MASTER)).toEqual(['unknown model', ['t/own'], ['t/own']]);
    expect(ask('personal')).toEqual(['unknown model', 'unknown model', 'unknown model']);
  });

  it('fallback targets are free up to 1.106.2 and asked for since 1.109.1', () => {
    const keys = [key('a', { models: ['a'] }), key('ab', { models: ['a', 'b'] })];
    const parts = { deployments: [A, B], keys, router: { fallbacks: { a: ['b'] } } };
    const ask = (id: string) =>
      perVersion(parts, (judge) => {
        const answer = judge.ask(id, 'a');
        return answer.allowed ? answer.fallbacks.map(({ name }) => name) : answer.why;
      });
    expect(ask('a')).toEqual([['b'], ['b'], []]);
    expect(ask('ab')).toEqual([['b'], ['b'], ['b']]);
  });

  it('a used up limit for a model refuses in 1.81.13 and starts the fallback in newer ones', () => {
    const keys = [key('k', { metadata: { model_rpm_limit: { a: 0 } } })];
    const parts = { deployments: [A, B], keys, router: { fallbacks: { a: ['b'] } } };
    const [older, ...newer] = perVersion(parts, (judge) => judge.ask('k', 'a'));
    expect(older).toEqual({ allowed: false, why: 'rate limit' });
    for (const answer of newer)
      expect(answer).toMatchObject({
        allowed: true,
        reaches: [],
        fallbacks: [{ name: 'b', reaches: [{ deployment: 'b' }] }],
      });
  });

  it('budgets of organizations and users, and models without a price', () => {
    const zero = { ...NO_LIMITS, maxBudget: 0 };
    const priced = deployment('p', 'openai/p', { inputCost: 0.1, outputCost: 0.1 });
    const free = deployment('f', 'openai/f', { inputCost: 0, outputCost: 0 });
    const keys = [key('org', { organizationId: 'o' }), key('user', { userId: 'u' }), key('key', { limits: zero })];
    const people = { keys, users: [user('u', { limits: zero })] };
    const parts = { deployments: [A, priced, free], organizations: [organization('o', { limits: zero })], ...people };
    const ask = (id: string, name: string) => perVersion(parts, (judge) => reached(judge, id, name));
    expect(ask('org', 'p')).toEqual([['p'], 'budget', 'budget']);
    expect(ask('user', 'p')).toEqual([['p'], 'budget', 'budget']);
    expect(ask('key', 'a')).toEqual([['a'], 'budget', 'budget']);
    expect(ask('key', 'f')).toEqual([['f'], ['f'], ['f']]);
  });

  it('weights: the metric of the first deployment in 1.81.13, the first with a maximum above 0 in newer ones', () => {
    const member = (id: string, params: Deployment['params']) => deployment('x', `openai/${id}`, { id, params });
    const shares = (...deployments: readonly Deployment[]) =>
      perVersion({ deployments, keys: [key('k')] }, (judge) => {
        const answer = judge.ask('k', 'x');
        return answer.allowed ? answer.reaches.map(({ share }) => share) : answer.why;
      });
    const [weighted, light, heavy, plain] = [
      member('weighted', { weight: 5 }),
      member('light', { rpm: 10 }),
      member('heavy', { rpm: 30 }),
      member('plain', {}),
    ];
    expect(shares(weighted, plain)).toEqual([
      [1, 0],
      [1, 0],
      [1, 0],
    ]);
    expect(shares(plain, weighted)).toEqual([
      [0.5, 0.5],
      [0, 1],
      [0, 1],
    ]);
    expect(shares(light, heavy)).toEqual([
      [0.25, 0.75],
      [0.25, 0.75],
      [0.25, 0.75],
    ]);
  });

  it('only the lowest order serves; newer versions try the next one after a failure', () => {
    const deployments = [
      deployment('x', 'openai/1', { id: 'first', params: { order: 1 } }),
      deployment('x', 'openai/2', { id: 'second', params: { order: 2 } }),
    ];
    const parts = { deployments, keys: [key('k')] };
    const [older, , latest] = perVersion(parts, (judge) => judge.ask('k', 'x'));
    expect(older).toMatchObject({ reaches: [{ deployment: 'first' }, { deployment: 'second' }], fallbacks: [] });
    expect(latest).toMatchObject({
      reaches: [{ deployment: 'first' }],
      fallbacks: [{ name: 'x', reaches: [{ deployment: 'second' }] }],
    });
  });

  it('a version nobody knows allows what all allow and reaches what all reach', () => {
    const aliases = { x: 'b' };
    const keys = [key('alias', { models: ['x'], aliases }), key('target', { models: ['b'], aliases }), key('all')];
    const judge = oracle(null, { deployments: [A, B], keys });
    expect([reached(judge, 'alias', 'x'), reached(judge, 'target', 'x')]).toEqual(['key models', 'key models']);
    expect([reached(judge, 'target', 'b'), reached(judge, 'all', 'a')]).toEqual([['b'], ['a']]);
  });
});

describe('the name on the wire', () => {
  it('fills in the wildcard, and leaves the provider out', () => {
    expect(upstreamOf(deployment('wild/*', 'openai/*'), 'wild/abc')).toBe('abc');
    expect(upstreamOf(deployment('*/x/*', 'openai/*-*'), 'a/x/b')).toBe('a-b');
    expect(upstreamOf(deployment('a*', 'openai/fixed'), 'abc')).toBe('fixed');
    expect(upstreamOf(deployment('openai/*', 'openai/*'), 'gpt-4-turbo')).toBe('gpt-4-turbo');
    expect(upstreamOf(A, 'anything')).toBe('up-a');
    expect(upstreamOf(deployment('r', 'openrouter/openai/gpt-4'), 'r')).toBe('openai/gpt-4');
    expect(upstreamOf(deployment('c', 'own/x', { params: { custom_llm_provider: 'own' } }), 'c')).toBe('x');
  });
});

describe('names worth asking for', () => {
  it('are those of rows, samples of wildcards, and one nobody knows', () => {
    const deployments = [A, deployment('openai/*', 'openai/*'), teamDeployment('t', 'own', 'openai/own')];
    const keys = [key('k', { models: ['listed'], aliases: { x: 'y' } })];
    const names = oracle('1.81.13', { deployments, keys, router: { modelGroupAlias: { other: 'a' } } }).names();
    for (const name of ['a', 'openai/up-a', 'openai/sample', 'own', 'model_name_t_1', 'listed', 'x', 'y', 'other'])
      expect(names).toContain(name);
    expect(names.filter((name) => name.includes('*'))).toEqual([]);
    expect(names).toContain('no-such-name');
  });
});

it('knows nothing of the code it judges but the shapes of records', () => {
  const folder = new URL('./litellm/', import.meta.url);
  const imports = readdirSync(folder).flatMap((file) => [
    ...readFileSync(new URL(file, folder), 'utf8').matchAll(/from '(\.\.\/.*)'/g),
  ]);
  const paths = new Set(imports.map(([, path]) => path));
  expect([...paths].sort()).toEqual(['../../../src/json.js', '../../../src/sources/records.js']);
});

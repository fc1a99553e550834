import { describe, expect, it } from 'vitest';
import { isUnserved } from '../../src/mapping/catalog.js';
import type { Deployment } from '../../src/sources/records.js';
import { catalogOf, deployment, NEW_DIALECT, OLD_DIALECT, secret, team, teamDeployment, world } from '../factories.js';

const BASE = 'https://up.example/v1';
const K1 = secret('one');
const K2 = secret('two');
const plain = (name: string, upstream = name, key = K1, more = {}) =>
  deployment(name, { model: `openai/${upstream}`, api_key: key, api_base: BASE, ...more });

describe('shared keys', () => {
  it('fold deployments of one credential into one key that lists exactly the public names', () => {
    const catalog = catalogOf(world({ deployments: [plain('a', 'up-a'), plain('b', 'up-b'), plain('c', 'c')] }));
    const keys = [...catalog.keys.values()];
    expect(keys).toHaveLength(1);
    expect(keys[0]).toMatchObject({
      name: expect.stringMatching(/^openai-[0-9a-f]{16}\/up\.example$/) as string,
      models: ['a', 'b', 'c'],
      aliases: { a: 'up-a', b: 'up-b', c: 'c' },
      weight: 1,
    });
  });

  it('separate different credentials, with a stable suffix only where names would be equal', () => {
    const catalog = catalogOf(
      world({
        deployments: [
          plain('a'),
          plain('b', 'b', K2),
          deployment('c', { model: 'openai/c', api_key: 'os.environ/MY_KEY' }),
        ],
      }),
    );
    const names = [...catalog.keys.keys()].sort();
    expect(names).toHaveLength(3);
    expect(names).toContain('openai/MY_KEY');
    expect(names.filter((n) => /up\.example [0-9a-f]{8}$/.test(n))).toHaveLength(2);
  });

  it('carry model_group_alias as a second alias on the same key', () => {
    const catalog = catalogOf(world({ deployments: [plain('gpt', 'up')], modelGroupAlias: { nick: 'gpt' } }));
    expect([...catalog.keys.values()]).toMatchObject([{ models: ['gpt', 'nick'], aliases: { gpt: 'up', nick: 'up' } }]);
  });

  it('never hold two names that differ only by case', () => {
    const catalog = catalogOf(world({ deployments: [plain('GPT', 'x'), plain('gpt', 'y')] }));
    expect([...catalog.keys.values()].map((k) => k.models)).toEqual([['GPT'], ['gpt']]);
  });

  it('keep their names whatever order the source lists them in', () => {
    const deployments = [plain('a'), plain('b', 'b', K2), plain('g', 'g1'), plain('g', 'g2', K2)];
    const names = (list: typeof deployments): string[] =>
      [...catalogOf(world({ deployments: list })).keys.keys()].sort();
    expect(names([...deployments].reverse())).toEqual(names(deployments));
  });
});

describe('groups of several deployments', () => {
  it('give every deployment a key of its own, weighted', () => {
    const catalog = catalogOf(
      world({ deployments: [plain('g', 'up-1', K1, { weight: 3 }), plain('g', 'up-2', K1, { weight: 1 })] }),
    );
    expect([...catalog.keys.values()].map((k) => ({ m: k.models, a: k.aliases, w: k.weight }))).toEqual([
      { m: ['g'], a: { g: 'up-1' }, w: 3 },
      { m: ['g'], a: { g: 'up-2' }, w: 1 },
    ]);
  });

  it('count a missing weight as 0, so it stands by', () => {
    const weights = (dialect: typeof NEW_DIALECT): number[] => {
      const w = world({ dialect, deployments: [plain('g', 'up-1', K1, { weight: 5 }), plain('g', 'up-2')] });
      return [...catalogOf(w).keys.values()].map((k) => k.weight);
    };
    expect(weights(NEW_DIALECT)).toEqual([5, 0]);
    expect(weights(OLD_DIALECT)).toEqual([5, 0]);
  });

  it('choose the metric as the version does', () => {
    const deployments = [plain('g', 'up-1', K1, { rpm: 10 }), plain('g', 'up-2', K1, { weight: 2 })];
    const weights = (dialect: typeof NEW_DIALECT): number[] =>
      [...catalogOf(world({ dialect, deployments })).keys.values()].map((k) => k.weight);
    expect(weights(NEW_DIALECT)).toEqual([2, 0]);
    expect(weights(OLD_DIALECT)).toEqual([10, 0]);
  });
});

describe('isolation (M18, P§2.3)', () => {
  it('gives a team deployment that shadows a global name, and the global name, keys of their own', () => {
    const shadow = plain('model_name_t_1', 'team-up', K2, {});
    const w = world({
      deployments: [plain('a', 'up-a'), plain('b', 'up-b'), { ...shadow, teamId: 't', publicName: 'a' }],
      teams: [team('t')],
    });
    const catalog = catalogOf(w);
    const lists = [...catalog.keys.values()].map((k) => [k.models, Object.values(k.aliases)]);
    expect(lists).toContainEqual([['b'], ['up-b']]);
    expect(lists).toContainEqual([['a'], ['up-a']]);
    expect(lists).toContainEqual([['a'], ['team-up']]);
    expect(lists).toHaveLength(3);
  });

  it('isolates key aliases and team aliases, and names they hide', () => {
    const w = world({
      deployments: [plain('a', 'up-a'), plain('b', 'up-b')],
      teams: [team('t', { modelAliases: { b: 'a' } })],
    });
    const catalog = catalogOf(w, { keyAliases: [{ alias: 'mine', target: 'b', teamId: null }] });
    const lists = [...catalog.keys.values()].map((k) => [k.models, Object.values(k.aliases)]);
    expect(lists).toContainEqual([['a'], ['up-a']]);
    expect(lists).toContainEqual([['mine'], ['up-b']]);
    expect(lists.filter(([m]) => JSON.stringify(m) === '["b"]')).toHaveLength(2);
  });

  it('resolves an alias first, so that a team deployment shadows its target for the team', () => {
    const shadow = { ...plain('model_name_t_1', 'team-up', K2), teamId: 't', publicName: 'a' };
    const w = world({ deployments: [plain('a', 'up-a'), shadow], teams: [team('t')], modelGroupAlias: { nick: 'a' } });
    const catalog = catalogOf(w);
    const upstream = (teamId: string | null): string => {
      const routed = catalog.groups.route('nick', teamId);
      return routed.kind === 'group' ? (routed.group.members[0]?.deployment.params['model'] as string) : 'none';
    };
    expect(upstream('t')).toBe('openai/team-up');
    expect(upstream(null)).toBe('openai/up-a');
    const older = catalogOf({ ...w, dialect: OLD_DIALECT }).groups.route('nick', 't');
    expect(older.kind === 'group' && older.group.id).toBe('global a');
    const unknown = { ...w, dialect: { ...NEW_DIALECT, teamShadowsAliasTarget: 'unknown' as const } };
    expect(catalogOf(unknown).groups.route('nick', 't').kind).toBe('none');
    expect([...catalog.keys.values()].map((k) => [k.models, Object.values(k.aliases)])).toContainEqual([
      ['nick'],
      ['team-up'],
    ]);
  });

  it('never lists a name on two keys that mean different things and share a virtual key', () => {
    const w = world({ deployments: [plain('foo8', 'bar8', K2), plain('bar8', 'real', K1)] });
    for (const key of catalogOf(w).keys.values())
      expect(key.models).not.toEqual(expect.arrayContaining(['foo8', 'bar8']));
  });
});

describe('names Bifrost would split (A5)', () => {
  it('stand under an internal name on their keys, which only a rule leads to', () => {
    const catalog = catalogOf(world({ deployments: [plain('azure/chat', 'x'), plain('acme/chat', 'y')] }));
    expect([...catalog.keys.values()].flatMap((k) => k.models)).toEqual(['acme/chat', 'litellm:azure/chat']);
  });

  it('are left out and named without rules', () => {
    const w = world({ deployments: [plain('azure/chat', 'x'), plain('acme/chat', 'y')] });
    const catalog = catalogOf(w, { settings: { routing: false } });
    expect([...catalog.keys.values()].flatMap((k) => k.models)).toEqual(['acme/chat']);
    expect(catalog.findings.get('d-azure/chat-openai/x')).toMatchObject([{ code: 'needs_routing_rule' }]);
    const routed = catalog.groups.route('azure/chat', null);
    expect(routed.kind === 'group' && isUnserved(catalog.route('azure/chat', routed.group))).toBe(true);
  });
});

describe('wildcards (M17)', () => {
  const wild = (name: string, model: string, more = {}) => deployment(name, { model, api_key: K1, ...more });

  it('use the standard provider with ["*"] when no name of its own is served there', () => {
    const catalog = catalogOf(world({ deployments: [wild('groq/*', 'groq/*')] }));
    expect([...catalog.keys.values()]).toMatchObject([{ provider: 'groq', models: ['*'] }]);
  });

  it('keep the standard provider without rules, although bare names LiteLLM knows are lost then', () => {
    const catalog = catalogOf(world({ deployments: [wild('openai/*', 'openai/*')] }), { settings: { routing: false } });
    expect([...catalog.keys.values()]).toMatchObject([{ provider: 'openai', models: ['*'] }]);
  });

  it('get a provider of their own beside explicit names, which a rule leads to', () => {
    const catalog = catalogOf(world({ deployments: [wild('openai/*', 'openai/*'), wild('gpt', 'openai/gpt-4o')] }));
    const plan = [...catalog.wildcards.values()][0];
    expect(plan).toMatchObject({
      ok: true,
      reachable: false,
      provider: {
        name: expect.stringMatching(/^openai-any-/) as string,
        listModels: false,
        baseUrl: 'https://api.openai.com',
      },
    });
  });

  it('work without rules under a provider named like the prefix', () => {
    const catalog = catalogOf(world({ deployments: [wild('wild/*', 'openai/*', { api_base: BASE })] }));
    expect([...catalog.wildcards.values()]).toMatchObject([
      {
        ok: true,
        reachable: true,
        pattern: { segment: 'wild', rest: '*' },
        provider: { name: 'wild', baseUrl: 'https://up.example' },
      },
    ]);
  });

  it('are refused as catch-all, partial or renamed by more than the prefix', () => {
    const reason = (name: string, model = 'openai/*', routing = true): string => {
      const { wildcards } = catalogOf(world({ deployments: [wild(name, model)] }), { settings: { routing } });
      const [plan] = [...wildcards.values()];
      return plan && !plan.ok ? plan.problem.reason : 'carried';
    };
    expect(reason('*')).toBe('wildcard_all');
    expect(reason('*/gpt-4', 'openai/gpt-4')).toBe('partial_wildcard');
    expect(reason('openai/gpt-4*')).toBe('renamed_wildcard');
    expect(reason('a/b/*')).toBe('renamed_wildcard');
    expect(reason('openai/gpt-4*', 'openai/gpt-4*')).toBe('carried');
    expect(reason('gpt-4*', 'openai/gpt-4*')).toBe('carried');
    expect(reason('openai/gpt-4*', 'openai/gpt-4*', false)).toBe('partial_wildcard');
  });

  it('give bare names that LiteLLM knows, and aliases that lead behind them, keys of their own', () => {
    const w = world({
      deployments: [wild('openai/*', 'openai/*', { api_base: BASE })],
      modelGroupAlias: { fast: 'openai/gpt-5-nano' },
    });
    const [spelled] = [...catalogOf(w).keys.values()].filter((k) => !k.models.includes('*'));
    expect(spelled?.models).toEqual(expect.arrayContaining(['fast', 'gpt-4-turbo']));
    expect(spelled?.aliases).toMatchObject({ fast: 'gpt-5-nano', 'gpt-4-turbo': 'gpt-4-turbo' });
    expect(spelled?.models).not.toContain('claude-3-opus-20240229');
  });
});

describe('keyless servers (A3)', () => {
  it('carry a name when it is the upstream id, or a rule can make it so', () => {
    const server = (name: string) => deployment(name, { model: 'lm_studio/qwen', api_base: 'http://10.0.0.5:1234/v1' });
    const route = (name: string, deployments: readonly Deployment[], routing: boolean) => {
      const catalog = catalogOf(world({ deployments }), { settings: { routing } });
      const routed = catalog.groups.route(name, null);
      return routed.kind === 'group' ? catalog.route(name, routed.group) : null;
    };
    expect(route('qwen', [server('qwen'), server('nick')], false)).toMatchObject({ targets: [{ key: null }] });
    expect(route('nick', [server('nick')], false)).toMatchObject({ reason: 'name_not_carried' });
    expect(route('nick', [server('nick')], true)).toMatchObject({ listed: 'qwen', targets: [{ key: null }] });
    // "qwen" is a name of its own: whoever may call "nick" must not get it.
    expect(route('nick', [server('qwen'), server('nick')], true)).toMatchObject({ reason: 'name_not_carried' });
  });

  it('carry no name whose meaning depends on the caller where another name has the same id', () => {
    const server = (name: string, model = 'lm_studio/qwen') =>
      deployment(name, { model, api_base: 'http://10.0.0.5:1234/v1' });
    const own = teamDeployment('t', 'nick', { model: 'openai/up', api_key: secret('k') }, 'own');
    const route = (name: string, deployments: readonly Deployment[]) => {
      const catalog = catalogOf(world({ deployments, teams: [team('t')] }));
      const routed = catalog.groups.route(name, null);
      return routed.kind === 'group' ? catalog.route(name, routed.group) : null;
    };
    // A key of the team has "qwen" there by "other": its own "nick" must not arrive at it.
    expect(route('nick', [server('nick'), server('other'), own])).toMatchObject({ reason: 'name_not_carried' });
    expect(route('other', [server('nick'), server('other'), own])).toMatchObject({ listed: 'qwen' });
    expect(route('nick', [server('nick'), own])).toMatchObject({ listed: 'qwen' });
    expect(route('nick', [server('nick'), server('other', 'lm_studio/llama'), own])).toMatchObject({ listed: 'qwen' });
  });
});

import { describe, expect, it } from 'vitest';
import { deploymentLimit, hasLimits, internalName, isUnserved, type Catalog } from '../../src/mapping/catalog.js';
import { isRefined } from '../../src/mapping/rules.js';
import type { Deployment, Params } from '../../src/sources/records.js';
import { catalogOf, deployment, secret, team, teamDeployment, world } from '../factories.js';

const K = secret('one');
const own = { api_key: K, api_base: 'https://w.example/v1' };
const plain = (name: string, more: Params = {}, model = 'openai/up'): Deployment =>
  deployment(name, { model, api_key: K, ...more }, { id: name });

describe('what a catalog knows of deployments', () => {
  const mine = teamDeployment('t', 'b', { model: 'openai/team', api_key: secret('two') }, 'mine');
  const hidden = plain('hidden');
  const paused = deployment('paused', { model: 'openai/up', api_key: K }, { id: 'paused', blocked: true });
  const deployments = [plain('a'), plain('b'), mine, plain('gone', {}, 'petals/x'), hidden, paused];
  const known = (): Catalog => catalogOf(world({ deployments, teams: [team('t')], modelGroupAlias: { hidden: 'a' } }));

  it('is whether some name leads to them', () => {
    const catalog = known();
    expect(deployments.filter(({ id }) => catalog.isServed(id)).map(({ id }) => id)).toEqual(['a', 'b', 'mine']);
    expect(catalog.isServed('nobody')).toBe(false);
  });

  it('is which keys they feed', () => {
    const catalog = known();
    const modelsOf = (id: string): unknown => catalog.keysOf(id).map(({ models }) => models);
    expect(modelsOf('a')).toEqual([['a', 'hidden']]);
    expect([modelsOf('b'), modelsOf('mine')]).toEqual([[['b']], [['b']]]);
    expect(catalog.keysOf('b')).not.toEqual(catalog.keysOf('mine'));
    expect([modelsOf('gone'), modelsOf('hidden'), modelsOf('nobody')]).toEqual([[], [], []]);
  });
});

describe('keys that no stage writes', () => {
  const everything = plain('*', own, 'openai/*');
  const keyOf = (catalog: Catalog, name: string): string => {
    const found = [...catalog.keys.values()].find(({ models }) => models.includes(name));
    return found?.name ?? 'none';
  };

  it('are those for "*" alone', () => {
    const aliased = catalogOf(world({ deployments: [everything], modelGroupAlias: { nick: 'openai/x' } }));
    expect(aliased.isNeverWritten(keyOf(aliased, 'nick'))).toBe(true);
    const named = catalogOf(world({ deployments: [everything, plain('a')] }));
    expect(named.isNeverWritten(keyOf(named, 'a'))).toBe(false);
    expect(named.isNeverWritten('nobody')).toBe(false);
  });

  it('are not those that another deployment has a part in', () => {
    const deployments = [everything, plain('mine', { ...own }, 'openai/x')];
    const shared = catalogOf(world({ deployments, modelGroupAlias: { nick: 'openai/y' } }));
    const key = shared.keys.get(keyOf(shared, 'nick'));
    expect(key?.deployments).toEqual(['*', 'mine']);
    expect(shared.isNeverWritten(key?.name ?? '')).toBe(false);
  });
});

describe('names a catalog has by heart', () => {
  it('are those behind patterns that have keys of their own', () => {
    const deployments = [plain('a'), plain('wild/*', own, 'openai/*')];
    expect(catalogOf(world({ deployments: [plain('a')] })).spelledOut).toEqual([]);
    expect(catalogOf(world({ deployments, modelGroupAlias: { nick: 'wild/x', also: 'a' } })).spelledOut).toEqual([
      'nick',
    ]);
    const groups = { nick: 'wild/x', mate: 'wild/y' };
    const teams = [team('t', { modelAliases: { nick: 'wild/z' } })];
    expect(catalogOf(world({ deployments, modelGroupAlias: groups, teams })).spelledOut).toEqual(['mate', 'nick']);
  });

  it('are those with fallbacks of their own, which "*" is not', () => {
    const fallbacks = { b: ['a'], '*': ['a'], nobody: ['a'] };
    expect(catalogOf(world({ deployments: [plain('a'), plain('b')], fallbacks })).namesWithFallbacks).toEqual([
      'b',
      'nobody',
    ]);
  });

  it('stand under an internal name where they have to', () => {
    expect(internalName('azure/x')).toBe('litellm:azure/x');
  });
});

describe('without rules', () => {
  const off = { settings: { routing: false } };
  const reason = (name: string, model: string, more = off): string | null => {
    const catalog = catalogOf(world({ deployments: [plain(name, {}, model)] }), more);
    const routed = catalog.groups.route(name, null);
    if (routed.kind !== 'group') return 'no group';
    const route = catalog.route(name, routed.group);
    return isUnserved(route) ? route.reason : null;
  };

  it('is a name lost that Bifrost takes for another one of its provider', () => {
    expect(reason('gpt-x', 'groq/gpt-x')).toBe('needs_routing_rule');
    expect(reason('my-gpt-x', 'groq/other')).toBe('needs_routing_rule');
    expect(reason('llama', 'groq/gpt-x')).toBeNull();
    expect(reason('gpt-x', 'openai/gpt-x')).toBeNull();
    expect(reason('gpt-x', 'groq/gpt-x', { settings: { routing: true } })).toBeNull();
  });

  it('there are none, whatever there would be', () => {
    const w = world({ deployments: [plain('azure/x'), plain('a'), plain('b')], fallbacks: { a: ['b'] } });
    const [without, rules] = [catalogOf(w, off), catalogOf(w)];
    expect([without.routing, without.ruleOf('a'), without.rulesOf('a')]).toEqual([false, undefined, []]);
    expect(rules.ruleOf('a')).toMatchObject({ name: 'LiteLLM a' });
    expect(rules.rulesOf('a')).toEqual([rules.ruleOf('a')]);
    expect(rules.ruleOf('b')).toBeUndefined();
    expect([rules.routing, rules.rulesOf('nobody')]).toEqual([true, []]);
    expect(without.fallbacksOf('a')).toEqual(['b']);
  });
});

it.each([
  ['groq', 'gpt-4o', true],
  ['groq', 'x-gpt-oss', true],
  ['groq', 'llama', false],
  ['openai', 'gpt-4o', false],
  ['replicate', 'gpt-4o', false],
  ['openai', 'llama', false],
])('takes %s’s name %s for one of OpenAI’s: %s', (provider, name, refined) => {
  expect(isRefined(provider, name)).toBe(refined);
});

describe('limits of deployments (M19)', () => {
  const limited = (params: Params, modelInfo: Params = {}): Deployment =>
    deployment('a', { model: 'openai/up', api_key: K, ...params }, { modelInfo });

  it.each<[string, Params, Params, number | null]>([
    ['none', {}, {}, null],
    ['a number', { tpm: 10 }, {}, 10],
    ['nothing', { tpm: 0 }, {}, 0],
    ['a text that says a number', { tpm: ' 10 ' }, {}, 10],
    ['an empty text', { tpm: '' }, {}, null],
    ['a text of spaces', { tpm: '  ' }, {}, null],
    ['a text of spaces before another one', { tpm: '  ' }, { tpm: 5 }, 5],
    ['a word', { tpm: 'many' }, { tpm: 5 }, 5],
    ['no number', { tpm: true }, {}, null],
    ['a list', { tpm: [1] }, {}, null],
    ['the model info', {}, { tpm: '7' }, 7],
    ['the params before the model info', { tpm: 1 }, { tpm: 7 }, 1],
    ['more than can be counted', { tpm: 'Infinity' }, {}, null],
    ['another one', { rpm: 1 }, { max_budget: 1 }, null],
  ])('are %s', (_what, params, modelInfo, limit) => {
    expect(deploymentLimit(limited(params, modelInfo), 'tpm')).toBe(limit);
  });

  it.each<[Params, Params, boolean]>([
    [{}, {}, false],
    [{ tpm: 0, rpm: 0, max_budget: 0 }, {}, false],
    [{ tpm: -1 }, {}, false],
    [{ tpm: 1 }, {}, true],
    [{}, { rpm: 1 }, true],
    [{ tpm: 0 }, { max_budget: '0.5' }, true],
  ])('are there where one is more than nothing: %j %j', (params, modelInfo, has) => {
    expect(hasLimits(limited(params, modelInfo))).toBe(has);
  });

  it('ask for one per provider and name its callers use, of deployments that have any', () => {
    const deployments = [
      plain('g', { tpm: 10 }),
      { ...plain('g', { rpm: 5 }, 'openai/two'), id: 'g2' },
      { ...plain('g', {}, 'openai/three'), id: 'g3' },
      { ...plain('g', { rpm: 1 }, 'anthropic/four'), id: 'g4' },
      { ...plain('g', {}, 'gemini/five'), id: 'g5' },
      plain('azure/h', { tpm: 3 }),
      plain('free'),
    ];
    const { modelConfigs } = catalogOf(world({ deployments, modelGroupAlias: { nick: 'g' } }));
    expect([...modelConfigs].sort(([a], [b]) => (a < b ? -1 : 1))).toEqual([
      ['anthropic/g', { provider: 'anthropic', model: 'g', deployments: ['g4'] }],
      ['anthropic/nick', { provider: 'anthropic', model: 'nick', deployments: ['g4'] }],
      ['openai/g', { provider: 'openai', model: 'g', deployments: ['g2', 'g'] }],
      ['openai/litellm:azure/h', { provider: 'openai', model: 'litellm:azure/h', deployments: ['azure/h'] }],
      ['openai/nick', { provider: 'openai', model: 'nick', deployments: ['g2', 'g'] }],
    ]);
  });
});

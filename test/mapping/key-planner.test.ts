import { describe, expect, it } from 'vitest';
import type { Route, RouteTarget } from '../../src/mapping/catalog.js';
import type { SecretRef } from '../../src/secret.js';
import type { Deployment } from '../../src/sources/records.js';
import {
  catalogOf,
  deployment,
  secret,
  team,
  teamDeployment,
  world,
  type CatalogParts,
  type WorldParts,
} from '../factories.js';

const BASE = 'https://up.example/v1';
const K1 = secret('one');
const K2 = secret('two');
const plain = (name: string, upstream = name, key: SecretRef = K1, more = {}) =>
  deployment(
    name,
    { model: `openai/${upstream}`, api_key: key, api_base: BASE, ...more },
    { id: `${name}>${upstream}` },
  );
const server = (name: string, upstream = 'qwen') =>
  deployment(
    name,
    { model: `lm_studio/${upstream}`, api_base: 'http://10.0.0.5:1234/v1' },
    { id: `${name}>${upstream}` },
  );
/** What the provider of BASE is called. */
const PROVIDER = 'openai-9dfbc57e1771928a';
const NO_RULES: CatalogParts = { settings: { routing: false } };

const keysOf = (deployments: readonly Deployment[], parts: CatalogParts & WorldParts = {}) => [
  ...catalogOf(world({ ...parts, deployments }), parts).keys.values(),
];

const route = (name: string, ...targets: readonly RouteTarget[]): Route => ({
  name,
  listed: name,
  group: `global ${name}`,
  members: targets.map((target) => target.deployment),
  targets,
});

/** The meaning of a name for callers of no team, and what is told of each deployment. */
function routed(name: string, deployments: readonly Deployment[], parts: CatalogParts & WorldParts = {}) {
  const catalog = catalogOf(world({ ...parts, deployments }), parts);
  const answer = catalog.groups.route(name, null);
  if (answer.kind === 'none') throw new Error(`${name} leads nowhere`);
  const told = deployments.map(({ id }) =>
    (catalog.findings.get(id) ?? []).map(({ code, severity }) => [code, severity]),
  );
  return { route: catalog.route(name, answer.group), told };
}

describe('a planned key', () => {
  it('is whole: names, ids, deployments, and routes lead to it by its name', () => {
    const catalog = catalogOf(world({ deployments: [plain('a', 'x'), plain('b', 'y')] }));
    const [[name, { material, ...key }] = ['', { material: null }]] = catalog.keys;
    expect(key).toEqual({
      name,
      provider: PROVIDER,
      models: ['a', 'b'],
      aliases: { a: 'x', b: 'y' },
      azure: false,
      weight: 1,
      deployments: ['a>x', 'b>y'],
    });
    expect(material).toMatchObject({ value: K1, config: {} });
    expect([...catalog.routes.values()]).toEqual([
      route('a', { provider: PROVIDER, key: name, weight: 1, deployment: 'a>x' }),
      route('b', { provider: PROVIDER, key: name, weight: 1, deployment: 'b>y' }),
    ]);
    const stranger = { id: 'global c', teamId: null, members: [] };
    expect(catalog.route('c', stranger)).toMatchObject({ reason: 'unknown_name' });
  });

  it('knows Azure by its credentials', () => {
    const azure = { model: 'azure/x', api_key: K1, api_base: 'https://x.openai.azure.com' };
    expect(keysOf([deployment('a', azure), plain('b')]).map((key) => [key.provider, key.azure])).toEqual([
      ['azure', true],
      [PROVIDER, false],
    ]);
  });
});

describe('keys that list names in an order', () => {
  it('have it from the names they list, whatever they are asked for', () => {
    const [key, ...others] = keysOf([plain('azure/chat', 'x'), plain('b', 'y')]);
    expect(others).toEqual([]);
    expect(key?.models).toEqual(['b', 'litellm:azure/chat']);
    expect(Object.entries(key?.aliases ?? {})).toEqual([
      ['b', 'y'],
      ['litellm:azure/chat', 'x'],
    ]);
  });
});

describe('a name that is listed as another one is', () => {
  const lists = (...deployments: readonly Deployment[]): unknown[] => keysOf(deployments).map(({ aliases }) => aliases);
  const internal = 'litellm:azure/chat';

  it('has a key of its own when it leads elsewhere', () => {
    expect(lists(plain('a'), plain('azure/chat', 'x'), plain(internal, 'y'))).toEqual([
      { a: 'a', [internal]: 'x' },
      { [internal]: 'y' },
    ]);
  });

  it('shares the key when it leads to the same', () => {
    expect(lists(plain('a'), plain('azure/chat', 'x'), plain(internal, 'x'))).toEqual([{ a: 'a', [internal]: 'x' }]);
  });

  it('has a key of its own when it differs by case: Bifrost would not tell them apart', () => {
    const other = 'LiteLLM:azure/chat';
    expect(lists(plain('azure/chat', 'x'), plain(other, 'x'))).toEqual([{ [other]: 'x' }, { [internal]: 'x' }]);
  });
});

describe('the share of a key', () => {
  const weights = (deployments: readonly Deployment[], parts: CatalogParts & WorldParts = {}) =>
    keysOf(deployments, parts).map(({ models, weight }) => [models.join(), weight]);

  it('is that of its deployment where several share a name on one provider', () => {
    expect(weights([plain('g', 'x', K1, { weight: 7 }), plain('g', 'y', K1, { weight: 2 })])).toEqual([
      ['g', 7],
      ['g', 2],
    ]);
  });

  it('is 1 where the key is alone, whatever its deployment weighs', () => {
    expect(weights([plain('a', 'a', K1, { weight: 7 })])).toEqual([['a', 1]]);
    const own = teamDeployment('t', 'a', { model: 'openai/z', api_key: K2, api_base: BASE, weight: 5 }, 'own');
    expect(weights([plain('a', 'a', K1, { weight: 7 }), own], { teams: [team('t')] })).toEqual([
      ['a', 1],
      ['a', 1],
    ]);
  });
});

describe('the name of a key', () => {
  it('is plain for a shared key although keys of groups would have it, too', () => {
    const names = keysOf([plain('a'), plain('g', 'x'), plain('g', 'y')]).map(({ name }) => name);
    expect(names).toEqual([
      `${PROVIDER}/up.example`,
      expect.stringMatching(/\/up\.example [0-9a-f]{8}$/),
      expect.stringMatching(/\/up\.example [0-9a-f]{8}$/),
    ]);
    expect(new Set(names).size).toBe(3);
  });

  it('is cut to 200 characters before what makes it differ', () => {
    const long = 'L'.repeat(300);
    const by = (name: string, end: string) =>
      deployment(name, { model: `openai/${name}`, api_key: `os.environ/${long}${end}` });
    expect(keysOf([by('a', '1')]).map(({ name }) => name)).toEqual([`openai/${long}`.slice(0, 200)]);
    const two = keysOf([by('a', '1'), by('b', '2')]).map(({ name }) => name);
    expect(two.map((name) => name.slice(0, 201))).toEqual(Array(2).fill(`${`openai/${long}`.slice(0, 200)} `));
    expect(new Set(two).size).toBe(2);
  });

  it('is the one an earlier run gave it: runs find their keys by name', () => {
    const own = teamDeployment('t', 'a', { model: 'openai/z', api_key: K1, api_base: BASE }, 'own');
    const deployments = [plain('a'), own, plain('b', 'b', K1), plain('c', 'c', K2), plain('g', 'x'), plain('g', 'y')];
    const names = keysOf(deployments, { teams: [team('t')] }).map(({ name, aliases }) => [name, aliases]);
    expect(names).toEqual([
      [`${PROVIDER}/up.example bc43fbf7`, { a: 'a' }],
      [`${PROVIDER}/up.example 30f8acc2`, { a: 'z' }],
      [`${PROVIDER}/up.example 47a45df7`, { b: 'b' }],
      [`${PROVIDER}/up.example d00a0438`, { c: 'c' }],
      [`${PROVIDER}/up.example 2c4d793e`, { g: 'x' }],
      [`${PROVIDER}/up.example e89926ee`, { g: 'y' }],
    ]);
  });

  it('is the same in every journal: it does not rest on fingerprints, which differ by journal', () => {
    const names = (journal: string): string[] => {
      const key = (text: string): SecretRef => ({ ...secret(text), fingerprint: `${journal} ${text}` });
      const own = teamDeployment('t', 'a', { model: 'openai/z', api_key: key('one'), api_base: BASE }, 'own');
      const ofAll = [plain('a', 'a', key('one')), own, plain('b', 'b', key('one')), plain('c', 'c', key('two'))];
      const ofGroup = [plain('g', 'x', key('one')), plain('g', 'y', key('one'))];
      return keysOf([...ofAll, ...ofGroup], { teams: [team('t')] }).map(({ name }) => name);
    };
    expect(names('one')).toEqual(names('other'));
    expect(new Set(names('one')).size).toBe(6);
  });

  it('differs between deployments of one credential that share a name only some callers mean so', () => {
    const own = (upstream: string) =>
      teamDeployment('t', 'a', { model: `openai/${upstream}`, api_key: K1, api_base: BASE }, upstream);
    const keys = keysOf([own('x'), own('y')], { teams: [team('t')] });
    expect(keys.map(({ aliases }) => aliases)).toEqual([{ a: 'x' }, { a: 'y' }]);
  });
});

describe('a name that Bifrost would take for another one (groq, without rules)', () => {
  const groq = deployment('gpt-oss', { model: 'groq/gpt-oss', api_key: K1 }, { id: 'groq' });

  it('is lost and named, and no key is planned for it', () => {
    const { route, told } = routed('gpt-oss', [groq], NO_RULES);
    expect(route).toMatchObject({ reason: 'needs_routing_rule' });
    expect(told).toEqual([[['needs_routing_rule', 'loss']]]);
    expect(keysOf([groq], NO_RULES)).toEqual([]);
    expect(keysOf([groq])).toHaveLength(1);
  });

  it('is served by its other providers', () => {
    const both = [groq, plain('gpt-oss', 'x')];
    const { route, told } = routed('gpt-oss', both, NO_RULES);
    expect(route).toMatchObject({ targets: [{ deployment: 'gpt-oss>x' }], members: ['groq', 'gpt-oss>x'] });
    expect(told).toEqual([[['needs_routing_rule', 'loss']], [['needs_routing_rule', 'loss']]]);
  });

  it('is any other name of that provider, which stays', () => {
    const llama = deployment('llama', { model: 'groq/llama', api_key: K1 });
    expect(keysOf([llama], NO_RULES).map(({ models }) => models)).toEqual([['llama']]);
  });
});

describe('names of servers without keys (A3)', () => {
  it('are lost where two deployments of one server share one: no key tells them apart', () => {
    const { route, told } = routed('qwen', [server('qwen'), server('qwen', 'llama')]);
    expect(route).toMatchObject({ reason: 'name_not_carried' });
    expect(told[0]).toContainEqual(['name_not_carried', 'loss']);
  });

  it('are not written anew for a group that has a key besides: the key lists the name as it is', () => {
    const both = [server('nick'), plain('nick', 'x')];
    const { route, told } = routed('nick', both);
    expect(route).toMatchObject({ name: 'nick', listed: 'nick', targets: [{ deployment: 'nick>x' }] });
    expect(told).toEqual([[['name_not_carried', 'loss']], [['name_not_carried', 'loss']]]);
  });

  it('stay beside a key where they are the upstream id', () => {
    const { route, told } = routed('qwen', [server('qwen'), plain('qwen', 'x')]);
    expect(route).toMatchObject({ listed: 'qwen', targets: [{ key: null }, { key: expect.any(String) as string }] });
    expect(told).toEqual([[], []]);
  });

  it('are not lost because a key of the same server lists the same id', () => {
    const keyed = deployment(
      'other',
      { model: 'lm_studio/qwen', api_base: 'http://10.0.0.5:1234/v1', api_key: K1 },
      { id: 'keyed' },
    );
    const own = teamDeployment('t', 'nick', { model: 'openai/z', api_key: K2, api_base: BASE }, 'own');
    const { route } = routed('nick', [server('nick'), keyed, own], { teams: [team('t')] });
    expect(route).toMatchObject({ listed: 'qwen', targets: [{ key: null, deployment: 'nick>qwen' }] });
  });
});

describe('a name with no upstream id', () => {
  const wild = (name: string, model: string) => deployment(name, { model, api_key: K1, api_base: BASE }, { id: name });

  it.each([
    ['behind a pattern that has more places than its model', wild('a*b*', 'openai/x-*')],
    ['behind a pattern that has fewer', wild('a*', 'openai/*-*')],
  ])('is not served: %s', (_, one) => {
    const modelGroupAlias = { nick: 'a1b2' };
    expect(routed('nick', [one], { modelGroupAlias }).route).toMatchObject({ reason: 'deployment_not_carried' });
    expect(keysOf([one], { modelGroupAlias })).toEqual([]);
  });

  it('is not served: a name of its own for a model that is a pattern', () => {
    const one = wild('mine', 'openai/*');
    expect(routed('mine', [one]).route).toMatchObject({ reason: 'deployment_not_carried' });
    expect(keysOf([one])).toEqual([]);
  });
});

import { describe, expect, it } from 'vitest';
import { customProviderName } from '../../src/mapping/base-url.js';
import { carriedPlan, narrowedBy, planWildcards, SINK, sinkProvider } from '../../src/mapping/wildcards.js';
import { buildGroups } from '../../src/mapping/groups.js';
import type { Deployment, Params } from '../../src/sources/records.js';
import { capabilities, catalogOf, deployment, secret, world, type CatalogParts } from '../factories.js';

const BASE = 'https://w.example/v1';
const own = { api_base: BASE };
const wild = (name: string, model: string, params: Params = {}): Deployment =>
  deployment(name, { model, api_key: secret('k'), ...params }, { id: name });
const NO_RULES: CatalogParts = { settings: { routing: false } };

const planOf = (deployments: readonly Deployment[], name: string, parts: CatalogParts = {}) =>
  catalogOf(world({ deployments }), parts).wildcards.get(name);
function carried(deployments: readonly Deployment[], name: string, parts: CatalogParts = {}) {
  const plan = planOf(deployments, name, parts);
  if (!plan?.ok) throw new Error(JSON.stringify(plan));
  return plan;
}
const refusal = (deployments: readonly Deployment[], name: string, parts: CatalogParts = {}): string | undefined => {
  const plan = planOf(deployments, name, parts);
  return plan?.ok === false ? plan.problem.reason : undefined;
};

describe('the provider of a pattern', () => {
  it('is planned whole: its address, no list of models, one key for all names', () => {
    const plan = carried([wild('wild/*', 'openai/*', own)], 'wild/*');
    expect(plan).toMatchObject({ reachable: true, pattern: { text: 'wild/*', segment: 'wild', rest: '*' } });
    expect(plan.provider).toEqual({
      name: 'wild',
      baseType: 'openai',
      baseUrl: 'https://w.example',
      paths: {},
      keyless: false,
      listModels: false,
      allowPrivateNetwork: false,
      hostKind: 'public',
    });
    const { material, ...key } = plan.key;
    expect(material.value).toEqual(secret('k'));
    expect(key).toEqual({
      name: 'wild/w.example *',
      provider: 'wild',
      models: ['*'],
      aliases: {},
      azure: false,
      weight: 1,
      deployments: ['wild/*'],
    });
  });

  it.each([
    ['openai/*', { baseType: 'openai', baseUrl: 'https://api.openai.com', paths: {} }],
    ['anthropic/*', { baseType: 'anthropic', baseUrl: 'https://api.anthropic.com', paths: {} }],
    ['gemini/*', { baseType: 'gemini', baseUrl: 'https://generativelanguage.googleapis.com/v1beta', paths: {} }],
    ['groq/*', { baseType: 'openai', baseUrl: 'https://api.groq.com/openai', paths: {} }],
  ])('sends %s where the standard provider does, when that is not its own', (model, address) => {
    expect(carried([wild('wild/*', model)], 'wild/*').provider).toMatchObject({ name: 'wild', ...address });
  });

  it('calls paths without /v1 where the API of the standard provider has none', () => {
    const parts = { capabilities: { standardProviders: new Set(['openai', 'perplexity']) } };
    const { provider } = carried([wild('wild/*', 'perplexity/*')], 'wild/*', parts);
    expect(provider).toMatchObject({ baseType: 'openai', baseUrl: 'https://api.perplexity.ai' });
    expect(provider.paths).toMatchObject({ chat_completion: '/chat/completions', embedding: '/embeddings' });
  });

  it.each([
    ['deepseek/*', 'https://api.deepseek.com/beta', {}],
    ['strange/*', 'https://w.example', own],
  ])('takes the custom address of %s', (model, baseUrl, params) => {
    expect(carried([wild('wild/*', model, params)], 'wild/*').provider).toMatchObject({
      name: 'wild',
      baseType: 'openai',
      baseUrl,
      listModels: false,
    });
  });

  it('lists no models although it is called as the provider of its address would be', () => {
    const name = `${customProviderName('openai', BASE)}/*`;
    expect(carried([wild(name, 'openai/*', own)], name).provider.listModels).toBe(false);
  });

  it('is not another one where the provider has credentials of a shape of its own', () => {
    const azure = (name: string, model: string) => wild(name, model, { api_base: 'https://x.openai.azure.com' });
    expect(carried([azure('azure/*', 'azure/*')], 'azure/*')).toMatchObject({ provider: { name: 'azure' } });
    const both = [azure('azure/*', 'azure/*'), azure('named', 'azure/one')];
    expect(refusal(both, 'azure/*')).toBe('wildcard_needs_rule');
    expect(refusal([azure('wild/*', 'azure/*')], 'wild/*')).toBe('wildcard_needs_rule');
  });

  it.each([
    ['x'.repeat(50), undefined],
    ['x'.repeat(51), 'renamed_wildcard'],
    ['w+x', 'renamed_wildcard'],
    ['.w', 'renamed_wildcard'],
    ['w.x_y-z', undefined],
  ])('cannot be called %s unless that is a name for a provider', (segment, reason) => {
    expect(refusal([wild(`${segment}/*`, 'openai/*', own)], `${segment}/*`)).toBe(reason);
  });
});

describe('without rules', () => {
  const elsewhere = deployment('groq/x', { model: 'openai/x', api_key: secret('k'), ...own });

  it('a standard provider is left to a pattern only if no name of its own begins like it', () => {
    const both = [wild('groq/*', 'groq/*'), elsewhere];
    expect(carried(both, 'groq/*')).toMatchObject({ reachable: true, provider: { name: 'groq' } });
    const { reachable, provider } = carried(both, 'groq/*', NO_RULES);
    expect([reachable, provider.name]).toEqual([false, customProviderName('groq-any', 'https://api.groq.com/openai')]);
  });

  it('a pattern shares its prefix with no other pattern, and may stand beside those of other prefixes', () => {
    const reach = (...names: readonly string[]): unknown[] =>
      [...catalogOf(world({ deployments: names.map((name) => wild(name, 'openai/*', own)) }), NO_RULES).wildcards].map(
        ([name, plan]) => [name, plan.ok ? plan.reachable : plan.problem.reason],
      );
    expect(reach('wild/*', 'other/*')).toEqual([
      ['wild/*', true],
      ['other/*', true],
    ]);
    expect(reach('wild/*', 'wild/a*', 'other/*')).toEqual([
      ['wild/*', false],
      ['wild/a*', 'renamed_wildcard'],
      ['other/*', true],
    ]);
  });
});

describe('a pattern that is refused', () => {
  it('says the reason of its endpoint', () => {
    const plan = planOf([wild('sage/*', 'sagemaker/*')], 'sage/*');
    expect(plan).toMatchObject({ ok: false, problem: { reason: 'unsupported_provider' } });
    const endpoint = catalogOf(world({ deployments: [wild('sage/*', 'sagemaker/*')] })).endpoints.get('sage/*');
    expect(endpoint?.ok === false && endpoint.problem).toEqual(plan?.ok === false && plan.problem);
  });

  it('says so when it has no endpoint at all', () => {
    const plans = planWildcards({
      groups: buildGroups(world({ deployments: [wild('wild/*', 'openai/*', own)] })),
      meanings: [],
      documented: new Set(),
      endpoints: new Map(),
      capabilities: capabilities(),
      existingProviders: [],
      routing: true,
    });
    expect([...plans.values()]).toMatchObject([{ ok: false, problem: { reason: 'unsupported_provider' } }]);
  });

  it('begins like nothing: one without a prefix is not in the way of another', () => {
    const both = [wild('gpt-*', 'openai/gpt-*', own), wild('gpt-4*', 'openai/gpt-4*', own)];
    expect(both.map(({ id }) => refusal(both, id))).toEqual([undefined, undefined]);
  });

  it('is as specific as another one that takes its names: LiteLLM asks the one that was added first', () => {
    // Both are 9 characters long as LiteLLM counts, and `w*ild/` is open at its end.
    const both = [wild('wild/*', 'openai/*', own), wild('w*ild/', 'openai/*', own)];
    expect(refusal(both, 'wild/*')).toBe('partial_wildcard');
    const apart = [wild('wild/*', 'openai/*', own), wild('x*ild/', 'openai/*', own)];
    expect(refusal(apart, 'wild/*')).toBeUndefined();
    const wider = [wild('wild/*', 'openai/*', own), wild('w*', 'openai/w*', own)];
    expect(wider.map(({ id }) => refusal(wider, id))).toEqual([undefined, undefined]);
  });

  it('begins with a slash, which is no prefix: it would serve bare names that LiteLLM does not', () => {
    expect(refusal([wild('/x*', 'openai/x*', own)], '/x*')).toBe('renamed_wildcard');
    expect(carried([wild('/x*', 'openai//x*', own)], '/x*').pattern).toEqual({ text: '/x*', segment: '', rest: '/x*' });
  });
});

describe('what is told of a pattern', () => {
  const lost = (name: string, model: string, params: Params = {}): readonly string[] => {
    const told = narrowedBy(carried([wild(name, model, params)], name));
    expect(told).toMatchObject({ severity: 'loss', code: 'wildcard_narrowed', field: 'model_name' });
    return told.message.slice(told.message.indexOf(': ') + 2).split('; ');
  };

  it('is one thing or several, and nothing else', () => {
    expect(lost('wild/*', 'openai/*', own)).toHaveLength(1);
    expect(lost('groq/*', 'groq/*')).toHaveLength(2);
    expect(lost('wild/*-x', 'openai/*-x', own)).toHaveLength(2);
    expect(lost('gpt-*', 'openai/gpt-*', own)).toHaveLength(1);
    expect(lost('*-x', 'openai/*-x', own)).toHaveLength(2);
  });

  it('is nothing of a group that no pattern serves', () => {
    const { wildcards } = catalogOf(world({ deployments: [wild('wild/*', 'openai/*', own)] }));
    const group = (members: readonly Deployment[]) => ({
      id: 'g',
      teamId: null,
      members: members.map((one) => ({ deployment: one, weight: 1 })),
    });
    const stranger = wild('other/*', 'openai/*', own);
    expect(carriedPlan(group([stranger]), { wildcards })).toBeUndefined();
    expect(carriedPlan(group([stranger, wild('wild/*', 'openai/*', own)]), { wildcards })).toBe(
      wildcards.get('wild/*'),
    );
  });
});

describe('the provider where bare names end that nobody serves', () => {
  it('has an address that resolves everywhere and no keys, and lists nothing', () => {
    expect(sinkProvider()).toEqual({
      name: SINK,
      baseType: 'openai',
      baseUrl: 'http://127.0.0.1:9',
      paths: {},
      keyless: false,
      listModels: false,
      allowPrivateNetwork: true,
      hostKind: 'loopback',
    });
  });
});

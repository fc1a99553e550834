import { describe, expect, it } from 'vitest';
import type { Deployment } from '../../src/sources/records.js';
import { models } from '../../src/stages/models.js';
import type { CreateWrite, Plan, PlannedWrite, RecordState, UpdateWrite } from '../../src/stages/plan.js';
import type { ProviderKeyObject, ProviderObject } from '../../src/target/objects.js';
import { contextOf, deployment, OLD_BIFROST, PENDING, secret, world, type ContextParts } from '../factories.js';

const K = secret('k');

function plan(
  deployments: readonly Deployment[],
  parts: ContextParts & { state?: Partial<RecordState>; ours?: readonly string[] } = {},
): Plan[] {
  const context = contextOf(world({ deployments }), parts);
  const planning = { ...context, createdByUs: (_kind: string, name: string) => parts.ours?.includes(name) ?? false };
  return deployments.map((d) => models.plan(d, { ...PENDING, ...parts.state }, planning));
}

function writesOf(p: Plan | undefined): readonly PlannedWrite[] {
  if (p?.outcome !== 'write') throw new Error(JSON.stringify(p));
  return p.writes;
}

const bodies = (p: Plan | undefined) => writesOf(p).map((w) => [w.kind, (w as CreateWrite).body]);

describe('writes of a deployment', () => {
  it('are provider, key and limit, in that order, the key with every public name of the credential', () => {
    const [first] = plan([
      deployment('a', { model: 'openai/up-a', api_key: K, api_base: 'https://h.example/v1', rpm: 10, tpm: 500 }),
      deployment('b', { model: 'openai/b', api_key: K, api_base: 'https://h.example/v1' }),
    ]);
    expect(bodies(first)).toEqual([
      [
        'provider',
        {
          provider: expect.stringMatching(/^openai-/) as string,
          custom_provider_config: { base_provider_type: 'openai' },
          network_config: { base_url: 'https://h.example' },
        },
      ],
      [
        'provider_key',
        {
          name: expect.stringMatching(/h\.example$/) as string,
          value: K,
          models: ['a', 'b'],
          weight: 1,
          aliases: { a: 'up-a' },
        },
      ],
      [
        'model_config',
        {
          model_name: 'a',
          provider: expect.stringMatching(/^openai-/) as string,
          rate_limit: {
            token_max_limit: 500,
            token_reset_duration: '1m',
            request_max_limit: 10,
            request_reset_duration: '1m',
          },
        },
      ],
    ]);
  });

  it('ensure a standard provider by its name alone', () => {
    expect(bodies(plan([deployment('gpt', { model: 'openai/gpt', api_key: K })])[0])[0]).toEqual([
      'provider',
      { provider: 'openai' },
    ]);
  });

  it('say azure aliases as objects of the openai family where the gateway takes objects', () => {
    const azure = [
      deployment('claude-x', { model: 'azure/dep', api_key: K, api_base: 'https://r.openai.azure.com' }),
      deployment('dep', { model: 'azure/dep', api_key: K, api_base: 'https://r.openai.azure.com' }),
    ];
    expect(bodies(plan(azure)[0])[1]?.[1]).toMatchObject({
      aliases: {
        'claude-x': { model_id: 'dep', model_family: 'openai' },
        dep: { model_id: 'dep', model_family: 'openai' },
      },
    });
    expect(bodies(plan(azure, { capabilities: OLD_BIFROST })[0])[1]?.[1]).toMatchObject({
      aliases: { 'claude-x': 'dep' },
    });
  });

  it('fold limits of one name to the lowest, and tell', () => {
    const group = [
      deployment('g', { model: 'openai/x', api_key: K, rpm: 100, max_budget: 9 }),
      deployment('g', { model: 'openai/y', api_key: K, rpm: 60 }),
    ];
    const [first] = plan(group);
    expect(bodies(first)[2]?.[1]).toMatchObject({
      rate_limit: { request_max_limit: 60 },
      budget: { max_limit: 9, reset_duration: '10Y' },
    });
    expect(first?.findings.map((f) => f.code)).toContain('limits_folded');
  });

  it('make a wildcard provider learn no model list', () => {
    const [first] = plan([deployment('wild/*', { model: 'openai/*', api_key: K, api_base: 'https://h.example/v1' })]);
    const config = (writesOf(first)[0] as CreateWrite).body['custom_provider_config'] as {
      allowed_requests: Record<string, boolean>;
    };
    expect(config.allowed_requests).toMatchObject({ chat_completion: true, chat_completion_stream: true });
    expect(config.allowed_requests).not.toHaveProperty('list_models');
    expect(writesOf(first).map((w) => `${w.kind} ${w.name}`)).toContain('provider no-such-model');
    const keys = writesOf(first).flatMap((w) => (w.kind === 'provider_key' ? [(w as CreateWrite).body['models']] : []));
    expect(keys).toContainEqual(['*']);
  });

  it('tolerate a variable that is not set on Bifrost: the key is left out, named', () => {
    const key = writesOf(
      plan([deployment('gpt', { model: 'openai/gpt', api_key: 'os.environ/MY_KEY' })])[0],
    )[1] as CreateWrite;
    expect(key.tolerated?.[0]?.skip.message).toContain('MY_KEY');
  });
});

describe('deployments that are not carried', () => {
  const reason = (d: Deployment): string => {
    const [p] = plan([d]);
    return p?.outcome === 'skipped' || p?.outcome === 'failed' ? `${p.outcome} ${p.reason}` : (p?.outcome ?? '');
  };

  it('are skipped or failed with their reason', () => {
    expect(reason(deployment('*', { model: 'openai/*', api_key: K }))).toBe('skipped wildcard_all');
    expect(reason(deployment('openai/gpt-4*', { model: 'openai/*', api_key: K }))).toBe('skipped renamed_wildcard');
    expect(reason(deployment('x', { model: 'sagemaker/x' }))).toBe('skipped unsupported_provider');
    expect(reason(deployment('x', { model: 'openai/x', api_key: { $undecryptable: true } }))).toBe(
      'failed undecryptable',
    );
    expect(reason(deployment('x', { model: 'openai/x', api_key: K }, { blocked: true }))).toBe('skipped blocked');
  });

  it('still carry the limits of a catch-all', () => {
    const [p] = plan([deployment('*', { model: 'openai/*', api_key: K, rpm: 5 })]);
    expect(bodies(p)).toEqual([
      ['model_config', { model_name: '*', rate_limit: { request_max_limit: 5, request_reset_duration: '1m' } }],
    ]);
  });
});

describe('what is on Bifrost already', () => {
  const provider = (over: Partial<ProviderObject> = {}): ProviderObject => ({
    kind: 'provider',
    id: 'openai',
    name: 'openai',
    baseType: null,
    baseUrl: null,
    keyless: false,
    listModels: true,
    requestPathOverrides: {},
    allowPrivateNetwork: false,
    ...over,
  });
  const write = (): CreateWrite =>
    writesOf(plan([deployment('gpt', { model: 'openai/gpt', api_key: K })])[0])[0] as CreateWrite;

  it('is adopted when it sends where LiteLLM sent, and refused when it does not', () => {
    expect(write().adopt(provider(), []).verdict).toBe('adopt');
    expect(write().adopt(provider({ baseUrl: 'https://elsewhere.example' }), []).verdict).toBe('conflict');
    expect(
      write().adopt(provider(), [
        { field: 'custom_provider_config.base_provider_type', wanted: 'openai', found: 'anthropic' },
      ]).verdict,
    ).toBe('conflict');
  });

  it('gets a new name added when the key is ours, and only then', () => {
    const deployments = [
      deployment('gpt', { model: 'openai/gpt', api_key: 'os.environ/MY_KEY' }),
      deployment('new', { model: 'openai/new-up', api_key: 'os.environ/MY_KEY' }),
    ];
    const existing: ProviderKeyObject = {
      kind: 'provider_key',
      id: 'K',
      name: 'openai/MY_KEY',
      provider: 'openai',
      reference: 'env.MY_KEY',
      redactedValue: '',
      models: ['gpt', 'theirs'],
      aliases: { theirs: 't' },
      weight: 1,
      enabled: true,
      config: {},
    };
    const update = writesOf(plan(deployments, { objects: [existing], ours: ['openai/MY_KEY'] })[1])[1] as UpdateWrite;
    expect(update).toMatchObject({ action: 'update', path: '/api/providers/openai/keys/K' });
    expect(update.body(existing)).toMatchObject({
      models: ['gpt', 'new', 'theirs'],
      aliases: { theirs: 't', new: 'new-up' },
    });
    expect(writesOf(plan(deployments, { objects: [existing] })[1])[1]?.action).toBe('create');
  });
});

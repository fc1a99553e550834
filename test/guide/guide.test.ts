import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { loadSettings } from '../../src/config.js';
import { routing } from '../../src/stages/routing.js';
import type { CreateWrite, UpdateWrite } from '../../src/stages/plan.js';
import { stages } from '../../src/stages/index.js';
import type { Deployment, Limits, Params } from '../../src/sources/records.js';
import type { ProviderObject, TargetObject, VirtualKeyObject } from '../../src/target/objects.js';
import { databaseWorld } from '../coverage/database-world.js';
import { contextOf, deployment, membership, NO_LIMITS, organization, PENDING, secret, team, user, virtualKey, world } from '../factories.js'; // prettier-ignore
import { readMemory } from '../memory-litellm.js';
import { fixture, SALT_KEY } from '../sources/replay.js';
import { bodiesOf, bodyOf, codesOf, creationsOf, fateOf, planOf, providerOf } from './plans.js';

/**
 * Bifrost's migration guide for LiteLLM, row by row, as facts: what a person who has read it may rely on here. Where this
 * program does otherwise on purpose the row is a `differs`, and docs/mapping.md says why.
 */

const differs = it;

const KEY = secret('sk-literal-value');
const served = (name: string, model: string, params: Params = {}, over: Partial<Deployment> = {}): Deployment =>
  deployment(name, { model, api_key: KEY, ...params }, over);
const limits = (over: Partial<Limits>): Limits => ({ ...NO_LIMITS, ...over });
const written = (id: string) => ({ status: 'written' as const, bifrostId: id });

describe('what is carried', () => {
  it('order: models, organizations, teams, users, virtual keys', () => {
    const names = stages.map(({ name }) => name).filter((name) => name !== 'routing');
    expect(names).toEqual(['models', 'organizations', 'teams', 'users', 'virtual-keys']);
  });

  it('1: a deployment becomes a provider, a provider key and a global model config', () => {
    const writes = creationsOf(served('gpt', 'openai/gpt-4o', { rpm: 10 }));
    expect(writes.map(({ kind, body }) => [kind, body])).toEqual([
      ['provider', { provider: 'openai' }],
      ['provider_key', { name: 'openai/key', value: KEY, models: ['gpt'], weight: 1, aliases: { gpt: 'gpt-4o' } }],
      ['model_config', { model_name: 'gpt', provider: 'openai', rate_limit: { request_max_limit: 10, request_reset_duration: '1m' } }],
    ]); // prettier-ignore
  });

  it.each<[string, Params, object]>([
    [
      'azure/dep',
      { api_base: 'https://r.openai.azure.com/' },
      { value: KEY, azure_key_config: { endpoint: 'https://r.openai.azure.com' } },
    ],
    [
      'bedrock/m',
      {
        api_key: null,
        aws_access_key_id: secret('id'),
        aws_secret_access_key: secret('s'),
        aws_region_name: 'eu-west-1',
      },
      { bedrock_key_config: { access_key: secret('id'), secret_key: secret('s'), region: 'eu-west-1' } },
    ],
    [
      'vertex_ai/m',
      { api_key: null, vertex_project: 'p', vertex_location: 'us-east5', vertex_credentials: secret('account') },
      { vertex_key_config: { project_id: 'p', region: 'us-east5', auth_credentials: secret('account') } },
    ],
    ['hosted_vllm/m', { api_base: 'https://v.example/v1' }, { vllm_key_config: { url: 'https://v.example' } }],
    ['ollama/m', { api_base: 'https://o.example' }, { ollama_key_config: { url: 'https://o.example' } }],
  ])('1: %s keeps its structured credential or its server on the key', (model, params, key) => {
    expect(bodiesOf('provider_key', served('x', model, params))[0]).toMatchObject(key);
  });

  differs('1: a provider key lists exactly the public names it serves, "*" for a wildcard alone', () => {
    const deployments = [served('a', 'openai/up'), served('b', 'openai/b'), served('groq/*', 'groq/*')];
    const keys = deployments.flatMap((d) => bodiesOf('provider_key', d, { world: { deployments } }));
    expect(keys.map(({ models }) => models)).toEqual([['a', 'b'], ['a', 'b'], ['*']]);
  });

  it('2: an organization becomes a customer named by its alias', () => {
    expect(bodyOf(organization('org-1', { alias: 'Acme' }))).toEqual({ name: 'Acme' });
  });

  differs('3: a team is linked to the customer of its organization, found by id, not by alias', () => {
    const twins = [organization('o1', { alias: 'Same' }), organization('o2', { alias: 'Same' })];
    const records = { 'organization o1': written('C1'), 'organization o2': written('C2') };
    const body = bodyOf(team('t', { alias: 'Platform', organizationId: 'o2' }), { world: { organizations: twins }, records }); // prettier-ignore
    expect(body).toEqual({ name: 'Platform', customer_id: 'C2' });
  });

  it('4: an internal user becomes a user by e-mail address, and a member of its teams', () => {
    expect(bodyOf(user('u', { email: 'alice@acme.example', alias: 'Alice' }))).toEqual({
      name: 'Alice',
      email: 'alice@acme.example',
    });
    const records = { 'team t': written('T'), 'user u': written('U') };
    const [member] = creationsOf(membership('t', 'u'), { records, capabilities: { teamMembers: true } });
    expect([member?.path, member?.body]).toEqual(['/api/governance/teams/T/members', { user_id: 'U' }]);
    expect(fateOf(user('u', { email: null }))).toBe('skipped no_email');
  });

  it('5: a virtual key belongs to a team or a customer, and holds the list of models', () => {
    const parts = {
      world: { deployments: [served('a', 'openai/up-a'), served('b', 'openai/up-b')], teams: [team('t')], organizations: [organization('o')] }, // prettier-ignore
      records: { 'team t': written('T'), 'organization o': written('C') },
    };
    const body = bodyOf(virtualKey('prod-key', { teamId: 't', models: ['a'] }), parts);
    expect(body).toMatchObject({
      name: 'prod-key',
      team_id: 'T',
      provider_configs: [{ provider: 'openai', allowed_models: ['a'], key_ids: ['id:openai/key'] }],
    });
    expect(body).not.toHaveProperty('customer_id');
    expect(bodyOf(virtualKey('k', { organizationId: 'o' }), parts)).toMatchObject({ customer_id: 'C' });
  });
});

describe('settings', () => {
  const environment = {
    LITELLM_URL: 'http://localhost:4000',
    LITELLM_MASTER_KEY: 'sk-master',
    LITELLM_CONFIG: '/etc/litellm/config.yaml',
    BIFROST_URL: 'http://localhost:8080',
    BIFROST_API_KEY: 'token',
  };
  const load = (more: { readonly [name: string]: string | undefined } = {}) =>
    loadSettings({}, { ...environment, ...more }, { requirements: 'both' }).settings;

  it.each(['LITELLM_URL', 'LITELLM_MASTER_KEY', 'LITELLM_CONFIG', 'BIFROST_URL'])('%s is required', (name) => {
    expect(() => load({ [name]: undefined })).toThrow(name);
  });

  differs('BIFROST_API_KEY may be left out where the gateway asks for none', () => {
    expect(load({ BIFROST_API_KEY: undefined }).bifrostApiKey).toBeNull();
    expect(load().bifrostApiKey?.reveal()).toBe('token');
  });

  differs('LITELLM_CONFIG may be left out where LITELLM_DB_URL is given', () => {
    const database = 'postgresql://u:p@localhost:5432/litellm';
    expect(load({ LITELLM_CONFIG: undefined, LITELLM_DB_URL: database }).litellmConfig).toBeNull();
  });

  it.each([
    ['LITELLM_SALT_KEY', 'the master key', () => load().litellmSaltKey.reveal(), 'sk-master'],
    ['DEFAULT_PROVIDER', 'openai', () => load().defaultProvider, 'openai'],
    ['MAX_BUDGET_PERIOD', '10Y', () => load().maxBudgetPeriod, '10Y'],
    ['DRY_RUN', 'off', () => load().dryRun, false],
    ['LITELLM_DB_URL', 'none', () => load().litellmDbUrl, null],
  ])('%s is by default %s', (_name, _what, read, value) => {
    expect(read()).toBe(value);
  });

  it('DRY_RUN=1 plans only', () => {
    expect(load({ DRY_RUN: '1' }).dryRun).toBe(true);
  });

  it('DEFAULT_PROVIDER is the provider of a name that names none', () => {
    const bare = served('x', 'some-model');
    expect(providerOf(bare)).toEqual({ provider: 'openai' });
    expect(providerOf(bare, { settings: { defaultProvider: 'groq' } })).toEqual({ provider: 'groq' });
  });
});

describe('credentials', () => {
  const valueOf = (apiKey: Params['api_key']): unknown =>
    bodiesOf('provider_key', served('x', 'openai/x', { api_key: apiKey ?? null }))[0]?.['value'];

  it('os.environ/NAME becomes env.NAME: the reference is carried, not its value', () => {
    expect(valueOf('os.environ/OPENAI_API_KEY')).toBe('env.OPENAI_API_KEY');
  });

  it('a literal stays a literal', () => {
    expect(valueOf(KEY)).toEqual(KEY);
  });

  it('a value of the database is decrypted with the salt key', async () => {
    type Golden = { readonly functions: { readonly [version: string]: { readonly values: readonly Stored[] } } };
    type Stored = { readonly salt_key: string; readonly plaintext: string; readonly stored: string };
    const golden = JSON.parse(readFileSync(fixture('golden-encryption.json'), 'utf8')) as Golden;
    const one = Object.values(golden.functions)
      .flatMap(({ values }) => values)
      .find(({ salt_key: key, plaintext }) => key === SALT_KEY && plaintext.startsWith('sk-'));
    const columns = { litellm_params: { model: 'openai/gpt-4o', api_key: one?.stored } };
    const litellm = databaseWorld('1.109.1', { table: 'ProxyModelTable', row: 0, columns });
    const { world: read, vault } = await readMemory(litellm, SALT_KEY);
    const stored = read.deployments.find(({ origin }) => origin === 'database');
    if (stored === undefined) throw new Error('no deployment of the database');
    const [key] = bodiesOf('provider_key', stored, { world: { deployments: read.deployments } });
    expect(vault.reveal(key?.['value'] as never)).toBe(one?.plaintext);
  });
});

describe('budgets and rate limits', () => {
  const budgetOf = (over: Partial<Limits>, parts = {}): unknown =>
    bodyOf(organization('o', { limits: limits(over) }), parts)['budget'];

  it('max_budget becomes max_limit', () => {
    expect(budgetOf({ maxBudget: 100, budgetDuration: '30d' })).toEqual({ max_limit: 100, reset_duration: '30d' });
  });

  it('max_budget of 0 or less is no budget of an organization', () => {
    for (const maxBudget of [0, -1]) expect(budgetOf({ maxBudget })).toBeUndefined();
  });

  differs('max_budget of 0 is not "no limit" for a key or a team: LiteLLM blocks there', () => {
    const key = bodyOf(virtualKey('k', { limits: limits({ maxBudget: 0 }) }));
    expect([key['is_active'], key['budgets']]).toEqual([false, undefined]);
    expect(bodyOf(team('t', { limits: limits({ maxBudget: 0 }) }))).toMatchObject({ budget: { max_limit: 1e-9 } });
    expect(bodyOf(team('t', { limits: limits({ maxBudget: -1 }) }))).not.toHaveProperty('budget');
  });

  it.each([
    ['1mo', '1M'],
    ['60s', '60s'],
    ['30m', '30m'],
    ['12h', '12h'],
    ['7d', '7d'],
    ['2w', '2w'],
  ])('budget_duration %s becomes %s', (budgetDuration, period) => {
    expect(budgetOf({ maxBudget: 1, budgetDuration })).toEqual({ max_limit: 1, reset_duration: period });
  });

  it('max_budget without a duration resets after MAX_BUDGET_PERIOD', () => {
    expect(budgetOf({ maxBudget: 1 })).toEqual({ max_limit: 1, reset_duration: '10Y' });
    const settings = { maxBudgetPeriod: '5Y' };
    expect(budgetOf({ maxBudget: 1 }, { settings })).toEqual({ max_limit: 1, reset_duration: '5Y' });
  });

  it.each([
    ['tpm_limit', { tpmLimit: 900 }, { token_max_limit: 900, token_reset_duration: '1m' }],
    ['rpm_limit', { rpmLimit: 9 }, { request_max_limit: 9, request_reset_duration: '1m' }],
  ])('%s becomes a limit per minute', (_name, over, limit) => {
    for (const record of [
      organization('r', { limits: limits(over) }),
      team('r', { limits: limits(over) }),
      virtualKey('r', { limits: limits(over) }),
    ])
      // prettier-ignore
      expect(bodyOf(record)['rate_limit']).toEqual(limit);
  });

  differs(
    'limits of several deployments are folded to the lowest, by the name callers use, not by the upstream model',
    () => {
      const deployments = [
        served('g', 'openai/one', { rpm: 100, tpm: 5 }),
        served('g', 'openai/two', { rpm: 60, max_budget: 9 }),
        served('other', 'openai/one', { rpm: 1 }),
      ];
      const configs = deployments.flatMap((d) => bodiesOf('model_config', d, { world: { deployments } }));
      const folded = {
      budget: { max_limit: 9, reset_duration: '10Y' },
      rate_limit: { token_max_limit: 5, token_reset_duration: '1m', request_max_limit: 60, request_reset_duration: '1m' },
    }; // prettier-ignore
      expect(configs[0]).toMatchObject({ model_name: 'g', ...folded });
      expect(configs.find(({ model_name: name }) => name === 'other')).toMatchObject({ rate_limit: { request_max_limit: 1 } }); // prettier-ignore
    },
  );
});

describe('provider names', () => {
  it.each([
    ['vertex_ai', 'vertex'],
    ['vertex_ai_beta', 'vertex'],
    ['hosted_vllm', 'vllm'],
    ['ollama_chat', 'ollama'],
    ['cohere_chat', 'cohere'],
    ['text-completion-openai', 'openai'],
    ['azure_ai', 'azure'],
    ['fireworks_ai', 'fireworks'],
  ])('%s becomes %s', (slug, provider) => {
    const params: Params = {
      vertex_project: 'p',
      vertex_credentials: secret('account'),
      ...(slug === 'azure_ai' && { api_base: 'https://host.openai.azure.com' }),
      ...(/vllm|ollama/.test(slug) && { api_base: 'https://host.example/v1' }),
    };
    expect(providerOf(served('x', `${slug}/model`, params))).toEqual({ provider });
  });
});

describe('models and providers that are left out', () => {
  const partial = served('openai/gpt-4*', 'openai/gpt-4*');

  differs('a partial wildcard is carried by a rule, and skipped only without rules', () => {
    const plan = routing.plan(partial, { ...PENDING, status: 'written' }, contextOf(world({ deployments: [partial] })));
    expect(plan.outcome === 'write' && (plan.writes[0] as CreateWrite).body).toMatchObject({
      name: 'LiteLLM openai/gpt-4*',
      cel_expression: 'provider == "openai" && model.startsWith("gpt-4") && virtual_key_id != ""',
    });
    expect(fateOf(partial, { settings: { routing: false } })).toBe('skipped partial_wildcard');
  });

  it.each([
    ['a provider glob', '*/gpt', 'skipped provider_glob', undefined],
    ['a provider Bifrost cannot call', 'sagemaker/x', 'skipped unsupported_provider', undefined],
    ['a provider nobody knows', 'x', 'skipped unknown_provider', 'brandnew'],
  ])('%s is skipped with its reason', (_what, model, fate, slug) => {
    expect(fateOf(served('x', model, slug === undefined ? {} : { custom_llm_provider: slug }))).toBe(fate);
  });

  it.each(['openai', 'anthropic', 'gemini'])('an api_base on %s becomes a custom provider on that base', (base) => {
    const body = providerOf(served('x', `${base}/m`, { api_base: 'https://llm.example' }));
    expect(body).toMatchObject({
      provider: expect.stringMatching(new RegExp(`^${base}-[0-9a-f]{16}$`)) as string,
      custom_provider_config: { base_provider_type: base },
    });
  });

  differs('an api_base on bedrock is skipped, because Bifrost would not use it', () => {
    expect(fateOf(served('x', 'bedrock/m', { api_base: 'https://llm.example' }))).toBe(
      'skipped custom_base_not_supported',
    );
  });

  differs('an api_base on other providers is carried: on their own base where there is one, else on openai', () => {
    const base = (slug: string): unknown => {
      const { custom_provider_config: config } = providerOf(served('x', `${slug}/m`, { api_base: 'https://llm.example' })); // prettier-ignore
      return (config as { base_provider_type: string }).base_provider_type;
    };
    for (const slug of ['cohere', 'huggingface', 'replicate']) expect(base(slug)).toBe(slug);
    for (const slug of ['xai', 'mistral', 'groq']) expect(base(slug)).toBe('openai');
  });

  differs(
    'a deployment without a credential gets the variable LiteLLM would use; unset there, the key alone is left out',
    () => {
      const [, key, config] = creationsOf(deployment('x', { model: 'openai/gpt-4o', rpm: 5 }));
      expect(key?.body).toMatchObject({ value: 'env.OPENAI_API_KEY' });
      expect(key?.tolerated?.[0]?.skip).toMatchObject({ reason: 'variable_unset_on_bifrost' });
      expect(config?.body).toMatchObject({ model_name: 'x', rate_limit: { request_max_limit: 5 } });
    },
  );
});

describe('restrictions and links', () => {
  const deployments = ['a', 'b', 'c'].map((name) => served(name, `openai/${name}`));
  const names = (parts: Parameters<typeof bodyOf>[1], over = {}): unknown => {
    const body = bodyOf(virtualKey('k', { teamId: 't', models: ['a', 'b'], ...over }), parts);
    return (body['provider_configs'] as { allowed_models: string[] }[]).flatMap((one) => one.allowed_models);
  };
  const parts = {
    world: {
      deployments,
      organizations: [organization('o', { models: ['b', 'c'] })],
      teams: [team('t', { organizationId: 'o', models: ['b', 'a'] })],
    },
    records: { 'team t': written('T'), 'organization o': written('C') },
  };

  it("an organization's list is folded into its keys: a model must be in the lists of key, team and organization", () => {
    expect(names(parts)).toEqual(['b']);
    expect(names({ ...parts, settings: { organizationGates: 'ignore' } })).toEqual(['a', 'b']);
  });

  it('a team whose customer is not there is created unlinked, with a warning', () => {
    const plan = planOf(team('t', { organizationId: 'o' }), { records: { 'organization o': { status: 'failed' } } });
    expect(plan).toMatchObject({ outcome: 'write', missing: [{ what: 'owner' }] });
    expect(plan.outcome === 'write' && plan.missing[0]?.message).toContain('organization');
  });

  differs('a membership whose team is not there yet waits for it; one whose team is gone is skipped', () => {
    const capabilities = { teamMembers: true };
    const there = { 'user u': written('U'), 'team t': { status: 'failed' as const } };
    expect(fateOf(membership('t', 'u'), { capabilities, records: there })).toBe('waiting team');
    expect(fateOf(membership('t', 'u'), { capabilities, records: { 'user u': written('U') } })).toBe(
      'skipped dangling_team',
    );
  });

  it('a key with a team and an organization belongs to the team, never to both', () => {
    const body = bodyOf(virtualKey('k', { teamId: 't', organizationId: 'o' }), parts);
    expect([body['team_id'], body['customer_id']]).toEqual(['T', undefined]);
  });

  it('a key whose owner is not there is created unlinked', () => {
    const plan = planOf(virtualKey('k', { teamId: 't' }), { ...parts, records: { 'team t': { status: 'failed' } } });
    expect(plan).toMatchObject({ outcome: 'write', missing: [{ what: 'owner' }] });
    expect(plan.findings.map(({ code }) => code)).toContain('unlinked');
  });
});

describe('compatible providers', () => {
  const SLUGS: { readonly [provider: string]: string } = {
    vertex: 'vertex_ai',
    fireworks: 'fireworks_ai',
    vllm: 'hosted_vllm',
    runway: 'runwayml',
  };

  it.each([
    ...['anthropic', 'azure', 'bedrock', 'cerebras', 'cohere', 'elevenlabs', 'fireworks', 'gemini', 'groq'],
    ...['huggingface', 'mistral', 'nebius', 'ollama', 'openai', 'openrouter', 'perplexity', 'replicate', 'runway'],
    ...['vertex', 'vllm', 'xai'],
  ])('%s is a standard provider', (provider) => {
    const slug = SLUGS[provider] ?? provider;
    const params: Params = {
      vertex_project: 'p',
      vertex_credentials: secret('account'),
      ...(provider === 'azure' && { api_base: 'https://host.openai.azure.com' }),
      ...(/vllm|ollama/.test(provider) && { api_base: 'https://host.example/v1' }),
    };
    expect(providerOf(served('x', `${slug}/model`, params))).toEqual({ provider });
  });

  it.each(['deepseek', 'together_ai', 'sambanova', 'nvidia_nim', 'moonshot', 'hyperbolic'])(
    '%s becomes a custom provider on base openai at its own address',
    (slug) => {
      expect(providerOf(served('x', `${slug}/model`))).toMatchObject({
        provider: slug,
        custom_provider_config: { base_provider_type: 'openai' },
        network_config: { base_url: expect.stringMatching(/^https:\/\//) as string },
      });
    },
  );
});

describe('running again', () => {
  const provider = (name: string): ProviderObject => ({
    kind: 'provider',
    id: name,
    name,
    baseType: null,
    baseUrl: null,
    keyless: false,
    listModels: true,
    requestPathOverrides: {},
    allowPrivateNetwork: false,
  });
  const state = { status: 'written' as const, bifrostId: 'V', bifrostName: 'k' };

  differs('what is there already is compared before it is taken for success', () => {
    const [first] = creationsOf(served('x', 'openai/x'));
    expect(first?.adopt(provider('openai'), []).verdict).toBe('adopt');
    expect(first?.adopt({ ...provider('openai'), baseUrl: 'https://elsewhere.example' }, []).verdict).toBe('conflict');
    const [customer] = creationsOf(organization('o'));
    const found: TargetObject = { kind: 'customer', id: 'C', name: 'o', budgets: [], rateLimit: null };
    const adopted = customer?.adopt(found, [{ field: 'budgets', wanted: '5', found: 'none' }]);
    expect(adopted?.verdict === 'adopt' && adopted.findings.map(({ code }) => code)).toContain('adopted_differs');
  });

  it('a custom provider has the same name in every run', () => {
    const name = (): unknown =>
      providerOf(served('x', 'openai/m', { api_base: 'http://127.0.0.1:9101/v1' }))['provider'];
    expect([name(), name()]).toEqual(['openai-4b4de4dfd74b9b0f', 'openai-4b4de4dfd74b9b0f']);
  });

  it('a key for all models gets every provider on Bifrost, those that came between two runs too', () => {
    const before = { world: { deployments: [served('a', 'openai/a')] } };
    const plan = planOf(virtualKey('k'), before);
    const detail = plan.outcome === 'write' ? plan.detail : {};
    const after = { ...before, objects: [provider('anthropic')] };
    expect(bodyOf(virtualKey('k'), after)['provider_configs']).toContainEqual(
      expect.objectContaining({ provider: 'anthropic', allowed_models: ['*'] }),
    );
    const again = planOf(virtualKey('k'), { ...after, state: { ...state, detail } });
    expect(again.outcome === 'write' && again.writes.map(({ action }) => action)).toEqual(['update']);
  });

  differs(
    'a key that was created unlinked is linked where it is, not made a second time; complete ones are left alone',
    () => {
      const unlinked = { ...state, missing: [{ what: 'owner' as const, message: '' }] };
      const plan = planOf(virtualKey('k', { teamId: 't', models: ['none'] }), {
        world: { teams: [team('t')] },
        records: { 'team t': written('T') },
        state: unlinked,
      });
      const update = (plan.outcome === 'write' ? plan.writes[0] : undefined) as UpdateWrite;
      const current: VirtualKeyObject = {
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
      };
      expect([update.action, update.body(current)]).toEqual(['update', { team_id: 'T' }]);
      expect(planOf(virtualKey('k', { models: ['none'] }), { state }).outcome).toBe('settled');
    },
  );
});

describe('troubleshooting', () => {
  it('a secret that does not open is reported, and no key is written from it', () => {
    expect(fateOf(served('x', 'openai/x', { api_key: { $undecryptable: true } }))).toBe('failed undecryptable');
  });

  it('a secret the management API hides needs the database', () => {
    expect(fateOf(served('x', 'openai/x', { api_key: { $masked: true } }))).toBe('skipped needs_database');
  });

  differs('names need no alias: an organization or team without one gets its id as name', () => {
    expect(bodyOf(organization('o-1', { alias: null }))).toEqual({ name: 'o-1' });
    expect(bodyOf(team('t-1', { alias: ' ' }))).toMatchObject({ name: 't-1' });
    expect(codesOf(team('t-1', { alias: null }))).toContain('name_from_id');
  });

  it('a user without an e-mail address is skipped and listed', () => {
    expect(fateOf(user('u', { email: ' ' }))).toBe('skipped no_email');
  });

  it('the value of a token is not carried: Bifrost makes its own', () => {
    expect(bodyOf(virtualKey('k'))).not.toHaveProperty('value');
  });

  it('entries of a list whose provider is not there are dropped, reported, and filled in later', () => {
    const plan = planOf(virtualKey('k'), {
      world: { deployments: [served('a', 'openai/a')] },
      everythingWritten: false,
    });
    expect(plan).toMatchObject({ outcome: 'write', missing: [{ what: 'allow_list' }] });
  });
});

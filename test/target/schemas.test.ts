import { describe, expect, it } from 'vitest';
import { isObject } from '../../src/json.js';
import { MigrateError } from '../../src/errors.js';
import { parseAnswer, parseRow } from '../../src/target/schemas.js';
import { recording, recordings, resource, VERSIONS, type Recording } from './recordings.js';

const LIST_MEMBERS = [
  'providers',
  'keys',
  'customers',
  'teams',
  'virtual_keys',
  'model_configs',
  'rules',
  'users',
  'pricing_overrides',
];

function listIn(body: unknown): readonly unknown[] | undefined {
  if (!isObject(body)) return undefined;
  const member =
    LIST_MEMBERS.find((name) => name in body && 'total_count' in body) ??
    LIST_MEMBERS.find((name) => name in body && 'total' in body);
  return member === undefined ? undefined : ((body[member] as unknown[] | null) ?? []);
}

/** Successful answers about one of our kinds, but for the word of a DELETE and the dashboard. */
function relevant(version: (typeof VERSIONS)[number]): readonly Recording[] {
  return recordings(version).filter(
    ({ request, response }) =>
      response.status < 300 &&
      isObject(response.body) &&
      resource(request.path) !== undefined &&
      !(request.method === 'DELETE' && Object.keys(response.body).join() === 'message'),
  );
}

describe.each(VERSIONS)('recorded answers of %s', (version) => {
  const all = relevant(version);

  it('are many', () => expect(all.length).toBeGreaterThan(200));

  it.each(all.map((one) => [one.name, one] as const))('%s parses', (_name, { request, response }) => {
    const { kind, hint } = resource(request.path) as NonNullable<ReturnType<typeof resource>>;
    const rows = listIn(response.body);
    const objects =
      rows === undefined ? [parseAnswer(kind, response.body, hint)] : rows.map((row) => parseRow(kind, row, hint));
    for (const object of objects) {
      expect(object).toMatchObject({ kind });
      expect(object?.id).not.toBe('');
      expect(JSON.stringify(object)).not.toContain('sk-bf-');
    }
    if (rows !== undefined) expect(objects.length).toBe(rows.length);
  });

  it('refusals are no objects', () => {
    for (const { request, response } of recordings(version).filter((one) => one.response.status >= 400)) {
      const about = resource(request.path);
      if (about !== undefined) expect(parseAnswer(about.kind, response.body, about.hint)).toBeUndefined();
    }
  });

  it('a virtual key shows its keys, models, weights and limits in one shape', () => {
    const { request, response } = recording(version, 'vk-create-full');
    const asked = (request.body as { provider_configs: { key_ids: string[] }[] }).provider_configs;
    expect(parseAnswer('virtual_key', response.body)).toMatchObject({
      name: 'VK2',
      description: 'd',
      isActive: true,
      teamId: (request.body as { team_id: string }).team_id,
      customerId: null,
      budgets: [{ maxLimit: 100, resetDuration: '30d' }],
      rateLimit: { tokenMaxLimit: null, tokenResetDuration: null, requestMaxLimit: 60, requestResetDuration: '1m' },
      providerConfigs: [
        { provider: 'openai', weight: 1, allowedModels: ['gpt-4o'], keyIds: asked[0]?.key_ids },
        { provider: 'anthropic', weight: 1, allowedModels: ['*'], keyIds: '*' },
      ],
    });
  });

  it('no keys and not all keys means none', () => {
    const key = parseAnswer('virtual_key', recording(version, 'vk-create-empty-lists').response.body);
    expect(key?.providerConfigs).toEqual([expect.objectContaining({ allowedModels: [], keyIds: [] })]);
  });

  it('a weight that was left out is null, not 0', () => {
    const key = parseAnswer('virtual_key', recording(version, 'vk-create-no-weight').response.body);
    expect(key?.providerConfigs[0]?.weight).toBeNull();
  });

  it('an environment reference is told from a literal', () => {
    const reference = parseAnswer('provider_key', recording(version, 'key-create-env-set').response.body, {
      provider: 'openai',
    });
    expect(reference?.reference).toBe('env.SETVAR');
    const literal = parseAnswer('provider_key', recording(version, 'key-create-full').response.body, {
      provider: 'openai',
    });
    expect(literal).toMatchObject({
      reference: null,
      redactedValue: 'sk-l************************1234',
      aliases: { 'gpt4-prod': 'gpt-4o' },
    });
  });

  it('the budget of a customer is found whether it comes as budget or budgets', () => {
    const customer = parseAnswer('customer', recording(version, 'customer-create-budget').response.body);
    expect(customer?.budgets).toHaveLength(1);
  });

  it('a rate limit without any maximum is none', () => {
    expect(
      parseAnswer('team', recording(version, 'team-create-rl-only-durations').response.body)?.rateLimit,
    ).toBeNull();
  });

  it('a custom provider shows base, overrides and that listing models is off', () => {
    const provider = parseAnswer('provider', recording(version, 'provider-create-custom-overrides').response.body);
    expect(provider).toMatchObject({
      id: 'ovr',
      baseType: 'openai',
      baseUrl: 'http://127.0.0.1:9301/ovr',
      keyless: false,
      listModels: false,
      requestPathOverrides: { chat_completion: '/chat/completions', chat_completion_stream: '/chat/completions' },
    });
    const keyless = parseAnswer('provider', recording(version, 'provider-create-keyless').response.body);
    expect(keyless).toMatchObject({ keyless: true, listModels: true });
  });

  it('a rule is named by its scope', () => {
    const scoped = recording(version, 'rule-create-scoped');
    const { scope_id } = scoped.request.body as { scope_id: string };
    expect(parseAnswer('routing_rule', scoped.response.body)?.name).toBe(`team/${scope_id}/r1`);
    expect(parseAnswer('routing_rule', recording(version, 'rule-create').response.body)?.name).toBe('global//r1');
  });
});

it('an alias with more than a model id is an object (1.5.16)', () => {
  const key = parseAnswer('provider_key', recording('1.5.16', 'key-create-alias-object').response.body, {
    provider: 'openai',
  });
  expect(key?.aliases).toEqual({
    a1: 'gpt-4o',
    a2: { model_id: 'gpt-4o-mini', model_family: 'openai', description: 'd' },
  });
});

it('a model config that belongs to a virtual key is named by it, and a global one is not', () => {
  const scoped = parseAnswer('model_config', recording('1.5.16', 'mc-create-scope-vk').response.body);
  expect(scoped?.name).toBe(`virtual_key/${scoped?.scopeId ?? ''}/${scoped?.provider ?? '*'}/${scoped?.model ?? ''}`);
  expect(scoped?.scope).toBe('virtual_key');
  expect(parseAnswer('model_config', recording('1.5.16', 'mc-create').response.body)?.name).toBe('openai/gpt-4o');
});

it('the same request on 1.5.2 shows that the limit became global', () => {
  expect(parseAnswer('model_config', recording('1.5.2', 'mc-create-scope-vk').response.body)?.scope).toBeUndefined();
});

it('a user is named by the trimmed, lower-case address', () => {
  expect(parseAnswer('user', { user: { id: 'u', name: 'Ann', email: ' Ann@Example.com' } })?.name).toBe(
    'ann@example.com',
  );
});

it('a pricing override shows the patch it was sent, out of its string', () => {
  const shown = {
    id: 'p',
    name: 'n',
    scope_kind: 'global',
    match_type: 'exact',
    pattern: 'm',
    pricing_patch: '{"input_cost_per_token":0.0000025}',
  };
  expect(parseAnswer('pricing_override', { pricing_override: shown })?.body['patch']).toEqual({
    input_cost_per_token: 2.5e-6,
  });
});

it('a member is read wrapped or bare, and needs the team', () => {
  for (const json of [{ member: { user_id: 'u' } }, { user_id: 'u', user_email: 'a@b' }]) {
    expect(parseAnswer('member', json, { teamId: 't' })).toMatchObject({ id: 't/u', name: 't/u' });
  }
  expect(parseAnswer('member', { user_id: 'u' })).toBeUndefined();
});

it('an answer without the expected member is no object', () => {
  for (const json of [
    undefined,
    null,
    'text',
    [],
    {},
    { message: 'Team created successfully' },
    { team: null },
    { team: { name: 'x' } },
  ]) {
    expect(parseAnswer('team', json)).toBeUndefined();
  }
});

it('an odd row of a list stops the run instead of being passed over', () => {
  expect(() => parseRow('team', { id: 7, name: null })).toThrow(MigrateError);
  expect(() => parseRow('team', { id: 7, name: null })).toThrow(/team in a shape .*id: /);
});

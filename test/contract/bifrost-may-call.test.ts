import { afterEach, describe, expect, it } from 'vitest';
import type { MayCall } from '../../src/sandbox/bifrost/may-call.js';
import type { SeedRequest } from '../../src/sandbox/bifrost/options.js';
import type { Personality } from '../../src/sandbox/bifrost/personality.js';
import { startBifrostSandbox, type BifrostSandbox } from '../../src/sandbox/bifrost/server.js';
import { REAL_DEPS } from '../../src/sandbox/bifrost/sandbox.js';

const G = '/api/governance';
const opened: BifrostSandbox[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((sandbox) => sandbox.close()));
});

const ACME: readonly SeedRequest[] = [
  {
    path: '/api/providers',
    body: {
      provider: 'acme',
      custom_provider_config: { base_provider_type: 'openai' },
      network_config: { base_url: 'http://127.0.0.1:9301/v1' },
    },
  },
  {
    path: '/api/providers/acme/keys',
    body: { name: 'first', value: 'sk-first-1234567890', models: ['pub'], aliases: { pub: 'upstream-one' }, weight: 1 },
  },
  {
    path: '/api/providers/acme/keys',
    body: {
      name: 'other',
      value: 'sk-other-1234567890',
      models: ['beta'],
      aliases: { beta: 'upstream-two' },
      weight: 1,
    },
  },
];
const OPEN = [{ provider: 'acme', weight: 1, allowed_models: ['pub', 'beta'], key_ids: ['*'] }];

function rule(cel: string, more: object = {}): SeedRequest {
  return {
    path: `${G}/routing-rules`,
    body: {
      name: cel,
      cel_expression: cel,
      enabled: true,
      scope: 'global',
      priority: 1,
      targets: [{ provider: 'acme', model: 'pub', weight: 1 }],
      ...more,
    },
  };
}

async function start(
  seed: readonly SeedRequest[],
  personality: Personality['name'] = '1.5.16',
  deps = REAL_DEPS,
): Promise<BifrostSandbox> {
  const sandbox = await startBifrostSandbox(
    { personality, env: {}, listedModels: { acme: [] }, seed: [...ACME, ...seed] },
    deps,
  );
  opened.push(sandbox);
  return sandbox;
}

async function mayCall({ url }: BifrostSandbox, model: string, vk?: string): Promise<MayCall> {
  const query = new URLSearchParams({ model, ...(vk === undefined ? {} : { vk }) });
  return (await (await fetch(`${url}/__sandbox/may-call?${query.toString()}`)).json()) as MayCall;
}

async function chat(
  { url }: BifrostSandbox,
  model: string,
  headers: { readonly [name: string]: string } = {},
  path = '/v1/chat/completions',
): Promise<{ status: number; body: unknown }> {
  const body = JSON.stringify({ model, messages: [{ role: 'user', content: 'hello' }] });
  const response = await fetch(url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body,
  });
  return { status: response.status, body: await response.json() };
}

describe('what the sandbox says a virtual key may call', () => {
  it('names key, upstream model and base URL', async () => {
    const sandbox = await start([{ path: `${G}/virtual-keys`, body: { name: 'alice', provider_configs: OPEN } }]);
    expect(await mayCall(sandbox, 'pub', 'alice')).toMatchObject({
      allowed: true,
      provider: 'acme',
      keyName: 'first',
      upstreamModel: 'upstream-one',
      baseUrl: 'http://127.0.0.1:9301/v1',
      always: true,
    });
    expect(await mayCall(sandbox, 'acme/beta', 'alice')).toMatchObject({
      keyName: 'other',
      upstreamModel: 'upstream-two',
    });
    expect(await mayCall(sandbox, 'gamma', 'alice')).toMatchObject({ allowed: false, status: 400, keyName: null });
  });

  it('stops at a rate limit', async () => {
    const limit = { request_max_limit: 2, request_reset_duration: '1h' };
    const sandbox = await start([
      { path: `${G}/virtual-keys`, body: { name: 'alice', rate_limit: limit, provider_configs: OPEN } },
    ]);
    const { virtual_keys } = (await (await fetch(`${sandbox.url}${G}/virtual-keys`)).json()) as {
      virtual_keys: { value: string }[];
    };
    const headers = { 'x-bf-vk': virtual_keys[0]?.value ?? '' };
    expect((await chat(sandbox, 'pub', headers)).status).toBe(200);
    expect((await chat(sandbox, 'pub', headers)).status).toBe(200);
    const { status, body } = await chat(sandbox, 'pub', headers);
    const foreseen = await mayCall(sandbox, 'pub', 'alice');
    expect({ status, type: (body as { type: string }).type }).toEqual({ status: foreseen.status, type: foreseen.type });
    expect(foreseen).toMatchObject({ allowed: false, status: 429, type: 'request_limited' });
  });

  it.each<[Personality['name'], string]>([
    ['1.5.16', 'upstream-one'],
    ['1.5.2', 'pub'],
  ])('stops at a team budget once a price is known: %s', async (personality, priced) => {
    const team = { name: 'red', budgets: [{ max_limit: 0.5, reset_duration: '1d' }] };
    const patch = { input_cost_per_token: 0.1, output_cost_per_token: 0.1 };
    const price = { name: 'p', scope_kind: 'provider', provider_id: 'acme', match_type: 'exact', pattern: priced };
    const sandbox = await start([{ path: `${G}/teams`, body: team }], personality);
    const { teams } = (await (await fetch(`${sandbox.url}${G}/teams`)).json()) as { teams: { id: string }[] };
    const made = await fetch(`${sandbox.url}${G}/virtual-keys`, {
      method: 'POST',
      body: JSON.stringify({ name: 'alice', team_id: teams[0]?.id, provider_configs: OPEN }),
    });
    const { virtual_key } = (await made.json()) as { virtual_key: { value: string } };
    const headers = { 'x-bf-vk': virtual_key.value };
    // Without a price no budget ever fills.
    for (const _ of [1, 2]) expect((await chat(sandbox, 'acme/pub', headers)).status).toBe(200);
    const override = { ...price, request_types: ['chat_completion'], patch };
    await fetch(`${sandbox.url}${G}/pricing-overrides`, { method: 'POST', body: JSON.stringify(override) });
    expect((await chat(sandbox, 'acme/pub', headers)).status).toBe(200);
    expect((await chat(sandbox, 'acme/pub', headers)).status).toBe(402);
    expect(await mayCall(sandbox, 'acme/pub', 'alice')).toMatchObject({ status: 402, type: 'budget_exceeded' });
  });

  it('lets a window pass', async () => {
    let now = new Date('2026-01-01T00:00:00Z');
    const limit = { request_max_limit: 1, request_reset_duration: '1m' };
    const sandbox = await start(
      [{ path: `${G}/virtual-keys`, body: { name: 'alice', rate_limit: limit, provider_configs: OPEN } }],
      '1.5.16',
      { ...REAL_DEPS, now: () => now },
    );
    const { virtual_keys } = (await (await fetch(`${sandbox.url}${G}/virtual-keys`)).json()) as {
      virtual_keys: { value: string }[];
    };
    const headers = { authorization: `Bearer ${virtual_keys[0]?.value ?? ''}` };
    expect((await chat(sandbox, 'pub', headers)).status).toBe(200);
    expect((await chat(sandbox, 'pub', headers)).status).toBe(429);
    now = new Date('2026-01-01T00:01:01Z');
    expect((await chat(sandbox, 'pub', headers)).status).toBe(200);
  });

  it('answers real requests as foreseen, on every route', async () => {
    const sandbox = await start([{ path: `${G}/virtual-keys`, body: { name: 'alice', provider_configs: OPEN } }]);
    for (const path of ['/v1/chat/completions', '/litellm/chat/completions', '/litellm/v1/chat/completions']) {
      expect((await chat(sandbox, 'acme/pub', {}, path)).status, path).toBe(200);
    }
    const unknown = await chat(sandbox, 'pub', { 'x-bf-vk': 'sk-bf-00000000-0000-0000-0000-000000000000' });
    expect(unknown.status).toBe(401);
    expect(await mayCall(sandbox, 'pub', 'nobody')).toMatchObject({ status: 401, type: 'virtual_key_not_found' });
  });
});

describe('routing rules of the sandbox', () => {
  const ALICE: SeedRequest = { path: `${G}/virtual-keys`, body: { name: 'alice', provider_configs: OPEN } };

  it.each([
    ['model == "asked"', true],
    ['model == "asked" && provider == ""', true],
    ['model != "asked" || virtual_key_name == "alice"', true],
    ['!(model == "asked")', false],
    ['model in ["a", "asked"]', true],
    ['model.startsWith("ask") && model.endsWith("ed") && model.contains("k")', true],
    ['headers["x-tier"] == "gold"', false],
    // An absent header is an error; `true || error` and `error || true` are true, `error && false` is false.
    ['headers["x-tier"] == "gold" || model == "asked"', true],
    ['headers["x-tier"] == "gold" && model == "other"', false],
    ['request_type == "chat_completion"', true],
  ])('%s', async (cel, matches) => {
    const sandbox = await start([ALICE, rule(cel)]);
    expect(await mayCall(sandbox, 'asked', 'alice')).toMatchObject(
      matches ? { allowed: true, upstreamModel: 'upstream-one' } : { allowed: false },
    );
  });

  it('split by weight, fall back in order, chain, and deny with a target nobody serves', async () => {
    const sandbox = await start([
      ALICE,
      rule('model == "split"', {
        priority: 1,
        targets: [
          { provider: 'acme', model: 'pub', weight: 0.25 },
          { provider: 'acme', model: 'beta', weight: 0.75 },
        ],
      }),
      rule('model == "back"', {
        priority: 2,
        targets: [{ provider: 'acme', model: 'gone', weight: 1 }],
        fallbacks: ['acme/beta'],
      }),
      rule('model == "chain"', { priority: 3, targets: [{ model: 'linked', weight: 1 }], chain_rule: true }),
      rule('model == "linked"', { priority: 4, targets: [{ provider: 'acme', model: 'beta', weight: 1 }] }),
      rule('model == "pub"', { priority: 5, targets: [{ provider: 'nobody', model: 'pub', weight: 1 }] }),
    ]);
    const split = await mayCall(sandbox, 'split', 'alice');
    expect(split.candidates.map(({ upstreamModel, probability }) => [upstreamModel, probability])).toEqual([
      ['upstream-two', 0.75],
      ['upstream-one', 0.25],
    ]);
    expect(await mayCall(sandbox, 'back', 'alice')).toMatchObject({
      allowed: true,
      upstreamModel: 'upstream-two',
      viaFallback: true,
    });
    expect(await mayCall(sandbox, 'chain', 'alice')).toMatchObject({ allowed: true, upstreamModel: 'upstream-two' });
    expect(await mayCall(sandbox, 'pub', 'alice')).toMatchObject({ allowed: false, status: 400 });
  });

  it('skip a rule that is off or that cannot be read', async () => {
    const elsewhere = { targets: [{ provider: 'nobody', weight: 1 }] };
    const sandbox = await start([
      ALICE,
      rule('model === "pub"', { ...elsewhere, priority: 1 }),
      rule('model == "pub"', { ...elsewhere, priority: 2, enabled: false }),
      rule('true', { priority: 3, targets: [{ provider: 'acme', model: 'beta', weight: 1 }] }),
    ]);
    expect(await mayCall(sandbox, 'pub', 'alice')).toMatchObject({ upstreamModel: 'upstream-two' });
  });
});

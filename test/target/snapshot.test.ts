import { afterEach, describe, expect, it } from 'vitest';
import { createObjectIndex } from '../../src/target/object-index.js';
import { OBJECT_KINDS, type CustomerObject } from '../../src/target/objects.js';
import { fetchVirtualKeyValues } from '../../src/target/secret-values.js';
import { connectGateway, EMPTY_NEW, EMPTY_OLD, Reply, routed, type Gateway, type Routes } from './gateway.js';
import { recording, VERSIONS } from './recordings.js';
import { envelope, json, type Received } from './server.js';

const open: Gateway[] = [];
afterEach(async () => {
  for (const gateway of open.splice(0)) await gateway.close();
});

async function gateway(routes: Routes, first?: (request: Received) => unknown): Promise<Gateway> {
  const connected = await connectGateway(routed(routes, first));
  open.push(connected);
  return connected;
}

function body(version: (typeof VERSIONS)[number], name: string): Record<string, unknown> {
  return recording(version, name).response.body as Record<string, unknown>;
}

function virtualKey(at: number): Record<string, unknown> {
  return {
    id: `vk-${at}`,
    name: `key ${at}`,
    value: `sk-bf-canary-${at}`,
    is_active: true,
    team_id: 't',
    team: { id: 't', name: 'T' },
    provider_configs: [
      {
        id: at,
        provider: 'openai',
        weight: 1,
        allow_all_keys: false,
        keys: [{ key_id: 'k1', value: { value: '' } }],
        allowed_models: ['a', 'b'],
      },
    ],
    budgets: [{ id: `b${at}`, max_limit: 5, reset_duration: '1M', current_usage: 1 }],
  };
}

describe.each(VERSIONS)('a snapshot of %s', (version) => {
  const empty = version === '1.5.2' ? EMPTY_OLD : EMPTY_NEW;
  const routes: Routes = {
    ...empty,
    '/api/providers': body(version, 'provider-list'),
    '/api/providers/openai/keys': body(version, 'provider-keys-list'),
    '/api/governance/teams': body(version, 'team-list'),
    '/api/governance/customers': body(version, 'customer-list-after-errors'),
    '/api/governance/virtual-keys': body(version, 'vk-list-all'),
    '/api/governance/model-configs': body(version, version === '1.5.2' ? 'mc-list' : 'mc-list-global'),
    '/api/governance/routing-rules': body(version, 'rule-list'),
    ...(version === '1.5.2' ? {} : { '/api/governance/users': body(version, 'user-list') }),
  };

  /** Providers whose keys nobody recorded have none. */
  const noKeys = (request: Received) =>
    /^\/api\/providers\/[^/]+\/keys$/.test(request.path) && routes[request.path] === undefined
      ? { keys: null, total: 0 }
      : undefined;

  it('holds everything, each list read once, virtual keys in one GET without parameters', async () => {
    const { target, received } = await gateway(routes, noKeys);
    const before = received.length;
    const snapshot = await target.snapshot();
    const paths = received.slice(before).map((request) => request.path);
    expect(new Set(paths).size).toBe(paths.length);
    expect(paths).toContain('/api/governance/virtual-keys');
    expect(paths.filter((path) => path.includes('model-configs') && !path.includes('scope=global'))).toEqual(
      version === '1.5.2' ? ['/api/governance/model-configs'] : [],
    );
    const lists = {
      virtual_key: 'virtual_keys',
      team: 'teams',
      customer: 'customers',
      routing_rule: 'rules',
      model_config: 'model_configs',
      provider: 'providers',
    } as const;
    const source = {
      virtual_key: 'vk-list-all',
      team: 'team-list',
      customer: 'customer-list-after-errors',
      routing_rule: 'rule-list',
      model_config: version === '1.5.2' ? 'mc-list' : 'mc-list-global',
      provider: 'provider-list',
    } as const;
    for (const [kind, member] of Object.entries(lists) as [keyof typeof lists, string][]) {
      expect([kind, snapshot.count(kind)]).toEqual([kind, (body(version, source[kind])[member] as unknown[]).length]);
    }
    expect(snapshot.count('user')).toBe(version === '1.5.2' ? 0 : 4);
    expect(snapshot.find('provider_key', 'openai/OPENAI_API_KEY')).toHaveLength(1);
  });

  it('finds by exact name and by id, and holds no secret', async () => {
    const { target } = await gateway(routes, noKeys);
    const snapshot = await target.snapshot();
    const [first] = snapshot.all('virtual_key');
    expect(snapshot.find('virtual_key', first?.name ?? '')).toContainEqual(first);
    expect(snapshot.byId('virtual_key', first?.id ?? '')).toBe(first);
    expect(snapshot.find('virtual_key', `${first?.name ?? ''} `)).toEqual([]);
    expect(JSON.stringify(OBJECT_KINDS.map((kind) => snapshot.all(kind)))).not.toContain('sk-bf-');
  });
});

describe('a snapshot', () => {
  it('reads model configs of a scoped gateway page by page', async () => {
    const rows = Array.from({ length: 230 }, (_, i) => ({
      id: `${i}`,
      model_name: `m${i}`,
      provider: 'openai',
      scope: 'global',
    }));
    const { target } = await gateway(EMPTY_NEW, ({ path }) => {
      const query = new URL(path, 'http://x').searchParams;
      if (!path.includes('model-configs')) return undefined;
      const limit = Number(query.get('limit') ?? 25);
      const offset = Number(query.get('offset') ?? 0);
      return { model_configs: rows.slice(offset, offset + limit), total_count: rows.length, limit, offset };
    });
    expect((await target.snapshot()).count('model_config')).toBe(230);
  });

  it.each([
    [
      'offset and total',
      (q: URLSearchParams, rows: unknown[]) => ({
        users: rows.slice(Number(q.get('offset')), Number(q.get('offset')) + 100),
        total: rows.length,
      }),
    ],
    [
      'page and has_more',
      (q: URLSearchParams, rows: unknown[]) => ({
        users: rows.slice((Number(q.get('page')) - 1) * 20, Number(q.get('page')) * 20),
        has_more: Number(q.get('page')) * 20 < rows.length,
      }),
    ],
    ['nothing but the rows', (_q: URLSearchParams, rows: unknown[]) => ({ users: rows })],
  ])('reads users paged by %s', async (_how, page) => {
    const rows = Array.from({ length: 130 }, (_, i) => ({ id: `u${i}`, name: 'N', email: `${i}@x` }));
    const { target } = await gateway(EMPTY_NEW, ({ path }) =>
      path.startsWith('/api/governance/users') ? page(new URL(path, 'http://x').searchParams, rows) : undefined,
    );
    expect((await target.snapshot()).count('user')).toBe(130);
  });

  it('reads the members of every team where there are members', async () => {
    const { target } = await gateway(
      {
        ...EMPTY_NEW,
        '/api/governance/teams': {
          teams: [
            { id: 't1', name: 'A' },
            { id: 't2', name: 'B' },
          ],
          total_count: 2,
        },
      },
      ({ path }) => {
        const team = /^\/api\/governance\/teams\/(.+)\/members$/.exec(path)?.[1];
        if (team === undefined) return undefined;
        return team.startsWith('t')
          ? { members: [{ user_id: 'u', user_email: 'a@b' }] }
          : new Reply(404, envelope(404, 'Team not found'));
      },
    );
    const snapshot = await target.snapshot();
    expect(snapshot.all('member').map((member) => member.name)).toEqual(['t1/u', 't2/u']);
  });

  it('of 20,000 virtual keys shares what they repeat', async () => {
    const list = { virtual_keys: Array.from({ length: 20_000 }, (_, i) => virtualKey(i)), total_count: 20_000 };
    const { target } = await gateway({ ...EMPTY_NEW, '/api/governance/virtual-keys': list });
    const keys = (await target.snapshot()).all('virtual_key');
    expect(keys).toHaveLength(20_000);
    expect(keys[0]?.providerConfigs[0]?.allowedModels).toBe(keys[19_999]?.providerConfigs[0]?.allowedModels);
    expect(keys[19_999]).toMatchObject({
      id: 'vk-19999',
      teamId: 't',
      budgets: [{ maxLimit: 5, resetDuration: '1M' }],
    });
  });

  it('is never half: a list that breaks off is read again from the start, and in the end stops the run', async () => {
    const text = JSON.stringify({ virtual_keys: [virtualKey(1), virtualKey(2)], total_count: 2 });
    let broken = 2;
    const respond = routed(EMPTY_NEW);
    const connected = await connectGateway((request, response) => {
      if (request.path !== '/api/governance/virtual-keys') return respond(request, response);
      broken -= 1;
      response.writeHead(200, { 'content-type': 'application/json' }).end(broken >= 0 ? text.slice(0, -30) : text);
    });
    open.push(connected);
    expect((await connected.target.snapshot()).count('virtual_key')).toBe(2);
    broken = 99;
    await expect(connected.target.snapshot()).rejects.toMatchObject({ code: 'target_unreachable' });
  });

  it('stops at a row it cannot read, and at a page instead of a list', async () => {
    const odd = await gateway({
      ...EMPTY_NEW,
      '/api/governance/customers': { customers: [{ id: 'c' }], total_count: 1 },
    });
    await expect(odd.target.snapshot()).rejects.toMatchObject({ code: 'target_unexpected' });
    const page = await gateway({ ...EMPTY_NEW, '/api/governance/customers': undefined });
    await expect(page.target.snapshot()).rejects.toMatchObject({ code: 'target_unexpected', message: /HTML page/ });
  });
});

describe('the values of virtual keys', () => {
  it('come from the gateway and print as ***', async () => {
    const { target } = await gateway({
      ...EMPTY_NEW,
      '/api/governance/virtual-keys': { virtual_keys: [virtualKey(1), virtualKey(2)], total_count: 2 },
    });
    const values = [];
    for await (const value of fetchVirtualKeyValues(target)) values.push(value);
    expect(values.map(({ id, name, value }) => [id, name, value.reveal()])).toEqual([
      ['vk-1', 'key 1', 'sk-bf-canary-1'],
      ['vk-2', 'key 2', 'sk-bf-canary-2'],
    ]);
    expect(JSON.stringify(values)).not.toContain('canary');
  });

  it('are an error where the gateway hides them', async () => {
    const { target } = await gateway({
      ...EMPTY_NEW,
      '/api/governance/virtual-keys': { virtual_keys: [{ id: 'v', name: 'n' }], total_count: 1 },
    });
    const all = async () => {
      for await (const _value of fetchVirtualKeyValues(target));
    };
    await expect(all()).rejects.toMatchObject({ code: 'target_unexpected', message: /without a value/ });
  });
});

describe('an index of objects', () => {
  const customer = (id: string, name: string): CustomerObject => ({
    kind: 'customer',
    id,
    name,
    budgets: [],
    rateLimit: null,
  });

  it('keeps duplicates of one name, in order of arrival', () => {
    const index = createObjectIndex();
    index.put(customer('1', 'A'));
    index.put(customer('2', 'A'));
    expect(index.find('customer', 'A').map(({ id }) => id)).toEqual(['1', '2']);
    index.remove('customer', '1');
    expect(index.find('customer', 'A').map(({ id }) => id)).toEqual(['2']);
    expect(index.count('customer')).toBe(1);
  });

  it('replaces an object by its id, under its new name', () => {
    const index = createObjectIndex();
    index.put(customer('1', 'A'));
    expect(index.all('customer')).toHaveLength(1);
    index.put(customer('1', 'B'));
    expect(index.find('customer', 'A')).toEqual([]);
    expect(index.find('customer', 'B')).toHaveLength(1);
    expect(index.all('customer')).toEqual([customer('1', 'B')]);
    index.remove('customer', 'unknown');
    expect(index.byId('customer', '1')?.name).toBe('B');
    expect(index.count('team')).toBe(0);
  });
});

it('writes are parsed with the hint, and counted', async () => {
  const respond = routed(EMPTY_NEW);
  const connected = await connectGateway((request, response) =>
    request.method === 'POST'
      ? json(response, 200, recording('1.5.16', 'key-create-full').response.body)
      : respond(request, response),
  );
  open.push(connected);
  const { target } = connected;
  const result = await target.send('provider_key', {
    method: 'POST',
    path: '/api/providers/openai/keys',
    body: { name: 'k' },
  });
  expect(result.kind === 'response' && target.parse('provider_key', result.json, { provider: 'openai' })).toMatchObject(
    { provider: 'openai', name: 'openai/OPENAI_API_KEY' },
  );
  expect(result.kind === 'response' && target.parse('provider_key', result.json)).toBeUndefined();
  expect(target.requestsSent.writes).toBe(1);
});

it('differences know the secrets and the abilities of the gateway', async () => {
  const connected = await connectGateway(routed(EMPTY_OLD), { secrets: { reveal: () => 'sk-lit-ABCDEFGH9999' } });
  open.push(connected);
  const { target } = connected;
  const { request, response } = recording('1.5.2', 'key-create-full');
  const key = target.parse('provider_key', response.body, { provider: 'openai' });
  if (key === undefined) throw new Error('no key');
  const body = { ...request.body, value: { $secret: 'k', fingerprint: 'f' } };
  expect(target.differences('provider_key', body, key).map(({ field }) => field)).toEqual(['value']);
  const provider = target.parse('provider', { name: 'openai' });
  if (provider === undefined) throw new Error('no provider');
  expect(
    target.differences('provider', { provider: 'openai', network_config: { allow_private_network: true } }, provider),
  ).toEqual([]);
});

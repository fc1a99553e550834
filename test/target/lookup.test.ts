import { afterEach, describe, expect, it } from 'vitest';
import { connectGateway, EMPTY_NEW, EMPTY_OLD, Reply, routed, type Gateway, type Routes } from './gateway.js';
import { envelope, type Received } from './server.js';

const open: Gateway[] = [];
afterEach(async () => {
  for (const gateway of open.splice(0)) await gateway.close();
});

async function gateway(routes: Routes, first?: (request: Received) => unknown): Promise<Gateway> {
  const connected = await connectGateway(routed(routes, first));
  open.push(connected);
  return connected;
}

const WILDCARDS: Record<string, string> = { '%': '.*', _: '.' };

/** LIKE as PostgreSQL reads it: a backslash takes the next character literally. */
function likePattern(text: string): string {
  return text.replace(/(\\?)([^])/gu, (_all, escaped: string, sign: string) => {
    const wildcard = escaped === '' ? WILDCARDS[sign] : undefined;
    return wildcard ?? sign.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  });
}

/** Teams with the search of Bifrost: LIKE without escaping, of the text in lower case, against names in ASCII lower case. */
function teams(names: readonly string[]): (request: Received) => unknown {
  const rows = names.map((name, at) => ({ id: `t${at}`, name }));
  return ({ path }) => {
    if (!path.startsWith('/api/governance/teams')) return undefined;
    const search = new URL(path, 'http://x').searchParams.get('search');
    if (search === null) return { teams: rows, total_count: rows.length };
    const pattern = likePattern(search.toLowerCase());
    const asciiLower = (text: string) => text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
    const hits = rows.filter((row) => new RegExp(pattern, 's').test(asciiLower(row.name)));
    return { teams: hits.slice(0, 100), total_count: hits.length, limit: 100 };
  };
}

function pathsSince(connected: Gateway, before: number): string[] {
  return connected.received.slice(before).map((request) => request.path);
}

describe('finding by name', () => {
  const names = ['dev', 'Dev', 'dev-ops', 'a_b', 'axb', '100%', ' lead', 'Équipe', 'back\\slash'];

  it.each(names)('%j brings exactly that one', async (name) => {
    const { target } = await gateway(EMPTY_NEW, teams(names));
    expect((await target.find('team', name)).map((team) => team.name)).toEqual([name]);
  });

  it('brings nothing for a name that only contains or matches others', async () => {
    const { target } = await gateway(EMPTY_NEW, teams(names));
    for (const name of ['de', 'a%', '_', 'DEV', '']) expect(await target.find('team', name)).toEqual([]);
  });

  it('uses one small search where it can be trusted', async () => {
    const connected = await gateway(EMPTY_NEW, teams(names));
    const before = connected.received.length;
    await connected.target.find('team', 'dev-ops');
    expect(pathsSince(connected, before)).toEqual(['/api/governance/teams?search=dev-ops&limit=100']);
  });

  it('reads all when there are more hits than one page holds', async () => {
    const many = [...Array.from({ length: 150 }, (_, i) => `team ${i}`), 'team'];
    const connected = await gateway(EMPTY_NEW, teams(many));
    const before = connected.received.length;
    expect(await connected.target.find('team', 'team')).toHaveLength(1);
    expect(pathsSince(connected, before)).toEqual([
      '/api/governance/teams?search=team&limit=100',
      '/api/governance/teams',
    ]);
  });

  it('brings all of several', async () => {
    const { target } = await gateway(EMPTY_OLD, ({ path }) =>
      path.startsWith('/api/governance/customers')
        ? {
            customers: [
              { id: '1', name: 'A' },
              { id: '2', name: 'A' },
              { id: '3', name: 'AA' },
            ],
            total_count: 3,
          }
        : undefined,
    );
    expect((await target.find('customer', 'A')).map(({ id }) => id)).toEqual(['1', '2']);
  });

  it('finds a provider key wherever it is, since names are unique over all providers', async () => {
    const key = { id: 'k', name: 'shared', value: { value: '****' }, models: ['*'], weight: 1 };
    const { target } = await gateway({
      ...EMPTY_NEW,
      '/api/keys': [{ key_id: 'k', name: 'shared', provider: 'azure' }],
      '/api/providers/azure/keys': { keys: [key], total: 1 },
      '/api/providers/openai/keys': { keys: null, total: 0 },
    });
    expect(await target.find('provider_key', 'shared', { provider: 'openai' })).toMatchObject([
      { provider: 'azure', id: 'k' },
    ]);
    expect(await target.get('provider_key', 'k')).toMatchObject({ provider: 'azure' });
    expect(await target.get('provider_key', 'k', { provider: 'openai' })).toBeUndefined();
  });

  it('finds the limits of one virtual key by its scope', async () => {
    const routes = {
      model_configs: [{ id: 'm', model_name: 'x/y', provider: 'p', scope: 'virtual_key', scope_id: 'v1' }],
      total_count: 1,
    };
    const { target } = await gateway(EMPTY_NEW, ({ path }) =>
      path.includes('scope=virtual_key&scope_id=v1&') ? routes : undefined,
    );
    expect(await target.find('model_config', 'virtual_key/v1/p/x/y')).toMatchObject([
      { id: 'm', scope: 'virtual_key', scopeId: 'v1' },
    ]);
  });

  it('finds members, rules and prices', async () => {
    const { target } = await gateway(
      {
        ...EMPTY_NEW,
        '/api/governance/routing-rules': {
          rules: [{ id: 'r', name: 'a/b', scope: 'team', scope_id: 't' }],
          total_count: 1,
        },
        '/api/governance/pricing-overrides': {
          pricing_overrides: [{ id: 'p', name: 'price', pricing_patch: '{}' }],
          total_count: 1,
        },
      },
      ({ path }) => (/\/teams\/[^/]+\/members$/.test(path) ? { members: [{ user_id: 'u' }] } : undefined),
    );
    expect(await target.find('routing_rule', 'team/t/a/b')).toMatchObject([{ id: 'r' }]);
    expect(await target.find('pricing_override', 'price')).toMatchObject([{ id: 'p' }]);
    expect(await target.get('pricing_override', 'p')).toMatchObject({ name: 'price' });
    expect(await target.find('member', 't/u', { teamId: 't' })).toMatchObject([{ teamId: 't', userId: 'u' }]);
    expect(await target.get('member', 't/other')).toBeUndefined();
  });

  it('finds a user by address without case', async () => {
    const { target } = await gateway(EMPTY_NEW, ({ path }) =>
      path.includes('/users?') ? { users: [{ id: 'u', name: 'N', email: 'Ann@X.y' }], total: 1 } : undefined,
    );
    expect(await target.find('user', 'ann@x.y')).toMatchObject([{ id: 'u' }]);
  });
});

describe('getting by id', () => {
  const gone = (what: string) => new Reply(404, envelope(404, `${what} not found`));

  it('knows certainly-not-there from an answer that says nothing', async () => {
    const { target } = await gateway({
      ...EMPTY_NEW,
      '/api/governance/teams/gone': gone('Team'),
      '/api/governance/teams/broken': new Reply(500, envelope(500, 'x')),
    });
    expect(await target.get('team', 'gone')).toBeUndefined();
    // The dashboard: the path is no route of this gateway, so nothing is known about the team.
    await expect(target.get('team', 'page')).rejects.toMatchObject({ code: 'target_unexpected' });
    await expect(target.get('team', 'broken')).rejects.toMatchObject({ code: 'target_unreachable' });
  });

  it('writes ids into paths safely', async () => {
    const connected = await gateway({ ...EMPTY_NEW, '/api/providers/a%2Fb': { name: 'a/b' } });
    expect(await connected.target.get('provider', 'a/b')).toMatchObject({ name: 'a/b' });
  });

  it('reads each kind from its wrapper', async () => {
    const { target } = await gateway({
      ...EMPTY_NEW,
      '/api/governance/customers/1': { customer: { id: '1', name: 'C' } },
      '/api/governance/virtual-keys/1': { virtual_key: { id: '1', name: 'V', value: 'sk-bf-x' } },
      '/api/governance/model-configs/1': { model_config: { id: '1', model_name: 'm' } },
      '/api/governance/routing-rules/1': { rule: { id: '1', name: 'R' } },
      '/api/governance/users/1': { user: { id: '1', email: 'e' } },
    });
    for (const kind of ['customer', 'virtual_key', 'model_config', 'routing_rule', 'user'] as const) {
      expect(await target.get(kind, '1')).toMatchObject({ kind, id: '1' });
    }
  });
});

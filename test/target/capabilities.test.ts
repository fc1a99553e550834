import { afterEach, describe, expect, it } from 'vitest';
import type { Capabilities } from '../../src/target/target.js';
import {
  connectGateway,
  EMPTY_NEW,
  EMPTY_OLD,
  Reply,
  routed,
  type Gateway,
  type GatewayOptions,
  type Routes,
} from './gateway.js';
import { recordings, VERSIONS, type Version } from './recordings.js';
import { envelope } from './server.js';

const open: Gateway[] = [];
afterEach(async () => {
  for (const gateway of open.splice(0)) await gateway.close();
});

async function capabilities(routes: Routes, options: GatewayOptions = {}): Promise<Capabilities> {
  const gateway = await connectGateway(routed(routes), options);
  open.push(gateway);
  return gateway.target.capabilities;
}

/** The recorded GETs of a real gateway with objects, over the empty ones for routes that nobody recorded. */
function recorded(version: Version): Routes {
  const base = version === '1.5.2' ? EMPTY_OLD : EMPTY_NEW;
  const gets = recordings(version).filter(({ request, response, name }) => {
    const type = response.headers['content-type'];
    return (
      request.method === 'GET' && !name.startsWith('auth-') && type === 'application/json' && response.status === 200
    );
  });
  return { ...base, ...Object.fromEntries(gets.map(({ request, response }) => [request.path, response.body])) };
}

const OLD = {
  usersApi: 'none',
  teamMembers: false,
  scopedModelConfigs: false,
  objectAliases: false,
  azureApiVersion: true,
  uniqueCustomerNames: false,
  checksBaseUrls: false,
  putClearsOmittedOwner: true,
  bareNamesReachWildcards: false,
  virtualKeyExpiry: false,
  inferenceNeedsVirtualKey: false,
  authEnabled: false,
} as const;
const NEW = {
  usersApi: 'canonical',
  teamMembers: false,
  scopedModelConfigs: true,
  objectAliases: true,
  azureApiVersion: false,
  uniqueCustomerNames: true,
  checksBaseUrls: true,
  putClearsOmittedOwner: false,
  bareNamesReachWildcards: true,
  virtualKeyExpiry: false,
  inferenceNeedsVirtualKey: false,
  authEnabled: false,
} as const;

describe('what a gateway can do', () => {
  it('is found out on empty ones', async () => {
    expect(await capabilities(EMPTY_OLD)).toMatchObject({ ...OLD, version: 'v1.5.2' });
    expect(await capabilities(EMPTY_NEW)).toMatchObject({ ...NEW, version: 'v1.5.16' });
  });

  it.each(VERSIONS)('is found out from the recorded answers of %s', async (version) => {
    expect(await capabilities(recorded(version))).toMatchObject(version === '1.5.2' ? OLD : NEW);
  });

  it('never depends on the version string', async () => {
    expect(await capabilities({ ...EMPTY_OLD, '/api/version': 'v9.9.9' })).toMatchObject(OLD);
    expect(
      await capabilities({ ...EMPTY_NEW, '/api/version': new Reply(401, envelope(401, 'Unauthorized')) }),
    ).toMatchObject({ ...NEW, version: null });
  });

  it('does not take 25 model configs on an old gateway for paging', async () => {
    const rows = Array.from({ length: 25 }, (_, i) => ({ id: `${i}`, model_name: `m${i}` }));
    const list = { count: 25, limit: 25, offset: 0, total_count: 25, model_configs: rows };
    expect(await capabilities({ ...EMPTY_OLD, '/api/governance/model-configs': list })).toMatchObject({
      scopedModelConfigs: false,
    });
  });

  it('is read strictly on versions between', async () => {
    const client_config = { mcp_enable_temp_token_auth: false };
    const v1_5_5 = {
      ...EMPTY_OLD,
      '/api/feature-flags': { flags: [] },
      '/api/config': { client_config, is_db_connected: true },
    };
    expect(await capabilities(v1_5_5)).toMatchObject({ ...OLD, azureApiVersion: false, bareNamesReachWildcards: true });
    const v1_5_6 = {
      ...v1_5_5,
      '/api/config': { client_config: { ...client_config, allow_direct_keys: false }, is_db_connected: true },
    };
    expect(await capabilities(v1_5_6)).toMatchObject({
      putClearsOmittedOwner: false,
      scopedModelConfigs: false,
      uniqueCustomerNames: false,
    });
    const v1_5_9 = { ...v1_5_6, '/api/governance/model-configs': EMPTY_NEW['/api/governance/model-configs'] };
    expect(await capabilities(v1_5_9)).toMatchObject({
      scopedModelConfigs: true,
      checksBaseUrls: true,
      objectAliases: false,
    });
  });

  it('knows Enterprise by its users and team members', async () => {
    const missing = new Reply(404, envelope(404, 'Team not found'));
    const members = { '/api/governance/teams/00000000-0000-0000-0000-000000000000/members': missing };
    expect(await capabilities({ ...EMPTY_NEW, ...members })).toMatchObject({
      usersApi: 'canonical',
      teamMembers: true,
    });
    const legacy = {
      '/api/users': { users: [], total: 0, page: 1, has_more: false },
      '/api/teams/00000000-0000-0000-0000-000000000000/members': missing,
    };
    expect(await capabilities({ ...EMPTY_OLD, ...legacy })).toMatchObject({ usersApi: 'legacy', teamMembers: true });
  });

  it('sees expiry and mandatory virtual keys', async () => {
    const client_config = { enforce_governance_header: true };
    const routes = {
      ...EMPTY_NEW,
      '/api/routing/rules': { rules: [] },
      '/api/config': { client_config, is_db_connected: true },
    };
    expect(await capabilities(routes)).toMatchObject({ virtualKeyExpiry: true, inferenceNeedsVirtualKey: true });
  });

  it('counts a listed provider as built in only when it works and is not custom', async () => {
    const providers = [
      { name: 'deepseek', provider_status: 'active' },
      { name: 'typo', provider_status: 'error' },
      { name: 'acme', provider_status: 'active', custom_provider_config: { base_provider_type: 'openai' } },
    ];
    const { standardProviders } = await capabilities({ ...EMPTY_OLD, '/api/providers': { providers, total: 3 } });
    expect(['openai', 'deepseek', 'typo', 'acme', 'runware'].filter((name) => standardProviders.has(name))).toEqual([
      'openai',
      'deepseek',
    ]);
    expect((await capabilities(EMPTY_NEW)).standardProviders.has('runware')).toBe(true);
  });

  it('reads from the metrics when the process started, however long they are, and can do without', async () => {
    const started = async (metrics: string | null): Promise<string | null> => {
      const plain = routed(EMPTY_NEW);
      const gateway = await connectGateway((request, response) => {
        if (request.path !== '/metrics' || metrics === null) plain(request, response);
        else response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4' }).end(metrics);
      });
      open.push(gateway);
      return gateway.target.capabilities.processStart;
    };
    const many = 'bifrost_calls_total{model="x"} 1\n'.repeat(40_000);
    expect(await started(`${many}process_start_time_seconds 1.79535857498e+09\nz 1\n`)).toBe('1.79535857498e+09');
    expect(await started(many)).toBeNull();
    expect(await started(null)).toBeNull();
  });

  it('is asked with GETs only, also when a password is needed in a dry run', async () => {
    const routes = { ...EMPTY_NEW, '/api/session/is-auth-enabled': { is_auth_enabled: true } };
    const gateway = await connectGateway(routed(routes), { apiKey: 'admin:pw', dryRun: true });
    open.push(gateway);
    expect(gateway.target.capabilities.authEnabled).toBe(true);
    expect(
      gateway.received.every(
        (request) => request.method === 'GET' && request.headers.authorization?.startsWith('Basic ') === true,
      ),
    ).toBe(true);
    expect(gateway.target.requestsSent).toEqual({ reads: gateway.received.length, writes: 0 });
  });
});

describe('connecting stops', () => {
  const unauthorized = new Reply(401, envelope(401, 'Unauthorized'));
  it.each<[string, Routes, GatewayOptions, string]>([
    [
      'when credentials are asked for and none given',
      { ...EMPTY_NEW, '/api/session/is-auth-enabled': { is_auth_enabled: true } },
      {},
      'target_unauthorized',
    ],
    [
      'when they are wrong',
      { ...EMPTY_NEW, '/api/config': unauthorized },
      { apiKey: 'lbk_wrong' },
      'target_unauthorized',
    ],
    [
      'when they may not read the configuration',
      { ...EMPTY_NEW, '/api/config': new Reply(403, envelope(403, 'Forbidden')) },
      { apiKey: 'lbk_x' },
      'target_unauthorized',
    ],
    ['at a gateway older than 1.5.0', { ...EMPTY_OLD, '/api/providers/openai/keys': undefined }, {}, 'target_too_old'],
    [
      'at a gateway without a database',
      { ...EMPTY_NEW, '/api/config': { client_config: {}, is_db_connected: false } },
      {},
      'target_without_store',
    ],
    [
      'at a gateway without a config store',
      { ...EMPTY_NEW, '/api/config': new Reply(503, envelope(503, 'config store not available')) },
      {},
      'target_without_store',
    ],
    [
      'at a gateway without governance',
      { ...EMPTY_NEW, '/api/governance/teams': undefined },
      {},
      'target_without_store',
    ],
    ['at something that is no Bifrost', {}, {}, 'target_unexpected'],
    [
      'at something that redirects',
      { '/api/session/is-auth-enabled': new Reply(302, {}), '/api/config': new Reply(302, {}) },
      {},
      'target_unexpected',
    ],
    [
      'at a gateway that keeps failing',
      { ...EMPTY_NEW, '/api/config': new Reply(500, envelope(500, 'boom')) },
      {},
      'target_unreachable',
    ],
    [
      'when users exist but may not be read',
      { ...EMPTY_NEW, '/api/governance/users': new Reply(403, envelope(403, 'Forbidden')) },
      { apiKey: 'lbk_x' },
      'target_unauthorized',
    ],
  ])('%s', async (_when, routes, options, code) => {
    await expect(connectGateway(routed(routes), options)).rejects.toMatchObject({
      name: 'MigrateError',
      code,
      nextStep: /\w/,
    });
  });

  it('not when the users that may not be read are not wanted', async () => {
    const routes = { ...EMPTY_NEW, '/api/governance/users': new Reply(403, envelope(403, 'Forbidden')) };
    expect(await capabilities(routes, { apiKey: 'lbk_x', only: ['team'] })).toMatchObject({ usersApi: 'none' });
  });
});

import { afterEach, describe, expect, it } from 'vitest';
import { MigrateError } from '../../src/errors.js';
import { fingerprinter, isSecretRef, Secret } from '../../src/secret.js';
import type { Source } from '../../src/sources/records.js';
import { openSource } from '../../src/sources/world.js';
import {
  fixture,
  recordings,
  startReplay,
  VERSIONS,
  type Override,
  type RecordedVersion,
  type Replay,
} from './replay.js';
import { asText, CANARIES, collect, settings } from './settings-factory.js';

const fingerprint = fingerprinter(Buffer.from('a key of this test'));
const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function open(
  version: RecordedVersion,
  override?: Override,
  more = {},
): Promise<{ source: Source; proxy: Replay; log: string[] }> {
  const proxy = await startReplay(version, override);
  closing.push(() => proxy.close());
  const log: string[] = [];
  const source = await openSource(settings({ litellmUrl: proxy.url, ...more }), fingerprint, {
    log: (line) => log.push(line),
    retryDelay: 1,
  });
  closing.push(() => source.close());
  return { source, proxy, log };
}

async function refusal(version: RecordedVersion, override?: Override, more = {}): Promise<MigrateError> {
  const error: unknown = await open(version, override, more).then(
    () => null,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(MigrateError);
  return error as MigrateError;
}

const codes = (source: Source) => source.world.findings.map(({ code }) => code);
const rows = (version: RecordedVersion, name: string, member: string) =>
  (recordings(version)[name]?.body as Record<string, unknown[]>)[member]?.length;

describe.each(VERSIONS)('LiteLLM %s by its management API alone', (version) => {
  it('is read completely', async () => {
    const { source } = await open(version);
    const { world } = source;
    expect(world.dialect.version).toBe(version);
    expect(world.deployments).toHaveLength(27);
    expect(world.deployments.filter(({ origin }) => origin === 'file')).toHaveLength(9);
    expect(world.deployments.every(({ served }) => served)).toBe(true);
    expect(world.teams).toHaveLength(rows(version, 'v2_team_list', 'teams') ?? -1);
    expect(world.budgets.size).toBe((recordings(version).budget_list?.body as unknown[]).length);
    expect(world.accessGroups.size).toBe(2);
    expect(await collect(source.users())).toHaveLength(rows(version, 'user_list', 'users') ?? -1);
    const keys = await collect(source.virtualKeys());
    expect(keys).toHaveLength(rows(version, 'key_list_full_p1', 'keys') ?? -1);
    expect(new Set(keys.map(({ id }) => id)).size).toBe(keys.length);
    expect(await collect(source.memberships())).toHaveLength(23);
  });

  it('sends GETs only', async () => {
    const { source, proxy } = await open(version);
    await collect(source.virtualKeys());
    expect(proxy.requests.filter((line) => !line.startsWith('GET '))).toEqual([]);
  });

  it('finds team aliases, whichever list has them', async () => {
    const { source } = await open(version);
    const aliases = source.world.teams.find(({ id }) => id === 't-alias')?.modelAliases;
    expect(aliases).toMatchObject({ 'team-alias-x': 'model-c' });
  });

  it('reads both forms of model_group_alias, and the fallbacks', async () => {
    const { router } = (await open(version)).source.world;
    expect(router.modelGroupAlias).toEqual({ 'alias-gpt': 'gpt-4o', 'hidden-alias': 'model-a' });
    expect(router.fallbacks).toEqual({ 'fail-model': ['model-b'], 'model-a': ['model-b'] });
    expect(router.rest.context_window_fallbacks).toEqual([{ 'model-a': ['gpt-4o'] }]);
  });

  it('links a key to its budget', async () => {
    const { source } = await open(version);
    const key = (await collect(source.virtualKeys())).find(({ keyAlias }) => keyAlias === 'k-budgetid');
    expect(key?.budgetId).toBe('bud-standard');
    expect(source.world.budgets.get('bud-standard')).toMatchObject({ maxBudget: 25.5, tpmLimit: 5000, rpmLimit: 50 });
  });

  it('marks database deployments as masked and team-scoped ones with their public name', async () => {
    const { deployments } = (await open(version)).source.world;
    const stored = deployments.filter(({ origin }) => origin === 'api');
    expect(stored).toHaveLength(18);
    for (const { params, publicName } of stored) {
      if (params.litellm_credential_name === undefined) expect(params.api_key, publicName).toEqual({ $masked: true });
    }
    const byod = stored.filter(({ teamId }) => teamId !== null);
    expect(byod.map(({ publicName }) => publicName).sort()).toEqual([
      'model-a',
      'team-model',
      'team-model',
      'team-model-open',
    ]);
  });

  it('holds no secret outside the vault', async () => {
    const { source } = await open(version);
    const text = asText([
      source.world,
      await collect(source.users()),
      await collect(source.virtualKeys()),
      await collect(source.memberships()),
    ]);
    for (const canary of CANARIES) expect(text, canary).not.toContain(canary);
    const reference = source.world.deployments[0]?.params.api_key;
    expect(isSecretRef(reference) && source.secrets.reveal(reference)).toBe('sk-upstream-config-gpt4o-0001');
  });

  it('knows the prices the proxy uses, and that some are unknown', async () => {
    const { deployments } = (await open(version)).source.world;
    const costs = (name: string) =>
      deployments
        .filter(({ publicName }) => publicName === name)
        .map(({ inputCost, outputCost }) => [inputCost, outputCost])[0];
    expect(costs('gpt-4o')).toEqual([2.5e-6, 1e-5]);
    expect(costs('db-custom')).toEqual([0.001, 0.002]);
    expect(costs('model-b')).toEqual([null, null]);
  });
});

describe('organizations', () => {
  it('are read from 1.81.13', async () => {
    const { world } = (await open('1.81.13')).source;
    expect(world.organizations.map(({ id }) => id).sort()).toEqual([
      'org-acme',
      'org-dup-1',
      'org-dup-2',
      'org-open',
      'org-zero',
    ]);
    expect(world.organizations.find(({ id }) => id === 'org-zero')?.limits.maxBudget).toBe(0);
    expect(world.provenance.organization).toBe('api');
  });

  it('behind a licence become a finding that names the way out, and everything else goes on', async () => {
    const { world } = (await open('1.109.1')).source;
    expect(world.organizations).toEqual([]);
    expect(world.provenance.organization).toBe('none');
    const finding = world.findings.find(({ code }) => code === 'organizations_need_database');
    expect(finding).toMatchObject({ severity: 'loss' });
    expect(finding?.message).toContain('LITELLM_DB_URL');
    expect(world.teams.find(({ id }) => id === 't-org')?.organizationId).toBe('org-acme');
  });
});

describe('what a proxy may answer besides', () => {
  const failing =
    (prefix: string, status = 500): Override =>
    (path) =>
      path === prefix ? { status, body: { detail: { error: 'broken' } } } : undefined;

  it.each([
    '/organization/list',
    '/budget/list',
    '/v1/access_group',
    '/project/list',
    '/router/settings',
    '/credentials',
  ])('%s failing is a finding, not the end', async (path) => {
    const { source } = await open('1.109.1', failing(path));
    expect(codes(source).filter((code) => code.endsWith('_unreadable'))).toHaveLength(1);
  });

  it.each(['/key/list', '/user/list'])('%s failing ends the reading', async (path) => {
    const { source } = await open('1.109.1', failing(path));
    const reading: Promise<unknown> = path === '/key/list' ? collect(source.virtualKeys()) : collect(source.users());
    await expect(reading).rejects.toMatchObject({
      code: 'source_unexpected',
    });
  });

  it('a broken team page falls back to the other list, with a finding', async () => {
    const { source } = await open('1.109.1', failing('/v2/team/list'));
    expect(source.world.teams).toHaveLength(19);
    expect(codes(source)).toContain('team_list_incomplete');
  });

  it('a proxy without /v2/model/info is read through /model/info, de-duplicated', async () => {
    const { source } = await open('1.81.13', failing('/v2/model/info', 404));
    const stored = source.world.deployments.filter(({ origin }) => origin === 'api');
    // Team-scoped deployments are missing from the older list for an admin key.
    expect(stored).toHaveLength(14);
    expect(stored.map(({ modelName }) => modelName)).toContain('db-wild/*');
    expect(source.world.deployments.filter(({ origin, served }) => origin === 'file' && served)).toHaveLength(9);
  });

  it('a deployment in neither file nor database is told', async () => {
    const { source } = await open('1.109.1', undefined, { litellmConfig: fixture('other-config.yaml') });
    const unexplained = source.world.deployments.filter(({ notes }) =>
      notes.some(({ code }) => code === 'unexplained_deployment'),
    );
    expect(unexplained.map(({ publicName }) => publicName)).toContain('gpt-4o');
    const entry = source.world.deployments.find(({ publicName }) => publicName === 'not-running');
    expect(entry).toMatchObject({ served: false, notes: [{ code: 'not_served' }] });
  });

  it('a wrong master key is refused by name', async () => {
    const error = await refusal('1.109.1', undefined, { litellmMasterKey: new Secret('sk-CANARY-wrong') });
    expect(error.code).toBe('source_unauthorized');
    expect(`${error.message} ${error.nextStep}`).toContain('LITELLM_MASTER_KEY');
    expect(error.message).not.toContain('CANARY');
  });

  it('a key that may not read everything is refused', async () => {
    const error = await refusal('1.81.13', (path) =>
      path === '/budget/list'
        ? { status: 403, body: { error: { message: 'user not allowed to access this route' } } }
        : undefined,
    );
    expect(error.code).toBe('source_unauthorized');
  });

  it('nobody listening is told with the address', async () => {
    const error: unknown = await openSource(
      settings({ litellmUrl: 'http://user:CANARY@127.0.0.1:1/base/' }),
      fingerprint,
      { retryDelay: 1 },
    ).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'source_unreachable', exitCode: 5 });
    expect((error as Error).message).toContain('http://127.0.0.1:1/base');
    expect((error as Error).message).not.toContain('CANARY');
  });

  it('a page of HTML is no proxy', async () => {
    const error = await refusal('1.109.1', () => ({ status: 200, body: '<!doctype html>', type: 'text/html' }));
    expect(error.code).toBe('source_unexpected');
    expect(error.message).toContain('text/html');
  });

  it('a redirect is not followed with the master key', async () => {
    let asked = 0;
    const elsewhere = await startReplay('1.109.1', () => {
      asked++;
      return undefined;
    });
    closing.push(() => elsewhere.close());
    const error = await refusal('1.109.1', () => ({
      status: 307,
      body: {},
      headers: { location: `${elsewhere.url}/?token=CANARY` },
    }));
    expect(error.code).toBe('source_unexpected');
    expect(error.message).toContain(elsewhere.url);
    expect(error.message).not.toContain('CANARY');
    expect(asked).toBe(0);
  });

  it('hiccups are tried again', async () => {
    const failures = new Map<string, number>();
    const { source } = await open('1.109.1', (path) => {
      const times = (failures.get(path) ?? 0) + 1;
      failures.set(path, times);
      return times === 1
        ? 'hang up'
        : times === 2
          ? { status: 429, body: {}, headers: { 'retry-after': '0' } }
          : undefined;
    });
    expect(source.world.deployments).toHaveLength(27);
  });

  it('a base address with a path is kept', async () => {
    const { source, proxy } = await open('1.109.1');
    expect(source.identity).toBe(proxy.url);
    const inner = await startReplay('1.109.1', (path) =>
      path.startsWith('/litellm/') ? undefined : { status: 404, body: { detail: 'Not Found' } },
    );
    closing.push(() => inner.close());
    await openSource(settings({ litellmUrl: `${inner.url}/litellm/` }), fingerprint, { retryDelay: 1 }).catch(
      () => undefined,
    );
    expect(inner.requests).toContain('GET /litellm/v2/model/info?page=1&size=500');
    expect(inner.requests.every((line) => line.startsWith('GET /litellm/'))).toBe(true);
  });

  it('no config file is refused when the proxy serves models from one', async () => {
    expect((await refusal('1.109.1', undefined, { litellmConfig: null })).code).toBe('config_missing');
  });

  it('an unknown version gets the stricter rules and a notice', async () => {
    const { source } = await open('1.109.1', (path) =>
      path === '/openapi.json' ? { status: 404, body: { detail: 'Not Found' } } : undefined,
    );
    expect(source.world.dialect).toMatchObject({
      version: null,
      keyAliasCheck: 'both',
      missingTeamDenies: true,
      fallbackTargetChecked: true,
    });
    expect(codes(source)).toContain('version_unknown');
  });
});

describe('long lists', () => {
  const key = (n: number) => ({ token: `hash-${n}`, key_alias: `k${n}`, models: [], budget_id: null });
  const listing =
    (all: () => object[]): Override =>
    (path, query) => {
      if (path !== '/key/list') return undefined;
      const [page, size] = [Number(query.get('page')), Number(query.get('size'))];
      const keys = all();
      return {
        status: 200,
        body: {
          keys: keys.slice((page - 1) * size, page * size),
          total_count: keys.length,
          current_page: page,
          total_pages: Math.ceil(keys.length / size),
        },
      };
    };

  it('are paged by 100 under the name `size`', async () => {
    const keys = Array.from({ length: 250 }, (_, n) => key(n));
    const { source, proxy } = await open(
      '1.109.1',
      listing(() => keys),
    );
    expect(await collect(source.virtualKeys())).toHaveLength(250);
    expect(proxy.requests.filter((line) => line.includes('/key/list'))).toEqual(
      [1, 2, 3].map((page) => `GET /key/list?return_full_object=true&page=${page}&size=100`),
    );
  });

  it('that shift while they are read give every key once', async () => {
    const keys = Array.from({ length: 250 }, (_, n) => key(n));
    let reads = 0;
    const { source } = await open(
      '1.109.1',
      listing(() => {
        // A key created meanwhile pushes one to the next page; one deleted pulls one to the page already read.
        if (++reads === 2) keys.unshift(key(1000));
        if (reads === 3) keys.splice(0, 2);
        return [...keys];
      }),
    );
    const ids = (await collect(source.virtualKeys())).map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { token } of keys) expect(ids).toContain(token);
  });

  it('that count more than they list are refused', async () => {
    const { source } = await open('1.109.1', (path) =>
      path === '/key/list'
        ? { status: 200, body: { keys: [key(1)], total_count: 2, current_page: 1, total_pages: 1 } }
        : undefined,
    );
    await expect(collect(source.virtualKeys())).rejects.toMatchObject({ code: 'source_unexpected' });
  });

  it('of hashes, as old releases answer, are completed key by key', async () => {
    const { source } = await open('1.109.1', (path, query) => {
      if (path === '/key/list')
        return { status: 200, body: { keys: ['h1', 'h2'], total_count: 2, current_page: 1, total_pages: 1 } };
      if (path === '/key/info')
        return {
          status: 200,
          body: {
            key: query.get('key'),
            info: { key_alias: `alias of ${query.get('key')}`, team_id: 't', budget_id: 'bud-standard' },
          },
        };
      return undefined;
    });
    const keys = await collect(source.virtualKeys());
    expect(keys.map(({ id, keyAlias, teamId, budgetId }) => [id, keyAlias, teamId, budgetId])).toEqual([
      ['h1', 'alias of h1', 't', 'bud-standard'],
      ['h2', 'alias of h2', 't', 'bud-standard'],
    ]);
  });
});

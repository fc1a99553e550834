import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { fingerprinter, isSecretRef, Secret, type SecretRef } from '../../src/secret.js';
import type { Source } from '../../src/sources/records.js';
import { openSource } from '../../src/sources/world.js';
import { runSql, startPostgres, type TestPostgres } from '../postgres.js';
import { fixture, startReplay, VERSIONS, type RecordedVersion, type Replay } from './replay.js';
import { asText, CANARIES, collect, settings } from './settings-factory.js';

const fingerprint = fingerprinter(Buffer.from('a key of this test'));
const proxies = new Map<RecordedVersion, Replay>();
const closing: (() => Promise<void>)[] = [];
let postgres: TestPostgres;
let databases = 0;

beforeAll(async () => {
  postgres = await startPostgres();
  for (const version of VERSIONS) proxies.set(version, await startReplay(version));
});
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});
afterAll(async () => {
  for (const proxy of proxies.values()) await proxy.close();
  await postgres.stop();
});

/** A fresh database with the dump of this version. */
function database(folder: string): Promise<string> {
  return postgres.createDatabase(`litellm ${++databases}`, fixture(`${folder}/database.sql`));
}

async function open(url: string, version: RecordedVersion, more = {}): Promise<Source> {
  const litellmUrl = proxies.get(version)?.url ?? '';
  const source = await openSource(settings({ litellmUrl, litellmDbUrl: new Secret(url), ...more }), fingerprint, {
    retryDelay: 1,
  });
  closing.push(() => source.close());
  return source;
}

async function count(url: string, table: string): Promise<number> {
  const [row] = await runSql(url, `SELECT count(*)::int AS n FROM public."LiteLLM_${table}"`);
  return row?.n as number;
}

const WORLDS = [
  ['1.81.13', '1.81.13'],
  ['1.106.2', '1.106.2'],
  ['1.109.1', '1.109.1'],
  ['1.106.2-gcm', '1.106.2'],
] as const;

describe.each(WORLDS)("LiteLLM's database %s", (folder, version) => {
  let url: string;
  beforeAll(async () => {
    url = await database(folder);
  });

  it('is read completely: as many records as SQL counts', async () => {
    const source = await open(url, version);
    const { world } = source;
    const origins = world.deployments.map(({ origin }) => origin);
    expect(origins.filter((origin) => origin === 'file')).toHaveLength(9);
    expect(origins.filter((origin) => origin === 'database')).toHaveLength(await count(url, 'ProxyModelTable'));
    expect(world.credentials.size).toBe(await count(url, 'CredentialsTable'));
    expect(world.organizations).toHaveLength(await count(url, 'OrganizationTable'));
    expect(world.teams).toHaveLength(await count(url, 'TeamTable'));
    expect(world.budgets.size).toBe(await count(url, 'BudgetTable'));
    expect(world.accessGroups.size).toBe(await count(url, 'AccessGroupTable'));
    expect(await collect(source.users())).toHaveLength(await count(url, 'UserTable'));
    expect(await collect(source.virtualKeys())).toHaveLength(await count(url, 'VerificationToken'));
    const inTeams = await runSql(
      url,
      `SELECT DISTINCT team_id, m->>'user_id' AS user_id FROM public."LiteLLM_TeamTable", jsonb_array_elements(members_with_roles) m
       UNION SELECT t, user_id FROM public."LiteLLM_UserTable", unnest(teams) t UNION SELECT team_id, user_id FROM public."LiteLLM_TeamMembership"`,
    );
    expect(await collect(source.memberships())).toHaveLength(inTeams.length);
  });

  it('every encrypted value opens, and none leaves the vault', async () => {
    const source = await open(url, version);
    const { world } = source;
    const text = asText([
      world,
      await collect(source.users()),
      await collect(source.virtualKeys()),
      await collect(source.memberships()),
    ]);
    for (const canary of CANARIES) expect(text, canary).not.toContain(canary);
    expect(text).not.toContain('$undecryptable');
    const secret = (name: string, member: string) => {
      const reference = world.deployments.find(({ modelName }) => modelName === name)?.params[member];
      expect(isSecretRef(reference), `${name} ${member}`).toBe(true);
      return source.secrets.reveal(reference as SecretRef);
    };
    expect(secret('db-azure', 'api_key')).toBe('azure-INVENTED');
    expect(secret('db-bedrock', 'aws_secret_access_key')).toBe('inv/Secret2');
    expect(secret('db-ünïcode 模型', 'api_key')).toBe('sk-ünï-密钥');
    expect(JSON.parse(secret('db-vertex-obj', 'vertex_credentials'))).toMatchObject({
      private_key: 'INVENTED-PEM-OBJ',
    });
    expect(world.deployments.find(({ modelName }) => modelName === 'db-env')?.params.api_key).toBe(
      'os.environ/FAKE_UPSTREAM_KEY',
    );
    const credential = world.credentials.get('cred azure/ünïcode')?.values.api_key;
    expect(source.secrets.reveal(credential as SecretRef)).toBe('azure-cred-INVENTED-2');
  });

  it('has the hidden dashboard key, the organizations and the team-scoped deployments', async () => {
    const source = await open(url, version);
    expect((await collect(source.virtualKeys())).filter(({ teamId }) => teamId === 'litellm-dashboard')).toHaveLength(
      1,
    );
    expect(source.world.organizations.find(({ id }) => id === 'org-zero')?.limits.maxBudget).toBe(0);
    expect(source.world.organizations.find(({ id }) => id === 'org-acme')?.models).toEqual(['model-a', 'model-b']);
    expect(source.world.findings.map(({ code }) => code)).not.toContain('organizations_need_database');
    const scoped = source.world.deployments.filter(({ teamId, origin }) => teamId !== null && origin === 'database');
    expect(scoped.map(({ publicName }) => publicName).sort()).toEqual([
      'model-a',
      'team-model',
      'team-model',
      'team-model-open',
    ]);
    expect(source.world.provenance).toMatchObject({
      deployment: 'database+file',
      virtual_key: 'database',
      organization: 'database',
    });
  });
});

describe('both ways of reading', () => {
  it.each(VERSIONS)('tell the same about teams, users, keys and memberships of %s', async (version) => {
    const url = await database(version);
    const infos = new Map(
      (await runSql(url, 'SELECT token, to_jsonb(k) AS info FROM public."LiteLLM_VerificationToken" k')).map((row) => [
        row.token,
        row.info,
      ]),
    );
    const proxy = await startReplay(version, (path, query) =>
      path === '/key/info'
        ? { status: 200, body: { key: query.get('key'), info: infos.get(query.get('key')) } }
        : undefined,
    );
    closing.push(() => proxy.close());
    const fromDatabase = await open(url, version);
    const fromApi = await openSource(settings({ litellmUrl: proxy.url }), fingerprint, { retryDelay: 1 });
    closing.push(() => fromApi.close());
    const byId = (records: readonly { readonly id: string }[]) => new Map(records.map((record) => [record.id, record]));
    for (const read of [
      (source: Source) => Promise.resolve(source.world.teams),
      (source: Source) => collect(source.users()),
      (source: Source) => collect(source.memberships()),
      (source: Source) => collect(source.virtualKeys()),
    ]) {
      const known = byId(await read(fromDatabase));
      for (const record of await read(fromApi)) {
        const other = known.get(record.id) as (typeof record & { rest: object }) | undefined;
        // Spend moved between the recording of a list and the dump.
        expect({ ...record, rest: null }).toEqual({ ...other, rest: null });
      }
    }
  });
});

describe('odd databases', () => {
  it('without the tables and columns of newer releases are read', async () => {
    const url = await database('1.81.13');
    await runSql(
      url,
      `DROP TABLE public."LiteLLM_AccessGroupTable", public."LiteLLM_TagTable", public."LiteLLM_ObjectPermissionTable",
         public."LiteLLM_DeprecatedVerificationToken" CASCADE;
       ALTER TABLE public."LiteLLM_VerificationToken" DROP COLUMN access_group_ids, DROP COLUMN policies, DROP COLUMN allowed_routes, DROP COLUMN router_settings;
       ALTER TABLE public."LiteLLM_TeamTable" DROP COLUMN soft_budget, DROP COLUMN access_group_ids, DROP COLUMN team_member_permissions;`,
    );
    const source = await open(url, '1.81.13');
    expect(source.world.accessGroups.size).toBe(0);
    expect(source.world.teams[0]?.accessGroupIds).toEqual([]);
    const keys = await collect(source.virtualKeys());
    expect(keys).toHaveLength(await count(url, 'VerificationToken'));
    expect(keys[0]).toMatchObject({ accessGroupIds: [], allowedRoutes: [] });
  });

  it('with odd rows lose none of them', async () => {
    const url = await database('1.109.1');
    await runSql(
      url,
      `INSERT INTO public."LiteLLM_ObjectPermissionTable" (object_permission_id, vector_stores) VALUES ('op-1', '{vs-1}');
       INSERT INTO public."LiteLLM_VerificationToken" (token, models, aliases, metadata, tpm_limit, expires, max_budget, budget_id, object_permission_id)
         VALUES ('odd-1', NULL, '"{\\"x\\": \\"y\\"}"', 'null', 9223372036854775807, 'infinity', 'NaN', NULL, NULL),
                ('odd-2', '{NULL}', '[]', '[1]', 0, '2026-01-01 00:00:00', '-1', NULL, 'op-1');
       INSERT INTO public."LiteLLM_TeamTable" (team_id, members_with_roles, metadata) VALUES ('odd-team', '{}', '"text"');
       INSERT INTO public."LiteLLM_UserTable" (user_id, password, teams) VALUES ('odd-user', 'CANARY-password', '{gone}');
       INSERT INTO public."LiteLLM_ProxyModelTable" (model_id, model_name, litellm_params, model_info, created_by, updated_by)
         VALUES ('odd-model', 'odd', '"text"', NULL, 'x', 'x'), ('closed-model', 'closed', '{"model": "openai/a", "api_key": "xKIFQwTlehVmtwSxx2lLu7NueOP-_ZG7_KN7ElfgT20lmTtY_Ra4VfbPVMkdBZ-b6g3QJA=="}', NULL, 'x', 'x');`,
    );
    const source = await open(url, '1.109.1');
    const keys = new Map((await collect(source.virtualKeys())).map((key) => [key.id, key]));
    expect(keys.get('odd-1')).toMatchObject({
      models: [],
      aliases: { x: 'y' },
      expires: null,
      limits: { maxBudget: null },
      metadata: {},
    });
    expect(keys.get('odd-1')?.notes.map(({ field }) => field)).toEqual(['max_budget']);
    expect(keys.get('odd-2')).toMatchObject({
      models: [''],
      limits: { maxBudget: -1, tpmLimit: 0 },
      rest: { object_permission: { vector_stores: ['vs-1'] } },
    });
    expect(source.world.teams.find(({ id }) => id === 'odd-team')).toMatchObject({
      name: 'odd-team',
      members: [],
      metadata: {},
    });
    expect(asText(await collect(source.users()))).not.toContain('CANARY');
    const deployment = (id: string) => source.world.deployments.find((one) => one.id === id);
    expect(deployment('odd-model')).toMatchObject({ params: {}, served: false });
    expect(deployment('closed-model')).toMatchObject({
      params: { model: 'openai/a', api_key: { $undecryptable: true } },
    });
    expect(deployment('closed-model')?.notes.map(({ code }) => code)).toEqual(['undecryptable', 'not_served']);
    expect((await collect(source.memberships())).find(({ userId }) => userId === 'odd-user')?.teamId).toBe('gone');
  });

  it('in another schema are found through ?schema=, Prisma parameters and all', async () => {
    const url = await database('1.109.1');
    await runSql(url, 'ALTER SCHEMA public RENAME TO "My Proxy"');
    const source = await open(`${url}?schema=My%20Proxy&connection_limit=5&pgbouncer=true&pool_timeout=10`, '1.109.1');
    expect(source.world.teams).toHaveLength(19);
    await expect(open(url, '1.109.1')).rejects.toMatchObject({ code: 'source_unexpected' });
  });

  it('rows of LiteLLM_Config lie over the file', async () => {
    const url = await database('1.109.1');
    await runSql(
      url,
      `INSERT INTO public."LiteLLM_Config" (param_name, param_value) VALUES
         ('litellm_settings', '{"drop_params": false, "max_budget": 100, "model_alias_map": {"short": "gpt-4o"}}'),
         ('router_settings', '{"default_fallbacks": ["model-b"], "num_retries": null, "retry_policy": {"TimeoutErrorRetries": 2}}'),
         ('environment_variables', '{"LANGFUSE_SECRET": "CANARY"}')`,
    );
    const { world } = await open(url, '1.109.1');
    expect(world.modelAliasMap).toEqual({ short: 'gpt-4o' });
    expect(world.settings.litellm_settings).toMatchObject({ drop_params: false, max_budget: 100, telemetry: false });
    expect(world.router.defaultFallbacks).toEqual(['model-b']);
    expect(world.router.rest).toMatchObject({ num_retries: 0, retry_policy: { TimeoutErrorRetries: 2 } });
    expect(world.findings).toContainEqual(
      expect.objectContaining({ code: 'setting_not_carried', field: 'litellm_settings.max_budget', severity: 'loss' }),
    );
    expect(asText(world)).not.toContain('CANARY');
  });
});

describe('refusals', () => {
  it('a wrong salt key is found before anything is written', async () => {
    const url = await database('1.109.1');
    await expect(open(url, '1.109.1', { litellmSaltKey: new Secret('wrong') })).rejects.toMatchObject({
      code: 'salt_key_wrong',
      nextStep: expect.stringContaining('LITELLM_SALT_KEY') as string,
    });
  });

  it('a database that does not answer is told without its password', async () => {
    const error: unknown = await open('postgresql://user:CANARY@127.0.0.1:1/litellm', '1.109.1').catch(
      (thrown: unknown) => thrown,
    );
    expect(error).toMatchObject({ code: 'database_unreachable', exitCode: 5 });
    expect((error as Error).message + ((error as Error).stack ?? '')).not.toContain('CANARY');
  });

  it('a wrong password is', async () => {
    await expect(open(postgres.url('postgres').replace('password-of', 'wrong'), '1.109.1')).rejects.toMatchObject({
      code: 'database_unreachable',
    });
  });

  it('an empty database is not taken for a proxy without keys', async () => {
    await expect(open(await postgres.createDatabase('empty'), '1.109.1')).rejects.toMatchObject({
      code: 'source_unexpected',
    });
  });

  it('an address of another kind is a usage error', async () => {
    const error: unknown = await open('mysql://u:CANARY@host/db', '1.109.1').catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'usage' });
    expect((error as Error).message).not.toContain('CANARY');
  });

  it('the proxy must answer even so', async () => {
    await expect(
      open(await database('1.109.1'), '1.109.1', { litellmUrl: 'http://127.0.0.1:1' }),
    ).rejects.toMatchObject({ code: 'source_unreachable' });
  });
});

describe('one snapshot', () => {
  it('is read from beginning to end, whatever happens meanwhile, and streams may interleave', async () => {
    const url = await database('1.109.1');
    await runSql(
      url,
      `INSERT INTO public."LiteLLM_VerificationToken" (token) SELECT 'k' || lpad(n::text, 6, '0') FROM generate_series(1, 3500) n`,
    );
    const before = await count(url, 'VerificationToken');
    const source = await open(url, '1.109.1');
    let keys = 0;
    let users = 0;
    for await (const _key of source.virtualKeys()) {
      keys++;
      if (keys === 10) await runSql(url, `DELETE FROM public."LiteLLM_VerificationToken" WHERE token > 'k003000'`);
      if (keys % 1500 === 0) users += (await collect(source.users())).length;
    }
    expect(keys).toBe(before);
    expect(users).toBe(2 * (await count(url, 'UserTable')));
  });

  it('refuses a database of which its user may not read a table, by name, whatever else it may read', async () => {
    const url = await database('1.109.1');
    await runSql(
      url,
      `CREATE ROLE blinkered LOGIN PASSWORD 'blinkered'; GRANT USAGE ON SCHEMA public TO blinkered;
       GRANT SELECT ON ALL TABLES IN SCHEMA public TO blinkered;
       REVOKE SELECT ON "LiteLLM_BudgetTable", "LiteLLM_TagTable", "LiteLLM_DeletedTeamTable" FROM blinkered`,
    );
    await expect(open(url.replace(/postgres:[^@]+@/, 'blinkered:blinkered@'), '1.109.1')).rejects.toMatchObject({
      code: 'database_unreachable',
      message: 'The user of LITELLM_DB_URL may not read LiteLLM_BudgetTable, LiteLLM_TagTable',
      nextStep: expect.stringContaining('GRANT SELECT') as string,
    });
  });

  it('writes nothing', async () => {
    const url = await database('1.109.1');
    await runSql(
      url,
      `CREATE ROLE reader LOGIN PASSWORD 'reader'; GRANT USAGE ON SCHEMA public TO reader; GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader`,
    );
    const source = await open(url.replace(/postgres:[^@]+@/, 'reader:reader@'), '1.109.1');
    expect(await collect(source.virtualKeys())).toHaveLength(await count(url, 'VerificationToken'));
  });
});

import { readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { writeConfigFile } from '../../src/sandbox/litellm/config-file.js';
import { encryptText, type StoredForm } from '../../src/sandbox/litellm/encrypt.js';
import { startLitellmSandbox, type LitellmSandbox } from '../../src/sandbox/litellm/server.js';
import { SANDBOX_VERSIONS } from '../../src/sandbox/litellm/version.js';
import { sandboxWorld, type SandboxWorld } from '../../src/sandbox/litellm/world.js';

type Golden = { format: string; salt_key: string; name: string; plaintext: string; stored: string };

const FORMS: Record<string, StoredForm> = {
  'nacl-urlsafe': 'nacl',
  'nacl-stdb64': 'nacl-standard',
  'v2:gcm': 'v2',
  'v3:gcm': 'v3',
};

/** Everything a world says, keys included, as one text. */
function textOf(world: SandboxWorld): string {
  return JSON.stringify([world, Array.from({ length: world.keyCount }, (_, index) => world.key(index))]);
}

describe('the sandbox world', () => {
  it('is the same for the same seed, and another for another', () => {
    expect(textOf(sandboxWorld({ seed: 7 }))).toBe(textOf(sandboxWorld({ seed: 7 })));
    expect(textOf(sandboxWorld({ seed: 7 }))).not.toBe(textOf(sandboxWorld({ seed: 8 })));
  });

  it('makes any of 20,000 keys by itself, each with its own token', () => {
    const world = sandboxWorld({ keys: 20_000, teams: 200, users: 500, organizations: 40, deployments: 300 });
    expect(world.key(19_999)).toEqual(world.key(19_999));
    expect(new Set(Array.from({ length: 20_000 }, (_, index) => world.key(index).row.token)).size).toBe(20_000);
    expect([world.teams.length, world.users.length, world.organizations.length, world.deployments.length]).toEqual([
      200, 500, 40, 300,
    ]);
  });

  it('has no secret twice', () => {
    const canaries =
      JSON.stringify([sandboxWorld().deployments, sandboxWorld().credentials]).match(/CANARY-[\w-]+-[0-9a-f]{12}/g) ??
      [];
    const own = [...new Set<string>(canaries)];
    expect(own.length).toBeGreaterThan(30);
    expect(new Set(own.map((text) => text.slice(-12))).size).toBe(own.length);
  });
});

describe('encryption at rest', () => {
  const file = new URL('../fixtures/litellm-contract/golden-encryption.json', import.meta.url);
  const golden = JSON.parse(readFileSync(file, 'utf8')) as Golden[];

  it.each(golden.map((row) => [`${row.format} of ${row.name} under ${row.salt_key}`, row] as const))(
    'makes %s as LiteLLM does',
    (_, row) => {
      const form = FORMS[row.format] ?? 'nacl';
      const raw = Buffer.from(row.stored.replace(/^v\d:gcm:/, ''), form === 'nacl-standard' ? 'base64' : 'base64url');
      expect(encryptText(row.plaintext, row.salt_key, form, (length) => raw.subarray(0, length))).toBe(row.stored);
    },
  );
});

describe('the config file', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'litellm-config-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('holds, with the file it includes, the deployments that are not in the database', async () => {
    const world = sandboxWorld();
    const main = parse(await readFile(await writeConfigFile(world, folder), 'utf8'), {
      version: '1.1',
      merge: true,
    }) as Config;
    const included = parse(await readFile(join(folder, main.include[0] ?? ''), 'utf8'), { version: '1.1' }) as Config;
    const written = [...main.model_list, ...included.model_list].map(
      ({ model_name, litellm_params, model_info = {}, tpm, rpm }) => ({
        model_name,
        litellm_params,
        model_info,
        ...(tpm === undefined ? {} : { tpm, rpm }),
      }),
    );
    const expected = world.deployments
      .filter(({ place }) => place !== 'database')
      .map(({ modelName, params, modelInfo, entryLimits }) => ({
        model_name: modelName,
        litellm_params: params,
        model_info: modelInfo,
        ...entryLimits,
      }));
    expect(written).toEqual(expected);
    expect(main.router_settings).toEqual(world.routerSettings);
    expect(await readFile(join(folder, 'config.yaml'), 'utf8')).toContain('<<: *azure_eu');
  });
});

type Entry = { model_name: string; litellm_params: object; model_info?: object; tpm?: number; rpm?: number };
type Config = { include: string[]; model_list: Entry[]; router_settings: object };

describe.each(SANDBOX_VERSIONS)('the sandbox of %s', (version) => {
  let sandbox: LitellmSandbox;
  beforeAll(async () => {
    sandbox = await startLitellmSandbox({ version, world: { brokenTeam: true, keys: 3000 }, rootPath: '/proxy' });
  });
  afterAll(() => sandbox.close());

  const get = (path: string): Promise<Response> =>
    fetch(`${sandbox.url}${path}`, { headers: { authorization: `Bearer ${sandbox.masterKey}` } });

  it('lives below its root path only', async () => {
    expect((await get('/health/liveness')).status).toBe(200);
    expect((await fetch(`${sandbox.url.replace('/proxy', '')}/health/liveness`)).status).toBe(404);
  });

  it('counts requests by method, refusals included', async () => {
    const before = await stats();
    await get('/key/list');
    await fetch(`${sandbox.url}/key/list`, { method: 'POST' });
    const after = await stats();
    expect((after.GET ?? 0) - (before.GET ?? 0)).toBe(1);
    expect((after.POST ?? 0) - (before.POST ?? 0)).toBe(1);
  });

  async function stats(): Promise<Record<string, number>> {
    const response = await fetch(`${sandbox.url.replace('/proxy', '')}/__sandbox/stats`);
    return ((await response.json()) as { requests: Record<string, number> }).requests;
  }

  it('leaves a broken team out of the list without a word and fails the page it is on', async () => {
    const list = (await (await get('/team/list')).json()) as { team_id: string }[];
    expect(list.map(({ team_id }) => team_id)).not.toContain('t-broken');
    expect((await get('/v2/team/list?page_size=100')).status).toBe(500);
    expect((await get('/v2/team/list?team_id=t-basic')).status).toBe(200);
  });

  it('shows no provider secret anywhere but in its callback settings', async () => {
    const paths = [
      '/v2/model/info?size=1000',
      '/v1/model/info',
      '/credentials',
      '/v1/models',
      '/router/settings',
      '/user/list',
      '/model_group/info',
    ];
    for (const path of paths) expect(await (await get(path)).text(), path).not.toMatch(/CANARY-[\w-]+-[0-9a-f]{12}/);
    expect(await (await get('/get/config/callbacks')).text()).toContain('CANARY');
  });

  it('answers /key/info for any key by hash', async () => {
    const { row } = sandbox.world.key(2999);
    const body = (await (await get(`/key/info?key=${row.token}`)).json()) as { info: Record<string, unknown> };
    expect(body.info).toMatchObject({ key_alias: row.key_alias, models: row.models, team_id: row.team_id });
  });
});

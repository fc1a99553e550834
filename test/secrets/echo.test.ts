import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { failureJson, failureLines, failureOf } from '../../src/commands/failure.js';
import { MigrateError } from '../../src/errors.js';
import { startBifrostSandbox, type BifrostSandbox } from '../../src/sandbox/bifrost/server.js';
import { writeConfigFile } from '../../src/sandbox/litellm/config-file.js';
import { startLitellmSandbox, type LitellmSandbox } from '../../src/sandbox/litellm/server.js';
import { withoutSecrets } from '../../src/target/redact.js';
import { migrate } from '../cli/program.js';
import { smallWorld } from '../network/small-world.js';
import { filesIn, leaks } from './canaries.js';
import { json, startProxy, startServer, type TestServer } from './servers.js';

/** Errors of both ends that quote what they were sent. */

const MASTER_KEY = 'CANARY-master-without-prefix-a1b2c3d4e5f6';
const SALT_KEY = 'CANARY-salt-0a1b2c3d4e5f';
const API_KEY = 'CANARY-bearer-1a2b3c4d5e6f';
const DATABASE_PASSWORD = 'CANARY-database/p@ss-2b3c4d5e6f7a';
const CANARIES = [MASTER_KEY, SALT_KEY, API_KEY, DATABASE_PASSWORD];

let litellm: LitellmSandbox;
let bifrost: BifrostSandbox;
let config: string;
const servers: TestServer[] = [];

beforeAll(async () => {
  const world = smallWorld();
  config = await writeConfigFile(world, mkdtempSync(join(tmpdir(), 'litellm-')));
  [litellm, bifrost] = await Promise.all([
    startLitellmSandbox({ version: '1.109.1', world, masterKey: MASTER_KEY, saltKey: SALT_KEY }),
    startBifrostSandbox({ personality: '1.5.16', env: {} }),
  ]);
});
afterAll(() => Promise.all([litellm.close(), bifrost.close(), ...servers.map((server) => server.close())]));

async function runInFolder(
  extra: Record<string, string>,
): Promise<{ code: number | null; all: Map<string, string | Buffer> }> {
  const folder = mkdtempSync(join(tmpdir(), 'echo-'));
  const env = {
    LITELLM_URL: litellm.url,
    LITELLM_MASTER_KEY: MASTER_KEY,
    LITELLM_SALT_KEY: SALT_KEY,
    LITELLM_CONFIG: config,
    BIFROST_URL: bifrost.url,
    BIFROST_API_KEY: API_KEY,
    ...extra,
  };
  const { code, stdout, stderr } = await migrate(['run', '--debug', '--verbose', '--json'], { env, cwd: folder });
  return { code, all: new Map<string, string | Buffer>([['stdout', stdout], ['stderr', stderr], ...filesIn(folder)]) };
}

async function proxied(to: string, path: RegExp, status: number, shape: (text: string) => unknown): Promise<string> {
  const proxy = await startProxy(to, (asked) =>
    path.test(asked) ? ({ text }, response) => json(response, status, shape(text)) : null,
  );
  servers.push(proxy);
  return proxy.url;
}

describe('LiteLLM quotes the master key', () => {
  it.each<[string, RegExp, number, (text: string) => unknown]>([
    ['in an error of the server', /^\/v2\/team\/list|^\/team\/list/, 500, (text) => ({ error: { message: text } })],
    ['when it refuses it', /^\/health|^\/v1\/model|^\/model/, 401, (text) => ({ error: { message: text } })],
    ['when it refuses a list', /^\/user\/list/, 403, (text) => ({ detail: text })],
    ['in the middle of the virtual keys', /^\/key\/list/, 422, (text) => ({ detail: [{ msg: text }] })],
    ['once the run has begun', /^\/user\/list/, 404, (text) => ({ detail: text })],
  ])('%s: it is not repeated', async (_, path, status, shape) => {
    const { code, all } = await runInFolder({ LITELLM_URL: await proxied(litellm.url, path, status, shape) });
    expect([4, 5]).toContain(code);
    expect(leaks(all, CANARIES)).toEqual([]);
  });
});

describe('Bifrost quotes the credentials', () => {
  it.each<[string, RegExp, number]>([
    ['when it refuses them', /^\/api\/config/, 401],
    ['when it forbids', /^\/api\/governance\/teams/, 403],
    ['in an error that is no JSON to it', /^\/api\/providers/, 418],
  ])('%s: they are not repeated', async (_, path, status) => {
    const url = await proxied(bifrost.url, path, status, (text) => ({ error: { message: text } }));
    const { code, all } = await runInFolder({ BIFROST_URL: url });
    expect([4, 5]).toContain(code);
    expect(leaks(all, CANARIES)).toEqual([]);
  });
});

describe('the address of the database', () => {
  it.each<[string, string, number]>([
    ['that nobody answers', `postgresql://user:${encodeURIComponent(DATABASE_PASSWORD)}@127.0.0.1:9/litellm`, 5],
    ['that is none', `postgres//user:${DATABASE_PASSWORD}@127.0.0.1/litellm`, 2],
    [
      'with a host that does not exist',
      `postgresql://user:${encodeURIComponent(DATABASE_PASSWORD)}@db.invalid/litellm`,
      5,
    ],
  ])('%s is not repeated', async (_, url, exitCode) => {
    const { code, all } = await runInFolder({ LITELLM_DB_URL: url });
    expect(code).toBe(exitCode);
    expect(leaks(all, [...CANARIES, encodeURIComponent(DATABASE_PASSWORD)])).toEqual([]);
  });

  it('of a server that speaks something else is not repeated', async () => {
    const server = await startServer((_, response) => response.end('no database'));
    servers.push(server);
    const { host } = new URL(server.url);
    const { code, all } = await runInFolder({
      LITELLM_DB_URL: `postgresql://user:${encodeURIComponent(DATABASE_PASSWORD)}@${host}/litellm`,
    });
    expect(code).toBe(5);
    expect(leaks(all, CANARIES)).toEqual([]);
  });
});

describe('an unexpected error', () => {
  const env = {
    LITELLM_MASTER_KEY: MASTER_KEY,
    LITELLM_SALT_KEY: SALT_KEY,
    BIFROST_API_KEY: `admin:${API_KEY}`,
    LITELLM_DB_URL: `postgresql://user:${encodeURIComponent(DATABASE_PASSWORD)}@db/litellm`,
  };
  const basic = Buffer.from(env.BIFROST_API_KEY).toString('base64');
  const text = `cannot use ${MASTER_KEY} ${SALT_KEY} ${API_KEY} ${basic} ${DATABASE_PASSWORD} ${env.LITELLM_DB_URL}`;

  it.each([
    ['a bug', new TypeError(text)],
    ['a reason to stop', new MigrateError('source_unexpected', text, text)],
    ['something that is no error', text],
  ])('%s is shown without any of them, stack included', (_, error) => {
    const failure = failureOf(error, env);
    const shown = failureLines(failure, true) + failureJson(failure) + (failure.stack ?? '');
    expect(leaks(new Map([['shown', shown]]), [...CANARIES, basic])).toEqual([]);
    expect(shown).toContain('cannot use ***');
  });
});

describe('what the gateway quotes of a provider key', () => {
  const KEY = 'CANARY-provider-3c4d5e6f7a8b';

  it.each([
    ['whole', `bad key ${KEY}!`, 'bad key ***!'],
    ['in JSON', `bad body {"value":"${KEY}"}`, 'bad body {"value":"***"}'],
    ['cut off', `bad body {"value":"${KEY.slice(0, 20)}`, 'bad body {"value":"***'],
    ['cut off twice', `${KEY.slice(0, 12)} and ${KEY.slice(0, 9)}`, '*** and ***'],
    ['not at all', 'CANARY is a bird', 'CANARY is a bird'],
  ])('%s', (_, text, shown) => {
    expect(withoutSecrets(text, [KEY])).toBe(shown);
  });
});

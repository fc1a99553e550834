import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBifrostSandbox, type BifrostSandbox } from '../../src/sandbox/bifrost/server.js';
import { writeConfigFile } from '../../src/sandbox/litellm/config-file.js';
import { startLitellmSandbox, type LitellmSandbox } from '../../src/sandbox/litellm/server.js';
import { migrate, type Ended } from '../cli/program.js';
import { smallWorld } from '../network/small-world.js';
import { json, startProxy, startServer, type TestServer } from './servers.js';

/** Where credentials travel, and where they do not. */

let litellm: LitellmSandbox;
let bifrost: BifrostSandbox;
let config: string;
const servers: TestServer[] = [];

beforeAll(async () => {
  const world = smallWorld();
  config = await writeConfigFile(world, mkdtempSync(join(tmpdir(), 'litellm-')));
  [litellm, bifrost] = await Promise.all([
    startLitellmSandbox({ version: '1.109.1', world }),
    startBifrostSandbox({ personality: '1.5.16', env: {} }),
  ]);
});
afterAll(() => Promise.all([litellm.close(), bifrost.close(), ...servers.map((server) => server.close())]));

function runWith(extra: Record<string, string>, args: readonly string[] = ['run', '--quiet']): Promise<Ended> {
  const env = {
    LITELLM_URL: litellm.url,
    LITELLM_MASTER_KEY: litellm.masterKey,
    LITELLM_SALT_KEY: litellm.saltKey,
    LITELLM_CONFIG: config,
    BIFROST_URL: bifrost.url,
    BIFROST_API_KEY: 'CANARY-bearer',
    ...extra,
  };
  return migrate(args, { env, cwd: mkdtempSync(join(tmpdir(), 'transport-')) });
}

describe('a certificate nobody vouches for', () => {
  it.each(['LITELLM_URL', 'BIFROST_URL'])('behind %s: nothing is sent, the reason is said', async (end) => {
    const server = await startServer((_, response) => json(response, 200, {}), true);
    servers.push(server);
    const { code, stderr } = await runWith({ [end]: server.url });
    expect(code).toBe(5);
    expect(stderr).toMatch(/^error: .*self-signed certificate/m);
    expect(server.received).toEqual([]);
  });

  it.each(['LITELLM_URL', 'BIFROST_URL'])('behind %s is accepted when its authority is named', async (end) => {
    const server = await startServer((_, response) => json(response, 404, {}), true);
    servers.push(server);
    const authority = join(mkdtempSync(join(tmpdir(), 'authority-')), 'ca.pem');
    writeFileSync(authority, server.cert);
    const { stderr } = await runWith({ [end]: server.url, NODE_EXTRA_CA_CERTS: authority });
    expect(server.received.length).toBeGreaterThan(0);
    expect(stderr).not.toMatch(/WARN NODE_TLS/);
  });

  it('is accepted with a warning when Node is told to check none', async () => {
    const unchecked = { NODE_TLS_REJECT_UNAUTHORIZED: '0' };
    for (const args of [
      ['run', '--quiet'],
      ['run', '--dry-run', '--quiet'],
      ['keys', '--stdout'],
    ])
      expect((await runWith(unchecked, args)).stderr).toMatch(/^WARN NODE_TLS_REJECT_UNAUTHORIZED=0: .+$/m);
    expect((await runWith(unchecked, ['status'])).stderr).not.toContain('WARN');
    expect((await runWith({ NODE_TLS_REJECT_UNAUTHORIZED: '1' })).stderr).not.toContain('NODE_TLS');
  });

  it('is never waved through by the program itself', () => {
    const root = fileURLToPath(new URL('../../src', import.meta.url));
    const files = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    const weak = /rejectUnauthorized|NODE_TLS_REJECT_UNAUTHORIZED['"]?\]?\s*=\s*['"]|checkServerIdentity/;
    const found = files.filter((file) => weak.test(readFileSync(join(file.parentPath, file.name), 'utf8')));
    expect(found.map(({ name }) => name)).toEqual([]);
  });
});

describe('a redirect to another origin', () => {
  type End = { readonly variable: string; readonly to: () => string; readonly path: RegExp; readonly code: number };
  const ends: readonly (readonly [string, End])[] = [
    ['of LiteLLM', { variable: 'LITELLM_URL', to: () => litellm.url, path: /^\/user\/list/, code: 5 }],
    ['of Bifrost', { variable: 'BIFROST_URL', to: () => bifrost.url, path: /^\/api\/config/, code: 5 }],
    // A write that was redirected is looked for, tried again, and fails in the end.
    ['of a write', { variable: 'BIFROST_URL', to: () => bifrost.url, path: /^\/api\/governance\/teams$/, code: 3 }],
  ];
  const cases = ends.flatMap(([name, end]) =>
    (end.to === null ? [307, 308] : [302, 307, 308]).map((status) => [name, status, end] as const),
  );

  it.concurrent.each(cases)(
    '%s with %d is not followed: nothing arrives there',
    async (name, status, end) => {
      const other = await startServer((_, response) => json(response, 200, {}));
      const proxy = await startProxy(end.to(), (path) => {
        if (!end.path.test(path)) return null;
        return ({ method }, response) => {
          if (name === 'of a write' && method === 'GET') return json(response, 200, { teams: [], total_count: 0 });
          response.writeHead(status, { location: `${other.url}/elsewhere?token=CANARY-in-location` }).end();
        };
      });
      servers.push(other, proxy);
      const args = name === 'of a write' ? ['run', '--only', 'teams'] : ['run', '--quiet'];
      const { code, stdout, stderr } = await runWith({ [end.variable]: proxy.url }, args);
      expect(code).toBe(end.code);
      expect(proxy.received.some((text) => end.path.test(text.split(' ')[1] ?? ''))).toBe(true);
      expect(other.received).toEqual([]);
      expect(stdout + stderr).not.toContain('CANARY');
      expect({ stderr, proxied: proxy.received.filter((t) => t.startsWith('POST')) }).toMatchObject({
        stderr: /redirect/,
      });
    },
    60_000,
  );
});

describe('http:// to another machine', () => {
  it.each([
    ['LITELLM_URL', 'http://litellm.invalid:4000'],
    ['BIFROST_URL', 'http://bifrost.invalid:8080'],
    ['BIFROST_URL', 'http://10.11.12.13'],
    ['BIFROST_URL', 'http://localhost.example.invalid'],
    ['LITELLM_URL', 'http://127.0.0.1.example.invalid'],
    ['LITELLM_URL', 'http://[fe80::1]:4000'],
  ])('in %s (%s) is refused before anything is sent', async (variable, url) => {
    const { code, stderr } = await runWith({ [variable]: url });
    expect(code).toBe(2);
    expect(stderr).toMatch(/^error: Keys would travel unencrypted to .+\nnext: {2}.*--allow-insecure-http/m);
  });

  it.each([
    ['LITELLM_URL', 'http://litellm.invalid:4000'],
    ['BIFROST_URL', 'http://bifrost.invalid:8080'],
  ])('in %s (%s) is tried when asked for', async (variable, url) => {
    const { code, stderr } = await runWith({ [variable]: url }, ['run', '--quiet', '--allow-insecure-http']);
    expect(code).toBe(5);
    expect(stderr).toMatch(/cannot be reached/);
  });

  it.each(['http://localhost:9', 'http://[::1]:9'])('loopback (%s) needs no permission', async (url) => {
    expect((await runWith({ BIFROST_URL: url })).code).toBe(5);
    expect((await runWith({ LITELLM_URL: url })).code).toBe(5);
  });
});

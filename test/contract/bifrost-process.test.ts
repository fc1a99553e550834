import { afterEach, describe, expect, it } from 'vitest';
import type { BifrostSandboxOptions } from '../../src/sandbox/bifrost/options.js';
import { spawnBifrostSandbox, type SandboxProcess } from '../../src/sandbox/process.js';

const G = '/api/governance';
const running: SandboxProcess[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((gateway) => gateway.stop()));
});

async function start(options: BifrostSandboxOptions = {}): Promise<SandboxProcess> {
  const gateway = await spawnBifrostSandbox(options);
  running.push(gateway);
  return gateway;
}

async function get<Body>(
  { url }: SandboxProcess,
  path: string,
  headers: Record<string, string> = {},
): Promise<{ readonly status: number; readonly body: Body }> {
  const response = await fetch(url + path, { headers });
  return { status: response.status, body: (await response.json()) as Body };
}

async function send<Body>(
  { url }: SandboxProcess,
  method: string,
  path: string,
  body: unknown,
): Promise<{ readonly status: number; readonly body: Body }> {
  const response = await fetch(url + path, { method, body: JSON.stringify(body) });
  return { status: response.status, body: (await response.json()) as Body };
}

describe('a sandbox in a process of its own', () => {
  it('starts on a free port and is gone after stop', async () => {
    const [one, other] = [await start(), await start({ personality: '1.5.2' })];
    expect(one.url).not.toBe(other.url);
    expect((await get<{ status: string }>(one, '/health')).body.status).toBe('ok');
    await one.stop();
    await expect(fetch(`${one.url}/health`)).rejects.toThrow();
    expect(() => process.kill(one.pid, 0)).toThrow();
  });

  it('asks for its credentials, also after a reset', async () => {
    const gateway = await start({ auth: { username: 'admin', password: 'S3cret-pass!' } });
    const headers = { authorization: `Basic ${Buffer.from('admin:S3cret-pass!').toString('base64')}` };
    expect((await get(gateway, `${G}/teams`)).status).toBe(401);
    expect((await get(gateway, `${G}/teams`, headers)).status).toBe(200);
    await send(gateway, 'POST', '/__sandbox/reset', {});
    expect((await get(gateway, `${G}/teams`)).status).toBe(401);
    expect((await get<{ status: string }>(gateway, '/health')).body.status).toBe('ok');
  });

  it('is seeded before it listens, reads its own environment, and shows everything in the dump', async () => {
    const gateway = await start({
      env: { UPSTREAM_KEY: 'sk-from-environment' },
      seed: [
        { path: '/api/providers', body: { provider: 'openai' } },
        {
          path: '/api/providers/openai/keys',
          body: { name: 'referenced', value: 'env.UPSTREAM_KEY', models: ['*'], weight: 1 },
        },
        {
          path: '/api/providers/openai/keys',
          body: { name: 'literal', value: 'sk-literal-1234567890', models: ['*'], weight: 1 },
        },
        {
          path: '/api/providers/openai/keys',
          body: { name: 'accented', value: 'xключ-от-всех-дверей', models: ['*'], weight: 1 },
        },
      ],
    });
    const dump = await get<{ providerKeys: { name: string; secret: string; value: object }[] }>(
      gateway,
      '/__sandbox/dump',
    );
    expect(dump.body.providerKeys.map(({ name, secret }) => [name, secret])).toEqual([
      ['referenced', 'sk-from-environment'],
      ['literal', 'sk-literal-1234567890'],
      ['accented', 'xключ-от-всех-дверей'],
    ]);
    expect((await get(gateway, '/__sandbox/stats')).body).toEqual({ requests: 0, methods: {}, writes: 0 });
    // Redaction cuts at bytes, not at characters: what is left is no valid UTF-8 (B§4.4).
    const bytes = Buffer.from(await (await fetch(`${gateway.url}/api/providers/openai/keys`)).arrayBuffer());
    expect(bytes.toString('utf8')).toContain('xк\u{FFFD}');
    expect(bytes.toString('utf8')).not.toContain('ключ-от');
  });

  it('counts requests and writes', async () => {
    const gateway = await start();
    await get(gateway, `${G}/teams`);
    const made = await send<{ team: { id: string } }>(gateway, 'POST', `${G}/teams`, { name: 'red' });
    await send(gateway, 'DELETE', `${G}/teams/${made.body.team.id}`, {});
    expect((await get(gateway, '/__sandbox/stats')).body).toEqual({
      requests: 3,
      methods: { GET: 1, POST: 1, DELETE: 1 },
      writes: 2,
    });
    await fetch(`${gateway.url}/__sandbox/reset?only=stats`, { method: 'POST' });
    expect((await get(gateway, '/__sandbox/stats')).body).toMatchObject({ requests: 0, writes: 0 });
  });

  it('refuses a seed that the gateway would refuse', async () => {
    await expect(start({ seed: [{ path: `${G}/teams`, body: { name: '' } }] })).rejects.toThrow(/cannot be seeded/);
  });

  it('holds 20,000 virtual keys and pages through them', async () => {
    const provider = { provider: 'openai', weight: 1, allowed_models: ['pub'], key_ids: ['*'] };
    const virtualKeys = Array.from({ length: 20_000 }, (_, index) => ({
      path: `${G}/virtual-keys`,
      body: { name: `key ${index}`, provider_configs: [provider], budgets: [{ max_limit: 5, reset_duration: '1d' }] },
    }));
    const gateway = await start({ seed: [{ path: '/api/providers', body: { provider: 'openai' } }, ...virtualKeys] });
    const page = await get<{ virtual_keys: { name: string }[]; total_count: number }>(
      gateway,
      `${G}/virtual-keys?limit=100&offset=19950`,
    );
    expect([page.body.virtual_keys.length, page.body.total_count]).toEqual([50, 20_000]);
    expect(page.body.virtual_keys.at(-1)?.name).toBe('key 19999');
  });
});

describe('the Enterprise sandbox', () => {
  it('has users and team members', async () => {
    const gateway = await start({ personality: 'enterprise' });
    const user = await send<{ user: { id: string } }>(gateway, 'POST', `${G}/users`, {
      name: 'Alice',
      email: 'alice@example.com',
    });
    const team = await send<{ team: { id: string } }>(gateway, 'POST', `${G}/teams`, { name: 'red' });
    const members = `${G}/teams/${team.body.team.id}/members`;
    expect((await send(gateway, 'POST', members, { user_id: user.body.user.id })).status).toBe(200);
    expect((await send(gateway, 'POST', members, { user_id: user.body.user.id })).status).toBe(409);
    expect((await get(gateway, members)).body).toMatchObject({
      members: [{ user_id: user.body.user.id, user_email: 'alice@example.com' }],
    });
  });
});

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { FaultRule } from '../../src/sandbox/bifrost/faults.js';
import { startBifrostSandbox, type BifrostSandbox } from '../../src/sandbox/bifrost/server.js';
import { differencesOf, Identities } from './bifrost-compare.js';
import { loadRecordings, type RecordedVersion } from './bifrost-recordings.js';
import { ask } from './bifrost-replay.js';
import { NEEDS_CONCURRENCY } from './bifrost-steps.js';

const TEAMS = '/api/governance/teams';
let sandbox: BifrostSandbox;

beforeAll(async () => {
  sandbox = await startBifrostSandbox({ env: {} });
});
afterAll(() => sandbox.close());
beforeEach(() => control('reset', []));

async function control(call: string, body: unknown, { url }: BifrostSandbox = sandbox): Promise<void> {
  const response = await fetch(`${url}/__sandbox/${call}`, { method: 'POST', body: JSON.stringify(body) });
  expect(response.status).toBe(200);
}

async function arm(fault: FaultRule['fault'], match: FaultRule['match'] = { method: 'POST' }): Promise<void> {
  await control('faults', [{ match, fault }] satisfies FaultRule[]);
}

function create(name = 'red', signal: AbortSignal | null = null): Promise<Response> {
  return fetch(sandbox.url + TEAMS, { method: 'POST', body: JSON.stringify({ name }), signal });
}

async function stored(): Promise<readonly string[]> {
  const { teams } = (await (await fetch(sandbox.url + TEAMS)).json()) as { teams: { name: string }[] };
  return teams.map(({ name }) => name);
}

describe('faults of the sandbox', () => {
  it.each<[string, FaultRule['fault'], readonly string[]]>([
    ['before anything is written', { kind: 'status', code: 503, when: 'before' }, []],
    ['after the write was done', { kind: 'status', code: 503, when: 'after' }, ['red']],
  ])('a status %s', async (_, fault, left) => {
    await arm(fault);
    const response = await create();
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({ is_bifrost_error: false, status_code: 503 });
    expect(await stored()).toEqual(left);
  });

  it('a status with Retry-After and any body', async () => {
    await arm({ kind: 'status', code: 429, retryAfter: 7, body: 'slow down' });
    const response = await create();
    expect([response.status, response.headers.get('retry-after'), await response.text()]).toEqual([
      429,
      '7',
      'slow down',
    ]);
  });

  it.each<['unread' | 'before' | 'after' | 'mid-body', readonly string[]]>([
    ['unread', []],
    ['before', []],
    ['after', ['red']],
    ['mid-body', ['red']],
  ])('a connection reset: %s', async (when, left) => {
    await arm({ kind: 'reset', when });
    await expect(create().then((response) => response.text())).rejects.toThrow();
    expect(await stored()).toEqual(left);
  });

  it('an answer that never comes', async () => {
    await arm({ kind: 'blackhole' });
    await expect(create('red', AbortSignal.timeout(150))).rejects.toThrow(/timeout|aborted/i);
    expect(await stored()).toEqual([]);
  });

  it('a write that happens after the client has given up', async () => {
    await arm({ kind: 'late', ms: 250 });
    await expect(create('red', AbortSignal.timeout(60))).rejects.toThrow(/timeout|aborted/i);
    expect(await stored()).toEqual([]);
    await expect.poll(stored, { timeout: 5000 }).toEqual(['red']);
  });

  it('a write that happens once others were answered', async () => {
    await arm(
      { kind: 'overtaken', by: { method: 'GET', pathRegex: '/teams$', count: 2 } },
      { method: 'POST', count: 1 },
    );
    await expect(create('red', AbortSignal.timeout(60))).rejects.toThrow(/timeout|aborted/i);
    expect([await stored(), await stored(), await stored()]).toEqual([[], [], ['red']]);
  });

  it.each(['json', 'text', 'html'] as const)('a refusal as %s that quotes the request', async (as) => {
    await arm({ kind: 'echo', code: 400, as });
    const response = await fetch(sandbox.url + TEAMS, {
      method: 'POST',
      headers: { authorization: 'Bearer abc' },
      body: '{"name":"red"}',
    });
    expect(response.status).toBe(400);
    const text = await response.text();
    expect(text).toContain('Bearer abc');
    expect(text).toContain('red');
    expect(await stored()).toEqual([]);
  });

  it('half a body, and HTML where JSON was expected', async () => {
    await arm({ kind: 'truncate' });
    const half = await create();
    expect(half.status).toBe(200);
    await expect(half.json()).rejects.toThrow(SyntaxError);
    await arm({ kind: 'html' });
    const page = await create('blue');
    expect([page.status, page.headers.get('content-type')]).toEqual([200, expect.stringMatching(/^text\/html/)]);
    expect(await stored()).toEqual(['red']);
  });

  it('latency', async () => {
    await arm({ kind: 'latency', ms: 120 });
    const started = Date.now();
    expect((await create()).status).toBe(200);
    expect(Date.now() - started).toBeGreaterThanOrEqual(110);
  });

  it('hit the nth request, those after the first few, or only so many', async () => {
    const statuses = async (): Promise<readonly number[]> => {
      const all: number[] = [];
      for (const name of ['a', 'b', 'c', 'd']) all.push((await create(name)).status);
      return all;
    };
    const fault = { kind: 'status', code: 500 } as const;
    await arm(fault, { pathRegex: '/teams$', nth: 2 });
    expect(await statuses()).toEqual([200, 500, 200, 200]);
    await control('reset', []);
    await arm(fault, { method: 'POST', after: 1, count: 2 });
    expect(await statuses()).toEqual([200, 500, 500, 200]);
    await control('reset', []);
    await arm(fault, { method: 'POST', every: 2 });
    expect(await statuses()).toEqual([200, 500, 200, 500]);
    await control('reset', []);
    await arm(fault, { method: 'POST', first: true });
    expect([...(await statuses()), ...(await statuses())]).toEqual([500, 500, 500, 500, 200, 200, 200, 200]);
    await arm(fault, { method: 'DELETE' });
    expect((await create('e')).status).toBe(200);
  });

  it('leave the moment of every write to be asked for', async () => {
    const before = Date.now();
    await create('red');
    await fetch(sandbox.url + TEAMS);
    const writes = (await (await fetch(`${sandbox.url}/__sandbox/writes`)).json()) as { at: number }[];
    expect(writes).toEqual([{ method: 'POST', path: TEAMS, at: expect.any(Number) as number }]);
    expect(writes[0]?.at).toBeGreaterThanOrEqual(before);
  });

  it('are refused when nobody knows them', async () => {
    const response = await fetch(`${sandbox.url}/__sandbox/faults`, {
      method: 'POST',
      body: '[{"fault":{"kind":"flood"}}]',
    });
    expect(response.status).toBe(400);
  });
});

describe.each<RecordedVersion>(['1.5.16', '1.5.2'])('a locked store of Bifrost %s', (version) => {
  const recordings = loadRecordings(version);
  const locked = NEEDS_CONCURRENCY.filter((name) => recordings.has(name));

  it.each(locked)('says what was recorded: %s', async (name) => {
    const recording = recordings.get(name);
    if (!recording) throw new Error(`no recording ${name}`);
    const gateway = await startBifrostSandbox({ personality: version, env: {} });
    try {
      await control('faults', [{ fault: { kind: 'locked' } }], gateway);
      const identities = new Identities();
      const answer = await ask(gateway.url, recording.request, identities);
      expect(answer.status).toBe(recording.response.status);
      expect(differencesOf(identities, recording.response.body, answer.body)).toEqual([]);
    } finally {
      await gateway.close();
    }
  });
});

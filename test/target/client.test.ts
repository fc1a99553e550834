import type { ServerResponse } from 'node:http';
import { createServer, type AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { MigrateError } from '../../src/errors.js';
import type { SecretStore } from '../../src/secret.js';
import { openTransport } from '../../src/target/transport.js';
import { clientFor, closing, connectTo, POST } from './client-harness.js';
import { envelope, html, json, serve } from './server.js';

describe('a write', () => {
  it('comes back with status, JSON and the message of the gateway', async () => {
    const { client, received } = await connectTo((_request, response) =>
      json(response, 409, envelope(409, 'A team with this name already exists')),
    );
    expect(await client.send('team', POST)).toMatchObject({
      kind: 'response',
      status: 409,
      text: 'A team with this name already exists',
      retryAfterMs: null,
      json: { error: { message: 'A team with this name already exists' } },
    });
    expect(received[0]).toMatchObject({ method: 'POST', path: '/api/governance/teams', body: '{"name":"T"}' });
    expect(received[0]?.headers).not.toHaveProperty('content-encoding');
    expect(client.requestsSent).toEqual({ reads: 0, writes: 1 });
  });

  it('answered with the dashboard has no JSON', async () => {
    const { client } = await connectTo((_request, response) => html(response));
    expect(await client.send('user', POST)).toMatchObject({
      kind: 'response',
      status: 200,
      json: undefined,
      text: 'an HTML page',
    });
  });

  it('answered with plain text 405 says so', async () => {
    const { client } = await connectTo((_request, response) =>
      response.writeHead(405, { 'content-type': 'text/plain' }).end('Method Not Allowed'),
    );
    expect(await client.send('user', POST)).toMatchObject({ status: 405, json: undefined, text: 'Method Not Allowed' });
  });

  it('is not sent on to where a redirect points', async () => {
    const { client, received } = await connectTo((_request, response) =>
      response.writeHead(308, { location: 'http://127.0.0.1:1/elsewhere' }).end(),
    );
    expect(await client.send('team', POST)).toMatchObject({
      kind: 'response',
      status: 308,
      text: 'redirect to http://127.0.0.1:1/elsewhere',
    });
    expect(received).toHaveLength(1);
  });

  it('with unreadable JSON in the answer has no JSON', async () => {
    const { client } = await connectTo((_request, response) =>
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"team":{"id":'),
    );
    expect(await client.send('team', POST)).toMatchObject({ kind: 'response', status: 200, json: undefined });
  });

  it.each([
    ['before the answer', (response: ServerResponse) => response.socket?.resetAndDestroy()],
    [
      'in the middle of the answer',
      (response: ServerResponse) => {
        response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' });
        response.write('{"team":{"id":"1"', () => setTimeout(() => response.socket?.resetAndDestroy(), 20));
      },
    ],
  ])('whose connection is reset %s may have arrived, and is not repeated', async (_when, reset) => {
    const { client, received } = await connectTo((_request, response) => void reset(response));
    expect(await client.send('team', POST)).toMatchObject({ kind: 'transport', mayHaveArrived: true });
    expect(received).toHaveLength(1);
  });

  it('that is not answered in time may have arrived', async () => {
    const { client, received } = await connectTo(() => undefined, { timeoutMs: 150 });
    const result = await client.send('team', POST);
    expect(result).toMatchObject({ kind: 'transport', mayHaveArrived: true, error: 'no answer within 1 s' });
    expect(received).toHaveLength(1);
  });

  it('whose body trickles in too slowly may have arrived', async () => {
    const { client } = await connectTo(
      (_request, response) => {
        response.writeHead(200, { 'content-type': 'application/json' });
        response.write('{');
      },
      { timeoutMs: 150 },
    );
    expect(await client.send('team', POST)).toMatchObject({ kind: 'transport', mayHaveArrived: true });
  });

  it('to a closed port has certainly not arrived', async () => {
    const { client } = clientFor(`http://127.0.0.1:${await closedPort()}`, {});
    expect(await client.send('team', POST)).toMatchObject({
      kind: 'transport',
      mayHaveArrived: false,
      error: /ECONNREFUSED/,
    });
  });

  it('to a name that does not resolve has certainly not arrived', async () => {
    const transport = openTransport({ origin: 'http://nowhere.invalid', prefix: '', identity: '' }, 1);
    closing(() => transport.close());
    const request = { method: 'GET', path: '/', headers: {}, body: null, timeoutMs: 20_000 } as const;
    await expect(transport.exchange(request)).rejects.toMatchObject({ name: 'TransportError', mayHaveArrived: false });
  });

  it('never happens in read-only mode', async () => {
    const { client, received } = await connectTo((_request, response) => json(response, 200, {}), { readOnly: true });
    await expect(client.send('team', POST)).rejects.toThrow(/read-only/);
    expect(received).toEqual([]);
  });

  it.each([
    ['7', 7000],
    ['0', 0],
    ['soon', null],
  ])('passes on Retry-After %s', async (header, wait) => {
    const { client } = await connectTo((_request, response) =>
      json(response, 429, envelope(429, 'slow down'), { 'retry-after': header }),
    );
    expect(await client.send('team', POST)).toMatchObject({ status: 429, retryAfterMs: wait });
  });

  it('reads answers that are not valid UTF-8', async () => {
    const { client } = await connectTo((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(Buffer.concat([Buffer.from('{"name":"s'), Buffer.from([0xc3, 0xa4, 0xc3]), Buffer.from('****"}')]));
    });
    expect(await client.send('provider_key', POST)).toMatchObject({ json: { name: 'sä\ufffd****' } });
  });
});

describe('secrets', () => {
  const secrets: SecretStore = { reveal: () => 'sk-canary-"quoted"-0123456789' };
  const request = {
    method: 'POST',
    path: '/api/providers/openai/keys',
    body: {
      name: 'K',
      value: { $secret: 'k', fingerprint: 'f' },
      nested: [{ deep: { $secret: 'k', fingerprint: 'f' } }],
    },
  } as const;

  it('are put in when the request is written', async () => {
    const { client, received } = await connectTo((_request, response) => json(response, 200, {}), { secrets });
    await client.send('provider_key', request);
    expect(JSON.parse(received[0]?.body ?? '')).toEqual({
      name: 'K',
      value: secrets.reveal(request.body.value),
      nested: [{ deep: secrets.reveal(request.body.value) }],
    });
  });

  it('are taken out of refusals that quote them', async () => {
    const { client } = await connectTo(
      (received, response) => json(response, 400, envelope(400, `bad request: ${received.body}`)),
      { secrets },
    );
    expect(JSON.stringify(await client.send('provider_key', request))).not.toMatch(/canary|quoted/);
  });

  it('are taken out of the snippet with which the gateway quotes half a key', async () => {
    const message =
      'Invalid JSON: Mismatch type string with value  "at index 58: mismatched type with value\\n\\n\\t6543210abcdef\\",\\"models\\":[\\"*\\"]}"';
    const { client } = await connectTo((_request, response) => json(response, 400, envelope(400, message)), {
      secrets,
    });
    const result = await client.send('provider_key', request);
    expect(result).toMatchObject({ text: 'Invalid JSON: Mismatch type string with value' });
    expect(JSON.stringify(result)).not.toContain('6543210');
  });

  it('of new virtual keys do not leave the client', async () => {
    const key = { id: 'v', name: 'n', value: 'sk-bf-canary', customer: { virtual_keys: [{ value: 'sk-bf-canary' }] } };
    const { client } = await connectTo((_request, response) => json(response, 200, { virtual_key: key }));
    const result = await client.send('virtual_key', POST);
    expect(JSON.stringify(result)).not.toContain('canary');
    expect(result).toMatchObject({ json: { virtual_key: { id: 'v', name: 'n' } } });
  });

  it('of our own are taken out of messages', async () => {
    const { client } = await connectTo(
      (received, response) => json(response, 403, envelope(403, `denied for ${received.headers.authorization ?? ''}`)),
      { apiKey: 'opaque-canary-token' },
    );
    expect(JSON.stringify(await client.send('team', POST))).not.toContain('canary');
  });
});

describe('a read', () => {
  it('is repeated while the gateway fails for a moment', async () => {
    let calls = 0;
    const { client, slept } = await connectTo((_request, response) => {
      calls += 1;
      if (calls === 1) json(response, 503, envelope(503, 'busy'), { 'retry-after': '2' });
      else if (calls === 2) response.socket?.resetAndDestroy();
      else if (calls === 3) response.writeHead(200, { 'content-type': 'application/json' }).end('{"teams":[');
      else json(response, 200, { teams: [] });
    });
    expect((await client.get('/api/governance/teams')).json).toEqual({ teams: [] });
    expect(slept).toEqual([2000, 400, 800]);
    expect(client.requestsSent).toEqual({ reads: 4, writes: 0 });
  });

  it('gives up after three repetitions with target_unreachable', async () => {
    const { client, received } = await connectTo((_request, response) => void response.socket?.resetAndDestroy());
    const error = await client.get('/health').catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(MigrateError);
    expect(error).toMatchObject({
      code: 'target_unreachable',
      nextStep: /BIFROST_URL/,
      cause: { name: 'TransportError' },
    });
    expect(received).toHaveLength(4);
  });

  it('hands over the last failure of the gateway itself', async () => {
    const { client } = await connectTo((_request, response) =>
      json(response, 500, envelope(500, 'database is locked')),
    );
    expect(await client.get('/api/providers')).toMatchObject({ status: 500, text: 'database is locked' });
  });

  it.each([400, 401, 403, 404, 405])('is not repeated on %i', async (status) => {
    const { client, received } = await connectTo((_request, response) =>
      json(response, status, envelope(status, 'no')),
    );
    expect(await client.get('/x')).toMatchObject({ status });
    expect(received).toHaveLength(1);
  });

  it('believes JSON only when the type says so', async () => {
    const { client } = await connectTo((_request, response) =>
      response.writeHead(200, { 'content-type': 'text/plain' }).end('{"teams":[]}'),
    );
    expect((await client.get('/x')).json).toBeUndefined();
  });

  it('keeps the path prefix of the base URL', async () => {
    const server = await serve((_request, response) => json(response, 200, {}));
    closing(() => server.close());
    await clientFor(`${server.url}/gateway/`, {}).client.get('/health');
    expect(server.received[0]?.path).toBe('/gateway/health');
  });
});

async function closedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

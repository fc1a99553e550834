import type { ServerResponse } from 'node:http';
import { describe, expect, it } from 'vitest';
import { connectTo, POST } from './client-harness.js';
import { envelope, html, json, type Handler } from './server.js';

describe('authorization', () => {
  const TOKENS = ['t-1', 't-2'];
  /** Accepts the newest session token, or nothing but Basic when there are none. */
  function gateway(state: { logins: number; basic?: boolean }): Handler {
    return (request, response) => {
      if (request.path === '/api/session/login') {
        const { username, password } = JSON.parse(request.body) as Record<string, string>;
        if (username !== 'admin' || password !== 'pa:ss')
          return json(response, 401, envelope(401, 'Invalid username or password'));
        state.logins += 1;
        return json(
          response,
          200,
          { message: 'Login successful' },
          { 'set-cookie': [`token=${TOKENS[state.logins - 1]}; path=/; HttpOnly`] },
        );
      }
      const expected =
        state.logins === 0
          ? `Basic ${Buffer.from('admin:pa:ss').toString('base64')}`
          : `Bearer ${TOKENS[state.logins - 1]}`;
      if (request.headers.authorization !== expected) return json(response, 401, envelope(401, 'Unauthorized'));
      json(response, 200, {});
    };
  }

  it.each(['admin:pa:ss', Buffer.from('admin:pa:ss').toString('base64')])(
    'exchanges %s once for a session token',
    async (apiKey) => {
      const state = { logins: 0 };
      const { client, received } = await connectTo(gateway(state), { apiKey });
      await client.session.start();
      await Promise.all([client.get('/a'), client.get('/b'), client.send('team', POST)]);
      expect(state.logins).toBe(1);
      expect(received.filter((one) => one.headers.authorization === 'Bearer t-1')).toHaveLength(3);
      expect(client.requestsSent).toEqual({ reads: 3, writes: 1 });
    },
  );

  it('logs in again once when the token has run out, for all requests together', async () => {
    const state = { logins: 0 };
    const { client } = await connectTo(gateway(state), { apiKey: 'admin:pa:ss' });
    await client.session.start();
    TOKENS[0] = 'expired-on-the-gateway';
    const answers = await Promise.all([client.get('/a'), client.get('/b'), client.send('team', POST)]);
    TOKENS[0] = 't-1';
    expect(answers).toMatchObject([{ status: 200 }, { status: 200 }, { status: 200 }]);
    expect(state.logins).toBe(2);
  });

  it('does not log in for ever', async () => {
    let logins = 0;
    const { client } = await connectTo(
      (request, response) => {
        if (request.path !== '/api/session/login') return json(response, 401, envelope(401, 'Unauthorized'));
        logins += 1;
        json(response, 200, { message: 'Login successful' }, { 'set-cookie': `token=t${logins}` });
      },
      { apiKey: 'admin:pa:ss' },
    );
    await client.session.start();
    expect(await client.send('team', POST)).toMatchObject({ kind: 'response', status: 401 });
    expect(logins).toBe(2);
  });

  it('in read-only mode sends Basic and no login', async () => {
    const { client, received } = await connectTo(gateway({ logins: 0 }), { apiKey: 'admin:pa:ss', readOnly: true });
    await client.session.start();
    expect((await client.get('/a')).status).toBe(200);
    expect(received.map((one) => one.method)).toEqual(['GET']);
  });

  it('says that user and password are wrong', async () => {
    const { client } = await connectTo(gateway({ logins: 0 }), { apiKey: 'admin:wrong' });
    await expect(client.session.start()).rejects.toMatchObject({ code: 'target_unauthorized' });
  });

  it.each([
    [
      'authentication off',
      (response: ServerResponse) => json(response, 403, envelope(403, 'Authentication is not enabled')),
    ],
    ['no such route', (response: ServerResponse) => response.writeHead(405).end('Method Not Allowed')],
    ['a page', html],
  ])('keeps Basic where login answers %s', async (_what, login) => {
    const { client, received } = await connectTo(
      (request, response) => (request.path === '/api/session/login' ? void login(response) : json(response, 200, {})),
      { apiKey: 'admin:pa:ss' },
    );
    await client.session.start();
    await client.get('/a');
    expect(received.at(-1)?.headers.authorization).toMatch(/^Basic /);
  });

  it('sends an opaque token as it is, and no login', async () => {
    const { client, received } = await connectTo((_request, response) => json(response, 200, {}), {
      apiKey: 'lbk_opaque',
    });
    await client.session.start();
    await client.get('/a');
    expect(received.map((one) => one.headers.authorization)).toEqual(['Bearer lbk_opaque']);
  });
});

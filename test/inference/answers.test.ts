import { createServer } from 'node:http';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { judgeBifrost } from '../../src/inference/bifrost-answer.js';
import { judgeLitellm } from '../../src/inference/litellm-answer.js';
import { openCaller, type Admission } from '../../src/inference/call.js';
import { readOldKeys } from '../../src/commands/old-keys.js';
import { Secret } from '../../src/secret.js';

const error = (type: string | null, message = ''): unknown => ({ error: { type, message } });

describe('an answer of LiteLLM', () => {
  it.each<[what: string, status: number, json: unknown, routed: boolean, admission: Admission]>([
    ['a completion', 200, { choices: [] }, true, 'in'],
    ['a refusal of 1.81.13', 401, error('key_model_access_denied'), false, 'out'],
    ['a refusal of newer versions', 403, error('team_model_access_denied'), false, 'out'],
    ['an unknown model', 400, error(null, 'Invalid model name passed in'), false, 'out'],
    ['a blocked key', 401, error('auth_error', 'Key is blocked'), false, 'out'],
    ['an upstream that refuses', 401, error('auth_error', 'OpenAI: wrong key'), true, 'in'],
    ['an upstream that is down', 500, error('internal_server_error'), true, 'in'],
    ['a deployment that cools down', 429, error(null, 'No deployments available for selected model'), false, 'in'],
    ['a budget', 422, error('budget_exceeded'), false, 'unknown'],
    ['a rate limit', 429, error('None', 'Rate limit exceeded for api_key'), true, 'unknown'],
    ['a key that was rotated', 401, error('token_not_found_in_db'), false, 'unknown'],
    ['a proxy in between', 502, undefined, false, 'unknown'],
    ['a redirect', 302, undefined, false, 'unknown'],
  ])('that is %s (%d)', (_, status, json, routed, admission) => {
    const headers = routed ? { 'x-litellm-model-id': 'x' } : {};
    expect(judgeLitellm({ status, headers, json }).admission).toBe(admission);
  });
});

describe('an answer of Bifrost', () => {
  const denied = (type: string): unknown => ({ type, error: { message: 'no' } });
  it.each<[what: string, status: number, json: unknown, admission: Admission]>([
    ['a completion', 200, { choices: [] }, 'in'],
    ['a model that is not listed', 403, denied('model_blocked'), 'out'],
    ['a key that is gone', 401, denied('virtual_key_not_found'), 'out'],
    ['no provider for a name', 400, error(null, 'could not auto resolve a provider for the request'), 'out'],
    [
      'no provider, once one was chosen',
      400,
      { ...(error(null, 'no keys found') as object), extra_fields: { provider: 'x' } },
      'out',
    ],
    [
      'a dead upstream of 1.5.2',
      400,
      { ...(error(null, 'dial tcp') as object), extra_fields: { provider: 'x' } },
      'in',
    ],
    ['a budget', 402, denied('budget_exceeded'), 'unknown'],
    ['a rate limit', 429, denied('rate_limited'), 'unknown'],
    ['a gateway that breaks down', 500, undefined, 'unknown'],
    ['another endpoint', 405, undefined, 'out'],
  ])('that is %s (%d)', (_, status, json, admission) => {
    expect(judgeBifrost({ status, headers: {}, json }).admission).toBe(admission);
  });
});

describe('a call', () => {
  it('is of one token, sent once, and shows its key to nobody', async () => {
    const seen: unknown[] = [];
    const server = createServer((request, response) => {
      let text = '';
      request.on('data', (chunk: Buffer) => (text += chunk.toString()));
      request.on('end', () => {
        seen.push([request.method, request.url, request.headers.authorization, JSON.parse(text)]);
        response.writeHead(403).end(JSON.stringify({ error: { message: `no for ${request.headers.authorization}` } }));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const caller = openCaller(
      `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/litellm/`,
      judgeBifrost,
    );
    const answer = await caller.ask(new Secret('sk-bf-CANARY'), 'm');
    expect(answer).toMatchObject({ admission: 'out', status: 403 });
    expect(answer.message).not.toContain('CANARY');
    const body = { model: 'm', messages: [{ role: 'user', content: 'hi' }], max_tokens: 1 };
    expect(seen).toEqual([['POST', '/litellm/v1/chat/completions', 'Bearer sk-bf-CANARY', body]]);
    server.close();
    server.closeAllConnections();
    await caller.close();
    const nobody = openCaller('http://127.0.0.1:9', judgeBifrost);
    expect(await nobody.ask(new Secret('sk-x'), 'm')).toMatchObject({ admission: 'unknown', status: null });
    await nobody.close();
  });
});

describe('the file of old keys', () => {
  const HASH = '1a6e9cbc4098510f14e09efb19d5a14f97288ce7c12cf76177c87fcbf29cd7af';
  const folder = mkdtempSync(join(tmpdir(), 'old-keys-'));
  it.each([
    ['csv', 'alias,key\nci,sk-one-1\n"a ""b""","sk-two-2"\r\n'],
    ['csv without a header, keys first', 'sk-one-1;ci\nsk-two-2;x\n'],
    ['json of pairs', '{"ci":"sk-one-1","other":"sk-two-2"}'],
    ['json of rows', '[{"key_alias":"sk","key":"sk-one-1"},{"token":"ab","value":"sk-two-2"}]'],
  ])('as %s', (name, content) => {
    const path = join(folder, name);
    writeFileSync(path, content);
    const keys = readOldKeys(path);
    expect([...keys.values()].map((key) => key.reveal())).toEqual(['sk-one-1', 'sk-two-2']);
    // As LiteLLM keeps it: echo -n sk-one-1 | sha256sum
    expect([...keys.keys()][0]).toBe(HASH);
  });

  it('is never quoted', () => {
    const path = join(folder, 'broken.json');
    writeFileSync(path, '{"ci":"sk-CANARY-1"');
    expect(() => readOldKeys(path)).toThrow(/begins like JSON/);
    try {
      readOldKeys(path);
    } catch (reason) {
      expect(String(reason) + String((reason as Error).cause)).not.toContain('CANARY');
    }
  });
});

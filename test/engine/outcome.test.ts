import { expect, test } from 'vitest';
import { classify, type Action, type Outcome } from '../../src/engine/outcome.js';
import type { ObjectKind } from '../../src/target/objects.js';
import type { SendResult } from '../../src/target/target.js';

function response(status: number, body: unknown, retryAfterMs: number | null = null): SendResult {
  const json = typeof body === 'string' ? undefined : body;
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return { kind: 'response', status, retryAfterMs, json, text, durationMs: 1 };
}

const error = (message: string) => ({ is_bifrost_error: false, error: { message }, extra_fields: {} });

type Case = [what: string, kind: ObjectKind, action: Action, result: SendResult, expected: Outcome['kind']];

const CASES: readonly Case[] = [
  ['a 200 with an object', 'team', 'create', response(200, { team: {} }), 'done'],
  ['a 201', 'pricing_override', 'create', response(201, { pricing_override: {} }), 'done'],
  ['a 200 with the dashboard', 'team', 'create', response(200, '<!doctype html>'), 'unknown'],
  ['a truncated 200', 'team', 'create', response(200, '{"team":{"id'), 'unknown'],
  ['a redirect', 'team', 'create', response(302, 'Found'), 'unknown'],
  ['409 of 1.5.16', 'team', 'create', response(409, error('A team with this name already exists')), 'exists'],
  [
    'the key name text of 1.5.3',
    'provider_key',
    'create',
    response(500, error('API key names must be unique across providers. Choose…')),
    'exists',
  ],
  [
    'the record text of 1.5.2',
    'virtual_key',
    'create',
    response(500, error('a record with this name already exists. Please use a different value')),
    'exists',
  ],
  [
    'the key id text of 1.5.2',
    'provider_key',
    'create',
    response(500, error('…a record with this key id already exists…')),
    'exists',
  ],
  [
    'a rename on 1.5.2',
    'virtual_key',
    'update',
    response(400, error('Failed to update virtual key: a record with this name already exists…')),
    'exists',
  ],
  [
    '1.5.2 and a duplicate customer',
    'customer',
    'create',
    response(500, error('failed to create customer')),
    'unknown',
  ],
  ['1.5.2 and a duplicate team', 'team', 'create', response(500, error('failed to create team')), 'unknown'],
  [
    'a lock',
    'provider_key',
    'create',
    response(500, error('Failed to create provider key: failed to create provider key in store: database is locked')),
    'retry',
  ],
  [
    'a locked PUT',
    'virtual_key',
    'update',
    response(500, error('Failed to update virtual key: database is locked')),
    'retry',
  ],
  ['a locked DELETE', 'virtual_key', 'delete', response(500, error('Failed to delete virtual key')), 'retry'],
  [
    'stored but not reloaded',
    'virtual_key',
    'create',
    response(500, error('x updated in database but failed to reload in-memory state')),
    'unknown',
  ],
  [
    'a key stored and rolled back in memory',
    'provider_key',
    'create',
    response(500, error('Failed to create provider key: failed to update provider: timeout')),
    'unknown',
  ],
  [
    'a zero budget',
    'virtual_key',
    'create',
    response(500, error('budget max limit cannot be negative or zero: 0.00')),
    'refused',
  ],
  [
    'an unknown key id',
    'virtual_key',
    'create',
    response(500, error('some keys not found for provider openai: expected 2, found 1')),
    'refused',
  ],
  ['an unknown owner', 'virtual_key', 'create', response(500, error('FOREIGN KEY constraint failed')), 'refused'],
  [
    'a taken priority',
    'routing_rule',
    'create',
    response(
      500,
      error("Failed to create routing rule: routing rule with priority 0 already exists for scope 'global'"),
    ),
    'refused',
  ],
  ['the sanitised text', 'team', 'create', response(500, error('internal server error')), 'unknown'],
  ['a plain 502', 'team', 'create', response(502, 'Bad Gateway'), 'unknown'],
  ['a 503 with Retry-After', 'team', 'create', response(503, 'busy', 2_000), 'unknown'],
  ['a 503 without', 'team', 'create', response(503, 'busy'), 'unknown'],
  ['a 429', 'team', 'create', response(429, error('slow down'), 1_000), 'retry'],
  ['a 400', 'provider_key', 'create', response(400, error('Key value must not be empty')), 'refused'],
  ['a 404', 'provider_key', 'create', response(404, error('Provider not found: not found')), 'refused'],
  ['a 405', 'user', 'create', response(405, 'Method Not Allowed'), 'refused'],
  ['a 404 page', 'user', 'create', response(404, '<html>'), 'refused'],
  ['a 408', 'team', 'create', response(408, 'timeout'), 'unknown'],
  [
    'a reset',
    'team',
    'create',
    { kind: 'transport', mayHaveArrived: true, error: 'ECONNRESET', durationMs: 1 },
    'unknown',
  ],
  [
    'a refused connection',
    'team',
    'create',
    { kind: 'transport', mayHaveArrived: false, error: 'ECONNREFUSED', durationMs: 1 },
    'retry',
  ],
];

test.each(CASES)('%s', (_what, kind, action, result, expected) => {
  expect(classify(kind, action, result).kind).toBe(expected);
});

test('every answer says what it means for whoever sends the next request', () => {
  const whole = (kind: ObjectKind, action: Action, result: SendResult): Outcome => classify(kind, action, result);
  expect(whole('team', 'create', response(200, { team: {} }))).toEqual({ kind: 'done', message: '' });
  expect(whole('team', 'create', response(409, error('taken')))).toEqual({ kind: 'exists', message: 'taken' });
  expect(whole('team', 'create', response(503, 'busy', 2_000))).toEqual({
    kind: 'unknown',
    message: 'busy',
    retryAfterMs: 2_000,
  });
  expect(whole('team', 'create', response(503, 'busy'))).toEqual({ kind: 'unknown', message: 'busy' });
  expect(whole('team', 'create', response(429, 'slow'))).toEqual({ kind: 'retry', message: 'slow' });
  expect(whole('team', 'create', response(401, error('who?')))).toEqual({
    kind: 'refused',
    message: 'who?',
    unauthorized: true,
  });
  expect(whole('team', 'create', response(403, error('no')))).toEqual({ kind: 'refused', message: 'no' });
  for (const mayHaveArrived of [true, false])
    expect(whole('team', 'create', { kind: 'transport', mayHaveArrived, error: 'E', durationMs: 1 })).toEqual({
      kind: mayHaveArrived ? 'unknown' : 'retry',
      message: mayHaveArrived ? 'no answer: E' : 'not reached: E',
      unreachable: true,
    });
});

test('a time to wait does not make another status a passing one', () => {
  expect(classify('team', 'create', response(500, error('internal server error'), 1_000))).toEqual({
    kind: 'unknown',
    message: 'internal server error',
  });
  expect(classify('team', 'create', response(500, error('database is locked'), 1_000)).kind).toBe('retry');
  expect(classify('team', 'create', response(400, error('no'), 1_000)).kind).toBe('refused');
});

test('an object is a success from 200 to 299 only', () => {
  expect(classify('team', 'create', response(199, { team: {} })).kind).toBe('unknown');
  expect(classify('team', 'create', response(299, { team: {} })).kind).toBe('done');
  expect(classify('team', 'create', response(300, { team: {} })).kind).toBe('unknown');
});

test('a 409 is a taken name whatever its text says, a 425 an answer to come', () => {
  expect(classify('team', 'create', response(409, error('conflict'))).kind).toBe('exists');
  expect(classify('team', 'create', response(425, error('Too Early'))).kind).toBe('unknown');
});

test('a function this Bifrost does not have is named with its status', () => {
  const none = 'this Bifrost has no such function';
  expect(classify('user', 'create', response(405, error('not allowed'))).message).toBe(
    `${none} (HTTP 405): not allowed`,
  );
  expect(classify('user', 'create', response(404, '<html>')).message).toBe(`${none} (HTTP 404): <html>`);
  expect(classify('user', 'create', response(404, error('gone'))).message).toBe('gone');
});

test('what is stored although it is an error is not taken for a lock or a taken name', () => {
  const stored = 'a already exists: updated in database but failed to reload: database is locked';
  expect(classify('virtual_key', 'create', response(500, error(stored))).kind).toBe('unknown');
});

test('only the deletion of a virtual key hides a lock behind its own text', () => {
  const text = error('Failed to delete virtual key');
  expect(classify('virtual_key', 'delete', response(500, text))).toMatchObject({ kind: 'retry', locked: true });
  expect(classify('virtual_key', 'update', response(500, text)).kind).toBe('unknown');
  expect(classify('team', 'delete', response(500, text)).kind).toBe('unknown');
  expect(classify('virtual_key', 'delete', response(500, error('internal server error'))).kind).toBe('unknown');
  expect(classify('virtual_key', 'delete', response(500, error('why: Failed to delete virtual key'))).kind).toBe(
    'unknown',
  );
});

test('a lock asks for one at a time, a limit for time, a rejected credential for the end', () => {
  expect(classify('provider_key', 'create', response(500, error('database is locked'))).locked).toBe(true);
  expect(classify('team', 'create', response(429, error('x'), 7_000)).retryAfterMs).toBe(7_000);
  expect(classify('team', 'create', response(401, error('Unauthorized'))).unauthorized).toBe(true);
});

test('the message is what the gateway said, or the status when it said nothing', () => {
  expect(classify('team', 'create', response(400, error('Team name is required'))).message).toBe(
    'Team name is required',
  );
  expect(classify('team', 'create', response(502, '')).message).toBe('HTTP 502');
  expect(classify('team', 'create', response(502, ' \n')).message).toBe('HTTP 502');
  expect(classify('team', 'create', response(502, ' Bad Gateway\n')).message).toBe('Bad Gateway');
  expect(classify('team', 'create', response(400, { error: '' })).message).toBe('{"error":""}');
  expect(classify('team', 'create', response(400, { error: 'flat' })).message).toBe('flat');
});

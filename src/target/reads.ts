import { MigrateError } from '../errors.js';
import { isObject } from '../json.js';
import type { Answer } from './answer.js';
import type { Client } from './client.js';

/**
 * What a GET of a route proves (B§1.4): an unknown GET answers 200 with the dashboard, so only JSON with the expected member
 * says that the route is there.
 *  found    200 and JSON with the member
 *  missing  the route exists and says 404
 *  absent   this build has no such route
 *  denied   it exists, and the credentials do not suffice
 */
export type Probe =
  { readonly kind: 'found'; readonly json: unknown } | { readonly kind: 'missing' | 'absent' | 'denied' };

/** Member of an object; '' = a bare array. */
export type Expected = string;

export async function probe(client: Client, path: string, expected: Expected): Promise<Probe> {
  const answer = await client.get(path);
  if (answer.status === 200)
    return has(answer.json, expected) ? { kind: 'found', json: answer.json } : { kind: 'absent' };
  if (answer.status === 401 || answer.status === 403) return { kind: 'denied' };
  if (answer.status === 404) return { kind: isObject(answer.json) ? 'missing' : 'absent' };
  if (answer.status === 405) return { kind: 'absent' };
  throw unexpected(path, answer);
}

/** JSON that must be there. Throws target_unauthorized or target_unexpected. */
export async function read(client: Client, path: string, expected: Expected, timeoutMs?: number): Promise<unknown> {
  const answer = await client.get(path, timeoutMs);
  if (answer.status === 200 && has(answer.json, expected)) return answer.json;
  throw refusal(path, answer);
}

/** JSON, or undefined when the gateway says with its own error envelope that there is no such object. */
export async function readIfThere(client: Client, path: string, expected: Expected): Promise<unknown> {
  const answer = await client.get(path);
  if (answer.status === 200 && has(answer.json, expected)) return answer.json;
  if (answer.status === 404 && isObject(answer.json)) return undefined;
  throw refusal(path, answer);
}

export function has(json: unknown, expected: Expected): boolean {
  return expected === '' ? Array.isArray(json) : isObject(json) && expected in json;
}

export function refusal(path: string, answer: Answer): MigrateError {
  if (answer.status === 401) return unauthorized();
  if (answer.status === 403) {
    const next = 'Give the key in BIFROST_API_KEY the permission, or use an administrator.';
    return new MigrateError('target_unauthorized', `Bifrost refuses GET ${path}: ${answer.text || 'forbidden'}.`, next);
  }
  return unexpected(path, answer);
}

export function unauthorized(): MigrateError {
  return new MigrateError(
    'target_unauthorized',
    'Bifrost does not accept the credentials.',
    'Set BIFROST_API_KEY to an API key, to user:password of an administrator, or to its base64.',
  );
}

function unexpected(path: string, answer: Answer): MigrateError {
  if (answer.status >= 300 && answer.status < 400) {
    const message = `Bifrost redirects GET ${path} to ${answer.location ?? 'another address'}; redirects are not followed.`;
    return new MigrateError('target_unexpected', message, 'Set BIFROST_URL to the final base URL.');
  }
  if (answer.status >= 500 || answer.status === 429) {
    const message = `Bifrost keeps answering GET ${path} with ${answer.status}: ${answer.text || 'no message'}.`;
    return new MigrateError('target_unreachable', message, 'Look at the log of the gateway, then run again.');
  }
  const what = answer.broken ? 'unreadable JSON' : answer.text || 'not the expected JSON';
  const message = `GET ${path} on Bifrost answered ${answer.status}: ${what}.`;
  return new MigrateError('target_unexpected', message, 'Check that BIFROST_URL is the base URL of a Bifrost gateway.');
}

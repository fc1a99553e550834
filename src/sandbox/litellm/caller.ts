import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { millisecondsOf } from './clock.js';
import type { Context } from './context.js';
import { isExpired } from './key-shapes.js';
import { authError, proxyError, type Refusal } from './refusal.js';
import type { KeyRow } from './rows.js';
import { isAtLeast, isNewer } from './version.js';

/** Who asks. The master key is an administrator without a row (contracts L§1.1). */
export type Caller = { readonly role: string; readonly userId: string | null; readonly row: KeyRow | null };

const HEADERS = [
  'x-litellm-api-key',
  'authorization',
  'api-key',
  'x-api-key',
  'x-goog-api-key',
  'ocp-apim-subscription-key',
] as const;

export const NOBODY: Caller = { role: 'unknown', userId: null, row: null };

/** Throws a Refusal with the release's own words. */
export function identify(context: Context, headers: IncomingHttpHeaders): Caller {
  const key = presented(headers);
  if (key === null) throw authError(context.version, 401, 'Authentication Error, No api key passed in.');
  if (same(key, context.masterKey)) return { role: 'proxy_admin', userId: 'default_user_id', row: null };
  if (!key.startsWith('sk-')) throw noVirtualKey(context, key);
  const token = createHash('sha256').update(key, 'utf8').digest('hex');
  const found = context.keys.byToken(token);
  if (!found) throw unknownKey(context, key, token);
  if (found.row.blocked === true) throw blockedKey(context);
  if (isExpired(found.row, context.now())) throw expiredKey(context, found.row);
  const user = found.row.user_id === null ? undefined : context.users.get(found.row.user_id);
  return { role: user?.user_role ?? 'internal_user', userId: found.row.user_id, row: found.row };
}

function presented(headers: IncomingHttpHeaders): string | null {
  for (const name of HEADERS) {
    const value = headers[name];
    if (typeof value === 'string' && value !== '') return value.replace(/^Bearer /i, '');
  }
  return null;
}

function same(one: string, other: string): boolean {
  const [left, right] = [Buffer.from(one), Buffer.from(other)];
  return left.length === right.length && timingSafeEqual(left, right);
}

function noVirtualKey(context: Context, key: string): Refusal {
  const shown = `${key.slice(0, 4)}****${key.slice(-4)}`;
  const prefix = isNewer(context.version) ? '' : 'Authentication Error, ';
  return authError(
    context.version,
    401,
    `${prefix}LiteLLM Virtual Key expected. Received=${shown}, expected to start with 'sk-'.`,
  );
}

function unknownKey(context: Context, key: string, token: string): Refusal {
  const older = `Invalid proxy server token passed. Received API Key = sk-...${key.slice(-4)}, Key Hash (Token) =${token}. Unable to find token in cache or \`LiteLLM_VerificationTokenTable\``;
  const message = isAtLeast(context.version, '1.109.1') ? 'Invalid API key provided.' : older;
  return proxyError(401, `Authentication Error, ${message}`, 'token_not_found_in_db', 'key');
}

function blockedKey(context: Context): Refusal {
  const admin = isNewer(context.version) ? 'an admin' : 'admin';
  return authError(
    context.version,
    401,
    `Authentication Error, Key is blocked. Update via \`/key/unblock\` if you're ${admin}.`,
  );
}

function expiredKey(context: Context, row: KeyRow): Refusal {
  const status = isNewer(context.version) ? 401 : 400;
  const times = `Key Expiry time ${python(millisecondsOf(row.expires ?? ''))} and current time ${python(context.now())}`;
  return proxyError(status, `Authentication Error - Expired Key. ${times}`, 'expired_key', row.key_name);
}

function python(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().replace('T', ' ').slice(0, -1)}000+00:00`;
}

export function isAdmin(caller: Caller): boolean {
  return caller.role === 'proxy_admin';
}

export function isViewer(caller: Caller): boolean {
  return caller.role === 'proxy_admin_viewer';
}

/** Endpoints for administrators; the viewer of 1.81.13 is kept out of them (contracts L§1.3). */
export function demandAdmin(context: Context, caller: Caller, path: string): void {
  if (isAdmin(caller)) return;
  if (isViewer(caller)) {
    if (isNewer(context.version)) return;
    throw authError(
      context.version,
      403,
      `user not allowed to access this route, role= ${caller.role}. Trying to access: ${path}`,
    );
  }
  const role = caller.userId === null ? 'unknown' : caller.role;
  const user = isNewer(context.version) ? '*******' : (caller.userId ?? 'unknown');
  const message = `Authentication Error, Only proxy admin can be used to generate, delete, update info for new keys/users/teams. Route=${path}. Your role=${role}. Your user_id=${user}`;
  throw authError(context.version, 401, message);
}

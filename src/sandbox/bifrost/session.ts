import { decodePlain } from './decode.js';
import type { Call, Gateway } from './gateway.js';
import { json, Refusal, type Reply } from './reply.js';

/** Admin credentials: Basic, Bearer session token, Bearer base64(user:pass), cookie (B§1.1). */

/** Refuses a request that does not prove itself; with auth off everything passes, whatever it carries. */
export function checkCredentials(gateway: Gateway, call: Call): void {
  if (!gateway.config.auth.enabled || isAdmin(gateway, call)) return;
  throw new Refusal(401, 'Unauthorized');
}

export function isAdmin(gateway: Gateway, call: Call): boolean {
  const { auth, sessions } = gateway.config;
  if (sessions.has(cookieToken(call))) return true;
  // Scheme words are compared case-sensitively (B§1.1).
  const [, scheme, value] = /^(Basic|Bearer) (.+)$/.exec(call.headers.authorization ?? '') ?? [];
  if (value === undefined) return false;
  if (scheme === 'Bearer' && sessions.has(value)) return true;
  if (
    scheme === 'Bearer' &&
    [...gateway.state.apiKeys.values()].some((key) => key.secret === value && key.status === 'active')
  )
    return true;
  return Buffer.from(value, 'base64').toString() === `${auth.username}:${auth.password}`;
}

function cookieToken(call: Call): string {
  return /(?:^|;\s*)token=([^;]+)/.exec(call.headers.cookie ?? '')?.[1] ?? '';
}

export function login(gateway: Gateway, call: Call): Reply {
  const body = decodePlain(call.text, { username: 'string', password: 'string' });
  const { auth, sessions } = gateway.config;
  if (!auth.enabled) throw new Refusal(403, 'Authentication is not enabled');
  if (body.username !== auth.username || body.password !== auth.password)
    throw new Refusal(401, 'Invalid username or password');
  const token = gateway.newId();
  sessions.add(token);
  const expires = new Date(gateway.now().getTime() + 30 * 86_400_000).toUTCString();
  // The token is only in the cookie, never in the body (B§1.1).
  return {
    ...json({ message: 'Login successful' }),
    headers: { 'set-cookie': `token=${token}; expires=${expires}; path=/; HttpOnly; SameSite=Lax` },
  };
}

export function logout(gateway: Gateway, call: Call): Reply {
  gateway.config.sessions.delete(cookieToken(call));
  return json({ message: 'Logout successful' });
}

export function isAuthEnabled(gateway: Gateway, call: Call): Reply {
  const { enabled } = gateway.config.auth;
  if (gateway.personality.secretRefs) {
    return json({
      auth_type: enabled ? 'password' : 'none',
      has_valid_token: enabled && isAdmin(gateway, call),
      is_auth_enabled: enabled,
    });
  }
  // Older versions have no auth_type, and with auth off nothing but the flag.
  return json(
    enabled ? { has_valid_token: isAdmin(gateway, call), is_auth_enabled: true } : { is_auth_enabled: false },
  );
}

export function health(): Reply {
  return json({ components: { db_pings: 'ok' }, status: 'ok' });
}

export function version(gateway: Gateway): Reply {
  return json(gateway.personality.version);
}

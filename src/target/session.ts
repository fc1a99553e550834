import { MigrateError } from '../errors.js';
import { Secret } from '../secret.js';
import { basicHeader, bearerHeader, type Credentials } from './credentials.js';
import type { Answer } from './answer.js';

/** Sends one login; resolves to null when no answer came. */
export type Login = (username: string, password: Secret) => Promise<Answer | null>;

/** What is put into the Authorization header of each request, and how it is renewed. */
export interface Session {
  header(): string | undefined;
  /** Values that must not appear in any message. */
  secrets(): readonly string[];
  /**
   * Exchanges user and password for a session token, because Basic costs the gateway a password hash per request (B§1.1).
   * Does nothing for other credentials. Throws target_unauthorized when the pair is wrong.
   */
  start(): Promise<void>;
  /** After a 401 to a request sent with `used`: true when another header is there to try once. Never throws. */
  renew(used: string | undefined): Promise<boolean>;
}

/** `readOnly`: no POST at all, so a user and password stay Basic. */
export function openSession(credentials: Credentials, login: Login, readOnly: boolean): Session {
  let token: Secret | null = null;
  let running: Promise<void> | null = null;

  async function exchange(): Promise<void> {
    if (credentials.kind !== 'password') return;
    const answer = await login(credentials.username, credentials.password);
    if (answer?.status === 401) throw wrongPassword();
    // 403 = authentication is off; 404, 405 or HTML = a gateway without password sessions: Basic keeps working where it works.
    token = answer === null || answer.status !== 200 ? null : tokenOf(answer.setCookies);
  }

  function start(): Promise<void> {
    if (readOnly || credentials.kind !== 'password') return Promise.resolve();
    running ??= exchange().finally(() => (running = null));
    return running;
  }

  function header(): string | undefined {
    if (token !== null) return bearerHeader(token);
    if (credentials.kind === 'password') return basicHeader(credentials.username, credentials.password);
    return credentials.kind === 'bearer' ? bearerHeader(credentials.token) : undefined;
  }

  return {
    header,
    secrets: () => secretsOf(credentials, token),
    start,
    async renew(used) {
      if (token === null) return false;
      // Somebody else's 401 may have renewed the token while this request was under way.
      if (header() !== used) return true;
      try {
        await start();
      } catch {
        return false;
      }
      return header() !== used;
    },
  };
}

function secretsOf(credentials: Credentials, token: Secret | null): readonly string[] {
  const own =
    credentials.kind === 'bearer'
      ? [credentials.token.reveal()]
      : credentials.kind === 'password'
        ? [credentials.password.reveal(), basicHeader(credentials.username, credentials.password)]
        : [];
  return token === null ? own : [...own, token.reveal()];
}

/** The token comes in the cookie only (B§1.1). */
function tokenOf(setCookies: readonly string[]): Secret | null {
  for (const cookie of setCookies) {
    const value = /^token=([^;]+)/.exec(cookie)?.[1];
    if (value !== undefined) return new Secret(decodeURIComponent(value));
  }
  return null;
}

function wrongPassword(): MigrateError {
  return new MigrateError(
    'target_unauthorized',
    'Bifrost does not accept this user name and password.',
    'Check BIFROST_API_KEY.',
  );
}

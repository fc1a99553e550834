import { Secret } from '../secret.js';

/** What BIFROST_API_KEY can be (B§1.1): nothing, `user:password` (also as base64 of it), or an opaque bearer token. */
export type Credentials =
  | { readonly kind: 'none' }
  | { readonly kind: 'bearer'; readonly token: Secret }
  | { readonly kind: 'password'; readonly username: string; readonly password: Secret };

export function parseCredentials(apiKey: Secret | null): Credentials {
  const text =
    apiKey
      ?.reveal()
      .trim()
      .replace(/^(Bearer|Basic)\s+/i, '') ?? '';
  if (text === '') return { kind: 'none' };
  return passwordOf(text) ?? passwordOf(decodeBase64(text)) ?? { kind: 'bearer', token: new Secret(text) };
}

/** The Authorization header; scheme words are case-sensitive on Bifrost (B§1.1). */
export function bearerHeader(token: Secret): string {
  return `Bearer ${token.reveal()}`;
}

export function basicHeader(username: string, password: Secret): string {
  return `Basic ${Buffer.from(`${username}:${password.reveal()}`, 'utf8').toString('base64')}`;
}

function passwordOf(text: string): Credentials | null {
  const colon = text.indexOf(':');
  if (colon < 1) return null;
  return { kind: 'password', username: text.slice(0, colon), password: new Secret(text.slice(colon + 1)) };
}

/** '' unless the text is exactly the base64 of printable UTF-8: an opaque token must never be torn apart. */
function decodeBase64(text: string): string {
  const bytes = Buffer.from(text, 'base64');
  if (bytes.toString('base64').replace(/=+$/, '') !== text.replace(/=+$/, '')) return '';
  const decoded = bytes.toString('utf8');
  // eslint-disable-next-line no-control-regex
  return /[\u0000-\u001f\u007f\ufffd]/.test(decoded) ? '' : decoded;
}

import { isSecretRef, type SecretStore } from '../secret.js';
import type { Body, BodyValue } from './objects.js';

/**
 * The JSON text of a planned body with the secrets in it, and the secrets that went in, so that they can be kept out of
 * every message. The only place where a SecretRef becomes its value.
 */
export function serialize(
  body: Body | null,
  secrets: SecretStore,
): { text: string | null; revealed: readonly string[] } {
  if (body === null) return { text: null, revealed: [] };
  const revealed: string[] = [];
  const resolve = (value: BodyValue): unknown => {
    if (isSecretRef(value)) {
      const secret = secrets.reveal(value);
      revealed.push(secret);
      return secret;
    }
    if (Array.isArray(value)) return value.map(resolve);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value as Body).map(([name, member]) => [name, resolve(member)]));
  };
  return { text: JSON.stringify(resolve(body)), revealed };
}

import { createCipheriv, createHash, hkdfSync } from 'node:crypto';
import { xsalsa20poly1305 } from '@noble/ciphers/salsa.js';
import { isObject, type Json, type JsonObject } from '../../json.js';
import type { Random } from './random.js';

/** The forms LiteLLM stores a secret text in (contracts L§2.4); `nacl-standard` is what was written before 1.78.8. */
export const STORED_FORMS = ['nacl', 'nacl-standard', 'v2', 'v3'] as const;
export type StoredForm = (typeof STORED_FORMS)[number];

/** `bytes(n)` deals the nonce. */
export function encryptText(
  text: string,
  saltKey: string,
  form: StoredForm,
  bytes: (length: number) => Buffer,
): string {
  if (form === 'v2') return `v2:gcm:${gcm(text, sha256(saltKey), bytes(12))}`;
  if (form === 'v3') return `v3:gcm:${gcm(text, derived(saltKey), bytes(12))}`;
  const nonce = bytes(24);
  const sealed = xsalsa20poly1305(sha256(saltKey), nonce).encrypt(Buffer.from(text, 'utf8'));
  const stored = Buffer.concat([nonce, sealed]).toString('base64');
  return form === 'nacl-standard' ? stored : urlSafe(stored);
}

function gcm(text: string, key: Buffer, nonce: Buffer): string {
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return urlSafe(Buffer.concat([nonce, sealed, cipher.getAuthTag()]).toString('base64'));
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text, 'utf8').digest();
}

function derived(saltKey: string): Buffer {
  return Buffer.from(hkdfSync('sha256', Buffer.from(saltKey, 'utf8'), Buffer.alloc(32), 'litellm-at-rest-v3', 32));
}

/** The padding stays: LiteLLM opens nothing without it. */
function urlSafe(base64: string): string {
  return base64.replaceAll('+', '-').replaceAll('/', '_');
}

/** Every top-level text is encrypted, everything else stays as it is. `form` is asked once per text. */
export function encryptMembers(
  values: JsonObject,
  saltKey: string,
  form: () => StoredForm,
  random: Random,
): JsonObject {
  const member = (value: Json): Json =>
    typeof value === 'string' ? encryptText(value, saltKey, form(), random.bytes) : value;
  return isObject(values)
    ? Object.fromEntries(Object.entries(values).map(([name, value]) => [name, member(value)]))
    : values;
}

import { createDecipheriv, createHash, hkdfSync } from 'node:crypto';
import { xsalsa20poly1305 } from '@noble/ciphers/salsa.js';
import { decodePythonBase64 } from './base64.js';

/**
 * What a stored text of litellm_params or credential_values turned out to be:
 *  opened         it was encrypted, `text` is the clear text;
 *  plain          it never was: legal, LiteLLM then uses the text as it stands (L§2.4);
 *  undecryptable  it looks encrypted and opens under no form (M5).
 */
export type Decrypted =
  | { readonly kind: 'opened'; readonly text: string }
  /** `doubtful`: random enough to be encrypted, but it begins like a known kind of key; its row tells (params.ts). */
  | { readonly kind: 'plain'; readonly text: string; readonly doubtful?: true }
  | { readonly kind: 'undecryptable' };

export type Decrypter = (stored: string) => Decrypted;

const NACL_NONCE = 24;
const NACL_OVERHEAD = 40;
const GCM_NONCE = 12;
const GCM_TAG = 16;
const UNDECRYPTABLE: Decrypted = { kind: 'undecryptable' };

/** Opens one stored value; see `decrypter` for many. */
export function decryptValue(stored: string, saltKey: string): Decrypted {
  return decrypter(saltKey)(stored);
}

/** Decrypts under one salt key in all three forms of L§2.4. Never throws. */
export function decrypter(saltKey: string): Decrypter {
  const plainKey = createHash('sha256').update(saltKey, 'utf8').digest();
  const derivedKey = Buffer.from(hkdfSync('sha256', saltKey, Buffer.alloc(32), 'litellm-at-rest-v3', 32));
  return (stored) => {
    if (stored.startsWith('v2:gcm:')) return opened(openGcm(stored.slice(7), plainKey)) ?? UNDECRYPTABLE;
    if (stored.startsWith('v3:gcm:')) return opened(openGcm(stored.slice(7), derivedKey)) ?? UNDECRYPTABLE;
    const raw = decodePythonBase64(stored);
    // LiteLLM takes an empty payload for the empty text; `*` and `!!!` decode to one, too (L§2.4).
    if (raw?.length === 0) return { kind: 'opened', text: '' };
    const text = raw === null ? null : openNacl(raw, plainKey);
    const clear = opened(text);
    if (clear !== undefined) return clear;
    if (!looksRandom(stored)) return { kind: 'plain', text: stored };
    return KNOWN_PLAIN.test(stored.trim()) ? { kind: 'plain', text: stored, doubtful: true } : UNDECRYPTABLE;
  };
}

function opened(text: string | null): Decrypted | undefined {
  return text === null ? undefined : { kind: 'opened', text };
}

function openNacl(raw: Buffer, key: Buffer): string | null {
  if (raw.length < NACL_OVERHEAD) return null;
  return attempt(() => xsalsa20poly1305(key, raw.subarray(0, NACL_NONCE)).decrypt(raw.subarray(NACL_NONCE)));
}

function openGcm(payload: string, key: Buffer): string | null {
  const raw = decodePythonBase64(payload);
  if (raw === null || raw.length < GCM_NONCE + GCM_TAG) return null;
  return attempt(() => {
    const decipher = createDecipheriv('aes-256-gcm', key, raw.subarray(0, GCM_NONCE), { authTagLength: GCM_TAG });
    decipher.setAuthTag(raw.subarray(raw.length - GCM_TAG));
    return Buffer.concat([decipher.update(raw.subarray(GCM_NONCE, raw.length - GCM_TAG)), decipher.final()]);
  });
}

/** null when the tag does not match or the clear text is not UTF-8: LiteLLM fails on both. */
function attempt(open: () => Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(open());
  } catch {
    return null;
  }
}

// Literal credentials that are long base64-like text themselves: `sk-proj-…`, `gsk_…`, Bedrock's `ABSK…`, AWS session tokens.
const KNOWN_PLAIN = /^([a-z][a-z0-9]{1,6}[-_]|ABSK|AIza|IQoJ|FwoG|FQoG|[A-Za-z]{2,12}_[A-Za-z]{2,6}_)/;

/**
 * A secretbox as LiteLLM stores it: one of the two alphabets (never both), padded, at least nonce and tag long, and as
 * disorderly as random bytes are. URLs, model names, hexadecimal text and the usual API keys are not.
 */
function looksRandom(stored: string): boolean {
  const text = stored.trim();
  if (!/^([A-Za-z0-9_-]+|[A-Za-z0-9+/]+)={0,2}$/.test(text) || text.length % 4 !== 0) return false;
  if ((text.length / 4) * 3 - (text.length - text.replace(/=+$/, '').length) < NACL_OVERHEAD) return false;
  return /[a-z]/.test(text) && /[A-Z]/.test(text) && /[0-9]/.test(text) && entropy(text) > 4.5;
}

/** Shannon entropy, bits per character: about 5 for 56 random base64 characters, at most 4 for hexadecimal text. */
function entropy(text: string): number {
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / text.length) * Math.log2(count / text.length);
  return bits;
}

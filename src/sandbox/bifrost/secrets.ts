import { isObject } from '../../json.js';
import type { Gateway } from './gateway.js';

/** A secret as the gateway keeps it: the resolved value and where it came from (B§4.4). */
export type Secret = {
  readonly value: string;
  /** `env.NAME` or `vault.path`; empty for a literal. */
  readonly ref: string;
  /** Empty when the member was not sent at all. */
  readonly type: '' | 'plain_text' | 'env' | 'vault';
};

export const NO_SECRET: Secret = { value: '', ref: '', type: '' };

/** Reads every form a client may send; the older gateway takes an object it does not know for the secret itself. */
export function readSecret(gateway: Gateway, sent: unknown): Secret {
  if (sent === null || sent === undefined) return NO_SECRET;
  if (typeof sent === 'string') return fromText(gateway, unwrapped(gateway, sent) ?? sent);
  if (!isObject(sent)) return { value: JSON.stringify(sent), ref: '', type: 'plain_text' };
  return fromObject(gateway, sent) ?? { value: JSON.stringify(sent), ref: '', type: 'plain_text' };
}

/** A text that is itself one of the object forms is read as that object. */
function unwrapped(gateway: Gateway, text: string): Secret | null {
  if (!text.startsWith('{')) return null;
  try {
    const parsed = JSON.parse(text) as unknown;
    return isObject(parsed) ? fromObject(gateway, parsed) : null;
  } catch {
    return null;
  }
}

function fromObject(gateway: Gateway, sent: Record<string, unknown>): Secret | null {
  if (!('value' in sent) || (!gateway.personality.secretRefs && !('env_var' in sent))) return null;
  const text = (member: string): string => (typeof sent[member] === 'string' ? sent[member] : '');
  const type = text('type');
  const ref = text('ref');
  if (gateway.personality.secretRefs && (type !== '' || ref !== '')) {
    if (type === 'env' || (type === '' && ref.startsWith('env.'))) return fromText(gateway, ref);
    if (type === 'vault' || ref.startsWith('vault.')) return { value: '', ref, type: 'vault' };
    return { value: text('value'), ref, type: 'plain_text' };
  }
  const variable = text('env_var');
  const legacyReference =
    variable !== '' && (sent.from_env === true || (text('value') === variable && variable.startsWith('env.')));
  if (legacyReference) return fromText(gateway, variable.startsWith('env.') ? variable : `env.${variable}`);
  return { value: text('value'), ref: '', type: gateway.personality.secretRefs ? 'plain_text' : '' };
}

/** `env.NAME` is resolved in the gateway's own environment; there is no vault here (B§4.3, B§4.4). */
function fromText(gateway: Gateway, sent: Secret | string): Secret {
  if (typeof sent !== 'string') return sent;
  if (sent.startsWith('env.')) return { value: gateway.env[sent.slice(4)] ?? '', ref: sent, type: 'env' };
  if (gateway.personality.secretRefs && sent.startsWith('vault.')) return { value: '', ref: sent, type: 'vault' };
  return { value: sent, ref: '', type: 'plain_text' };
}

/** As answers show it: up to 8 bytes all stars, else first 4 + 24 stars + last 4. */
export function showSecret(gateway: Gateway, secret: Secret, redact = true): object {
  const value = redact ? redacted(secret.value) : secret.value;
  if (!gateway.personality.secretRefs) return { value, env_var: secret.ref, from_env: secret.type === 'env' };
  return {
    value,
    ...(secret.ref === '' ? {} : { ref: secret.ref }),
    ...(secret.type === '' ? {} : { type: secret.type }),
  };
}

export function redacted(value: string): string {
  const bytes = Buffer.from(value, 'utf8');
  if (bytes.length <= 8) return '*'.repeat(bytes.length);
  return `${loose(bytes.subarray(0, 4))}${'*'.repeat(24)}${loose(bytes.subarray(-4))}`;
}

/**
 * Redaction cuts bytes, not characters, so an answer can be invalid UTF-8 (P§2.19). A byte that is no character of its own
 * travels as U+DC00+byte and becomes that byte again in `toBytes`.
 */
function loose(bytes: Buffer): string {
  const text = bytes.toString('utf8');
  if (!text.includes('�')) return text;
  return [...bytes].map((byte) => String.fromCharCode(byte < 0x80 ? byte : 0xdc00 + byte)).join('');
}

/** The bytes of an answer; `\udcXX` escapes are cut characters (see `loose`). */
export function toBytes(body: string): Buffer {
  if (!body.includes('\\udc')) return Buffer.from(body, 'utf8');
  const parts = body.split(/(\\udc[89a-f][0-9a-f])/);
  return Buffer.concat(
    parts.map((part, index) => (index % 2 === 1 ? Buffer.from(part.slice(-2), 'hex') : Buffer.from(part, 'utf8'))),
  );
}

/** On PUT a secret equal to the stored redaction, or an unchanged reference, keeps the stored value (B§4.4). */
export function mergeSecret(gateway: Gateway, old: Secret, sent: unknown): Secret {
  const read = readSecret(gateway, sent);
  const unchanged = read.ref === old.ref && read.value === redacted(old.value) && read.value.includes('*');
  return unchanged ? old : read;
}

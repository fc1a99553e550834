import { isObject } from '../json.js';
import { finding, type Finding } from '../findings.js';
import type { Decrypter } from './decrypt.js';
import type { Param, Params } from './records.js';
import { isHeaderMap, isMasked, isReference, isSecretName, isSecretUrl } from './secret-names.js';
import type { SecretVault } from './secrets.js';

/** Where params come from decides what a value may be: encrypted (database), masked (api), or literal (file). */
export type ParamReader = {
  readonly vault: SecretVault;
  /** Prefix of secret names: `deployment:<id>` or `credential:<name>`. */
  readonly owner: string;
  /** Database only. */
  readonly decrypt?: Decrypter;
  /** API only: every value under a secret name counts as masked, short ones come in clear in 1.81.13 (L§1.5). */
  readonly masked?: boolean;
};

export type ProtectedParams = { readonly params: Params; readonly notes: readonly Finding[] };

const MASKED = { $masked: true } as const;
const UNDECRYPTABLE = { $undecryptable: true } as const;

/** litellm_params or credential_values with secrets replaced by SecretRefs; one odd value never stops the others (M5). */
export function protectParams(raw: Record<string, unknown>, reader: ParamReader): ProtectedParams {
  const notes: Finding[] = [];
  const params = Object.entries(openTexts(raw, reader, notes)).map(([name, value]): [string, Param] => [
    name,
    isCredentialJson(name) ? credentialJson(name, value, reader) : protect(value, [name], reader, notes, false),
  ]);
  return { params: Object.fromEntries(params), notes };
}

function protect(
  value: unknown,
  path: readonly string[],
  reader: ParamReader,
  notes: Finding[],
  secret: boolean,
): Param {
  const name = path.at(-1) ?? '';
  const hidden = secret || isSecretName(name);
  if (typeof value === 'string') return protectText(value, path, reader, notes, hidden);
  if (typeof value === 'number')
    return hidden && isPossibleSecretNumber(name) ? protectText(String(value), path, reader, notes, true) : value;
  if (typeof value === 'boolean' || value === null) return value;
  if (Array.isArray(value)) {
    return value.map((item: unknown, index) => protect(item, [...path, String(index)], reader, notes, hidden));
  }
  if (value === UNDECRYPTABLE) return UNDECRYPTABLE;
  if (!isObject(value)) return null;
  const inside = hidden || isHeaderMap(name);
  return Object.fromEntries(
    Object.entries(value).map(([member, item]) => [member, protect(item, [...path, member], reader, notes, inside)]),
  );
}

function protectText(
  stored: string,
  path: readonly string[],
  reader: ParamReader,
  notes: Finding[],
  hidden: boolean,
): Param {
  const text = openNested(stored, path, reader, notes);
  if (typeof text !== 'string') return text;
  if (reader.masked === true && (text === 'None' || (hidden && text === ''))) return null;
  if (isReference(text) || text === '') return text;
  if (isMasked(text) && (hidden || reader.masked === true)) return MASKED;
  if (reader.masked === true && hidden && !isHeaderMap(path.at(-2) ?? '')) return MASKED;
  return hidden || isSecretUrl(text) ? reader.vault.keep(`${reader.owner}:${path.join('.')}`, text) : text;
}

/**
 * Top-level texts are encrypted one by one (L§2.4). A text that begins like a key and may be a ciphertext all the same is
 * what the rest of its row is: a row in which something does not open was written under another salt key.
 */
function openTexts(raw: Record<string, unknown>, reader: ParamReader, notes: Finding[]): Record<string, unknown> {
  const { decrypt } = reader;
  if (decrypt === undefined) return raw;
  const results = Object.entries(raw).map(
    ([name, value]) => [name, value, typeof value === 'string' ? decrypt(value) : undefined] as const,
  );
  const foreign = results.some(([, , result]) => result?.kind === 'undecryptable');
  return Object.fromEntries(
    results.map(([name, value, result]) => {
      if (result === undefined) return [name, value];
      const closed =
        result.kind === 'undecryptable' || (foreign && result.kind === 'plain' && result.doubtful === true);
      return [name, closed ? closedValue(name, notes) : result.text];
    }),
  );
}

/** Nested texts are stored in clear, unless a prefix says otherwise. */
function openNested(
  stored: string,
  path: readonly string[],
  reader: ParamReader,
  notes: Finding[],
): string | typeof UNDECRYPTABLE {
  if (reader.decrypt === undefined || path.length === 1 || !/^v[23]:gcm:/.test(stored)) return stored;
  const result = reader.decrypt(stored);
  return result.kind === 'undecryptable' ? closedValue(path.join('.'), notes) : result.text;
}

function closedValue(field: string, notes: Finding[]): typeof UNDECRYPTABLE {
  notes.push(
    finding(
      'loss',
      'undecryptable',
      field,
      `The stored value of ${field} looks encrypted and does not open; check LITELLM_SALT_KEY.`,
    ),
  );
  return UNDECRYPTABLE;
}

function isPossibleSecretNumber(name: string): boolean {
  return !/(^|_)(per|max|min|limit|limits|count|ttl|timeout|days)(_|$)/.test(name);
}

function isCredentialJson(name: string): boolean {
  return name === 'vertex_credentials' || name === 'vertex_ai_credentials';
}

/** Google credentials are one secret, as JSON text, whether given as text or as an object; a file path is no secret (L§3.5). */
function credentialJson(name: string, value: unknown, reader: ParamReader): Param {
  if (value === null || value === undefined) return null;
  if (value === UNDECRYPTABLE) return UNDECRYPTABLE;
  if (typeof value !== 'string') {
    return reader.masked === true ? MASKED : reader.vault.keep(`${reader.owner}:${name}`, JSON.stringify(value));
  }
  const text = value;
  if (text === '' || isReference(text)) return text;
  if (reader.masked === true) return text === 'None' ? null : MASKED;
  if (isMasked(text) || text.includes('****')) return MASKED;
  return isFilePath(text) ? text : reader.vault.keep(`${reader.owner}:${name}`, text);
}

/** A long text without an extension is rather a credential than a path. */
function isFilePath(text: string): boolean {
  const rooted = /^(?:[A-Za-z]:[\\/]|~?\/|\.{1,2}\/)/.test(text) && text.length < 256;
  return /^[\w .:~\\/@-]+$/.test(text) && text.length < 1024 && (rooted || /\.(json|txt|key|pem)$/i.test(text));
}

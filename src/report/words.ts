import { RECORD_KINDS } from '../sources/records.js';

/** What people call a kind of record, singular and plural. */
const KIND_WORDS: { readonly [kind: string]: readonly [string, string] } = {
  deployment: ['model', 'models'],
  organization: ['organization', 'organizations'],
  team: ['team', 'teams'],
  user: ['user', 'users'],
  membership: ['membership', 'memberships'],
  virtual_key: ['virtual key', 'virtual keys'],
};

export function kindWord(kind: string): string {
  return KIND_WORDS[kind]?.[0] ?? kind.replaceAll('_', ' ');
}

export function kindWords(kind: string): string {
  return KIND_WORDS[kind]?.[1] ?? `${kind.replaceAll('_', ' ')}s`;
}

/** Position in the order of the stages; unknown kinds come last. */
export function kindOrder(kind: string): number {
  const position = (RECORD_KINDS as readonly string[]).indexOf(kind);
  return position === -1 ? RECORD_KINDS.length : position;
}

/**
 * The id a reader gets to see. Of a virtual key only the start of the token hash: old LiteLLM versions take the whole
 * hash as a credential in places, and sixteen hexadecimal characters tell a million keys apart.
 */
export function shownId(kind: string, id: string): string {
  return kind === 'virtual_key' && /^[0-9a-f]{64}$/.test(id) ? id.slice(0, TOKEN_PREFIX_LENGTH) : id;
}

export const TOKEN_PREFIX_LENGTH = 16;

/** A reason code as words: `no_email` → `no email`. */
export function reasonWords(code: string): string {
  return code.replaceAll('_', ' ');
}

import type { Fields } from './decode.js';

export type OverrideBody = {
  readonly name?: string | null;
  readonly scope_kind?: string | null;
  readonly virtual_key_id?: string | null;
  readonly provider_id?: string | null;
  readonly provider_key_id?: string | null;
  readonly match_type?: string | null;
  readonly pattern?: string | null;
  readonly request_types?: readonly string[] | null;
  readonly patch?: unknown;
};
export const OVERRIDE_FIELDS: Fields = {
  name: 'string',
  scope_kind: 'string',
  virtual_key_id: 'string',
  provider_id: 'string',
  provider_key_id: 'string',
  match_type: 'string',
  pattern: 'string',
  request_types: { list: 'string' },
  patch: { map: 'any' },
};

/** Which scope identifiers each kind of scope must and may name, and what is said otherwise. */
const SCOPES: {
  readonly [kind: string]: { readonly needs: readonly IdMember[]; readonly missing: string; readonly extra: string };
} = {
  global: { needs: [], missing: '', extra: 'global scope_kind must not include scope identifiers' },
  provider: {
    needs: ['provider_id'],
    missing: 'provider_id is required for provider scope_kind',
    extra: 'provider scope_kind only supports provider_id',
  },
  provider_key: {
    needs: ['provider_key_id'],
    missing: 'provider_key_id is required for provider_key scope_kind',
    extra: 'provider_key scope_kind only supports provider_key_id',
  },
  virtual_key: {
    needs: ['virtual_key_id'],
    missing: 'virtual_key_id is required for virtual_key scope_kind',
    extra: 'virtual_key scope_kind only supports virtual_key_id',
  },
  virtual_key_provider: {
    needs: ['virtual_key_id', 'provider_id'],
    missing: 'virtual_key_id and provider_id are required for virtual_key_provider scope_kind',
    extra: 'virtual_key_provider scope_kind does not support provider_key_id',
  },
  virtual_key_provider_key: {
    needs: ['virtual_key_id', 'provider_id', 'provider_key_id'],
    missing: 'virtual_key_id, provider_id, and provider_key_id are required for virtual_key_provider_key scope_kind',
    extra: '',
  },
};
type IdMember = 'virtual_key_id' | 'provider_id' | 'provider_key_id';
const ID_MEMBERS: readonly IdMember[] = ['virtual_key_id', 'provider_id', 'provider_key_id'];
const REQUEST_TYPES: ReadonlySet<string> = new Set([
  'chat_completion',
  'text_completion',
  'responses',
  'embedding',
  'rerank',
  'speech',
  'transcription',
  'image_generation',
  'image_edit',
  'image_variation',
  'video_generation',
  'ocr',
  'realtime',
  'container_create',
]);

export function nameFault({ name }: OverrideBody): string | null {
  return (name ?? '').trim() === '' ? 'name is required' : null;
}

export function scopeFault(body: OverrideBody): string | null {
  const scope = SCOPES[body.scope_kind ?? ''];
  if (!scope) return `unsupported scope_kind ${JSON.stringify(body.scope_kind ?? '')}`;
  const named = ID_MEMBERS.filter((member) => (body[member] ?? null) !== null);
  if (scope.needs.some((member) => !named.includes(member))) return scope.missing;
  return named.some((member) => !scope.needs.includes(member)) ? scope.extra : null;
}

export function patternFault(body: OverrideBody): string | null {
  const pattern = (body.pattern ?? '').trim();
  if (pattern === '') return 'pattern is required';
  if (body.match_type === 'exact')
    return pattern.includes('*') ? 'exact match pattern must not contain wildcards' : null;
  if (body.match_type !== 'wildcard') return `unsupported match_type ${JSON.stringify(body.match_type ?? '')}`;
  if (!pattern.endsWith('*')) return 'wildcard pattern must end with *';
  return pattern.split('*').length === 2 ? null : 'wildcard pattern must contain exactly one trailing *';
}

export function typesFault(types: readonly string[]): string | null {
  if (types.length === 0) return 'request_types is required and must contain at least one value';
  for (const type of types) {
    const base = type.replace(/_stream$/, '');
    const quoted = JSON.stringify(type);
    if (base !== type)
      return `unsupported request_type ${quoted}: use the base type (e.g. ${JSON.stringify(base)} covers both streaming and non-streaming)`;
    if (!REQUEST_TYPES.has(type)) return `unsupported request_type ${quoted}`;
  }
  return null;
}

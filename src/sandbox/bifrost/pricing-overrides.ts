import { isObject } from '../../json.js';
import { decodePlain, type Fields } from './decode.js';
import type { Call, Gateway } from './gateway.js';
import { given } from './limits.js';
import { matcher, pageOf } from './lists.js';
import { json, Refusal, type Reply } from './reply.js';

/** Prices of an operator's own (B§5.8): the only way a budget of a custom provider ever fills (P§2.11). */
export type PricingOverride = {
  readonly id: string;
  name: string;
  scopeKind: string;
  virtualKeyId: string | null;
  providerId: string | null;
  providerKeyId: string | null;
  matchType: string;
  pattern: string;
  requestTypes: readonly string[];
  patch: { readonly [cost: string]: unknown };
  readonly createdAt: string;
  updatedAt: string;
};
type OverrideBody = {
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
const FIELDS: Fields = {
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
const SCOPES: { readonly [kind: string]: { readonly needs: readonly IdMember[]; readonly missing: string; readonly extra: string } } = {
  global: { needs: [], missing: '', extra: 'global scope_kind must not include scope identifiers' },
  provider: { needs: ['provider_id'], missing: 'provider_id is required for provider scope_kind', extra: 'provider scope_kind only supports provider_id' },
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

export function createPricingOverride(gateway: Gateway, call: Call): Reply {
  const body: OverrideBody = decodePlain(call.text, FIELDS);
  const stamp = gateway.stamp(gateway.now());
  const override = build(body, { id: gateway.newId(), createdAt: stamp, updatedAt: stamp });
  gateway.state.pricingOverrides.set(override.id, override);
  return json({ message: 'Pricing override created successfully', pricing_override: showOverride(override) }, 201);
}

/** Omitted members keep their value, except that a new scope_kind drops all scope identifiers. */
export function updatePricingOverride(gateway: Gateway, call: Call): Reply {
  const body: OverrideBody = decodePlain(call.text, FIELDS);
  const old = find(gateway, call);
  const keepIds = typeof body.scope_kind !== 'string';
  const kept = {
    name: old.name,
    scope_kind: old.scopeKind,
    virtual_key_id: keepIds ? old.virtualKeyId : null,
    provider_id: keepIds ? old.providerId : null,
    provider_key_id: keepIds ? old.providerKeyId : null,
    match_type: old.matchType,
    pattern: old.pattern,
    request_types: old.requestTypes,
    patch: old.patch,
  };
  const sent = Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined));
  Object.assign(old, build({ ...kept, ...sent }, { id: old.id, createdAt: old.createdAt, updatedAt: gateway.stamp(gateway.now()) }));
  return json({ message: 'Pricing override updated successfully', pricing_override: showOverride(old) });
}

export function deletePricingOverride(gateway: Gateway, call: Call): Reply {
  gateway.state.pricingOverrides.delete(find(gateway, call).id);
  return json({ message: 'Pricing override deleted successfully' });
}

export function listPricingOverrides(gateway: Gateway, call: Call): Reply {
  const matches = matcher(call.query.get('search'));
  const wanted = (parameter: string, value: string | null): boolean => (call.query.get(parameter) ?? '') === '' || call.query.get(parameter) === value;
  const rows = [...gateway.state.pricingOverrides.values()].filter(
    (override) =>
      matches(override.name) &&
      wanted('scope_kind', override.scopeKind) &&
      wanted('virtual_key_id', override.virtualKeyId) &&
      wanted('provider_id', override.providerId) &&
      wanted('provider_key_id', override.providerKeyId),
  );
  const page = pageOf(rows, call.query, [], true);
  return json({
    count: page.rows.length,
    limit: page.limit,
    offset: page.offset,
    pricing_overrides: page.rows.map(showOverride),
    total_count: page.total,
  });
}

function build(body: OverrideBody, fixed: Pick<PricingOverride, 'id' | 'createdAt' | 'updatedAt'>): PricingOverride {
  const fault = nameFault(body) ?? scopeFault(body) ?? patternFault(body) ?? typesFault(body.request_types ?? []);
  if (fault !== null) throw new Refusal(400, fault);
  return {
    ...fixed,
    name: (body.name ?? '').trim(),
    scopeKind: body.scope_kind ?? '',
    virtualKeyId: body.virtual_key_id ?? null,
    providerId: body.provider_id ?? null,
    providerKeyId: body.provider_key_id ?? null,
    matchType: body.match_type ?? '',
    pattern: (body.pattern ?? '').trim(),
    requestTypes: body.request_types ?? [],
    patch: isObject(body.patch) ? body.patch : {},
  };
}

function nameFault({ name }: OverrideBody): string | null {
  return (name ?? '').trim() === '' ? 'name is required' : null;
}

function scopeFault(body: OverrideBody): string | null {
  const scope = SCOPES[body.scope_kind ?? ''];
  if (!scope) return `unsupported scope_kind ${JSON.stringify(body.scope_kind ?? '')}`;
  const named = ID_MEMBERS.filter((member) => (body[member] ?? null) !== null);
  if (scope.needs.some((member) => !named.includes(member))) return scope.missing;
  return named.some((member) => !scope.needs.includes(member)) ? scope.extra : null;
}

function patternFault(body: OverrideBody): string | null {
  const pattern = (body.pattern ?? '').trim();
  if (pattern === '') return 'pattern is required';
  if (body.match_type === 'exact') return pattern.includes('*') ? 'exact match pattern must not contain wildcards' : null;
  if (body.match_type !== 'wildcard') return `unsupported match_type ${JSON.stringify(body.match_type ?? '')}`;
  if (!pattern.endsWith('*')) return 'wildcard pattern must end with *';
  return pattern.split('*').length === 2 ? null : 'wildcard pattern must contain exactly one trailing *';
}

function typesFault(types: readonly string[]): string | null {
  if (types.length === 0) return 'request_types is required and must contain at least one value';
  for (const type of types) {
    const base = type.replace(/_stream$/, '');
    const quoted = JSON.stringify(type);
    if (base !== type) return `unsupported request_type ${quoted}: use the base type (e.g. ${JSON.stringify(base)} covers both streaming and non-streaming)`;
    if (!REQUEST_TYPES.has(type)) return `unsupported request_type ${quoted}`;
  }
  return null;
}

function showOverride(override: PricingOverride): object {
  return {
    id: override.id,
    name: override.name,
    scope_kind: override.scopeKind,
    ...given('virtual_key_id', override.virtualKeyId),
    ...given('provider_id', override.providerId),
    ...given('provider_key_id', override.providerKeyId),
    match_type: override.matchType,
    pattern: override.pattern,
    // The patch is stored and shown as a JSON text.
    pricing_patch: JSON.stringify(override.patch),
    created_at: override.createdAt,
    updated_at: override.updatedAt,
    request_types: override.requestTypes,
  };
}

function find(gateway: Gateway, call: Call): PricingOverride {
  const override = gateway.state.pricingOverrides.get(call.params.id ?? '');
  if (!override) throw new Refusal(404, 'Pricing override not found');
  return override;
}

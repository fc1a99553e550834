import { isObject } from '../../json.js';
import { decodePlain } from './decode.js';
import type { Call, Gateway } from './gateway.js';
import { given } from './limits.js';
import { matcher, pageOf } from './lists.js';
import {
  nameFault,
  OVERRIDE_FIELDS,
  type OverrideBody,
  patternFault,
  scopeFault,
  typesFault,
} from './pricing-override-checks.js';
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

export function createPricingOverride(gateway: Gateway, call: Call): Reply {
  const body: OverrideBody = decodePlain(call.text, OVERRIDE_FIELDS);
  const stamp = gateway.stamp(gateway.now());
  const override = build(body, { id: gateway.newId(), createdAt: stamp, updatedAt: stamp });
  gateway.state.pricingOverrides.set(override.id, override);
  return json({ message: 'Pricing override created successfully', pricing_override: showOverride(override) }, 201);
}

/** Omitted members keep their value, except that a new scope_kind drops all scope identifiers. */
export function updatePricingOverride(gateway: Gateway, call: Call): Reply {
  const body: OverrideBody = decodePlain(call.text, OVERRIDE_FIELDS);
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
  Object.assign(
    old,
    build({ ...kept, ...sent }, { id: old.id, createdAt: old.createdAt, updatedAt: gateway.stamp(gateway.now()) }),
  );
  return json({ message: 'Pricing override updated successfully', pricing_override: showOverride(old) });
}

export function deletePricingOverride(gateway: Gateway, call: Call): Reply {
  gateway.state.pricingOverrides.delete(find(gateway, call).id);
  return json({ message: 'Pricing override deleted successfully' });
}

export function listPricingOverrides(gateway: Gateway, call: Call): Reply {
  const matches = matcher(call.query.get('search'));
  const wanted = (parameter: string, value: string | null): boolean =>
    (call.query.get(parameter) ?? '') === '' || call.query.get(parameter) === value;
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

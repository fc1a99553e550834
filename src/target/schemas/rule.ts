import * as z from 'zod';
import type { Json, JsonObject } from '../../json.js';
import type { PricingOverrideObject, RoutingRuleObject } from '../objects.js';

const rowOf = z.looseObject({ id: z.string().min(1), name: z.string() });

const NOT_MEANT = new Set(['id', 'config_hash', 'created_at', 'updated_at']);

/** A routing rule (B§5.7); the body is what was sent, without what the gateway adds. */
export function parseRoutingRule(json: unknown): RoutingRuleObject {
  const row = rowOf.extend({ scope: z.string().nullish(), scope_id: z.string().nullish() }).parse(json);
  const name = `${row.scope || 'global'}/${row.scope_id ?? ''}/${row.name}`;
  return { kind: 'routing_rule', id: row.id, name, body: meant(row) };
}

/** A pricing override (B§5.8): sent as `patch`, shown as `pricing_patch`, which is JSON in a string on 1.5.2 and 1.5.16. */
export function parsePricingOverride(json: unknown): PricingOverrideObject {
  const { pricing_patch: shown, ...row } = rowOf
    .extend({ pricing_patch: z.union([z.string(), z.json()]).nullish() })
    .parse(json);
  const body = meant(row);
  const patch = typeof shown === 'string' ? parsePatch(shown) : (shown as Json | null | undefined);
  return {
    kind: 'pricing_override',
    id: row.id,
    name: row.name,
    body: patch === null || patch === undefined ? body : { ...body, patch },
  };
}

function parsePatch(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}

function meant(row: Record<string, unknown>): JsonObject {
  return Object.fromEntries(Object.entries(row).filter(([member]) => !NOT_MEANT.has(member))) as JsonObject;
}

import type { Fields } from './decode.js';
import type { Gateway } from './gateway.js';
import { splitModel } from './model-names.js';
import { Refusal } from './reply.js';
import type { RoutingRule, RoutingTarget } from './routing-rules.js';

/** What may be sent about a routing rule, in the order in which the gateway complains (B§5.7). */

export type RuleBody = {
  readonly name?: string | null;
  readonly description?: string | null;
  readonly enabled?: boolean | null;
  readonly chain_rule?: boolean | null;
  readonly cel_expression?: string | null;
  readonly targets?: readonly (Omit<RoutingTarget, 'weight'> & { readonly weight?: number | null })[] | null;
  readonly fallbacks?: readonly string[] | null;
  readonly scope?: string | null;
  readonly scope_id?: string | null;
  readonly priority?: number | null;
  readonly query?: unknown;
};
export const RULE_FIELDS: Fields = {
  name: 'string',
  description: 'string',
  enabled: 'boolean',
  chain_rule: 'boolean',
  cel_expression: 'string',
  targets: { list: { members: { provider: 'string', model: 'string', key_id: 'string', weight: 'number' } } },
  fallbacks: { list: 'string' },
  scope: 'string',
  scope_id: 'string',
  priority: 'integer',
  query: { members: {} },
};
const SCOPES = ['global', 'team', 'customer', 'virtual_key'];

export function readTargets(sent: NonNullable<RuleBody['targets']>): readonly RoutingTarget[] {
  const seen = new Set<string>();
  let total = 0;
  for (const target of sent) {
    if ((target.weight ?? 0) < 0) throw new Refusal(400, 'each target weight must be positive');
    if (target.key_id && !target.provider) throw new Refusal(400, 'key_id requires provider to be set');
    const [provider, model, keyId] = [
      (target.provider ?? '').toLowerCase(),
      (target.model ?? '').toLowerCase(),
      target.key_id ?? '',
    ];
    const identity = [provider, model, keyId].join('|');
    if (seen.has(identity)) {
      throw new Refusal(
        400,
        `duplicate target entry: provider=${JSON.stringify(provider)} model=${JSON.stringify(model)} key_id=${JSON.stringify(keyId)}`,
      );
    }
    seen.add(identity);
    total += target.weight ?? 0;
  }
  if (Math.abs(total - 1) > 0.001) throw new Refusal(400, `target weights must sum to 1, got ${total.toFixed(4)}`);
  return sent.map((target) => ({ ...target, weight: target.weight ?? 0 }));
}

export function checkFallbacks(gateway: Gateway, fallbacks: readonly string[]): void {
  for (const [index, fallback] of fallbacks.entries()) {
    if (fallback.trim() === '') throw new Refusal(400, `fallbacks[${index}] must not be empty`);
    if (splitModel(gateway, fallback).provider !== '') continue;
    const hint = 'must use a known provider prefix (e.g. "openai/gpt-4o" or "azure/" for the incoming model)';
    throw new Refusal(400, `fallbacks[${index}] ${JSON.stringify(fallback)} is invalid: ${hint}`);
  }
}

export function checkScope(scope: string): void {
  if (SCOPES.includes(scope)) return;
  throw new Refusal(400, `invalid scope ${JSON.stringify(scope)}: must be one of: ${SCOPES.join(', ')}`);
}

/** One priority per scope; one name per scope id, but global rules may share a name: POST is not idempotent (B§5.7). */
export function storeFault(gateway: Gateway, rule: RoutingRule): string | null {
  for (const other of gateway.state.routingRules.values()) {
    if (other.id === rule.id || other.scope !== rule.scope || other.scopeId !== rule.scopeId) continue;
    if (other.priority === rule.priority) {
      // The gateway prints where the id lies in its memory, not the id.
      const tail = rule.scopeId === null ? '' : " with scopeID '0xc000a1b2c0'";
      return `routing rule with priority ${rule.priority} already exists for scope '${rule.scope}'${tail}`;
    }
    if (rule.scopeId !== null && other.name === rule.name)
      return 'a record with this scope id already exists. Please use a different value';
  }
  return null;
}

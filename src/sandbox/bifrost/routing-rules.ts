import { decodePlain } from './decode.js';
import type { Call, Gateway } from './gateway.js';
import { given } from './limits.js';
import { matcher, pageOf } from './lists.js';
import { json, Refusal, type Reply } from './reply.js';
import {
  checkFallbacks,
  checkScope,
  readTargets,
  RULE_FIELDS,
  type RuleBody,
  storeFault,
} from './routing-rule-checks.js';

/** Routing rules (B§5.7). */

export type RoutingTarget = {
  readonly provider?: string | null;
  readonly model?: string | null;
  readonly key_id?: string | null;
  readonly weight: number;
};
export type RoutingRule = {
  readonly id: string;
  name: string;
  description: string;
  enabled: boolean;
  chainRule: boolean;
  celExpression: string;
  targets: readonly RoutingTarget[];
  fallbacks: readonly string[];
  scope: string;
  scopeId: string | null;
  priority: number;
  query: unknown;
  readonly createdAt: string;
  updatedAt: string;
};

export function createRoutingRule(gateway: Gateway, call: Call): Reply {
  const body: RuleBody = decodePlain(call.text, RULE_FIELDS);
  if (!body.name) throw new Refusal(400, 'name field is required');
  if ((body.targets?.length ?? 0) === 0) throw new Refusal(400, 'at least one target is required');
  const targets = readTargets(body.targets ?? []);
  checkFallbacks(gateway, body.fallbacks ?? []);
  const scope = body.scope || 'global';
  checkScope(scope);
  const scopeId = scope === 'global' ? null : (body.scope_id ?? null);
  if (scope !== 'global' && !scopeId) throw new Refusal(400, 'scope_id field is required when scope is not global');
  const stamp = gateway.stamp(gateway.now());
  const rule: RoutingRule = {
    id: gateway.newId(),
    name: body.name,
    description: body.description ?? '',
    enabled: body.enabled ?? true,
    chainRule: body.chain_rule ?? false,
    // Not compiled here: a broken expression is skipped when a request comes (B§5.7).
    celExpression: body.cel_expression ?? '',
    targets,
    fallbacks: body.fallbacks ?? [],
    scope,
    scopeId,
    priority: body.priority ?? 0,
    query: body.query ?? null,
    createdAt: stamp,
    updatedAt: stamp,
  };
  const fault = storeFault(gateway, rule);
  if (fault !== null) throw new Refusal(500, `Failed to create routing rule: ${fault}`);
  gateway.state.routingRules.set(rule.id, rule);
  return json({ message: 'Routing rule created successfully', rule: showRule(rule) });
}

export function updateRoutingRule(gateway: Gateway, call: Call): Reply {
  const body: RuleBody = decodePlain(call.text, RULE_FIELDS);
  const rule = find(gateway, call);
  if (body.targets?.length === 0) throw new Refusal(400, 'at least one routing target is required');
  if (body.fallbacks) checkFallbacks(gateway, body.fallbacks);
  if (body.scope) checkScope(body.scope);
  const scope = body.scope || rule.scope;
  const scopeId = scope === 'global' ? null : (body.scope_id ?? rule.scopeId);
  if (scope !== 'global' && !scopeId) throw new Refusal(400, 'scope_id field is required when scope is not global');
  const changed: RoutingRule = {
    ...rule,
    name: body.name || rule.name,
    description: body.description ?? rule.description,
    enabled: body.enabled ?? rule.enabled,
    chainRule: body.chain_rule ?? rule.chainRule,
    celExpression: body.cel_expression ?? rule.celExpression,
    targets: body.targets ? readTargets(body.targets) : rule.targets,
    fallbacks: body.fallbacks ?? rule.fallbacks,
    scope,
    scopeId,
    priority: body.priority ?? rule.priority,
    query: body.query ?? rule.query,
    updatedAt: gateway.stamp(gateway.now()),
  };
  const fault = storeFault(gateway, changed);
  if (fault !== null) throw new Refusal(500, `Failed to update routing rule in database: ${fault}`);
  Object.assign(rule, changed);
  return json({ message: 'Routing rule updated successfully', rule: showRule(rule) });
}

export function deleteRoutingRule(gateway: Gateway, call: Call): Reply {
  gateway.state.routingRules.delete(find(gateway, call).id);
  return json({ message: 'Routing rule deleted successfully' });
}

export function getRoutingRule(gateway: Gateway, call: Call): Reply {
  return json({ rule: showRule(find(gateway, call)) });
}

/** With `scope=` only enabled rules, all of them; without it every rule (B§5.1). By priority, newest first among equals. */
export function listRoutingRules(gateway: Gateway, call: Call): Reply {
  const scope = call.query.get('scope') ?? '';
  const scopeId = call.query.get('scope_id') ?? '';
  const filtered = scope !== '' || scopeId !== '';
  if (filtered && scope !== 'global' && scopeId === '') throw new Refusal(500, 'Failed to get routing rules');
  const matches = matcher(call.query.get('search'));
  const rows = [...gateway.state.routingRules.values()]
    .reverse()
    .sort((a, b) => a.priority - b.priority)
    .filter((rule) =>
      filtered
        ? rule.enabled && rule.scope === scope && (scope === 'global' || rule.scopeId === scopeId)
        : matches(rule.name) || matches(rule.celExpression),
    );
  const page = filtered
    ? { rows, total: rows.length, limit: rows.length, offset: 0 }
    : pageOf(rows, call.query, [], true);
  return json({
    count: page.rows.length,
    limit: page.limit,
    offset: page.offset,
    rules: page.rows.map(showRule),
    total_count: page.total,
  });
}

function showRule(rule: RoutingRule): object {
  return {
    id: rule.id,
    config_hash: '',
    name: rule.name,
    description: rule.description,
    enabled: rule.enabled,
    cel_expression: rule.celExpression,
    targets: rule.targets.map(({ provider, model, key_id: keyId, weight }) => ({
      ...(typeof provider === 'string' ? { provider } : {}),
      ...(typeof model === 'string' ? { model } : {}),
      ...(typeof keyId === 'string' ? { key_id: keyId } : {}),
      weight,
    })),
    ...given('fallbacks', rule.fallbacks),
    scope: rule.scope,
    scope_id: rule.scopeId,
    chain_rule: rule.chainRule,
    priority: rule.priority,
    ...given('query', rule.query),
    created_at: rule.createdAt,
    updated_at: rule.updatedAt,
  };
}

function find(gateway: Gateway, call: Call): RoutingRule {
  const rule = gateway.state.routingRules.get(call.params.id ?? '');
  if (!rule) throw new Refusal(404, 'Routing rule not found');
  return rule;
}

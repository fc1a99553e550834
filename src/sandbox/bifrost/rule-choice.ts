import { evaluateCel, type CelVariables } from './cel.js';
import type { Question, Route } from './route-choice.js';
import type { Gateway } from './gateway.js';
import { splitModel } from './model-names.js';
import type { RoutingRule, RoutingTarget } from './routing-rules.js';
import type { VirtualKey } from './virtual-keys.js';

/**
 * Routing rules (B§7.1.2): scopes virtual_key → team → customer → global; within a scope by priority; the first match decides
 * provider, model, pinned key and fallbacks, and everything after it is ignored unless it is a chain rule.
 */
export function applyRules(
  gateway: Gateway,
  question: Question,
  virtualKey: VirtualKey | null,
  start: Route,
): readonly Route[] {
  const rules = scopesOf(gateway, virtualKey).flatMap((scope) => rulesIn(gateway, scope));
  if (rules.length === 0) return [start];
  return follow(gateway, question, virtualKey, rules, start, new Set());
}

function follow(
  gateway: Gateway,
  question: Question,
  virtualKey: VirtualKey | null,
  rules: readonly RoutingRule[],
  route: Route,
  fired: ReadonlySet<string>,
): readonly Route[] {
  const depth = gateway.config.client.routing_chain_max_depth;
  if (fired.size >= (typeof depth === 'number' ? depth : 10)) return [route];
  const variables = variablesOf(gateway, question, virtualKey, route);
  // A rule that cannot be evaluated is skipped in silence.
  const rule = rules.find(
    (candidate) =>
      !fired.has(candidate.id) &&
      evaluateCel(candidate.celExpression, variables) === true &&
      candidate.targets.length > 0,
  );
  if (!rule) return [route];
  const total = rule.targets.reduce((sum, { weight }) => sum + weight, 0);
  return rule.targets.flatMap((target) => {
    const next = aimed(gateway, rule, target, route, total > 0 ? target.weight / total : 1 / rule.targets.length);
    return rule.chainRule ? follow(gateway, question, virtualKey, rules, next, new Set([...fired, rule.id])) : [next];
  });
}

function aimed(gateway: Gateway, rule: RoutingRule, target: RoutingTarget, route: Route, share: number): Route {
  return {
    provider: target.provider || route.provider,
    model: target.model || route.model,
    keyId: target.key_id || null,
    fallbacks: rule.fallbacks.map((text) => {
      const split = splitModel(gateway, text);
      // "azure/" stands for the incoming model.
      return { provider: split.provider, model: split.model.trim() || route.model };
    }),
    probability: route.probability * share,
  };
}

type Scope = { readonly name: string; readonly id: string | null };

function scopesOf(gateway: Gateway, virtualKey: VirtualKey | null): readonly Scope[] {
  const global: Scope = { name: 'global', id: null };
  if (!virtualKey) return [global];
  const customerId = customerOf(gateway, virtualKey);
  return [
    { name: 'virtual_key', id: virtualKey.id },
    ...(virtualKey.teamId === null ? [] : [{ name: 'team', id: virtualKey.teamId }]),
    ...(customerId === null ? [] : [{ name: 'customer', id: customerId }]),
    global,
  ];
}

/** The VK's own customer, or its team's. */
export function customerOf(gateway: Gateway, virtualKey: VirtualKey): string | null {
  if (virtualKey.customerId !== null) return virtualKey.customerId;
  return virtualKey.teamId === null ? null : (gateway.state.teams.get(virtualKey.teamId)?.customerId ?? null);
}

function rulesIn(gateway: Gateway, scope: Scope): readonly RoutingRule[] {
  return [...gateway.state.routingRules.values()]
    .filter((rule) => rule.enabled && rule.scope === scope.name && rule.scopeId === scope.id)
    .sort((a, b) => a.priority - b.priority);
}

function variablesOf(gateway: Gateway, question: Question, virtualKey: VirtualKey | null, route: Route): CelVariables {
  const team = virtualKey?.teamId ? gateway.state.teams.get(virtualKey.teamId) : undefined;
  const customerId = virtualKey ? customerOf(gateway, virtualKey) : null;
  return {
    model: route.model,
    provider: route.provider,
    request_type: question.requestType,
    headers: question.headers,
    params: {},
    virtual_key_id: virtualKey?.id ?? '',
    virtual_key_name: virtualKey?.name ?? '',
    team_id: team?.id ?? '',
    team_name: team?.name ?? '',
    customer_id: customerId ?? '',
    customer_name: customerId === null ? '' : (gateway.state.customers.get(customerId)?.name ?? ''),
    tokens_used: 0,
    request: 0,
    budget_used: 0,
    complexity_tier: '',
  };
}

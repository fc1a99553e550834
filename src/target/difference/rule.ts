import type { Body, BodyValue, PricingOverrideObject, RoutingRuleObject } from '../objects.js';
import {
  asks,
  bodiesOf,
  bodyOf,
  canonical,
  compareSet,
  compareValue,
  differ,
  show,
  stringsOf,
  type Comparison,
} from './comparison.js';

/** Defaults of members that a body may leave out (B§5.7). */
const RULE_DEFAULTS = {
  enabled: true,
  chain_rule: false,
  cel_expression: '',
  scope: 'global',
  scope_id: null,
} as const;

/** Not compared: `query`, the tree of the dashboard's editor. */
export function compareRoutingRule(comparison: Comparison, body: Body, found: RoutingRuleObject): void {
  for (const member of ['name', 'description', 'priority']) {
    if (member in body) compareValue(comparison, member, body[member], found.body[member]);
  }
  for (const [member, byDefault] of Object.entries(RULE_DEFAULTS)) {
    if (asks(comparison, body, member))
      compareValue(comparison, member, body[member] ?? byDefault, found.body[member] ?? byDefault);
  }
  if (asks(comparison, body, 'targets'))
    compareSet(comparison, 'targets', targets(body['targets']), targets(found.body['targets']));
  if (asks(comparison, body, 'fallbacks')) {
    // Tried in order, so the order counts.
    const [wanted, shown] = [stringsOf(body['fallbacks']), stringsOf(found.body['fallbacks'])];
    if (canonical(wanted) !== canonical(shown)) differ(comparison, 'fallbacks', show(wanted), show(shown));
  }
}

function targets(value: BodyValue | undefined): readonly string[] {
  return bodiesOf(value).map((target) =>
    canonical(Object.fromEntries(Object.entries(target).filter(([, member]) => member !== null && member !== ''))),
  );
}

/** The gateway shows the patch as it was sent (B§5.8). */
export function comparePricingOverride(comparison: Comparison, body: Body, found: PricingOverrideObject): void {
  for (const member of [
    'name',
    'scope_kind',
    'virtual_key_id',
    'provider_id',
    'provider_key_id',
    'match_type',
    'pattern',
  ]) {
    if (asks(comparison, body, member)) compareValue(comparison, member, body[member], found.body[member]);
  }
  if (asks(comparison, body, 'request_types')) {
    compareSet(comparison, 'request_types', stringsOf(body['request_types']), stringsOf(found.body['request_types']));
  }
  if (!asks(comparison, body, 'patch')) return;
  const [wanted, shown] = [bodyOf(body['patch']), bodyOf(found.body['patch'])];
  for (const cost of new Set([...Object.keys(wanted), ...Object.keys(shown)])) {
    compareValue(comparison, `patch.${cost}`, wanted[cost], shown[cost]);
  }
}

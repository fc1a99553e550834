import type { Comparison, DifferenceOptions } from './difference/comparison.js';
import { compareCustomer, compareMember, compareModelConfig, compareTeam, compareUser } from './difference/owner.js';
import { compareProvider } from './difference/provider.js';
import { compareProviderKey } from './difference/provider-key.js';
import { comparePricingOverride, compareRoutingRule } from './difference/rule.js';
import { compareVirtualKey } from './difference/virtual-key.js';
import type { Body, Difference, ObjectKind, ObjectOf, TargetObject } from './objects.js';

export type { DifferenceOptions } from './difference/comparison.js';

const COMPARE: { readonly [K in ObjectKind]: (comparison: Comparison, body: Body, found: ObjectOf<K>) => void } = {
  provider: compareProvider,
  provider_key: compareProviderKey,
  model_config: compareModelConfig,
  customer: compareCustomer,
  team: compareTeam,
  user: compareUser,
  member: compareMember,
  virtual_key: compareVirtualKey,
  routing_rule: compareRoutingRule,
  pricing_override: comparePricingOverride,
};

/**
 * Does the object have what the body asks for, and nothing more? Empty = yes. Sets are compared as sets, what a gateway's
 * answers cannot show is left out (each file in difference/ names it), and no secret is in any text. Pure.
 */
export function differences(
  kind: ObjectKind,
  body: Body,
  actual: TargetObject,
  options: DifferenceOptions = {},
): readonly Difference[] {
  if (actual.kind !== kind) return [{ field: 'kind', wanted: kind, found: actual.kind }];
  const comparison: Comparison = { options, found: [] };
  (COMPARE[kind] as (comparison: Comparison, body: Body, found: TargetObject) => void)(comparison, body, actual);
  return comparison.found;
}

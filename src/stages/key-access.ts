import { accessIndex, type AccessIndex } from '../mapping/access.js';
import { planAllowList, type AllowList } from '../mapping/allow-list.js';
import type { Catalog, RouteTarget } from '../mapping/catalog.js';
import { grantSignature, planGrant, type Grant } from '../mapping/grants.js';
import { hasListPrice } from '../mapping/prices.js';
import { differsInShares } from '../mapping/shares.js';
import type { KeySubject } from './key-subject.js';
import type { PlanContext } from './plan.js';
import { pricesOf } from './price-write.js';

/** What a key may call, as provider_configs of its virtual key. */
export type KeyAccess = {
  readonly grant: Grant;
  readonly list: AllowList;
  readonly unpriced: Unpriced;
};

/** Granted names whose calls cost nothing on this Bifrost (M22). */
export type Unpriced = {
  /** LiteLLM charges them: a budget fills there and not here. */
  readonly charged: readonly string[];
  /** LiteLLM knows no price either. */
  readonly unknown: readonly string[];
};

type Memory = { readonly index: AccessIndex; readonly known: Map<string, KeyAccess>; providers: number };

/** Grants remembered at once: most of 100,000 keys share a few hundred shapes. */
const REMEMBERED = 500;

const memories = new WeakMap<Catalog, Memory>();

export function allowListOf({ subject }: KeySubject, context: PlanContext): KeyAccess {
  const { catalog } = context;
  let memory = memories.get(catalog);
  const providers = context.snapshot.count('provider') + context.snapshot.count('provider_key');
  if (!memory || memory.providers !== providers || memory.known.size > REMEMBERED) {
    memory = { index: memory?.index ?? accessIndex(context.world), known: new Map(), providers };
    memories.set(catalog, memory);
  }
  const signature = grantSignature(subject);
  const known = memory.known.get(signature);
  if (known) return known;
  const grant = planGrant(subject, {
    catalog,
    index: memory.index,
    organizationGates: context.settings.organizationGates,
  });
  const list = planAllowList(grant, {
    keyId: (name) => context.objectId('provider_key', name),
    hasProvider: (name) => context.objectId('provider', name) !== undefined,
    foreignProviders: context.settings.allModels === 'everything' ? foreignProviders(context) : [],
    routing: catalog.routing,
    differsInShares: (route) => differsInShares(route, catalog.ruleOf(route.name), catalog.keys),
    sink: catalog.sink?.name ?? null,
  });
  const access = { grant, list, unpriced: unpricedNames(grant, context) };
  memory.known.set(signature, access);
  return access;
}

/** Providers on Bifrost that no deployment of LiteLLM leads to (V5). */
function foreignProviders(context: PlanContext): string[] {
  return context.snapshot
    .all('provider')
    .map((p) => p.name)
    .filter((name) => !context.catalog.providers.has(name))
    .sort();
}

/**
 * Names for which no override is written and Bifrost has no price of its own: it has none for custom providers and
 * self-hosted servers, and before 1.5.9 none for aliases either (P§2.11). Free ones cost nothing anywhere.
 */
function unpricedNames(grant: Grant, context: PlanContext): Unpriced {
  const { catalog, capabilities } = context;
  const prices = pricesOf(context);
  const isKnown = ({ provider, key }: RouteTarget, name: string): boolean =>
    hasListPrice(provider, catalog) &&
    (capabilities.scopedModelConfigs || key === null || catalog.keys.get(key)?.aliases[name] === name);
  const charged = new Set<string>();
  const unknown = new Set<string>();
  for (const { name, listed: asked, targets } of grant.routes) {
    for (const target of targets) {
      const standing = prices.standing(target.deployment);
      if (prices.of(target.deployment).length > 0 || standing === 'free' || isKnown(target, asked)) continue;
      (standing === 'unsayable' ? charged : unknown).add(name);
    }
  }
  for (const { provider, key } of grant.wildcards) {
    if (hasListPrice(provider, catalog)) continue;
    for (const deployment of catalog.groups.wildcards) {
      const plan = catalog.wildcards.get(deployment.id);
      const isIt = plan?.ok === true && plan.key.name === key;
      if (isIt && prices.of(deployment.id).length === 0 && prices.standing(deployment.id) !== 'free')
        charged.add(deployment.modelName);
    }
  }
  return { charged: [...charged].sort(), unknown: [...unknown].filter((name) => !charged.has(name)).sort() };
}

import { accessIndex, type AccessIndex } from '../mapping/access.js';
import { planAllowList, type AllowList } from '../mapping/allow-list.js';
import type { Catalog, Route } from '../mapping/catalog.js';
import { grantSignature, planGrant, type Grant } from '../mapping/grants.js';
import type { KeySubject } from './key-subject.js';
import type { PlanContext } from './plan.js';

/** What a key may call, as provider_configs of its virtual key. */
export type KeyAccess = {
  readonly grant: Grant;
  readonly list: AllowList;
  /** Granted names whose calls cost nothing on this Bifrost (M22). */
  readonly unpriced: readonly string[];
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
    capabilities: context.capabilities,
    router: context.world.router,
    organizationGates: context.settings.organizationGates,
  });
  const list = planAllowList(grant, {
    keyId: (name) => context.objectId('provider_key', name),
    hasProvider: (name) => context.objectId('provider', name) !== undefined,
    foreignProviders: context.settings.allModels === 'everything' ? foreignProviders(context) : [],
  });
  const access = { grant, list, unpriced: unpricedNames(grant.routes, context) };
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

/** Custom providers and self-hosted servers have no price; before 1.5.9 aliases have none either (P§2.11). */
function unpricedNames(routes: readonly Route[], context: PlanContext): string[] {
  const { catalog, capabilities } = context;
  const unpriced = (target: Route['targets'][number], name: string): boolean => {
    const provider = catalog.providers.get(target.provider);
    if (!provider || provider.baseType !== null || ['vllm', 'ollama', 'sgl'].includes(provider.name)) return true;
    const upstream = target.key === null ? name : catalog.keys.get(target.key)?.aliases[name];
    return !capabilities.scopedModelConfigs && upstream !== name;
  };
  return routes
    .filter((route) => route.targets.some((t) => unpriced(t, route.name)))
    .map((r) => r.name)
    .sort();
}

import { createHash } from 'node:crypto';
import type { ProviderEntry, Refused } from '../mapping/allow-list.js';
import { rightsOf } from '../mapping/rights.js';
import type { KeyAccess } from './key-access.js';
import { ruleObjectName } from './rule-write.js';
import type { PlanContext, PlannedRights } from './plan.js';

/** Computed once per grant and what limits of 0 take from it: many keys share each. */
const known = new WeakMap<KeyAccess, Map<string, PlannedRights>>();

export type RefusedNames = {
  /** What is left out of the virtual key's lists because of a limit of 0. */
  readonly names: readonly Refused[];
  /** The finding that says so. */
  readonly code: string;
  /** Names left out, of it or for their spelling, that their fallbacks answer all the same. */
  readonly answered: readonly string[];
  /** The lists without them. */
  readonly entries: readonly ProviderEntry[];
};

/** What a key may call before and after, as the journal keeps it for the report. */
export function plannedRights(access: KeyAccess, refused: RefusedNames, context: PlanContext): PlannedRights {
  let ofAccess = known.get(access);
  if (ofAccess === undefined) known.set(access, (ofAccess = new Map<string, PlannedRights>()));
  const { code, names, answered } = refused;
  const id = names.length + answered.length === 0 ? '' : JSON.stringify([code, names, answered]);
  let rights = ofAccess.get(id);
  if (rights === undefined) ofAccess.set(id, (rights = computed(access, refused, context)));
  return rights;
}

function computed({ grant, list }: KeyAccess, refused: RefusedNames, context: PlanContext): PlannedRights {
  const { catalog } = context;
  const rights = rightsOf({
    grant,
    entries: refused.entries,
    unlimited: list.entries,
    missing: list.missing,
    keyId: (name) => context.objectId('provider_key', name),
    isLed: (name) => {
      const rule = catalog.ruleOf(name);
      return rule !== undefined && context.objectId('routing_rule', ruleObjectName(rule)) !== undefined;
    },
    isReachable: (pattern) =>
      [...catalog.wildcards.values()].some((w) => w.ok && w.pattern.text === pattern && w.reachable),
    splits: (name) => catalog.splits(name),
    isOurs: (provider) => catalog.providers.has(provider),
    sink: catalog.sink?.name ?? null,
    refusedBy: refused.code,
    answered: refused.answered,
  });
  const json = JSON.stringify(rights);
  return { id: createHash('sha256').update(json).digest('hex').slice(0, 32), json };
}

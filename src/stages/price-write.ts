import { finding, type Finding } from '../findings.js';
import type { Catalog } from '../mapping/catalog.js';
import { cheaperMembers, patchOf, REQUEST_TYPES, typesCovered } from '../mapping/foreign-prices.js';
import type { Costs } from '../mapping/price-fields.js';
import { hasListPrice, planPrices, shownPrice, type PlannedPrice, type Prices } from '../mapping/prices.js';
import type { Deployment } from '../sources/records.js';
import type { Body, PricingOverrideObject } from '../target/objects.js';
import type { PlanContext, PlannedWrite, RecordState } from './plan.js';
import { adoptionFindings } from './shared.js';

const PATH = '/api/governance/pricing-overrides';

type Memory = { readonly prices: Prices; readonly foreign: readonly PricingOverrideObject[] };

const memories = new WeakMap<Catalog, Memory>();

/** All prices of this run, planned once. */
export function pricesOf(context: PlanContext): Prices {
  return memoryOf(context).prices;
}

/** M22: the overrides that charge the calls of one deployment. They go last: without a price everything else still works. */
export function priceWrites(
  deployment: Deployment,
  state: RecordState,
  findings: Finding[],
  context: PlanContext,
): PlannedWrite[] {
  const { prices, foreign } = memoryOf(context);
  findings.push(...prices.findings(deployment.id));
  return prices.of(deployment.id).flatMap((price) => {
    const left = new Set<string>(REQUEST_TYPES);
    for (const override of foreign) {
      const covered = typesCovered(override, price).filter((type) => left.delete(type));
      if (covered.length > 0) findings.push(foreignFinding(override, price, context.catalog));
    }
    return left.size === 0 ? [] : [priceWrite(price, [...left], state, context)];
  });
}

/** Overrides under names that are none of ours cannot have come from here: our names say what they are about. */
function memoryOf(context: PlanContext): Memory {
  let memory = memories.get(context.catalog);
  if (!memory) {
    const prices = planPrices(context.catalog, context.world);
    const foreign = context.snapshot.all('pricing_override').filter(({ name }) => !prices.names.has(name));
    memory = { prices, foreign };
    memories.set(context.catalog, memory);
  }
  return memory;
}

function priceWrite(
  price: PlannedPrice,
  types: readonly string[],
  state: RecordState,
  context: PlanContext,
): PlannedWrite {
  const label = `price "${price.pattern}" on ${price.provider} (${shownPrice(price.patch)})`;
  const body = bodyOf(price, types);
  const [existing] = context.snapshot.find('pricing_override', price.name);
  // A deployment that came since may cost more than those that share the name; one written before is left as it is (R3).
  if (existing && state.status !== 'written' && context.createdByUs('pricing_override', price.name)) {
    if (raised(existing, price.patch) !== null) {
      return {
        action: 'update',
        kind: 'pricing_override',
        name: price.name,
        label,
        path: `${PATH}/${encodeURIComponent(existing.id)}`,
        id: existing.id,
        body: (current) => {
          const patch = current.kind === 'pricing_override' ? raised(current, price.patch) : null;
          return patch === null ? null : { ...body, patch };
        },
      };
    }
  }
  return {
    action: 'create',
    kind: 'pricing_override',
    name: price.name,
    label,
    path: PATH,
    body,
    adopt: (found, differences) => ({
      verdict: 'adopt',
      findings: adoptionFindings('pricing override', found.name, differences),
    }),
  };
}

/** Scope `provider`: the same id means something else elsewhere (B§5.8). */
function bodyOf({ name, provider, match, pattern, patch }: PlannedPrice, types: readonly string[]): Body {
  return {
    name,
    scope_kind: 'provider',
    provider_id: provider,
    match_type: match,
    pattern,
    request_types: types,
    patch,
  };
}

/** The patch with every rate at least as high as asked; null when it is so already (or only planned, in a dry run). */
function raised({ body }: PricingOverrideObject, asked: Costs): Costs | null {
  const current = patchOf(body);
  if (Object.keys(current).length === 0) return null;
  const higher = Object.entries(asked).filter(([member, cost]) => cost > (current[member] ?? -1));
  return higher.length === 0 ? null : { ...current, ...Object.fromEntries(higher) };
}

function foreignFinding(override: PricingOverrideObject, price: PlannedPrice, catalog: Catalog): Finding {
  const cheaper = cheaperMembers(override.body, price, hasListPrice(price.provider, catalog));
  const says = `the pricing override "${override.name}" on Bifrost prices "${price.pattern}" on ${price.provider} already; it was left as it is`;
  return cheaper.length === 0
    ? finding('notice', 'price_of_another_hand', 'input_cost_per_token', says)
    : finding(
        'loss',
        'price_of_another_hand',
        cheaper.join(', '),
        `${says}, although it charges less than LiteLLM: budgets fill later there`,
      );
}

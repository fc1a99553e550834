import { createHash } from 'node:crypto';
import { finding, type Finding } from '../findings.js';
import type { World } from '../sources/records.js';
import type { Catalog } from './catalog.js';
import { rateOf, spelledOut, type Costs } from './price-fields.js';
import { ratesOf, type Rates, type Standing } from './rates.js';

/**
 * What calls cost (mapping.md M22). Bifrost knows no price for custom providers, vllm, ollama and sgl, before 1.5.9 for
 * no alias either: budgets there would never fill (P§2.11). So every deployment's price becomes a pricing override of its
 * provider, under its upstream id (what 1.5.16 looks up, and 1.5.2 for streams) and under the names that keys list for it
 * (what 1.5.2 looks up for everything else).
 */

export type PlannedPrice = {
  /** `litellm <provider>/<pattern>`: one for each provider and pattern, because that is all a call is matched by. */
  readonly name: string;
  readonly provider: string;
  readonly match: 'exact' | 'wildcard';
  readonly pattern: string;
  /** USD per unit, members of the override's patch. */
  readonly patch: Costs;
  /** Those whose calls are charged by it. */
  readonly deployments: readonly string[];
};

export interface Prices {
  /** Overrides for the calls of a deployment, by name; none for one that is not carried or has no price. */
  of(deploymentId: string): readonly PlannedPrice[];
  standing(deploymentId: string): Standing;
  findings(deploymentId: string): readonly Finding[];
  /** Names of all overrides that are planned. */
  readonly names: ReadonlySet<string>;
}

/** Servers of the operator's own: Bifrost has no price list for them. */
const SELF_HOSTED = new Set(['vllm', 'ollama', 'sgl']);

/** Name and pattern are `varchar(255)`; SQLite takes more, Postgres does not. */
const LONGEST = 255;

/** Plans all overrides. Pure; the same world makes the same names in every run. */
export function planPrices(catalog: Catalog, world: World): Prices {
  const rates = new Map(world.deployments.map((d) => [d.id, ratesOf(d, catalog.wildcards.has(d.id))]));
  const findings = new Map([...rates].map(([id, r]): [string, Finding[]] => [id, [...r.findings]]));
  const shared = new Map<string, { place: Place; deployments: string[] }>();
  for (const [id, places] of placesOf(catalog, rates)) {
    for (const [name, place] of places) {
      if (!sayable(place)) {
        findings.get(id)?.push(unsayable(place));
        continue;
      }
      const known = shared.get(name) ?? { place, deployments: [] };
      known.deployments.push(id);
      shared.set(name, known);
    }
  }
  const byDeployment = new Map<string, PlannedPrice[]>();
  const names = new Set<string>();
  for (const [name, { place, deployments }] of shared) {
    const members = deployments.flatMap((id) => rates.get(id) ?? []);
    const patch = highest(members, hasListPrice(place.provider, catalog));
    if (patch === null) continue;
    names.add(name);
    const price: PlannedPrice = { name, ...place, patch, deployments };
    for (const id of deployments) {
      byDeployment.set(id, [...(byDeployment.get(id) ?? []), price]);
      if (isDearer(patch, rates.get(id))) findings.get(id)?.push(folded(price));
    }
  }
  return {
    of: (id) => byDeployment.get(id) ?? [],
    standing: (id) => rates.get(id)?.standing ?? 'unknown',
    findings: (id) => findings.get(id) ?? [],
    names,
  };
}

/** Standard providers are in Bifrost's own list of prices; what an override leaves out counts as that list has it. */
export function hasListPrice(provider: string, catalog: Catalog): boolean {
  const planned = catalog.providers.get(provider);
  return planned !== undefined && planned.baseType === null && !SELF_HOSTED.has(planned.name);
}

type Place = Pick<PlannedPrice, 'provider' | 'match' | 'pattern'>;

/** Where Bifrost looks for the price of a call to each deployment; nowhere for one that nobody reaches. */
function placesOf(catalog: Catalog, rates: ReadonlyMap<string, Rates>): Map<string, Map<string, Place>> {
  const places = new Map<string, Map<string, Place>>();
  const add = (deployment: string, place: Place): void => {
    const known = places.get(deployment) ?? new Map<string, Place>();
    places.set(deployment, known.set(nameOf(place), place));
  };
  for (const { listed, targets } of catalog.routes.values()) {
    for (const { provider, key, deployment } of targets) {
      const upstream = (key === null ? undefined : catalog.keys.get(key)?.aliases[listed]) ?? listed;
      for (const pattern of [upstream, listed]) add(deployment, { provider, match: 'exact', pattern });
    }
  }
  // Without a price of its own LiteLLM charges each name behind a wildcard by its list, which it does not show.
  for (const [id, plan] of catalog.wildcards)
    if (plan.ok && rates.get(id)?.own) add(id, { provider: plan.provider.name, match: 'wildcard', pattern: '*' });
  return places;
}

/** Bifrost trims patterns, takes no `*` within, and has 255 characters for one. */
function sayable({ match, pattern }: Place): boolean {
  if (match === 'wildcard') return true;
  return pattern.trim() === pattern && pattern !== '' && !pattern.includes('*') && pattern.length <= LONGEST;
}

function unsayable({ provider, pattern }: Place): Finding {
  const message = `Bifrost cannot hold a price for a name like "${pattern.slice(0, 80)}" on ${provider}`;
  return finding('loss', 'price_not_carried', 'model_name', message);
}

function nameOf({ provider, pattern }: Place): string {
  const name = `litellm ${provider}/${pattern}`;
  if (name.length <= LONGEST) return name;
  return `${name.slice(0, LONGEST - 17)} ${createHash('sha256').update(name).digest('hex').slice(0, 16)}`;
}

/**
 * One price for all that are charged by it: the highest of each rate, so budgets fill sooner, never later. null = there is
 * nothing to say. A free deployment needs 0 said only where Bifrost's own list may have a price; there, and for any other
 * price of a deployment's own, each rate that follows from it is said outright: LiteLLM no longer looks at the list then,
 * and a lower rate of the list (cached tokens, long contexts, flex) would let budgets fill later.
 */
function highest(members: readonly Rates[], hasList: boolean): Costs | null {
  const known = members.filter(({ standing }) => standing === 'priced' || standing === 'free');
  if (known.length === 0 || (!hasList && known.every(({ standing }) => standing === 'free'))) return null;
  const full = known.map(({ costs, own }) => (own && hasList ? spelledOut(costs) : costs));
  const names = [...new Set(full.flatMap((costs) => Object.keys(costs)))].sort();
  return Object.fromEntries(names.map((name) => [name, Math.max(...full.map((costs) => rateOf(costs, name) ?? 0))]));
}

function isDearer(patch: Costs, rates: Rates | undefined): boolean {
  return Object.entries(patch).some(([member, cost]) => cost > (rateOf(rates?.costs ?? {}, member) ?? 0));
}

function folded({ provider, pattern, deployments, patch }: PlannedPrice): Finding {
  return finding(
    'change',
    'price_folded',
    'input_cost_per_token',
    `${deployments.length} deployments share "${pattern}" on ${provider}, for which Bifrost has one price: the highest of each kind (${shownPrice(patch)}), more than this one's`,
  );
}

/** For log lines and findings: USD per million tokens, as price lists have it. */
export function shownPrice(patch: Costs): string {
  const per = (member: string): string => String(Number(((patch[member] ?? 0) * 1e6).toPrecision(6)));
  return `input ${per('input_cost_per_token')}, output ${per('output_cost_per_token')} USD per million tokens`;
}

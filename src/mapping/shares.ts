import type { PlannedKey, Route, RouteTarget } from './key-planner.js';
import type { PlannedRule } from './rules.js';

/** Keys are drawn in hundredths (B§4.2). */
const EXACT = 0.011;

/**
 * Would calls of a virtual key with this route be shared out otherwise than LiteLLM does? A name has one rule, whatever its
 * callers mean by it, and a key one weight, whoever names it: what differs between callers cannot be said (M18, A5).
 *
 * @param rule of the name; undefined = the virtual key's own entry decides, which is the only one then.
 */
export function differsInShares(
  route: Route,
  rule: PlannedRule | undefined,
  keys: ReadonlyMap<string, Pick<PlannedKey, 'weight'>>,
): boolean {
  const providers = groupedByProvider(route.targets);
  const wanted = sharesOf([...providers.values()].map((targets) => sum(targets.map(({ weight }) => weight))));
  const drawn = rule === undefined ? wanted : drawnBy(rule, route, [...providers.keys()]);
  if (drawn.some((share, at) => Math.abs(share - (wanted[at] ?? 0)) > EXACT)) return true;
  return [...providers.values()].some((targets) => {
    const weights = sharesOf(targets.map(({ weight }) => weight));
    const given = sharesOf(targets.map(({ key }) => (key === null ? 1 : (keys.get(key)?.weight ?? 1))));
    return weights.some((share, at) => Math.abs(share - (given[at] ?? 0)) > EXACT);
  });
}

/** Targets the virtual key does not have go to the first of the fallbacks that it has (P§3). */
function drawnBy(
  { targets, fallbacks }: PlannedRule,
  { listed }: Route,
  providers: readonly string[],
): readonly number[] {
  if (targets.every(({ provider }) => provider === null)) return providers.map(() => 1 / providers.length);
  const has = (provider: string | null, model: string | null): boolean =>
    provider !== null && model === listed && providers.includes(provider);
  const next = fallbacks.find(({ provider, model }) => has(provider, model))?.provider;
  const drawn = new Map<string, number>();
  for (const { provider, model, weight } of targets) {
    const reached = has(provider, model) ? provider : next;
    if (reached != null) drawn.set(reached, (drawn.get(reached) ?? 0) + weight);
  }
  return providers.map((provider) => drawn.get(provider) ?? 0);
}

function groupedByProvider(targets: readonly RouteTarget[]): ReadonlyMap<string, readonly RouteTarget[]> {
  const providers = new Map<string, RouteTarget[]>();
  for (const target of targets) providers.set(target.provider, [...(providers.get(target.provider) ?? []), target]);
  return providers;
}

/** Parts of the whole; all alike where nobody is drawn. */
function sharesOf(weights: readonly number[]): readonly number[] {
  const total = sum(weights);
  return weights.map((weight) => (total > 0 ? weight / total : 1 / weights.length));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

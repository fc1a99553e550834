import { createHash } from 'node:crypto';
import type { World } from '../sources/records.js';
import { celLike, celList, celString } from './cel.js';
import { fallbackChain } from './fallbacks.js';
import type { Group, Groups } from './groups.js';
import { isUnserved, type Route, type Unserved } from './key-planner.js';
import type { Meaning } from './meanings.js';
import { bySpecificity } from './patterns.js';
import { behindPattern, carriedPlan, SINK, type Pattern, type WildcardPlan } from './wildcards.js';

/**
 * Routing rules (mapping.md A5, M17; P§3): names that begin with a provider, names that several providers serve,
 * fallbacks, and wildcards on providers of their own.
 *
 * Every rule is global and says where a name *can* lead, never who may go there: that is the virtual key's list. A name that
 * means something else to some callers names the other meanings' providers as fallbacks: Bifrost refuses what a virtual
 * key does not list and goes on to the next one (seen on 1.5.2 and 1.5.16). So nothing has to be written per key, and no key
 * waits for a rule that keeps it narrow. Callers who were on Bifrost before keep their way: the last fallback of a
 * name with a provider in front is that provider itself, and calls without a virtual key match no rule.
 */

export type PlannedRule = {
  readonly name: string;
  readonly description: string;
  /** CEL. */
  readonly condition: string;
  /** Where it leads; null = as the call came. Weights sum to 1. */
  readonly targets: readonly {
    readonly provider: string | null;
    readonly model: string | null;
    readonly weight: number;
  }[];
  /** Tried in order; `model` null = as the call came. */
  readonly fallbacks: readonly Place[];
  /** Names come first, then patterns, the more specific one first, then what is closed. */
  readonly band: 'name' | 'pattern' | 'closed';
  /** Literal characters of a pattern. */
  readonly specificity: number;
  readonly deployments: readonly string[];
};

export type Place = { readonly provider: string; readonly model: string | null };

export type RulesInput = {
  readonly world: World;
  readonly groups: Groups;
  readonly meanings: readonly Meaning[];
  /** Names that mean something of their own to anybody. */
  readonly documented: ReadonlySet<string>;
  readonly wildcards: ReadonlyMap<string, WildcardPlan>;
  readonly route: (name: string, group: Group) => Route | Unserved;
  readonly splits: (name: string) => boolean;
};

export type Rules = {
  readonly rules: readonly PlannedRule[];
  /** Groups LiteLLM tries after the one that answers `routed`. */
  readonly fallbacksOf: (routed: string) => readonly string[];
  /** Groups that the rule of a public name tries after its own. */
  readonly followersOf: (name: string) => readonly string[];
  readonly ruleOf: (name: string) => PlannedRule | undefined;
};

export function planRules(input: RulesInput): Rules {
  const chains = new Map<string, readonly string[]>();
  const fallbacksOf = (routed: string): readonly string[] => {
    const known = chains.get(routed) ?? fallbackChain(routed, input.world);
    chains.set(routed, known);
    return known;
  };
  const byName = new Map<string, Meaning[]>();
  for (const meaning of input.meanings) byName.set(meaning.name, [...(byName.get(meaning.name) ?? []), meaning]);
  const rules = new Map<string, PlannedRule>();
  const followers = new Map<string, readonly string[]>();
  for (const [name, meanings] of byName) {
    const served = servedMeanings(name, meanings, input);
    const following = isCarried(served, input) ? agreed(served, fallbacksOf) : [];
    followers.set(name, following);
    const next = following.flatMap((each) => placesOfName(each, byName.get(each) ?? [], input));
    const rule = ruleOfName(name, served, unique(next), input);
    if (rule) rules.set(rule.name, rule);
    const standbys = standbysClosed(name, served);
    if (standbys) rules.set(standbys.name, standbys);
  }
  for (const [id, plan] of input.wildcards)
    if (plan.ok)
      for (const rule of rulesOfPattern(id, plan, input, new Set([...byName.keys(), ...input.documented])))
        rules.set(rule.name, rule);
  return {
    rules: [...rules.values()],
    fallbacksOf,
    followersOf: (name) => followers.get(name) ?? [],
    ruleOf: (name) => rules.get(ruleName(name)),
  };
}

/** Bifrost rewrites names that it draws these for (`gpt-x` → `openai/gpt-x`), and then misses them in the list; not where a rule says so. */
const REFINED: ReadonlySet<string> = new Set(['groq', 'replicate']);

/** Certainly so for these; for others it depends on what the provider lists. */
export function isRefined(provider: string, name: string): boolean {
  return provider === 'groq' && name.includes('gpt-');
}

type Served = { readonly meaning: Meaning; readonly route: Route };

/** What everybody means comes first; the others reach theirs because they may not go there. */
function servedMeanings(name: string, meanings: readonly Meaning[], input: RulesInput): Served[] {
  return meanings
    .flatMap((meaning): Served[] => {
      const route = input.route(name, meaning.group);
      return isUnserved(route) ? [] : [{ meaning, route }];
    })
    .sort((a, b) => Number(a.meaning.scoped) - Number(b.meaning.scoped));
}

/** A rule is written with a deployment it leads to: a pattern that stays behind brings none for the names it serves. */
function isCarried(served: readonly Served[], { wildcards }: RulesInput): boolean {
  return served.some(({ route }) => route.targets.some(({ deployment }) => wildcards.get(deployment)?.ok !== false));
}

function ruleOfName(
  name: string,
  served: readonly Served[],
  groups: readonly Place[],
  input: RulesInput,
): PlannedRule | null {
  const [first] = served;
  if (!first) return null;
  const splits = input.splits(name);
  const spread = served.some(({ route }) => providersOf(route).size > 1);
  const refined = served.some(({ route }) => [...providersOf(route)].some((p) => REFINED.has(p)));
  const renamed = served.some(({ route }) => route.listed !== name);
  // Where the virtual key's own list leaves no choice the rule only adds what comes after.
  const leavesChoice = !splits && !spread && !renamed && !refined;
  if (leavesChoice && groups.length === 0) return null;
  const places = served.flatMap(({ route }) => placesOf(route));
  const own: Place[] =
    splits && !isOfPattern(segmentOf(name), input) ? [{ provider: segmentOf(name), model: null }] : [];
  const isOnlyPlace = places.length === 1;
  return {
    name: ruleName(name),
    description: described(name, { splits, spread, fallbacks: groups.length > 0 }),
    condition: guarded(
      splits
        ? `((provider == ${celString(segmentOf(name))} && model == ${celString(restOf(name))}) || (provider == "" && model == ${celString(name)}))`
        : `provider == "" && model == ${celString(name)}`,
    ),
    targets: leavesChoice ? [{ provider: null, model: null, weight: 1 }] : targetsOf(first.route),
    fallbacks: unique([...(leavesChoice || isOnlyPlace ? [] : places), ...groups, ...own]),
    band: 'name',
    specificity: 0,
    deployments: [...new Set(served.flatMap(({ route }) => route.targets.map((t) => t.deployment)))],
  };
}

/** What takes every name must not be asked for one that means something else. */
function isOfPattern(provider: string, { wildcards }: RulesInput): boolean {
  return [...wildcards.values()].some((plan) => plan.ok && plan.provider.name === provider);
}

const segmentOf = (name: string): string => name.slice(0, name.indexOf('/'));
const restOf = (name: string): string => name.slice(name.indexOf('/') + 1);

/** Calls without a virtual key were never LiteLLM's. */
function guarded(condition: string): string {
  return `${condition} && virtual_key_id != ""`;
}

function anyOf(conditions: readonly string[]): string {
  const [only = '', ...others] = conditions;
  return others.length === 0 ? only : `(${conditions.join(' || ')})`;
}

function providersOf(route: Route): ReadonlySet<string> {
  return new Set(route.targets.map((t) => t.provider));
}

/**
 * A deployment that LiteLLM never draws answers only when the others fail. On Bifrost it has to stand in the virtual key's
 * lists for that, so asking its provider by name is closed; what a rule falls back to is not asked again.
 */
function standbysClosed(name: string, served: readonly Served[]): PlannedRule | null {
  const drawn = new Set<string>();
  const standing = new Map<string, { readonly provider: string; readonly model: string }>();
  for (const { route } of served) {
    const drawsNone = route.targets.every(({ weight }) => weight === 0);
    for (const { provider, weight } of route.targets) {
      const id = JSON.stringify([provider, route.listed]);
      if (weight > 0 || drawsNone) drawn.add(id);
      else standing.set(id, { provider, model: route.listed });
    }
  }
  const closed = [...standing].filter(([id]) => !drawn.has(id)).map(([, place]) => place);
  if (closed.length === 0) return null;
  const asked = closed.map((p) => `(provider == ${celString(p.provider)} && model == ${celString(p.model)})`);
  return {
    name: ruleName(`${name}: standbys`),
    description: `LiteLLM draws these of "${name}" only when the others fail. Written by litellm-to-bifrost.`.slice(
      0,
      1000,
    ),
    condition: guarded(anyOf(asked)),
    targets: [{ provider: SINK, model: null, weight: 1 }],
    fallbacks: [],
    band: 'closed',
    specificity: 0,
    deployments: [...new Set(served.flatMap(({ route }) => route.targets.map((t) => t.deployment)))],
  };
}

/** Share of each provider; all alike when LiteLLM draws none of them. */
function targetsOf(route: Route): PlannedRule['targets'] {
  const weights = [...weightsOf(route)];
  const drawn = weights.filter(([, weight]) => weight > 0);
  const shares = drawn.length > 0 ? drawn : weights.map(([provider]) => [provider, 1] as const);
  const total = shares.reduce((sum, [, share]) => sum + share, 0);
  return shares.map(([provider, share]) => ({ provider, model: route.listed, weight: share / total }));
}

/** Providers of a meaning, the one that is drawn most first, standbys last. */
function placesOf(route: Route): Place[] {
  return [...weightsOf(route)].sort((a, b) => b[1] - a[1]).map(([provider]) => ({ provider, model: route.listed }));
}

/** Provider → what LiteLLM draws of it, in the order of the source. */
function weightsOf({ targets }: Route): ReadonlyMap<string, number> {
  const weights = new Map<string, number>();
  for (const { provider, weight } of targets) weights.set(provider, (weights.get(provider) ?? 0) + weight);
  return weights;
}

/**
 * Groups that come after: those of the name as everybody means it; where only some mean it, those on which they agree. A key
 * whose own chain is another one hears of it (grants).
 */
function agreed(served: readonly Served[], fallbacksOf: Rules['fallbacksOf']): readonly string[] {
  const everybody = served.find(({ meaning }) => !meaning.scoped);
  if (everybody) return fallbacksOf(everybody.meaning.routed);
  const chains = served.map(({ meaning }) => fallbacksOf(meaning.routed));
  return [...new Set(chains.flat())].filter((name) => chains.every((chain) => chain.includes(name)));
}

/** Where a name leads that comes after another one: whatever anybody means by it, a virtual key has its own meaning only. */
function placesOfName(name: string, meanings: readonly Meaning[], input: RulesInput): Place[] {
  const places = servedMeanings(name, meanings, input).flatMap(({ route }) => placesOf(route));
  if (meanings.some(({ scoped }) => !scoped)) return places;
  const routed = input.groups.route(name, null);
  const plan = routed.kind === 'wildcard' ? carriedPlan(routed.group, input) : undefined;
  const model = plan?.ok ? behindPattern(plan.pattern, name) : null;
  return plan?.ok && model !== null ? [{ provider: plan.provider.name, model }, ...places] : places;
}

function rulesOfPattern(
  id: string,
  { provider, pattern, reachable }: Extract<WildcardPlan, { ok: true }>,
  input: RulesInput,
  names: ReadonlySet<string>,
): PlannedRule[] {
  const isWhole = pattern.rest === '*';
  const closed = (condition: string): PlannedRule => ({
    name: ruleName(`${provider.name}: closed`),
    description: `LiteLLM serves no such name that begins with ${provider.name}/. Written by litellm-to-bifrost.`,
    condition,
    targets: [{ provider: SINK, model: null, weight: 1 }],
    fallbacks: [],
    band: 'closed',
    specificity: 0,
    deployments: [id],
  });
  const isProvider = `provider == ${celString(provider.name)}`;
  const holes = holesOf(pattern, input, names);
  if (reachable) {
    const shut = [...(isWhole ? [] : [`!(${celLike(pattern.rest)})`]), ...holes];
    return shut.length === 0 ? [] : [closed(`${isProvider} && ${anyOf(shut)}`)];
  }
  const parts = [
    `provider == ${celString(pattern.segment)}`,
    ...(isWhole ? [] : [celLike(pattern.rest)]),
    ...holes.map((hole) => `!(${hole})`),
  ];
  const isOwn = pattern.segment === '' || isOfPattern(pattern.segment, input);
  const rule: PlannedRule = {
    name: ruleName(pattern.text),
    description: `LiteLLM serves ${pattern.text} as it comes. Written by litellm-to-bifrost.`,
    condition: guarded(parts.join(' && ')),
    targets: [{ provider: provider.name, model: null, weight: 1 }],
    fallbacks: isOwn ? [] : [{ provider: pattern.segment, model: null }],
    band: 'pattern',
    specificity: pattern.text.length,
    deployments: [id],
  };
  return [rule, closed(isProvider)];
}

/** What a pattern does not serve although it takes it: names that mean something of their own, and more specific patterns. */
function holesOf(pattern: Pattern, { groups, splits }: RulesInput, names: ReadonlySet<string>): string[] {
  const head = pattern.segment === '' ? '' : `${pattern.segment}/`;
  const behind = (text: string): string | null => {
    if (head === '') return splits(text) ? null : text;
    return text.startsWith(head) ? text.slice(head.length) : null;
  };
  const taken = [...names].flatMap((name) => behind(name) ?? []).sort();
  const others = groups.patterns.filter((text) => bySpecificity(text, pattern.text) < 0);
  // Their end is open: `a*b` takes `axbZZ` (L§4.4).
  const closer = others.flatMap((text) => behind(text.endsWith('*') ? text : `${text}*`) ?? []);
  return [...(taken.length > 0 ? [`model in ${celList(taken)}`] : []), ...[...new Set(closer)].sort().map(celLike)];
}

function described(
  name: string,
  why: { readonly splits: boolean; readonly spread: boolean; readonly fallbacks: boolean },
): string {
  const reasons = [
    ...(why.splits ? [`Bifrost would split "${name}"`] : []),
    ...(why.spread ? ['several providers share it'] : []),
    ...(why.fallbacks ? ['it has fallbacks'] : []),
  ];
  return `LiteLLM's model "${name}"${reasons.length > 0 ? `: ${reasons.join(', ')}` : ''}. Written by litellm-to-bifrost.`.slice(
    0,
    1000,
  );
}

function unique(places: readonly Place[]): Place[] {
  const seen = new Set<string>();
  return places.filter(({ provider, model }) => {
    const id = JSON.stringify([provider, model]);
    return !seen.has(id) && seen.add(id);
  });
}

/** Bifrost keeps 255 characters. */
const LONGEST_NAME = 200;

function ruleName(subject: string): string {
  const name = `LiteLLM ${subject}`;
  if (name.length <= LONGEST_NAME) return name;
  return `${name.slice(0, LONGEST_NAME - 17)} ${createHash('sha256').update(subject).digest('hex').slice(0, 16)}`;
}

import type { ProviderEntry } from './allow-list.js';
import type { Route } from './catalog.js';
import type { Grant, NamedReason } from './grants.js';
import { isRefined } from './rules.js';

/** What a key may call in LiteLLM, and what its virtual key may: every name of both, none cut off. */
export type Rights = {
  /** Callable before and after. */
  readonly kept: readonly NameGroup[];
  /** Patterns of which every name was and is callable, as far as the findings of their deployments say. */
  readonly patterns: readonly string[];
  /** Callable before and not after; `code` = the finding that says why. */
  readonly lost: readonly LostGroup[];
  /** Callable after and not before: named by a finding, or (null) against the first law. */
  readonly gained: readonly { readonly code: string | null; readonly names: readonly string[] }[];
};

/** Names that LiteLLM serves through one pattern; null = those with deployments of their own, and patterns themselves. */
export type NameGroup = { readonly pattern: string | null; readonly names: readonly string[] };
export type LostGroup = NameGroup & { readonly code: string };

export type RightsInput = {
  readonly grant: Grant;
  /** As they are written: without what a limit of 0 refuses. */
  readonly entries: readonly ProviderEntry[];
  /** The same with it. */
  readonly unlimited: readonly ProviderEntry[];
  /** Names left out because their provider keys are not on Bifrost yet. */
  readonly missing: readonly string[];
  /** Bifrost id of a provider key by name; undefined = not there. */
  readonly keyId: (name: string) => string | undefined;
  /** A routing rule that leads callers of this name, or pattern, is on Bifrost. */
  readonly isLed: (name: string) => boolean;
  /** Callers of this pattern arrive without a rule. */
  readonly isReachable: (pattern: string) => boolean;
  /** Bifrost takes what stands before the slash for a provider (P§2.4). */
  readonly splits: (name: string) => boolean;
  /** Came from LiteLLM. */
  readonly isOurs: (provider: string) => boolean;
  /** Granted so that nothing is found there (P§2.8). */
  readonly sink: string | null;
  /** Why something is refused that the lists would grant. */
  readonly refusedBy: string;
  /** Names that are not in the lists and that their fallbacks answer all the same. */
  readonly answered: readonly string[];
};

/** Findings about names LiteLLM lets the key call. Others of a grant are about what happens when a call fails. */
const LOST = new Set([
  'deployment_not_carried',
  'name_not_carried',
  'needs_routing_rule',
  'organization_gate_now_enforced',
  'partial_list_entry',
  'team_model_of_admin',
  'undocumented_name',
  'unknown_name',
  'unknown_name_fallback',
]);

/**
 * Reads the lists of the virtual key back into names, and compares them with what LiteLLM lets the key call: what they
 * open is taken from the entries, not from the grant they were made of.
 */
export function rightsOf(input: RightsInput): Rights {
  const { grant, isLed } = input;
  const [open, unlimited] = [opener(input, input.entries), opener(input, input.unlimited)];
  const kept = new Groups();
  const lost = new Groups();
  const lose = (code: string, pattern: string | null, name: string): unknown => lost.add([code, pattern], name);
  const why = (name: string, granted: boolean): string =>
    granted ? input.refusedBy : input.missing.includes(name) ? 'incomplete' : 'name_differs_by_case';
  const isReached = (pattern: string): boolean => input.isReachable(pattern) || isLed(pattern);
  for (const route of grant.routes) {
    const pattern = patternOf(route);
    if (needsRule(route) && !isLed(route.name)) lose('needs_routing_rule', pattern, route.name);
    else if (open.route(route)) kept.add([pattern], route.name);
    else lose(why(route.name, unlimited.route(route)), pattern, route.name);
  }
  for (const { name, pattern, provider, model } of grant.behind) {
    if (!pattern.includes('/') && input.splits(name)) lose('wildcard_narrowed', pattern, name);
    else if (!isReached(pattern)) lose('needs_routing_rule', pattern, name);
    else if (open.model(provider, model)) kept.add([pattern], name);
    else lose(why(`${provider}/*`, unlimited.model(provider, model)), pattern, name);
  }
  const patterns: string[] = [];
  for (const { pattern, provider, models } of grant.wildcards) {
    if (!models.includes('*')) continue;
    if (!isReached(pattern)) lose('needs_routing_rule', null, pattern);
    else if (open.model(provider, '*')) patterns.push(pattern);
    else lose(why(`${provider}/*`, unlimited.model(provider, '*')), null, pattern);
  }
  for (const { code, name, pattern } of grant.named) if (LOST.has(code)) lose(code, pattern, name);
  return {
    kept: kept.all().map(([[pattern = null], names]) => ({ pattern, names })),
    patterns: [...new Set(patterns)].sort(),
    lost: lost.all().map(([[code, pattern = null], names]) => ({ code: code ?? '', pattern, names })),
    gained: gained(input),
  };
}

/** Bifrost would not find it in the lists by itself (P§2.4). */
function needsRule({ name, listed, targets }: Route): boolean {
  return listed !== name || targets.every(({ provider }) => isRefined(provider, name));
}

/** Names that a pattern serves in LiteLLM are groups of their own (groups.ts). */
function patternOf({ group, name }: Route): string | null {
  const start = 'wildcard ';
  return group.startsWith(start) ? group.slice(start.length, -name.length - 1) : null;
}

/** What these entries let through. */
function opener({ keyId }: RightsInput, entries: readonly ProviderEntry[]) {
  const lists = new Map(
    entries.map((entry) => [entry.provider, { models: new Set(entry.allowedModels), keys: new Set(entry.keyIds) }]),
  );
  const model = (provider: string, name: string): boolean => {
    const models = lists.get(provider)?.models;
    return models !== undefined && (models.has(name) || models.has('*'));
  };
  const key = (provider: string, name: string | null): boolean => {
    const keys = lists.get(provider)?.keys;
    if (keys === undefined) return false;
    return name === null || keys.has('*') || keys.has(keyId(name) ?? '');
  };
  return {
    model,
    route: ({ targets, listed }: Route): boolean =>
      targets.some((target) => model(target.provider, listed) && key(target.provider, target.key)),
  };
}

/** What the entries open that nothing LiteLLM allows accounts for. */
function gained({ grant, entries, isOurs, sink, answered }: RightsInput): Rights['gained'] {
  const found = new Groups();
  const accounted = new Set([
    ...grant.routes.flatMap(({ listed, targets }) => targets.map(({ provider }) => `${provider}\0${listed}`)),
    ...grant.wildcards.flatMap(({ provider, models }) => models.map((model) => `${provider}\0${model}`)),
  ]);
  for (const { provider, allowedModels } of entries) {
    const isForeign = grant.unrestricted && !isOurs(provider);
    for (const model of provider === sink ? [] : allowedModels)
      if (!accounted.has(`${provider}\0${model}`))
        found.add([isForeign ? 'foreign_providers_granted' : null], `${provider}/${model}`);
  }
  for (const name of [...namedBy(grant.named, 'fallback_answers_refused'), ...answered])
    found.add(['fallback_answers_refused'], name);
  return found.all().map(([[code = null], names]) => ({ code, names }));
}

function namedBy(named: readonly NamedReason[], code: string): string[] {
  return named.filter((one) => one.code === code).map(({ name }) => name);
}

/** Sets of names under what they have in common, in a stable order. */
class Groups {
  readonly #groups = new Map<string, Set<string>>();

  add(label: readonly (string | null)[], name: string): void {
    const id = JSON.stringify(label);
    const names = this.#groups.get(id);
    if (names === undefined) this.#groups.set(id, new Set([name]));
    else names.add(name);
  }

  all(): (readonly [readonly (string | null)[], readonly string[]])[] {
    return [...this.#groups]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([id, names]) => [JSON.parse(id) as (string | null)[], [...names].sort()] as const);
  }
}

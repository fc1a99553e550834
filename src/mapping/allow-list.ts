import { finding, type Finding } from '../findings.js';
import type { Body } from '../target/objects.js';
import type { Grant } from './grants.js';
import { listed } from './grants.js';
import type { Route } from './catalog.js';

/** A grant as `provider_configs` of a virtual key (mapping.md V5, A1, A2; B§12.1). */

export type ProviderEntry = {
  readonly provider: string;
  readonly weight: number | null;
  readonly allowedModels: readonly string[];
  readonly keyIds: readonly string[];
};

export type AllowList = {
  readonly entries: readonly ProviderEntry[];
  readonly findings: readonly Finding[];
  /** Names or providers left out because their keys are not on Bifrost yet; filled in by a later run. */
  readonly missing: readonly string[];
  /** Names left out because another is spelled like them but for case. */
  readonly clashing: readonly string[];
};

/** A name to leave out of all entries, or of the entry of one provider. */
export type Refused = string | { readonly provider: string; readonly model: string };

export type AllowListRules = {
  /** Bifrost id of a provider key by name; undefined = not there. */
  readonly keyId: (name: string) => string | undefined;
  readonly hasProvider: (name: string) => boolean;
  /** Providers on Bifrost that did not come from LiteLLM; granted whole to unrestricted keys (V5). */
  readonly foreignProviders: readonly string[];
  /** Rules share out the names that several providers serve, so the weights of the virtual key need not (A5). */
  readonly routing: boolean;
  /** Rules share it out for this key otherwise than LiteLLM does. */
  readonly differsInShares: (route: Route) => boolean;
  /** Where bare names end that nobody serves, instead of at a wildcard's (P§2.8); null when there is no wildcard. */
  readonly sink: string | null;
};

export function planAllowList(grant: Grant, rules: AllowListRules): AllowList {
  const findings: Finding[] = [];
  const missing: string[] = [];
  const { unique, clashing } = uniqueByCase(grant.routes);
  if (clashing.length > 0) findings.push(clashFinding(clashing));
  const routes = rules.routing ? unique : withoutStandbys(unique, findings);
  const weights = rules.routing ? new Map<string, number>() : providerWeights(routes, findings);
  if (rules.routing) tellApproximate(routes.filter(rules.differsInShares), findings);
  const perProvider = new Map<string, { names: Set<string>; keys: Set<string>; direct: boolean }>();

  for (const route of routes) {
    for (const target of route.targets) {
      const id = target.key === null ? null : rules.keyId(target.key);
      if (id === undefined || !rules.hasProvider(target.provider)) {
        missing.push(route.name);
        continue;
      }
      const entry = perProvider.get(target.provider) ?? {
        names: new Set<string>(),
        keys: new Set<string>(),
        direct: false,
      };
      entry.names.add(route.listed);
      entry.direct ||= id !== null || route.listed === route.name;
      if (id !== null) entry.keys.add(id);
      perProvider.set(target.provider, entry);
    }
  }
  const entries: ProviderEntry[] = [...perProvider].map(([provider, { names, keys, direct }]) => ({
    provider,
    // What only rules lead to must not be drawn for other names.
    weight: direct ? (weights.get(provider) ?? 1) : null,
    allowedModels: [...names].sort(),
    // A keyless provider has no key to name (B§12.2).
    keyIds: keys.size > 0 ? [...keys].sort() : ['*'],
  }));

  const sinkMissing = rules.sink !== null && !rules.hasProvider(rules.sink);
  for (const grantEntry of grant.wildcards) {
    const id = rules.keyId(grantEntry.key);
    if (id === undefined || sinkMissing) missing.push(`${grantEntry.provider}/*`);
    else if (!perProvider.has(grantEntry.provider)) {
      entries.push({ provider: grantEntry.provider, weight: null, allowedModels: grantEntry.models, keyIds: [id] });
    }
  }
  // Drawn for names that no other entry takes, and for those only, because all its weight is 0 (P§2.8).
  if (rules.sink !== null && !sinkMissing && grant.wildcards.some(({ provider }) => isNamed(entries, provider)))
    entries.push({ provider: rules.sink, weight: 0, allowedModels: ['*'], keyIds: ['*'] });
  if (grant.unrestricted) {
    const taken = new Set(entries.map((e) => e.provider));
    const foreign = rules.foreignProviders.filter((p) => !taken.has(p));
    for (const provider of foreign) entries.push({ provider, weight: null, allowedModels: ['*'], keyIds: ['*'] });
    if (foreign.length > 0) {
      findings.push(
        finding(
          'change',
          'foreign_providers_granted',
          'models',
          `an unrestricted key also gets the providers that were on Bifrost before: ${listed(foreign)} (--all-models migrated leaves them out)`,
        ),
      );
    }
  }
  return {
    entries: entries.sort((a, b) => (a.provider < b.provider ? -1 : 1)),
    findings,
    missing: [...new Set(missing)].sort(),
    clashing,
  };
}

function isNamed(entries: readonly ProviderEntry[], provider: string): boolean {
  return entries.some((entry) => entry.provider === provider);
}

/** Bifrost refuses lists with two spellings of one name (B§5.5). The first in order stays. */
function uniqueByCase(routes: readonly Route[]): { readonly unique: Route[]; readonly clashing: readonly string[] } {
  const spellings = new Map<string, Route[]>();
  const clashing: string[] = [];
  for (const route of [...routes].sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const id = route.name.toLowerCase();
    const kept = spellings.get(id) ?? [];
    if (kept.some((other) => sharesProvider(other, route))) clashing.push(route.name);
    else spellings.set(id, [...kept, route]);
  }
  return { unique: [...spellings.values()].flat(), clashing };
}

function clashFinding(names: readonly string[]): Finding {
  return finding(
    'loss',
    'name_differs_by_case',
    'models',
    `Bifrost's lists cannot hold two names that differ only by case; left out: ${listed(names)}`,
  );
}

function sharesProvider(a: Route, b: Route): boolean {
  return a.targets.some((t) => b.targets.some((u) => u.provider === t.provider));
}

/** Weight of each provider within one route. */
function totals(route: Route): Map<string, number> {
  const sums = new Map<string, number>();
  for (const target of route.targets) sums.set(target.provider, (sums.get(target.provider) ?? 0) + target.weight);
  return sums;
}

/**
 * A provider has one weight in a virtual key, for all its names (B§7.5). A deployment that LiteLLM never picks (weight 0)
 * can stand by on a provider of weight 0; when other names need that provider it has to go, until a rule can say it.
 */
function withoutStandbys(routes: readonly Route[], findings: Finding[]): Route[] {
  const needed = new Set<string>();
  for (const route of routes) for (const [provider, weight] of totals(route)) if (weight > 0) needed.add(provider);
  const dropped: string[] = [];
  const kept = routes.map((route) => {
    const sums = totals(route);
    if (sums.size < 2) return route;
    const targets = route.targets.filter((t) => (sums.get(t.provider) ?? 0) > 0 || !needed.has(t.provider));
    if (targets.length === route.targets.length || targets.length === 0) return route;
    dropped.push(route.name);
    return { ...route, targets };
  });
  if (dropped.length > 0) {
    findings.push(
      finding(
        'change',
        'standby_needs_rule',
        'weight',
        `standby deployments on another provider are left out until there are routing rules: ${listed(dropped)}`,
      ),
    );
  }
  return kept;
}

function tellApproximate(routes: readonly Route[], findings: Finding[]): void {
  if (routes.length === 0) return;
  const names = listed(routes.map(({ name }) => name));
  findings.push(
    finding(
      'change',
      'weights_approximated',
      'weight',
      `calls are shared out as other callers' are, who mean or reach other deployments by these names: ${names}`,
    ),
  );
}

/** Provider weights of the virtual key (A2): exact when all names that span providers agree, else the first one's, with a finding. */
function providerWeights(routes: readonly Route[], findings: Finding[]): Map<string, number> {
  const weights = new Map<string, number>();
  const approximate: string[] = [];
  for (const route of routes) {
    const sums = totals(route);
    if (sums.size < 2) continue;
    const fixed = [...sums].filter(([p]) => weights.has(p));
    const scale = fixed.reduce((s, [p, w]) => (w > 0 ? (weights.get(p) ?? 0) / w : s), 1) || 1;
    const agrees = fixed.every(([p, w]) => Math.abs((weights.get(p) ?? 0) - w * scale) < 1e-9);
    if (!agrees) approximate.push(route.name);
    for (const [provider, weight] of sums) if (!weights.has(provider)) weights.set(provider, weight * scale);
  }
  for (const route of routes) {
    const sums = totals(route);
    if (sums.size !== 1) continue;
    // A provider that serves a name alone must be drawable.
    for (const provider of sums.keys()) if (!weights.has(provider)) weights.set(provider, 1);
  }
  if (approximate.length > 0) {
    findings.push(
      finding(
        'change',
        'weights_approximated',
        'weight',
        `one ratio per virtual key for all its names; only routing rules can give these their own: ${listed(approximate)}`,
      ),
    );
  }
  return weights;
}

/** The member for a POST body. */
export function providerConfigs(entries: readonly ProviderEntry[]): readonly Body[] {
  return entries.map((e) => ({
    provider: e.provider,
    weight: e.weight,
    allowed_models: e.allowedModels,
    key_ids: e.keyIds,
  }));
}

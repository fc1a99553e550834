import type { Settings } from '../config.js';
import type { Finding } from '../findings.js';
import type { SecretRef } from '../secret.js';
import type { Deployment, World } from '../sources/records.js';
import type { Capabilities } from '../target/target.js';
import { planEndpoint, type EndpointResult, type EndpointRules, type PlannedProvider } from './endpoint.js';
import { buildGroups, type Group, type Groups } from './groups.js';
import { KeyPlanner, type PlannedKey, type Route, type Unserved } from './key-planner.js';
import { collectMeanings, documentedNames, type KeyAliases } from './meanings.js';
import { isRefined, planRules, type PlannedRule } from './rules.js';
import { planWildcards, sinkProvider, type WildcardPlan } from './wildcards.js';
import { KNOWN_STANDARD_PROVIDERS } from './providers.js';

/**
 * Everything the world's deployments become on Bifrost: providers, provider keys, and for every meaning of every public
 * name the keys that serve it (mapping.md M8–M20, A1–A4). Built once per run, pure, the same for the same input.
 *
 * The hard rule is isolation (M18, P§2.1–2.3): a virtual key names exact provider keys, and a provider key answers every
 * name it lists. So a name whose meaning depends on the caller (a team's own deployment, a key or team alias, an alias
 * that hides a real name) gets provider keys of its own for *each* of its meanings, the global one included.
 */

export { isUnserved, type PlannedKey, type Route, type RouteTarget, type Unserved } from './key-planner.js';

export type PlannedModelConfig = {
  readonly provider: string;
  readonly model: string;
  readonly deployments: readonly string[];
};

export interface Catalog {
  readonly groups: Groups;
  readonly endpoints: ReadonlyMap<string, EndpointResult>;
  readonly providers: ReadonlyMap<string, PlannedProvider>;
  readonly keys: ReadonlyMap<string, PlannedKey>;
  readonly modelConfigs: ReadonlyMap<string, PlannedModelConfig>;
  readonly wildcards: ReadonlyMap<string, WildcardPlan>;
  /** Findings about one deployment beyond its endpoint's own. */
  readonly findings: ReadonlyMap<string, readonly Finding[]>;
  /** Keys a deployment feeds, in order. */
  keysOf(deploymentId: string): readonly PlannedKey[];
  /** Some name leads to it. */
  isServed(deploymentId: string): boolean;
  /** The meaning `group` of `name`; Unserved says why there is none on Bifrost. */
  route(name: string, group: Group): Route | Unserved;
  /** Planned for `*` alone, which no stage carries: it will not be on Bifrost. */
  isNeverWritten(key: string): boolean;
  /** Names behind patterns that have a meaning of their own all the same. */
  readonly spelledOut: readonly string[];
  /** Names that have fallbacks of their own, served or not. */
  readonly namesWithFallbacks: readonly string[];
  /** Every meaning that is served. */
  readonly routes: ReadonlyMap<string, Route>;
  /** First path segment is a provider on this gateway: Bifrost splits such a name (P§2.4). */
  splits(name: string): boolean;
  /** What keys, virtual keys and model configs list for a public name that is not rewritten otherwise. */
  listed(name: string): string;
  /** Routing rules that lead to a deployment (A5); none with `--no-routing`. */
  rulesOf(deploymentId: string): readonly PlannedRule[];
  /** Groups LiteLLM tries when `routed` fails, in order; [] when there are none (L§3.7). */
  fallbacksOf(routed: string): readonly string[];
  /** Groups that the rule of a public name tries after its own. */
  followersOf(name: string): readonly string[];
  /** The rule of a public name, if it has one. */
  ruleOf(name: string): PlannedRule | undefined;
  /** A provider without keys: bare names that nobody serves end there instead of at a wildcard's (P§2.8). */
  readonly sink: PlannedProvider | null;
  /** Routing rules are written. */
  readonly routing: boolean;
}

export type CatalogInput = {
  readonly world: World;
  readonly settings: Pick<Settings, 'defaultProvider' | 'allowPrivateNetwork' | 'routing'>;
  readonly capabilities: Capabilities;
  /** Names of providers on the gateway right now. */
  readonly existingProviders: readonly string[];
  readonly keyAliases: KeyAliases;
  readonly environment: (name: string) => string | undefined;
  readonly credentialFile: (path: string) => SecretRef | undefined;
};

export function buildCatalog(input: CatalogInput): Catalog {
  const { world, settings } = input;
  const groups = buildGroups(world);
  const meanings = collectMeanings(groups, world, input.keyAliases, settings.routing);
  const documented = documentedNames(groups, world, input.keyAliases);
  const endpoints = planEndpoints(input, groups);
  const wildcards = planWildcards({
    groups,
    meanings,
    documented,
    endpoints,
    capabilities: input.capabilities,
    existingProviders: input.existingProviders,
    routing: settings.routing,
  });
  const known = knownProviders(input, endpoints, wildcards);
  const splits = (name: string): boolean => name.includes('/') && known.has(name.slice(0, name.indexOf('/')));
  const publicNames = new Set(meanings.map(({ name }) => name));
  const listed = (name: string): string => (splits(name) ? internalName(name) : name);

  const planned = new KeyPlanner(endpoints, {
    listed: (name) => (settings.routing || !splits(name) ? listed(name) : null),
    isLost: (provider, name) => !settings.routing && isRefined(provider, name),
    mayListUpstream: (upstream) => settings.routing && !splits(upstream) && !publicNames.has(upstream),
  });
  for (const meaning of meanings) planned.add(meaning, meanings);
  const keys = planned.finish();
  for (const plan of wildcards.values()) if (plan.ok) keys.set(plan.key.name, plan.key);

  const providers = new Map<string, PlannedProvider>();
  for (const result of endpoints.values()) if (result.ok) mergeProvider(providers, result.endpoint.provider);
  for (const plan of wildcards.values()) if (plan.ok) mergeProvider(providers, plan.provider);
  const hasWildcards = [...wildcards.values()].some((plan) => plan.ok);
  const sink = hasWildcards ? sinkProvider() : null;
  if (sink) mergeProvider(providers, sink);

  const byDeployment = new Map<string, PlannedKey[]>();
  for (const key of keys.values()) {
    for (const id of key.deployments) byDeployment.set(id, [...(byDeployment.get(id) ?? []), key]);
  }
  const route = (name: string, group: Group): Route | Unserved => planned.route(name, group);
  const catchAlls = new Set(world.deployments.filter(({ modelName }) => modelName === '*').map(({ id }) => id));
  const routing = planRules({ world, groups, meanings, documented, wildcards, route, splits });
  const served = new Set([...planned.routes.values()].flatMap(({ targets }) => targets.map((t) => t.deployment)));
  const rulesByDeployment = new Map<string, PlannedRule[]>();
  for (const rule of settings.routing ? routing.rules : [])
    for (const id of rule.deployments) rulesByDeployment.set(id, [...(rulesByDeployment.get(id) ?? []), rule]);
  return {
    groups,
    endpoints,
    providers,
    keys,
    modelConfigs: modelConfigs(planned.routes, world),
    wildcards,
    findings: planned.findings,
    keysOf: (id) => byDeployment.get(id) ?? [],
    isServed: (id) => served.has(id),
    isNeverWritten: (name) => keys.get(name)?.deployments.every((id) => catchAlls.has(id)) === true,
    route,
    spelledOut: [...new Set(meanings.filter(({ group }) => group.asked !== undefined).map(({ name }) => name))],
    namesWithFallbacks: Object.keys(world.router.fallbacks).filter((name) => name !== '*'),
    routes: planned.routes,
    splits,
    listed,
    rulesOf: (id) => rulesByDeployment.get(id) ?? [],
    fallbacksOf: routing.fallbacksOf,
    followersOf: routing.followersOf,
    ruleOf: (name) => (settings.routing ? routing.ruleOf(name) : undefined),
    sink,
    routing: settings.routing,
  };
}

/** No provider is called `litellm:…`, so Bifrost takes it as one name (P§2.4). */
export function internalName(name: string): string {
  return `litellm:${name}`;
}

function planEndpoints(input: CatalogInput, groups: Groups): Map<string, EndpointResult> {
  const { world, settings } = input;
  const names = [...groups.globalNames, ...world.deployments.map((d) => d.publicName)];
  const rules: EndpointRules = {
    credentials: world.credentials,
    capabilities: input.capabilities,
    defaultProvider: settings.defaultProvider,
    allowPrivateNetwork: settings.allowPrivateNetwork,
    environment: input.environment,
    credentialFile: input.credentialFile,
    namePrefixes: new Set(names.filter((n) => n.includes('/')).map((n) => n.slice(0, n.indexOf('/')))),
  };
  return keylessApart(new Map(world.deployments.map((d) => [d.id, planEndpoint(d, rules)])));
}

/** A provider without keys takes none (B§3.5): of a server that LiteLLM calls with keys and without it is another one (M14). */
function keylessApart(endpoints: ReadonlyMap<string, EndpointResult>): Map<string, EndpointResult> {
  const withKeys = new Set<string>();
  for (const result of endpoints.values())
    if (result.ok && result.endpoint.key !== null) withKeys.add(result.endpoint.provider.name);
  const apart = (result: EndpointResult): EndpointResult => {
    if (!result.ok) return result;
    const { provider } = result.endpoint;
    if (!provider.keyless || provider.baseType === null || !withKeys.has(provider.name)) return result;
    return { ok: true, endpoint: { ...result.endpoint, provider: { ...provider, name: `${provider.name}-keyless` } } };
  };
  return new Map([...endpoints].map(([id, result]) => [id, apart(result)]));
}

function knownProviders(
  input: CatalogInput,
  endpoints: ReadonlyMap<string, EndpointResult>,
  wildcards: ReadonlyMap<string, WildcardPlan>,
): Set<string> {
  const known = new Set([
    ...KNOWN_STANDARD_PROVIDERS,
    ...input.capabilities.standardProviders,
    ...input.existingProviders,
  ]);
  for (const result of endpoints.values()) if (result.ok) known.add(result.endpoint.provider.name);
  for (const plan of wildcards.values()) if (plan.ok) known.add(plan.provider.name);
  return known;
}

/** Same provider named by several deployments: private network if any needs it (M13). */
function mergeProvider(providers: Map<string, PlannedProvider>, provider: PlannedProvider): void {
  const other = providers.get(provider.name);
  providers.set(
    provider.name,
    other ? { ...other, allowPrivateNetwork: other.allowPrivateNetwork || provider.allowPrivateNetwork } : provider,
  );
}

/** M19: one limit per (provider, name callers use). Only deployments that have limits ask for one. */
function modelConfigs(routes: ReadonlyMap<string, Route>, world: World): Map<string, PlannedModelConfig> {
  const limited = new Set(world.deployments.filter(hasLimits).map((d) => d.id));
  const configs = new Map<string, PlannedModelConfig>();
  for (const route of routes.values()) {
    for (const target of route.targets) {
      if (!limited.has(target.deployment)) continue;
      const name = `${target.provider}/${route.listed}`;
      const known = configs.get(name);
      configs.set(name, {
        provider: target.provider,
        model: route.listed,
        deployments: [...new Set([...(known?.deployments ?? []), target.deployment])],
      });
    }
  }
  return configs;
}

/** tpm, rpm, max_budget of a deployment; litellm_params win over model_info (M19). */
export function deploymentLimit(deployment: Deployment, name: 'tpm' | 'rpm' | 'max_budget'): number | null {
  for (const value of [deployment.params[name], deployment.modelInfo[name]]) {
    const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
    if (typeof number === 'number' && Number.isFinite(number)) return number;
  }
  return null;
}

export function hasLimits(deployment: Deployment): boolean {
  return (['tpm', 'rpm', 'max_budget'] as const).some((name) => (deploymentLimit(deployment, name) ?? 0) > 0);
}

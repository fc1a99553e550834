import { createHash } from 'node:crypto';
import type { Settings } from '../config.js';
import { finding, type Finding } from '../findings.js';
import type { SecretRef } from '../secret.js';
import type { Deployment, World } from '../sources/records.js';
import type { Capabilities } from '../target/target.js';
import type { KeyMaterial } from './credentials.js';
import {
  planEndpoint,
  type Endpoint,
  type EndpointResult,
  type EndpointRules,
  type PlannedProvider,
} from './endpoint.js';
import { buildGroups, type Group, type Groups } from './groups.js';
import { planWildcards, type WildcardPlan } from './wildcards.js';
import { KNOWN_STANDARD_PROVIDERS } from './providers.js';

/**
 * Everything the world's deployments become on Bifrost: providers, provider keys, and for every meaning of every public
 * name the keys that serve it (mapping.md M8–M20, A1–A4). Built once per run, pure, the same for the same input.
 *
 * The hard rule is isolation (M18, P§2.1–2.3): a virtual key names exact provider keys, and a provider key answers every
 * name it lists. So a name whose meaning depends on the caller (a team's own deployment, a key or team alias, an alias
 * that hides a real name) gets provider keys of its own for *each* of its meanings, the global one included.
 */

export type PlannedKey = {
  readonly name: string;
  readonly provider: string;
  readonly material: KeyMaterial;
  /** Exactly the public names it serves (M18); `["*"]` for wildcards only. */
  readonly models: readonly string[];
  /** Public name → upstream id; a name equal to its id is absent. */
  readonly aliases: { readonly [publicName: string]: string };
  /** Azure aliases are objects where the gateway takes them (M16). */
  readonly azure: boolean;
  readonly weight: number;
  readonly deployments: readonly string[];
};

/** One way a name is served: a key (null: keyless provider) and its share. */
export type RouteTarget = {
  readonly provider: string;
  readonly key: string | null;
  readonly weight: number;
  readonly deployment: string;
};

/** One meaning of one name. */
export type Route = { readonly name: string; readonly group: string; readonly targets: readonly RouteTarget[] };

export type Unserved = {
  readonly reason: 'needs_routing_rule' | 'deployment_not_carried' | 'name_not_carried' | 'unknown_name';
  readonly message: string;
};

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
  /** The meaning `group` of `name`; Unserved says why there is none on Bifrost. */
  route(name: string, group: Group): Route | Unserved;
  /** First path segment is a provider on this gateway: Bifrost splits such a name (P§2.4). */
  splits(name: string): boolean;
}

export type CatalogInput = {
  readonly world: World;
  readonly settings: Pick<Settings, 'defaultProvider' | 'allowPrivateNetwork'>;
  readonly capabilities: Capabilities;
  /** Names of providers on the gateway right now. */
  readonly existingProviders: readonly string[];
  /** Distinct key aliases of all virtual keys, with the team they are used in. */
  readonly keyAliases: Iterable<{ readonly alias: string; readonly target: string; readonly teamId: string | null }>;
  readonly environment: (name: string) => string | undefined;
  readonly credentialFile: (path: string) => SecretRef | undefined;
};

/** A name as one kind of caller means it. */
type Meaning = { readonly name: string; readonly group: Group; readonly scoped: boolean };

export function isUnserved(route: Route | Unserved): route is Unserved {
  return 'reason' in route;
}

export function buildCatalog(input: CatalogInput): Catalog {
  const { world } = input;
  const groups = buildGroups(world);
  const meanings = collectMeanings(groups, world, input.keyAliases);
  const endpoints = planEndpoints(input, groups);
  const wildcards = planWildcards(groups, endpoints, input.capabilities);
  const known = knownProviders(input, endpoints, wildcards);
  const splits = (name: string): boolean => name.includes('/') && known.has(name.slice(0, name.indexOf('/')));

  const planned = new KeyPlanner(endpoints, splits);
  for (const meaning of meanings) planned.add(meaning, meanings);
  const keys = planned.finish();
  for (const plan of wildcards.values()) if (plan.ok) keys.set(plan.key.name, plan.key);

  const providers = new Map<string, PlannedProvider>();
  for (const result of endpoints.values()) if (result.ok) mergeProvider(providers, result.endpoint.provider);
  for (const plan of wildcards.values()) if (plan.ok) mergeProvider(providers, plan.provider);

  const byDeployment = new Map<string, PlannedKey[]>();
  for (const key of keys.values()) {
    for (const id of key.deployments) byDeployment.set(id, [...(byDeployment.get(id) ?? []), key]);
  }
  return {
    groups,
    endpoints,
    providers,
    keys,
    modelConfigs: modelConfigs(planned.routes, world),
    wildcards,
    findings: planned.findings,
    keysOf: (id) => byDeployment.get(id) ?? [],
    route: (name, group) => planned.route(name, group),
    splits,
  };
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
  return new Map(world.deployments.map((d) => [d.id, planEndpoint(d, rules)]));
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

/** Same provider named by several deployments: private network if any needs it; keyless only if all are (M13, M14). */
function mergeProvider(providers: Map<string, PlannedProvider>, provider: PlannedProvider): void {
  const other = providers.get(provider.name);
  providers.set(
    provider.name,
    other ? { ...other, allowPrivateNetwork: other.allowPrivateNetwork || provider.allowPrivateNetwork } : provider,
  );
}

/** All (name, group) pairs any caller can mean, each once. */
function collectMeanings(groups: Groups, world: World, keyAliases: CatalogInput['keyAliases']): Meaning[] {
  const found = new Map<string, Meaning>();
  const add = (name: string, target: string, teamId: string | null, scoped: boolean): void => {
    const routed = groups.route(target, teamId);
    if (routed.kind !== 'group') return;
    const id = `${routed.group.id}\0${name}`;
    const known = found.get(id);
    if (!known || (known.scoped && !scoped)) found.set(id, { name, group: routed.group, scoped });
  };
  for (const name of groups.globalNames) add(name, name, null, false);
  for (const teamId of groups.teams) {
    const names = new Set(groups.teamNames(teamId));
    for (const name of names) add(name, name, teamId, true);
    for (const [alias, target] of Object.entries(groups.aliases))
      if (names.has(target)) add(alias, alias, teamId, true);
  }
  for (const team of world.teams) {
    for (const [alias, target] of Object.entries(team.modelAliases)) add(alias, target, team.id, true);
  }
  const teamAliases = new Map(world.teams.map((t) => [t.id, t.modelAliases]));
  for (const { alias, target, teamId } of keyAliases) {
    add(alias, target, teamId, true);
    // Team aliases rewrite before (1.81) or after (newer) key aliases: both chains are possible meanings.
    const aliases = teamId === null ? undefined : teamAliases.get(teamId);
    const chained = aliases && Object.hasOwn(aliases, target) ? aliases[target] : undefined;
    if (chained !== undefined) add(alias, chained, teamId, true);
    for (const [teamAlias, teamTarget] of Object.entries(aliases ?? {}))
      if (teamTarget === alias) add(teamAlias, target, teamId, true);
  }
  return [...found.values()].sort((a, b) => order(a.name, b.name) || order(a.group.id, b.group.id));
}

const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

type Slot = {
  readonly id: string;
  readonly provider: string;
  readonly material: KeyMaterial;
  readonly azure: boolean;
  readonly dedicated: boolean;
  readonly weight: number;
  readonly names: Map<string, string>;
  readonly deployments: Set<string>;
};

/** Sorts meanings into provider keys. */
class KeyPlanner {
  readonly routes = new Map<string, { route: Route; endpoints: readonly Endpoint[] }>();
  readonly findings = new Map<string, Finding[]>();
  readonly #slots = new Map<string, Slot>();
  readonly #unserved = new Map<string, Unserved>();
  readonly #names = new Map<string, string>();
  #groupsOfName: Map<string, Set<string>> | null = null;

  constructor(
    private readonly endpoints: ReadonlyMap<string, EndpointResult>,
    private readonly splits: (name: string) => boolean,
  ) {}

  add(meaning: Meaning, all: readonly Meaning[]): void {
    const id = `${meaning.group.id}\0${meaning.name}`;
    if (this.splits(meaning.name)) {
      const unserved: Unserved = {
        reason: 'needs_routing_rule',
        message: `"${meaning.name}" begins with the name of a provider, so Bifrost splits it; it needs a routing rule`,
      };
      this.#unserved.set(id, unserved);
      this.#note(meaning.group, finding('loss', unserved.reason, 'model_name', unserved.message));
      return;
    }
    const targets = this.#targets(meaning, this.#ambiguous(meaning, all));
    if (targets.length === 0) {
      this.#unserved.set(
        id,
        this.#unserved.get(id) ?? {
          reason: 'deployment_not_carried',
          message: `no deployment of "${meaning.name}" could be carried`,
        },
      );
      return;
    }
    const route: Route = { name: meaning.name, group: meaning.group.id, targets };
    this.routes.set(id, { route, endpoints: [] });
  }

  /** M18: other meanings of the same name exist, or this one belongs to one caller only. */
  #ambiguous(meaning: Meaning, all: readonly Meaning[]): boolean {
    if (this.#groupsOfName === null) {
      this.#groupsOfName = new Map();
      for (const { name, group } of all) {
        const ids = this.#groupsOfName.get(name) ?? new Set<string>();
        this.#groupsOfName.set(name, ids.add(group.id));
      }
    }
    return meaning.scoped || (this.#groupsOfName.get(meaning.name)?.size ?? 0) > 1;
  }

  #targets(meaning: Meaning, own: boolean): RouteTarget[] {
    const perProvider = new Map<string, { endpoint: Endpoint; deployment: Deployment; weight: number }[]>();
    for (const { deployment, weight } of meaning.group.members) {
      const result = this.endpoints.get(deployment.id);
      if (!result?.ok) continue;
      const { provider } = result.endpoint;
      perProvider.set(provider.name, [
        ...(perProvider.get(provider.name) ?? []),
        { endpoint: result.endpoint, deployment, weight },
      ]);
    }
    const targets: RouteTarget[] = [];
    for (const [provider, members] of perProvider) {
      for (const { endpoint, deployment, weight } of members) {
        if (endpoint.key === null) {
          if (!own && meaning.name === endpoint.upstream && members.length === 1) {
            targets.push({ provider, key: null, weight, deployment: deployment.id });
          } else this.#nameLost(meaning, endpoint);
          continue;
        }
        const slot = this.#slot(meaning, endpoint, deployment, endpoint.key, own, members.length > 1, weight);
        slot.names.set(meaning.name, endpoint.upstream);
        slot.deployments.add(deployment.id);
        targets.push({ provider, key: slot.id, weight, deployment: deployment.id });
      }
    }
    return targets;
  }

  /** A3: keyless providers have no key to carry an alias or to tell callers apart. */
  #nameLost(meaning: Meaning, endpoint: Endpoint): void {
    const message = `"${meaning.name}" is served by a server without keys (${endpoint.provider.name}), where only the upstream id "${endpoint.upstream}" can be a name`;
    this.#unserved.set(`${meaning.group.id}\0${meaning.name}`, { reason: 'name_not_carried', message });
    this.#note(meaning.group, finding('loss', 'name_not_carried', 'model_name', message));
  }

  #slot(
    meaning: Meaning,
    endpoint: Endpoint,
    deployment: Deployment,
    key: KeyMaterial,
    own: boolean,
    several: boolean,
    weight: number,
  ): Slot {
    const provider = endpoint.provider.name;
    const base = `${provider}\0${key.identity}`;
    const shared = `shared\0${base}`;
    const dedicated = own
      ? `own\0${meaning.name}\0${meaning.group.id}\0${deployment.id}`
      : `group\0${meaning.group.id}\0${deployment.id}`;
    const id =
      own || several || this.#collides(shared, meaning.name, endpoint.upstream) ? `${dedicated}\0${base}` : shared;
    let slot = this.#slots.get(id);
    if (!slot) {
      const isDedicated = id !== shared;
      slot = {
        id,
        provider,
        material: key,
        azure: endpoint.structured === 'azure',
        dedicated: isDedicated,
        weight: isDedicated && several ? weight : 1,
        names: new Map(),
        deployments: new Set(),
      };
      this.#slots.set(id, slot);
    }
    return slot;
  }

  /** Bifrost compares key models and alias names without case (B§4.2, §4.6): `GPT` and `gpt` cannot share a key. */
  #collides(slotId: string, name: string, upstream: string): boolean {
    const slot = this.#slots.get(slotId);
    if (!slot) return false;
    for (const [other, id] of slot.names) {
      if (other.toLowerCase() === name.toLowerCase() && (other !== name || id !== upstream)) return true;
    }
    return false;
  }

  #note(group: Group, note: Finding): void {
    for (const { deployment } of group.members) {
      this.findings.set(deployment.id, [...(this.findings.get(deployment.id) ?? []), note]);
    }
  }

  /** Names the keys (M18): plain where one key would have the name, a short stable hash where several would. */
  finish(): Map<string, PlannedKey> {
    const plain = (slot: Slot): string => `${slot.provider}/${slot.material.label}`.slice(0, 200);
    const sharedByName = new Map<string, number>();
    for (const slot of this.#slots.values()) {
      if (!slot.dedicated) sharedByName.set(plain(slot), (sharedByName.get(plain(slot)) ?? 0) + 1);
    }
    const keys = new Map<string, PlannedKey>();
    for (const slot of this.#slots.values()) {
      const alone = !slot.dedicated && sharedByName.get(plain(slot)) === 1;
      const name = alone ? plain(slot) : `${plain(slot)} ${suffix(slot)}`;
      this.#names.set(slot.id, name);
      keys.set(name, {
        name,
        provider: slot.provider,
        material: slot.material,
        models: [...slot.names.keys()].sort(),
        aliases: Object.fromEntries([...slot.names].sort(([a], [b]) => order(a, b))),
        azure: slot.azure,
        weight: slot.weight,
        deployments: [...slot.deployments],
      });
    }
    for (const entry of this.routes.values()) {
      entry.route = {
        ...entry.route,
        targets: entry.route.targets.map((t) => ({
          ...t,
          key: t.key === null ? null : (this.#names.get(t.key) ?? null),
        })),
      };
    }
    return keys;
  }

  route(name: string, group: Group): Route | Unserved {
    const id = `${group.id}\0${name}`;
    return (
      this.routes.get(id)?.route ??
      this.#unserved.get(id) ?? { reason: 'unknown_name', message: `"${name}" leads to no deployment that was carried` }
    );
  }
}

/** Eight characters that are the same in every journal: they rest on tags and ids, not on a journal's fingerprints. */
function suffix(slot: Slot): string {
  const [kind, ...rest] = slot.id.split('\0');
  const meaning = kind === 'shared' ? [] : rest.slice(0, kind === 'own' ? 3 : 2);
  return createHash('sha256')
    .update(JSON.stringify([kind, meaning, slot.provider, slot.material.stableIdentity]))
    .digest('hex')
    .slice(0, 8);
}

/** M19: one limit per (provider, name callers use). Only deployments that have limits ask for one. */
function modelConfigs(routes: ReadonlyMap<string, { route: Route }>, world: World): Map<string, PlannedModelConfig> {
  const limited = new Set(world.deployments.filter(hasLimits).map((d) => d.id));
  const configs = new Map<string, PlannedModelConfig>();
  for (const { route } of routes.values()) {
    for (const target of route.targets) {
      if (!limited.has(target.deployment)) continue;
      const name = `${target.provider}/${route.name}`;
      const known = configs.get(name);
      configs.set(name, {
        provider: target.provider,
        model: route.name,
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

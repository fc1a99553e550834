import { createHash } from 'node:crypto';
import { finding, type Finding } from '../findings.js';
import type { Deployment } from '../sources/records.js';
import type { KeyMaterial } from './credentials.js';
import type { Endpoint, EndpointResult } from './endpoint.js';
import type { Group } from './groups.js';
import { meaningId, order, type Meaning } from './meanings.js';
import { wildcardUpstream } from './patterns.js';

/** Sorts the meanings of names into provider keys (mapping.md M18, P§2.1–2.4). */

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
export type Route = {
  /** What callers ask for. */
  readonly name: string;
  /** What provider keys and virtual keys list for it; differs where a routing rule leads from the one to the other (A5). */
  readonly listed: string;
  readonly group: string;
  /** All deployments of the group, carried or not. */
  readonly members: readonly string[];
  readonly targets: readonly RouteTarget[];
};

export type Unserved = {
  readonly reason: 'needs_routing_rule' | 'deployment_not_carried' | 'name_not_carried' | 'unknown_name';
  readonly message: string;
};

export function isUnserved(route: Route | Unserved): route is Unserved {
  return 'reason' in route;
}

/** How names are written on this gateway. */
export type NameRules = {
  /** What keys list for a public name; null = it cannot be said without a routing rule. */
  readonly listed: (name: string) => string | null;
  /** Bifrost would take the name for another one of this provider, and no rule is there to keep it. */
  readonly isLost: (provider: string, name: string) => boolean;
  /** A rule may lead another name to this upstream id of a server without keys: nobody else is meant by it. */
  readonly mayListUpstream: (upstream: string) => boolean;
};

type Served = {
  readonly endpoint: Endpoint;
  readonly deployment: Deployment;
  readonly weight: number;
  readonly upstream: string;
};

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

export class KeyPlanner {
  readonly routes = new Map<string, Route>();
  readonly findings = new Map<string, Finding[]>();
  readonly #slots = new Map<string, Slot>();
  readonly #unserved = new Map<string, Unserved>();
  readonly #names = new Map<string, string>();
  #meaningsOfName: Map<string, Set<string>> | null = null;
  #namesOfPlace: Map<string, Set<string>> | null = null;

  constructor(
    private readonly endpoints: ReadonlyMap<string, EndpointResult>,
    private readonly names: NameRules,
  ) {}

  add(meaning: Meaning, all: readonly Meaning[]): void {
    const id = meaningId(meaning.name, meaning.group);
    const listed = this.names.listed(meaning.name);
    if (listed === null) {
      const unserved: Unserved = {
        reason: 'needs_routing_rule',
        message: `"${meaning.name}" begins with the name of a provider, so Bifrost splits it; it needs a routing rule`,
      };
      this.#unserved.set(id, unserved);
      this.#note(meaning.group, finding('loss', unserved.reason, 'model_name', unserved.message));
      return;
    }
    const { targets, renamed } = this.#targets(meaning, listed, all);
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
    this.routes.set(id, {
      name: meaning.name,
      listed: renamed ?? listed,
      group: meaning.group.id,
      members: meaning.group.members.map(({ deployment }) => deployment.id),
      targets,
    });
  }

  /**
   * M18: other meanings of the same name exist, or this one belongs to one caller only. Names that differ by case count as
   * one: keys are chosen without regard to it (B§4.2).
   */
  #ambiguous(meaning: Meaning, all: readonly Meaning[]): boolean {
    if (this.#meaningsOfName === null) {
      this.#meaningsOfName = new Map();
      for (const { name, group } of all) {
        const ids = this.#meaningsOfName.get(name.toLowerCase()) ?? new Set<string>();
        this.#meaningsOfName.set(name.toLowerCase(), ids.add(meaningId(name, group)));
      }
    }
    return meaning.scoped || (this.#meaningsOfName.get(meaning.name.toLowerCase())?.size ?? 0) > 1;
  }

  /** `renamed`: what a server without keys lists instead, because it has no key to carry the name. */
  #targets(
    meaning: Meaning,
    listed: string,
    all: readonly Meaning[],
  ): { readonly targets: RouteTarget[]; readonly renamed: string | null } {
    const own = this.#ambiguous(meaning, all);
    const perProvider = this.#perProvider(meaning);
    const targets: RouteTarget[] = [];
    let renamed: string | null = null;
    const total = [...perProvider.values()].reduce((sum, members) => sum + members.length, 0);
    for (const [provider, members] of perProvider) {
      if (this.names.isLost(provider, meaning.name)) {
        const message = `${provider} would be asked for "openai/${meaning.name}", which no virtual key lists; it needs a routing rule`;
        this.#unserved.set(meaningId(meaning.name, meaning.group), { reason: 'needs_routing_rule', message });
        this.#note(meaning.group, finding('loss', 'needs_routing_rule', 'model_name', `"${meaning.name}": ${message}`));
        continue;
      }
      for (const { endpoint, deployment, weight, upstream } of members) {
        if (endpoint.key === null) {
          const isPlain = !own && listed === upstream && members.length === 1;
          const mayRename = total === 1 && this.names.mayListUpstream(upstream);
          if (isPlain || (mayRename && !(own && this.#isListedTwice(provider, upstream, all)))) {
            renamed = upstream;
            targets.push({ provider, key: null, weight, deployment: deployment.id });
          } else this.#nameLost(meaning, endpoint);
          continue;
        }
        const slot = this.#slot(meaning, endpoint, deployment, endpoint.key, own, members.length > 1, weight, {
          listed,
          upstream,
        });
        slot.names.set(listed, upstream);
        slot.deployments.add(deployment.id);
        targets.push({ provider, key: slot.id, weight, deployment: deployment.id });
      }
    }
    return { targets, renamed };
  }

  /**
   * Several names would be listed as this upstream id of a server without keys: who has one of them there would reach it by the
   * others, too, whatever they mean to him.
   */
  #isListedTwice(provider: string, upstream: string, all: readonly Meaning[]): boolean {
    if (this.#namesOfPlace === null) {
      this.#namesOfPlace = new Map();
      for (const meaning of all)
        for (const [name, members] of this.#perProvider(meaning))
          for (const member of members.filter(({ endpoint }) => endpoint.key === null)) {
            const place = JSON.stringify([name, member.upstream]);
            const names = this.#namesOfPlace.get(place) ?? new Set<string>();
            this.#namesOfPlace.set(place, names.add(meaning.name));
          }
    }
    return (this.#namesOfPlace.get(JSON.stringify([provider, upstream]))?.size ?? 0) > 1;
  }

  /** Deployments that can be carried, with the id the upstream is asked for. */
  #perProvider(meaning: Meaning): Map<string, Served[]> {
    const perProvider = new Map<string, Served[]>();
    for (const { deployment, weight } of meaning.group.members) {
      const result = this.endpoints.get(deployment.id);
      if (!result?.ok) continue;
      const { provider, upstream: id } = result.endpoint;
      const { asked } = meaning.group;
      const upstream = asked === undefined ? id : wildcardUpstream(deployment.modelName, id, asked);
      if (upstream === null || upstream.includes('*')) continue;
      perProvider.set(provider.name, [
        ...(perProvider.get(provider.name) ?? []),
        { endpoint: result.endpoint, deployment, weight, upstream },
      ]);
    }
    return perProvider;
  }

  /** A3: keyless providers have no key to carry an alias or to tell callers apart. */
  #nameLost(meaning: Meaning, endpoint: Endpoint): void {
    const message = `"${meaning.name}" is served by a server without keys (${endpoint.provider.name}), where only the upstream id "${endpoint.upstream}" can be a name`;
    this.#unserved.set(meaningId(meaning.name, meaning.group), { reason: 'name_not_carried', message });
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
    { listed, upstream }: { readonly listed: string; readonly upstream: string },
  ): Slot {
    const provider = endpoint.provider.name;
    const base = `${provider}\0${key.identity}`;
    const shared = `shared\0${base}`;
    const dedicated = own
      ? `own\0${meaning.name}\0${meaning.group.id}\0${deployment.id}`
      : `group\0${meaning.group.id}\0${deployment.id}`;
    const id = own || several || this.#collides(shared, listed, upstream) ? `${dedicated}\0${base}` : shared;
    let slot = this.#slots.get(id);
    if (!slot) {
      const isDedicated = id !== shared;
      slot = {
        id,
        provider,
        material: key,
        azure: endpoint.structured === 'azure',
        dedicated: isDedicated,
        weight: several ? weight : 1,
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
    for (const [id, route] of this.routes) {
      const targets = route.targets.map((t) => ({
        ...t,
        key: t.key === null ? null : (this.#names.get(t.key) ?? null),
      }));
      this.routes.set(id, { ...route, targets });
    }
    return keys;
  }

  route(name: string, group: Group): Route | Unserved {
    const id = meaningId(name, group);
    return (
      this.routes.get(id) ??
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

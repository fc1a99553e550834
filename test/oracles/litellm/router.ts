import type { Deployment, World } from '../../../src/sources/records.js';
import type { Caller } from './caller.js';
import { DeploymentIndex, groupsOf, plain, teamNameOf, type Route } from './deployment-index.js';
import { lookUp } from './names.js';
import type { Release } from './release.js';

export type Routed = {
  /** The name fallbacks are looked up by. */
  readonly name: string;
  readonly routes: readonly Route[];
  /** Found by `litellm_params.model`: the fallbacks are looked up the same way then. */
  readonly byModel?: true;
};

const NONE: readonly Deployment[] = [];

/**
 * From a name to deployments, as the routing of each release does it (L§4.1 step 6, L§4.7). Names are those after the
 * rewriting of team and key aliases. Rights to a name are not decided here.
 */
export class Router {
  readonly index: DeploymentIndex;
  readonly #older: boolean;
  /** Asked when nothing has the name (L§3.7). */
  readonly #defaultFallback: string | undefined;

  constructor(release: Release, world: World) {
    this.index = new DeploymentIndex(release, world);
    this.#older = release === '1.81';
    this.#defaultFallback = (lookUp(world.router.fallbacks, '*') ?? world.router.defaultFallbacks)[0];
  }

  /** A request as it comes in; null = refused as an unknown model before any deployment or fallback is tried. */
  route(name: string, caller: Caller): Routed | null {
    const ofTeam = this.#teamName(name, caller);
    if (ofTeam !== null) return { name: ofTeam, routes: this.reach(ofTeam, caller) };
    const adminName = !this.#older && caller.admin && this.index.teamNames.has(name);
    if (adminName || this.index.has(name) || this.index.byId.has(name) || this.index.aliasTarget(name) !== undefined)
      return { name, routes: this.reach(name, caller) };
    if (this.index.wildcards.size > 0) return { name, routes: this.reach(name, caller) };
    const routes = this.reachByModel(name, caller);
    return this.index.byModel.has(name) ? { name, routes, byModel: true } : null;
  }

  reachByModel(model: string, caller: Caller): readonly Route[] {
    return this.#usable((this.index.byModel.get(model) ?? NONE).map(plain), model, caller);
  }

  /** The team has a deployment of its own behind the name. */
  #teamName(name: string, { teamId }: Caller): string | null {
    if (teamId === null) return null;
    const row = this.index.rows(name, teamId).find(({ deployment }) => deployment.teamId === teamId);
    return row === undefined ? null : this.#older ? row.name : name;
  }

  /** Inside the router; fallback targets start here (L§3.7). */
  reach(name: string, caller: Caller): readonly Route[] {
    return this.#usable(this.#older ? this.#olderReach(name, caller) : this.#newerReach(name, caller), name, caller);
  }

  #olderReach(name: string, { teamId }: Caller): readonly Route[] {
    const byId = this.index.byId.get(name);
    if (byId !== undefined) return [{ ...plain(byId), pinned: true }];
    const target = this.index.aliasTarget(name) ?? name;
    if (!this.index.has(target)) {
      const global = this.index.filled(this.index.wildcards, target);
      if (global.length > 0) return global;
      const own = this.index.filled(this.index.teamWildcards.get(teamId ?? ''), target);
      if (own.length > 0) return own;
    }
    return (this.index.byName.get(target) ?? this.index.byModel.get(target) ?? this.#ofDefault(null)).map(plain);
  }

  #newerReach(name: string, caller: Caller): readonly Route[] {
    const { teamId } = caller;
    const byId = this.index.has(name) ? undefined : this.index.byId.get(name);
    if (byId !== undefined) return [{ ...plain(byId), pinned: true }];
    const target = this.index.aliasTarget(name) ?? name;
    if (!this.index.has(target)) {
      const own = teamId !== null ? this.index.named(target, teamId) : caller.admin ? this.#acrossTeams(target) : NONE;
      // Which team's an admin means nobody can tell when there are several: the request fails.
      if (new Set(own.map((one) => one.teamId)).size > 1) return [];
      if (own.length > 0) return own.map(plain);
      const ofTeam = teamId === null ? [] : this.index.filled(this.index.teamWildcards.get(teamId), target);
      const wildcard = ofTeam.length > 0 ? ofTeam : this.index.filled(this.index.wildcards, target);
      if (wildcard.length > 0) return wildcard;
    }
    const named = this.index.named(target, teamId);
    const found = named.length > 0 ? named : (this.index.byModel.get(target) ?? NONE);
    const carried = this.#carryingGroup(found, target, caller);
    // A name the groups leave nothing of is not handed to the default fallback.
    if (found.length > 0) return carried.map(plain);
    const fallback = this.#defaultFallback;
    return fallback === undefined ? [] : this.#carryingGroup(this.#ofDefault(teamId), fallback, caller).map(plain);
  }

  #ofDefault(teamId: string | null): readonly Deployment[] {
    return this.#defaultFallback === undefined ? NONE : this.index.named(this.#defaultFallback, teamId);
  }

  /** Whoever gets a name only through model access groups reaches only deployments that carry one of them [newer]. */
  #carryingGroup(group: readonly Deployment[], name: string, { key, team, teamId }: Caller): readonly Deployment[] {
    const listed = new Set([...(key?.models ?? []), ...(team?.models ?? [])]);
    if (listed.has(name) || listed.has('*') || listed.has('all-proxy-models')) return group;
    const through = [...this.index.accessGroups(name, teamId)].filter((one) => listed.has(one));
    if (through.length === 0) return group;
    return group.filter((deployment) => groupsOf(deployment).some((one) => through.includes(one)));
  }

  #acrossTeams(name: string): readonly Deployment[] {
    return [...this.index.byTeam.values()].flatMap((names) => names.get(name) ?? NONE);
  }

  /** Nobody gets another team's deployment, except by its id, or as an admin by its name [newer]. Paused ones are out. */
  #usable(routes: readonly Route[], name: string, caller: Caller): readonly Route[] {
    const free = this.#older ? routes : routes.filter(({ deployment }) => !deployment.blocked);
    if (!this.#older && caller.admin && free.every(({ deployment }) => answersAdmin(deployment, name))) {
      return new Set(free.map(({ deployment }) => deployment.teamId)).size === 1 ? free : [];
    }
    return free.filter(
      ({ pinned, deployment: { teamId } }) => pinned === true || teamId === null || teamId === caller.teamId,
    );
  }
}

function answersAdmin(deployment: Deployment, name: string): boolean {
  return deployment.teamId !== null && (deployment.modelName === name || teamNameOf(deployment) === name);
}

import type { Deployment, World } from '../../../src/sources/records.js';
import { knownModels, lookUp, withoutSlug } from './names.js';
import type { Release } from './release.js';
import { modelOf } from './upstream.js';
import { WildcardRoutes } from './wildcard-routes.js';

/** A deployment that may answer, with its `litellm_params.model` filled in for the name asked. */
export type Route = {
  readonly deployment: Deployment;
  readonly model: string;
  /** Asked for by its id: whose it is does not matter then. */
  readonly pinned?: true;
};

const NONE: readonly Deployment[] = [];

/** What the running router knows: names, owners, groups and prices of its deployments, in the order of the world. */
export class DeploymentIndex {
  readonly byName = new Map<string, Deployment[]>();
  readonly byTeam = new Map<string, Map<string, Deployment[]>>();
  readonly byModel = new Map<string, Deployment[]>();
  readonly byId = new Map<string, Deployment>();
  /** Public names of team-scoped deployments, whoever's. */
  readonly teamNames = new Set<string>();
  readonly wildcards: WildcardRoutes<Deployment>;
  readonly teamWildcards = new Map<string, WildcardRoutes<Deployment>>();
  readonly #aliases: { readonly [alias: string]: string };
  readonly #older: boolean;
  #globalNames: readonly string[] | null = null;

  constructor(
    private readonly release: Release,
    { deployments, router }: World,
  ) {
    this.#older = release === '1.81';
    this.wildcards = new WildcardRoutes(release);
    this.#aliases = router.modelGroupAlias;
    for (const deployment of deployments) if (deployment.served) this.#add(deployment);
  }

  #add(deployment: Deployment): void {
    const { teamId } = deployment;
    const teamName = teamNameOf(deployment);
    // The newer API gives a team-scoped row its public name only; the name in the router stays unknown then.
    const name = teamName === deployment.modelName ? `\0${deployment.id}` : deployment.modelName;
    push(this.byName, name, deployment);
    push(this.byModel, modelOf(deployment), deployment);
    const ownId = deployment.modelInfo['id'];
    const id = typeof ownId === 'string' ? ownId : deployment.origin === 'file' ? null : deployment.id;
    if (id !== null) this.byId.set(id, deployment);
    if (name.includes('*')) this.wildcards.add(name, deployment);
    if (teamId === null || teamName === null) return;
    const names = this.byTeam.get(teamId) ?? new Map<string, Deployment[]>();
    this.byTeam.set(teamId, names);
    push(names, teamName, deployment);
    this.teamNames.add(teamName);
    if (!teamName.includes('*')) return;
    const wildcards = this.teamWildcards.get(teamId) ?? new WildcardRoutes<Deployment>(this.release);
    this.teamWildcards.set(teamId, wildcards);
    wildcards.add(teamName, deployment);
  }

  has(name: string): boolean {
    return this.byName.has(name);
  }

  /** Target of `model_group_alias`. */
  aliasTarget(name: string): string | undefined {
    return lookUp(this.#aliases, name);
  }

  /** Public name of the team's deployment with this internal name. */
  publicNameOf(name: string, teamId: string): string | null {
    const [first] = this.byName.get(name) ?? NONE;
    return first?.teamId === teamId ? teamNameOf(first) : null;
  }

  /** What `all-team-models` in a team's list stands for in newer versions: all names that are not a team's. */
  globalNames(): readonly string[] {
    this.#globalNames ??= [
      ...[...this.byName].filter(([, group]) => group.some(({ teamId }) => teamId === null)).map(([name]) => name),
      ...Object.entries(this.#aliases)
        .filter(([, target]) => this.byName.get(target)?.some(({ teamId }) => teamId === null))
        .map(([alias]) => alias),
    ];
    return this.#globalNames;
  }

  /** Model access groups of a name, for a team (L§4.5): of its deployments, of its alias target, of its wildcard. */
  accessGroups(name: string, teamId: string | null): ReadonlySet<string> {
    return new Set(this.rows(name, teamId).flatMap(({ deployment }) => groupsOf(deployment)));
  }

  /** Costs nothing by LiteLLM's reckoning, so that no budget is checked (L§4.14). */
  isFree(name: string): boolean {
    const rows = this.rows(name, null);
    if (rows.length === 0) return false;
    return rows.every(({ deployment: { inputCost, outputCost, modelName }, model }) => {
      if (!this.#older) return inputCost === 0 && outputCost === 0;
      const concrete = modelName.includes('*') ? knownModels(this.release).has(withoutSlug(model)) : false;
      return (inputCost ?? 0) === 0 && (outputCost ?? 0) === 0 && !concrete;
    });
  }

  /** Every deployment of the name is paused [newer]. */
  isPaused(name: string, teamId: string | null): boolean {
    const rows = this.#older ? [] : this.rows(name, teamId);
    return rows.length > 0 && rows.every(({ deployment }) => deployment.blocked);
  }

  /** Deployments of a name: in newer versions a team's own shadow the global ones, in 1.81 the other way round. */
  named(name: string, teamId: string | null): readonly Deployment[] {
    const own = teamId === null ? undefined : this.byTeam.get(teamId)?.get(name);
    const global = this.byName.get(name);
    if (this.#older) return global ?? own ?? NONE;
    if (own !== undefined) return own;
    return (global ?? NONE).filter((one) => teamId === null || one.teamId === null || one.teamId === teamId);
  }

  /** Everything listed under a name; `name` of a row is what 1.81 goes on with. */
  rows(name: string, teamId: string | null): readonly (Route & { readonly name: string })[] {
    const rows = this.named(name, teamId).map((one) => ({ ...plain(one), name: one.modelName }));
    const target = this.aliasTarget(name);
    if (target !== undefined) rows.push(...this.named(target, null).map((one) => ({ ...plain(one), name })));
    if (rows.length > 0) return rows;
    const team = teamId === null ? undefined : this.teamWildcards.get(teamId);
    return [this.wildcards, team].flatMap((wildcards) =>
      this.filled(wildcards, name, this.#older).map((route) => ({ ...route, name })),
    );
  }

  filled(wildcards: WildcardRoutes<Deployment> | undefined, name: string, exactly = false): readonly Route[] {
    const matched = (exactly ? wildcards?.exactly(name) : wildcards?.match(name)) ?? [];
    return matched.map(({ target, fill }) => ({ deployment: target, model: fill(modelOf(target)) }));
  }
}

/** Public name of a team-scoped deployment; null for global ones, and for entries that only say whose they are. */
export function teamNameOf({ teamId, modelInfo, publicName, modelName }: Deployment): string | null {
  if (teamId === null) return null;
  const { team_public_model_name: name } = modelInfo;
  return typeof name === 'string' ? name : publicName === modelName ? null : publicName;
}

export function groupsOf(deployment: Deployment): readonly string[] {
  const { access_groups: groups } = deployment.modelInfo;
  return Array.isArray(groups) ? groups.filter((group) => typeof group === 'string') : [];
}

export function plain(deployment: Deployment): Route {
  return { deployment, model: modelOf(deployment) };
}

function push<T>(map: Map<string, T[]>, name: string, item: T): void {
  const list = map.get(name);
  if (list === undefined) map.set(name, [item]);
  else list.push(item);
}

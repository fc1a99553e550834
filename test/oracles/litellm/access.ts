import type { Organization, World } from '../../../src/sources/records.js';
import type { Refusal } from './answer.js';
import type { Caller } from './caller.js';
import type { DeploymentIndex } from './deployment-index.js';
import { lookUp, wildcardAllows } from './names.js';
import type { Release } from './release.js';

type Aliases = { readonly [alias: string]: string };
const NO_ALIASES: Aliases = {};

/** On whose behalf a list is asked. */
type Side = { readonly teamId: string | null; readonly teamAliases: Aliases; readonly keyAliases: Aliases };

/** Who may use which name (L§4.2 to §4.12). */
export class Access {
  readonly #older: boolean;
  readonly #modelAliasMap: Aliases;

  constructor(
    private readonly release: Release,
    private readonly world: World,
    private readonly index: DeploymentIndex,
  ) {
    this.#older = release === '1.81';
    this.#modelAliasMap = world.modelAliasMap;
  }

  /** The key's own step; it is skipped for `all-team-models` and for keys with a `config` (L§4.1 step 3). */
  keyStep(name: string, caller: Caller): Refusal | null {
    const { key } = caller;
    if (key === null || Object.keys(key.config).length > 0 || key.models.includes('all-team-models')) return null;
    const side = this.#sideOf(caller);
    if (this.allows(key.models, name, side)) return null;
    const groups = this.#modelsOfGroups(key.accessGroupIds);
    return groups.length > 0 && this.allows(groups, name, side) ? null : 'key models';
  }

  /** Team, member and project; what fallback targets are asked for in 1.109 as well (L§3.7). */
  teamSteps(name: string, caller: Caller): Refusal | null {
    return this.#team(name, caller) ?? this.#member(name, caller) ?? this.#project(name, caller);
  }

  /** Only of keys without a team, only with a user row (L§4.8). */
  userStep(name: string, { teamId, user, keyAliases }: Caller): Refusal | null {
    if (teamId !== null || user === null) return null;
    if (user.models.includes('no-default-models')) return 'user without default models';
    return this.allows(user.models, name, { teamId: null, teamAliases: NO_ALIASES, keyAliases }) ? null : 'user models';
  }

  /** No release asks this when a request comes (L§4.9): a migration may fold it into the key. */
  organizationGate(name: string, organization: Organization | null): boolean {
    const side = { teamId: null, teamAliases: NO_ALIASES, keyAliases: NO_ALIASES };
    return organization === null || this.allows(organization.models, name, side);
  }

  #team(name: string, caller: Caller): Refusal | null {
    const { key, team, teamId } = caller;
    if (teamId === null) return null;
    if (team === null) return this.#older ? null : 'team missing';
    const side = this.#sideOf(caller);
    if (this.allows(team.models, name, side)) return null;
    const ofTeam = this.#modelsOfGroups(team.accessGroupIds);
    // 1.81 asks the groups alone; the difference is the team's own names, which were refused already.
    if (ofTeam.length > 0 && this.allows([...(this.#older ? [] : team.models), ...ofTeam], name, side)) return null;
    const ofKey = this.release === '1.109' ? this.#modelsOfGroups(key?.accessGroupIds ?? []) : [];
    return ofKey.length > 0 && this.allows(ofKey, name, side) ? null : 'team models';
  }

  #member(name: string, caller: Caller): Refusal | null {
    const scope = this.#older || caller.team === null ? [] : (caller.member?.allowedModels ?? []);
    if (scope.length === 0) return null;
    return this.allows(scope, name, { ...this.#sideOf(caller), teamAliases: NO_ALIASES }) ? null : 'member models';
  }

  #project(name: string, { project, keyAliases }: Caller): Refusal | null {
    if (this.#older || project === null) return null;
    if (project.blocked) return 'project blocked';
    const side = { teamId: project.teamId, teamAliases: NO_ALIASES, keyAliases };
    return project.models.length === 0 || this.allows(project.models, name, side) ? null : 'project models';
  }

  #sideOf({ teamId, teamAliases, keyAliases }: Caller): Side {
    return { teamId, teamAliases, keyAliases };
  }

  #modelsOfGroups(ids: readonly string[]): readonly string[] {
    return ids.flatMap((id) => this.world.accessGroups.get(id)?.models ?? []);
  }

  /** Would this list of a key, team, user, project or organization let the name pass? */
  allows(list: readonly string[], name: string, side: Side): boolean {
    const target = lookUp(this.#modelAliasMap, name) ?? this.index.aliasTarget(name);
    if (this.#older)
      return this.#listed(list, name, side) || (target !== undefined && this.#listed(list, target, side));
    // Newer versions follow a key alias first and ask for its target instead (L§4.6).
    const afterTeam = lookUp(side.teamAliases, name) ?? name;
    const afterKey = lookUp(side.keyAliases, afterTeam) ?? afterTeam;
    const afterMap = lookUp(this.#modelAliasMap, afterKey) ?? afterKey;
    const final = lookUp(side.keyAliases, afterMap) ?? afterMap;
    if (afterKey !== afterTeam || final !== afterMap) return this.#listed(list, final, side);
    if (this.#listed(list, name, side) || (target !== undefined && this.#listed(list, target, side))) return true;
    return this.#namesInTeam(name, side).some((own) => this.#listed(list, own, { ...side, teamAliases: NO_ALIASES }));
  }

  /** In newer versions the internal name of a team's deployment passes where its public name or an old alias does. */
  #namesInTeam(name: string, { teamId, teamAliases }: Side): readonly string[] {
    if (teamId === null || !name.startsWith(`model_name_${teamId}_`)) return [];
    const aliases = Object.entries(teamAliases).filter(([, target]) => target === name);
    const own = this.index.publicNameOf(name, teamId);
    return [...(own === null ? [] : [own]), ...aliases.map(([alias]) => alias)];
  }

  /** L§4.2, in its order. */
  #listed(models: readonly string[], name: string, side: Side): boolean {
    const list = this.#spelledOut(models, side.teamId);
    if (list.length === 0 || lookUp(side.teamAliases, name) !== undefined) return true;
    if (list.includes(name) || list.includes('*') || list.includes('all-proxy-models')) return true;
    const groups = this.index.accessGroups(name, side.teamId);
    return list.some((entry) => groups.has(entry) || wildcardAllows(entry, name, this.release));
  }

  /** In newer versions `all-team-models` on the team's side means every name that belongs to no team. */
  #spelledOut(models: readonly string[], teamId: string | null): readonly string[] {
    if (this.#older || teamId === null || !models.includes('all-team-models')) return models;
    const rest = models.filter((name) => name !== 'all-team-models');
    const all = [...rest, ...this.index.globalNames()];
    return all.length > 0 ? all : models;
  }
}

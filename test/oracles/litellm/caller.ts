import type { Membership, Organization, Project, Team, User, VirtualKey, World } from '../../../src/sources/records.js';
import { lookUp } from './names.js';
import type { Release } from './release.js';

/** Stands for the master key: no row, no limit, role proxy_admin (L§1.1). */
export const MASTER = 'MASTER';

export type People = {
  readonly keys: readonly VirtualKey[];
  readonly users: readonly User[];
  readonly memberships: readonly Membership[];
};

type Aliases = { readonly [alias: string]: string };
const NO_ALIASES: Aliases = {};

/** Who asks, with every row that has a say. */
export type Caller = {
  readonly key: VirtualKey | null;
  readonly teamId: string | null;
  /** null without a team, and when the team's row is gone. */
  readonly team: Team | null;
  readonly user: User | null;
  readonly member: Membership | null;
  readonly project: Project | null;
  /** The key's own organization, else the team's. */
  readonly organization: Organization | null;
  readonly teamAliases: Aliases;
  readonly keyAliases: Aliases;
  /** Role proxy_admin and no team: newer versions let it reach team models by their public name (L§4.7). */
  readonly admin: boolean;
};

export class Callers {
  readonly #keys: ReadonlyMap<string, VirtualKey>;
  readonly #users: ReadonlyMap<string, User>;
  readonly #members: ReadonlyMap<string, Membership>;
  readonly #teams: ReadonlyMap<string, Team>;
  readonly #organizations: ReadonlyMap<string, Organization>;
  readonly #known = new Map<string, Caller>();

  constructor(
    private readonly world: World,
    people: People,
  ) {
    this.#keys = new Map(people.keys.map((key) => [key.id, key]));
    this.#users = new Map(people.users.map((user) => [user.id, user]));
    this.#members = new Map(people.memberships.map((member) => [memberKey(member.teamId, member.userId), member]));
    this.#teams = new Map(world.teams.map((team) => [team.id, team]));
    this.#organizations = new Map(world.organizations.map((organization) => [organization.id, organization]));
  }

  find(keyId: string): Caller | null {
    const known = this.#known.get(keyId);
    if (known !== undefined) return known;
    const key = this.#keys.get(keyId) ?? null;
    if (key === null && keyId !== MASTER) return null;
    const caller = this.#caller(key);
    this.#known.set(keyId, caller);
    return caller;
  }

  #caller(key: VirtualKey | null): Caller {
    const teamId = key?.teamId ?? null;
    const team = teamId === null ? null : (this.#teams.get(teamId) ?? null);
    const userId = key?.userId ?? null;
    const user = userId === null ? null : (this.#users.get(userId) ?? null);
    const organizationId = key?.organizationId ?? team?.organizationId ?? null;
    const projectId = key?.projectId ?? null;
    return {
      key,
      teamId,
      team,
      user,
      member: teamId === null || userId === null ? null : (this.#members.get(memberKey(teamId, userId)) ?? null),
      project: projectId === null ? null : (this.world.projects.get(projectId) ?? null),
      organization: organizationId === null ? null : (this.#organizations.get(organizationId) ?? null),
      teamAliases: team?.modelAliases ?? NO_ALIASES,
      keyAliases: key?.aliases ?? NO_ALIASES,
      admin: teamId === null && (key === null || user?.role === 'proxy_admin'),
    };
  }
}

function memberKey(teamId: string, userId: string): string {
  return JSON.stringify([teamId, userId]);
}

/**
 * The name that goes to routing: team alias, key alias, global alias map, key alias again, one hop each (L§4.6). A team
 * alias to a team-scoped deployment that is gone is left alone by newer versions.
 */
export function rewritten(
  name: string,
  caller: Caller,
  modelAliasMap: Aliases,
  release: Release,
  exists: (name: string) => boolean,
): string {
  const target = lookUp(caller.teamAliases, name);
  const stale =
    release !== '1.81' && target?.startsWith(`model_name_${caller.teamId ?? ''}_`) === true && !exists(target);
  const afterTeam = target === undefined || stale ? name : target;
  const afterKey = lookUp(caller.keyAliases, afterTeam) ?? afterTeam;
  const afterMap = lookUp(modelAliasMap, afterKey) ?? afterKey;
  return lookUp(caller.keyAliases, afterMap) ?? afterMap;
}

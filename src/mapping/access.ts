import type {
  AccessGroup,
  Deployment,
  Dialect,
  Organization,
  Project,
  Team,
  User,
  VirtualKey,
  World,
} from '../sources/records.js';
import { inferredSlug } from './providers.js';

/**
 * Who may call which model in LiteLLM (L§4), as pure questions. Every list check of LiteLLM is one function with special
 * cases; they are kept in its order, because the order decides.
 */

/** Everything that restricts one key, resolved from its ids. */
export type Subject = {
  readonly key: VirtualKey;
  readonly team: Team | null;
  /** The key names a team that has no row. */
  readonly teamMissing: boolean;
  /** Only for keys without a team (L§4.8). */
  readonly user: User | null;
  readonly organization: Organization | null;
  readonly project: Project | null;
  /** `allowed_models` of the key user's membership [newer]; empty = inherit. */
  readonly memberModels: readonly string[];
};

/** Facts about names that every check needs, derived from the world once. */
export type AccessIndex = {
  readonly dialect: Dialect;
  /** Model access group (tag) → the names it grants, per team for team-scoped deployments. */
  readonly tagGroups: ReadonlyMap<string, readonly TagMember[]>;
  readonly accessGroups: ReadonlyMap<string, AccessGroup>;
  /** `model_alias_map`, then `model_group_alias` (L§4.1). */
  readonly aliasTarget: (name: string) => string | undefined;
};

type TagMember = { readonly name: string; readonly teamId: string | null };

export function accessIndex(world: World): AccessIndex {
  const tagGroups = new Map<string, TagMember[]>();
  for (const deployment of world.deployments) {
    for (const group of accessGroupsOf(deployment)) {
      const members = tagGroups.get(group) ?? [];
      members.push({ name: deployment.publicName, teamId: deployment.teamId });
      tagGroups.set(group, members);
    }
  }
  return {
    dialect: world.dialect,
    tagGroups,
    accessGroups: world.accessGroups,
    aliasTarget: (name) => own(world.modelAliasMap, name) ?? own(world.router.modelGroupAlias, name),
  };
}

/** Model access groups (tags) of a deployment. */
export function accessGroupsOf(deployment: Deployment): readonly string[] {
  const groups = deployment.modelInfo['access_groups'];
  return Array.isArray(groups) ? groups.filter((g): g is string => typeof g === 'string') : [];
}

/** A member of a plain object; names may be `constructor` or `__proto__`. */
export function own<T>(table: { readonly [name: string]: T }, name: string): T | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}

const ALL = new Set(['*', 'all-proxy-models']);

const patterns = new Map<string, RegExp | null>();

/** LiteLLM's wildcard: `*` → `.*`, anchored, everything else is a regular expression (L§4.4). null = not a valid one: no match. */
export function wildcard(pattern: string): RegExp | null {
  let compiled = patterns.get(pattern);
  if (compiled === undefined) {
    try {
      compiled = new RegExp(`^(?:${pattern.replaceAll('*', '.*')})$`, 's');
    } catch {
      compiled = null;
    }
    if (patterns.size > 10_000) patterns.clear();
    patterns.set(pattern, compiled);
  }
  return compiled;
}

function matchesWildcard(entry: string, name: string): boolean {
  if (!entry.includes('*')) return false;
  const regex = wildcard(entry);
  if (regex === null) return false;
  if (regex.test(name)) return true;
  const slug = inferredSlug(name);
  return slug !== undefined && regex.test(`${slug}/${name}`);
}

/** `_check_model_access_helper` in its order (L§4.2). */
function passes(list: readonly string[], name: string, team: Team | null, index: AccessIndex): boolean {
  if (list.some((entry) => inTagGroup(entry, name, team, index))) return true;
  if (team !== null && own(team.modelAliases, name) !== undefined) return true;
  if (list.some((entry) => matchesWildcard(entry, name))) return true;
  if (list.length === 0 || list.some((entry) => ALL.has(entry))) return true;
  return list.includes(name);
}

function inTagGroup(entry: string, name: string, team: Team | null, index: AccessIndex): boolean {
  const members = index.tagGroups.get(entry);
  if (members === undefined) return false;
  return members.some(
    (member) =>
      (member.teamId === null || member.teamId === team?.id) &&
      (member.name === name || (member.name.includes('*') && wildcard(member.name)?.test(name) === true)),
  );
}

/** `_can_object_call_model`: the name itself, or its global alias target (L§4.1). */
function can(list: readonly string[], name: string, team: Team | null, index: AccessIndex): boolean {
  if (passes(list, name, team, index)) return true;
  const target = index.aliasTarget(name);
  return target !== undefined && passes(list, target, team, index);
}

function groupsGrant(ids: readonly string[], name: string, team: Team | null, index: AccessIndex): boolean {
  return ids.some((id) => {
    const group = index.accessGroups.get(id);
    // An empty group grants nothing; through `passes` an empty list would grant everything.
    return group !== undefined && group.models.length > 0 && can(group.models, name, team, index);
  });
}

export type Denial = 'key' | 'team' | 'team_missing' | 'user' | 'organization' | 'project' | 'member';

/**
 * Why LiteLLM's checks (and, when `gates` is on, the organization's list, V4) refuse this name; null = it may be called.
 * Blocked and expired principals and limits are not asked here.
 */
export function denial(name: string, subject: Subject, index: AccessIndex, gates: boolean): Denial | null {
  const { key, team } = subject;
  const keySkipped = Object.keys(key.config).length > 0 || key.models.includes('all-team-models');
  if (!keySkipped && !can(key.models, name, team, index) && !groupsGrant(key.accessGroupIds, name, team, index))
    return 'key';
  if (subject.teamMissing && index.dialect.missingTeamDenies) return 'team_missing';
  if (team !== null) {
    const granted =
      can(team.models, name, team, index) ||
      groupsGrant(team.accessGroupIds, name, team, index) ||
      (index.dialect.keyGroupsSatisfyTeam && groupsGrant(key.accessGroupIds, name, team, index));
    if (!granted) return 'team';
    if (subject.memberModels.length > 0 && !can(subject.memberModels, name, team, index)) return 'member';
  }
  if (key.teamId === null && subject.user !== null) {
    if (subject.user.models.includes('no-default-models') || !can(subject.user.models, name, null, index))
      return 'user';
  }
  if (subject.project !== null && subject.project.models.length > 0 && !can(subject.project.models, name, null, index))
    return 'project';
  if (gates && subject.organization !== null && !can(subject.organization.models, name, null, index))
    return 'organization';
  return null;
}

/** No list restricts the key at all: V5's "unrestricted". */
export function unrestricted(subject: Subject, gates: boolean): boolean {
  const { key, team } = subject;
  const all = (list: readonly string[]): boolean => list.length === 0 || list.some((entry) => ALL.has(entry));
  return (
    (Object.keys(key.config).length > 0 || key.models.includes('all-team-models') || all(key.models)) &&
    !subject.teamMissing &&
    (team === null || all(team.models)) &&
    subject.memberModels.length === 0 &&
    (key.teamId !== null || subject.user === null || all(subject.user.models)) &&
    (subject.project === null || all(subject.project.models)) &&
    (!gates || subject.organization === null || all(subject.organization.models))
  );
}

/**
 * The name that is routed when this key asks for `name`, or why not: alias rewriting and checks in the order of the
 * version (L§4.1, §4.6). `both` (version unknown) passes only what either order passes to one and the same name.
 */
export function rewritten(
  name: string,
  subject: Subject,
  index: AccessIndex,
  gates: boolean,
): { readonly ok: true; readonly routed: string } | { readonly ok: false; readonly why: Denial | 'versions_disagree' } {
  const aliases = (n: string, first: 'team' | 'key'): string => {
    const byTeam = (m: string): string => (subject.team && own(subject.team.modelAliases, m)) ?? m;
    const byKey = (m: string): string => own(subject.key.aliases, m) ?? m;
    return first === 'team' ? byKey(byTeam(n)) : byTeam(byKey(n));
  };
  const check = (n: string): Denial | null => denial(n, subject, index, gates);
  const old = { why: check(name), routed: aliases(name, 'team') };
  if (index.dialect.keyAliasCheck === 'alias')
    return old.why === null ? { ok: true, routed: old.routed } : { ok: false, why: old.why };
  const target = own(subject.key.aliases, name) ?? name;
  const newer = { why: check(target), routed: aliases(name, 'key') };
  if (index.dialect.keyAliasCheck === 'target')
    return newer.why === null ? { ok: true, routed: newer.routed } : { ok: false, why: newer.why };
  const why = old.why ?? newer.why;
  if (why !== null) return { ok: false, why };
  return old.routed === newer.routed ? { ok: true, routed: old.routed } : { ok: false, why: 'versions_disagree' };
}

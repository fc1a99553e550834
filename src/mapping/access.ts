import type { AccessGroup, Dialect, Organization, Project, Team, User, VirtualKey, World } from '../sources/records.js';
import { nameIndex, tagsOf, type NameIndex } from './name-index.js';
import { inferredSlug } from './providers.js';
import { NO_NAMES, own, rewriting, routedName } from './routed-name.js';

/**
 * Who may call which model in LiteLLM (L§4), as pure questions. Every list check of LiteLLM is one function with special
 * cases; they are kept in its order, because the order decides.
 */

export { own } from './routed-name.js';

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
  readonly names: NameIndex;
  readonly accessGroups: ReadonlyMap<string, AccessGroup>;
  /** `litellm_settings.model_alias_map` */
  readonly aliasMap: { readonly [alias: string]: string };
  /** Some deployment is in this model access group. */
  readonly isTag: (name: string) => boolean;
};

export function accessIndex(world: World): AccessIndex {
  const tags = new Set(world.deployments.flatMap(tagsOf));
  return {
    dialect: world.dialect,
    names: nameIndex(world),
    accessGroups: world.accessGroups,
    aliasMap: world.modelAliasMap,
    isTag: (name) => tags.has(name),
  };
}

const ALL = new Set(['*', 'all-proxy-models']);

const patterns = new Map<string, RegExp | null>();

/** An entry of a list: `*` → `.*`, anchored, everything else is a regular expression (L§4.4). null = not a valid one: no match. */
export function wildcard(pattern: string): RegExp | null {
  let compiled = patterns.get(pattern);
  if (compiled === undefined) {
    try {
      compiled = new RegExp(`^${pattern.replaceAll('*', '.*')}$`);
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

type Names = { readonly [alias: string]: string };

/** On whose behalf a list is asked. */
type Side = { readonly teamId: string | null; readonly teamAliases: Names; readonly keyAliases: Names };
type Version = 'older' | 'newer';

/** `_check_model_access_helper` in its order (L§4.2). */
function passes(models: readonly string[], name: string, side: Side, index: AccessIndex, version: Version): boolean {
  const list = spelledOut(models, side, index, version);
  const tags = index.names.tags(name, side.teamId);
  if (tags.size > 0 && list.some((entry) => tags.has(entry))) return true;
  if (own(side.teamAliases, name) !== undefined) return true;
  if (list.some((entry) => matchesWildcard(entry, name))) return true;
  if (list.length === 0 || list.some((entry) => ALL.has(entry))) return true;
  return list.includes(name);
}

/** In newer versions `all-team-models` means every name that belongs to no team, where a team asks (L§4.3). */
function spelledOut(models: readonly string[], side: Side, index: AccessIndex, version: Version): readonly string[] {
  if (version === 'older' || side.teamId === null || !models.includes('all-team-models')) return models;
  const all = [...models.filter((name) => name !== 'all-team-models'), ...index.names.names];
  return all.length > 0 ? all : models;
}

/** `_can_object_call_model`: the name itself or its global alias target (L§4.1); newer versions follow key aliases first (L§4.6). */
function can(models: readonly string[], name: string, side: Side, index: AccessIndex): boolean {
  const target = own(index.aliasMap, name) ?? index.names.aliasTarget(name);
  const direct = (version: Version): boolean =>
    passes(models, name, side, index, version) ||
    (target !== undefined && passes(models, target, side, index, version));
  const followed = (): boolean => {
    const { final, byKey } = rewriting(name, { ...side, aliasMap: index.aliasMap });
    if (byKey) return passes(models, final, side, index, 'newer');
    const asTeam = { ...side, teamAliases: NO_NAMES };
    return direct('newer') || publicNames(name, side, index).some((own) => passes(models, own, asTeam, index, 'newer'));
  };
  switch (index.dialect.keyAliasCheck) {
    case 'alias':
      return direct('older');
    case 'target':
      return followed();
    case 'both':
      return direct('older') && followed();
  }
}

/** Newer versions let the internal name of a team's deployment pass where its public name or an alias to it does. */
function publicNames(name: string, { teamId, teamAliases }: Side, { names }: AccessIndex): readonly string[] {
  if (teamId === null || !name.startsWith(`model_name_${teamId}_`)) return [];
  const [first] = names.global(name);
  const aliases = Object.keys(teamAliases).filter((alias) => teamAliases[alias] === name);
  return first?.teamId === teamId ? [first.publicName, ...aliases] : aliases;
}

function groupsGrant(ids: readonly string[], name: string, side: Side, index: AccessIndex): boolean {
  const models = ids.flatMap((id) => index.accessGroups.get(id)?.models ?? []);
  // Empty groups grant nothing; an empty list would grant everything.
  return models.length > 0 && can(models, name, side, index);
}

export type Denial = 'key' | 'team' | 'team_missing' | 'user' | 'organization' | 'project' | 'member';

/**
 * Why LiteLLM's checks (and, when `gates` is on, the organization's list, V4) refuse this name; null = it may be called.
 * Blocked and expired principals and limits are not asked here.
 */
export function denial(name: string, subject: Subject, index: AccessIndex, gates: boolean): Denial | null {
  const { key, team, user, project, organization } = subject;
  const keyAliases = key.aliases;
  const side: Side = { teamId: key.teamId, teamAliases: team?.modelAliases ?? NO_NAMES, keyAliases };
  const keySkipped = Object.keys(key.config).length > 0 || key.models.includes('all-team-models');
  if (!keySkipped && !can(key.models, name, side, index) && !groupsGrant(key.accessGroupIds, name, side, index))
    return 'key';
  if (subject.teamMissing && index.dialect.missingTeamDenies) return 'team_missing';
  if (team !== null) {
    const granted =
      can(team.models, name, side, index) ||
      groupsGrant(team.accessGroupIds, name, side, index) ||
      (index.dialect.keyGroupsSatisfyTeam && groupsGrant(key.accessGroupIds, name, side, index));
    if (!granted) return 'team';
    if (!can(subject.memberModels, name, { ...side, teamAliases: NO_NAMES }, index)) return 'member';
  }
  const alone: Side = { teamId: null, teamAliases: NO_NAMES, keyAliases };
  if (key.teamId === null && user !== null) {
    if (user.models.includes('no-default-models') || !can(user.models, name, alone, index)) return 'user';
  }
  const ofProject = { ...alone, teamId: project?.teamId ?? null };
  if (project !== null && !can(project.models, name, ofProject, index)) return 'project';
  if (gates && organization !== null && !can(organization.models, name, alone, index)) return 'organization';
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

/** The name that is routed when this key asks for `name`, or why it is refused (L§4.1, §4.6). */
export function rewritten(
  name: string,
  subject: Subject,
  index: AccessIndex,
  gates: boolean,
): { readonly ok: true; readonly routed: string } | { readonly ok: false; readonly why: Denial } {
  const why = denial(name, subject, index, gates);
  if (why !== null) return { ok: false, why };
  const { key, team } = subject;
  const teamAliases = team === null ? NO_NAMES : aliasesInForce(team, index);
  return { ok: true, routed: routedName(name, { teamAliases, keyAliases: key.aliases, aliasMap: index.aliasMap }) };
}

/** Newer versions leave alone a team alias that leads to a deployment of the team that is gone (L§4.7). */
export function aliasesInForce(
  { id, modelAliases }: Team,
  { dialect, names }: Pick<AccessIndex, 'dialect' | 'names'>,
): Names {
  if (dialect.teamShadowsAliasTarget === 'no') return modelAliases;
  const stays = ([, target]: readonly [string, string]): boolean =>
    !target.startsWith(`model_name_${id}_`) || names.has(target);
  return Object.fromEntries(Object.entries(modelAliases).filter(stays));
}

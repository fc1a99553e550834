import type { World } from '../sources/records.js';
import { aliasesInForce } from './access.js';
import type { Group, Groups } from './groups.js';
import { inferredSlug, WELL_KNOWN_NAMES } from './providers.js';
import { NO_NAMES, own, routedName, type Names, type Rewriting } from './routed-name.js';

/** A name as one kind of caller means it. */
export type Meaning = {
  /** What the caller asks for. */
  readonly name: string;
  /** What LiteLLM routes then: the name itself, or the target of a key or team alias. Fallbacks hang on it (L§3.7). */
  readonly routed: string;
  readonly group: Group;
  /** Only callers of one team, or with one alias, mean it so. */
  readonly scoped: boolean;
};

/** Distinct key aliases of all virtual keys, with the team they are used in. */
export type KeyAliases = Iterable<{ readonly alias: string; readonly target: string; readonly teamId: string | null }>;

export function meaningId(name: string, group: Group): string {
  return `${group.id}\0${name}`;
}

/** All (name, group) pairs any caller can mean, each once. */
export function collectMeanings(groups: Groups, world: World, keyAliases: KeyAliases, routing: boolean): Meaning[] {
  const found = new Map<string, Meaning>();
  const { modelAliasMap: aliasMap } = world;
  const globally = { teamAliases: NO_NAMES, keyAliases: NO_NAMES, aliasMap };
  const special = documentedNames(groups, world, keyAliases);
  const add = (name: string, routed: string, teamId: string | null, scoped: boolean): void => {
    const answer = groups.route(routed, teamId);
    if (answer.kind === 'none' || name.includes('*')) return;
    // What a pattern serves needs no entry of its own, unless Bifrost has to be told: aliases, bare names (P§2.9), and names
    // that others mean otherwise.
    const isPlain = answer.kind === 'wildcard' && name === answer.name && inferredSlug(name) === undefined;
    if (isPlain && !special.has(name)) return;
    const id = meaningId(name, answer.group);
    const known = found.get(id);
    if (!known || (known.scoped && !scoped)) found.set(id, { name, routed, group: answer.group, scoped });
  };
  for (const name of groups.globalNames) add(name, routedName(name, globally), null, false);
  // Beside them a pattern needs a provider of its own, which only rules lead to.
  if (routing && groups.wildcards.length > 0)
    for (const name of [...WELL_KNOWN_NAMES, ...special]) add(name, routedName(name, globally), null, false);
  const teams = new Map(world.teams.map((team) => [team.id, aliasesInForce(team, { ...world, names: groups.index })]));
  const targets = targetsOf(keyAliases);
  for (const teamId of new Set([...groups.teams, ...teams.keys(), ...targets.keys()])) {
    const teamAliases = (teamId === null ? undefined : teams.get(teamId)) ?? NO_NAMES;
    const ofKeys = targets.get(teamId) ?? new Map<string, ReadonlySet<string>>();
    const names = namesOf(teamId, teamAliases, ofKeys, groups);
    for (const name of names)
      for (const routed of chains(name, { ...globally, teamAliases }, ofKeys)) add(name, routed, teamId, true);
  }
  return [...found.values()].sort((a, b) => order(a.name, b.name) || order(a.group.id, b.group.id));
}

/** Names that have a meaning of their own for anybody, also where it leads nowhere: no pattern takes these for granted. */
export function documentedNames(groups: Groups, world: World, keyAliases: KeyAliases): ReadonlySet<string> {
  return new Set([
    ...groups.globalNames,
    ...groups.teams.flatMap((team) => groups.teamNames(team)),
    ...world.teams.flatMap(({ modelAliases }) => Object.keys(modelAliases)),
    ...[...keyAliases].map(({ alias }) => alias),
  ]);
}

type Targets = ReadonlyMap<string, ReadonlySet<string>>;

/** Team → alias → what keys of that team make of it. */
function targetsOf(keyAliases: KeyAliases): ReadonlyMap<string | null, Targets> {
  const teams = new Map<string | null, Map<string, Set<string>>>();
  for (const { alias, target, teamId } of keyAliases) {
    const aliases = teams.get(teamId) ?? new Map<string, Set<string>>();
    teams.set(teamId, aliases.set(alias, (aliases.get(alias) ?? new Set()).add(target)));
  }
  return teams;
}

/** What callers of a team, or keys with aliases, may mean otherwise than everybody. */
function namesOf(teamId: string | null, teamAliases: Names, ofKeys: Targets, groups: Groups): ReadonlySet<string> {
  const own = new Set(teamId === null ? [] : groups.index.teamNames(teamId));
  const shadowed = Object.entries(groups.aliases).filter(([, target]) => own.has(target));
  const led = Object.entries({ ...teamAliases, ...groups.aliases }).filter(([, target]) => ofKeys.has(target));
  return new Set([
    ...own,
    ...Object.keys(teamAliases),
    ...ofKeys.keys(),
    ...[...shadowed, ...led].map(([alias]) => alias),
  ]);
}

/** Every name that this one may be routed as: without an alias of the key, or with any that some key has. */
function chains(name: string, tables: Rewriting, ofKeys: Targets): ReadonlySet<string> {
  const { teamAliases, aliasMap } = tables;
  const afterTeam = own(teamAliases, name) ?? name;
  const afterKey = [afterTeam, ...(ofKeys.get(afterTeam) ?? [])];
  const afterMap = afterKey.map((each) => own(aliasMap, each) ?? each);
  return new Set([...afterMap, ...afterMap.flatMap((each) => [...(ofKeys.get(each) ?? [])])]);
}

export const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

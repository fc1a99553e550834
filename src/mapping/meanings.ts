import type { World } from '../sources/records.js';
import type { Group, Groups } from './groups.js';
import { inferredSlug, WELL_KNOWN_NAMES } from './providers.js';

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
  const add = (name: string, routed: string, teamId: string | null, scoped: boolean): void => {
    const answer = groups.route(routed, teamId);
    if (answer.kind === 'none' || name.includes('*')) return;
    // What a pattern serves needs no entry of its own, unless Bifrost has to be told: aliases, and bare names (P§2.9).
    if (answer.kind === 'wildcard' && name === answer.name && inferredSlug(name) === undefined) return;
    const id = meaningId(name, answer.group);
    const known = found.get(id);
    if (!known || (known.scoped && !scoped)) found.set(id, { name, routed, group: answer.group, scoped });
  };
  for (const name of groups.globalNames) add(name, name, null, false);
  // Beside them a pattern needs a provider of its own, which only rules lead to.
  if (routing && groups.wildcards.length > 0) for (const name of WELL_KNOWN_NAMES) add(name, name, null, false);
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

export const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

import type { Deployment, World } from '../sources/records.js';
import { bySpecificity, patternMatches } from './patterns.js';
import { inferredSlug } from './providers.js';

/**
 * Which deployments LiteLLM's router has under a name (L§4.5, §4.7), paused ones included: a name whose deployments are all
 * paused is refused, it does not fall to a pattern. Who may ask is another question (access.ts).
 */
export interface NameIndex {
  /** The router's own name, whoever's deployment it is: patterns are not asked then. */
  has(name: string): boolean;
  /** Under the router's own name, in the order of the source. */
  global(name: string): readonly Deployment[];
  /** Team-scoped ones by the name the team uses. */
  ofTeam(name: string, teamId: string | null): readonly Deployment[];
  /** Those of the most specific pattern that takes the name: everybody's, or a team's. */
  behindPattern(name: string, teamId: string | null): readonly Deployment[];
  readonly teams: readonly string[];
  teamNames(teamId: string): readonly string[];
  /** `model_group_alias`. */
  aliasTarget(name: string): string | undefined;
  /** Model access groups that have the name, for callers of this team. */
  tags(name: string, teamId: string | null): ReadonlySet<string>;
  /** All that LiteLLM lists under the name for this team is paused: the name is refused, even where an alias leads elsewhere. */
  isPaused(name: string, teamId: string | null): boolean;
  /** What `all-team-models` in a team's list stands for in newer versions: every name that is not a team's (L§4.3). */
  readonly names: readonly string[];
}

type Table = Map<string, Deployment[]>;
const NONE: readonly Deployment[] = [];

export function nameIndex({ deployments, router, dialect }: World): NameIndex {
  const byName: Table = new Map();
  const byTeam = new Map<string, Table>();
  for (const deployment of deployments) {
    const { teamId, modelName, publicName } = deployment;
    const isTeams = teamId !== null && (publicName !== modelName || isPublicNameOfTeam(deployment));
    // The newer API shows a team's deployment under its public name only; the router has it under another.
    if (!isTeams || publicName !== modelName) push(byName, modelName, deployment);
    if (!isTeams) continue;
    const names: Table = byTeam.get(teamId) ?? new Map<string, Deployment[]>();
    byTeam.set(teamId, names);
    push(names, publicName, deployment);
  }
  const aliases = router.modelGroupAlias;
  const aliasTarget = (name: string): string | undefined => (Object.hasOwn(aliases, name) ? aliases[name] : undefined);
  const global = (name: string): readonly Deployment[] => byName.get(name) ?? NONE;
  const ofTeam = (name: string, teamId: string | null): readonly Deployment[] =>
    (teamId === null ? undefined : byTeam.get(teamId)?.get(name)) ?? NONE;
  const globalPatterns = sorted(byName);
  const teamPatterns = new Map([...byTeam].map(([team, names]) => [team, sorted(names)]));
  const behind = (table: Table, patterns: readonly string[], name: string, second: boolean): readonly Deployment[] => {
    const slug = second ? inferredSlug(name) : undefined;
    const pattern =
      patterns.find((text) => patternMatches(text, name)) ??
      // A bare name LiteLLM knows gets a second chance under its provider (P§2.9).
      (slug === undefined ? undefined : patterns.find((text) => patternMatches(text, `${slug}/${name}`)));
    return pattern === undefined ? NONE : (table.get(pattern) ?? NONE);
  };
  const behindPattern = (name: string, teamId: string | null, second = true): readonly Deployment[] => {
    if (teamId === null) return behind(byName, globalPatterns, name, second);
    const names = byTeam.get(teamId);
    return names === undefined ? NONE : behind(names, teamPatterns.get(teamId) ?? [], name, second);
  };
  const older = dialect.teamShadowsAliasTarget === 'no';
  const named = (name: string, teamId: string | null): readonly Deployment[] => {
    const own = ofTeam(name, teamId);
    if (older) return byName.has(name) ? global(name) : own;
    if (own.length > 0) return own;
    return global(name).filter((one) => teamId === null || one.teamId === null || one.teamId === teamId);
  };
  const listed = (name: string, teamId: string | null): readonly Deployment[] => {
    const target = aliasTarget(name);
    const rows = [...named(name, teamId), ...(target === undefined ? [] : named(target, null))];
    const ofTeamPattern = teamId === null ? NONE : behindPattern(name, teamId, !older);
    return rows.length > 0 ? rows : [...behindPattern(name, null, !older), ...ofTeamPattern];
  };
  const found = (name: string, teamId: string | null): ReadonlySet<string> =>
    new Set(listed(name, teamId).flatMap(tagsOf));
  const isPausing = deployments.some(({ blocked }) => blocked);
  const isTagged = deployments.some((deployment) => tagsOf(deployment).length > 0);
  const tags = new Map<string, ReadonlySet<string>>();
  return {
    has: (name) => byName.has(name),
    global,
    ofTeam,
    behindPattern,
    teams: [...byTeam.keys()],
    teamNames: (teamId) => [...(byTeam.get(teamId)?.keys() ?? [])],
    aliasTarget,
    tags: (name, teamId) =>
      isTagged ? remembered(tags, JSON.stringify([teamId, name]), () => found(name, teamId)) : NO_TAGS,
    isPaused: (name, teamId) => {
      const rows = isPausing ? listed(name, teamId) : NONE;
      return rows.length > 0 && rows.every(({ blocked }) => blocked);
    },
    names: [
      ...[...byName].filter(([, group]) => group.some(({ teamId }) => teamId === null)).map(([name]) => name),
      ...Object.keys(aliases).filter((alias) => global(aliases[alias] ?? '').some(({ teamId }) => teamId === null)),
    ],
  };
}

/** Model access groups a deployment is in. */
export function tagsOf({ modelInfo }: Deployment): readonly string[] {
  const groups = modelInfo['access_groups'];
  return Array.isArray(groups) ? groups.filter((group): group is string => typeof group === 'string') : [];
}

/** An entry of the config file may say whose it is without being scoped (L§4.7). */
function isPublicNameOfTeam({ modelInfo }: Deployment): boolean {
  const name = modelInfo['team_public_model_name'];
  return typeof name === 'string' && name !== '';
}

const NO_TAGS: ReadonlySet<string> = new Set();
const REMEMBERED = 50_000;

function remembered<T>(known: Map<string, T>, key: string, find: () => T): T {
  let value = known.get(key);
  if (value === undefined) {
    if (known.size > REMEMBERED) known.clear();
    known.set(key, (value = find()));
  }
  return value;
}

function sorted(table: Table): readonly string[] {
  return [...table.keys()].filter((name) => name.includes('*')).sort(bySpecificity);
}

function push(table: Table, name: string, deployment: Deployment): void {
  const known = table.get(name);
  if (known === undefined) table.set(name, [deployment]);
  else known.push(deployment);
}

import type { Deployment, Dialect, World } from '../sources/records.js';
import { nameIndex, type NameIndex } from './name-index.js';

/** Which deployments answer a name, and in which shares (L§4.7, §3.7; mapping.md M18, M20). */

export type Group = {
  /** `global <name>`, `team <id> <name>` or `wildcard <deployment> <name>`: one id, one set of deployments. */
  readonly id: string;
  readonly teamId: string | null;
  readonly members: readonly Member[];
  /** The name a pattern is asked for; absent where a name of their own leads to the members. */
  readonly asked?: string;
};

export type Member = { readonly deployment: Deployment; readonly weight: number };

export type Routed =
  | { readonly kind: 'group'; readonly group: Group }
  /** A pattern serves it; `group` is this one name of it, for aliases and bare names, which Bifrost needs spelled out. */
  | { readonly kind: 'wildcard'; readonly deployment: Deployment; readonly name: string; readonly group: Group }
  | { readonly kind: 'none' };

export interface Groups {
  /** All names that have deployments of their own or an alias to them, without a team. Wildcards excluded. */
  readonly globalNames: readonly string[];
  /** Names a team has on top: its deployments' public names. */
  teamNames(teamId: string): readonly string[];
  readonly teams: readonly string[];
  readonly wildcards: readonly Deployment[];
  /** Names with `*` of everybody's deployments, those of paused ones too. */
  readonly patterns: readonly string[];
  /** What answers `name` for callers of this team (null: of no team). */
  route(name: string, teamId: string | null): Routed;
  /** Every global alias, both kinds. */
  readonly aliases: { readonly [alias: string]: string };
  readonly index: NameIndex;
  /** Names LiteLLM answers a team's callers besides: model strings of deployments, internal names of its own. */
  undocumentedNames(teamId: string | null): readonly string[];
}

export function buildGroups(world: World): Groups {
  const index = nameIndex(world);
  const { dialect, deployments } = world;
  const weigh = (members: readonly Deployment[]): readonly Member[] =>
    weighted(members, dialect, world.router.rest['enable_pre_call_checks'] === true);
  const known = new Map<string, Group>();
  const group = (id: string, teamId: string | null, members: readonly Deployment[]): Routed => {
    let found = known.get(id);
    if (!found) known.set(id, (found = { id, teamId, members: weigh(members) }));
    return { kind: 'group', group: found };
  };
  const teamGroup = (teamId: string, name: string, members: readonly Deployment[]): Routed =>
    group(`team ${teamId} ${name}`, teamId, members);
  /** Everybody's deployments of a name, and those that only say they are this team's. */
  const globalGroup = (name: string, teamId: string | null): Routed => {
    const usable = index.global(name).filter((one) => one.teamId === null || one.teamId === teamId);
    return teamId !== null && usable.some((one) => one.teamId === teamId)
      ? teamGroup(teamId, name, usable)
      : group(`global ${name}`, null, usable);
  };
  const behindPattern = (name: string): Routed => {
    const [first, ...others] = index.behindPattern(name, null);
    if (first === undefined || first.teamId !== null) return NOWHERE;
    const members = weigh([first, ...others]);
    const one: Group = { id: `wildcard ${first.modelName} ${name}`, teamId: null, members, asked: name };
    return { kind: 'wildcard', deployment: first, name, group: one };
  };

  /** Up to 1.81 a team's own name answers only where there is no global one, and only its first deployment (L§4.7). */
  const older = (name: string, teamId: string | null): Routed => {
    const [own] = index.has(name) ? [] : index.ofTeam(name, teamId);
    if (own !== undefined && teamId !== null) return teamGroup(teamId, own.modelName, [own]);
    const target = index.aliasTarget(name) ?? name;
    if (index.has(target)) return globalGroup(target, teamId);
    return behindPattern(target);
  };
  const newer = (name: string, teamId: string | null): Routed => {
    if (index.isPaused(name, teamId)) return NOWHERE;
    const target = index.aliasTarget(name) ?? name;
    const own = index.ofTeam(target, teamId);
    if (teamId !== null && own.length > 0) return teamGroup(teamId, target, own);
    if (index.has(target)) return globalGroup(target, teamId);
    // Patterns of a team are not carried, and nobody else's deployment stands in for them.
    return teamId !== null && index.behindPattern(target, teamId).length > 0 ? NOWHERE : behindPattern(target);
  };
  const route = (name: string, teamId: string | null): Routed => {
    if (dialect.teamShadowsAliasTarget === 'no') return older(name, teamId);
    const answer = newer(name, teamId);
    if (dialect.teamShadowsAliasTarget === 'yes') return answer;
    // Nobody knows the version: nobody is served where versions disagree.
    return sameMembers(answer, older(name, teamId)) ? answer : NOWHERE;
  };

  const global = deployments.filter((one) => one.teamId === null);
  const patterns = [...new Set(global.map((one) => one.modelName).filter((name) => name.includes('*')))];
  const aliases = { ...world.router.modelGroupAlias, ...world.modelAliasMap };
  const ownNames = global.filter((one) => !one.modelName.includes('*'));
  return {
    globalNames: [...new Set([...ownNames.map((one) => one.modelName), ...Object.keys(aliases)])],
    teamNames: (teamId) => index.teamNames(teamId),
    teams: [...new Set([...index.teams, ...deployments.flatMap(({ teamId }) => teamId ?? [])])],
    wildcards: global.filter((one) => !one.blocked && one.modelName.includes('*')),
    patterns,
    route,
    aliases,
    index,
    undocumentedNames: undocumented(deployments, index, dialect.teamShadowsAliasTarget !== 'yes'),
  };
}

const NOWHERE: Routed = { kind: 'none' };

function sameMembers(one: Routed, other: Routed): boolean {
  const ids = (routed: Routed): string =>
    routed.kind === 'none' ? '' : routed.group.members.map(({ deployment }) => deployment.id).join(' ');
  return ids(one) === ids(other);
}

/**
 * LiteLLM's router also finds a deployment by its model string, and a team's by its internal name (seen on both versions), on
 * 1.81.13 for everybody.
 */
function undocumented(
  deployments: readonly Deployment[],
  index: NameIndex,
  isForEverybody: boolean,
): Groups['undocumentedNames'] {
  const isPublic = (name: string): boolean => index.global(name).some(({ teamId }) => teamId === null);
  const byTeam = new Map<string | null, Set<string>>();
  for (const { params, blocked, teamId, modelName, publicName } of deployments) {
    const { model } = params;
    if (blocked) continue;
    const add = (owner: string | null, name: string): void => {
      const known = byTeam.get(owner) ?? new Set<string>();
      byTeam.set(owner, known);
      if (!isPublic(name)) known.add(name);
    };
    if (typeof model === 'string' && !model.includes('*')) add(teamId, model);
    if (teamId !== null && modelName !== publicName) add(isForEverybody ? null : teamId, modelName);
  }
  const global = [...(byTeam.get(null) ?? [])];
  return (teamId) => (teamId === null ? global : [...new Set([...global, ...(byTeam.get(teamId) ?? [])])]);
}

const METRICS = ['weight', 'rpm', 'tpm'] as const;

function metricOf(value: unknown): number | null {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) && number >= 0 ? number : null;
}

/**
 * Shares of a group as this LiteLLM version draws them (M18, P§2.2): missing = 0; only if no metric applies all are equal.
 * Members of a later `order` stand by, those without one are never tried beside it. Up to 1.81 a sum of 0 fails every call:
 * no members.
 */
export function weighted(deployments: readonly Deployment[], dialect: Dialect, checksOrder = false): readonly Member[] {
  const usable = deployments.filter((deployment) => !deployment.blocked);
  const orders = new Map(usable.map((deployment) => [deployment, orderOf(deployment, dialect, checksOrder)]));
  const levels = [...new Set(orders.values())].filter((order) => order !== null).sort((a, b) => a - b);
  if (levels.length === 0) return drawn(usable, dialect);
  const [first, ...later] = levels.map((level) => usable.filter((deployment) => orders.get(deployment) === level));
  const standby = dialect.weightMetric === 'first-deployment' ? [] : later.flat();
  return [...drawn(first ?? [], dialect), ...standby.map((deployment) => ({ deployment, weight: 0 }))];
}

function drawn(deployments: readonly Deployment[], dialect: Dialect): readonly Member[] {
  for (const metric of METRICS) {
    const values = deployments.map((d) => metricOf(d.params[metric]));
    const isFirst = dialect.weightMetric === 'first-deployment';
    const applies = isFirst ? values[0] !== null && values[0] !== undefined : values.some((v) => (v ?? 0) > 0);
    if (!applies) continue;
    if (!values.some((v) => (v ?? 0) > 0)) return [];
    const members = deployments.map((deployment, i) => ({ deployment, weight: values[i] ?? 0 }));
    return isFirst ? members : [...members.filter(({ weight }) => weight > 0), ...undrawn(members, dialect)];
  }
  return deployments.map((deployment) => ({ deployment, weight: 1 }));
}

/**
 * Members that are not drawn, in the order of what LiteLLM would draw of them alone: callers who may reach no other ones
 * (model access groups) are given to the first.
 */
function undrawn(members: readonly Member[], dialect: Dialect): readonly Member[] {
  const left = members.flatMap(({ deployment, weight }) => (weight > 0 ? [] : [deployment]));
  if (left.length === 0) return [];
  return [...drawn(left, dialect)].sort((a, b) => b.weight - a.weight).map((member) => ({ ...member, weight: 0 }));
}

/** Newer versions look at `order` always, 1.81 only among its pre-call checks. */
function orderOf({ params, modelInfo }: Deployment, dialect: Dialect, checks: boolean): number | null {
  if (dialect.weightMetric === 'first-deployment') return checks ? metricOf(params['order']) : null;
  return metricOf(params['order']) ?? metricOf(modelInfo['order']);
}

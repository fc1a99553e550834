import type { Deployment, Dialect, World } from '../sources/records.js';
import { own, wildcard } from './access.js';
import { inferredSlug } from './providers.js';

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
  /** What answers `name` for callers of this team (null: of no team). */
  route(name: string, teamId: string | null): Routed;
  /** Real group of that name although an alias hides it. */
  readonly aliases: { readonly [alias: string]: string };
  /** Names LiteLLM answers besides: model strings of deployments, internal names of team deployments. */
  readonly undocumentedNames: readonly string[];
}

export function buildGroups(world: World): Groups {
  const active = world.deployments.filter((d) => !d.blocked);
  const byName = new Map<string, Deployment[]>();
  const byTeam = new Map<string, Map<string, Deployment[]>>();
  const internal = new Map<string, Deployment>();
  const wildcards: Deployment[] = [];
  for (const deployment of active) {
    if (deployment.teamId !== null) {
      const names = byTeam.get(deployment.teamId) ?? new Map<string, Deployment[]>();
      names.set(deployment.publicName, [...(names.get(deployment.publicName) ?? []), deployment]);
      byTeam.set(deployment.teamId, names);
      internal.set(deployment.modelName, deployment);
    } else if (deployment.modelName.includes('*')) wildcards.push(deployment);
    else byName.set(deployment.modelName, [...(byName.get(deployment.modelName) ?? []), deployment]);
  }

  const { dialect } = world;
  const groups = new Map<string, Group>();
  const group = (id: string, teamId: string | null, deployments: readonly Deployment[]): Group => {
    let known = groups.get(id);
    if (!known) groups.set(id, (known = { id, teamId, members: weighted(deployments, dialect) }));
    return known;
  };
  const teamGroup = (teamId: string, name: string, deployments: readonly Deployment[]): Group =>
    group(`team ${teamId} ${name}`, teamId, dialect.newestTeamDeploymentOnly ? newest(deployments) : deployments);

  const aliases = { ...world.router.modelGroupAlias, ...world.modelAliasMap };
  const bySpecificity = [...wildcards].sort((a, b) => specificity(b.modelName) - specificity(a.modelName));

  const route = (name: string, teamId: string | null): Routed => {
    if (teamId !== null) {
      const own = byTeam.get(teamId)?.get(name);
      if (own) return { kind: 'group', group: teamGroup(teamId, name, own) };
      const named = internal.get(name);
      if (named && named.teamId === teamId) {
        return {
          kind: 'group',
          group: teamGroup(teamId, named.publicName, byTeam.get(teamId)?.get(named.publicName) ?? [named]),
        };
      }
    }
    const target = own(aliases, name) ?? name;
    // Versions differ on whether the team's own deployment shadows an alias's target; unknown = nobody is served.
    const shadow = teamId === null || target === name ? undefined : byTeam.get(teamId)?.get(target);
    if (shadow && dialect.teamShadowsAliasTarget === 'unknown') return { kind: 'none' };
    if (teamId !== null && shadow && dialect.teamShadowsAliasTarget === 'yes')
      return { kind: 'group', group: teamGroup(teamId, target, shadow) };
    const deployments = byName.get(target);
    if (deployments) return { kind: 'group', group: group(`global ${target}`, null, deployments) };
    const slug = inferredSlug(target);
    const caught =
      bySpecificity.find((d) => wildcard(d.modelName)?.test(target)) ??
      // A bare name LiteLLM knows gets a second chance under its provider (P§2.9).
      (slug === undefined ? undefined : bySpecificity.find((d) => wildcard(d.modelName)?.test(`${slug}/${target}`)));
    if (!caught) return { kind: 'none' };
    const one = group(`wildcard ${caught.id} ${target}`, null, [caught]);
    return { kind: 'wildcard', deployment: caught, name: target, group: { ...one, asked: target } };
  };

  return {
    globalNames: [...new Set([...byName.keys(), ...Object.keys(aliases)])],
    teamNames: (teamId) => [...(byTeam.get(teamId)?.keys() ?? [])],
    teams: [...byTeam.keys()],
    wildcards,
    route,
    aliases,
    undocumentedNames: undocumented(active, byName),
  };
}

/** LiteLLM's router also finds a deployment by its model string, and a team's by its internal name (seen on both versions). */
function undocumented(deployments: readonly Deployment[], byName: ReadonlyMap<string, unknown>): string[] {
  const strings = deployments.flatMap((d) => {
    const model = d.params['model'];
    if (d.teamId !== null) return d.modelName === d.publicName ? [] : [d.modelName];
    return typeof model === 'string' && !model.includes('*') ? [model] : [];
  });
  return [...new Set(strings)].filter((name) => !byName.has(name));
}

/**
 * What the upstream is asked for when a pattern serves `name`: the text the `*` of the name stands for, put where the `*` of
 * the model is (L§4.4). A bare name that LiteLLM knows is matched under its provider (P§2.9). null = the pattern does not serve it.
 */
export function wildcardUpstream(pattern: string, upstream: string, name: string): string | null {
  const slug = inferredSlug(name);
  for (const asked of slug === undefined ? [name] : [name, `${slug}/${name}`]) {
    const [head = '', ...tail] = pattern.split('*');
    const end = tail.join('*');
    if (asked.length < head.length + end.length || !asked.startsWith(head) || !asked.endsWith(end)) continue;
    return upstream.replace('*', () => asked.slice(head.length, asked.length - end.length));
  }
  return null;
}

/** Longer literal parts are more specific (L§4.4). */
function specificity(pattern: string): number {
  return pattern.replaceAll('*', '').length;
}

function newest(deployments: readonly Deployment[]): readonly Deployment[] {
  const sorted = [...deployments].sort(
    (a, b) => (a.createdAt ?? '').localeCompare(b.createdAt ?? '') || a.id.localeCompare(b.id),
  );
  return sorted.slice(-1);
}

const METRICS = ['weight', 'rpm', 'tpm'] as const;

function metricOf(deployment: Deployment, metric: string): number | null {
  const value = deployment.params[metric];
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) && number >= 0 ? number : null;
}

/** Shares of a group as this LiteLLM version draws them (M18, P§2.2): missing = 0; only if no metric applies all are equal. */
export function weighted(deployments: readonly Deployment[], dialect: Dialect): readonly Member[] {
  for (const metric of METRICS) {
    const values = deployments.map((d) => metricOf(d, metric));
    const applies =
      dialect.weightMetric === 'first-deployment'
        ? values[0] !== null && values[0] !== undefined
        : values.some((v) => (v ?? 0) > 0);
    if (applies && values.some((v) => (v ?? 0) > 0)) {
      return deployments.map((deployment, i) => ({ deployment, weight: values[i] ?? 0 }));
    }
  }
  return deployments.map((deployment) => ({ deployment, weight: 1 }));
}

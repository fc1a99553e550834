import { finding, type Finding } from '../findings.js';
import { WELL_KNOWN_NAMES } from './providers.js';
import { behindPattern, type WildcardPlan } from './wildcards.js';
import { accessGroupsOf, own, rewritten, unrestricted, wildcard, type AccessIndex, type Subject } from './access.js';
import type { Group } from './groups.js';
import { isUnserved, type Catalog, type Route } from './catalog.js';

/** What one key may call, said in routes of the catalog (mapping.md V4–V6, A1). An empty grant is nothing, never everything. */
export type Grant = {
  /** No list restricts the key: it also gets the providers that are not LiteLLM's (V5). */
  readonly unrestricted: boolean;
  readonly routes: readonly Route[];
  /** Per provider: `["*"]` or the names behind the prefix; weight null on Bifrost (P§2.5). */
  readonly wildcards: readonly {
    readonly provider: string;
    readonly key: string;
    readonly models: readonly string[];
  }[];
  readonly findings: readonly Finding[];
};

export type GrantRules = {
  readonly catalog: Catalog;
  readonly index: AccessIndex;
  readonly organizationGates: 'enforce' | 'ignore';
};

/** Names shown in one finding; the rest is counted. */
const SHOWN = 60;

export function listed(names: readonly string[]): string {
  const shown = names
    .slice(0, SHOWN)
    .map((n) => `"${n}"`)
    .join(', ');
  return names.length > SHOWN ? `${shown} and ${names.length - SHOWN} more` : shown;
}

export function planGrant(subject: Subject, rules: GrantRules): Grant {
  const { catalog, index } = rules;
  const gates = rules.organizationGates === 'enforce';
  const teamId = subject.team?.id ?? null;
  const routes: Route[] = [];
  const unserved = new Map<string, string[]>();
  const gated: string[] = [];
  const disagreeing: string[] = [];
  const lose = (reason: string, name: string): void => {
    unserved.set(reason, [...(unserved.get(reason) ?? []), name]);
  };

  const undocumented = new Set(catalog.groups.undocumentedNames);
  const viaWildcard = new Map<string, string[]>();
  const routedAs = new Map<string, string>();
  for (const name of candidateNames(subject, catalog)) {
    const decided = rewritten(name, subject, index, gates);
    if (!decided.ok) {
      if (decided.why === 'organization') gated.push(name);
      if (decided.why === 'versions_disagree') disagreeing.push(name);
      continue;
    }
    const routed = catalog.groups.route(decided.routed, teamId);
    if (routed.kind !== 'none') {
      const route = catalog.route(name, routed.group);
      if (!isUnserved(route)) {
        const reached = index.dialect.accessGroupsFilterDeployments
          ? byAccessGroup(route, routed.group, own(catalog.groups.aliases, decided.routed) ?? decided.routed, subject)
          : route;
        if (reached.targets.length > 0) {
          routes.push(reached);
          routedAs.set(name, decided.routed);
        } else lose('deployment_not_carried', name);
      } else if (routed.kind === 'group') lose(route.reason, name);
      else {
        const plan = catalog.wildcards.get(routed.deployment.id);
        // Only a name that is not rewritten can pass through a provider that takes names as they come.
        const model =
          plan?.ok && isOpen(plan, catalog) && decided.routed === name ? behindPattern(plan.pattern, name) : null;
        if (model === null) lose('needs_routing_rule', name);
        else viaWildcard.set(routed.deployment.id, [...(viaWildcard.get(routed.deployment.id) ?? []), model]);
      }
    } else if (undocumented.has(name)) lose('undocumented_name', name);
    else if (mentioned(subject).has(name) && !index.tagGroups.has(name)) lose('unmapped_model', name);
  }
  for (const [name, routedName] of routedAs)
    for (const reason of fallbackLosses(name, routedName, subject, rules, gates)) lose(reason, name);

  if (subject.user?.role === 'proxy_admin') for (const name of namesOfTeams(catalog)) lose('team_model_of_admin', name);
  const all = unrestricted(subject, gates);
  const wildcards = wildcardGrants(subject, rules, gates, viaWildcard, lose);
  const findings: Finding[] = [...unserved].map(([reason, names]) =>
    finding(
      reason === 'fallback_added' ? 'change' : 'loss',
      reason,
      'models',
      explain(reason, [...new Set(names)].sort()),
    ),
  );
  if (gated.length > 0) {
    findings.push(
      finding(
        'change',
        'organization_gate_now_enforced',
        'organization_id',
        `the organization does not list ${listed(gated.sort())}; LiteLLM does not check that when the key is used, Bifrost now does (--organization-gates ignore leaves it out)`,
      ),
    );
  }
  if (disagreeing.length > 0) {
    findings.push(
      finding(
        'loss',
        'version_unknown',
        'aliases',
        `LiteLLM versions disagree about ${listed(disagreeing.sort())}, and the version is unknown; left out`,
      ),
    );
  }
  return { unrestricted: all, routes, wildcards, findings };
}

function explain(reason: string, names: readonly string[]): string {
  switch (reason) {
    case 'needs_routing_rule':
      return `only a routing rule could lead there, and none does: ${listed(names)}`;
    case 'deployment_not_carried':
      return `no deployment of these could be carried: ${listed(names)}`;
    case 'name_not_carried':
      return `served by a server without keys under another name: ${listed(names)}`;
    case 'unmapped_model':
      return `leads to no deployment: ${listed(names)}`;
    case 'team_model_of_admin':
      return `deployments of teams that only an administrator's key reaches without being of the team: ${listed(names)}`;
    case 'fallback_needs_rule':
      return `fallbacks of these need routing rules (--no-routing leaves them out); when they fail, they fail: ${listed(names)}`;
    case 'fallback_not_permitted':
      return `this LiteLLM falls back from these to models the key may not call; Bifrost does not: ${listed(names)}`;
    case 'fallback_not_carried':
      return `these have a rule for what other keys mean by them; when they fail, they fail: ${listed(names)}`;
    case 'fallback_added':
      return `these have a rule for what other keys mean by them; when they fail, Bifrost goes on to what LiteLLM does not try: ${listed(names)}`;
    case 'undocumented_name':
      return `LiteLLM also answers these, model strings and internal names of deployments; Bifrost only public names: ${listed(names)}`;
    case 'partial_list_entry':
      return `patterns that Bifrost's lists cannot say: ${listed(names)}`;
    default:
      return `not carried: ${listed(names)}`;
  }
}

/** Every name this key could ask for: global ones, its team's, and all alias names in force. */
function candidateNames(subject: Subject, catalog: Catalog): Set<string> {
  const names = new Set(catalog.groups.globalNames);
  if (subject.team) {
    for (const name of catalog.groups.teamNames(subject.team.id)) names.add(name);
    for (const name of Object.keys(subject.team.modelAliases)) names.add(name);
  }
  for (const name of Object.keys(subject.key.aliases)) names.add(name);
  for (const name of mentioned(subject)) if (!name.includes('*') && !SPECIAL.has(name)) names.add(name);
  for (const name of catalog.groups.undocumentedNames) names.add(name);
  if (catalog.groups.wildcards.length > 0) for (const name of WELL_KNOWN_NAMES) names.add(name);
  return names;
}

/** The deployments that carry a group through which alone key and team list this name; all of them when it is listed itself. */
function byAccessGroup(route: Route, group: Group, model: string, { key, team }: Subject): Route {
  const listedNames = new Set([...key.models, ...(team?.models ?? [])]);
  if (listedNames.size === 0 || [model, '*', 'all-proxy-models'].some((name) => listedNames.has(name))) return route;
  const carrying = group.members.filter(({ deployment }) =>
    accessGroupsOf(deployment).some((tag) => listedNames.has(tag)),
  );
  if (carrying.length === 0) return route;
  const ids = new Set(carrying.map(({ deployment }) => deployment.id));
  return { ...route, targets: route.targets.filter((target) => ids.has(target.deployment)) };
}

/** How the fallbacks of a granted name differ from LiteLLM's (A5). */
function fallbackLosses(
  name: string,
  routed: string,
  subject: Subject,
  { catalog, index }: GrantRules,
  gates: boolean,
): string[] {
  const chain = catalog.fallbacksOf(routed);
  if (!catalog.routing) return chain.length > 0 ? ['fallback_needs_rule'] : [];
  const permitted = (next: string): boolean => rewritten(next, subject, index, gates).ok;
  const followers = catalog.followersOf(name);
  const losses: string[] = [];
  // Newer LiteLLM itself does not fall back to what the key may not call (L§3.7).
  if (!index.dialect.fallbackTargetChecked && !chain.every(permitted)) losses.push('fallback_not_permitted');
  if (chain.some((next) => permitted(next) && !followers.includes(next))) losses.push('fallback_not_carried');
  if (followers.some((next) => permitted(next) && !chain.includes(next))) losses.push('fallback_added');
  return losses;
}

/** Names only teams have; newer LiteLLM lets keys of a proxy administrator reach them too (seen on 1.109.1). */
function namesOfTeams({ groups }: Catalog): string[] {
  const global = new Set(groups.globalNames);
  return groups.teams.flatMap((team) => groups.teamNames(team)).filter((name) => !global.has(name));
}

const SPECIAL = new Set(['all-proxy-models', 'all-team-models', 'no-default-models', 'all-org-models']);

/** Names written in the key's own lists: those are worth a finding when they lead nowhere (V6). */
function mentioned(subject: Subject): Set<string> {
  return new Set([...subject.key.models, ...(subject.team?.models ?? []), ...Object.keys(subject.key.aliases)]);
}

/**
 * Wildcard deployments the key may use. Wholly, when LiteLLM lets it call any name behind the prefix (asked with a name
 * that is in no list); else for the names its lists spell out.
 */
function wildcardGrants(
  subject: Subject,
  rules: GrantRules,
  gates: boolean,
  viaWildcard: ReadonlyMap<string, readonly string[]>,
  lose: (reason: string, name: string) => void,
): Grant['wildcards'] {
  const { catalog, index } = rules;
  const grants: Grant['wildcards'][number][] = [];
  for (const deployment of catalog.groups.wildcards) {
    const pattern = deployment.modelName;
    const plan = catalog.wildcards.get(deployment.id);
    const open = rewritten(pattern.replaceAll('*', ANY_NAME), subject, index, gates);
    const models = open.ok ? ['*'] : [...new Set(viaWildcard.get(deployment.id) ?? [])].sort();
    if (!open.ok) for (const entry of partialEntries(subject, pattern)) lose('partial_list_entry', entry);
    if (!plan?.ok || !isOpen(plan, catalog)) {
      if (open.ok) lose('needs_routing_rule', pattern);
      continue;
    }
    if (models.length > 0) grants.push({ provider: plan.provider.name, key: plan.key.name, models });
  }
  return grants;
}

/** Names that begin as it says arrive there. */
function isOpen(plan: WildcardPlan & { readonly ok: true }, catalog: Catalog): boolean {
  return plan.reachable || catalog.routing;
}

/** A name nobody lists, so that only patterns and unrestricted lists let it pass. */
const ANY_NAME = 'a-name-that-no-list-spells-out';

/** Entries like `wild/a*` that cover part of a wildcard deployment. */
function partialEntries(subject: Subject, pattern: string): string[] {
  const head = pattern.slice(0, pattern.indexOf('*'));
  return subject.key.models.filter((entry) => {
    if (!entry.includes('*') || entry === '*' || entry === pattern) return false;
    return entry.startsWith(head) && wildcard(pattern)?.test(entry.replaceAll('*', '')) === true;
  });
}

/** Equal text = equal grant: what `planGrant` reads of a subject, for memoizing over 100,000 keys. */
export function grantSignature(subject: Subject): string {
  const { key } = subject;
  return JSON.stringify([
    key.models,
    key.aliases,
    key.accessGroupIds,
    Object.keys(key.config).length > 0,
    key.teamId === null ? null : (subject.team?.id ?? 'missing'),
    key.teamId === null && subject.user ? [subject.user.models, subject.user.role === 'proxy_admin'] : null,
    subject.organization?.id ?? null,
    subject.project?.id ?? null,
    subject.memberModels,
  ]);
}

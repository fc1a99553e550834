import { finding, type Finding } from '../findings.js';
import { WELL_KNOWN_NAMES } from './providers.js';
import { behindPattern, carriedPlan, type WildcardPlan } from './wildcards.js';
import { rewritten, unrestricted, type AccessIndex, type Denial, type Subject } from './access.js';
import { weighted, type Group } from './groups.js';
import { tagsOf } from './name-index.js';
import { isUnserved, type Catalog, type Route } from './catalog.js';
import { patternMatches, patternsMeet } from './patterns.js';

/** What one key may call, said in routes of the catalog (mapping.md V4–V6, A1). An empty grant is nothing, never everything. */
export type Grant = {
  /** No list restricts the key: it also gets the providers that are not LiteLLM's (V5). */
  readonly unrestricted: boolean;
  readonly routes: readonly Route[];
  /** What LiteLLM makes of every granted name before it is routed (L§4.6). */
  readonly routedAs: ReadonlyMap<string, string>;
  /** Per provider: `["*"]` or the names behind the prefix; weight null on Bifrost (P§2.5). */
  readonly wildcards: readonly {
    readonly pattern: string;
    readonly provider: string;
    readonly key: string;
    readonly models: readonly string[];
  }[];
  /** Granted names that a pattern serves, as its provider is asked for them. */
  readonly behind: readonly {
    readonly name: string;
    readonly pattern: string;
    readonly provider: string;
    readonly model: string;
  }[];
  /** Granted names that fallbacks of the key's would answer if the key had not the name itself (P§3). */
  readonly answeredWithout: ReadonlySet<string>;
  /** Every name the findings are about: they show so many and count the rest. */
  readonly named: readonly NamedReason[];
  readonly findings: readonly Finding[];
};

/** A name, the code of the finding it is in, and the pattern that serves it in LiteLLM; null = it has deployments of its own. */
export type NamedReason = { readonly code: string; readonly name: string; readonly pattern: string | null };

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
  const { teamId } = subject.key;
  const routes: Route[] = [];
  const unserved = new Map<string, string[]>();
  const gated: string[] = [];
  const refused: string[] = [];
  const named: NamedReason[] = [];
  const behind: Grant['behind'][number][] = [];
  const lose = (reason: string, name: string, pattern: string | null = null): void => {
    const names = unserved.get(reason);
    if (names === undefined) unserved.set(reason, [name]);
    else names.push(name);
    named.push({ code: reason, name, pattern });
  };
  const gate = (name: string, pattern: string | null = null): void => {
    gated.push(name);
    named.push({ code: 'organization_gate_now_enforced', name, pattern });
  };

  const undocumented = new Set(catalog.groups.undocumentedNames(teamId));
  const written = mentioned(subject);
  const viaWildcard = new Map<string, string[]>();
  const routedAs = new Map<string, string>();
  const candidates = candidateNames(subject, rules);
  for (const name of candidates) {
    const decided = rewritten(name, subject, index, gates);
    if (!decided.ok) {
      if (decided.why === 'organization') {
        // LiteLLM does not ask the organization: where the name leads there.
        const free = rewritten(name, subject, index, false);
        const routed = free.ok ? free.routed : name;
        const led = catalog.groups.route(routed, teamId);
        if (led.kind !== 'none') gate(name, led.kind === 'wildcard' ? led.deployment.modelName : null);
        else if (undocumented.has(index.names.aliasTarget(routed) ?? routed)) gate(name);
        else if (catalog.fallbacksOf(routed).length > 0) gate(name);
        else if (written.has(name)) gated.push(name);
      }
      refused.push(name);
      continue;
    }
    if (isTeamNameOfAdmin(decided.routed, subject, index)) {
      lose('team_model_of_admin', name);
      continue;
    }
    const routed = catalog.groups.route(decided.routed, teamId);
    if (routed.kind !== 'none') {
      const route = catalog.route(name, routed.group);
      if (!isUnserved(route)) {
        const reached = index.dialect.accessGroupsFilterDeployments
          ? byAccessGroup(
              route,
              routed.group,
              index.names.aliasTarget(decided.routed) ?? decided.routed,
              subject,
              index,
            )
          : route;
        const targets = reached.targets.filter(({ key }) => key === null || !catalog.isNeverWritten(key));
        if (targets.length > 0) {
          routes.push(targets.length === reached.targets.length ? reached : { ...reached, targets });
          routedAs.set(name, decided.routed);
        } else lose('deployment_not_carried', name);
      } else if (route.reason === 'unknown_name' && undocumented.has(decided.routed)) lose('undocumented_name', name);
      else if (routed.kind === 'group') lose(route.reason, name);
      else {
        const pattern = routed.deployment.modelName;
        const plan = carriedPlan(routed.group, catalog);
        // Only a name that is not rewritten can pass through a provider that takes names as they come.
        const model =
          plan?.ok && isReached(plan, catalog) && decided.routed === name ? behindPattern(plan.pattern, name) : null;
        if (model === null || !plan?.ok) lose('needs_routing_rule', name, pattern);
        else {
          viaWildcard.set(pattern, [...(viaWildcard.get(pattern) ?? []), model]);
          behind.push({ name, pattern, provider: plan.provider.name, model });
        }
      }
    } else {
      refused.push(name);
      if (catalog.fallbacksOf(decided.routed).length > 0) lose('unknown_name_fallback', name);
      if (undocumented.has(index.names.aliasTarget(decided.routed) ?? decided.routed)) lose('undocumented_name', name);
      else if (written.has(name) && !index.isTag(name)) lose('unmapped_model', name);
    }
  }
  for (const [name, routedName] of routedAs)
    for (const reason of fallbackLosses(name, routedName, subject, rules, gates)) lose(reason, name);

  const wildcards = wildcardGrants(subject, rules, gates, viaWildcard, (reason, name) =>
    reason === 'organization' ? gate(name) : lose(reason, name),
  );
  for (const name of answeredByFallback(refused, subject, rules, gates)) lose('fallback_answers_refused', name);
  if (catalog.fallbacksOf(ANY_NAME).length > 0 || catalog.namesWithFallbacks.length > 0) {
    if (rewritten(ANY_NAME, subject, index, false).ok || mayNameUnknown(subject, index))
      lose('unknown_name_fallback', EVERY_OTHER);
    else
      for (const name of namesOfTeams(catalog))
        if (!candidates.has(name) && isAnsweredByFallbackAlone(name, subject, rules))
          lose('unknown_name_fallback', name);
  }
  if (isAdmin(subject, index)) for (const name of namesOfTeams(catalog)) lose('team_model_of_admin', name);
  const all = unrestricted(subject, gates);
  const findings: Finding[] = [...unserved].map(([reason, names]) =>
    finding(CHANGES.has(reason) ? 'change' : 'loss', reason, 'models', explain(reason, [...new Set(names)].sort())),
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
  return {
    unrestricted: all,
    routes,
    routedAs: new Map([...routedAs, ...behind.map(({ name }) => [name, name] as const)]),
    wildcards,
    behind,
    answeredWithout: new Set(answeredByFallback([...routedAs.keys()], subject, rules, gates)),
    named,
    findings,
  };
}

/** Nothing is lost by these. */
const CHANGES = new Set(['fallback_added', 'fallback_answers_refused']);

/** A rule goes on to its fallbacks also where the virtual key may not have the name itself (P§3): what answers then it may call. */
function answeredByFallback(
  refused: readonly string[],
  subject: Subject,
  { catalog, index }: GrantRules,
  gates: boolean,
): string[] {
  const isPermitted = (next: string): boolean => rewritten(next, subject, index, gates).ok;
  return catalog.routing ? refused.filter((name) => catalog.followersOf(name).some(isPermitted)) : [];
}

/** The message of a finding about names of a grant. */
export function explain(reason: string, names: readonly string[]): string {
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
      return `these have a rule for what other keys mean by them, or none of their own; when they fail, they fail: ${listed(names)}`;
    case 'fallback_added':
      return `these have a rule for what other keys mean by them; when they fail, Bifrost goes on to what LiteLLM does not try: ${listed(names)}`;
    case 'fallback_answers_refused':
      return `not in the key's lists, but on Bifrost their fallbacks, which are, may answer: ${listed(names)}`;
    case 'unknown_name_fallback':
      return `LiteLLM answers these, which lead to no deployment, with their fallbacks; Bifrost does not: ${listed(names)}`;
    case 'undocumented_name':
      return `LiteLLM also answers these, model strings and internal names of deployments, and their ids; Bifrost only public names: ${listed(names)}`;
    case 'partial_list_entry':
      return `patterns that Bifrost's lists cannot say: ${listed(names)}`;
    default:
      return `not carried: ${listed(names)}`;
  }
}

/** Every name this key could ask for: global ones, its team's, and all alias names in force. */
function candidateNames(subject: Subject, { catalog, index }: GrantRules): Set<string> {
  const names = new Set(catalog.groups.globalNames);
  if (subject.key.teamId !== null) for (const name of catalog.groups.teamNames(subject.key.teamId)) names.add(name);
  for (const name of Object.keys(subject.team?.modelAliases ?? {})) names.add(name);
  for (const name of Object.keys(subject.key.aliases)) names.add(name);
  for (const name of [...entriesOf(subject, index), ...(subject.organization?.models ?? [])])
    if (!name.includes('*') && !SPECIAL.has(name)) names.add(name);
  for (const name of catalog.groups.undocumentedNames(subject.key.teamId)) names.add(name);
  if (catalog.groups.wildcards.length > 0) for (const name of WELL_KNOWN_NAMES) names.add(name);
  for (const name of [...catalog.spelledOut, ...catalog.namesWithFallbacks]) names.add(name);
  return names;
}

/** The deployments that carry a group through which alone key and team list this name; all of them when it is listed itself. */
function byAccessGroup(
  route: Route,
  { members }: Group,
  model: string,
  { key, team }: Subject,
  { names, dialect }: AccessIndex,
): Route {
  const listedNames = new Set([...key.models, ...(team?.models ?? [])]);
  // Only where the router has the name itself, not for what a team alone calls so.
  if (!names.has(model) || [model, '*', 'all-proxy-models'].some((name) => listedNames.has(name))) return route;
  const through = [...names.tags(model, key.teamId)].filter((tag) => listedNames.has(tag));
  if (through.length === 0) return route;
  const carrying = members
    .map((member) => member.deployment)
    .filter((one) => tagsOf(one).some((t) => through.includes(t)));
  // They are drawn as a group of their own.
  const weights = new Map(weighted(carrying, dialect).map(({ deployment, weight }) => [deployment.id, weight]));
  const targets = route.targets.flatMap((target) => {
    const weight = weights.get(target.deployment);
    return weight === undefined ? [] : [{ ...target, weight }];
  });
  return { ...route, targets };
}

/** How the fallbacks of a granted name differ from LiteLLM's (A5). */
function fallbackLosses(
  name: string,
  routed: string,
  subject: Subject,
  { catalog, index }: GrantRules,
  gates: boolean,
): string[] {
  const [internal] = isTeamNameOnly(routed, subject, index) ? index.names.ofTeam(routed, subject.key.teamId) : [];
  const chain = catalog.fallbacksOf(internal?.modelName ?? routed);
  if (!catalog.routing) return chain.length > 0 ? ['fallback_needs_rule'] : [];
  const permitted = (next: string): boolean => rewritten(next, subject, index, gates).ok;
  // LiteLLM goes on to the name as it stands, Bifrost to what the key means by it.
  const isAliased = (next: string): boolean => {
    const decided = rewritten(next, subject, index, gates);
    return decided.ok && (decided.routed !== next || isTeamNameOnly(next, subject, index));
  };
  const isLeftOut = (next: string): boolean => {
    const decided = rewritten(next, subject, index, gates);
    // Newer LiteLLM itself does not fall back to what key and team may not call (L§3.7); the others it does not ask.
    return !decided.ok && (!index.dialect.fallbackTargetChecked || NOT_ASKED.has(decided.why));
  };
  const followers = catalog.followersOf(name);
  const losses: string[] = [];
  if (chain.some(isLeftOut)) losses.push('fallback_not_permitted');
  if (chain.some((next) => isAliased(next) || (permitted(next) && !followers.includes(next))))
    losses.push('fallback_not_carried');
  if (followers.some((next) => permitted(next) && !chain.includes(next))) losses.push('fallback_added');
  return losses;
}

/** Whose lists are not asked before a fallback is tried. */
const NOT_ASKED: ReadonlySet<Denial> = new Set<Denial>(['user', 'organization']);

/** Up to 1.81 the router, where fallbacks begin, has a team's deployment under its internal name alone (L§4.7). */
function isTeamNameOnly(name: string, { key }: Subject, { dialect, names }: AccessIndex): boolean {
  return dialect.teamShadowsAliasTarget !== 'yes' && !names.has(name) && names.ofTeam(name, key.teamId).length > 0;
}

/** Newer versions let a proxy administrator's personal keys reach a team's name before any pattern (seen on 1.109.1). */
function isTeamNameOfAdmin(name: string, subject: Subject, index: AccessIndex): boolean {
  const target = index.names.aliasTarget(name) ?? name;
  if (!isAdmin(subject, index) || index.names.has(target)) return false;
  return index.names.teams.some((team) => index.names.ofTeam(target, team).length > 0);
}

function isAdmin({ key, user }: Subject, { dialect }: AccessIndex): boolean {
  return key.teamId === null && user?.role === 'proxy_admin' && dialect.teamShadowsAliasTarget !== 'no';
}

/** Names only teams have; newer LiteLLM lets keys of a proxy administrator reach them too (seen on 1.109.1). */
function namesOfTeams({ groups }: Catalog): string[] {
  const global = new Set([...groups.globalNames, ...groups.undocumentedNames(null)]);
  const names = groups.teams.flatMap((team) => [...groups.teamNames(team), ...groups.undocumentedNames(team)]);
  return names.filter((name) => !global.has(name));
}

const SPECIAL = new Set(['all-proxy-models', 'all-team-models', 'no-default-models', 'all-org-models']);

/** Names written in the key's own lists: those are worth a finding when they lead nowhere (V6). */
function mentioned(subject: Subject): Set<string> {
  const { key, team } = subject;
  return new Set([...key.models, ...(team?.models ?? []), ...aliasesOf(subject)]);
}

/** Names that the key or its team write anew. */
function aliasesOf({ key, team }: Subject): readonly string[] {
  return Object.keys({ ...key.aliases, ...team?.modelAliases });
}

/**
 * Wildcard deployments the key may use. Wholly, when LiteLLM lets it call any name behind the prefix (asked with names that are
 * in no list); else for the names its lists spell out.
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
  const plainly = withoutExpressions(subject);
  const aliases = new Set([...aliasesOf(subject), ...Object.keys(index.aliasMap)]);
  for (const deployment of catalog.groups.wildcards) {
    const pattern = deployment.modelName;
    const plan = catalog.wildcards.get(deployment.id);
    const serves = (name: string): boolean => {
      const routed = catalog.groups.route(name, subject.key.teamId);
      return routed.kind === 'wildcard' && routed.deployment.modelName === pattern;
    };
    // Other patterns or an alias may take some of the names.
    const probes = ANY_NAMES.map((any) => pattern.replaceAll('*', any)).filter(
      (name) => serves(name) && !aliases.has(name),
    );
    const isOpen =
      probes.length > 0 &&
      probes.every((name) => {
        const decided = rewritten(name, plainly, plainIndexOf(index), gates);
        if (!decided.ok && decided.why === 'organization') lose('organization', pattern);
        return decided.ok;
      });
    const models = isOpen ? ['*'] : [...new Set(viaWildcard.get(pattern) ?? [])].sort();
    if (!isOpen) for (const entry of partialEntries(subject, pattern, index)) lose('partial_list_entry', entry);
    if (!plan?.ok || !isReached(plan, catalog)) {
      if (isOpen) lose('needs_routing_rule', pattern);
      continue;
    }
    if (models.length === 0) continue;
    grants.push({ pattern, provider: plan.provider.name, key: plan.key.name, models });
    if (hasFallbacks(pattern, catalog)) lose(catalog.routing ? 'fallback_not_carried' : 'fallback_needs_rule', pattern);
  }
  return grants;
}

/** Some name behind the pattern has fallbacks: a table's key also stands for it with a provider in front (L§3.7). */
function hasFallbacks(pattern: string, catalog: Catalog): boolean {
  const head = pattern.slice(0, pattern.indexOf('/') + 1);
  const isBehind = (name: string): boolean => [name, head + name].some((each) => patternMatches(pattern, each));
  return catalog.fallbacksOf(pattern.replaceAll('*', ANY_NAME)).length > 0 || catalog.namesWithFallbacks.some(isBehind);
}

/** Expressions like `openai/[a-f]*` pass some names and not others: what they pass is not everything. */
function withoutExpressions(subject: Subject): Subject {
  const plain = <T extends { readonly models: readonly string[] }>(row: T): T => ({ ...row, models: kept(row.models) });
  const { key, team, user, organization, project, memberModels } = subject;
  return {
    ...subject,
    key: plain(key),
    team: team && plain(team),
    user: user && plain(user),
    organization: organization && plain(organization),
    project: project && plain(project),
    memberModels: kept(memberModels),
  };
}

function hasExpression(entry: string): boolean {
  return entry.includes('*') && /[\\[\](){}|^$+?]/.test(entry);
}

const plainIndexes = new WeakMap<AccessIndex, AccessIndex>();

function plainIndexOf(index: AccessIndex): AccessIndex {
  let known = plainIndexes.get(index);
  if (known === undefined) {
    const groups = [...index.accessGroups].map(
      ([id, group]) => [id, { ...group, models: kept(group.models) }] as const,
    );
    plainIndexes.set(index, (known = { ...index, accessGroups: new Map(groups) }));
  }
  return known;
}

/** The list never gets empty, which would mean everything; nor may the place be taken by a word that means something. */
function kept(models: readonly string[]): readonly string[] {
  return models.map((entry) => (hasExpression(entry) ? NOBODYS_NAME : entry));
}

const NOBODYS_NAME = 'litellm-to-bifrost: nobody has this name';

/** Names that begin as it says arrive there. */
function isReached(plan: WildcardPlan & { readonly ok: true }, catalog: Catalog): boolean {
  return plan.reachable || catalog.routing;
}

/** Names nobody lists, so that only patterns and unrestricted lists let them pass. */
const ANY_NAME = 'a-name-that-no-list-spells-out';
/** How findings call what no list can name. */
const EVERY_OTHER = 'every name it does not know';
const ANY_NAMES = [ANY_NAME, 'Q', '0'];

/** Entries like `wild/a*` that cover part of a wildcard deployment. */
function partialEntries(subject: Subject, pattern: string, index: AccessIndex): string[] {
  return entriesOf(subject, index).filter((entry) => {
    if (!entry.includes('*') || entry === '*' || entry === pattern) return false;
    return hasExpression(entry) || patternsMeet(entry, pattern) || !entry.includes('/');
  });
}

/** Its lists let pass names that they do not spell out, or a word of theirs as if it were one. */
function mayNameUnknown(subject: Subject, index: AccessIndex): boolean {
  return entriesOf(subject, index).some(
    (entry) => entry.includes('*') || (SPECIAL.has(entry) && rewritten(entry, subject, index, false).ok),
  );
}

/** Of another team, and its lists let it pass all the same (all models of no team, a group of models): nobody is there. */
function isAnsweredByFallbackAlone(name: string, subject: Subject, { catalog, index }: GrantRules): boolean {
  const decided = rewritten(name, subject, index, false);
  if (!decided.ok) return false;
  const routed = catalog.groups.route(decided.routed, subject.key.teamId);
  const isServed = routed.kind !== 'none' && routed.group.members.length > 0;
  return !isServed && catalog.fallbacksOf(decided.routed).length > 0;
}

/** Everything in the lists of the key and of those it belongs to. */
function entriesOf(subject: Subject, index: AccessIndex): string[] {
  const { key, team, user, project, memberModels } = subject;
  const ids = [...key.accessGroupIds, ...(team?.accessGroupIds ?? [])];
  const groups = ids.flatMap((id) => index.accessGroups.get(id)?.models ?? []);
  const rows = [key, team, user, project].flatMap((row) => row?.models ?? []);
  return [...new Set([...rows, ...memberModels, ...groups, ...aliasesOf(subject)])];
}

/** Equal text = equal grant: what `planGrant` reads of a subject, for memoizing over 100,000 keys. */
export function grantSignature(subject: Subject): string {
  const { key } = subject;
  return JSON.stringify([
    key.models,
    key.aliases,
    key.accessGroupIds,
    Object.keys(key.config).length > 0,
    key.teamId,
    key.teamId === null && subject.user ? [subject.user.models, subject.user.role === 'proxy_admin'] : null,
    subject.organization?.id ?? null,
    subject.project?.id ?? null,
    subject.memberModels,
  ]);
}

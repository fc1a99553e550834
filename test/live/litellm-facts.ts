/** What a judge has to know about LiteLLM besides its answers. Read by litellm-facts-reader.ts; decisions here are pure. */
export type DeploymentFact = {
  /** What callers type. */
  readonly publicName: string;
  /** `model_name` of the row; differs from publicName for team-scoped rows. */
  readonly modelName: string;
  readonly teamId: string | null;
  /** `litellm_params.model`, e.g. `openai/gpt-4o`. */
  readonly model: string;
  /** `model_info.access_groups`: names that keys and teams list instead of models. */
  readonly accessGroups: readonly string[];
};

export type LimitFact = {
  readonly maxBudget: number | null;
  readonly tpmLimit: number | null;
  readonly rpmLimit: number | null;
  readonly maxParallelRequests: number | null;
};

export type KeyFact = {
  readonly token: string;
  readonly alias: string | null;
  readonly teamId: string | null;
  readonly organizationId: string | null;
  readonly userId: string | null;
  readonly models: readonly string[];
  /** alias → target. */
  readonly aliases: { readonly [alias: string]: string };
  readonly limits: LimitFact;
  readonly budgetId: string | null;
};

export type Facts = {
  /** e.g. `1.109.1`. */
  readonly version: string;
  readonly deployments: readonly DeploymentFact[];
  /** alias → group, router settings and model_alias_map together. */
  readonly groupAliases: { readonly [alias: string]: string };
  /** team id → its aliases with their targets. */
  readonly teamAliases: ReadonlyMap<string, { readonly [alias: string]: string }>;
  readonly teamModels: ReadonlyMap<string, readonly string[]>;
  /** team id → organization id. */
  readonly teamOrganizations: ReadonlyMap<string, string>;
  readonly teamLimits: ReadonlyMap<string, LimitFact>;
  readonly userLimits: ReadonlyMap<string, LimitFact>;
  readonly organizationLimits: ReadonlyMap<string, LimitFact>;
  /** Rows of the budget table. */
  readonly budgets: ReadonlyMap<string, LimitFact>;
  /** `<team id> <user id>` → budget of the membership. */
  readonly memberLimits: ReadonlyMap<string, LimitFact>;
  readonly keys: ReadonlyMap<string, KeyFact>;
};

/**
 * Whose meaning of a name counts for this key: its own alias, its team's (alias or team-scoped deployment), that of those
 * with the same access groups, or everybody's. Cells of one scope and name answer for one another in groups.
 */
export function scopeOf(facts: Facts, key: KeyFact, name: string): string {
  if (Object.hasOwn(key.aliases, name)) return `key ${key.token}`;
  if (key.teamId !== null) {
    const alias = Object.hasOwn(facts.teamAliases.get(key.teamId) ?? {}, name);
    const own = facts.deployments.some((row) => row.teamId === key.teamId && row.publicName === name);
    if (alias || own) return `team ${key.teamId}`;
  }
  return groupScope(facts, key, name) ?? 'global';
}

/**
 * In newer versions a key that may use a name only through access groups reaches only those of its deployments that carry one
 * of them. null when that makes no difference: old line, a list that names it or everything, all deployments alike.
 */
function groupScope(facts: Facts, key: KeyFact, name: string): string | null {
  if (isOldLine(facts)) return null;
  const listed = [...key.models, ...(facts.teamModels.get(key.teamId ?? '') ?? [])];
  if ([name, '*', 'all-proxy-models'].some((entry) => listed.includes(entry))) return null;
  const behind = deploymentsOf(facts, key, name);
  const alike = new Set(behind.map(({ accessGroups }) => [...accessGroups].sort().join())).size < 2;
  const groups = new Set(behind.flatMap((deployment) => deployment.accessGroups));
  const own = [...new Set(listed.filter((entry) => groups.has(entry)))].sort();
  return alike || own.length === 0 ? null : `groups ${own.join()}`;
}

function isOldLine({ version }: Facts): boolean {
  return version.startsWith('1.81.');
}

/** The deployments a name leads to for this key: team alias, then key alias, then team, exact name, group alias (L§4.1). */
export function deploymentsOf(facts: Facts, key: KeyFact, name: string): readonly DeploymentFact[] {
  const afterTeam = facts.teamAliases.get(key.teamId ?? '')?.[name] ?? name;
  const asked = key.aliases[afterTeam] ?? afterTeam;
  const named = (team: string | null, publicName: string) =>
    facts.deployments.filter((deployment) => deployment.teamId === team && deployment.publicName === publicName);
  const ofTeam = key.teamId === null ? [] : named(key.teamId, asked);
  // 1.81.13 keeps a team alias to the internal name of the row (L§4.7); newer versions show the public name instead.
  const internal = facts.deployments.filter(
    ({ teamId, modelName, publicName }) => teamId !== null && modelName === asked && modelName !== publicName,
  );
  const found = [ofTeam, internal, named(null, asked), named(null, facts.groupAliases[asked] ?? asked)];
  return found.find((deployments) => deployments.length > 0) ?? wildcardsFor(facts, asked);
}

/** The wildcard deployments of the most specific pattern that fits; LiteLLM calls the longest one that (L§4.4). */
function wildcardsFor(facts: Facts, name: string): readonly DeploymentFact[] {
  const fitting = facts.deployments.filter(
    ({ publicName, teamId }) => teamId === null && publicName.includes('*') && fits(publicName, name),
  );
  const longest = Math.max(0, ...fitting.map((deployment) => deployment.publicName.length));
  return fitting.filter((deployment) => deployment.publicName.length === longest);
}

function fits(pattern: string, name: string): boolean {
  const literal = pattern.split('*').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${literal.join('.*')}$`).test(name);
}

/** The model as it goes over the wire: without the provider slug. */
export function wireModel(model: string): string {
  return model.replace(/^[^/]+\//, '');
}

/**
 * A limit of 0 refuses from the first call on (L§4.14, §4.17). A team's 0 does not, it passes until the first cost, nor
 * does a user's or an organization's in 1.81.13.
 */
export function limitIsZero(facts: Facts, key: KeyFact): boolean {
  const newer = !isOldLine(facts);
  const budgetRow = key.budgetId === null ? undefined : facts.budgets.get(key.budgetId);
  const organization =
    key.organizationId ?? (key.teamId === null ? undefined : facts.teamOrganizations.get(key.teamId));
  const member = facts.memberLimits.get(`${key.teamId ?? ''} ${key.userId ?? ''}`);
  const user = key.teamId === null && key.userId !== null ? facts.userLimits.get(key.userId) : undefined;
  const budgets = [
    key.limits.maxBudget ?? budgetRow?.maxBudget,
    member?.maxBudget,
    newer ? user?.maxBudget : null,
    newer && organization !== undefined ? facts.organizationLimits.get(organization)?.maxBudget : null,
  ];
  return budgets.some(isZero) || rateIsZero(facts, key, budgetRow, user);
}

/** tpm, rpm and parallel 0 refuse every call; the linked budget row fills what the key leaves out. */
function rateIsZero(
  facts: Facts,
  key: KeyFact,
  budgetRow: LimitFact | undefined,
  user: LimitFact | undefined,
): boolean {
  const team = key.teamId === null ? undefined : facts.teamLimits.get(key.teamId);
  const own = [
    key.limits.tpmLimit ?? budgetRow?.tpmLimit,
    key.limits.rpmLimit ?? budgetRow?.rpmLimit,
    key.limits.maxParallelRequests,
  ];
  return [...own, team?.tpmLimit, team?.rpmLimit, user?.tpmLimit, user?.rpmLimit].some(isZero);
}

function isZero(limit: number | null | undefined): boolean {
  return limit !== null && limit !== undefined && limit <= 0;
}

/** Any limit that calls of this key use up: such keys are asked sparingly, and as often on one side as on the other. */
export function hasLimits(facts: Facts, key: KeyFact): boolean {
  const organization =
    key.organizationId ?? (key.teamId === null ? undefined : facts.teamOrganizations.get(key.teamId));
  const all = [
    key.limits,
    key.budgetId === null ? undefined : facts.budgets.get(key.budgetId),
    key.teamId === null ? undefined : facts.teamLimits.get(key.teamId),
    organization === undefined ? undefined : facts.organizationLimits.get(organization),
    key.userId === null ? undefined : facts.userLimits.get(key.userId),
    facts.memberLimits.get(`${key.teamId ?? ''} ${key.userId ?? ''}`),
  ];
  return all.some((limits) => limits !== undefined && Object.values(limits).some((limit) => limit !== null));
}

import type { Json, JsonObject } from '../json.js';
import type { SecretRef, SecretStore } from '../secret.js';
import type { Finding } from '../findings.js';

/** What LiteLLM holds, in one shape whatever source and version it came from. No secret is in here, only SecretRefs. */

export const RECORD_KINDS = ['deployment', 'organization', 'team', 'user', 'membership', 'virtual_key'] as const;
export type RecordKind = (typeof RECORD_KINDS)[number];

export type RecordKey = { readonly kind: RecordKind; readonly id: string };

/** A value that looks encrypted but opens under no form (mapping.md M5). */
export type Undecryptable = { readonly $undecryptable: true };
/** A value the management API has masked; it must never be written (mapping.md M4). */
export type Masked = { readonly $masked: true };

/** A member of litellm_params or credential_values. `os.environ/NAME` stays the plain string it is. */
export type Param =
  | string
  | number
  | boolean
  | null
  | SecretRef
  | Undecryptable
  | Masked
  | readonly Param[]
  | { readonly [member: string]: Param };
export type Params = { readonly [member: string]: Param };

export type Origin = 'file' | 'database' | 'api';

export type Limits = {
  /** USD; null = no limit. */
  readonly maxBudget: number | null;
  /** As LiteLLM has it, e.g. `30d`, `1mo`, `daily`; null = never resets. */
  readonly budgetDuration: string | null;
  readonly tpmLimit: number | null;
  readonly rpmLimit: number | null;
  readonly maxParallelRequests: number | null;
  readonly softBudget: number | null;
  /** `{model: {...}}` as stored; {} when there is none. */
  readonly modelMaxBudget: JsonObject;
};

type RecordBase = {
  /** Display name for logs and reports; never empty (falls back to the id). */
  readonly name: string;
  readonly createdAt: string | null;
  /** Fields of the row that no rule reads, as stored, without secrets: the raw material of `not carried` findings. */
  readonly rest: JsonObject;
  /** What the source itself noticed about this row (odd shapes, API and database disagree). */
  readonly notes: readonly Finding[];
};

/** Members of `rest` that move by themselves while a proxy runs: worth a finding, never a sign that somebody changed the record. */
export const VOLATILE_REST = ['spend', 'total_spend', 'model_spend', 'budget_reset_at'] as const;

export type Deployment = RecordBase & {
  readonly kind: 'deployment';
  /** mapping.md M2: model_id of a database row; for a file entry a hash that does not move when a secret changes. */
  readonly id: string;
  readonly origin: Origin;
  /** `model_name` as stored (an internal name for team-scoped rows of 1.81.13). */
  readonly modelName: string;
  /** What callers type: team_public_model_name for team-scoped rows, else modelName. */
  readonly publicName: string;
  /** model_info.team_id of a team-scoped deployment. */
  readonly teamId: string | null;
  /** litellm_params of the deployment alone, before a named credential fills it. */
  readonly params: Params;
  readonly modelInfo: JsonObject;
  /** Costs the running proxy uses (GET /v2/model/info), USD per token; null when it knows none. */
  readonly inputCost: number | null;
  readonly outputCost: number | null;
  /** The running proxy was asked and knows no price. */
  readonly unpriced?: true;
  /**
   * Every other cost the running proxy uses (cached tokens, long contexts, images, …), under LiteLLM's names; null = one
   * that is no number (`tiered_pricing`). Absent = none.
   */
  readonly servedCosts?: { readonly [name: string]: number | null };
  /** `LiteLLM_ProxyModelTable.blocked` [N]. */
  readonly blocked: boolean;
  /** true: the management API lists it (or no API was asked); false: it is in file or database only. */
  readonly served: boolean;
};

export type NamedCredential = {
  readonly name: string;
  readonly origin: Origin;
  readonly values: Params;
  readonly info: JsonObject;
};

export type Organization = RecordBase & {
  readonly kind: 'organization';
  readonly id: string;
  readonly alias: string | null;
  readonly models: readonly string[];
  readonly limits: Limits;
  readonly metadata: JsonObject;
};

export type TeamMember = { readonly userId: string | null; readonly email: string | null; readonly role: string };

export type Team = RecordBase & {
  readonly kind: 'team';
  readonly id: string;
  readonly alias: string | null;
  readonly organizationId: string | null;
  readonly models: readonly string[];
  readonly modelAliases: { readonly [alias: string]: string };
  /** Ids of unified access groups (contracts L§1.12). */
  readonly accessGroupIds: readonly string[];
  readonly blocked: boolean;
  readonly limits: Limits;
  readonly members: readonly TeamMember[];
  readonly metadata: JsonObject;
};

export type User = RecordBase & {
  readonly kind: 'user';
  readonly id: string;
  readonly email: string | null;
  readonly alias: string | null;
  readonly role: string | null;
  readonly models: readonly string[];
  readonly teams: readonly string[];
  readonly limits: Limits;
};

/** A user in a team: from members_with_roles, from users.teams, or from both (mapping.md U3). */
export type Membership = RecordBase & {
  readonly kind: 'membership';
  /** `<team id> <user id>`, both percent-encoded. */
  readonly id: string;
  readonly teamId: string;
  readonly userId: string;
  readonly role: string;
  /** Budget row of the membership, when there is one. */
  readonly limits: Limits | null;
  /** budget row `allowed_models` [newer]; empty = inherit. */
  readonly allowedModels: readonly string[];
};

export type VirtualKey = RecordBase & {
  readonly kind: 'virtual_key';
  /** SHA-256 hex of the token: `token` of the row. */
  readonly id: string;
  /** Masked `sk-...abcd`; null when LiteLLM keeps none. */
  readonly keyName: string | null;
  readonly keyAlias: string | null;
  readonly teamId: string | null;
  readonly organizationId: string | null;
  readonly userId: string | null;
  readonly projectId: string | null;
  readonly models: readonly string[];
  readonly aliases: { readonly [alias: string]: string };
  readonly config: JsonObject;
  readonly accessGroupIds: readonly string[];
  readonly allowedRoutes: readonly string[];
  readonly blocked: boolean;
  /** ISO 8601 with Z; null = never. */
  readonly expires: string | null;
  /** The key's own limits; null members may be filled from the budget row (mapping.md V10). */
  readonly limits: Limits;
  readonly budgetId: string | null;
  readonly metadata: JsonObject;
};

export type SourceRecord = Deployment | Organization | Team | User | Membership | VirtualKey;

/** A unified access group (`LiteLLM_AccessGroupTable`). */
export type AccessGroup = { readonly id: string; readonly name: string; readonly models: readonly string[] };

export type Project = {
  readonly id: string;
  readonly name: string;
  readonly teamId: string | null;
  readonly models: readonly string[];
  readonly blocked: boolean;
  readonly limits: Limits;
};

export type RouterSettings = {
  /** alias → group, both forms of `model_group_alias`; hidden ones included. */
  readonly modelGroupAlias: { readonly [alias: string]: string };
  /** group → targets in order (`fallbacks`); key `*` = generic. */
  readonly fallbacks: { readonly [group: string]: readonly string[] };
  readonly defaultFallbacks: readonly string[];
  /** All other members as found, without secrets. */
  readonly rest: JsonObject;
};

/**
 * How this LiteLLM decides, where versions differ (contracts L§1.4, §4, §6). Where the version is unknown every member
 * has its stricter value.
 */
export type Dialect = {
  /** e.g. `1.109.1`; null when it could not be found out. */
  readonly version: string | null;
  /** Key aliases: `alias` = the alias name is checked (1.81), `target` = the target is (newer); `both` = unknown version. */
  readonly keyAliasCheck: 'alias' | 'target' | 'both';
  /** Organization max_budget 0: blocks (newer) or means no limit (1.81). */
  readonly zeroOrganizationBudgetBlocks: boolean;
  /** User max_budget 0 blocks at once (newer) or after the first cost (1.81). */
  readonly zeroUserBudgetBlocksAtOnce: boolean;
  /** Models without a known price ignore budgets (1.81). */
  readonly unpricedIgnoresBudgets: boolean;
  /** A key whose team row is gone is refused (newer) or unrestricted by team (1.81). */
  readonly missingTeamDenies: boolean;
  /** A key's own access groups may also satisfy the team step (1.109). */
  readonly keyGroupsSatisfyTeam: boolean;
  /** A fallback target must be allowed for the key (1.109). */
  readonly fallbackTargetChecked: boolean;
  /** Of several team deployments with one public name only the newest serves (1.81). */
  readonly newestTeamDeploymentOnly: boolean;
  /**
   * A model_group_alias whose target is a name the team has a deployment of its own for: the team's answers (`yes`, seen on
   * 1.109.1), the global one does (`no`, seen on 1.81.13).
   */
  readonly teamShadowsAliasTarget: 'yes' | 'no' | 'unknown';
  /**
   * A caller who gets a name only through model access groups reaches only the deployments that carry one of them (seen on
   * 1.109.1, not in 1.81.13); leaving deployments out where they were reached is the narrower mistake.
   */
  readonly accessGroupsFilterDeployments: boolean;
  /** Weighting of a group (mapping.md M18): first metric the first deployment has (1.81) or first with a maximum > 0. */
  readonly weightMetric: 'first-deployment' | 'group-maximum';
};

/** Where the data of each kind came from; shown to the operator. */
export type Provenance = {
  readonly [kind: string]: 'database' | 'api' | 'file' | 'database+file' | 'api+file' | 'none';
};

/**
 * LiteLLM without its users and keys: some thousand rows, in memory, immutable. Users and keys are streamed, they may be
 * hundreds of thousands.
 */
export type World = {
  readonly dialect: Dialect;
  readonly provenance: Provenance;
  readonly deployments: readonly Deployment[];
  readonly credentials: ReadonlyMap<string, NamedCredential>;
  readonly organizations: readonly Organization[];
  readonly teams: readonly Team[];
  readonly accessGroups: ReadonlyMap<string, AccessGroup>;
  readonly projects: ReadonlyMap<string, Project>;
  /** Rows of LiteLLM_BudgetTable by id. */
  readonly budgets: ReadonlyMap<string, Limits>;
  readonly router: RouterSettings;
  /** `litellm_settings.model_alias_map`: applied like model_group_alias. */
  readonly modelAliasMap: { readonly [alias: string]: string };
  /** Other litellm_settings and general_settings, without secrets. */
  readonly settings: JsonObject;
  /** Findings about the source as a whole: settings not carried, kinds that could not be read. */
  readonly findings: readonly Finding[];
};

export interface Source {
  /** Says who this is, for binding a journal to its ends: LiteLLM's base URL without credentials. */
  readonly identity: string;
  readonly world: World;
  readonly secrets: SecretStore;
  /** Streams; memory does not grow with the number of rows. `litellm-dashboard` session keys are included, marked by teamId. */
  users(): AsyncIterable<User>;
  memberships(): AsyncIterable<Membership>;
  virtualKeys(): AsyncIterable<VirtualKey>;
  close(): Promise<void>;
}

export type { Json };

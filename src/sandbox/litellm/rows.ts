import type { Json, JsonObject } from '../../json.js';

/**
 * Rows of LiteLLM's tables as the newest release has them (contracts L§2.2); an older database leaves columns out.
 * Timestamps are UTC without a zone, `2026-01-05T08:00:00.000`, as the columns hold them.
 */

export type Stamps = {
  readonly created_at: string;
  readonly created_by: string;
  readonly updated_at: string;
  readonly updated_by: string;
};

export type LimitColumns = {
  readonly max_budget: number | null;
  readonly tpm_limit: number | null;
  readonly rpm_limit: number | null;
  readonly budget_duration: string | null;
  readonly budget_reset_at: string | null;
  readonly max_parallel_requests: number | null;
};

export type BudgetRow = LimitColumns &
  Stamps & {
    readonly budget_id: string;
    readonly soft_budget: number | null;
    readonly model_max_budget: JsonObject | null;
    readonly allowed_models: readonly string[];
    readonly tpd_limit: number | null;
    readonly temp_budget_increase: number | null;
    readonly temp_budget_expiry: string | null;
  };

export type OrganizationRow = Stamps & {
  readonly organization_id: string;
  readonly organization_alias: string;
  readonly budget_id: string;
  readonly metadata: JsonObject;
  readonly models: readonly string[];
  readonly spend: number;
  readonly model_spend: JsonObject;
  readonly object_permission_id: string | null;
};

export type Member = { readonly user_id: string; readonly user_email: string | null; readonly role: 'admin' | 'user' };

export type TeamRow = LimitColumns & {
  readonly team_id: string;
  readonly team_alias: string | null;
  readonly organization_id: string | null;
  readonly admins: readonly string[];
  readonly members: readonly string[];
  /** An odd row may hold anything here. */
  readonly members_with_roles: readonly Member[] | JsonObject;
  readonly metadata: JsonObject;
  readonly soft_budget: number | null;
  readonly spend: number;
  readonly models: readonly string[] | null;
  readonly blocked: boolean;
  readonly model_spend: JsonObject;
  readonly model_max_budget: JsonObject;
  readonly model_id: number | null;
  readonly team_member_permissions: readonly string[];
  readonly object_permission_id: string | null;
  readonly router_settings: JsonObject;
  readonly policies: readonly string[];
  readonly allow_team_guardrail_config: boolean;
  readonly access_group_ids: readonly string[];
  readonly budget_limits: Json;
  readonly default_team_member_models: readonly string[];
  readonly tpd_limit: number | null;
  readonly created_at: string;
  readonly updated_at: string;
};

/** A row of LiteLLM_ModelTable: the alias map of one team. */
export type TeamAliasRow = Stamps & { readonly id: number; readonly aliases: { readonly [alias: string]: string } };

export type UserRow = LimitColumns & {
  readonly user_id: string;
  readonly user_alias: string | null;
  readonly team_id: string | null;
  readonly sso_user_id: string | null;
  readonly organization_id: string | null;
  readonly password: string | null;
  readonly teams: readonly string[];
  readonly user_role: string | null;
  readonly spend: number;
  readonly user_email: string | null;
  readonly models: readonly string[];
  readonly metadata: JsonObject;
  readonly allowed_cache_controls: readonly string[];
  readonly model_spend: JsonObject;
  readonly model_max_budget: JsonObject;
  readonly object_permission_id: string | null;
  readonly policies: readonly string[];
  readonly password_reset_required: boolean | null;
  readonly last_breach_check_at: string | null;
  readonly created_at: string;
  readonly updated_at: string;
};

export type TeamMembershipRow = {
  readonly user_id: string;
  readonly team_id: string;
  readonly spend: number;
  readonly total_spend: number;
  readonly budget_id: string | null;
};

export type OrganizationMembershipRow = {
  readonly user_id: string;
  readonly organization_id: string;
  readonly user_role: string;
  readonly spend: number;
  readonly budget_id: string | null;
  readonly created_at: string;
  readonly updated_at: string;
};

export type KeyRow = LimitColumns &
  Stamps & {
    /** SHA-256 of the key text, 64 hexadecimal characters. */
    readonly token: string;
    readonly key_name: string | null;
    readonly key_alias: string | null;
    readonly soft_budget_cooldown: boolean;
    readonly spend: number;
    readonly total_spend: number;
    readonly expires: string | null;
    readonly models: readonly string[];
    readonly aliases: { readonly [alias: string]: string };
    readonly config: JsonObject;
    readonly router_settings: JsonObject;
    readonly user_id: string | null;
    readonly team_id: string | null;
    readonly agent_id: string | null;
    readonly project_id: string | null;
    readonly permissions: JsonObject;
    readonly metadata: JsonObject;
    readonly blocked: boolean | null;
    readonly tpd_limit: number | null;
    readonly allowed_cache_controls: readonly string[];
    readonly allowed_routes: readonly string[];
    readonly key_type: string | null;
    readonly policies: readonly string[];
    readonly access_group_ids: readonly string[];
    readonly model_spend: JsonObject;
    readonly model_max_budget: JsonObject;
    readonly budget_fallbacks: JsonObject;
    readonly budget_id: string | null;
    readonly organization_id: string | null;
    readonly object_permission_id: string | null;
    readonly settings_updated_at: string | null;
    readonly last_active: string | null;
    readonly rotation_count: number;
    readonly auto_rotate: boolean;
    readonly rotation_interval: string | null;
    readonly last_rotation_at: string | null;
    readonly key_rotation_at: string | null;
    readonly budget_limits: Json;
  };

export type AccessGroupRow = Stamps & {
  readonly access_group_id: string;
  readonly access_group_name: string;
  readonly description: string | null;
  readonly access_model_names: readonly string[];
  readonly access_mcp_server_ids: readonly string[];
  readonly access_agent_ids: readonly string[];
  readonly access_skill_names: readonly string[];
  readonly mcp_tool_permissions: null;
  readonly assigned_team_ids: readonly string[];
  readonly assigned_key_ids: readonly string[];
};

export type ProjectRow = Stamps & {
  readonly project_id: string;
  readonly project_alias: string | null;
  readonly description: string | null;
  readonly team_id: string | null;
  readonly budget_id: string | null;
  readonly metadata: JsonObject;
  readonly models: readonly string[];
  readonly spend: number;
  readonly model_spend: JsonObject;
  readonly model_rpm_limit: JsonObject;
  readonly model_tpm_limit: JsonObject;
  readonly blocked: boolean;
  readonly object_permission_id: string | null;
};

export type TagRow = {
  readonly tag_name: string;
  readonly description: string | null;
  readonly models: readonly string[];
  readonly model_info: JsonObject;
  readonly spend: number;
  readonly budget_id: string | null;
  readonly created_at: string;
  readonly created_by: string;
  readonly updated_at: string;
};

export type EndUserRow = {
  readonly user_id: string;
  readonly alias: string | null;
  readonly spend: number;
  readonly allowed_model_region: string | null;
  readonly default_model: string | null;
  readonly budget_id: string | null;
  readonly blocked: boolean;
  readonly object_permission_id: string | null;
  readonly models: readonly string[];
};

export type ObjectPermissionRow = {
  readonly object_permission_id: string;
  readonly mcp_servers: readonly string[];
  readonly vector_stores: readonly string[];
  readonly mcp_access_groups: readonly string[];
  readonly mcp_tool_permissions: JsonObject | null;
  readonly agents: readonly string[];
  readonly agent_access_groups: readonly string[];
};

/** One deployment, wherever it is kept. */
export type SandboxDeployment = {
  readonly place: 'file' | 'include' | 'database';
  /** `model_id` of a database row; null: the proxy computes one (contracts L§1.5). */
  readonly id: string | null;
  /** As stored: an internal name for team-scoped rows. */
  readonly modelName: string;
  readonly params: JsonObject;
  /** Without id and db_model; null or a text are odd rows. */
  readonly modelInfo: JsonObject | string | null;
  readonly blocked: boolean;
  readonly createdAt: string;
  /** Where its credentials stand in the database under a salt key that was lost: all strings, or the one named. */
  readonly lost?: 'all' | 'api_key';
  /** Kept as plain text in the database, which is legal (contracts L§2.4). */
  readonly plain?: true;
  /** Name of a YAML anchor holding the params it shares with others. */
  readonly anchor?: string;
  /** Entry-level tpm/rpm of an old config file. */
  readonly entryLimits?: { readonly tpm?: number; readonly rpm?: number };
};

export type SandboxCredential = {
  readonly place: 'file' | 'database';
  readonly id: string;
  readonly name: string;
  readonly values: JsonObject;
  readonly info: JsonObject;
  readonly createdAt: string;
};

/** The members of a team; none where the column holds something else. */
export function membersOf(team: TeamRow): readonly Member[] {
  return isMemberList(team.members_with_roles) ? team.members_with_roles : [];
}

export function isMemberList(members: readonly Member[] | JsonObject): members is readonly Member[] {
  return Array.isArray(members);
}

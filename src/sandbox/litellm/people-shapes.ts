import type { JsonObject } from '../../json.js';
import { budgetLimits, budgetObject } from './budget-shapes.js';
import { offset, zulu } from './clock.js';
import type {
  AccessGroupRow,
  BudgetRow,
  EndUserRow,
  OrganizationMembershipRow,
  OrganizationRow,
  ProjectRow,
  TagRow,
  UserRow,
} from './rows.js';
import { isAtLeast, isNewer, type SandboxVersion } from './version.js';

/** A row of `/user/list` (contracts L§1.9); `password` is never in it. */
export function listedUser(row: UserRow, version: SandboxVersion, keys: number): JsonObject {
  const newer = isNewer(version);
  return {
    user_id: row.user_id,
    user_alias: row.user_alias,
    ...(newer && {
      team_id: row.team_id,
      organization_id: row.organization_id,
      object_permission_id: row.object_permission_id,
    }),
    sso_user_id: row.sso_user_id,
    ...(newer && {
      password_reset_required: row.password_reset_required,
      last_breach_check_at: row.last_breach_check_at,
    }),
    teams: row.teams,
    user_role: row.user_role,
    max_budget: row.max_budget,
    spend: row.spend,
    user_email: row.user_email,
    models: row.models,
    metadata: row.metadata,
    ...(newer && {
      max_parallel_requests: row.max_parallel_requests,
      allowed_cache_controls: row.allowed_cache_controls,
      policies: row.policies,
    }),
    tpm_limit: row.tpm_limit,
    rpm_limit: row.rpm_limit,
    budget_duration: row.budget_duration,
    budget_reset_at: zulu(row.budget_reset_at),
    model_spend: row.model_spend,
    model_max_budget: row.model_max_budget,
    created_at: zulu(row.created_at),
    updated_at: zulu(row.updated_at),
    organization_memberships: null,
    object_permission: null,
    key_count: keys,
  };
}

/** The row inside `/user/info`; 1.81 prints the password column. */
export function userInfo(row: UserRow, version: SandboxVersion): JsonObject {
  const newer = isNewer(version);
  return {
    ...(newer
      ? {
          verified_subjects: null,
          password_reset_required: row.password_reset_required,
          last_breach_check_at: row.last_breach_check_at,
        }
      : { password: row.password }),
    user_id: row.user_id,
    user_alias: row.user_alias,
    team_id: row.team_id,
    sso_user_id: row.sso_user_id,
    organization_id: row.organization_id,
    object_permission_id: row.object_permission_id,
    teams: row.teams,
    user_role: row.user_role,
    max_budget: row.max_budget,
    spend: row.spend,
    user_email: row.user_email,
    models: row.models,
    metadata: row.metadata,
    max_parallel_requests: row.max_parallel_requests,
    tpm_limit: row.tpm_limit,
    rpm_limit: row.rpm_limit,
    budget_duration: row.budget_duration,
    budget_reset_at: zulu(row.budget_reset_at),
    allowed_cache_controls: row.allowed_cache_controls,
    policies: row.policies,
    model_spend: row.model_spend,
    model_max_budget: row.model_max_budget,
    created_at: zulu(row.created_at),
    updated_at: zulu(row.updated_at),
    litellm_organization_table: null,
    organization_memberships: [],
    invitations_created: null,
    invitations_updated: null,
    invitations_user: null,
    object_permission: null,
    ...(newer && { model_max_budget_usage: {} }),
  };
}

/** `/organization/list` and `/organization/info` of 1.81.13; the newer releases refuse without a licence (contracts L§1.10). */
export function organizationObject(
  row: OrganizationRow,
  budget: BudgetRow | undefined,
  members: readonly OrganizationMembershipRow[],
  teams: readonly JsonObject[],
  version: SandboxVersion,
): JsonObject {
  return {
    organization_id: row.organization_id,
    organization_alias: row.organization_alias,
    budget_id: row.budget_id,
    spend: row.spend,
    metadata: row.metadata,
    models: row.models,
    created_by: row.created_by,
    updated_by: row.updated_by,
    users: null,
    litellm_budget_table: budget ? budgetLimits(budget, version) : null,
    object_permission: null,
    object_permission_id: row.object_permission_id,
    members: members.map((member) => ({
      user_id: member.user_id,
      organization_id: member.organization_id,
      user_role: member.user_role,
      spend: member.spend,
      budget_id: member.budget_id,
      created_at: zulu(member.created_at),
      updated_at: zulu(member.updated_at),
      user: null,
      litellm_budget_table: null,
    })),
    teams,
    created_at: zulu(row.created_at),
    updated_at: zulu(row.updated_at),
  };
}

export function accessGroupObject(
  row: AccessGroupRow,
  version: SandboxVersion,
  teamName: (id: string) => string | null,
  keyName: (token: string) => string | null,
): JsonObject {
  const newer = isNewer(version);
  const newest = isAtLeast(version, '1.109.1');
  return {
    access_group_id: row.access_group_id,
    access_group_name: row.access_group_name,
    description: row.description,
    access_model_names: row.access_model_names,
    access_mcp_server_ids: row.access_mcp_server_ids,
    ...(newest && { mcp_tool_permissions: row.mcp_tool_permissions }),
    access_agent_ids: row.access_agent_ids,
    ...(newest && { access_skill_names: row.access_skill_names }),
    assigned_team_ids: row.assigned_team_ids,
    assigned_key_ids: row.assigned_key_ids,
    ...(newer && {
      access_mcp_servers: [],
      access_agents: [],
      assigned_teams: row.assigned_team_ids.map((id) => ({ id, name: teamName(id) })),
      assigned_keys: row.assigned_key_ids.map((id) => ({ id, name: keyName(id) })),
    }),
    created_at: zulu(row.created_at),
    created_by: row.created_by,
    updated_at: zulu(row.updated_at),
    updated_by: row.updated_by,
  };
}

export function projectObject(row: ProjectRow, budget: BudgetRow | undefined, version: SandboxVersion): JsonObject {
  return {
    ...row,
    created_at: zulu(row.created_at),
    updated_at: zulu(row.updated_at),
    litellm_budget_table: budget ? budgetObject(budget, version) : null,
    object_permission: null,
  };
}

export function endUserObject(row: EndUserRow, budget: BudgetRow | undefined, version: SandboxVersion): JsonObject {
  const newer = isNewer(version);
  return {
    user_id: row.user_id,
    blocked: row.blocked,
    alias: row.alias,
    spend: row.spend,
    allowed_model_region: row.allowed_model_region,
    default_model: row.default_model,
    ...(newer && { models: row.models, budget_id: row.budget_id }),
    litellm_budget_table: budget ? budgetLimits(budget, version) : null,
    ...(newer && { object_permission_id: row.object_permission_id, object_permission: null }),
  };
}

export function tagObject(row: TagRow, budget: BudgetRow | undefined, version: SandboxVersion): JsonObject {
  return {
    name: row.tag_name,
    description: row.description,
    models: row.models,
    model_info: row.model_info,
    created_at: offset(row.created_at),
    updated_at: offset(row.updated_at),
    created_by: row.created_by,
    litellm_budget_table: budget ? budgetObject(budget, version) : null,
  };
}

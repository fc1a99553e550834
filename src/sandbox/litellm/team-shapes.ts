import type { JsonObject } from '../../json.js';
import { budgetLimits } from './budget-shapes.js';
import { zulu } from './clock.js';
import {
  isMemberList,
  membersOf,
  type AccessGroupRow,
  type BudgetRow,
  type TeamAliasRow,
  type TeamMembershipRow,
  type TeamRow,
  type UserRow,
} from './rows.js';
import { isAtLeast, isNewer, type SandboxVersion } from './version.js';

/** The team itself, as every team endpoint shows it (contracts L§1.8). `aliases` is null where the endpoint hides them. */
export function teamObject(row: TeamRow, version: SandboxVersion, aliases: TeamAliasRow | null): JsonObject {
  const newer = isNewer(version);
  return {
    team_alias: row.team_alias,
    team_id: row.team_id,
    organization_id: row.organization_id,
    admins: row.admins,
    members: row.members,
    members_with_roles: row.members_with_roles,
    team_member_permissions: row.team_member_permissions,
    metadata: row.metadata,
    tpm_limit: row.tpm_limit,
    rpm_limit: row.rpm_limit,
    ...(newer && { tpd_limit: row.tpd_limit }),
    max_budget: row.max_budget,
    soft_budget: row.soft_budget,
    budget_duration: row.budget_duration,
    ...(newer && { budget_limits: row.budget_limits }),
    models: row.models ?? [],
    blocked: row.blocked,
    router_settings: row.router_settings,
    access_group_ids: row.access_group_ids,
    ...(newer && { default_team_member_models: row.default_team_member_models }),
    spend: row.spend,
    max_parallel_requests: row.max_parallel_requests,
    budget_reset_at: zulu(row.budget_reset_at),
    model_id: row.model_id,
    ...(newer && {
      model_spend: row.model_spend,
      model_max_budget: row.model_max_budget,
      policies: row.policies,
      allow_team_guardrail_config: row.allow_team_guardrail_config,
    }),
    litellm_model_table: aliases && aliasTable(aliases),
    object_permission: null,
    object_permission_id: row.object_permission_id,
    updated_at: zulu(row.updated_at),
    created_at: zulu(row.created_at),
  };
}

function aliasTable(row: TeamAliasRow): JsonObject {
  return { id: row.id, model_aliases: row.aliases, created_by: row.created_by, updated_by: row.updated_by, team: null };
}

/** LiteLLM's own model of a team wants a list of members. */
export function isValidTeam(row: TeamRow): boolean {
  return isMemberList(row.members_with_roles);
}

export type PageFacts = {
  readonly groups: readonly AccessGroupRow[];
  readonly keys: number;
  /** The caller's own membership; null when the caller is no member. */
  readonly membership: { readonly budget: BudgetRow | undefined } | null;
};

/** What `/v2/team/list` of the newer releases adds. */
export function pageExtras(row: TeamRow, version: SandboxVersion, { groups, keys, membership }: PageFacts): JsonObject {
  if (!isNewer(version)) return {};
  const names = granted(row, groups);
  const newest = isAtLeast(version, '1.109.1');
  return {
    members_count: membersOf(row).length,
    keys_count: keys,
    ...(newest && { caller_membership: membership && callerMembership(membership.budget) }),
    access_group_models: names && [...new Set(names.flatMap(({ access_model_names }) => access_model_names))],
    access_group_mcp_server_ids: names && [],
    access_group_agent_ids: names && [],
    ...(newest && { access_group_skill_names: names && [] }),
  };
}

function callerMembership(budget: BudgetRow | undefined): JsonObject {
  return { spend: 0, max_budget: budget?.max_budget ?? null, budget_reset_at: zulu(budget?.budget_reset_at ?? null) };
}

function granted(row: TeamRow, groups: readonly AccessGroupRow[]): AccessGroupRow[] | null {
  if (row.access_group_ids.length === 0) return null;
  return groups.filter(({ access_group_id }) => row.access_group_ids.includes(access_group_id));
}

/** What `/team/info` adds to the team, per release. */
export function infoExtras(version: SandboxVersion, memberBudget: BudgetRow | undefined): JsonObject {
  const team_member_budget_table = memberBudget ? budgetLimits(memberBudget, version) : null;
  if (!isNewer(version)) return { team_member_budget_table };
  return {
    team_member_budget_table,
    access_group_models: null,
    access_group_mcp_server_ids: null,
    access_group_agent_ids: null,
    ...(isAtLeast(version, '1.109.1') && { access_group_skill_names: null, unresolved_access_group_ids: null }),
    access_group_details: null,
    organization_models: null,
    model_max_budget_usage: {},
    caller_edit_access: { kind: 'unrestricted' },
  };
}

/** `/team/info` of the newer releases fills the members' e-mails and aliases in. */
export function namedMembers(row: TeamRow, users: ReadonlyMap<string, UserRow>, version: SandboxVersion): JsonObject {
  if (!isNewer(version)) return {};
  return {
    members_with_roles: membersOf(row).map((member) => {
      const user = users.get(member.user_id);
      return {
        ...member,
        user_email: member.user_email ?? user?.user_email ?? null,
        user_alias: user?.user_alias ?? null,
      };
    }),
  };
}

export function membershipObject(
  row: TeamMembershipRow,
  version: SandboxVersion,
  budget: BudgetRow | undefined,
): JsonObject {
  return {
    user_id: row.user_id,
    team_id: row.team_id,
    budget_id: row.budget_id,
    spend: row.spend,
    ...(isNewer(version) && { total_spend: row.total_spend }),
    litellm_budget_table: budget ? budgetLimits(budget, version) : null,
  };
}

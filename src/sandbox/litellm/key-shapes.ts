import type { JsonObject } from '../../json.js';
import { budgetObject } from './budget-shapes.js';
import { millisecondsOf, offset, zulu, type Stamp } from './clock.js';
import type { BudgetRow, KeyRow, UserRow } from './rows.js';
import { isNewer, type SandboxVersion } from './version.js';

/** The object of `/key/list?return_full_object=true`: columns, renamed and dropped as UserAPIKeyAuth does, then its defaults (contracts L§1.7). */
export function listedKey(row: KeyRow, version: SandboxVersion, budget: BudgetRow | undefined): JsonObject {
  const newer = isNewer(version);
  return {
    token: row.token,
    key_name: row.key_name,
    key_alias: row.key_alias,
    spend: row.spend,
    ...(newer && { total_spend: row.total_spend }),
    max_budget: row.max_budget,
    expires: zulu(row.expires),
    models: row.models,
    aliases: row.aliases,
    config: row.config,
    user_id: row.user_id,
    team_id: row.team_id,
    ...(newer && { agent_id: row.agent_id, project_id: row.project_id }),
    max_parallel_requests: row.max_parallel_requests,
    metadata: row.metadata,
    tpm_limit: row.tpm_limit,
    rpm_limit: row.rpm_limit,
    ...(newer && { tpd_limit: row.tpd_limit }),
    budget_duration: row.budget_duration,
    budget_reset_at: zulu(row.budget_reset_at),
    allowed_cache_controls: row.allowed_cache_controls,
    allowed_routes: row.allowed_routes,
    ...(newer && { key_type: row.key_type }),
    permissions: row.permissions,
    model_spend: row.model_spend,
    model_max_budget: row.model_max_budget,
    ...(newer && { budget_fallbacks: row.budget_fallbacks }),
    soft_budget_cooldown: row.soft_budget_cooldown,
    blocked: row.blocked,
    litellm_budget_table: newer && budget ? budgetObject(budget, version) : null,
    ...(newer && { budget_id: row.budget_id }),
    org_id: row.organization_id,
    created_at: zulu(row.created_at),
    created_by: row.created_by,
    updated_at: zulu(row.updated_at),
    updated_by: row.updated_by,
    ...(newer && { settings_updated_at: zulu(row.settings_updated_at), last_active: zulu(row.last_active) }),
    object_permission_id: row.object_permission_id,
    object_permission: null,
    access_group_ids: row.access_group_ids,
    rotation_count: row.rotation_count,
    auto_rotate: row.auto_rotate,
    rotation_interval: row.rotation_interval,
    last_rotation_at: zulu(row.last_rotation_at),
    key_rotation_at: zulu(row.key_rotation_at),
    router_settings: row.router_settings,
    ...(newer && { budget_limits: row.budget_limits }),
    ...viewDefaults(newer),
  };
}

/** Fields of the joined view that this endpoint leaves at their defaults: they say nothing about the key. */
function viewDefaults(newer: boolean): JsonObject {
  const nothing = (...names: string[]): JsonObject => Object.fromEntries(names.map((name) => [name, null]));
  const inNewer = (...names: string[]): JsonObject => (newer ? nothing(...names) : {});
  return {
    ...nothing('team_spend', 'team_alias', 'team_tpm_limit', 'team_rpm_limit', 'team_max_budget', 'team_soft_budget'),
    ...inNewer('team_tpd_limit', 'team_model_max_budget'),
    team_models: [],
    team_blocked: false,
    ...nothing('soft_budget', 'team_model_aliases', 'team_member', 'team_metadata', 'team_object_permission_id'),
    ...nothing('team_member_spend', 'team_member_tpm_limit', 'team_member_rpm_limit'),
    ...nothing('end_user_id', 'end_user_tpm_limit', 'end_user_rpm_limit', 'end_user_max_budget'),
    ...inNewer(
      'end_user_tpd_limit',
      'end_user_model_max_budget',
      'organization_alias',
      'project_alias',
      'project_metadata',
    ),
    ...nothing('organization_max_budget', 'organization_tpm_limit', 'organization_rpm_limit', 'organization_metadata'),
    ...nothing('last_refreshed_at', 'api_key', 'user_role', 'allowed_model_region', 'parent_otel_span'),
    ...nothing('rpm_limit_per_model', 'tpm_limit_per_model', 'user_tpm_limit', 'user_rpm_limit', 'user_email'),
    ...nothing('user_spend', 'user_max_budget', 'request_route', 'user'),
    ...(newer ? { is_session_token: false } : {}),
    ...inNewer(
      'user_model_max_budget',
      'created_by_user',
      'end_user_object_permission',
      'team_object_permission',
      'jwt_claims',
    ),
  };
}

/** `expand=user` puts the owner in `user`, the newer releases the creator in `created_by_user`. */
export function expandedKey(key: JsonObject, users: ReadonlyMap<string, UserRow>, version: SandboxVersion): JsonObject {
  const summary = (id: unknown): JsonObject | null => {
    const user = typeof id === 'string' ? users.get(id) : undefined;
    return user ? { user_id: user.user_id, user_email: user.user_email, user_alias: user.user_alias } : null;
  };
  return { ...key, user: summary(key.user_id), ...(isNewer(version) && { created_by_user: summary(key.created_by) }) };
}

/** The row itself with its empty relations, as `/team/list`, `/team/info`, `/user/info` carry it. */
export function rawKey(row: KeyRow, version: SandboxVersion, budget?: BudgetRow, stamp: Stamp = zulu): JsonObject {
  const newer = isNewer(version);
  return {
    token: row.token,
    key_name: row.key_name,
    key_alias: row.key_alias,
    soft_budget_cooldown: row.soft_budget_cooldown,
    spend: row.spend,
    ...(newer && { total_spend: row.total_spend }),
    expires: stamp(row.expires),
    models: row.models,
    aliases: row.aliases,
    config: row.config,
    router_settings: row.router_settings,
    user_id: row.user_id,
    team_id: row.team_id,
    ...(newer && { agent_id: row.agent_id, project_id: row.project_id }),
    permissions: row.permissions,
    max_parallel_requests: row.max_parallel_requests,
    metadata: row.metadata,
    blocked: row.blocked,
    tpm_limit: row.tpm_limit,
    rpm_limit: row.rpm_limit,
    ...(newer && { tpd_limit: row.tpd_limit }),
    max_budget: row.max_budget,
    budget_duration: row.budget_duration,
    budget_reset_at: stamp(row.budget_reset_at),
    allowed_cache_controls: row.allowed_cache_controls,
    allowed_routes: row.allowed_routes,
    ...(newer && { key_type: row.key_type }),
    policies: row.policies,
    access_group_ids: row.access_group_ids,
    model_spend: row.model_spend,
    model_max_budget: row.model_max_budget,
    ...(newer && { budget_fallbacks: row.budget_fallbacks }),
    budget_id: row.budget_id,
    organization_id: row.organization_id,
    object_permission_id: row.object_permission_id,
    created_at: stamp(row.created_at),
    created_by: row.created_by,
    updated_at: stamp(row.updated_at),
    updated_by: row.updated_by,
    ...(newer && { settings_updated_at: stamp(row.settings_updated_at), last_active: stamp(row.last_active) }),
    rotation_count: row.rotation_count,
    auto_rotate: row.auto_rotate,
    rotation_interval: row.rotation_interval,
    last_rotation_at: stamp(row.last_rotation_at),
    key_rotation_at: stamp(row.key_rotation_at),
    ...(newer && { budget_limits: row.budget_limits }),
    litellm_budget_table: budget ? budgetObject(budget, version, stamp) : null,
    litellm_organization_table: null,
    ...(newer && { litellm_project_table: null }),
    object_permission: null,
    ...(newer && { jwt_key_mappings: null }),
  };
}

export type KeyStatus = 'active' | 'expired' | 'revoked';

export function keyStatus(row: KeyRow, now: number): KeyStatus {
  if (row.blocked === true) return 'revoked';
  return isExpired(row, now) ? 'expired' : 'active';
}

export function isExpired(row: KeyRow, now: number): boolean {
  return row.expires !== null && millisecondsOf(row.expires) < now;
}

/** `/key/info`: the row without its token, with its budget, times with an offset. */
export function keyInfo(row: KeyRow, version: SandboxVersion, budget: BudgetRow | undefined, now: number): JsonObject {
  const { token: _token, ...info } = rawKey(row, version, budget, offset);
  return isNewer(version) ? { ...info, status: keyStatus(row, now) } : info;
}

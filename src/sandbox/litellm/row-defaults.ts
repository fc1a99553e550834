import type { BudgetRow, KeyRow, LimitColumns, Stamps, TeamRow, UserRow } from './rows.js';

const ADMIN = 'default_user_id';

export function stamps(at: string): Stamps {
  return { created_at: at, created_by: ADMIN, updated_at: at, updated_by: ADMIN };
}

export const NO_LIMITS: LimitColumns = {
  max_budget: null,
  tpm_limit: null,
  rpm_limit: null,
  budget_duration: null,
  budget_reset_at: null,
  max_parallel_requests: null,
};

export function budgetRow(at: string, row: Partial<BudgetRow> & Pick<BudgetRow, 'budget_id'>): BudgetRow {
  return {
    ...NO_LIMITS,
    ...stamps(at),
    soft_budget: null,
    model_max_budget: null,
    allowed_models: [],
    tpd_limit: null,
    temp_budget_increase: null,
    temp_budget_expiry: null,
    ...row,
  };
}

export function teamRow(at: string, row: Partial<TeamRow> & Pick<TeamRow, 'team_id'>): TeamRow {
  return {
    ...NO_LIMITS,
    team_alias: null,
    organization_id: null,
    admins: [],
    members: [],
    members_with_roles: [{ user_id: ADMIN, user_email: null, role: 'admin' }],
    metadata: {},
    soft_budget: null,
    spend: 0,
    models: [],
    blocked: false,
    model_spend: {},
    model_max_budget: {},
    model_id: null,
    team_member_permissions: [],
    object_permission_id: null,
    router_settings: {},
    policies: [],
    allow_team_guardrail_config: false,
    access_group_ids: [],
    budget_limits: null,
    default_team_member_models: [],
    tpd_limit: null,
    created_at: at,
    updated_at: at,
    ...row,
  };
}

export function userRow(at: string, row: Partial<UserRow> & Pick<UserRow, 'user_id'>): UserRow {
  return {
    ...NO_LIMITS,
    user_alias: null,
    team_id: null,
    sso_user_id: null,
    organization_id: null,
    password: null,
    teams: [],
    user_role: null,
    spend: 0,
    user_email: null,
    models: [],
    metadata: {},
    allowed_cache_controls: [],
    model_spend: {},
    model_max_budget: {},
    object_permission_id: null,
    policies: [],
    password_reset_required: null,
    last_breach_check_at: null,
    created_at: at,
    updated_at: at,
    ...row,
  };
}

/** Cloned whole for each key: by far the quickest way to make an object of this size. */
const KEY_DEFAULTS: KeyRow = {
  token: '',
  key_name: null,
  ...NO_LIMITS,
  ...stamps(''),
  key_alias: null,
  soft_budget_cooldown: false,
  spend: 0,
  total_spend: 0,
  expires: null,
  models: [],
  aliases: {},
  config: {},
  router_settings: {},
  user_id: null,
  team_id: null,
  agent_id: null,
  project_id: null,
  permissions: {},
  metadata: {},
  blocked: null,
  tpd_limit: null,
  allowed_cache_controls: [],
  allowed_routes: [],
  key_type: 'default',
  policies: [],
  access_group_ids: [],
  model_spend: {},
  model_max_budget: {},
  budget_fallbacks: {},
  budget_id: null,
  organization_id: null,
  object_permission_id: null,
  settings_updated_at: null,
  last_active: null,
  rotation_count: 0,
  auto_rotate: false,
  rotation_interval: null,
  last_rotation_at: null,
  key_rotation_at: null,
  budget_limits: null,
};

export function keyRow(at: string, row: Partial<KeyRow> & Pick<KeyRow, 'token' | 'key_name'>): KeyRow {
  return { ...KEY_DEFAULTS, created_at: at, updated_at: at, ...row };
}

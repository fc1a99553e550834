/** Fields that may be silent, each with its reason. An entry that is not silent (any more) fails the test, too. */

export type Ignored = { readonly [field: string]: string };

const AUDIT = 'who changed the row and when: bookkeeping of LiteLLM';
const JOINED = 'the joined copy of a row that is read where it lives';
const LINK = 'an internal number that joins two tables; what it joins is read';
const VIEW = 'a column of another table, or of the request, that this list shows empty (L§1.7)';
const BACK = 'a back reference; the link that counts stands on the key or team (L§1.12)';
const DASHBOARD = 'text of the dashboard, no call reads it';

/** `*.column` = of every table and list; `/…/` = every field that matches. */
export const IGNORED: Ignored = {
  '/^team_list\\.team_memberships\\[\\]\\.litellm_budget_table$/': JOINED,
  '/^v2_team_list\\.model_id$/': LINK,
  '*.created_by': AUDIT,
  '*.updated_by': AUDIT,
  '*.updated_at': AUDIT,
  '*.last_active': AUDIT,
  '*.settings_updated_at': AUDIT,
  '*.created_at': 'decides which of several equal names stays plain (mapping.md G2), nothing else',
  'BudgetTable.budget_reset_at': 'windows start anew on Bifrost; a budget of its own says so on its record',

  'AccessGroupTable.access_group_name': DASHBOARD,
  'AccessGroupTable.description': DASHBOARD,
  'AccessGroupTable.assigned_team_ids': BACK,
  'AccessGroupTable.assigned_key_ids': BACK,
  'CredentialsTable.credential_id': LINK,
  'CredentialsTable.display_name': DASHBOARD,
  'CredentialsTable.credential_info': DASHBOARD,
  'ModelTable.id': LINK,
  'ObjectPermissionTable.object_permission_id': LINK,
  'TeamTable.model_id': LINK,
  'ProjectTable.project_alias': DASHBOARD,
  'ProjectTable.description': DASHBOARD,
  'ProjectTable.team_id': 'a key of the project names its team itself',
  'Config.param_name': 'a row without a value says nothing; rows with one are tried setting by setting',
  'Config.param_value': 'tried setting by setting',
  'Config.last_run_at': AUDIT,
  'Config.reload_revision': 'a counter of reloads',
  'UserTable.password': 'never leaves the database: a password, or its bare hash (L§2.2)',
  'UserTable.last_breach_check_at': AUDIT,

  '/^(key_list|key_info)\\.(team|end_user|organization|project|user)_(?!id$)/': VIEW,
  '/^(key_list|key_info)\\.end_user_id$/': VIEW,
  '/^(key_list|key_info)\\.(soft_budget|last_refreshed_at|api_key|allowed_model_region|parent_otel_span|rpm_limit_per_model|tpm_limit_per_model|request_route|is_session_token|user|created_by_user|status|jwt_claims|jwt_key_mappings|litellm_organization_table|litellm_project_table)(\\.|$)/': VIEW,
  '/^(key_list|key_info|organization_list|project_list|team_memberships)\\.litellm_budget_table(\\.|$)/': JOINED,
  '/^(v2_)?team_list\\.litellm_model_table\\.(id|team)$/': LINK,
  'team_list.keys': 'key rows, which /key/list tells',
  '/^v2_team_list\\.(members_count|keys_count|caller_membership|access_group_(models|mcp|agent|skill))/': 'counted and resolved for the dashboard (L§1.8)',
  'team_list.model_id': LINK,
  '/^(v2_)?team_list\\.litellm_model_table$/': 'its model_aliases are tried by themselves',
  'router_settings.set_verbose': "LiteLLM's own log",
  'team_memberships.budget_source': 'how LiteLLM found the budget that budget_id names',
  'budget_list.budget_reset_at': 'windows start anew on Bifrost; a budget of its own says so on its record',
  'access_group.access_group_name': DASHBOARD,
  'access_group.description': DASHBOARD,
  '/^access_group\\.assigned_/': BACK,
  '/^access_group\\.(access_mcp_servers|access_agents)$/': JOINED,
  'user_list.key_count': 'a count for the dashboard',
  'user_list.last_breach_check_at': AUDIT,
  'user_list.organization_memberships': 'empty in this list (L§1.9); the members of the organization are counted',
  'organization_list.teams': JOINED,
  'project_list.project_alias': DASHBOARD,
  'project_list.description': DASHBOARD,
  'project_list.team_id': 'a key of the project names its team itself',
  'project_list.created_by_user': AUDIT,
  '/^credentials\\./': 'masked; every deployment that uses one is skipped as needs_database (own test)',
  '/^model_info\\.model_info\\.(key|litellm_provider|max_tokens|mode|access_via_team_ids|direct_access)$/': 'added by LiteLLM from its model list or for the caller (L§1.5)',
  'credential_list.credential_info.custom_llm_provider': DASHBOARD,
  'credential_list.credential_info.description': DASHBOARD,
  'model_info.id': "LiteLLM's own name for the deployment",
  'general_settings.master_key': 'the key of the proxy itself, which dies with it',
  'general_settings.database_url': "LiteLLM's own database",
  'general_settings.encryption_algorithm': 'how the database is encrypted; every form is read',
  'general_settings.litellm_license': "LiteLLM's own licence",
  'general_settings.store_model_in_db': 'where LiteLLM keeps its models; both places are read',
}; // prettier-ignore

/** Tables without a place on Bifrost: one finding counts the rows and names the table. */
export const COUNTED_TABLES: Ignored = {
  EndUserTable: 'end_users_not_carried',
  TagTable: 'tags_not_carried',
  JWTKeyMapping: 'jwt_mappings_not_carried',
  DeprecatedVerificationToken: 'rotated_tokens_not_carried',
};

/** Tables nobody reads. */
export const IGNORED_TABLES: Ignored = {
  DeletedTeamTable: 'an audit copy of what is gone',
  DeletedVerificationToken: 'an audit copy of what is gone',
  OrganizationMembership: 'counted per organization (own test)',
};

/** Fields without effect in some of their uses; in at least one they must not be silent. */
export const NO_EFFECT: Ignored = {
  'VerificationToken.key_name': 'names a key only where it has no alias',
  'key_list.key_name': 'names a key only where it has no alias',
  'VerificationToken.access_group_ids': 'a group adds to a list that restricts; these keys have none (L§4.17)',
  'key_list.access_group_ids': 'a group adds to a list that restricts; these keys have none (L§4.17)',
  'team_list.team_memberships': 'a list without a readable entry says nothing; its members are tried',
  'UserTable.budget_duration': 'a user without personal keys has no budget that counts',
  'user_list.budget_duration': 'a user without personal keys has no budget that counts',
  '/^model_info\\./': 'one of the rows is a deployment of the config file, which is read there',
};

export function reasonFor(table: Ignored, of: string, field: string): string | undefined {
  const name = field.split(/[.[\]]+/).at(-1) ?? field;
  const exact = table[`${of}.${field}`] ?? table[`*.${name}`];
  if (exact !== undefined) return exact;
  const pattern = Object.keys(table).find(
    (entry) => entry.startsWith('/') && new RegExp(entry.slice(1, -1)).test(`${of}.${field}`),
  );
  return pattern === undefined ? undefined : table[pattern];
}

/**
 * LiteLLM's tables that a run reads, with the columns that decide who may do what (L§2.2). `always`: in every release since
 * March 2025; `later`: absent from older ones, whose proxy does not know them either (L§2.3).
 */
type Table = {
  readonly since: 'always' | 'later';
  readonly columns: { readonly always: readonly string[]; readonly later: readonly string[] };
};

export const COLUMNS: { readonly [table: string]: Table } = {
  LiteLLM_VerificationToken: table(
    'always',
    'token key_alias models aliases user_id team_id permissions max_parallel_requests metadata blocked tpm_limit rpm_limit ' +
      'max_budget budget_duration expires model_max_budget budget_id organization_id',
    'allowed_routes object_permission_id router_settings policies access_group_ids project_id',
  ),
  LiteLLM_TeamTable: table(
    'always',
    'team_id team_alias organization_id members_with_roles models max_budget budget_duration tpm_limit rpm_limit blocked model_id metadata',
    'access_group_ids router_settings',
  ),
  LiteLLM_ModelTable: table('always', 'id aliases', ''),
  LiteLLM_OrganizationTable: table('always', 'organization_id organization_alias budget_id models metadata', ''),
  LiteLLM_OrganizationMembership: table('always', 'user_id organization_id', ''),
  LiteLLM_BudgetTable: table(
    'always',
    'budget_id max_budget budget_duration tpm_limit rpm_limit model_max_budget',
    'allowed_models',
  ),
  LiteLLM_UserTable: table(
    'always',
    'user_id user_email user_role teams models max_budget budget_duration tpm_limit rpm_limit',
    'object_permission_id policies',
  ),
  LiteLLM_TeamMembership: table('always', 'user_id team_id budget_id', ''),
  LiteLLM_ProxyModelTable: table('always', 'model_id model_name litellm_params model_info', 'blocked'),
  LiteLLM_CredentialsTable: table('always', 'credential_name credential_values credential_info', ''),
  LiteLLM_Config: table('always', 'param_name param_value', ''),
  LiteLLM_ObjectPermissionTable: table('later', '', ''),
  LiteLLM_AccessGroupTable: table('later', 'access_group_id access_group_name access_model_names', ''),
  LiteLLM_ProjectTable: table('later', 'project_id team_id models budget_id blocked', ''),
};

function table(since: Table['since'], always: string, later: string): Table {
  return { since, columns: { always: words(always), later: words(later) } };
}

function words(text: string): string[] {
  return text.split(' ').filter((word) => word !== '');
}

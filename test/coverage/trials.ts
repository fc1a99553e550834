import type { Item } from '../memory-litellm.js';

/**
 * Values a field is set to, one experiment each. By type, and by name where any value of the type would be refused or mean
 * nothing; `with` = other columns without which LiteLLM itself ignores the field.
 */
export type Trial = { readonly value: unknown; readonly with?: Item };

const NAMED: { readonly [field: string]: readonly Trial[] } = {
  aliases: [{ value: { 'an-alias': 'file-model' } }],
  model_aliases: [{ value: { 'an-alias': 'file-model' } }],
  allowed_routes: [{ value: ['/v1/chat/completions'] }, { value: ['info_routes'] }],
  access_group_ids: [{ value: ['group-1'] }],
  access_model_names: [{ value: ['db-model'] }],
  budget_duration: [{ value: '7d', with: { max_budget: 9 } }],
  budget_id: [{ value: 'b-key' }],
  blocked: [{ value: true }],
  fallbacks: [{ value: [{ 'file-model': ['db-model'] }] }],
  model_group_alias: [{ value: { 'an-alias': 'file-model' } }],
  access_groups: [{ value: ['tagged'] }],
  team_public_model_name: [{ value: 'other-name', with: { team_id: 'team-2' } }],
  litellm_credential_name: [{ value: null }],
  model: [{ value: 'openai/gpt-4.1' }],
  expires: [{ value: '2031-01-01T00:00:00' }, { value: '2020-01-01T00:00:00' }],
  key_type: [{ value: 'llm_api' }],
  max_budget: [{ value: 7 }, { value: 0 }, { value: -1 }],
  max_parallel_requests: [{ value: 7 }, { value: 0 }],
  members_with_roles: [{ value: [{ user_id: 'user-1', user_email: null, role: 'admin' }] }],
  model_max_budget: [{ value: { 'file-model': { budget_limit: 3, time_period: '1d' } } }],
  models: [{ value: ['db-model'] }],
  object_permission_id: [{ value: 'permission-1' }],
  organization_id: [{ value: 'org-2' }, { value: null }],
  org_id: [{ value: 'org-2' }],
  input_cost_per_token: [{ value: 0.001 }],
  output_cost_per_token: [{ value: 0.001 }],
  context_window_fallbacks: [{ value: [{ 'file-model': ['db-model'] }] }],
  content_policy_fallbacks: [{ value: [{ 'file-model': ['db-model'] }] }],
  project_id: [{ value: 'project-1' }],
  rpm_limit: [{ value: 7 }, { value: 0 }],
  tpm_limit: [{ value: 7 }, { value: 0 }],
  tpd_limit: [{ value: 7 }, { value: 0 }],
  team_id: [{ value: 'team-2' }],
  teams: [{ value: ['team-2'] }],
  user_id: [{ value: 'user-1' }],
  user_email: [{ value: 'one@example.test' }],
  user_role: [{ value: 'proxy_admin' }],
};

/** What a row is called by: set to a name of its own, never to another row's. */
const OWN_NAME: { readonly [of: string]: string } = {
  UserTable: 'user_id',
  TeamTable: 'team_id',
  OrganizationTable: 'organization_id',
  BudgetTable: 'budget_id',
  ProjectTable: 'project_id',
  ObjectPermissionTable: 'object_permission_id',
  user_list: 'user_id',
  team_list: 'team_id',
  v2_team_list: 'team_id',
  organization_list: 'organization_id',
  budget_list: 'budget_id',
  project_list: 'project_id',
};

/** @param of the table or list; `field` may be a path, whose last segment counts. */
export function trialsOf(of: string, field: string, type: string, before: unknown): readonly Trial[] {
  const name = field.split(/[.[\]]+/).at(-1) ?? field;
  const named = OWN_NAME[of] === field ? undefined : NAMED[name];
  const trials = named ?? [{ value: ofType(name, type, before) }];
  return trials.filter(({ value }) => JSON.stringify(value) !== JSON.stringify(before ?? null));
}

function ofType(field: string, type: string, before: unknown): unknown {
  if (/^(text\[\]|array)/.test(type)) return [`other-${field}`];
  if (/^(jsonb|object)/.test(type)) return { [`other-${field}`]: 7 };
  if (type.startsWith('boolean')) return before !== true;
  if (type.startsWith('timestamp') || /_(at|expiry)$/.test(field)) return '2031-01-01T00:00:00';
  if (/^(text|string)/.test(type)) return `other-${field}`;
  return 7;
}

import { readFileSync } from 'node:fs';
import type { SandboxVersion } from '../../src/sandbox/litellm/version.js';

/** One recorded exchange; lists keep the rows that show something new (test/fixtures/litellm-contract). */
export type Recording = {
  readonly request: { readonly method: string; readonly path: string; readonly as: string; readonly header?: string };
  readonly response: { readonly status: number; readonly contentType: string; readonly body: unknown };
};

export function recordingsOf(version: SandboxVersion): ReadonlyMap<string, Recording> {
  const file = new URL(`../fixtures/litellm-contract/${version}.json`, import.meta.url);
  return new Map(Object.entries(JSON.parse(readFileSync(file, 'utf8')) as Record<string, Recording>));
}

/**
 * How a recording is compared. `shape`: status, content type, member names and types of everything. `open`: the same of a
 * list of which few rows were kept, so that nothing follows from a member being in all of them. `exact`: the body
 * itself. `refusal`: the body after hashes, times, key endings and ids are made equal.
 */
export type Check = 'shape' | 'open' | 'exact' | 'refusal';

const SHAPES = [
  'as_adminkey_access_group_list',
  'as_adminkey_key_list',
  'as_adminkey_organization_list',
  'as_adminkey_v1_access_group',
  'as_nonadmin_key_list',
  'as_plainkey_key_info',
  'as_viewer_access_group_list',
  'as_viewer_budget_list',
  'as_viewer_credentials',
  'as_viewer_key_info',
  'as_viewer_key_list',
  'as_viewer_user_list',
  'as_viewer_v1_access_group',
  'as_viewer_v2_team_list',
  'access_group_list',
  'api_key_header',
  'budget_list',
  'credential_by_name',
  'credentials',
  'customer_list',
  'get_config_callbacks',
  'health_readiness',
  'health_readiness_master',
  'key_aliases',
  'key_info',
  'key_info_self',
  'key_list_default',
  'key_list_deleted',
  'key_list_expand_user',
  'key_list_full_p1',
  'key_list_key_alias',
  'key_list_unknown_param',
  'openapi_version',
  'organization_info',
  'organization_list',
  'router_settings',
  'tag_list',
  'team_info',
  'team_info_alias',
  'team_list',
  'user_info',
  'user_list',
  'v1_access_group',
  'v1_models',
  'v1_unified_access_group',
  'v2_model_info',
  'v2_team_list',
  'x_litellm_api_key_header',
];

const OPEN = [
  'as_nonadmin_v1_model_info',
  'as_nonadmin_v2_model_info',
  'as_plainkey_v2_model_info',
  'as_viewer_v1_model_info',
  'as_viewer_v2_model_info',
  'model_group_info',
  'v1_model_info',
  'v2_model_info_page2_size3',
  'v2_model_info_size100000',
];

/** A second page or an empty list is the same in every world but for its counts. */
const LISTS_WITHOUT_ROWS = [
  'key_list_by_dashboard_team',
  'key_list_full_p2',
  'key_list_pastend',
  'v2_team_list_unknown',
];

const EXACT = ['config_export', 'health_liveliness', 'as_nonadmin_organization_list', 'as_viewer_organization_list'];

const REFUSALS = [
  'as_blocked_key_list',
  'as_blocked_team_list',
  'as_blocked_v2_model_info',
  'as_expired_key_list',
  'as_expired_team_list',
  'as_expired_v2_model_info',
  'as_nonadmin_access_group_list',
  'as_nonadmin_budget_list',
  'as_nonadmin_credentials',
  'as_nonadmin_key_info',
  'as_nonadmin_router_settings',
  'as_nonadmin_team_list',
  'as_nonadmin_user_list',
  'as_nonadmin_v1_access_group',
  'as_nonadmin_v2_team_list',
  'as_plainkey_access_group_list',
  'as_plainkey_budget_list',
  'as_plainkey_credentials',
  'as_plainkey_key_list',
  'as_plainkey_organization_list',
  'as_plainkey_router_settings',
  'as_plainkey_team_list',
  'as_plainkey_user_list',
  'as_plainkey_v1_access_group',
  'as_plainkey_v2_team_list',
  'err_hash_as_key',
  'err_no_key',
  'err_no_sk',
  'err_wrong_key',
  'key_info_unknown',
  'key_list_badsort',
  'key_list_page0',
  'key_list_size0',
  'key_list_size101',
  'organization_info_unknown',
  'team_info_missing',
  'team_info_unknown',
  'user_info_unknown',
  'user_list_ps0',
  'user_list_ps101',
  'v2_team_list_ps101',
];

/** In some releases only: an endpoint that is absent or licensed elsewhere. */
const MIXED = ['project_list'];

export const CHECKS: ReadonlyMap<string, Check> = new Map<string, Check>([
  ...SHAPES.map((name) => [name, 'shape'] as const),
  ...LISTS_WITHOUT_ROWS.map((name) => [name, 'shape'] as const),
  ...OPEN.map((name) => [name, 'open'] as const),
  ...EXACT.map((name) => [name, 'exact'] as const),
  ...REFUSALS.map((name) => [name, 'refusal'] as const),
  ...MIXED.map((name) => [name, 'shape'] as const),
]);

/** Recordings the sandbox does not answer, and why. */
export const SKIPPED: ReadonlyMap<string, string> = new Map([
  ['v2_key_info', 'a POST; the sandbox is read with GET alone, so that a stray write shows'],
  ['routes', 'useless as a capability probe (contracts L§1.4); nothing reads it'],
]);

/** What the recordings were trimmed of: a live answer has it (README of the recordings). */
export const TRIMMED = [/^\.components/, /\.supported_openai_params/, /\.supported_reasoning_efforts/];

/** Absent where the proxy was installed without its enterprise package (contracts L§1.13). */
export const MAY_BE_ABSENT = ['project_list'];

import type { KeyRow } from './rows.js';

/** Overrides of one key row; the alias is the name it is known by here, unless the row says otherwise. */
export type SpecialKey = readonly [name: string, row: Partial<KeyRow>];

const RESET = '2026-02-01T00:00:00.000';

/** One key per rule of contracts L§4–L§6 that decides about a key; `secret` deals canaries for third-party secrets in metadata. */
export function specialKeys(secret: (label: string) => string): SpecialKey[] {
  return [
    ...callers(),
    ...modelLists(),
    ...aliases(),
    ...owners(),
    ...states(),
    ...limits(),
    ...durations(),
    ...names(),
    ...extras(secret),
  ];
}

/** The callers whose view of the API was recorded (contracts L§1.3). */
function callers(): SpecialKey[] {
  return [
    ['k-plain', {}],
    ['k-admin', { user_id: 'u-admin' }],
    ['k-viewer', { user_id: 'u-viewer' }],
    ['k-internal', { user_id: 'u-carol' }],
    ['k-a', { models: ['gpt-4o'] }],
  ];
}

function modelLists(): SpecialKey[] {
  return [
    ['k-several', { models: ['gpt-4o', 'claude-sonnet', 'db-openai'] }],
    ['k-wildcard', { models: ['openai/*'] }],
    ['k-partial', { models: ['openai/gpt-4*', 'gpt-4o-min.*'] }],
    ['k-star', { models: ['*'] }],
    ['k-all-proxy', { models: ['all-proxy-models'] }],
    ['k-all-team', { models: ['all-team-models'], team_id: 't-basic', user_id: 'u-carol' }],
    ['k-all-team-no-team', { models: ['all-team-models'] }],
    ['k-all-team-personal', { models: ['all-team-models'], user_id: 'u-alice' }],
    ['k-no-default', { models: ['no-default-models'] }],
    ['k-no-default-group', { models: ['no-default-models'], access_group_ids: ['uag-models-id'] }],
    ['k-open-group', { access_group_ids: ['uag-models-id'] }],
    ['k-empty-group', { models: ['no-default-models'], access_group_ids: ['uag-empty-id', 'uag-gone-id'] }],
    ['k-wild-group', { models: ['gpt-4o-mini'], access_group_ids: ['uag-wild-id'] }],
    ['k-tag-group', { models: ['tag-group'] }],
    ['k-config-group', { models: ['beta-models', 'config-group'] }],
    ['k-unknown-model', { models: ['does-not-exist', 'gpt-4o-mini'] }],
    ['k-case', { models: ['GPT-4o'] }],
    ['k-shadowed', { models: ['gpt-4o'], team_id: 't-shadow' }],
  ];
}

function aliases(): SpecialKey[] {
  return [
    ['k-group-alias', { models: ['alias-gpt'] }],
    ['k-hidden-alias', { models: ['hidden-alias'] }],
    ['k-key-alias', { models: ['gpt-4o-mini', 'fast'], aliases: { fast: 'claude-sonnet' } }],
    ['k-key-alias-target', { models: ['claude-sonnet'], aliases: { fast: 'claude-sonnet' } }],
    ['k-team-alias', { models: ['gpt-4o'], team_id: 't-alias' }],
  ];
}

function owners(): SpecialKey[] {
  return [
    ['k-basic', { models: ['gpt-4o', 'claude-sonnet'], team_id: 't-basic' }],
    ['k-basic-team-model', { models: ['team-model'], team_id: 't-basic' }],
    ['k-open-team', { team_id: 't-open' }],
    ['k-acme-team', { team_id: 't-acme' }],
    ['k-blocked-team', { team_id: 't-blocked' }],
    ['k-zero-team', { team_id: 't-zero' }],
    ['k-limits-team', { team_id: 't-limits', models: ['gpt-4o'] }],
    ['k-access-team', { team_id: 't-access' }],
    ['k-unified-team', { team_id: 't-uag' }],
    ['k-wild-team', { team_id: 't-wild', models: ['openai/gpt-4.1'] }],
    ['k-org-zero-team', { team_id: 't-org-zero' }],
    ['k-organization', { organization_id: 'org-acme' }],
    ['k-organization-and-team', { organization_id: 'org-acme', team_id: 't-acme', models: ['gpt-4o'] }],
    ['k-dangling-team', { team_id: 't-gone', models: ['gpt-4o'] }],
    ['k-dangling-user', { user_id: 'u-gone', models: ['gpt-4o'] }],
    ['k-personal', { user_id: 'u-alice' }],
    ['k-personal-two', { user_id: 'u-alice', models: ['gpt-4o', 'gpt-4o-mini'] }],
    ['k-personal-none', { user_id: 'u-nodefault', models: ['gpt-4o'] }],
    ['k-personal-zero', { user_id: 'u-zero', models: ['gpt-4o-mini'] }],
    ['k-member', { team_id: 't-basic', user_id: 'u-zero', models: ['gpt-4o', 'gpt-4o-mini'] }],
    ['k-project', { team_id: 't-basic', project_id: 'p-search' }],
    ['k-blocked-project', { team_id: 't-basic', project_id: 'p-blocked', models: ['gpt-4o'] }],
    ['k-service', { team_id: 't-basic', metadata: { service_account_id: 'svc-1' } }],
  ];
}

function states(): SpecialKey[] {
  return [
    ['k-expired', { expires: '2025-12-31T23:59:59.000', models: ['gpt-4o'] }],
    ['k-future', { expires: '2099-06-30T12:00:00.000', models: ['gpt-4o'] }],
    ['k-blocked', { blocked: true, models: ['gpt-4o'] }],
    ['k-not-blocked', { blocked: false, models: ['gpt-4o'] }],
    [
      'dashboard-session',
      {
        key_alias: null,
        team_id: 'litellm-dashboard',
        user_id: 'u-admin',
        expires: '2099-01-01T00:00:00.000',
        max_budget: 0.25,
      },
    ],
    ['k-management', { allowed_routes: ['management_routes'], key_type: 'management' }],
    ['k-info', { allowed_routes: ['info_routes'], key_type: 'read_only' }],
    ['k-llm', { allowed_routes: ['llm_api_routes'], key_type: 'llm_api', models: ['gpt-4o'] }],
    ['k-paths', { allowed_routes: ['/v1/chat/completions', '/key/info'], models: ['gpt-4o'] }],
  ];
}

function limits(): SpecialKey[] {
  return [
    ['k-budget', { models: ['gpt-4o'], max_budget: 20, budget_duration: '30d', budget_reset_at: RESET, spend: 1.25 }],
    ['k-lifetime-budget', { models: ['gpt-4o'], max_budget: 5 }],
    ['k-zero-budget', { models: ['gpt-4o'], max_budget: 0 }],
    ['k-negative-budget', { models: ['gpt-4o'], max_budget: -5 }],
    ['k-rates', { models: ['gpt-4o'], tpm_limit: 3000, rpm_limit: 30, max_parallel_requests: 4 }],
    ['k-zero-rpm', { models: ['gpt-4o'], rpm_limit: 0 }],
    ['k-budget-link', { models: ['gpt-4o'], budget_id: 'bud-standard' }],
    ['k-budget-link-own', { models: ['gpt-4o'], budget_id: 'bud-standard', max_budget: 2, rpm_limit: 5 }],
    ['k-budget-link-zero', { models: ['gpt-4o'], budget_id: 'bud-zero' }],
    ['k-budget-link-models', { models: ['gpt-4o'], budget_id: 'bud-models' }],
    ['k-soft', { models: ['gpt-4o'], budget_id: 'bud-key-soft' }],
    [
      'k-model-budget',
      {
        models: ['gpt-4o', 'gpt-4o-mini'],
        model_max_budget: {
          'gpt-4o': { budget_limit: 2.5, time_period: '1d' },
          'gpt-4o-mini': { max_budget: 1, budget_duration: '7d', rpm_limit: 3 },
        },
      },
    ],
    ['k-model-budget-old', { models: ['gpt-4o'], model_max_budget: { 'gpt-4o': 3 } }],
    [
      'k-model-rates',
      { models: ['gpt-4o'], metadata: { model_rpm_limit: { 'gpt-4o': 2 }, model_tpm_limit: { 'gpt-4o': 200 } } },
    ],
    [
      'k-temporary',
      {
        models: ['gpt-4o'],
        max_budget: 1,
        metadata: { temp_budget_increase: 100, temp_budget_expiry: '2099-01-01T00:00:00' },
      },
    ],
    ['k-windows', { models: ['gpt-4o'], budget_limits: [{ budget_duration: '1d', max_budget: 1, reset_at: null }] }],
  ];
}

/** Texts no parser agrees about (contracts L§6). */
function durations(): SpecialKey[] {
  const texts = ['daily', '30days', '1w', '48h', '1mo', '30', 'banana', '24hr'];
  return texts.map((text) => [
    `k-every-${text}`,
    { models: ['gpt-4o-mini'], max_budget: 1, budget_duration: text, budget_reset_at: RESET },
  ]);
}

function names(): SpecialKey[] {
  return [
    ['no-alias-1', { key_alias: null, key_name: 'sk-...Twin', models: ['gpt-4o'] }],
    ['no-alias-2', { key_alias: null, key_name: 'sk-...Twin', models: ['gpt-4o-mini'] }],
    ['no-name', { key_alias: null, key_name: null, models: ['gpt-4o'] }],
    ['same-1', { key_alias: 'Same-Alias', models: ['gpt-4o'] }],
    ['same-2', { key_alias: 'Same-Alias', team_id: 't-open' }],
    ['case-1', { key_alias: 'same-alias' }],
    ['empty', { key_alias: '', models: ['gpt-4o'] }],
    ['odd', { key_alias: ' has space ünï "quoted", comma', models: ['gpt-4o'] }],
  ];
}

function extras(secret: (label: string) => string): SpecialKey[] {
  return [
    [
      'k-metadata',
      {
        models: ['gpt-4o'],
        metadata: {
          tags: ['key-tag'],
          guardrails: ['pii'],
          enforced_params: ['user'],
          logging: [
            {
              callback_name: 'langfuse',
              callback_type: 'success',
              callback_vars: {
                langfuse_public_key: secret('key-logging-public'),
                langfuse_secret_key: secret('key-logging'),
              },
            },
          ],
        },
      },
    ],
    [
      'k-permissions',
      {
        models: ['gpt-4o'],
        permissions: { get_spend_routes: true },
        allowed_cache_controls: ['no-cache'],
        policies: ['policy-1'],
        object_permission_id: 'perm-1',
      },
    ],
    [
      'k-rotating',
      {
        models: ['gpt-4o'],
        auto_rotate: true,
        rotation_interval: '30d',
        rotation_count: 2,
        last_rotation_at: '2026-01-04T00:00:00.000',
        key_rotation_at: RESET,
      },
    ],
    ['k-config', { models: ['gpt-4o-mini'], config: { model_list: [], router_settings: { num_retries: 1 } } }],
    [
      'k-router',
      { models: ['gpt-4o'], router_settings: { num_retries: 3, fallbacks: [{ 'gpt-4o': ['gpt-4o-mini'] }] } },
    ],
    ['k-fails', { models: ['fail-model'] }],
  ];
}

import type { Recordings } from './bifrost-recordings.js';
import { recorded, request, type Scene, type Step } from './bifrost-steps.js';

/** One long life of a gateway: everything from its first provider key to the users of the fork. */

const KEYS = recorded(`
  k-prov-openai k-prov-anthropic k-prov-azure k-prov-vertex k-prov-bedrock k-prov-vllm k-prov-ollama k-prov-sgl k-prov-replicate
  k-prov-huggingface provider-create-keyless provider-create-custom-overrides provider-create-huggingface-custom
  provider-create-replicate-custom provider-keys-list-keyless key-create-on-keyless
  key-create-min-value-only key-create-noname-second key-create-full key-create-duplicate-same-provider
  key-create-duplicate-other-provider key-create-case-differs key-create-env-set key-create-env-unset key-create-value-empty
  key-create-value-missing key-create-value-literal-env-prefix key-create-models-empty key-create-models-omitted
  key-create-models-star-mixed key-create-models-dup-case key-create-blacklist-mixed key-create-weight-omitted
  key-create-weight-negative key-create-alias-object key-create-alias-bad-family key-create-alias-case-dup
  key-create-alias-empty-target key-create-alias-space key-create-alias-azure-member-on-openai key-create-alias-apiversion-openai
  key-create-client-id key-create-client-id-dup key-create-disabled key-create-value-object-env key-create-value-object-ref
  key-create-value-vault key-create-value-spaces key-create-long-name key-create-unicode-name key-create-name-spaces
  key-create-short-value key-get key-get-missing provider-keys-list keys-list key-put-echo key-put-rename-dup key-put-partial
  key-delete key-delete-missing
  key-azure-value-only key-azure-full-key key-azure-full-sp key-azure-mi key-azure-env-unset key-azure-no-cfg-no-value
  key-azure-alias-apiversion key-vertex-value-only key-vertex-min key-vertex-noregion key-vertex-path key-vertex-json
  key-bedrock-empty key-bedrock-static key-bedrock-full key-bedrock-apikey key-bedrock-access-only key-vllm-no-url key-vllm-url
  key-vllm-url-private key-vllm-url-env key-ollama-no-url key-ollama-url key-sgl-no-url key-sgl-url key-replicate key-create-custom
  key-create-custom-empty-value keys-list-all provider-list`);

const CUSTOMERS = recorded(`
  customer-create customer-create-budget customer-create-budgets customer-create-budget-and-budgets customer-create-duplicate
  customer-create-case customer-create-spaces customer-create-whitespace customer-create-blank customer-create-noname
  customer-create-long customer-create-unicode customer-create-wrong-json customer-create-budget-zero customer-create-budget-neg
  customer-create-rl-zero customer-create-rl-noduration customer-create-rl-float customer-create-rl-string customer-get-missing
  customer-list-after-errors customer-list-search-unicode customer-put-rename-dup
  duration-1-1d duration-2-1w duration-3-1M duration-4-10Y duration-5-100Y duration-6-300Y duration-7-1000Y duration-8-1m
  duration-9-30s duration-10-1h duration-11-1h30m duration-12-500ms duration-13-2.5d duration-14-1mo duration-15-1mon duration-16-1y
  duration-17-1D duration-18-daily duration-19-30 duration-20-0d duration-21--1d duration-22- duration-23-1_20d duration-24-1month
  duration-25-1Q duration-26-7d_20 duration-27-_207d duration-28-1d12h duration-29-1e3d duration-30-_2B1d duration-31-0.5s`);

const TEAMS = recorded(`
  team-create team-create-duplicate team-create-case team-create-spaces team-create-blank team-create-whitespace
  team-create-customer team-create-duplicate-other-customer team-create-unknown-customer team-create-empty-customer
  team-create-budget team-create-budgets team-create-both team-create-budgets-dup-duration team-create-budget-zero
  team-create-budget-neg team-create-bad-duration team-create-rl-zero team-create-rl team-create-rl-only-durations
  team-create-rl-both-null team-list-search team-create-long team-put-customer team-put-detach team-get team-list-paged`);

const ANTHROPIC_KEY: Step = {
  setup: () => ({
    method: 'POST',
    path: '/api/providers/anthropic/keys',
    body: { name: 'anth1', value: 'sk-a1234567890', models: ['*'], weight: 1 },
  }),
  binds: (rec) => ({ [rec('vk-create-key-of-other-provider', 'request.body.provider_configs.0.key_ids.0')]: 'id' }),
};

const VIRTUAL_KEYS: readonly Step[] = [
  ANTHROPIC_KEY,
  ...recorded(`
    vk-create-min vk-create-duplicate vk-create-full vk-get vk-get-missing vk-create-both-owners vk-create-unknown-team
    vk-create-unknown-customer vk-create-empty-team vk-create-blank vk-create-case vk-create-whitespace vk-create-spaces
    vk-create-long vk-create-unicode vk-create-wrong-json vk-create-value-supplied vk-create-customer vk-create-unknown-provider
    vk-create-unknown-key vk-create-key-of-other-provider vk-create-dup-provider vk-create-star-mixed vk-create-allowed-dup-case
    vk-create-keyids-dup vk-create-keyids-star-mixed vk-create-no-weight vk-create-empty-lists vk-create-omitted-lists
    vk-create-budget-only vk-create-budgets-only vk-create-budget-zero vk-create-budget-neg vk-create-bad-duration
    vk-create-rl-zero vk-create-pc-budget vk-create-inactive vk-create-expires vk-create-weight-zero vk-create-keyless-provider
    vk-create-calendar customer-list-paged team-list team-list-customer
    vk-put-empty vk-put-description-only vk-put-after-omitted-get vk-put-reteam vk-put-owner-to-unlinked vk-put-owner-both
    vk-put-owner-unknown-team vk-put-owner-customer vk-put-owner-null vk-put-owner-empty vk-put-add-pc-to-empty
    vk-put-pc-without-ids vk-put-pc-with-ids-add vk-put-pc-with-id-no-keyids vk-put-pc-with-id-only-weight vk-put-pc-empty-list
    vk-put-budgets-empty vk-put-inactive vk-put-name-dup vk-rotate vk-list-all vk-list-paged vk-list-limit-over
    vk-list-limit-zero vk-list-search vk-list-search-pct vk-list-search-wild vk-list-team vk-list-export`),
];

const LIMITS_AND_RULES = recorded(`
  mc-create mc-create-duplicate mc-create-noprovider mc-create-noprovider-dup mc-create-unknown-provider mc-create-star
  governance-providers mc-create-star-noprovider mc-create-noname mc-create-nolimits mc-create-budget-zero mc-create-budget-only
  mc-create-budgets-only mc-create-scope-noid mc-create-scope-team mc-create-scope-vk-missing mc-create-scope-vk mc-list
  mc-list-global rate-limits-list budgets-list
  rule-create rule-create-dup-priority rule-create-dup-name rule-create-scoped rule-create-scoped-unknown
  rule-create-scoped-dup-name rule-create-scope-noid rule-create-bad-scope rule-create-no-targets rule-create-weights
  rule-create-dup-target rule-create-bad-cel rule-create-fallback-bare rule-create-fallback-unknown rule-create-fallback-ok
  rule-create-keyid-noprovider rule-create-keyid rule-create-unknown-target-provider rule-create-noname rule-get-missing rule-list
  rule-list-scope provider-governance-put`);

const CASCADES: readonly Step[] = [
  {
    setup: () => ({ method: 'POST', path: '/api/governance/customers', body: { name: 'Del C' } }),
    binds: (rec) => ({ [rec('customer-delete-with-teams', 'request.path').split('/').at(-1) ?? '']: 'customer.id' }),
  },
  {
    setup: (rec) => ({
      method: 'POST',
      path: '/api/governance/teams',
      body: { name: 'Del T', customer_id: rec('customer-delete-with-teams', 'request.path').split('/').at(-1) },
    }),
    binds: (rec) => ({ [rec('team-after-customer-delete', 'response.body.team.id')]: 'team.id' }),
  },
  {
    setup: (rec) => ({
      method: 'POST',
      path: '/api/governance/virtual-keys',
      body: {
        name: 'Del VK team',
        team_id: rec('team-after-customer-delete', 'response.body.team.id'),
        provider_configs: [{ provider: 'huggingface', weight: 1, allowed_models: ['*'], key_ids: ['*'] }],
      },
    }),
    binds: (rec) => ({ [rec('vk-after-team-delete', 'response.body.virtual_key.id')]: 'virtual_key.id' }),
  },
  {
    setup: (rec) => ({
      method: 'POST',
      path: '/api/governance/virtual-keys',
      body: { name: 'Del VK cust', customer_id: rec('customer-delete-with-teams', 'request.path').split('/').at(-1) },
    }),
    binds: (rec) => ({ [rec('vk-after-customer-delete', 'response.body.virtual_key.id')]: 'virtual_key.id' }),
  },
  ...recorded(`
    customer-delete-with-teams team-after-customer-delete vk-after-customer-delete customer-delete-missing team-delete-with-vks
    team-delete-missing vk-after-team-delete provider-delete-with-vks vk-after-provider-delete vk-delete vk-delete-missing`),
  {
    setup: () => ({
      method: 'POST',
      path: '/api/providers/openai/keys',
      body: { name: 'to-del', value: 'sk-a1234567890', models: ['*'], weight: 1 },
    }),
    binds: (rec) => ({ [rec('key-delete-used-by-vk', 'response.body.id')]: 'id' }),
  },
  {
    setup: (rec) => ({
      method: 'POST',
      path: '/api/governance/virtual-keys',
      body: {
        name: 'VK keydel',
        provider_configs: [
          {
            provider: 'openai',
            weight: 1,
            allowed_models: ['*'],
            key_ids: [rec('key-delete-used-by-vk', 'response.body.id')],
          },
        ],
      },
    }),
    binds: (rec) => ({ [rec('vk-after-key-delete', 'response.body.virtual_key.id')]: 'virtual_key.id' }),
  },
  ...recorded('key-delete-used-by-vk vk-after-key-delete'),
];

const USERS = recorded(`
  user-create user-create-duplicate user-create-noname user-create-noemail user-create-bademail user-create-status user-create-full
  user-create-vk-missing user-create-budget-zero user-get user-list user-list-limit-over user-list-search user-create-virtual-key-link
  user-delete`);

/** A second script, half an hour later: names carry its time. */
function laterSteps(recordings: Recordings): readonly Step[] {
  const team = 'team-put-detach-empty';
  const body = recordings.get('vk-create-many-providers')?.request.body as {
    readonly provider_configs: readonly { readonly provider: string }[];
  };
  // Custom providers of scripts that were not recorded: their names carry a number.
  const missing = body.provider_configs.map(({ provider }) => provider).filter((provider) => /\d/.test(provider));
  return [
    {
      setup: (rec) => ({
        method: 'POST',
        path: '/api/governance/customers',
        body: { name: rec(team, 'response.body.team.customer.name') },
      }),
      binds: (rec) => ({ [rec(team, 'response.body.team.customer_id')]: 'customer.id' }),
    },
    {
      setup: (rec) => ({
        method: 'POST',
        path: '/api/governance/teams',
        body: { name: rec(team, 'response.body.team.name'), customer_id: rec(team, 'response.body.team.customer_id') },
      }),
      binds: (rec) => ({ [rec(team, 'response.body.team.id')]: 'team.id' }),
    },
    ...recorded(`
      team-put-detach-empty team-put-detach-null team-put-name-only team-put-unknown-customer team-put-budgets customer-put-budget
      mc-create-scope-vk-fresh vk-create-team-customer-null vk-create-provider-uppercase vk-create-models-with-spaces
      vk-create-many-models`),
    ...missing.map((provider) =>
      request('POST', '/api/providers', { provider, custom_provider_config: { base_provider_type: 'openai' } }),
    ),
    ...recorded(`
      vk-create-many-providers vk-create-long-description vk-create-budget-float vk-create-multi-budgets vk-create-budgets-dup
      vk-create-rl-duration-missing vk-create-rl-bad-duration vk-create-weight-negative vk-create-weight-string`),
  ];
}

export function storyScene(recordings: Recordings): Scene {
  return {
    title: 'keys, customers, teams, virtual keys, limits, rules, cascades, users',
    steps: [
      ...KEYS,
      ...CUSTOMERS,
      ...TEAMS,
      ...VIRTUAL_KEYS,
      ...LIMITS_AND_RULES,
      ...CASCADES,
      ...USERS,
      ...laterSteps(recordings),
    ],
  };
}

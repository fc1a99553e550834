import type { RecordedVersion, Recordings } from './bifrost-recordings.js';
import { recorded, request, type Scene } from './bifrost-steps.js';
import { storyScene } from './bifrost-story.js';

export function scenes(version: RecordedVersion, recordings: Recordings): readonly Scene[] {
  return [FRESH, providerScene(version), storyScene(recordings), AUTH];
}

const FRESH: Scene = {
  title: 'a fresh gateway',
  steps: recorded(`
    health version is-auth-enabled login-auth-off config-get config-get-from-db bearer-ignored-auth-off list-keys-empty
    probe-access-profiles probe-api-keys probe-pricing-overrides probe-rbac-roles probe-routing-rules-2x users-governance-get
    users-legacy-get users-legacy-post unknown-get unknown-get-dot unknown-post unknown-put unknown-delete unknown-patch case-get
    trailing-slash-get trailing-slash-post team-members-get team-members-post vk-users-get config-metadata-empty config-metadata-post
    fork-apikey-create2 fork-roles gzip-body-plain no-content-type`),
};

const BASE_URLS = `cgnat env linklocal-allowed linklocal localhost loopback nohost noscheme osenv private-allowed private private192 relative
  scheme unresolvable-allowed unresolvable unspecified v6loopback`;

function providerScene(version: RecordedVersion): Scene {
  const groqIsThere = version === '1.5.2';
  return {
    title: 'providers',
    steps: [
      ...recorded(`
        provider-get-missing provider-keys-get-missing-provider key-create-missing-provider provider-create-standard
        provider-create-duplicate provider-keys-list-empty models-search provider-create-no-name provider-create-wrong-json
        provider-create-json-type provider-create-custom-no-base provider-create-custom-bad-base provider-create-custom-azure-base
        provider-create-custom-on-standard-name provider-concurrency-zero provider-concurrency-gt provider-backoff
        provider-create-keyless-bedrock provider-create-unknown-nocustom provider-create-upper provider-list-after-unknown
        provider-delete-unknown provider-delete-never-existed provider-create-keys-member provider-create-keys-member-keys`),
      request('DELETE', '/api/providers/groq'),
      ...recorded('standard-baseurl-private'),
      ...(groqIsThere ? [request('DELETE', '/api/providers/groq')] : []),
      ...recorded(
        BASE_URLS.split(/\s+/)
          .map((name) => `custom-baseurl-${name}`)
          .join(' '),
      ),
      ...recorded(`
        provider-create-custom-no-baseurl provider-long-name provider-space-name provider-slash-name provider-slash-get-encoded
        provider-slash-delete-encoded custom-put-setup custom-put-no-cfg custom-put-base-change provider-delete provider-put-setup
        provider-put-no-concurrency provider-put-keys-member provider-put-only-concurrency provider-put-get-after provider-put-upsert`),
    ],
  };
}

const AUTH: Scene = {
  title: 'admin credentials',
  auth: true,
  steps: [
    ...recorded(`
      auth-enable auth-on-none auth-on-is-auth-enabled auth-on-basic auth-on-basic-wrong auth-on-basic-lower auth-on-bearer-b64
      auth-on-bearer-b64-lower auth-on-bearer-plain auth-on-bearer-password auth-on-bearer-junk auth-on-x-api-key auth-on-login-wrong
      auth-on-login auth-on-bearer-session auth-on-cookie auth-on-is-auth-enabled-cookie auth-on-config auth-on-open_health
      auth-on-open_api_version auth-on-open_api_config auth-on-open_api_governance_customers auth-on-open_api_users_limit_1
      auth-on-open_api_whatever auth-on-post-none auth-on-unknown-post fork-apikey-create`),
    request('POST', '/api/providers', {
      provider: 'openai',
      network_config: { base_url: 'http://127.0.0.1:9301/oai' },
    }),
    request('POST', '/api/providers/openai/keys', { name: 'k1', value: 'sk-a1234567890', models: ['*'], weight: 1 }),
    {
      setup: () => ({
        method: 'POST',
        path: '/api/governance/virtual-keys',
        body: {
          name: 'v',
          provider_configs: [{ provider: 'openai', weight: 1, allowed_models: ['*'], key_ids: ['*'] }],
        },
      }),
      binds: (rec) => ({
        [rec('auth-on-inference-vk', 'request.headers.authorization').replace('Bearer sk-bf-', '')]:
          'virtual_key.value',
      }),
    },
    ...recorded(`
      auth-on-inference-none auth-on-inference-basic auth-on-inference-junk auth-on-inference-vk auth-on-enforce
      auth-on-after-put-without-auth_config enforce-inference-none enforce-inference-basic enforce-inference-junk
      enforce-inference-vk enforce-inference-vk-header`),
  ],
};

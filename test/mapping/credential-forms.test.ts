import { describe, expect, it } from 'vitest';
import { isSecretRef } from '../../src/secret.js';
import type { CreateWrite } from '../../src/stages/plan.js';
import type { Capabilities } from '../../src/target/target.js';
import { OLD_BIFROST } from '../factories.js';
import { readMemory, type Item, type MemoryLitellm } from '../memory-litellm.js';
import { observe } from '../observation.js';

/** One deployment as LiteLLM holds it, and the body of the provider key it becomes: every secret dealt, nothing mocked. */
type Outcome = { readonly key: Item; readonly codes: readonly string[]; readonly refusal: string };

async function outcome(litellm: MemoryLitellm, capabilities: Partial<Capabilities> = {}): Promise<Outcome> {
  const read = await readMemory(litellm);
  const { records } = observe(read, { capabilities });
  const plan = records.find(({ record }) => record.kind === 'deployment')?.plan;
  if (plan === undefined) throw new Error('no deployment');
  const codes = plan.findings.map((one) => one.code);
  if (plan.outcome !== 'write') return { key: {}, codes, refusal: 'reason' in plan ? plan.reason : plan.outcome };
  const write = plan.writes.find((one): one is CreateWrite => one.kind === 'provider_key' && one.action === 'create');
  const dealt = (value: unknown): unknown => {
    if (isSecretRef(value)) return read.vault.reveal(value);
    if (Array.isArray(value)) return value.map(dealt);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, dealt(inner)]));
  };
  return { key: dealt(write?.body ?? {}) as Item, codes, refusal: '' };
}

const SERVED = { '/v2/model/info': { data: [] } };

/** The four places a param may stand in: the deployment or a named credential, each in the file or in the database. */
const PLACES: readonly (readonly [string, (params: Item, secrets: Item) => MemoryLitellm])[] = [
  ['a deployment of the file', (params, secrets) => inFile({ ...params, ...secrets }, null)],
  ['a named credential of the file', (params, secrets) => inFile(params, secrets)],
  ['a deployment of the database', (params, secrets) => inDatabase({ ...params, ...secrets }, null)],
  ['a named credential of the database', (params, secrets) => inDatabase(params, secrets)],
];

function inFile(params: Item, credential: Item | null): MemoryLitellm {
  const config = {
    model_list: [{ model_name: 'public', litellm_params: { ...params, ...(credential && { litellm_credential_name: 'named' }) } }],
    ...(credential && { credential_list: [{ credential_name: 'named', credential_values: credential, credential_info: {} }] }),
  }; // prettier-ignore
  return { version: '1.109.1', config: JSON.stringify(config), tables: null, api: { ...SERVED, ...EMPTY_LISTS } };
}

function inDatabase(params: Item, credential: Item | null): MemoryLitellm {
  return {
    version: '1.109.1',
    config: 'general_settings: {store_model_in_db: true}',
    tables: {
      ProxyModelTable: [{ model_id: 'm', model_name: 'public', litellm_params: { ...params, ...(credential && { litellm_credential_name: 'named' }) }, model_info: {} }],
      CredentialsTable: credential === null ? [] : [{ credential_name: 'named', credential_values: credential }],
    },
    api: SERVED,
  }; // prettier-ignore
}

const EMPTY_LISTS = {
  '/key/list': { keys: [] },
  '/v2/team/list': { teams: [] },
  '/user/list': { users: [] },
};

const SERVICE_ACCOUNT = { type: 'service_account', project_id: 'p', private_key: '-----BEGIN KEY-----\nx\n' };

const AZURE = { model: 'azure/dep', api_base: 'https://r.openai.azure.com' };
const ENDPOINT = { endpoint: 'https://r.openai.azure.com' };
const BEDROCK = { model: 'bedrock/anthropic.claude', aws_region_name: 'eu-west-1' };
const VERTEX = { model: 'vertex_ai/gemini', vertex_project: 'p', vertex_location: 'europe-west4' };
const PLACE = { project_id: 'p', region: 'europe-west4' };

/** What is set, and what the key on Bifrost is to hold. */
const FORMS: readonly (readonly [string, Item, Item, Item])[] = [
  ['azure, key as text', AZURE, { api_key: 'azure-key-123' }, { value: 'azure-key-123', azure_key_config: ENDPOINT }],
  ['azure, key as reference', AZURE, { api_key: 'os.environ/AZ' }, { value: 'env.AZ', azure_key_config: ENDPOINT }],
  [
    'azure, service principal as text',
    AZURE,
    { client_id: 'client-1', client_secret: 'secret-123', tenant_id: 'tenant-1' },
    { value: '', azure_key_config: { ...ENDPOINT, client_id: 'client-1', client_secret: 'secret-123', tenant_id: 'tenant-1' } },
  ],
  [
    'azure, service principal as references',
    AZURE,
    { client_id: 'os.environ/CI', client_secret: 'os.environ/CS', tenant_id: 'os.environ/TI' },
    { value: '', azure_key_config: { ...ENDPOINT, client_id: 'env.CI', client_secret: 'env.CS', tenant_id: 'env.TI' } },
  ],
  [
    'azure, key beside a service principal: the key, as in LiteLLM',
    AZURE,
    { api_key: 'azure-key-123', client_id: 'client-1', client_secret: 'secret-123', tenant_id: 'tenant-1' },
    { value: 'azure-key-123', azure_key_config: ENDPOINT },
  ],
  ['azure, nothing: the variable', AZURE, { organization: 'x' }, { value: 'env.AZURE_OPENAI_API_KEY', azure_key_config: ENDPOINT }],
  [
    'bedrock, static keys as text',
    BEDROCK,
    { aws_access_key_id: 'AKIA1', aws_secret_access_key: 'aws-secret-1', aws_session_token: 'session-1' },
    { value: '', bedrock_key_config: { region: 'eu-west-1', access_key: 'AKIA1', secret_key: 'aws-secret-1', session_token: 'session-1' } },
  ],
  [
    'bedrock, static keys as references',
    BEDROCK,
    { aws_access_key_id: 'os.environ/AK', aws_secret_access_key: 'os.environ/SK' },
    { value: '', bedrock_key_config: { region: 'eu-west-1', access_key: 'env.AK', secret_key: 'env.SK' } },
  ],
  [
    'bedrock, role',
    BEDROCK,
    { aws_role_name: 'arn:aws:iam::1:role/r', aws_session_name: 's', aws_external_id: 'x' },
    { value: '', bedrock_key_config: { region: 'eu-west-1', role_arn: 'arn:aws:iam::1:role/r', session_name: 's', external_id: 'x' } },
  ],
  ['bedrock, API key', BEDROCK, { api_key: 'ABSK-1234567890' }, { value: 'ABSK-1234567890', bedrock_key_config: { region: 'eu-west-1' } }],
  ['bedrock, the default chain', BEDROCK, { organization: 'x' }, { value: '', bedrock_key_config: { region: 'eu-west-1' } }],
  [
    'vertex, credentials as text',
    VERTEX,
    { vertex_credentials: JSON.stringify(SERVICE_ACCOUNT) },
    { value: '', vertex_key_config: { ...PLACE, auth_credentials: JSON.stringify(SERVICE_ACCOUNT) } },
  ],
  [
    'vertex, credentials as object',
    VERTEX,
    { vertex_credentials: SERVICE_ACCOUNT },
    { value: '', vertex_key_config: { ...PLACE, auth_credentials: JSON.stringify(SERVICE_ACCOUNT) } },
  ],
  [
    'vertex, credentials as reference',
    VERTEX,
    { vertex_credentials: 'os.environ/VC' },
    { value: '', vertex_key_config: { ...PLACE, auth_credentials: 'env.VC' } },
  ],
  [
    'vertex, the other spelling',
    { model: 'vertex_ai/gemini' },
    { vertex_ai_project: 'p', vertex_ai_location: 'europe-west4', vertex_ai_credentials: SERVICE_ACCOUNT },
    { value: '', vertex_key_config: { ...PLACE, auth_credentials: JSON.stringify(SERVICE_ACCOUNT) } },
  ],
  ['vertex, the application default', VERTEX, { organization: 'x' }, { value: '', vertex_key_config: { ...PLACE, auth_credentials: '' } }],
]; // prettier-ignore

describe.each(PLACES)('in %s', (_place, litellm) => {
  it.each(FORMS)('%s', async (_form, params, secrets, expected) => {
    const { key, refusal } = await outcome(litellm(params, secrets));
    expect(refusal).toBe('');
    expect(key).toMatchObject(expected);
    for (const [config, members] of Object.entries(expected))
      if (config.endsWith('_key_config')) expect(key[config]).toEqual(members);
  });

  it.each([
    ['azure, key as object', AZURE, { api_key: { a: 1 } }, 'odd_value'],
    ['azure, token alone', AZURE, { azure_ad_token: 'token-123456' }, 'azure_ad_token'],
    ['azure, token fetched at run time', AZURE, { azure_ad_token: 'oidc/azure/x' }, 'runtime_token'],
    ['azure, user name and password alone', AZURE, { azure_username: 'u', azure_password: 'password-1' }, 'azure_password_login'],
    ['bedrock, an endpoint of its own', BEDROCK, { aws_bedrock_runtime_endpoint: 'https://b.example' }, 'custom_base_not_supported'],
    ['bedrock, secret as object', BEDROCK, { aws_access_key_id: 'A', aws_secret_access_key: { a: 1 } }, 'odd_value'],
    ['vertex, a file this machine lacks', VERTEX, { vertex_credentials: '/etc/vertex.json' }, 'credential_file_missing'],
    ['vertex, no project', { model: 'vertex_ai/gemini' }, { vertex_location: 'x' }, 'vertex_project_missing'],
  ] as const)('%s is refused: %s', async (_form, params, secrets, reason) => {
    expect((await outcome(litellm(params, secrets))).refusal).toBe(reason);
  }); // prettier-ignore
});

describe('what does not fit is said', () => {
  const codes = async (params: Item, capabilities: Partial<Capabilities> = {}) =>
    (await outcome(inFile(params, null), capabilities)).codes;

  it('parts of a service principal, and one beside a key', async () => {
    expect(await codes({ ...AZURE, client_id: 'c', tenant_id: 't' })).toContain('azure_principal_incomplete');
    const beside = { api_key: 'azure-key-1', client_id: 'c', client_secret: 'secret-12', tenant_id: 't' };
    expect(await codes({ ...AZURE, ...beside })).toContain('azure_principal_not_used');
    expect(await codes({ ...AZURE, api_key: 'azure-key-1' })).not.toContain('azure_principal_not_used');
  });

  it('an Azure AD token beside a key, fetched at run time or not', async () => {
    for (const token of ['token-123456', 'oidc/azure/x'])
      expect(await codes({ ...AZURE, api_key: 'azure-key-1', azure_ad_token: token })).toContain(
        'azure_ad_token_not_carried',
      );
  });

  it('an api_version, where the gateway has no place for it', async () => {
    const versioned = { ...AZURE, api_key: 'azure-key-1', api_version: '2024-10-21' };
    expect(await codes(versioned)).toContain('azure_api_version_not_carried');
    const old = await outcome(inFile(versioned, null), OLD_BIFROST);
    expect(old.codes).not.toContain('azure_api_version_not_carried');
    expect(old.key.azure_key_config).toEqual({ ...ENDPOINT, api_version: '2024-10-21' });
  });

  it('a region that LiteLLM would find in its environment', async () => {
    expect(await codes({ model: 'bedrock/anthropic.claude' })).toContain('region_assumed');
    expect(await codes({ model: 'vertex_ai/gemini', vertex_project: 'p' })).toContain('region_assumed');
  });

  it('a deployment that sets what its named credential sets, too: the deployment wins', async () => {
    const own = await outcome(inFile({ ...AZURE, api_key: 'own-key-1234' }, { api_key: 'named-key-12', api_version: 'v' }));
    expect(own.key.value).toBe('own-key-1234');
    expect(own.codes).toContain('azure_api_version_not_carried');
  }); // prettier-ignore
});

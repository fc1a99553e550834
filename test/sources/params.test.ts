import { describe, expect, it } from 'vitest';
import { fingerprinter, isSecretRef, Secret, type SecretRef } from '../../src/secret.js';
import { decrypter } from '../../src/sources/decrypt.js';
import { protectParams } from '../../src/sources/params.js';
import type { Params } from '../../src/sources/records.js';
import { isMasked, isSecretName, isSecretUrl } from '../../src/sources/secret-names.js';
import { objectWithoutSecrets } from '../../src/sources/scrub.js';
import { SecretVault } from '../../src/sources/secrets.js';

const vault = new SecretVault(fingerprinter(Buffer.from('a key of this test')), new Secret('a salt key of this test'));
const fromFile = (raw: Record<string, unknown>) => protectParams(raw, { vault, owner: 'deployment:d1' }).params;
const fromApi = (raw: Record<string, unknown>) =>
  protectParams(raw, { vault, owner: 'deployment:d1', masked: true }).params;
const revealed = (params: Params, name: string) => {
  expect(isSecretRef(params[name]), name).toBe(true);
  return vault.reveal(params[name] as SecretRef);
};

describe('params of a config file', () => {
  it('keep secrets in the vault under a stable name', () => {
    const params = fromFile({
      model: 'openai/gpt-4o',
      api_key: 'CANARY-1',
      rpm: 5,
      use_in_pass_through: false,
      seed: null,
    });
    expect(params).toMatchObject({ model: 'openai/gpt-4o', rpm: 5, use_in_pass_through: false, seed: null });
    expect(params.api_key).toMatchObject({ $secret: 'deployment:d1:api_key' });
    expect(revealed(params, 'api_key')).toBe('CANARY-1');
    expect(JSON.stringify([params, vault])).not.toContain('CANARY');
  });

  it.each([
    'client_secret',
    'azure_ad_token',
    'azure_password',
    'aws_access_key_id',
    'aws_secret_access_key',
    'aws_session_token',
    'zen_api_key',
    'private-key',
    'apiKey',
  ])('%s is a secret', (name) => expect(revealed(fromFile({ [name]: 'CANARY-2' }), name)).toBe('CANARY-2'));

  it.each([
    'api_base',
    'model',
    'api_version',
    'organization',
    'litellm_credential_name',
    'aws_region_name',
    'aws_role_name',
    'tenant_id',
    'client_id',
    'vertex_project',
  ])('%s is not', (name) => expect(fromFile({ [name]: 'text' })).toEqual({ [name]: 'text' }));

  it('references are never secrets, prices and switches neither', () => {
    const raw = {
      api_key: 'os.environ/OPENAI_API_KEY',
      azure_ad_token: 'oidc/google/aud',
      input_cost_per_token: 0.1,
      output_cost_per_token: '0.2',
      access_groups: ['beta'],
    };
    expect(fromFile(raw)).toEqual(raw);
  });

  it('every header value is one, whatever its name', () => {
    const { extra_headers: headers } = fromFile({
      extra_headers: { 'X-Team': 'CANARY-3', Authorization: 'Bearer CANARY-4', 'X-Env': 'os.environ/TEAM' },
    });
    expect(headers).toMatchObject({
      'X-Team': { $secret: 'deployment:d1:extra_headers.X-Team' },
      'X-Env': 'os.environ/TEAM',
    });
    expect(JSON.stringify(headers)).not.toContain('CANARY');
  });

  it('Google credentials are one JSON text, or the path of a file', () => {
    const object = { type: 'service_account', private_key: 'CANARY-5', list: [1] };
    expect(revealed(fromFile({ vertex_credentials: object }), 'vertex_credentials')).toBe(JSON.stringify(object));
    expect(revealed(fromFile({ vertex_ai_credentials: '{"a": "CANARY-6"}' }), 'vertex_ai_credentials')).toBe(
      '{"a": "CANARY-6"}',
    );
    expect(fromFile({ vertex_credentials: '/etc/google/key.json' })).toEqual({
      vertex_credentials: '/etc/google/key.json',
    });
    expect(
      revealed(fromFile({ vertex_credentials: `eyJ0eXBlIjoi/${'CANARY8'.repeat(40)}` }), 'vertex_credentials'),
    ).toContain('CANARY8');
    expect(fromFile({ vertex_credentials: 'os.environ/GOOGLE' })).toEqual({ vertex_credentials: 'os.environ/GOOGLE' });
  });

  it('a base URL with a credential in it is a secret as a whole', () => {
    expect(revealed(fromFile({ api_base: 'https://user:CANARY@host/v1' }), 'api_base')).toContain('CANARY');
    expect(revealed(fromFile({ api_base: 'https://host/v1?api_key=CANARY' }), 'api_base')).toContain('CANARY');
    expect(fromFile({ api_base: 'https://host/v1?api-version=2024' })).toEqual({
      api_base: 'https://host/v1?api-version=2024',
    });
  });

  it('nested and numeric secrets are kept too', () => {
    const params = fromFile({ api_key: 1234, deep: { list: [{ token: 'CANARY-7', note: 'text' }] } });
    expect(revealed(params, 'api_key')).toBe('1234');
    expect(params.deep).toMatchObject({
      list: [{ token: { $secret: 'deployment:d1:deep.list.0.token' }, note: 'text' }],
    });
  });

  it('a masked value is marked, not kept', () => {
    expect(fromFile({ api_key: 'sk-a**********wxyz' })).toEqual({ api_key: { $masked: true } });
  });
});

describe('params of the API', () => {
  it('are masked wherever a name sounds secret, even where 1.81.13 shows a short value', () => {
    expect(
      fromApi({ azure_ad_token: 'ey-i****123x', azure_password: 'short', api_key: '*****', model: 'openai/a' }),
    ).toEqual({
      azure_ad_token: { $masked: true },
      azure_password: { $masked: true },
      api_key: { $masked: true },
      model: 'openai/a',
    });
  });

  it('read the texts 1.81.13 makes of nulls as unset', () => {
    expect(fromApi({ api_version: 'None', azure_ad_token: '', api_base: 'https://host' })).toEqual({
      api_version: null,
      azure_ad_token: null,
      api_base: 'https://host',
    });
  });
});

describe('params of the database', () => {
  const fromDatabase = (raw: Record<string, unknown>, saltKey: string) =>
    protectParams(raw, { vault, owner: 'deployment:d2', decrypt: decrypter(saltKey) });
  // Encrypted by LiteLLM 1.106.2 with salt-abcd-1234: `sk-INVENTED-1234567890`.
  const NACL = 'dAZCzko21y8iSfjBAuLUqe1Ww1p4AFLmKU2ZKflk5WrxVvYf7rLdkk_J4B6Hj2XRtOwA9oQ8uqErZiPaC9w=';
  const GCM = 'v2:gcm:eOu2bt8gfKPsNTSfUkbmte7ACsHMWpUgZ_XmwxrlfsSy-YwDZ-hp52sqNaqrJZaiuzs=';

  it('open text by text; nested ones only with a prefix', () => {
    const { params, notes } = fromDatabase(
      { api_key: NACL, client_secret: GCM, extra_headers: { Authorization: GCM, Other: NACL }, rpm: 3 },
      'salt-abcd-1234',
    );
    expect(revealed(params, 'api_key')).toBe('sk-INVENTED-1234567890');
    expect(revealed(params, 'client_secret')).toBe('sk-INVENTED-1234567890');
    const headers = params.extra_headers as Params;
    expect(revealed(headers, 'Authorization')).toBe('sk-INVENTED-1234567890');
    expect(revealed(headers, 'Other')).toBe(NACL);
    expect(notes).toEqual([]);
  });

  it('mark what does not open and keep the others', () => {
    const { params, notes } = fromDatabase({ model: 'openai/plain', api_key: NACL, api_base: GCM }, 'wrong');
    expect(params).toEqual({
      model: 'openai/plain',
      api_key: { $undecryptable: true },
      api_base: { $undecryptable: true },
    });
    expect(notes.map(({ code, field }) => [code, field])).toEqual([
      ['undecryptable', 'api_key'],
      ['undecryptable', 'api_base'],
    ]);
  });

  it('take a key-like text for a ciphertext only beside one', () => {
    const key = `sk-proj-${'aB3dE6gH9jK2mN5pQ8sT1vW4yZ7'.repeat(3)}`.slice(0, 80);
    expect(revealed(fromDatabase({ api_key: key, model: 'openai/a' }, 'salt-abcd-1234').params, 'api_key')).toBe(key);
    expect(fromDatabase({ api_key: key, model: NACL }, 'wrong').params.api_key).toEqual({ $undecryptable: true });
  });
});

describe('names and values', () => {
  it.each([
    ['sk-a***wxyz', true],
    ['****', true],
    ['sk****-1', true],
    ['sk-1234', false],
    ['a*b', false],
    ['*', true],
    ['', false],
  ])('isMasked %j', (text, is) => {
    expect(isMasked(text)).toBe(is);
  });
  it.each([
    ['X-Api-Key', true],
    ['authorization', true],
    ['max_tokens', false],
    ['monkey', false],
    ['input_cost_per_token', false],
  ])('isSecretName %s', (name, is) => {
    expect(isSecretName(name)).toBe(is);
  });
  it.each([
    ['redis://:pass@host:6379', true],
    ['https://host/path', false],
    ['not a url', false],
  ])('isSecretUrl %s', (url, is) => {
    expect(isSecretUrl(url)).toBe(is);
  });

  it('metadata keeps its shape and loses its secrets', () => {
    const metadata = {
      tags: ['a'],
      model_rpm_limit: { 'gpt-4o': 5 },
      service_account_id: 'svc',
      logging: [{ callback_name: 'langfuse', callback_vars: { langfuse_host: 'https://CANARY' } }],
      model_max_budget: { 'env-key-model': { budget_limit: 5, time_period: '30d', api_key: 'CANARY' } },
      fallbacks: [{ 'my-token-model': ['b', { model: 'c', api_key: 'CANARY' }] }],
      nested: {
        api_key: 'CANARY',
        note: 'sk-CANARY-1234567890ab',
        database_url: 'postgresql://u:CANARY@h/d',
        ref: 'os.environ/X',
      },
    };
    const scrubbed = objectWithoutSecrets(metadata);
    expect(scrubbed).toMatchObject({
      tags: ['a'],
      model_rpm_limit: { 'gpt-4o': 5 },
      service_account_id: 'svc',
      nested: { api_key: '(not shown)', ref: 'os.environ/X' },
    });
    expect(scrubbed).toMatchObject({
      model_max_budget: { 'env-key-model': { time_period: '30d' } },
      fallbacks: [{ 'my-token-model': ['b', { model: 'c' }] }],
    });
    expect(JSON.stringify(scrubbed)).not.toContain('CANARY');
  });
});

describe('what a reference tells without telling the secret', () => {
  it('is the same tag in every journal under one salt key, and another under another', () => {
    const refOf = (salt: string, value: string) =>
      new SecretVault(fingerprinter(Buffer.from(Math.random().toString())), new Secret(salt)).keep('a:api_key', value);
    expect(refOf('s', 'v').tag).toBe(refOf('s', 'v').tag);
    expect(refOf('s', 'v').fingerprint).not.toBe(refOf('s', 'v').fingerprint);
    expect(refOf('s', 'v').tag).not.toBe(refOf('t', 'v').tag);
  });

  it('deals the bare token of a Bearer header, and the header of any other scheme whole', () => {
    const bearer = vault.keep('deployment:d:extra_headers.Authorization', 'Bearer tok-1');
    expect(bearer.scheme).toBe('Bearer');
    expect(vault.reveal(bearer)).toBe('tok-1');
    const basic = vault.keep('deployment:e:extra_headers.Authorization', 'Basic dXNlcg==');
    expect(basic.scheme).toBeUndefined();
    expect(vault.reveal(basic)).toBe('Basic dXNlcg==');
  });

  it('warns of a literal that Bifrost would take for a reference', () => {
    expect(vault.keep('deployment:d:api_key', 'env.HOME').reserved).toBe(true);
    expect(vault.keep('deployment:d:api_key', 'sk-env.HOME').reserved).toBeUndefined();
  });
});

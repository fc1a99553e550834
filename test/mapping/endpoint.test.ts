import { describe, expect, it } from 'vitest';
import { planEndpoint, type EndpointResult, type EndpointRules } from '../../src/mapping/endpoint.js';
import { SLUGS } from '../../src/mapping/providers.js';
import type { Deployment, NamedCredential, Params } from '../../src/sources/records.js';
import { capabilities, deployment, OLD_BIFROST, secret } from '../factories.js';

function plan(params: Params, over: Partial<EndpointRules> = {}, more: Partial<Deployment> = {}): EndpointResult {
  return planEndpoint(deployment('public', params, more), {
    credentials: new Map(),
    capabilities: capabilities(),
    defaultProvider: 'openai',
    allowPrivateNetwork: false,
    environment: () => undefined,
    credentialFile: () => undefined,
    namePrefixes: new Set(),
    ...over,
  });
}

function planned(params: Params, over: Partial<EndpointRules> = {}, more: Partial<Deployment> = {}) {
  const result = plan(params, over, more);
  if (!result.ok) throw new Error(`${result.outcome}: ${result.problem.message}`);
  return result.endpoint;
}

const refusal = (params: Params, over: Partial<EndpointRules> = {}): string => {
  const result = plan(params, over);
  return result.ok ? 'carried' : `${result.outcome} ${result.problem.reason}`;
};

const codes = (params: Params, over: Partial<EndpointRules> = {}): string[] =>
  planned(params, over).findings.map((f) => f.code);
const KEY = secret('sk-CANARY-1');

describe('providers (M6–M10)', () => {
  it('uses the standard provider when there is no base of its own, or only its default', () => {
    for (const api_base of [undefined, 'https://api.openai.com/v1', 'https://api.openai.com/v1/']) {
      expect(planned({ model: 'openai/gpt-4o', api_key: KEY, ...(api_base && { api_base }) }).provider).toMatchObject({
        name: 'openai',
        baseType: null,
      });
    }
  });

  it('names a custom provider by base and address, like the earlier public tool did', () => {
    const endpoint = planned({ model: 'openai/m', api_key: KEY, api_base: 'http://127.0.0.1:9101/v1' });
    expect(endpoint.provider).toMatchObject({
      name: 'openai-4b4de4dfd74b9b0f',
      baseType: 'openai',
      baseUrl: 'http://127.0.0.1:9101',
      paths: {},
    });
    expect(planned({ model: 'openai/m', api_key: KEY, api_base: 'http://127.0.0.1:9101/v1//' }).provider.name).toBe(
      'openai-4b4de4dfd74b9b0f',
    );
  });

  it('puts standard providers without a base of their own on base openai when they have an api_base', () => {
    const { provider } = planned({ model: 'xai/grok', api_key: KEY, api_base: 'https://grok.example/v1' });
    expect(provider.name).toMatch(/^xai-[0-9a-f]{16}$/);
    expect(provider.baseType).toBe('openai');
  });

  it('makes OpenAI-compatible slugs custom providers at their own address', () => {
    expect(planned({ model: 'deepseek/deepseek-chat', api_key: KEY }).provider).toMatchObject({
      name: 'deepseek',
      baseType: 'openai',
      baseUrl: 'https://api.deepseek.com/beta',
    });
    expect(planned({ model: 'together_ai/meta-llama/Llama-3', api_key: KEY })).toMatchObject({
      upstream: 'meta-llama/Llama-3',
      provider: { baseUrl: 'https://api.together.xyz' },
    });
  });

  it('takes the hash name when the slug begins a public name', () => {
    expect(
      planned({ model: 'deepseek/chat', api_key: KEY }, { namePrefixes: new Set(['deepseek']) }).provider.name,
    ).toMatch(/^deepseek-[0-9a-f]{16}$/);
  });

  it('uses a provider the gateway has built in', () => {
    const rules = { capabilities: capabilities({ standardProviders: new Set(['deepseek', 'openai']) }) };
    expect(planned({ model: 'deepseek/chat', api_key: KEY }, rules).provider).toMatchObject({
      name: 'deepseek',
      baseType: null,
    });
  });

  it('normalises LiteLLM slugs', () => {
    expect(planned({ model: 'cohere_chat/command-r', api_key: KEY }).provider.name).toBe('cohere');
    expect(planned({ model: 'text-completion-openai/x', api_key: KEY }).provider.name).toBe('openai');
    expect(planned({ model: 'litellm_proxy/x', api_key: KEY, api_base: 'https://p.example/v1' }).provider.name).toMatch(
      /^openai-/,
    );
  });

  it('skips what Bifrost cannot call, with the reason', () => {
    expect(refusal({ model: 'sagemaker/x', api_key: KEY })).toBe('skipped unsupported_provider');
    expect(refusal({ model: 'auto_router/x' })).toBe('skipped unsupported_provider');
    expect(refusal({ model: '*/x' })).toBe('skipped provider_glob');
    expect(refusal({ model: 'custom_openai/x', api_key: KEY })).toBe('skipped base_url_missing');
    expect(refusal({ model: 'bedrock/x', api_base: 'https://proxy.example' })).toBe(
      'skipped custom_base_not_supported',
    );
    expect(refusal({ model: 'databricks/x', api_key: KEY })).toBe('skipped base_url_missing');
  });

  it('takes an unknown slug with an address for OpenAI-compatible, and says so', () => {
    expect(codes({ model: 'brandnew/x', api_key: KEY, api_base: 'https://new.example/v1' })).toContain(
      'assumed_openai_compatible',
    );
  });

  it('gives every known slug a planned row or a reason', () => {
    for (const slug of Object.keys(SLUGS)) {
      const result = plan({
        model: `${slug}/some-model`,
        api_key: KEY,
        api_base: slug.startsWith('bedrock') || slug.startsWith('vertex') ? null : 'https://host.example/v1',
        vertex_project: 'p',
      });
      if (result.ok) expect(result.endpoint.upstream, slug).toBe('some-model');
      else expect(result.problem.message, slug).not.toBe('');
    }
  });
});

describe('upstream ids (M7)', () => {
  it.each([
    [{ model: 'openai/gpt-4o' }, 'gpt-4o'],
    [{ model: 'gpt-4o' }, 'gpt-4o'],
    [{ model: 'meta-llama/Llama-3', custom_llm_provider: 'openai' }, 'meta-llama/Llama-3'],
    [{ model: 'openai/meta-llama/Llama-3', custom_llm_provider: 'openai' }, 'meta-llama/Llama-3'],
    [{ model: 'bedrock/converse/anthropic.claude' }, 'anthropic.claude'],
    [{ model: 'bedrock/invoke/anthropic.claude' }, 'anthropic.claude'],
    [{ model: 'bedrock/us-east-1/anthropic.claude' }, 'us-east-1/anthropic.claude'],
  ])('strips exactly the slug of %j', (params, upstream) => {
    expect(planned({ ...params, api_key: KEY }).upstream).toBe(upstream);
  });
});

describe('base URLs (M11, M12, M13)', () => {
  it('keeps a base without /v1 and overrides every path, streaming too', () => {
    const { provider } = planned({ model: 'openai/glm', api_key: KEY, api_base: 'https://host.example/api/paas/v4/' });
    expect(provider.baseUrl).toBe('https://host.example/api/paas/v4');
    expect(provider.paths).toMatchObject({
      chat_completion: '/chat/completions',
      chat_completion_stream: '/chat/completions',
      embedding: '/embeddings',
      list_models: '/models',
    });
  });

  it('strips what an anthropic base carries', () => {
    expect(
      planned({ model: 'anthropic/c', api_key: KEY, api_base: 'https://a.example/v1/messages' }).provider.baseUrl,
    ).toBe('https://a.example');
  });

  it('reads a referenced base from its own environment, or skips naming the variable', () => {
    const params = { model: 'openai/x', api_key: KEY, api_base: 'os.environ/MY_BASE' };
    expect(planned(params, { environment: () => 'https://b.example/v1' }).provider.baseUrl).toBe('https://b.example');
    const result = plan(params);
    expect(!result.ok && result.problem).toMatchObject({
      reason: 'base_url_unset',
      message: expect.stringContaining('MY_BASE') as string,
    });
  });

  it('opens private networks for literal private addresses and on request only', () => {
    const at = (api_base: string, allowPrivateNetwork = false): boolean =>
      planned({ model: 'openai/x', api_key: KEY, api_base }, { allowPrivateNetwork }).provider.allowPrivateNetwork;
    expect(at('http://10.1.2.3/v1')).toBe(true);
    expect(at('https://inner.example/v1')).toBe(false);
    expect(at('https://inner.example/v1', true)).toBe(true);
    expect(codes({ model: 'openai/x', api_key: KEY, api_base: 'http://localhost:1234/v1' })).toContain(
      'loopback_base_url',
    );
  });

  it('fails an api_base that is no URL', () => {
    expect(refusal({ model: 'openai/x', api_key: KEY, api_base: 'host:8000' })).toBe('failed base_url_invalid');
  });
});

describe('credentials (M3, M4, M14)', () => {
  const credential: NamedCredential = {
    name: 'shared',
    origin: 'database',
    values: { api_key: secret('cred'), api_base: 'https://c.example/v1' },
    info: {},
  };
  const rules = { credentials: new Map([['shared', credential]]) };

  it('fills every field the deployment leaves out from its named credential, and no other', () => {
    const endpoint = planned({ model: 'openai/x', litellm_credential_name: 'shared' }, rules);
    expect(endpoint.provider.baseUrl).toBe('https://c.example');
    expect(endpoint.key).toMatchObject({ value: secret('cred'), label: 'shared' });
    expect(planned({ model: 'openai/x', api_key: KEY, litellm_credential_name: 'shared' }, rules).key?.value).toEqual(
      KEY,
    );
  });

  it('keeps references as references', () => {
    expect(planned({ model: 'openai/x', api_key: 'os.environ/MY_KEY' }).key).toMatchObject({
      value: 'env.MY_KEY',
      label: 'MY_KEY',
    });
  });

  it('plans the variable LiteLLM uses without saying so', () => {
    const endpoint = planned({ model: 'openai/x' });
    expect(endpoint.key?.value).toBe('env.OPENAI_API_KEY');
    expect(endpoint.findings.map((f) => f.code)).toContain('implicit_env_credential');
  });

  it('never writes what is masked, hidden or unreadable', () => {
    expect(refusal({ model: 'openai/x', api_key: 'abcd****wxyz' })).toBe('failed masked_value');
    expect(refusal({ model: 'openai/x', api_key: { $masked: true } })).toBe('skipped needs_database');
    expect(refusal({ model: 'openai/x', api_key: { $undecryptable: true } })).toBe('failed undecryptable');
    expect(refusal({ model: 'openai/x', api_key: 'env.HOME' })).toBe('failed looks_like_reference');
    expect(refusal({ model: { $undecryptable: true } })).toBe('failed undecryptable');
  });

  it('makes a server without auth a keyless provider', () => {
    expect(planned({ model: 'lm_studio/qwen', api_base: 'http://10.0.0.5:1234/v1' })).toMatchObject({
      key: null,
      provider: { keyless: true },
    });
  });

  it('uses the Bearer token of an Authorization header as the key', () => {
    const header = { ...secret('header'), scheme: 'Bearer' as const };
    expect(
      planned({
        model: 'openai/x',
        api_key: KEY,
        api_base: 'https://h.example/v1',
        extra_headers: { Authorization: header },
      }).key?.value,
    ).toEqual(header);
    expect(refusal({ model: 'openai/x', api_key: KEY, extra_headers: { authorization: secret('basic') } })).toBe(
      'failed authorization_header',
    );
  });
});

describe('structured credentials (M15, M16)', () => {
  it('reduces an Azure base to the resource and takes key or principal', () => {
    const endpoint = planned({
      model: 'azure/dep',
      api_key: KEY,
      api_base: 'https://r.openai.azure.com/openai/deployments/x?api-version=1',
      api_version: '2024-10-21',
    });
    expect(endpoint.key?.config).toEqual({ azure_key_config: { endpoint: 'https://r.openai.azure.com' } });
    expect(endpoint.findings.map((f) => f.code)).toContain('azure_api_version_not_carried');
    const principal = { client_id: 'c', client_secret: secret('s'), tenant_id: 't' };
    expect(planned({ model: 'azure/dep', api_base: 'https://r.openai.azure.com', ...principal }).key).toMatchObject({
      value: '',
      config: { azure_key_config: principal },
    });
  });

  it('keeps api_version where the gateway takes it', () => {
    const rules = { capabilities: capabilities(OLD_BIFROST) };
    expect(
      planned({ model: 'azure/dep', api_key: KEY, api_base: 'https://r.openai.azure.com', api_version: 'v' }, rules).key
        ?.config,
    ).toEqual({
      azure_key_config: { endpoint: 'https://r.openai.azure.com', api_version: 'v' },
    });
    expect(refusal({ model: 'azure/claude-3', api_key: KEY, api_base: 'https://r.openai.azure.com' }, rules)).toBe(
      'skipped azure_claude_deployment',
    );
  });

  it('skips an Azure deployment whose only credential is an AD token', () => {
    expect(refusal({ model: 'azure/dep', api_base: 'https://r.openai.azure.com', azure_ad_token: secret('ey') })).toBe(
      'skipped azure_ad_token',
    );
  });

  it('keeps the region of bedrock in every case', () => {
    const keys = { aws_access_key_id: secret('AKIA'), aws_secret_access_key: secret('SAK') };
    expect(planned({ model: 'bedrock/m', ...keys, aws_region_name: 'eu-central-1' }).key?.config).toEqual({
      bedrock_key_config: { region: 'eu-central-1', access_key: secret('AKIA'), secret_key: secret('SAK') },
    });
    expect(planned({ model: 'bedrock/m', api_key: KEY })).toMatchObject({
      key: { value: KEY, config: { bedrock_key_config: { region: 'us-west-2' } } },
    });
  });

  it('reads a vertex credentials file from this machine, or fails with the next step', () => {
    const params = { model: 'vertex_ai/gemini', vertex_project: 'p', vertex_credentials: '/etc/sa.json' };
    expect(planned(params, { credentialFile: () => secret('json') }).key?.config).toEqual({
      vertex_key_config: { project_id: 'p', region: 'us-central1', auth_credentials: secret('json') },
    });
    expect(refusal(params)).toBe('failed credential_file_missing');
  });

  it('puts the address of vllm and ollama on the key', () => {
    expect(planned({ model: 'hosted_vllm/m', api_base: 'http://10.0.0.9:8000/v1' })).toMatchObject({
      provider: { name: 'vllm', allowPrivateNetwork: true },
      key: { value: '', config: { vllm_key_config: { url: 'http://10.0.0.9:8000' } } },
    });
    expect(planned({ model: 'ollama_chat/llama3', api_base: 'http://10.0.0.9:11434' }).key?.config).toEqual({
      ollama_key_config: { url: 'http://10.0.0.9:11434' },
    });
  });
});

describe('what is not carried (M21)', () => {
  it('names every param no rule reads, headers by name only', () => {
    const findings = planned({
      model: 'openai/x',
      api_key: KEY,
      timeout: 30,
      tags: ['a'],
      order: 1,
      extra_headers: { 'X-Team': secret('team') },
      use_in_pass_through: false,
    }).findings;
    expect(findings.map((f) => f.field).sort()).toEqual(['extra_headers', 'order', 'tags', 'timeout']);
    expect(JSON.stringify(findings)).not.toContain('"team"');
  });
});

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { bifrostBase } from '../../src/mapping/base-url.js';
import { planEndpoint, type EndpointResult, type EndpointRules } from '../../src/mapping/endpoint.js';
import { SLUGS } from '../../src/mapping/providers.js';
import type { Params } from '../../src/sources/records.js';
import { capabilities, deployment, secret } from '../factories.js';

/** A provider as LiteLLM's tables have it (L§7.2–7.4), and what it is to become. */
type Row = {
  readonly slug: string;
  /** LiteLLM's default base URL. */
  readonly base?: string;
  /** The URL LiteLLM calls for a chat when the deployment says nothing. */
  readonly calls?: string;
  readonly keys?: readonly string[];
  readonly baseVariables?: readonly string[];
  readonly becomes: string;
  /** Name on Bifrost of a standard provider. */
  readonly name?: string;
  readonly finding?: string;
};

type Bifrost = {
  readonly standard: readonly string[];
  /** Chat URL of standard providers (B§3.7). */
  readonly calls: { readonly [provider: string]: string };
  /** Path Bifrost appends to a base URL, by base type and request type. */
  readonly paths: { readonly [baseType: string]: { readonly [requestType: string]: string } };
};

function fixture(name: string): unknown {
  return JSON.parse(readFileSync(new URL(`../fixtures/providers/${name}.json`, import.meta.url), 'utf8'));
}

const COMPATIBLE = fixture('openai-compatible') as readonly Row[];
const NATIVE = fixture('native') as readonly Row[];
const NOT_CHAT = fixture('not-chat') as readonly Row[];
const ROWS = [...COMPATIBLE, ...NATIVE, ...NOT_CHAT];
const BIFROST = fixture('bifrost') as Bifrost;

function plan(params: Params, over: Partial<EndpointRules> = {}): EndpointResult {
  return planEndpoint(deployment('public', params), {
    credentials: new Map(),
    capabilities: capabilities({ standardProviders: new Set(BIFROST.standard) }),
    defaultProvider: 'openai',
    allowPrivateNetwork: false,
    environment: () => undefined,
    credentialFile: () => undefined,
    namePrefixes: new Set(),
    ...over,
  });
}

function planned(params: Params, over: Partial<EndpointRules> = {}) {
  const result = plan(params, over);
  if (!result.ok) throw new Error(`${result.outcome}: ${result.problem.message}`);
  return result.endpoint;
}

const reason = (result: EndpointResult): string =>
  result.ok ? 'carried' : `${result.outcome} ${result.problem.reason}`;
const codes = (result: EndpointResult): string[] =>
  (result.ok ? result.endpoint.findings : result.findings).map((one) => one.code);

/** The URL Bifrost calls: the override of the request type, else its own path behind the base (B§3.5, B§3.7). */
function called(
  provider: { readonly baseType: string | null; readonly baseUrl: string | null; readonly name: string; readonly paths: { readonly [type: string]: string } },
  type = 'chat_completion',
): string | undefined {
  if (provider.baseType === null) return BIFROST.calls[provider.name];
  const path = provider.paths[type] ?? BIFROST.paths[provider.baseType]?.[type];
  return path === undefined ? undefined : `${provider.baseUrl ?? ''}${path}`;
} // prettier-ignore

/** What an OpenAI client appends to its base. */
const SUFFIX: { readonly [requestType: string]: string } = {
  chat_completion: '/chat/completions',
  chat_completion_stream: '/chat/completions',
  text_completion: '/completions',
  text_completion_stream: '/completions',
  embedding: '/embeddings',
  responses: '/responses',
  responses_stream: '/responses',
  list_models: '/models',
};

it('every slug of the tables has a row of its own in the program, and none is left over', () => {
  expect(new Set(ROWS.map(({ slug }) => slug)).size).toBe(ROWS.length);
  // Not in the tables: a server of its own kind that Bifrost has built in.
  expect(new Set(Object.keys(SLUGS))).toEqual(new Set([...ROWS.map(({ slug }) => slug), 'sglang']));
});

describe.each(ROWS)('$slug', (row) => {
  const model = `${row.slug}/m`;
  const KEY = secret('sk-1');
  const OWN = 'https://own.example/some/v1';

  switch (row.becomes) {
    case 'skipped':
      it('is skipped, with the reason', () => {
        const result = plan({ model, api_key: KEY });
        expect(reason(result)).toBe('skipped unsupported_provider');
        expect(result.ok ? '' : result.problem.message).toMatch(/^Bifrost cannot call .+: .+/);
      });
      return;
    case 'azure':
      it('is azure, and needs the address of its resource', () => {
        expect(reason(plan({ model, api_key: KEY }))).toBe('skipped base_url_missing');
        const { provider, key, upstream } = planned({ model, api_key: KEY, api_base: 'https://r.openai.azure.com/' });
        expect([provider.name, provider.baseType, upstream]).toEqual(['azure', null, 'm']);
        expect(key?.config).toEqual({ azure_key_config: { endpoint: 'https://r.openai.azure.com' } });
      });
      break;
    case 'bedrock':
      it('is bedrock, in its region', () => {
        const { provider, key } = planned({ model, aws_region_name: 'eu-west-1' });
        expect([provider.name, provider.baseType]).toEqual(['bedrock', null]);
        expect(key?.config).toEqual({ bedrock_key_config: { region: 'eu-west-1' } });
      });
      return;
    case 'vertex':
      it('is vertex, in its project and region', () => {
        const { provider, key } = planned({ model, vertex_project: 'p', vertex_location: 'europe-west4' });
        expect([provider.name, provider.baseType]).toEqual(['vertex', null]);
        expect(key?.config).toMatchObject({ vertex_key_config: { project_id: 'p', region: 'europe-west4' } });
      });
      return;
    case 'server':
      it('is a standard provider with the server on its key', () => {
        const { provider, key } = planned({ model, api_base: 'https://server.example/v1' });
        expect(provider.baseType).toBeNull();
        expect(key?.config).toEqual({ [`${provider.name}_key_config`]: { url: 'https://server.example' } });
      });
      break;
    case 'standard':
      it('is built into Bifrost, which calls what LiteLLM called, or says so', () => {
        const result = plan({ model, api_key: KEY });
        const { provider } = planned({ model, api_key: KEY });
        expect([provider.name, provider.baseType, provider.baseUrl]).toEqual([row.name, null, null]);
        const url = called(provider);
        if (row.calls === undefined || url === undefined) return;
        if (url !== row.calls) expect(codes(result)).toContain('other_address');
        else expect(codes(result)).not.toContain('other_address');
      });
      it('is a custom provider with an address of its own', () => {
        const { provider } = planned({ model, api_key: KEY, api_base: OWN });
        expect(provider.name).toMatch(new RegExp(`^${row.name}-[0-9a-f]{16}$`));
        if (provider.baseType === 'openai') expect(called(provider)).toBe(`${OWN}/chat/completions`);
      });
      break;
    case 'keyless':
      it('is a keyless custom provider where no key is set, and has one where one is', () => {
        expect(planned({ model, ...(row.base === undefined && { api_base: OWN }) })).toMatchObject({
          key: null,
          provider: { keyless: true, baseType: 'openai' },
        });
        expect(planned({ model, api_key: KEY, api_base: OWN })).toMatchObject({
          key: { value: KEY },
          provider: { keyless: false },
        });
      });
      break;
    case 'custom where an api_base says where it is':
      it('is skipped without an address and a custom provider with one', () => {
        expect(reason(plan({ model, api_key: KEY }))).toBe('skipped base_url_missing');
        expect(called(planned({ model, api_key: KEY, api_base: OWN }).provider)).toBe(`${OWN}/chat/completions`);
      });
      break;
    case 'custom':
      it('is a custom provider on base openai, named after the slug', () => {
        expect(planned({ model, api_key: KEY }).provider).toMatchObject({ name: row.slug, baseType: 'openai' });
      });
      break;
    default:
      throw new Error(`the table says nothing of ${row.becomes}`);
  }

  if (row.calls !== undefined && ['custom', 'keyless'].includes(row.becomes)) {
    const calls = row.calls;
    it.each(Object.entries(SUFFIX))(`is called by Bifrost where LiteLLM called it: %s`, (type, suffix) => {
      const { provider } = planned({ model, api_key: KEY });
      expect(called(provider, type)).toBe(calls.replace('/chat/completions', suffix));
    });
  }

  const [variable] = row.keys ?? [];
  if (variable !== undefined && ['custom', 'standard'].includes(row.becomes)) {
    it(`without a key uses LiteLLM's variable ${variable}, and says so`, () => {
      const result = plan({ model });
      expect(result.ok && result.endpoint.key?.value).toBe(`env.${variable}`);
      expect(codes(result)).toContain('implicit_env_credential');
      const sentence = result.ok ? result.endpoint.findings.map((one) => one.message).join() : '';
      for (const name of row.keys ?? []) expect(sentence).toContain(name);
    });
  }

  const [place] = row.baseVariables ?? [];
  if (place !== undefined && row.calls === undefined) {
    it(`without an address takes what ${place} says here`, () => {
      const environment = (name: string) => (name === place ? OWN : undefined);
      const result = plan({ model, api_key: KEY }, { environment });
      expect(result.ok).toBe(true);
      expect(codes(result)).toContain('implicit_env_base');
    });
  }

  if (row.finding !== undefined) {
    const { finding } = row;
    it(`is called another way, which is said: ${finding}`, () => {
      expect(codes(plan({ model, api_key: KEY, api_base: 'https://r.openai.azure.com' }))).toContain(finding);
    });
  }
});

it('a dedicated deployment of Baseten is called at the address made of its id', () => {
  const { provider } = planned({ model: 'baseten/abcd1234', api_key: secret('k') });
  expect(called(provider)).toBe(
    'https://model-abcd1234.api.baseten.co/environments/production/sync/v1/chat/completions',
  );
  expect(provider.name).toMatch(/^baseten-[0-9a-f]{16}$/);
});

describe('base URL arithmetic (M11)', () => {
  const BASES = [
    'https://h.example/v1',
    'https://h.example/v1/',
    'https://h.example/v1//',
    'https://h.example',
    'https://h.example/',
    'https://h.example/openai/v1',
    'https://h.example/v1/openai',
    'https://h.example/api/paas/v4',
    'https://h.example/serving-endpoints',
    'https://h.example/v1/v1',
    'https://h.example/av1',
    'http://127.0.0.1:8000/v1',
    'https://h.example:8443/a%20b/v1',
  ];
  it.each(BASES.flatMap((base) => Object.keys(SUFFIX).map((type) => [base, type] as const)))(
    '%s %s: Bifrost calls what an OpenAI client called',
    (base, type) => {
      const { baseUrl, paths } = bifrostBase(base, 'openai');
      const provider = { name: 'x', baseType: 'openai', baseUrl, paths };
      expect(called(provider, type)).toBe(base.replace(/\/+$/, '') + (SUFFIX[type] ?? ''));
    },
  );

  it.each([
    ['https://api.anthropic.com', 'https://api.anthropic.com/v1/messages'],
    ['https://p.example/anthropic/v1/messages', 'https://p.example/anthropic/v1/messages'],
    ['https://p.example/anthropic/v1', 'https://p.example/anthropic/v1/messages'],
  ])('anthropic at %s is called at %s', (base, url) => {
    const { baseUrl, paths } = bifrostBase(base, 'anthropic');
    expect(called({ name: 'x', baseType: 'anthropic', baseUrl, paths })).toBe(url);
  });

  it('gemini keeps the version in its base, and cohere loses it', () => {
    const gemini = bifrostBase('https://g.example/v1beta/', 'gemini');
    expect(called({ name: 'x', baseType: 'gemini', ...gemini })).toBe('https://g.example/v1beta/models/m:generateContent');
    for (const base of ['https://c.example', 'https://c.example/v2/chat', 'https://c.example/v1', 'https://c.example/v2/'])
      expect(called({ name: 'x', baseType: 'cohere', ...bifrostBase(base, 'cohere') })).toBe('https://c.example/v2/chat');
  }); // prettier-ignore

  it('a base with a query is refused: neither side could call it', () => {
    expect(reason(plan({ model: 'openai/m', api_key: secret('k'), api_base: 'https://h.example/v1?x=1' }))).toBe(
      'failed base_url_invalid',
    );
  });
});

describe('servers with their URL on the key (M15)', () => {
  it.each(['hosted_vllm', 'sglang'])('%s without /v1 in its address is a custom provider that keeps its paths', (slug) => {
    const { provider, key } = planned({ model: `${slug}/m`, api_base: 'https://s.example/serve' });
    expect(called(provider)).toBe('https://s.example/serve/chat/completions');
    expect([provider.keyless, key]).toEqual([true, null]);
  }); // prettier-ignore
});

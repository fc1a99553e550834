import type { NamedCredential, Params } from '../../src/sources/records.js';
import { secret } from '../factories.js';

/** Where a deployment sends its calls, and how a gateway must say so. */
export type Place = {
  readonly slug: string;
  readonly params: Params;
  /** Without `/v1` and slashes at the end. */
  readonly base: string;
  /** `fp-…` = fingerprint of a secret, `env.NAME`, or nothing. */
  readonly credential: string;
};

function keyed(slug: string, key: string, base: string, apiBase?: string): Place {
  const params = { api_key: secret(key), ...(apiBase !== undefined && { api_base: apiBase }) };
  return { slug, params, base, credential: `fp-${key}` };
}

export const PLACES: { readonly [name: string]: Place } = {
  'openai one': keyed('openai', 'one', 'https://api.openai.com'),
  'openai two': keyed('openai', 'two', 'https://api.openai.com'),
  'openai env': {
    slug: 'openai',
    params: { api_key: 'os.environ/OPENAI_KEY' },
    base: 'https://api.openai.com',
    credential: 'env.OPENAI_KEY',
  },
  'own one': keyed('openai', 'one', 'https://own.example', 'https://own.example/v1'),
  'own two': keyed('openai', 'two', 'https://own.example', 'https://own.example/v1/'),
  named: {
    slug: 'openai',
    params: { litellm_credential_name: 'c' },
    base: 'https://named.example',
    credential: 'fp-named',
  },
  azure: keyed('azure', 'azure', 'https://az.example', 'https://az.example'),
  anthropic: keyed('anthropic', 'anthropic', 'https://api.anthropic.com'),
  groq: keyed('groq', 'groq', 'https://api.groq.com/openai'),
  openrouter: keyed('openrouter', 'openrouter', 'https://openrouter.ai/api'),
  deepseek: keyed('deepseek', 'deepseek', 'https://api.deepseek.com/beta'),
  keyless: {
    slug: 'lm_studio',
    params: { api_base: 'http://lm.example/v1' },
    base: 'http://lm.example',
    credential: '',
  },
  vllm: {
    slug: 'hosted_vllm',
    params: { api_base: 'http://vllm.example/v1' },
    base: 'http://vllm.example',
    credential: '',
  },
  unsupported: { slug: 'watsonx', params: { api_key: secret('watson') }, base: 'nowhere', credential: 'fp-watson' },
};

export const CREDENTIALS: readonly NamedCredential[] = [
  {
    name: 'c',
    origin: 'database',
    values: { api_key: secret('named'), api_base: 'https://named.example/v1' },
    info: {},
  },
];

/** Addresses of providers that Bifrost has built in (B§3.7). */
export const BUILT_IN: { readonly [provider: string]: string } = {
  openai: 'https://api.openai.com',
  anthropic: 'https://api.anthropic.com',
  groq: 'https://api.groq.com/openai',
  openrouter: 'https://openrouter.ai/api',
};

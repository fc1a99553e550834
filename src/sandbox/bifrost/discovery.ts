import type { Gateway } from './gateway.js';
import { secretOf } from './key-configs.js';
import { addressKind, hostOf } from './network.js';
import type { ProviderKey } from './provider-keys.js';
import { baseTypeOf, type Provider } from './providers.js';
import { DEFAULT_BASES } from './standard-providers.js';

/**
 * What the gateway would learn by asking an upstream for its models (B§4.7). Nobody is asked here: a loopback address
 * answers with DEFAULT_LISTED, everything else fails the way it was recorded, `listedModels` of the options overrules both.
 */
export type Discovery = {
  readonly status: string;
  readonly description: string;
  readonly models: readonly string[] | null;
};

const DEFAULT_LISTED = ['gpt-4o'];
const UNREACHABLE = 'network error occurred while connecting to provider API (DNS lookup, connection refused, etc.)';
const NO_TOKEN_SOURCE = 'error creating auth token source (api key auth not supported for list models)';

export function discover(gateway: Gateway, provider: Provider, key: ProviderKey): Discovery {
  const baseType = baseTypeOf(provider);
  // Not asked: the key is off, listing is forbidden, or the key fails the check every request makes.
  if (key.enabled === false || provider.custom?.allowed_requests?.list_models === false || !isComplete(baseType, key))
    return unknown(gateway);
  const given = gateway.listedModels[provider.name];
  if (given) return found(given);
  if (given === null) return failed(UNREACHABLE);
  switch (baseType) {
    case 'azure':
      return discoverAzure(gateway, provider, key);
    case 'bedrock':
      return failed(isAmbient(key) ? 'failed to retrieve aws credentials' : UNREACHABLE);
    case 'vertex':
      return discoverVertex(key);
    case 'replicate':
      return failed(UNREACHABLE);
    default:
      return ask(gateway, baseUrlOf(provider, key));
  }
}

export function discoverKeyless(gateway: Gateway, provider: Provider): Discovery {
  const given = gateway.listedModels[provider.name];
  if (given) return found(given);
  return given === null ? failed(UNREACHABLE) : ask(gateway, baseUrlOf(provider, null));
}

/** The check every request makes: a key that fails it is never chosen (B§4.5). */
export function isComplete(baseType: string, key: ProviderKey): boolean {
  switch (baseType) {
    case 'azure':
      return secretOf(key.configs.azure_key_config, 'endpoint') !== '';
    case 'vertex':
      return key.configs.vertex_key_config !== undefined;
    case 'vllm':
      return secretOf(key.configs.vllm_key_config, 'url') !== '';
    case 'ollama':
      return secretOf(key.configs.ollama_key_config, 'url') !== '';
    case 'sgl':
      return secretOf(key.configs.sgl_key_config, 'url') !== '';
    default:
      return true;
  }
}

/** Where a call with this key goes, without the path (B§3.7). */
export function baseUrlOf(provider: Provider, key: ProviderKey | null): string {
  const configured = provider.network?.base_url;
  const own = {
    azure: secretOf(key?.configs.azure_key_config, 'endpoint'),
    vllm: secretOf(key?.configs.vllm_key_config, 'url'),
    ollama: secretOf(key?.configs.ollama_key_config, 'url'),
    sgl: secretOf(key?.configs.sgl_key_config, 'url'),
  }[baseTypeOf(provider)];
  const base = own ?? (typeof configured === 'string' ? configured : (DEFAULT_BASES[baseTypeOf(provider)] ?? ''));
  return base.replace(/\/$/, '');
}

function discoverAzure(gateway: Gateway, provider: Provider, key: ProviderKey): Discovery {
  // A service principal whose token endpoint does not answer runs into the deadline; the older gateway then makes every later
  // key of the provider wait too (B§4.7).
  const waits = (other: ProviderKey): boolean =>
    ['client_id', 'client_secret', 'tenant_id'].every(
      (member) => secretOf(other.configs.azure_key_config, member) !== '',
    );
  const siblings = gateway.personality.secretRefs ? [] : [...gateway.state.keysByProvider.of(provider.name)];
  if (waits(key) || siblings.some(waits)) return unknown(gateway);
  if (key.value.value === '') return failed('no credentials provided and DefaultAzureCredential failed to get token');
  return failed('failed to unmarshal response from provider API');
}

function isAmbient(key: ProviderKey): boolean {
  const config = key.configs.bedrock_key_config;
  return secretOf(config, 'role_arn') !== '' || (key.value.value === '' && secretOf(config, 'access_key') === '');
}

function discoverVertex(key: ProviderKey): Discovery {
  const config = key.configs.vertex_key_config;
  if (secretOf(config, 'region') === '') return failed('region is not set in key config');
  // A token is asked for only when the credentials are a JSON text.
  if (!secretOf(config, 'auth_credentials').startsWith('{')) return failed(NO_TOKEN_SOURCE);
  return failed('error getting token (api key auth not supported for list models)');
}

function ask(gateway: Gateway, url: string): Discovery {
  const kind = addressKind(hostOf(url));
  if (kind === 'loopback') return found(DEFAULT_LISTED);
  if (kind !== 'private') return failed(UNREACHABLE);
  return failed(
    gateway.personality.checksBaseUrls ? 'failed to execute HTTP request to provider API' : 'resource not found (404)',
  );
}

function found(models: readonly string[]): Discovery {
  return { status: 'success', description: '', models };
}

function failed(description: string): Discovery {
  return { status: 'list_models_failed', description, models: null };
}

function unknown(gateway: Gateway): Discovery {
  // The older gateway leaves the member out.
  return { status: gateway.personality.secretRefs ? 'unknown' : '', description: '', models: null };
}

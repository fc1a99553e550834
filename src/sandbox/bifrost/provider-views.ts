import type { Gateway } from './gateway.js';
import { given } from './limits.js';
import type { Provider } from './providers.js';
import type { ProxyConfig } from './provider-bodies.js';
import { showSecret, type Secret } from './secrets.js';
import { standardProviders } from './standard-providers.js';

/** Providers as answers show them (B§3.1). */

/** What GET shows. */
export function showStored(gateway: Gateway, provider: Provider): object {
  // A name nobody knows is stored, but never serves (B§3.2); neither does a custom replicate provider.
  const usable = provider.custom
    ? provider.custom.base_provider_type !== 'replicate'
    : standardProviders(gateway.personality).has(provider.name);
  return {
    ...showProvider(gateway, provider, usable && provider.running ? 'active' : 'error'),
    status: provider.status === '' ? 'unknown' : provider.status,
    ...given('description', provider.description),
  };
}

export function showProvider(gateway: Gateway, provider: Provider, status: 'active' | 'error'): object {
  const { request, idle } = gateway.personality.defaultTimeouts;
  return {
    name: provider.name,
    network_config: provider.network ?? {
      default_request_timeout_in_seconds: request,
      max_retries: 0,
      retry_backoff_initial: 500,
      retry_backoff_max: 5000,
      stream_idle_timeout_in_seconds: idle,
      max_conns_per_host: 5000,
    },
    concurrency_and_buffer_size: provider.concurrency,
    proxy_config: provider.proxy && showProxy(gateway, provider.proxy),
    send_back_raw_request: provider.sendBackRawRequest,
    send_back_raw_response: provider.sendBackRawResponse,
    store_raw_request_response: provider.storeRaw,
    ...(provider.custom ? { custom_provider_config: provider.custom } : {}),
    ...(provider.openai ? { openai_config: provider.openai } : {}),
    provider_status: status,
    ...given('status', provider.status),
    ...given('description', provider.description),
  };
}

function showProxy(gateway: Gateway, proxy: ProxyConfig): object {
  const show = (secret: Secret | null, redact: boolean): object | null =>
    secret ? showSecret(gateway, secret, redact) : null;
  return {
    type: proxy.type,
    // The older gateway shows the proxy's address in clear.
    url: show(proxy.url, gateway.personality.secretRefs),
    username: show(proxy.username, true),
    password: show(proxy.password, true),
    ca_cert_pem: null,
  };
}

/** DELETE answers with an empty provider of that name, whether there was one or not. */
export function showDeleted(name: string): object {
  return {
    name,
    network_config: {
      default_request_timeout_in_seconds: 0,
      max_retries: 0,
      retry_backoff_initial: 0,
      retry_backoff_max: 0,
    },
    concurrency_and_buffer_size: { concurrency: 0, buffer_size: 0 },
    proxy_config: null,
    send_back_raw_request: false,
    send_back_raw_response: false,
    store_raw_request_response: false,
    provider_status: '',
  };
}

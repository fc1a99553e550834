import { decodeQuoting } from './decode.js';
import { discoverKeyless } from './discovery.js';
import type { Call, Gateway } from './gateway.js';
import type { Budget, RateLimit } from './limits.js';
import { deleteModelConfigRow } from './model-config-rows.js';
import {
  checkConcurrency,
  checkNetwork,
  type CustomConfig,
  PROVIDER_FIELDS,
  type ProviderBody,
  type ProxyConfig,
  readConcurrency,
  readCustom,
  readProxy,
} from './provider-bodies.js';
import { forgetKey } from './provider-keys.js';
import { customFault, customUpdateFault, type NetworkConfig, readNetwork } from './provider-settings.js';
import { showDeleted, showProvider, showStored } from './provider-views.js';
import { json, Refusal, type Reply } from './reply.js';
import { BASE_TYPES, standardProviders } from './standard-providers.js';

export type Provider = {
  readonly name: string;
  /** null = none was ever sent: the defaults are shown. */
  network: NetworkConfig | null;
  concurrency: { readonly concurrency: number; readonly buffer_size: number };
  proxy: ProxyConfig | null;
  sendBackRawRequest: boolean;
  sendBackRawResponse: boolean;
  storeRaw: boolean;
  custom: CustomConfig | null;
  openai: object | null;
  /** A worker pool exists: from the first key, PUT or keyless discovery on. */
  running: boolean;
  /** Discovery of a keyless provider. */
  status: string;
  description: string;
  /** Provider-wide limits of versions ≤ 1.5.8 (later a model config holds them). */
  budget: Budget | null;
  rateLimit: RateLimit | null;
};

export function createProvider(gateway: Gateway, call: Call): Reply {
  const body: ProviderBody = decodeQuoting(call.text, 'handlers.providerCreatePayload', PROVIDER_FIELDS);
  const name = body.provider ?? '';
  if (name === '') throw new Refusal(400, 'Missing provider');
  const custom = readCustom(gateway, body.custom_provider_config);
  if (custom) {
    if (standardProviders(gateway.personality).has(name))
      throw new Refusal(400, 'Custom provider cannot be same as a standard provider');
    if (custom.base_provider_type === '')
      throw new Refusal(400, 'BaseProviderType is required when CustomProviderConfig is provided');
    if (!BASE_TYPES.has(custom.base_provider_type))
      throw new Refusal(400, 'BaseProviderType must be a standard provider');
  }
  if (body.concurrency_and_buffer_size) checkConcurrency(body.concurrency_and_buffer_size);
  if (body.network_config) checkNetwork(gateway, body.network_config);
  if (gateway.state.providers.has(name)) throw new Refusal(409, `Provider ${name} already exists`);
  const fault = customFault(custom);
  if (fault !== null) throw new Refusal(400, `Invalid custom provider config: ${fault}`);

  const provider: Provider = {
    name,
    network: body.network_config ? readNetwork(gateway.personality, body.network_config) : null,
    concurrency: readConcurrency(body.concurrency_and_buffer_size),
    proxy: readProxy(gateway, body.proxy_config),
    sendBackRawRequest: body.send_back_raw_request === true,
    sendBackRawResponse: body.send_back_raw_response === true,
    storeRaw: body.store_raw_request_response === true,
    custom,
    openai: body.openai_config ?? null,
    running: !gateway.personality.providersNeedKeys || custom?.is_key_less === true,
    status: '',
    description: '',
    budget: null,
    rateLimit: null,
  };
  if (custom?.is_key_less) {
    const { status, description } = discoverKeyless(gateway, provider);
    Object.assign(provider, { status, description });
  }
  gateway.state.providers.set(name, provider);
  return json(showProvider(gateway, provider, 'active'));
}

/** PUT replaces wholesale and creates what is missing (B§3.4). */
export function updateProvider(gateway: Gateway, call: Call): Reply {
  const body: ProviderBody = decodeQuoting(call.text, 'struct', {
    ...PROVIDER_FIELDS,
    keys: { list: { members: {} } },
  });
  const name = call.params.provider ?? '';
  if (gateway.personality.refusesKeysOnPut && (body.keys?.length ?? 0) > 0) {
    throw new Refusal(
      400,
      'keys are not accepted on this endpoint; use POST/PUT /api/providers/{provider}/keys[/{key_id}] to manage keys',
    );
  }
  checkConcurrency(body.concurrency_and_buffer_size ?? {});
  const old = gateway.state.providers.get(name);
  const custom = readCustom(gateway, body.custom_provider_config);
  const fault = customUpdateFault(name, old?.custom ?? null, custom, standardProviders(gateway.personality));
  if (fault !== null) throw new Refusal(400, `Invalid custom provider config: ${fault}`);
  const network = body.network_config ?? {};
  checkNetwork(gateway, network);
  const proxy = readProxy(gateway, body.proxy_config);
  const provider: Provider = {
    name,
    network: readNetwork(gateway.personality, network),
    concurrency: readConcurrency(body.concurrency_and_buffer_size),
    // An omitted proxy is gone from the reply and from memory, but the next GET still shows the stored one.
    proxy: proxy ?? old?.proxy ?? null,
    sendBackRawRequest: body.send_back_raw_request === true,
    sendBackRawResponse: body.send_back_raw_response === true,
    storeRaw: body.store_raw_request_response ?? old?.storeRaw ?? false,
    custom,
    openai: body.openai_config ?? null,
    running: true,
    status: old?.status ?? '',
    description: old?.description ?? '',
    budget: old?.budget ?? null,
    rateLimit: old?.rateLimit ?? null,
  };
  gateway.state.providers.set(name, provider);
  return json(showProvider(gateway, { ...provider, proxy }, 'active'));
}

/** 200 even when there is nothing to delete; keys, VK provider configs and provider-bound model configs go with it (B§5.9). */
export function deleteProvider(gateway: Gateway, call: Call): Reply {
  const name = call.params.provider ?? '';
  const { state } = gateway;
  if (state.providers.delete(name)) {
    for (const key of [...state.keysByProvider.of(name)]) forgetKey(gateway, key);
    for (const virtualKey of state.virtualKeys.values()) {
      if (!virtualKey.providerConfigs.some(({ provider }) => provider === name)) continue;
      virtualKey.providerConfigs = virtualKey.providerConfigs.filter(({ provider }) => provider !== name);
    }
    for (const config of [...state.modelConfigs.values()])
      if (config.provider === name) deleteModelConfigRow(gateway, config);
  }
  return json(showDeleted(name));
}

export function getProvider(gateway: Gateway, call: Call): Reply {
  return json(showStored(gateway, findProvider(gateway, call)));
}

export function listProviders(gateway: Gateway): Reply {
  const providers = [...gateway.state.providers.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  return json({ providers: providers.map((provider) => showStored(gateway, provider)), total: providers.length });
}

export function findProvider(gateway: Gateway, call: Call): Provider {
  const provider = gateway.state.providers.get(call.params.provider ?? '');
  if (!provider) throw new Refusal(404, 'Provider not found: not found');
  return provider;
}

/** The type that decides wire format and key rules. */
export function baseTypeOf(provider: Provider): string {
  return provider.custom?.base_provider_type ?? provider.name;
}

import { resolveAlias } from './aliases.js';
import type { Route } from './route-choice.js';
import { baseUrlOf, isComplete } from './discovery.js';
import type { Gateway } from './gateway.js';
import { plainOf } from './key-configs.js';
import { lists } from './model-lists.js';
import type { ProviderKey } from './provider-keys.js';
import { baseTypeOf, type Provider } from './providers.js';
import { VALUELESS } from './standard-providers.js';
import type { VirtualKey } from './virtual-keys.js';

/** Which keys may answer, with which chance, and what each sends upstream (B§7.1.6, B§7.1.7). */
export type ChosenKey = {
  /** null for keyless providers. */
  readonly id: string | null;
  readonly name: string | null;
  readonly upstreamModel: string;
  readonly baseUrl: string;
  readonly share: number;
};

/** The keys, or the text of the refusal. */
export function chooseKeys(
  gateway: Gateway,
  choice: { readonly route: Route; readonly virtualKey: VirtualKey | null },
): readonly ChosenKey[] | string {
  const { route, virtualKey } = choice;
  const { model } = route;
  const provider = gateway.state.providers.get(route.provider);
  if (!provider) return noProvider(gateway, route.provider);
  if (provider.custom?.is_key_less)
    return [{ id: null, name: null, upstreamModel: model, baseUrl: baseUrlOf(provider, null), share: 1 }];
  const listed = [...gateway.state.keysByProvider.of(provider.name)].filter((key) =>
    mayUse(virtualKey, provider.name, key),
  );
  if (listed.length === 0) return `no keys found for provider: ${provider.name} and model: ${model}`;
  const able = listed.filter((key) => supports(provider, key, model));
  if (able.length === 0) return `no keys found that support model: ${model}`;
  if (route.keyId === null) return withShares(provider, able, model);
  const pinned = able.filter(({ id }) => id === route.keyId);
  if (pinned.length === 0)
    return `no supported key found with id ${JSON.stringify(route.keyId)} for provider: ${provider.name} and model: ${model}`;
  return withShares(provider, pinned, model);
}

/** Older versions do not say which provider. */
export function noProvider(gateway: Gateway, provider: string): string {
  return `failed to get config for provider${gateway.personality.resolver === 'virtual-key' ? ` ${provider}` : ''}: not found`;
}

/** The first entry of the provider decides which keys a virtual key may use. */
function mayUse(virtualKey: VirtualKey | null, provider: string, key: ProviderKey): boolean {
  const config = virtualKey?.providerConfigs.find((candidate) => candidate.provider === provider);
  return !config || config.allowAllKeys || config.keyIds.includes(key.id);
}

/** Compared with the name before aliasing; a vLLM key with a model_name answers exactly that name (B§4.5). */
function supports(provider: Provider, key: ProviderKey, model: string): boolean {
  const baseType = baseTypeOf(provider);
  if (key.enabled === false || !isComplete(baseType, key)) return false;
  if (key.value.value.trim() === '' && !VALUELESS.has(baseType)) return false;
  if (!lists(key.models, model) || lists(key.blacklist, model)) return false;
  const only = baseType === 'vllm' ? plainOf(key.configs.vllm_key_config, 'model_name') : undefined;
  return typeof only !== 'string' || only === '' || only === model;
}

/** Weighted with a resolution of 0.01; when all weights are 0 every key has the same chance (B§4.2). */
function withShares(provider: Provider, keys: readonly ProviderKey[], model: string): readonly ChosenKey[] {
  const weights = keys.map(({ weight }) => Math.trunc(weight * 100));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return keys.map((key, index) => ({
    id: key.id,
    name: key.name,
    upstreamModel: resolveAlias(key.aliases, model) ?? model,
    baseUrl: baseUrlOf(provider, key),
    share: total === 0 ? 1 / keys.length : (weights[index] ?? 0) / total,
  }));
}

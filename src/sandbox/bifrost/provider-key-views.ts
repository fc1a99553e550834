import { showAliases } from './aliases.js';
import type { Gateway } from './gateway.js';
import { showKeyConfig } from './key-configs.js';
import type { ProviderKey } from './provider-keys.js';
import { showSecret } from './secrets.js';

/** How provider keys are shown: under their provider, and in the list of all keys. */

export function showKey(gateway: Gateway, key: ProviderKey): object {
  const aliases = showAliases(key.aliases);
  return {
    id: key.id,
    name: key.name,
    value: showSecret(gateway, key.value),
    models: key.models,
    blacklisted_models: key.blacklist,
    weight: key.weight,
    ...(Object.keys(aliases).length > 0 ? { aliases } : {}),
    ...showConfigs(gateway, key, 'per-provider'),
    ...(key.enabled === null ? {} : { enabled: key.enabled }),
    use_for_batch_api: key.batch,
    ...(key.status === '' ? {} : { status: key.status }),
    ...(key.description === '' ? {} : { description: key.description }),
  };
}

export function showKeyRow(gateway: Gateway, key: ProviderKey): object {
  return {
    id: 0,
    name: key.name,
    provider_id: 0,
    provider: key.provider,
    key_id: key.id,
    value: showSecret(gateway, key.value),
    weight: key.weight,
    created_at: '0001-01-01T00:00:00Z',
    updated_at: '0001-01-01T00:00:00Z',
    ...showConfigs(gateway, key, 'all-keys'),
    config_hash: '',
    status: '',
    models: key.models,
    blacklisted_models: key.blacklist,
  };
}

function showConfigs(gateway: Gateway, key: ProviderKey, where: 'per-provider' | 'all-keys'): object {
  return Object.fromEntries(
    Object.entries(key.configs).map(([member, config]) => [member, showKeyConfig(gateway, config, where)]),
  );
}

import { type Aliases, readAliases } from './aliases.js';
import { discover } from './discovery.js';
import type { Call, Gateway } from './gateway.js';
import { CONFIG_MEMBERS, type ConfigMember, type KeyConfig, readKeyConfig } from './key-configs.js';
import { listFault } from './model-lists.js';
import { checkKey, decodeKey, type KeyBody } from './provider-key-bodies.js';
import { showKey, showKeyRow } from './provider-key-views.js';
import { findProvider, type Provider } from './providers.js';
import { json, Refusal, type Reply } from './reply.js';
import { mergeSecret, readSecret, type Secret } from './secrets.js';

export type ProviderKey = {
  readonly id: string;
  /** Row number, shown inside virtual keys. */
  readonly row: number;
  readonly provider: string;
  name: string;
  value: Secret;
  models: readonly string[];
  blacklist: readonly string[];
  weight: number;
  aliases: Aliases;
  configs: { readonly [member in ConfigMember]?: KeyConfig };
  /** null after a PUT without it on versions that then stop showing it. */
  enabled: boolean | null;
  batch: boolean;
  status: string;
  description: string;
};

export function createKey(gateway: Gateway, call: Call): Reply {
  const body = decodeKey(gateway, call);
  const provider = findProvider(gateway, call);
  refuseKeyless(provider, 'add keys to');
  const key = build(gateway, provider, body, null);
  checkKey(gateway, provider, key);
  store(gateway, key, 'create');
  gateway.state.lastKeyRow = Math.max(gateway.state.lastKeyRow, key.row);
  return json(showKey(gateway, publish(gateway, provider, key)));
}

/** PUT replaces; unchanged secrets are restored (B§4.4). */
export function updateKey(gateway: Gateway, call: Call): Reply {
  const body = decodeKey(gateway, call);
  const provider = findProvider(gateway, call);
  refuseKeyless(provider, 'update keys on');
  const old = findKey(gateway, call);
  const key = build(gateway, provider, body, old);
  checkKey(gateway, provider, key);
  store(gateway, key, 'update', old);
  gateway.state.keysByName.delete(old.name);
  Object.assign(old, key);
  gateway.state.keysByName.set(old.name, old);
  return json(showKey(gateway, publish(gateway, provider, old)));
}

export function deleteKey(gateway: Gateway, call: Call): Reply {
  refuseKeyless(findProvider(gateway, call), 'delete keys on');
  const key = findKey(gateway, call);
  forgetKey(gateway, key);
  return json(showKey(gateway, key));
}

/** Also takes the key out of every virtual key: one that is left with an empty list denies (B§5.9). */
export function forgetKey(gateway: Gateway, key: ProviderKey): void {
  const { state } = gateway;
  state.keys.delete(key.id);
  state.keysByName.delete(key.name);
  state.keysByProvider.remove(key.provider, key);
  for (const virtualKey of state.virtualKeys.values()) {
    for (const config of virtualKey.providerConfigs) config.keyIds = config.keyIds.filter((id) => id !== key.id);
  }
}

export function getKey(gateway: Gateway, call: Call): Reply {
  return json(showKey(gateway, findKey(gateway, call)));
}

export function listKeys(gateway: Gateway, call: Call): Reply {
  const keys = [...gateway.state.keysByProvider.of(findProvider(gateway, call).name)];
  return json({ keys: keys.length === 0 ? null : keys.map((key) => showKey(gateway, key)), total: keys.length });
}

/** A bare array over all providers, without aliases and enabled (B§4.1). */
export function listAllKeys(gateway: Gateway): Reply {
  return json([...gateway.state.keys.values()].map((key) => showKeyRow(gateway, key)));
}

/** The provider is restarted and the upstream asked for its models before the answer leaves (B§4.7). */
function publish(gateway: Gateway, provider: Provider, key: ProviderKey): ProviderKey {
  provider.running = true;
  const { status, description } = discover(gateway, provider, key);
  // A key that was asked before keeps what was found when it is not asked again.
  if (key.status === '' || !['', 'unknown'].includes(status)) Object.assign(key, { status, description });
  return key;
}

function build(
  gateway: Gateway,
  provider: Provider,
  body: KeyBody & { readonly [member in ConfigMember]?: unknown },
  old: ProviderKey | null,
): ProviderKey {
  const configs = CONFIG_MEMBERS.map(
    (member) => [member, readKeyConfig(gateway, member, body[member], old?.configs[member])] as const,
  );
  return {
    id: old?.id ?? (body.id || gateway.newId()),
    row: old?.row ?? gateway.state.lastKeyRow + 1,
    provider: provider.name,
    name: body.name ?? '',
    value: old ? mergeSecret(gateway, old.value, body.value) : readSecret(gateway, body.value),
    models: body.models ?? [],
    blacklist: body.blacklisted_models ?? [],
    weight: body.weight ?? 0,
    aliases: readAliases(body.aliases),
    configs: Object.fromEntries(configs.filter(([, config]) => config !== null)),
    enabled: body.enabled ?? (old && !gateway.personality.secretRefs ? null : true),
    batch: body.use_for_batch_api === true,
    status: old?.status ?? '',
    description: old?.description ?? '',
  };
}

/** Names and ids are unique over all providers; a bad models list only surfaces here, as a 500 (B§4.2). */
function store(gateway: Gateway, key: ProviderKey, verb: 'create' | 'update', old?: ProviderKey): void {
  const { state, personality } = gateway;
  const prefix = `Failed to ${verb} provider key: failed to ${verb} provider key in store:`;
  const fault = listFault(key.models, 'whitelist');
  if (fault !== null) throw new Refusal(500, `${prefix} ${fault}`);
  const nameTaken = state.keysByName.has(key.name) && state.keysByName.get(key.name) !== old;
  const idTaken = !old && state.keys.has(key.id);
  if (nameTaken || idTaken) {
    if (personality.conflicts)
      throw new Refusal(409, 'API key names must be unique across providers. Choose a different name');
    throw new Refusal(
      500,
      `${prefix} a record with this ${idTaken ? 'key id' : 'name'} already exists. Please use a different value`,
    );
  }
  if (old) return;
  state.keys.set(key.id, key);
  state.keysByName.set(key.name, key);
  state.keysByProvider.add(key.provider, key);
}

function refuseKeyless(provider: Provider, doing: string): void {
  if (provider.custom?.is_key_less) throw new Refusal(400, `Cannot ${doing} a keyless provider`);
}

function findKey(gateway: Gateway, call: Call): ProviderKey {
  const key = gateway.state.keys.get(call.params.id ?? '');
  if (key?.provider !== call.params.provider) throw new Refusal(404, 'Provider key not found: not found');
  return key as ProviderKey;
}

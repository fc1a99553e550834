import { aliasFault, aliasField, readAliases, showAliases, type Aliases } from './aliases.js';
import { decodeQuoting } from './decode.js';
import { discover } from './discovery.js';
import type { Call, Gateway } from './gateway.js';
import { CONFIG_MEMBERS, CONFIG_TYPES, readKeyConfig, secretOf, showKeyConfig, type ConfigMember, type KeyConfig } from './key-configs.js';
import { listFault } from './model-lists.js';
import { baseTypeOf, findProvider, type Provider } from './providers.js';
import { json, Refusal, type Reply } from './reply.js';
import { mergeSecret, readSecret, showSecret, type Secret } from './secrets.js';
import { VALUELESS } from './standard-providers.js';

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
type KeyBody = {
  readonly id?: string | null;
  readonly name?: string | null;
  readonly value?: unknown;
  readonly models?: readonly string[] | null;
  readonly blacklisted_models?: readonly string[] | null;
  readonly weight?: number | null;
  readonly aliases?: unknown;
  readonly enabled?: boolean | null;
  readonly use_for_batch_api?: boolean | null;
};

export function createKey(gateway: Gateway, call: Call): Reply {
  const body = decode(gateway, call);
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
  const body = decode(gateway, call);
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

function build(gateway: Gateway, provider: Provider, body: KeyBody & { readonly [member in ConfigMember]?: unknown }, old: ProviderKey | null): ProviderKey {
  const configs = CONFIG_MEMBERS.map((member) => [member, readKeyConfig(gateway, member, body[member], old?.configs[member])] as const);
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

function checkKey(gateway: Gateway, provider: Provider, key: ProviderKey): void {
  const baseType = baseTypeOf(provider);
  // A reference to an unset variable is an empty value: the message does not say so (B§4.3).
  if (!VALUELESS.has(baseType) && key.value.value === '') throw new Refusal(400, 'Key value must not be empty');
  if (provider.name === 'ollama' && !hasUrl(key.configs.ollama_key_config)) {
    throw new Refusal(400, 'ollama_key_config.url is required for Ollama keys');
  }
  if (provider.name === 'sgl' && !hasUrl(key.configs.sgl_key_config)) throw new Refusal(400, 'sgl_key_config.url is required for SGL keys');
  const blacklist = listFault(key.blacklist, 'blacklist');
  if (blacklist !== null) throw new Refusal(400, `Invalid blacklisted_models: ${blacklist}`);
  const alias = aliasFault(gateway.personality, key.aliases, baseType);
  if (alias !== null) throw new Refusal(400, `Invalid aliases: ${alias}`);
}

function hasUrl(config: KeyConfig | undefined): boolean {
  const url = config?.url;
  return secretOf(config, 'url') !== '' || (url !== undefined && 'ref' in url && url.ref !== '');
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
    if (personality.conflicts) throw new Refusal(409, 'API key names must be unique across providers. Choose a different name');
    throw new Refusal(500, `${prefix} a record with this ${idTaken ? 'key id' : 'name'} already exists. Please use a different value`);
  }
  if (old) return;
  state.keys.set(key.id, key);
  state.keysByName.set(key.name, key);
  state.keysByProvider.add(key.provider, key);
}

function showKey(gateway: Gateway, key: ProviderKey): object {
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

function showKeyRow(gateway: Gateway, key: ProviderKey): object {
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
  return Object.fromEntries(Object.entries(key.configs).map(([member, config]) => [member, showKeyConfig(gateway, config, where)]));
}

function decode(gateway: Gateway, call: Call): KeyBody & { readonly [member in ConfigMember]?: unknown } {
  return decodeQuoting(call.text, 'schemas.Key', {
    id: 'string',
    name: 'string',
    models: { named: 'schemas.WhiteList', is: { list: 'string' } },
    blacklisted_models: { named: 'schemas.BlackList', is: { list: 'string' } },
    weight: 'number',
    aliases: aliasField(gateway.personality),
    enabled: 'boolean',
    use_for_batch_api: 'boolean',
    ...Object.fromEntries(CONFIG_MEMBERS.map((member) => [member, { named: CONFIG_TYPES[member], is: { members: {} } }])),
  });
}

function refuseKeyless(provider: Provider, doing: string): void {
  if (provider.custom?.is_key_less) throw new Refusal(400, `Cannot ${doing} a keyless provider`);
}

function findKey(gateway: Gateway, call: Call): ProviderKey {
  const key = gateway.state.keys.get(call.params.id ?? '');
  if (key?.provider !== call.params.provider) throw new Refusal(404, 'Provider key not found: not found');
  return key as ProviderKey;
}

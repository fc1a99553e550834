import { aliasFault, aliasField } from './aliases.js';
import { decodeQuoting } from './decode.js';
import type { Call, Gateway } from './gateway.js';
import { CONFIG_MEMBERS, CONFIG_TYPES, type ConfigMember, type KeyConfig, secretOf } from './key-configs.js';
import { listFault } from './model-lists.js';
import type { ProviderKey } from './provider-keys.js';
import { baseTypeOf, type Provider } from './providers.js';
import { Refusal } from './reply.js';
import { VALUELESS } from './standard-providers.js';

/** What may be sent about a provider key (B§4.2). */

export type KeyBody = {
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

export function checkKey(gateway: Gateway, provider: Provider, key: ProviderKey): void {
  const baseType = baseTypeOf(provider);
  // A reference to an unset variable is an empty value: the message does not say so (B§4.3).
  if (!VALUELESS.has(baseType) && key.value.value === '') throw new Refusal(400, 'Key value must not be empty');
  if (provider.name === 'ollama' && !hasUrl(key.configs.ollama_key_config)) {
    throw new Refusal(400, 'ollama_key_config.url is required for Ollama keys');
  }
  if (provider.name === 'sgl' && !hasUrl(key.configs.sgl_key_config))
    throw new Refusal(400, 'sgl_key_config.url is required for SGL keys');
  const blacklist = listFault(key.blacklist, 'blacklist');
  if (blacklist !== null) throw new Refusal(400, `Invalid blacklisted_models: ${blacklist}`);
  const alias = aliasFault(gateway.personality, key.aliases, baseType);
  if (alias !== null) throw new Refusal(400, `Invalid aliases: ${alias}`);
}

function hasUrl(config: KeyConfig | undefined): boolean {
  const url = config?.url;
  return secretOf(config, 'url') !== '' || (url !== undefined && 'ref' in url && url.ref !== '');
}

export function decodeKey(gateway: Gateway, call: Call): KeyBody & { readonly [member in ConfigMember]?: unknown } {
  return decodeQuoting(call.text, 'schemas.Key', {
    id: 'string',
    name: 'string',
    models: { named: 'schemas.WhiteList', is: { list: 'string' } },
    blacklisted_models: { named: 'schemas.BlackList', is: { list: 'string' } },
    weight: 'number',
    aliases: aliasField(gateway.personality),
    enabled: 'boolean',
    use_for_batch_api: 'boolean',
    ...Object.fromEntries(
      CONFIG_MEMBERS.map((member) => [member, { named: CONFIG_TYPES[member], is: { members: {} } }]),
    ),
  });
}

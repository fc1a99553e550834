import { standardProviders } from '../oracles/bifrost/names.js';
import type {
  BifrostState,
  BifrostVersion,
  KeyState,
  ProviderConfigState,
  ProviderState,
  RuleState,
  TeamState,
  VirtualKeyState,
} from '../oracles/bifrost/state.js';
import { member, textMember } from './answer.js';
import type { ReadBifrost } from './bifrost-facts.js';

/** A running gateway as the oracle sees it, and what it takes to ask it. */
export type GatewayView = {
  readonly state: BifrostState;
  /** What the gateway has found out about models. */
  readonly catalog: { readonly [provider: string]: readonly string[] };
  /** `sk-bf-…` by id of the virtual key. */
  readonly values: ReadonlyMap<string, string>;
  /** Redacted credential (B§4.4) by id of the provider key. */
  readonly credentials: ReadonlyMap<string, string>;
};

const ENOUGH = 1_000_000;

export async function readGateway(read: ReadBifrost, version: BifrostVersion): Promise<GatewayView> {
  const providers = list(await read('/api/providers'), 'providers').map(providerOf);
  const keys: KeyState[] = [];
  const credentials = new Map<string, string>();
  for (const { name } of providers) {
    for (const key of list(await read(`/api/providers/${encodeURIComponent(name)}/keys`), 'keys')) {
      keys.push(keyOf(name, key));
      credentials.set(text(key, 'id'), text(member(key, 'value'), 'value'));
    }
  }
  const virtualKeys = list(await read('/api/governance/virtual-keys'), 'virtual_keys');
  const teams = list(await read('/api/governance/teams'), 'teams').map(teamOf);
  const rules = list(await read('/api/governance/routing-rules'), 'rules') as RuleState[];
  return {
    state: { version, providers, keys, virtualKeys: virtualKeys.map(virtualKeyOf), teams, rules },
    catalog: await readCatalog(
      read,
      version,
      new Set([...providers.map(({ name }) => name), ...standardProviders(version)]),
    ),
    values: new Map(virtualKeys.map((virtualKey) => [text(virtualKey, 'id'), text(virtualKey, 'value')])),
    credentials,
  };
}

async function readCatalog(read: ReadBifrost, version: BifrostVersion, providers: ReadonlySet<string>) {
  const names = async (provider: string, more: string) => {
    const answer = await read(`/api/models?provider=${encodeURIComponent(provider)}&limit=${ENOUGH}${more}`);
    return list(answer, 'models').map((model) => text(model, 'name'));
  };
  const catalog: { [provider: string]: readonly string[] } = {};
  for (const provider of providers) {
    // 1.5.16 adds what keys list: whether anything was found out shows without the keys only.
    const found = version === '1.5.2' || (await names(provider, '&unfiltered=true')).length > 0;
    if (found) catalog[provider] = await names(provider, '');
  }
  return catalog;
}

function providerOf(provider: unknown): ProviderState {
  const custom = member(provider, 'custom_provider_config');
  const allowed = member(custom, 'allowed_requests') as ProviderState['allowedRequests'] | null | undefined;
  return {
    name: text(provider, 'name'),
    baseType: textMember(custom, 'base_provider_type'),
    keyless: member(custom, 'is_key_less') === true,
    listModels: !allowed || allowed['list_models'] === true,
    ...(allowed ? { allowedRequests: allowed } : {}),
  };
}

function keyOf(provider: string, key: unknown): KeyState {
  const vllmModelName = textMember(member(key, 'vllm_key_config'), 'model_name');
  return {
    id: text(key, 'id'),
    name: text(key, 'name'),
    provider,
    models: texts(key, 'models'),
    blacklisted: texts(key, 'blacklisted_models'),
    aliases: (member(key, 'aliases') ?? {}) as KeyState['aliases'],
    weight: Number(member(key, 'weight') ?? 0),
    enabled: member(key, 'enabled') !== false,
    ...(vllmModelName === null ? {} : { vllmModelName }),
  };
}

function virtualKeyOf(virtualKey: unknown): VirtualKeyState {
  return {
    id: text(virtualKey, 'id'),
    name: text(virtualKey, 'name'),
    isActive: member(virtualKey, 'is_active') !== false,
    teamId: textMember(virtualKey, 'team_id'),
    customerId: textMember(virtualKey, 'customer_id'),
    providerConfigs: list(virtualKey, 'provider_configs').map(entryOf),
  };
}

/** `key_ids` is not echoed (B§5.5). */
function entryOf(entry: unknown): ProviderConfigState {
  const weight = member(entry, 'weight');
  const keyIds = list(entry, 'keys').map((key) => text(key, 'key_id'));
  return {
    provider: text(entry, 'provider'),
    weight: typeof weight === 'number' ? weight : null,
    allowedModels: texts(entry, 'allowed_models'),
    blacklisted: texts(entry, 'blacklisted_models'),
    keyIds: member(entry, 'allow_all_keys') === true ? ['*'] : keyIds,
  };
}

function teamOf(team: unknown): TeamState {
  return { id: text(team, 'id'), name: text(team, 'name'), customerId: textMember(team, 'customer_id') };
}

function list(value: unknown, name: string): readonly unknown[] {
  const found = member(value, name);
  return Array.isArray(found) ? found : [];
}

function texts(value: unknown, name: string): readonly string[] {
  return list(value, name).map(String);
}

function text(value: unknown, name: string): string {
  return textMember(value, name) ?? '';
}

import type { Gateway } from './gateway.js';
import type { Budget, RateLimit } from './limits.js';
import { isEverything, listFault } from './model-lists.js';
import { Refusal } from './reply.js';
import type { ProviderConfigBody } from './virtual-key-bodies.js';
import type { VirtualKey } from './virtual-keys.js';

/** One provider of a virtual key: what it may call there, and with which keys (B§5.5). */
export type ProviderConfig = {
  readonly id: number;
  readonly provider: string;
  /** null = not in load balancing. */
  readonly weight: number | null;
  readonly allowedModels: readonly string[];
  readonly blacklist: readonly string[];
  readonly allowAllKeys: boolean;
  keyIds: readonly string[];
  /** Limits of versions ≤ 1.5.8. */
  budgets: readonly Budget[];
  rateLimit: RateLimit | null;
};

export function checkConfigs(
  gateway: Gateway,
  configs: readonly ProviderConfigBody[],
  virtualKey: VirtualKey | null,
): void {
  for (const config of configs) {
    const provider = config.provider ?? '';
    if (provider.trim() === '') throw new Refusal(400, 'provider name is required');
    if (!gateway.state.providers.has(provider.trim())) throw new Refusal(400, `invalid provider name: ${provider}`);
    if (virtualKey && typeof config.id === 'number' && !virtualKey.providerConfigs.some(({ id }) => id === config.id)) {
      throw new Refusal(500, `provider config ${config.id} does not belong to this virtual key`);
    }
    checkList('allowed_models', provider, config.allowed_models ?? [], 'whitelist');
    if (gateway.personality.virtualKeyBlacklists)
      checkList('blacklisted_models', provider, config.blacklisted_models ?? [], 'blacklist');
    const keyIds = config.key_ids ?? [];
    checkList('key_ids', provider, keyIds, 'whitelist');
    if (isEverything(keyIds)) continue;
    // Not checked: whether a key belongs to this provider.
    const found = keyIds.filter((id) => gateway.state.keys.has(id)).length;
    if (found !== keyIds.length)
      throw new Refusal(500, `some keys not found for provider ${provider}: expected ${keyIds.length}, found ${found}`);
  }
}

function checkList(member: string, provider: string, list: readonly string[], kind: 'whitelist' | 'blacklist'): void {
  const fault = listFault(list, kind);
  if (fault !== null) throw new Refusal(400, `invalid ${member} for provider ${provider}: ${fault}`);
}

/** A row as sent; whatever an entry leaves out is empty, also in an entry with an id (the hazard of B§5.5). */
export function newProviderConfig(gateway: Gateway, sent: ProviderConfigBody, old?: ProviderConfig): ProviderConfig {
  if (!old) gateway.state.lastProviderConfig += 1;
  const keyIds = sent.key_ids ?? [];
  return {
    id: old?.id ?? gateway.state.lastProviderConfig,
    provider: (sent.provider ?? '').trim(),
    weight: sent.weight ?? null,
    allowedModels: sent.allowed_models ?? [],
    blacklist: gateway.personality.virtualKeyBlacklists ? (sent.blacklisted_models ?? []) : [],
    allowAllKeys: isEverything(keyIds),
    keyIds: isEverything(keyIds) ? [] : keyIds,
    budgets: old?.budgets ?? [],
    rateLimit: old?.rateLimit ?? null,
  };
}

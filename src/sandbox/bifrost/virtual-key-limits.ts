import type { Gateway } from './gateway.js';
import { type BudgetInput, type RateLimitInput, removesRateLimit } from './limit-checks.js';
import { newRateLimit, type RateLimit, reconcileBudgets, updatedRateLimit } from './limits.js';
import {
  budgetOwner,
  deleteModelConfigRow,
  findModelConfig,
  type ModelConfig,
  type ModelConfigIdentity,
  newModelConfig,
} from './model-config-rows.js';
import type { VirtualKeyBody } from './virtual-key-bodies.js';
import type { VirtualKey } from './virtual-keys.js';

export function applyLimits(
  gateway: Gateway,
  virtualKey: VirtualKey,
  body: VirtualKeyBody,
  verb: 'create' | 'update',
): void {
  if (gateway.personality.scopedLimits) applyScoped(gateway, virtualKey, body, verb);
  else applyOwned(gateway, virtualKey, body);
}

function applyScoped(gateway: Gateway, virtualKey: VirtualKey, body: VirtualKeyBody, verb: 'create' | 'update'): void {
  reconcile(gateway, virtualKey, null, body.budgets ?? null, body.rate_limit ?? null, verb);
  if (!body.provider_configs) return;
  for (const config of body.provider_configs) {
    reconcile(
      gateway,
      virtualKey,
      (config.provider ?? '').trim(),
      config.budgets ?? null,
      config.rate_limit ?? null,
      verb,
    );
  }
  const kept = new Set(virtualKey.providerConfigs.map(({ provider }) => provider));
  for (const config of [...gateway.state.modelConfigsByScope.of(virtualKey.id)]) {
    if (config.modelName === '*' && config.provider !== null && !kept.has(config.provider))
      deleteModelConfigRow(gateway, config);
  }
}

/** A config without any limit left is dropped. */
function reconcile(
  gateway: Gateway,
  virtualKey: VirtualKey,
  provider: string | null,
  budgets: readonly BudgetInput[] | null,
  rateLimit: RateLimitInput | null,
  verb: 'create' | 'update',
): void {
  const old = limitsConfig(gateway, virtualKey.id, provider);
  if (!old && (budgets?.length ?? 0) === 0 && (!rateLimit || (verb === 'update' && removesRateLimit(rateLimit, 'all'))))
    return;
  const config = old ?? newModelConfig(gateway, identityOf(virtualKey.id, provider), virtualKey.calendarAligned);
  config.calendarAligned = virtualKey.calendarAligned;
  if (budgets)
    config.budgets = reconcileBudgets(
      gateway,
      config.budgets,
      budgets,
      budgetOwner(gateway, config),
      config.calendarAligned,
    );
  config.rateLimit = newLimit(gateway, config.rateLimit, rateLimit, verb);
  config.updatedAt = gateway.stamp(gateway.now());
  if (config.budgets.length === 0 && config.rateLimit === null) deleteModelConfigRow(gateway, config);
}

/** On create even an empty rate limit makes a row; on update it removes one. */
function newLimit(
  gateway: Gateway,
  old: RateLimit | null,
  wanted: RateLimitInput | null,
  verb: 'create' | 'update',
): RateLimit | null {
  if (!wanted) return old;
  return verb === 'create' && !old ? newRateLimit(gateway, wanted) : updatedRateLimit(gateway, old, wanted, 'all');
}

export function limitsConfig(gateway: Gateway, virtualKeyId: string, provider: string | null): ModelConfig | undefined {
  return findModelConfig(gateway, identityOf(virtualKeyId, provider));
}

function identityOf(scopeId: string, provider: string | null): ModelConfigIdentity {
  return { scope: 'virtual_key', scopeId, modelName: '*', provider };
}

function applyOwned(gateway: Gateway, virtualKey: VirtualKey, body: VirtualKeyBody): void {
  const owner = { member: 'virtual_key_id', id: virtualKey.id } as const;
  // A PUT does not store the alignment, but aligns the budgets it makes.
  const aligned = body.calendar_aligned ?? virtualKey.calendarAligned;
  if (body.budgets) virtualKey.budgets = reconcileBudgets(gateway, virtualKey.budgets, body.budgets, owner, aligned);
  virtualKey.rateLimit = merged(gateway, virtualKey.rateLimit, body.rate_limit ?? null);
  const sent = body.provider_configs ?? [];
  // Rows come in the order they were made: sent rows by id first, then new ones in the order of their providers.
  for (const config of virtualKey.providerConfigs) {
    const entry = sent.find(({ id, provider }) =>
      typeof id === 'number' ? id === config.id : (provider ?? '').trim() === config.provider,
    );
    if (!entry) continue;
    if (entry.budgets) {
      config.budgets = reconcileBudgets(
        gateway,
        config.budgets,
        entry.budgets,
        { member: 'provider_config_id', id: config.id },
        aligned,
      );
    }
    config.rateLimit = merged(gateway, config.rateLimit, entry.rate_limit ?? null);
  }
}

/** Versions ≤ 1.5.8 keep the members of an existing rate limit that a PUT leaves out. */
function merged(gateway: Gateway, old: RateLimit | null, sent: RateLimitInput | null): RateLimit | null {
  if (!sent) return old;
  if (!old) return newRateLimit(gateway, sent);
  if (removesRateLimit(sent, 'all')) return updatedRateLimit(gateway, old, sent, 'all');
  return updatedRateLimit(
    gateway,
    old,
    {
      token_max_limit: sent.token_max_limit ?? old.tokenMaxLimit,
      token_reset_duration: sent.token_reset_duration ?? old.tokenResetDuration,
      request_max_limit: sent.request_max_limit ?? old.requestMaxLimit,
      request_reset_duration: sent.request_reset_duration ?? old.requestResetDuration,
    },
    'all',
  );
}

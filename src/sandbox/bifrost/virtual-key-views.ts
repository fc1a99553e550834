import { showCustomer, showCustomerInside } from './customer-views.js';
import type { Gateway } from './gateway.js';
import { given, showBudget, showRateLimit, type Budget, type RateLimit } from './limits.js';
import { showTeamOfVirtualKey } from './team-views.js';
import type { ProviderConfig } from './virtual-key-configs.js';
import { limitsConfig } from './virtual-key-limits.js';
import type { VirtualKey } from './virtual-keys.js';

type Limits = { readonly budgets: readonly Budget[]; readonly rateLimit: RateLimit | null };

/** A virtual key with its full secret, always (B§5.5). In lists the relations of its customer are not loaded. */
export function showVirtualKey(gateway: Gateway, virtualKey: VirtualKey, where: 'alone' | 'list' = 'alone'): object {
  const { state, personality } = gateway;
  const limits: Limits = personality.scopedLimits
    ? (limitsConfig(gateway, virtualKey.id, null) ?? NO_LIMITS)
    : virtualKey;
  const team = virtualKey.teamId === null ? undefined : state.teams.get(virtualKey.teamId);
  const customer = virtualKey.customerId === null ? undefined : state.customers.get(virtualKey.customerId);
  return {
    ...head(virtualKey),
    provider_configs: virtualKey.providerConfigs.map((config) => showProviderConfig(gateway, virtualKey, config)),
    mcp_configs: [],
    ...given('team_id', virtualKey.teamId),
    ...given('customer_id', virtualKey.customerId),
    ...given('rate_limit_id', limits.rateLimit?.id),
    calendar_aligned: virtualKey.calendarAligned,
    ...given('team', team && showTeamOfVirtualKey(gateway, team)),
    ...given('customer', customer && (where === 'alone' ? showCustomer : showCustomerInside)(gateway, customer)),
    ...given('rate_limit', limits.rateLimit && showRateLimit(gateway, limits.rateLimit)),
    ...given(
      'budgets',
      limits.budgets.map((budget) => showBudget(gateway, budget)),
    ),
    ...tail(virtualKey),
  };
}

/** A virtual key as embedded in its customer: relations are not loaded. */
export function showVirtualKeyInside(gateway: Gateway, virtualKey: VirtualKey): object {
  const rateLimit = gateway.personality.scopedLimits ? null : virtualKey.rateLimit;
  return {
    ...head(virtualKey),
    provider_configs: null,
    mcp_configs: null,
    ...given('customer_id', virtualKey.customerId),
    ...given('rate_limit_id', rateLimit?.id),
    calendar_aligned: virtualKey.calendarAligned,
    ...tail(virtualKey),
  };
}

const NO_LIMITS: Limits = { budgets: [], rateLimit: null };

function head({ id, name, description, value, isActive }: VirtualKey): object {
  return { id, name, ...given('description', description), value, is_active: isActive };
}

function tail({ createdAt, updatedAt }: VirtualKey): object {
  return { config_hash: '', created_at: createdAt, updated_at: updatedAt };
}

/** `key_ids` is not echoed: it has to be read from allow_all_keys and keys[].key_id (B§5.5). */
function showProviderConfig(gateway: Gateway, virtualKey: VirtualKey, config: ProviderConfig): object {
  const limits: Limits = gateway.personality.scopedLimits
    ? (limitsConfig(gateway, virtualKey.id, config.provider) ?? NO_LIMITS)
    : config;
  return {
    id: config.id,
    virtual_key_id: virtualKey.id,
    provider: config.provider,
    weight: config.weight,
    allow_all_keys: config.allowAllKeys,
    ...given('rate_limit_id', limits.rateLimit?.id),
    ...given('rate_limit', limits.rateLimit && showRateLimit(gateway, limits.rateLimit)),
    ...given(
      'budgets',
      limits.budgets.map((budget) => showBudget(gateway, budget)),
    ),
    keys: config.keyIds.flatMap((id) => showKeyOfConfig(gateway, id)),
    allowed_models: config.allowedModels,
    ...(gateway.personality.virtualKeyBlacklists ? { blacklisted_models: config.blacklist } : {}),
  };
}

/** Only id, name, models and provider of a key are loaded; everything else shows its zero value. */
function showKeyOfConfig(gateway: Gateway, id: string): object[] {
  const key = gateway.state.keys.get(id);
  if (!key) return [];
  return [
    {
      id: key.row,
      name: key.name,
      provider_id: 0,
      provider: key.provider,
      key_id: key.id,
      value: gateway.personality.secretRefs ? { value: '' } : { value: '', env_var: '', from_env: false },
      weight: null,
      enabled: true,
      created_at: '0001-01-01T00:00:00Z',
      updated_at: '0001-01-01T00:00:00Z',
      config_hash: '',
      use_for_batch_api: false,
      status: '',
      models: key.models,
      blacklisted_models: null,
    },
  ];
}

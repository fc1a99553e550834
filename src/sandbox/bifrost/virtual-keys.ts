import type { Call, Gateway } from './gateway.js';
import { type Budget, dropLimits, type RateLimit } from './limits.js';
import { deleteModelConfigRow } from './model-config-rows.js';
import { json, Refusal, type Reply } from './reply.js';
import { decodeCreate, decodeUpdate, type VirtualKeyBody } from './virtual-key-bodies.js';
import { checkConfigs, newProviderConfig, type ProviderConfig } from './virtual-key-configs.js';
import { checkLimits } from './virtual-key-limit-checks.js';
import { applyLimits } from './virtual-key-limits.js';
import { checkOwners, hasOwner, move, newOwners } from './virtual-key-owners.js';
import { showVirtualKey } from './virtual-key-views.js';

export type VirtualKey = {
  readonly id: string;
  /** Order of creation. */
  readonly row: number;
  name: string;
  description: string;
  value: string;
  isActive: boolean;
  teamId: string | null;
  customerId: string | null;
  providerConfigs: readonly ProviderConfig[];
  calendarAligned: boolean;
  /** Limits of versions ≤ 1.5.8; later ones keep them in VK-scoped model configs. */
  budgets: readonly Budget[];
  rateLimit: RateLimit | null;
  readonly createdAt: string;
  updatedAt: string;
};

export function createVirtualKey(gateway: Gateway, call: Call): Reply {
  const body = decodeCreate(call.text);
  const { state, personality } = gateway;
  if (!body.name) throw new Refusal(400, 'Virtual key name is required');
  const teamId = body.team_id ?? null;
  const customerId = body.customer_id ?? null;
  if (teamId !== null && customerId !== null)
    throw new Refusal(400, 'VirtualKey cannot be attached to both Team and Customer');
  checkLimits(gateway, body, 'create', 'early');
  if (state.virtualKeysByName.has(body.name)) {
    if (personality.conflicts) throw new Refusal(409, 'A virtual key with this name already exists');
    throw new Refusal(500, 'a record with this name already exists. Please use a different value');
  }
  checkOwners(gateway, teamId, customerId);
  checkConfigs(gateway, body.provider_configs ?? [], null);
  checkLimits(gateway, body, 'create', 'late');

  const stamp = gateway.stamp(gateway.now());
  const virtualKey: VirtualKey = {
    id: gateway.newId(),
    row: (state.lastVirtualKey += 1),
    name: body.name,
    description: body.description ?? '',
    // A chosen value is ignored in silence (B§5.5).
    value: `sk-bf-${gateway.newId()}`,
    isActive: body.is_active ?? true,
    teamId,
    customerId,
    providerConfigs: [],
    calendarAligned: body.calendar_aligned ?? false,
    budgets: [],
    rateLimit: null,
    createdAt: stamp,
    updatedAt: stamp,
  };
  virtualKey.providerConfigs = (body.provider_configs ?? []).map((sent) => newProviderConfig(gateway, sent));
  applyLimits(gateway, virtualKey, body, 'create');
  state.virtualKeys.set(virtualKey.id, virtualKey);
  state.virtualKeysByName.set(virtualKey.name, virtualKey);
  state.virtualKeysByValue.set(virtualKey.value, virtualKey);
  state.virtualKeysByTeam.add(teamId, virtualKey);
  state.virtualKeysByCustomer.add(customerId, virtualKey);
  return json({ message: 'Virtual key created successfully', virtual_key: showVirtualKey(gateway, virtualKey) });
}

/** The PUT table of B§5.5. */
export function updateVirtualKey(gateway: Gateway, call: Call): Reply {
  const body = decodeUpdate(call.text);
  const { state, personality } = gateway;
  if (hasOwner(gateway, body.team_id) && hasOwner(gateway, body.customer_id)) {
    throw new Refusal(400, 'VirtualKey cannot be attached to both Team and Customer');
  }
  const virtualKey = findVirtualKey(gateway, call);
  const owners = newOwners(gateway, virtualKey, body);
  const failure = (status: number, text: string): Refusal =>
    new Refusal(status, `Failed to update virtual key: ${text}`);
  try {
    checkLimits(gateway, body, 'update', 'early');
    const taken =
      typeof body.name === 'string' && body.name !== virtualKey.name && state.virtualKeysByName.has(body.name);
    if (taken && personality.conflicts) throw new Refusal(409, 'A virtual key with this name already exists');
    // Older versions call the collision a bad request here.
    if (taken) throw new Refusal(400, 'a record with this name already exists. Please use a different value');
    checkOwners(gateway, owners.teamId, owners.customerId);
    checkConfigs(gateway, body.provider_configs ?? [], virtualKey);
    checkLimits(gateway, body, 'update', 'late');
  } catch (refusal) {
    throw refusal instanceof Refusal && refusal.status !== 409 ? failure(refusal.status, refusal.message) : refusal;
  }
  rename(gateway, virtualKey, body.name ?? virtualKey.name);
  move(gateway, virtualKey, owners);
  virtualKey.description = body.description ?? virtualKey.description;
  virtualKey.isActive = body.is_active ?? virtualKey.isActive;
  // Older versions do not store a change of it.
  if (personality.scopedLimits) virtualKey.calendarAligned = body.calendar_aligned ?? virtualKey.calendarAligned;
  if (body.provider_configs) virtualKey.providerConfigs = mergedConfigs(gateway, virtualKey, body.provider_configs);
  applyLimits(gateway, virtualKey, body, 'update');
  virtualKey.updatedAt = gateway.stamp(gateway.now());
  return json({ message: 'Virtual key updated successfully', virtual_key: showVirtualKey(gateway, virtualKey) });
}

export function deleteVirtualKey(gateway: Gateway, call: Call): Reply {
  const virtualKey = findVirtualKey(gateway, call);
  const { state } = gateway;
  for (const config of [...state.modelConfigsByScope.of(virtualKey.id)]) deleteModelConfigRow(gateway, config);
  dropLimits(gateway, virtualKey.budgets, virtualKey.rateLimit);
  for (const config of virtualKey.providerConfigs) dropLimits(gateway, config.budgets, config.rateLimit);
  move(gateway, virtualKey, { teamId: null, customerId: null });
  state.virtualKeys.delete(virtualKey.id);
  state.virtualKeysByName.delete(virtualKey.name);
  state.virtualKeysByValue.delete(virtualKey.value);
  return json({ message: 'Virtual key deleted successfully' });
}

export function getVirtualKey(gateway: Gateway, call: Call): Reply {
  return json({ virtual_key: showVirtualKey(gateway, findVirtualKey(gateway, call)) });
}

function mergedConfigs(
  gateway: Gateway,
  virtualKey: VirtualKey,
  sent: NonNullable<VirtualKeyBody['provider_configs']>,
): readonly ProviderConfig[] {
  const existing = new Map(virtualKey.providerConfigs.map((config) => [config.id, config]));
  // New rows are made in the order of their providers' names, whatever the order of the request.
  const ordered = [...sent].sort((a, b) => (a.provider ?? '').localeCompare(b.provider ?? '', 'en'));
  const result = ordered.map((entry) => {
    const old = typeof entry.id === 'number' ? existing.get(entry.id) : undefined;
    return newProviderConfig(gateway, entry, old);
  });
  const kept = new Set(result.map(({ id }) => id));
  for (const config of existing.values())
    if (!kept.has(config.id)) dropLimits(gateway, config.budgets, config.rateLimit);
  return result.sort((a, b) => a.id - b.id);
}

function rename(gateway: Gateway, virtualKey: VirtualKey, name: string): void {
  gateway.state.virtualKeysByName.delete(virtualKey.name);
  virtualKey.name = name;
  gateway.state.virtualKeysByName.set(name, virtualKey);
}

export function findVirtualKey(gateway: Gateway, call: Call): VirtualKey {
  const virtualKey = gateway.state.virtualKeys.get(call.params.id ?? '');
  if (!virtualKey) throw new Refusal(404, 'Virtual key not found');
  return virtualKey;
}

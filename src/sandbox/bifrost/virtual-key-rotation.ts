import type { Call, Gateway } from './gateway.js';
import { json, Refusal, type Reply } from './reply.js';
import { decodeUpdate } from './virtual-key-bodies.js';
import { showVirtualKey } from './virtual-key-views.js';
import { findVirtualKey, type VirtualKey } from './virtual-keys.js';

/** A new value for a virtual key, nothing else changes (B§5.5). */

export function rotateVirtualKey(gateway: Gateway, call: Call): Reply {
  const virtualKey = findVirtualKey(gateway, call);
  rotate(gateway, virtualKey);
  return json({ message: 'Virtual key rotated successfully', virtual_key: showVirtualKey(gateway, virtualKey) });
}

/** Many at once: failures in `errors`; 500 when none worked. */
export function rotateVirtualKeys(gateway: Gateway, call: Call): Reply {
  const { ids = null } = decodeUpdate(call.text);
  if (!ids || ids.length === 0) throw new Refusal(400, 'At least one virtual key ID is required');
  if (ids.some((id) => id.trim() === '')) throw new Refusal(400, 'Virtual key ID cannot be empty');
  const wanted = [...new Set(ids.map((id) => id.trim()))];
  const missing = wanted.filter((id) => !gateway.state.virtualKeys.has(id));
  const rotated = wanted.flatMap((id) => gateway.state.virtualKeys.get(id) ?? []);
  for (const virtualKey of rotated) rotate(gateway, virtualKey);
  const errors =
    missing.length === 0 ? {} : { errors: Object.fromEntries(missing.map((id) => [id, 'virtual key not found'])) };
  const message = rotated.length === 0 ? 'Failed to rotate virtual keys' : 'Virtual keys rotated successfully';
  return json(
    { ...errors, message, virtual_keys: rotated.map((virtualKey) => showVirtualKey(gateway, virtualKey)) },
    rotated.length === 0 ? 500 : 200,
  );
}

function rotate(gateway: Gateway, virtualKey: VirtualKey): void {
  gateway.state.virtualKeysByValue.delete(virtualKey.value);
  virtualKey.value = `sk-bf-${gateway.newId()}`;
  virtualKey.updatedAt = gateway.stamp(gateway.now());
  gateway.state.virtualKeysByValue.set(virtualKey.value, virtualKey);
}

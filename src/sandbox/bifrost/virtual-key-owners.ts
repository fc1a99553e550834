import type { Gateway } from './gateway.js';
import { Refusal } from './reply.js';
import type { VirtualKeyBody } from './virtual-key-bodies.js';
import type { VirtualKey } from './virtual-keys.js';

/** Whom a virtual key belongs to: a team, a customer or nobody (B§5.5). */

/** Missing owners are not checked by the handlers: the store's foreign keys refuse them (B§5.9). */
export function checkOwners(gateway: Gateway, teamId: string | null, customerId: string | null): void {
  const missing =
    (teamId !== null && !gateway.state.teams.has(teamId)) ||
    (customerId !== null && !gateway.state.customers.has(customerId));
  if (missing) throw new Refusal(500, 'FOREIGN KEY constraint failed');
}

export function hasOwner(gateway: Gateway, id: string | null | undefined): boolean {
  // Newer versions read a blank owner as "none", older ones as an id that does not exist.
  return typeof id === 'string' && (gateway.personality.clearsOmittedOwner || id.trim() !== '');
}

type Owners = Pick<VirtualKey, 'teamId' | 'customerId'>;

export function newOwners(gateway: Gateway, virtualKey: VirtualKey, body: VirtualKeyBody): Owners {
  if (hasOwner(gateway, body.team_id)) return { teamId: body.team_id ?? null, customerId: null };
  if (hasOwner(gateway, body.customer_id)) return { teamId: null, customerId: body.customer_id ?? null };
  const named = body.team_id !== undefined || body.customer_id !== undefined;
  return named || gateway.personality.clearsOmittedOwner ? { teamId: null, customerId: null } : virtualKey;
}

export function move(gateway: Gateway, virtualKey: VirtualKey, owners: Owners): void {
  const { teamId, customerId } = owners;
  gateway.state.virtualKeysByTeam.remove(virtualKey.teamId, virtualKey);
  gateway.state.virtualKeysByCustomer.remove(virtualKey.customerId, virtualKey);
  Object.assign(virtualKey, { teamId, customerId });
  gateway.state.virtualKeysByTeam.add(teamId, virtualKey);
  gateway.state.virtualKeysByCustomer.add(customerId, virtualKey);
}

import { teamsPath, usersPath } from './capabilities.js';
import type { TargetObject } from './objects.js';
import type { Capabilities } from './target.js';

/** Where the DELETE of an object goes (B§3.1, §4.1, §5.1, §6). */
export function deletePath(object: TargetObject, { usersApi }: Pick<Capabilities, 'usersApi'>): string {
  const id = encodeURIComponent(object.id);
  switch (object.kind) {
    case 'provider':
      return `/api/providers/${id}`;
    case 'provider_key':
      return `/api/providers/${encodeURIComponent(object.provider)}/keys/${id}`;
    case 'user':
      return `${usersPath(usersApi)}/${id}`;
    case 'member':
      return `${teamsPath(usersApi)}/${encodeURIComponent(object.teamId)}/members/${encodeURIComponent(object.userId)}`;
    default:
      return `/api/governance/${COLLECTIONS[object.kind]}/${id}`;
  }
}

const COLLECTIONS = {
  model_config: 'model-configs',
  customer: 'customers',
  team: 'teams',
  virtual_key: 'virtual-keys',
  routing_rule: 'routing-rules',
  pricing_override: 'pricing-overrides',
} as const;

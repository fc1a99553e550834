import { decodePlain } from './decode.js';
import type { Call, Gateway } from './gateway.js';
import { json, Refusal, type Reply } from './reply.js';
import { plainPage } from './lists.js';

/** Admin API keys and roles of the fork (B§1.1): just enough to be detected and used. */
export type ApiKey = {
  readonly id: string;
  readonly name: string;
  readonly secret: string;
  status: 'active' | 'revoked';
  readonly createdAt: string;
};

export function listApiKeys(gateway: Gateway, call: Call): Reply {
  const { rows, offset, total } = plainPage([...gateway.state.apiKeys.values()].reverse(), call.query);
  return json({ api_keys: rows.map(showApiKey), count: rows.length, offset, total });
}

export function createApiKey(gateway: Gateway, call: Call): Reply {
  const body = decodePlain(call.text, { name: 'string', scopes: { list: { members: {} } } });
  const name = typeof body.name === 'string' ? body.name : '';
  if (name.trim() === '') throw new Refusal(400, 'name is required');
  const hex = gateway.newId().replaceAll('-', '') + gateway.newId().replaceAll('-', '');
  const key: ApiKey = {
    id: gateway.newId(),
    name,
    secret: `lbk_${hex}`,
    status: 'active',
    createdAt: gateway.stamp(gateway.now()),
  };
  gateway.state.apiKeys.set(key.id, key);
  return json({
    api_key: showApiKey(key),
    key: key.secret,
    message: 'API key created successfully. Store the key now — it will not be shown again.',
  });
}

export function deleteApiKey(gateway: Gateway, call: Call): Reply {
  if (!gateway.state.apiKeys.delete(call.params.id ?? '')) throw new Refusal(404, 'API key not found');
  return json({ message: 'API key deleted successfully' });
}

function showApiKey(key: ApiKey): object {
  return {
    id: key.id,
    name: key.name,
    key_prefix: key.secret.slice(0, 10),
    status: key.status,
    created_by: 'local-admin',
    scopes: [],
    created_at: key.createdAt,
    updated_at: key.createdAt,
  };
}

const ROLE_ID = '0c8f2f5e-6a0c-4c36-9d3c-6f1f7a0f4b11';
const PERMISSION_ID = 'b7f4d0f2-1d68-4c0e-8a55-3b8f6a2c9d02';
const ROLE_SINCE = '2026-01-01T00:00:01Z';

/** The fork is born with one role. */
export function listRoles(): Reply {
  const permission = { id: PERMISSION_ID, role_id: ROLE_ID, resource: '*', operation: '*', created_at: ROLE_SINCE };
  const role = {
    id: ROLE_ID,
    name: 'admin',
    description: 'Built-in full-access role for Loopback Gateway administrators.',
    is_system: true,
    created_at: ROLE_SINCE,
    updated_at: ROLE_SINCE,
    permissions: [permission],
  };
  return json({ count: 1, offset: 0, roles: [role], total: 1 });
}

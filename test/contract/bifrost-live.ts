import { isObject } from '../../src/json.js';

/** Empties a real gateway between scenes. Only ever called for a gateway named in LIVE_BIFROST_URL. */
export async function clearGateway(url: string): Promise<void> {
  for (const { list, member, path } of KINDS) {
    const body = await read(`${url}${list}`);
    const rows =
      isObject(body) && Array.isArray(body[member])
        ? (body[member] as { readonly id?: string; readonly name?: string }[])
        : [];
    for (const row of rows)
      await fetch(`${url}${path}/${encodeURIComponent(row.id ?? row.name ?? '')}`, { method: 'DELETE' });
  }
}

const GOVERNANCE = '/api/governance';
const KINDS = [
  { list: `${GOVERNANCE}/virtual-keys`, member: 'virtual_keys', path: `${GOVERNANCE}/virtual-keys` },
  { list: `${GOVERNANCE}/routing-rules`, member: 'rules', path: `${GOVERNANCE}/routing-rules` },
  { list: `${GOVERNANCE}/model-configs`, member: 'model_configs', path: `${GOVERNANCE}/model-configs` },
  { list: `${GOVERNANCE}/pricing-overrides`, member: 'pricing_overrides', path: `${GOVERNANCE}/pricing-overrides` },
  { list: `${GOVERNANCE}/users`, member: 'users', path: `${GOVERNANCE}/users` },
  { list: `${GOVERNANCE}/teams`, member: 'teams', path: `${GOVERNANCE}/teams` },
  { list: `${GOVERNANCE}/customers`, member: 'customers', path: `${GOVERNANCE}/customers` },
  { list: `${GOVERNANCE}/api-keys`, member: 'api_keys', path: `${GOVERNANCE}/api-keys` },
  { list: '/api/providers', member: 'providers', path: '/api/providers' },
] as const;

async function read(url: string): Promise<unknown> {
  const response = await fetch(url);
  return response.headers.get('content-type')?.startsWith('application/json') ? response.json() : null;
}

import { createHash } from 'node:crypto';
import { member, textMember } from './answer.js';
import type { ReadBifrost } from './bifrost-facts.js';

/** Everything a migration may write, as one comparable text per object. */
export type GatewayState = ReadonlyMap<string, string>;

/** List, and the member that holds it; absent lists (no users API) are empty. */
const LISTS: readonly (readonly [path: string, list: string])[] = [
  ['/api/governance/customers', 'customers'],
  ['/api/governance/teams', 'teams'],
  ['/api/governance/virtual-keys', 'virtual_keys'],
  ['/api/governance/model-configs?scope=global&limit=100', 'model_configs'],
  ['/api/governance/model-configs?scope=virtual_key&limit=100', 'model_configs'],
  ['/api/governance/routing-rules', 'rules'],
  ['/api/governance/pricing-overrides', 'pricing_overrides'],
  ['/api/governance/users', 'users'],
];

/** Members that change by themselves: clocks, what has been used up, what discovery found. */
const VOLATILE = /(_at|_usage|_reset|^status|^description|config_hash|^id|^models_count|_status)$/;

export async function readState(read: ReadBifrost): Promise<GatewayState> {
  const objects = await readObjects(read);
  return new Map(objects.map(({ kind, object }) => [`${kind} ${idOf(object)}`, digest(object)]));
}

/** An object as the gateway shows it; `kind`: `provider`, `key`, or the list it is in. */
export type FoundObject = { readonly kind: string; readonly object: unknown };

/** Everything a migration may write. */
export async function readObjects(read: ReadBifrost): Promise<readonly FoundObject[]> {
  const found: FoundObject[] = [];
  for (const provider of asArray(member(await read('/api/providers'), 'providers'))) {
    found.push({ kind: 'provider', object: provider });
    const path = `/api/providers/${encodeURIComponent(idOf(provider))}/keys`;
    for (const object of asArray(member(await read(path), 'keys'))) found.push({ kind: 'key', object });
  }
  for (const [path, list] of LISTS)
    for (const object of await readList(read, path, list)) found.push({ kind: list, object });
  return found;
}

/** Lists without a limit come whole (B§5.1), the others in pages. The dashboard's HTML stands where there is no such API. */
async function readList(read: ReadBifrost, path: string, list: string): Promise<readonly unknown[]> {
  const objects: unknown[] = [];
  for (;;) {
    const answer = await read(objects.length === 0 ? path : `${path}&offset=${objects.length}`).catch(() => undefined);
    const page = asArray(member(answer, list));
    objects.push(...page);
    if (!path.includes('limit=') || page.length < 100) return objects;
  }
}

/** What one state has and the other has not, or has otherwise. */
export function changesBetween(before: GatewayState, after: GatewayState): string[] {
  const names = [...new Set([...before.keys(), ...after.keys()])];
  return names.filter((name) => before.get(name) !== after.get(name));
}

function idOf(object: unknown): string {
  return textMember(object, 'id') ?? textMember(object, 'name') ?? '';
}

function digest(object: unknown): string {
  const steady = JSON.stringify(object, (name, value: unknown) => (VOLATILE.test(name) ? undefined : value));
  return createHash('sha256').update(steady).digest('hex');
}

function asArray(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

import { member, textMember } from './answer.js';
import type { ReadBifrost } from './bifrost-facts.js';

/**
 * What a gateway holds, one text per object, sorted, in words that do not depend on ids, clocks and the values of new keys: two
 * gateways that were written the same have the same portrait.
 */
export async function portraitOf(read: ReadBifrost): Promise<readonly string[]> {
  const objects = await readAll(read);
  const meaning = new Map(objects.flatMap(({ kind, object }) => idsOf(kind, object)));
  return objects.map(({ kind, object }) => `${kind} ${text(object, '', meaning)}`).sort();
}

type Found = { readonly kind: string; readonly object: unknown };

const LISTS: readonly (readonly [path: string, list: string])[] = [
  ['/api/governance/customers', 'customers'],
  ['/api/governance/teams', 'teams'],
  ['/api/governance/virtual-keys', 'virtual_keys'],
  ['/api/governance/model-configs?scope=global&limit=100', 'model_configs'],
  ['/api/governance/model-configs?scope=virtual_key&limit=100', 'model_configs'],
  ['/api/governance/routing-rules', 'rules'],
  ['/api/governance/pricing-overrides', 'pricing_overrides'],
];

async function readAll(read: ReadBifrost): Promise<readonly Found[]> {
  const found: Found[] = [];
  for (const provider of list(member(await read('/api/providers'), 'providers'))) {
    found.push({ kind: 'provider', object: provider });
    const path = `/api/providers/${encodeURIComponent(textMember(provider, 'name') ?? '')}/keys`;
    for (const object of list(member(await read(path), 'keys'))) found.push({ kind: 'key', object });
  }
  for (const [path, name] of LISTS) {
    for (const object of await readList(read, path, name)) found.push({ kind: path.split(/[/?]/)[3] ?? name, object });
  }
  return found;
}

async function readList(read: ReadBifrost, path: string, name: string): Promise<readonly unknown[]> {
  const objects: unknown[] = [];
  for (;;) {
    // Versions without scopes, or without the list, answer with something else.
    const answer = await read(objects.length === 0 ? path : `${path}&offset=${objects.length}`).catch(() => undefined);
    const page = list(member(answer, name));
    objects.push(...page);
    if (!path.includes('limit=') || page.length < 100) return objects;
  }
}

function idsOf(kind: string, object: unknown): readonly (readonly [string, string])[] {
  const id = textMember(object, 'id');
  const name = textMember(object, 'name') ?? textMember(object, 'model_name') ?? '';
  return id === null ? [] : [[id, `${kind} ${name}`]];
}

/** Clocks, counters, what discovery found, and what the gateway makes up. */
const FLEETING = /(_at|_usage|_reset|^status|config_hash|^id|^models_count|_status|^row|_id_hash)$/;
const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;

function text(value: unknown, name: string, meaning: ReadonlyMap<string, string>): string {
  if (typeof value === 'string') {
    if (value.startsWith('sk-bf-')) return '<new key>';
    return JSON.stringify(value.replace(UUID, (id) => `<${meaning.get(id) ?? 'something'}>`));
  }
  if (Array.isArray(value))
    return `[${value
      .map((item) => text(item, name, meaning))
      .sort()
      .join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const members = Object.entries(value)
    .filter(([one]) => !FLEETING.test(one))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([one, inner]) => `${one}: ${text(inner, one, meaning)}`);
  return `{${members.join(', ')}}`;
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

import { textMember } from './answer.js';
import type { ReadBifrost } from './bifrost-facts.js';
import { readObjects } from './bifrost-state.js';

/**
 * What a gateway holds, one text per object, sorted, in words that do not depend on ids, clocks and the values of new keys: two
 * gateways that were written the same have the same portrait.
 */
export async function portraitOf(read: ReadBifrost): Promise<readonly string[]> {
  const objects = await readObjects(read);
  const meaning = new Map(objects.flatMap(({ kind, object }) => idsOf(kind, object)));
  return objects.map(({ kind, object }) => `${kind} ${text(object, '', meaning)}`).sort();
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

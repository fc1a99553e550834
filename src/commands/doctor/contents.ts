import { MigrateError } from '../../errors.js';
import { isObject } from '../../json.js';
import { rulesBeforeOurs } from '../../stages/rule-write.js';
import type { Client } from '../../target/client.js';
import { listAll } from '../../target/lists.js';
import { createObjectIndex } from '../../target/object-index.js';
import { has, read } from '../../target/reads.js';
import type { RoutingRuleObject } from '../../target/objects.js';
import { attempt, fail, ok, several, warn, type Found } from './check.js';

/** How many virtual keys there are; null = unknown. */
export type ContentFacts = { readonly virtualKeys: number | null };

/** One row is asked for of each, the whole of none: virtual keys alone are 26 MB at 10,000 (B§13.3). */
const COUNTED = [
  ['provider(s)', '/api/providers', 'providers'],
  ['provider key(s)', '/api/keys', ''],
  ['customer(s)', '/api/governance/customers?limit=1', 'customers'],
  ['team(s)', '/api/governance/teams?limit=1', 'teams'],
  ['virtual key(s)', '/api/governance/virtual-keys?limit=1', 'virtual_keys'],
] as const;

export async function* examineContents(client: Client): AsyncGenerator<Found, ContentFacts> {
  const counts = await attempt(() => countAll(client));
  if (counts instanceof MigrateError) yield fail('contents', counts);
  else yield ok('contents', described(counts));
  const rules = await attempt(() => listAll(client, 'routing_rule'));
  if (rules instanceof MigrateError) yield fail('routing_rules', rules);
  else yield judged(rules);
  return { virtualKeys: counts instanceof MigrateError ? null : (counts.get('virtual key(s)') ?? null) };
}

async function countAll(client: Client): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  for (const [what, path, member] of COUNTED) counts.set(what, countIn(await read(client, path, member), member));
  return counts;
}

function countIn(json: unknown, member: string): number {
  if (isObject(json) && typeof json['total_count'] === 'number') return json['total_count'];
  const rows = member === '' ? json : isObject(json) && has(json, member) ? json[member] : [];
  return Array.isArray(rows) ? rows.length : 0;
}

function described(counts: ReadonlyMap<string, number>): string {
  const listed = [...counts].map(([what, count]) => `${count} ${what}`).join(', ');
  return [...counts.values()].every((count) => count === 0)
    ? `nothing: ${listed}`
    : `${listed}; what has the same name and the same content is adopted, nothing is overwritten`;
}

function judged(rules: readonly RoutingRuleObject[]): Found {
  const snapshot = createObjectIndex();
  for (const rule of rules) snapshot.put(rule);
  const before = rulesBeforeOurs({ snapshot });
  if (before.length === 0)
    return ok('routing_rules', `${rules.length} on Bifrost, none of another hand is asked before those of a run`);
  return warn(
    'routing_rules',
    `${before.length} of another hand are asked before those of a run and may lead calls elsewhere: ${several(before)}`,
    'look at their conditions; give them a priority of 5000000 or more, or switch them off, where they match names of LiteLLM',
  );
}

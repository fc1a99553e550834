/**
 * What a sandbox Bifrost holds, ids and moments left out: lists of objects by kind, every relation by the natural name of
 * what it leads to. Two runs that did the same leave equal holdings, and an object that is there twice is listed twice.
 */
export type Holdings = { readonly [kind: string]: readonly string[] };

type Thing = { readonly [member: string]: unknown };

/** Kinds of the dump whose objects others refer to by id, and what names them. */
const NAMED: readonly (readonly [list: string, name: (thing: Thing) => string])[] = [
  ['customers', ({ name }) => `customer ${String(name)}`],
  ['teams', ({ name }) => `team ${String(name)}`],
  ['users', ({ email }) => `user ${String(email)}`],
  ['virtualKeys', ({ name }) => `key ${String(name)}`],
  ['providerKeys', ({ name }) => `provider key ${String(name)}`],
];

/** Row numbers, moments and values made by the gateway say nothing about what was migrated. */
const FLEETING =
  /^(id|.*row|rowId|createdAt|updatedAt|created_at|updated_at|lastReset|last_reset|.*_last_reset|.*LastReset|value|keyHash|hash|.*Hash|configHash|budgetIds?|rateLimitId|budget_id|rate_limit_id)$/;

export async function holdingsOf(url: string): Promise<Holdings> {
  return comparable((await (await fetch(`${url}/__sandbox/dump`)).json()) as { [list: string]: unknown });
}

export function comparable(dump: { readonly [list: string]: unknown }): Holdings {
  const names = new Map<unknown, string>();
  for (const [list, name] of NAMED)
    for (const thing of (dump[list] ?? []) as Thing[]) names.set(thing['id'], name(thing));
  return Object.fromEntries(
    Object.entries(dump)
      .filter(([, list]) => Array.isArray(list))
      .map(([kind, list]) => [kind, (list as unknown[]).map((thing) => JSON.stringify(plain(thing, names))).sort()]),
  );
}

function plain(value: unknown, names: ReadonlyMap<unknown, string>): unknown {
  if (Array.isArray(value)) return value.map((item) => plain(item, names)).sort(byText);
  if (typeof value !== 'object' || value === null) return names.get(value) ?? value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([member]) => !FLEETING.test(member))
      .map(([member, item]) => [names.get(member) ?? member, plain(item, names)] as const)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

function byText(a: unknown, b: unknown): number {
  const [left, right] = [JSON.stringify(a), JSON.stringify(b)];
  return left < right ? -1 : left > right ? 1 : 0;
}

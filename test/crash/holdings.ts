/** What a gateway holds, in words that do not depend on ids or time: two gateways are alike when these are equal. */

type Item = { readonly [member: string]: unknown };
type Dump = { readonly [list: string]: unknown };

export type Holdings = {
  /** One text per object, sorted: a multiset. */
  readonly objects: readonly string[];
  /** What an id stands for, e.g. `teams Platform`. */
  readonly meaning: ReadonlyMap<string, string>;
};

const LISTS = [
  'providers',
  'providerKeys',
  'customers',
  'teams',
  'virtualKeys',
  'modelConfigs',
  'routingRules',
  'pricingOverrides',
  'users',
  'members',
] as const;

/** Time stamps, counters, and the values of new keys, which the gateway makes up. */
const FLEETING: ReadonlySet<string> = new Set([
  'createdAt',
  'updatedAt',
  'lastReset',
  'tokenLastReset',
  'requestLastReset',
  'row',
  'status',
  'description',
]);

export async function holdingsOf(url: string): Promise<Holdings> {
  const dump = (await (await fetch(`${url}/__sandbox/dump`)).json()) as Dump;
  const meaning = meaningOf(dump);
  const objects = LISTS.flatMap((list) => rows(dump, list).map((item) => `${list} ${text(item, list, meaning)}`));
  return { objects: objects.sort(), meaning };
}

/** Ids of objects, in whatever text, as what they stand for. */
export function inWords(said: string, meaning: ReadonlyMap<string, string>): string {
  return said.replace(UUID, (id) => `<${meaning.get(id) ?? 'unknown'}>`);
}

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;

function rows(dump: Dump, list: string): readonly Item[] {
  const found = dump[list];
  if (!Array.isArray(found)) throw new Error(`the dump of the gateway has no ${list}`);
  return found as readonly Item[];
}

function meaningOf(dump: Dump): ReadonlyMap<string, string> {
  const named = LISTS.flatMap((list) => rows(dump, list).map((item) => [item['id'], `${list} ${nameOf(item)}`]));
  return new Map(named.filter(([id]) => typeof id === 'string') as [string, string][]);
}

function nameOf(item: Item): string {
  const parts = [item['name'] ?? item['email'], item['scope'], item['provider'], item['modelName']];
  return parts.filter((part) => typeof part === 'string').join(' ');
}

/** Members in order of their names; lists of objects in order of their texts. `member`: what the value stands under. */
function text(value: unknown, member: string, meaning: ReadonlyMap<string, string>): string {
  if (typeof value === 'string') return JSON.stringify(inWords(value, meaning));
  if (Array.isArray(value)) {
    const items = value.map((item) => text(item, member, meaning));
    return `[${(SETS.has(member) || value.every(isObject) ? items.sort() : items).join(', ')}]`;
  }
  if (!isObject(value)) return JSON.stringify(value);
  const members = Object.entries(value)
    .filter(([name, inner]) => !FLEETING.has(name) && name !== 'id' && !isNewKey(name, inner))
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([name, inner]) => `${name}: ${text(inner, name, meaning)}`).join(', ')}}`;
}

/** Lists without an order; some come in the order of ids. */
const SETS: ReadonlySet<string> = new Set(['keyIds', 'virtualKeyIds']);

function isNewKey(name: string, member: unknown): boolean {
  return name === 'value' && typeof member === 'string' && member.startsWith('sk-bf-');
}

function isObject(value: unknown): value is Item {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

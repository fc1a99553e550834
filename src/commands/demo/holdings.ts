import { isObject } from '../../json.js';

/** What a gateway holds, one line per object, sorted. Equal holdings = no duplicate, no loss, no wrong link. */
export type Holdings = readonly string[];

/** Made by the gateway, and therefore different on every gateway. */
const GENERATED = /^(?:id|row|.*Id|.*At|last.*|.*LastReset|.*Hash|.*[uU]sage)$/;
const NEW_KEY = /^sk-bf-/;

/** Asks the sandbox for everything it holds. Ids are replaced by the names they stand for, so that links can be compared. */
export async function holdingsOf(url: string): Promise<Holdings> {
  const dump: unknown = await (await fetch(`${url}/__sandbox/dump`)).json();
  if (!isObject(dump)) throw new Error(`the sandbox at ${url} shows nothing`);
  const lists = Object.entries(dump).filter((entry): entry is [string, unknown[]] => Array.isArray(entry[1]));
  const names = new Map(lists.flatMap(([kind, objects]) => objects.flatMap((object) => nameOf(kind, object))));
  return lists
    .flatMap(([kind, objects]) => objects.map((object) => `${kind} ${JSON.stringify(comparable(object, names))}`))
    .sort();
}

/** Lines that only one of the two has: `-` missing from the first, `+` more than in the second. */
export function differenceOf(actual: Holdings, expected: Holdings): string[] {
  const counts = new Map<string, number>();
  for (const line of expected) counts.set(line, (counts.get(line) ?? 0) + 1);
  for (const line of actual) counts.set(line, (counts.get(line) ?? 0) - 1);
  return [...counts].flatMap(([line, count]) => (count === 0 ? [] : [`${count > 0 ? '-' : '+'} ${line}`]));
}

function nameOf(kind: string, object: unknown): [string, string][] {
  if (!isObject(object) || typeof object['id'] !== 'string') return [];
  const name = [object['name'], object['modelName'], object['email']].find(
    (candidate) => typeof candidate === 'string',
  );
  return [[object['id'], `${kind}:${name ?? ''}`]];
}

function comparable(value: unknown, names: ReadonlyMap<string, string>): unknown {
  if (typeof value === 'string') return NEW_KEY.test(value) ? 'sk-bf-…' : (names.get(value) ?? value);
  if (Array.isArray(value)) return value.map((item) => JSON.stringify(comparable(item, names))).sort();
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(
        ([member, content]) =>
          !GENERATED.test(member) || (typeof content === 'string' && names.has(content) && member !== 'id'),
      )
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([member, content]) => [member, comparable(content, names)]),
  );
}

import { isObject } from '../json.js';
import { usersPath, teamsPath } from './capabilities.js';
import type { Client } from './client.js';
import { readElements } from './element-stream.js';
import type { ObjectOf } from './objects.js';
import { has, read, readIfThere, refusal } from './reads.js';
import { parseRow } from './schemas.js';
import { keyIndexRow } from './schemas/provider-key.js';
import type { Capabilities, FindHint } from './target.js';

/** Whole lists of one kind, each in the cheapest way the gateway has (B§5.1, §8, §13.3). */

const LISTS = {
  provider: { path: '/api/providers', member: 'providers' },
  customer: { path: '/api/governance/customers', member: 'customers' },
  team: { path: '/api/governance/teams', member: 'teams' },
  virtual_key: { path: '/api/governance/virtual-keys', member: 'virtual_keys' },
  routing_rule: { path: '/api/governance/routing-rules', member: 'rules' },
  pricing_override: { path: '/api/governance/pricing-overrides', member: 'pricing_overrides' },
} as const;

export type ListedKind = keyof typeof LISTS;

/** Every row, in one GET without any parameter: paging virtual keys costs minutes on 1.5.16 (B§8). */
export async function listAll<K extends ListedKind>(client: Client, kind: K): Promise<ObjectOf<K>[]> {
  return listElements(client, kind, (row) => parseRow(kind, row));
}

/** The rows of a list in a shape of the caller's own. Nothing is handed out before the list has been read whole. */
export async function* readElementsOf<T>(
  client: Client,
  kind: ListedKind,
  parse: (row: unknown) => T,
): AsyncIterable<T> {
  yield* await listElements(client, kind, parse);
}

/** At most 100 rows whose name contains the text in some way, and how many there are in all. */
export async function search<K extends 'customer' | 'team' | 'virtual_key'>(
  client: Client,
  kind: K,
  text: string,
): Promise<{ readonly rows: ObjectOf<K>[]; readonly total: number }> {
  const { path, member } = LISTS[kind];
  const json = await read(client, `${path}?search=${encodeURIComponent(text)}&limit=100`, member);
  const rows = rowsOf(json, member);
  return { rows: rows.map((row) => parseRow(kind, row)), total: numberIn(json, 'total_count') ?? rows.length };
}

async function listElements<T>(client: Client, kind: ListedKind, parse: (row: unknown) => T): Promise<T[]> {
  const { path, member } = LISTS[kind];
  let rows: T[] = [];
  const answer = await client.stream(path, async (raw) => {
    rows = [];
    // A raw row is dropped as soon as it is parsed: it holds the secret of a virtual key and the whole of its owner.
    return { rest: await readElements(raw, member, (row) => rows.push(parse(row))) };
  });
  if (!('rest' in answer)) throw refusal(path, answer);
  if (!has(answer.rest, member)) throw refusal(path, { ...NOTHING, text: `JSON without "${member}"` });
  return rows;
}

const NOTHING = {
  status: 200,
  json: undefined,
  isHtml: false,
  broken: false,
  retryAfter: undefined,
  location: undefined,
  setCookies: [],
};

/** undefined when there is no such provider. `keys` is null for none (B§4.1). */
export async function listProviderKeys(
  client: Client,
  provider: string,
): Promise<ObjectOf<'provider_key'>[] | undefined> {
  const json = await readIfThere(client, `/api/providers/${encodeURIComponent(provider)}/keys`, 'keys');
  return json === undefined
    ? undefined
    : rowsOf(json, 'keys').map((row) => parseRow('provider_key', row, { provider }));
}

/** Names of the providers that hold a key of this name. Key names are unique across all providers (B§4.2). */
export async function providersOfKey(
  client: Client,
  match: { readonly name: string } | { readonly id: string },
): Promise<string[]> {
  const rows = (await read(client, '/api/keys', '')) as unknown[];
  const keys = rows.map((row) => keyIndexRow.parse(row));
  const hits = keys.filter((key) => ('name' in match ? key.name === match.name : key.key_id === match.id));
  return [...new Set(hits.map((key) => key.provider))];
}

/**
 * Model configs of one scope. Never without a scope where scopes exist: every virtual key with a limit owns rows there, 41 s
 * for 10,200 (B§13.3). With a scope 1.5.16 pages by 25 unless told otherwise; 1.5.2 ignores it and has everything at once.
 */
export async function listModelConfigs(
  client: Client,
  capabilities: Pick<Capabilities, 'scopedModelConfigs'>,
  scope: { readonly scope: string; readonly scopeId?: string } = { scope: 'global' },
): Promise<ObjectOf<'model_config'>[]> {
  const path = '/api/governance/model-configs';
  if (!capabilities.scopedModelConfigs) {
    const all = rowsOf(await read(client, path, 'model_configs'), 'model_configs');
    return scope.scope === 'global' ? all.map((row) => parseRow('model_config', row)) : [];
  }
  const filter = `scope=${encodeURIComponent(scope.scope)}${scope.scopeId === undefined ? '' : `&scope_id=${encodeURIComponent(scope.scopeId)}`}`;
  const found = new Map<string, ObjectOf<'model_config'>>();
  for (let offset = 0; ;) {
    const json = await read(client, `${path}?${filter}&limit=100&offset=${offset}`, 'model_configs');
    const rows = rowsOf(json, 'model_configs').map((row) => parseRow('model_config', row));
    for (const row of rows) found.set(row.id, row);
    offset += rows.length;
    if (rows.length === 0 || offset >= (numberIn(json, 'total_count') ?? 0)) return [...found.values()];
  }
}

/**
 * All users, or those a search for the text brings. Paging differs and is documented for no canonical Enterprise gateway
 * (B§6.2): page and offset are both sent, and reading ends when a page brings nobody new.
 */
export async function listUsers(
  client: Client,
  api: Capabilities['usersApi'],
  text?: string,
): Promise<ObjectOf<'user'>[]> {
  if (api === 'none') return [];
  const found = new Map<string, ObjectOf<'user'>>();
  const filter = text === undefined ? '' : `&search=${encodeURIComponent(text)}`;
  for (let page = 1; ; page += 1) {
    const json = await read(client, `${usersPath(api)}?limit=100&offset=${found.size}&page=${page}${filter}`, 'users');
    const before = found.size;
    for (const row of rowsOf(json, 'users')) {
      const user = parseRow('user', row);
      found.set(user.id, user);
    }
    const total = numberIn(json, 'total') ?? numberIn(json, 'total_count');
    if (found.size === before || (total !== null && found.size >= total)) return [...found.values()];
    if (isObject(json) && json['has_more'] === false) return [...found.values()];
  }
}

/** Members of a team; undefined when there is no such team. */
export async function listMembers(
  client: Client,
  capabilities: Pick<Capabilities, 'teamMembers' | 'usersApi'>,
  teamId: string,
): Promise<ObjectOf<'member'>[] | undefined> {
  if (!capabilities.teamMembers) return [];
  const json = await readIfThere(
    client,
    `${teamsPath(capabilities.usersApi)}/${encodeURIComponent(teamId)}/members`,
    'members',
  );
  const hint: FindHint = { teamId };
  return json === undefined ? undefined : rowsOf(json, 'members').map((row) => parseRow('member', row, hint));
}

/** A list without rows is `[]` or null, depending on version and resource. */
function rowsOf(json: unknown, member: string): readonly unknown[] {
  const rows = isObject(json) ? json[member] : undefined;
  return Array.isArray(rows) ? rows : [];
}

function numberIn(json: unknown, member: string): number | null {
  const value = isObject(json) ? json[member] : undefined;
  return typeof value === 'number' ? value : null;
}

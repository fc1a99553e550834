import { usersPath } from './capabilities.js';
import type { Client } from './client.js';
import {
  listAll,
  listMembers,
  listModelConfigs,
  listProviderKeys,
  listUsers,
  providersOfKey,
  search,
} from './lists.js';
import type { ObjectKind, ObjectOf, TargetObject } from './objects.js';
import { readIfThere } from './reads.js';
import { parseRow } from './schemas.js';
import type { Capabilities, FindHint } from './target.js';

/** Fresh reads that settle doubt about one object. Nothing is cached. */
export type Lookup = {
  readonly find: (name: string, hint: FindHint) => Promise<readonly TargetObject[]>;
  readonly get: (id: string, hint: FindHint) => Promise<TargetObject | undefined>;
};

export function createLookups(client: Client, capabilities: Capabilities): { readonly [K in ObjectKind]: Lookup } {
  return {
    provider: {
      find: async (name) => some(await getProvider(client, name)),
      get: (id) => getProvider(client, id),
    },
    provider_key: {
      find: (name, hint) => findProviderKeys(client, name, hint),
      get: (id, hint) => getProviderKey(client, id, hint),
    },
    model_config: {
      find: async (name) => named(await listModelConfigs(client, capabilities, scopeOf(name)), name),
      get: (id) =>
        getWrapped(client, 'model_config', `/api/governance/model-configs/${encodeURIComponent(id)}`, 'model_config'),
    },
    customer: {
      find: (name) => findNamed(client, 'customer', name),
      get: (id) => getWrapped(client, 'customer', `/api/governance/customers/${encodeURIComponent(id)}`, 'customer'),
    },
    team: {
      find: (name) => findNamed(client, 'team', name),
      get: (id) => getWrapped(client, 'team', `/api/governance/teams/${encodeURIComponent(id)}`, 'team'),
    },
    virtual_key: {
      find: (name) => findNamed(client, 'virtual_key', name),
      get: (id) =>
        getWrapped(client, 'virtual_key', `/api/governance/virtual-keys/${encodeURIComponent(id)}`, 'virtual_key'),
    },
    user: {
      find: async (name) =>
        named(await listUsers(client, capabilities.usersApi, searchable(name) ? name : undefined), name),
      get: (id) => getUser(client, capabilities, id),
    },
    member: {
      find: (name, hint) => findMembers(client, capabilities, name, hint),
      get: async (id, hint) => (await findMembers(client, capabilities, id, hint))[0],
    },
    routing_rule: {
      find: async (name) => named(await listAll(client, 'routing_rule'), name),
      get: (id) =>
        getWrapped(client, 'routing_rule', `/api/governance/routing-rules/${encodeURIComponent(id)}`, 'rule'),
    },
    pricing_override: {
      find: async (name) => named(await listAll(client, 'pricing_override'), name),
      // There is no GET of one override: the path answers with the dashboard on 1.5.2 and 1.5.16.
      get: async (id) => (await listAll(client, 'pricing_override')).find((override) => override.id === id),
    },
  };
}

/**
 * `search` is a LIKE without escaping, of the lower-cased text: `%` and `_` only bring too much, but a backslash is an escape
 * on PostgreSQL, and Go lower-cases all letters where SQLite lower-cases ASCII: `Équipe` does not find itself.
 */
function searchable(name: string): boolean {
  return /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/.test(name) && !name.includes('\\');
}

async function findNamed<K extends 'customer' | 'team' | 'virtual_key'>(
  client: Client,
  kind: K,
  name: string,
): Promise<ObjectOf<K>[]> {
  if (!searchable(name)) return named(await listAll(client, kind), name);
  const { rows, total } = await search(client, kind, name);
  // One page cannot be trusted to hold the name when there are more hits than it holds.
  return named(total > rows.length ? await listAll(client, kind) : rows, name);
}

async function getProvider(client: Client, name: string): Promise<ObjectOf<'provider'> | undefined> {
  const json = await readIfThere(client, `/api/providers/${encodeURIComponent(name)}`, 'name');
  return json === undefined ? undefined : parseRow('provider', json);
}

async function findProviderKeys(client: Client, name: string, hint: FindHint): Promise<ObjectOf<'provider_key'>[]> {
  const providers = new Set(await providersOfKey(client, { name }));
  // The list over all providers comes from memory (B§4.1); the one of the provider itself has the last word.
  if (hint.provider !== undefined) providers.add(hint.provider);
  const found: ObjectOf<'provider_key'>[] = [];
  for (const provider of providers) found.push(...named((await listProviderKeys(client, provider)) ?? [], name));
  return found;
}

async function getProviderKey(
  client: Client,
  id: string,
  hint: FindHint,
): Promise<ObjectOf<'provider_key'> | undefined> {
  const provider = hint.provider ?? (await providersOfKey(client, { id }))[0];
  if (provider === undefined) return undefined;
  return ((await listProviderKeys(client, provider)) ?? []).find((key) => key.id === id);
}

async function getWrapped<K extends ObjectKind>(
  client: Client,
  kind: K,
  path: string,
  member: string,
): Promise<ObjectOf<K> | undefined> {
  const json = (await readIfThere(client, path, member)) as Record<string, unknown> | undefined;
  return json === undefined ? undefined : parseRow(kind, json[member]);
}

async function getUser(client: Client, capabilities: Capabilities, id: string): Promise<ObjectOf<'user'> | undefined> {
  // The legacy API has no GET of one user (B§6.1).
  if (capabilities.usersApi !== 'canonical') {
    return (await listUsers(client, capabilities.usersApi)).find((user) => user.id === id);
  }
  return getWrapped(client, 'user', `${usersPath(capabilities.usersApi)}/${encodeURIComponent(id)}`, 'user');
}

async function findMembers(
  client: Client,
  capabilities: Capabilities,
  name: string,
  hint: FindHint,
): Promise<ObjectOf<'member'>[]> {
  const teamId = hint.teamId ?? name.slice(0, name.lastIndexOf('/'));
  return named((await listMembers(client, capabilities, teamId)) ?? [], name);
}

/** A virtual key's own limits are named `virtual_key/<its id>/<provider>/<model>`. */
function scopeOf(name: string): { scope: string; scopeId?: string } {
  const [scope, scopeId] = name.split('/');
  return scope === 'virtual_key' && scopeId !== undefined ? { scope, scopeId } : { scope: 'global' };
}

function named<T extends TargetObject>(objects: readonly T[], name: string): T[] {
  return objects.filter((object) => object.name === name);
}

function some<T>(item: T | undefined): readonly T[] {
  return item === undefined ? [] : [item];
}

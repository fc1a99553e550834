import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ApiRows } from '../src/sources/api-rows.js';
import { readServedModels } from '../src/sources/api-models.js';
import { EMPTY_CONFIG, readConfigFile, type ConfigFile } from '../src/sources/config-yaml.js';
import { DatabaseRows } from '../src/sources/database-rows.js';
import { readVirtualKey } from '../src/sources/key-row.js';
import type { Answer, ManagementApi, Query } from '../src/sources/management-api.js';
import { readMemberships } from '../src/sources/memberships.js';
import type { Snapshot } from '../src/sources/postgres.js';
import { readWorld } from '../src/sources/read-world.js';
import type { Membership, User, VirtualKey, World } from '../src/sources/records.js';
import { readUser } from '../src/sources/rows.js';
import { SecretVault } from '../src/sources/secrets.js';
import { fingerprinter, Secret } from '../src/secret.js';
import { settings } from './factories.js';

/** A LiteLLM made of plain data, read by the program's own readers: no socket, no process, no PostgreSQL. */

export type Item = Record<string, unknown>;

export type MemoryLitellm = {
  readonly version: string;
  /** Text of config.yaml; null = the proxy has none. */
  readonly config: string | null;
  /** Tables by name without `LiteLLM_`; null = the database is not given, only the management API. */
  readonly tables: { readonly [table: string]: readonly unknown[] } | null;
  /** Bodies of the management API by path; what is not here answers 404. */
  readonly api: { readonly [path: string]: unknown };
};

/** Everything the program would put into its journal. */
export type Read = {
  readonly world: World;
  readonly users: readonly User[];
  readonly memberships: readonly Membership[];
  readonly keys: readonly VirtualKey[];
  readonly vault: SecretVault;
};

const folder = mkdtempSync(join(tmpdir(), 'migrate-memory-'));
const FINGERPRINT = fingerprinter(Buffer.from('memory'));

/** @throws MigrateError whatever the readers throw. */
export async function readMemory(litellm: MemoryLitellm, saltKey = 'salt-abcd-1234'): Promise<Read> {
  const api = memoryApi(litellm.api);
  const file = await configOf(litellm.config);
  const database = litellm.tables === null ? null : new DatabaseRows(memorySnapshot(litellm.tables));
  const rows = database ?? new ApiRows(api, () => undefined);
  const vault = new SecretVault(FINGERPRINT, new Secret(saltKey));
  const { world, budgets } = await readWorld({
    settings: settings({ litellmConfig: 'config.yaml', litellmSaltKey: new Secret(saltKey) }),
    file,
    api,
    version: litellm.version,
    served: await readServedModels(api),
    database,
    rows,
    vault,
  });
  async function* users(): AsyncGenerator<User> {
    for await (const row of rows.users()) yield readUser(row);
  }
  const keys: VirtualKey[] = [];
  for await (const row of rows.keys()) keys.push(readVirtualKey(row, budgets));
  const memberships = await all(
    readMemberships({ teams: world.teams, budgets, users, rows: () => rows.teamMemberships() }),
  );
  return { world, users: await all(users()), memberships, keys, vault };
}

const known = new Map<string, ConfigFile>();

/** As the program reads it: from a file. The same text is read once. */
export async function configOf(text: string | Uint8Array | null): Promise<ConfigFile> {
  if (text === null) return EMPTY_CONFIG;
  const read = typeof text === 'string' ? known.get(text) : undefined;
  if (read !== undefined) return read;
  const path = join(folder, 'config.yaml');
  writeFileSync(path, text);
  const file = await readConfigFile(path);
  if (typeof text === 'string' && known.size < 50) known.set(text, file);
  return file;
}

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}

/** Answers every SELECT of database-rows.ts from rows in memory, the linked object permission included. */
function memorySnapshot(tables: { readonly [table: string]: readonly unknown[] }): Snapshot {
  const permissions = (tables.ObjectPermissionTable ?? []) as readonly Item[];
  const joined = (row: unknown): Item => {
    const { password: _password, ...item } = row as Item;
    if (!('object_permission_id' in item)) return item;
    const { object_permission_id: _id, ...found } =
      permissions.find((one) => one.object_permission_id === item.object_permission_id) ?? {};
    return { ...item, object_permission: Object.keys(found).length === 0 ? null : found };
  };
  return {
    schema: 'public',
    async columns(table) {
      const rows = tables[table.replace('LiteLLM_', '')];
      return rows === undefined ? undefined : new Set(rows.flatMap((row) => Object.keys(row as Item)));
    },
    unreadable: async () => [],
    async *rows(select) {
      const table = /FROM "public"\."LiteLLM_(\w+)"/.exec(select)?.[1] ?? '';
      const rows = tables[table] ?? [];
      if (select.includes('count(*)')) yield { n: rows.length };
      else for (const row of rows) yield joined(row);
    },
    close: async () => undefined,
  };
}

/** GETs answered from bodies in memory; a page past the first is empty, as LiteLLM's is. */
function memoryApi(bodies: { readonly [path: string]: unknown }): ManagementApi {
  return {
    identity: 'http://memory',
    async get(path: string, query: Query = {}): Promise<Answer> {
      const id = query.team_id ?? query.key;
      const body = bodies[id === undefined ? path : `${path} ${id}`] ?? bodies[path];
      return body === undefined ? { status: 404, body: { detail: 'Not Found' } } : { status: 200, body };
    },
    close: async () => undefined,
  };
}

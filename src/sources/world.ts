import type { Settings } from '../config.js';
import { MigrateError } from '../errors.js';
import type { Fingerprint } from '../secret.js';
import { readServedModels, type ServedModel } from './api-models.js';
import { ApiRows } from './api-rows.js';
import { EMPTY_CONFIG, readConfigFile, type ConfigFile } from './config-yaml.js';
import { DatabaseRows } from './database-rows.js';
import { readVirtualKey } from './key-row.js';
import type { Budgets } from './limits.js';
import { connectManagementApi, type ManagementApi } from './management-api.js';
import { readMemberships } from './memberships.js';
import { readWorld } from './read-world.js';
import type { Source, Team, User, VirtualKey, World } from './records.js';
import type { RowSource } from './row-source.js';
import { readUser } from './rows.js';
import { SecretVault } from './secrets.js';
import { findVersion } from './version.js';

export type SourceDependencies = {
  /** Progress for the operator, one line at a time; e-mail addresses and secrets never occur. */
  readonly log?: (line: string) => void;
  /** Milliseconds before the first retry of a read. */
  readonly retryDelay?: number;
};

/**
 * Opens LiteLLM for reading: config file, management API and, when LITELLM_DB_URL is set, the database, which is then
 * preferred for everything but what only the running proxy knows (version, prices, what it serves, router settings).
 * @throws MigrateError config_*, source_*, database_unreachable, salt_key_wrong.
 */
export async function openSource(
  settings: Settings,
  fingerprint: Fingerprint,
  deps: SourceDependencies = {},
): Promise<Source> {
  const log = deps.log ?? (() => undefined);
  const file = await readFile(settings);
  const api = connectManagementApi({
    url: settings.litellmUrl,
    masterKey: settings.litellmMasterKey,
    ...(deps.retryDelay === undefined ? {} : { retryDelay: deps.retryDelay }),
  });
  let database: DatabaseRows | null = null;
  try {
    const version = await findVersion(api);
    const served = await readServedModels(api);
    requireConfig(settings, served);
    if (settings.litellmDbUrl !== null) {
      // Loading it costs a tenth of a short run, and most have no use for it.
      const { connectPostgres } = await import('./postgres.js');
      database = new DatabaseRows(connectPostgres(settings.litellmDbUrl));
      await database.check();
    }
    const rows: RowSource = database ?? new ApiRows(api, log);
    const vault = new SecretVault(fingerprint, settings.litellmSaltKey);
    const { world, budgets } = await readWorld({ settings, file, api, version, served, database, rows, vault });
    log(
      `fetched ${world.deployments.length} model deployment(s) from LiteLLM; resolved ${world.credentials.size} named credential(s) ` +
        `and ${world.deployments.filter((one) => one.origin !== 'api').length} deployment param set(s)`,
    );
    return sourceOf(api, rows, vault, world, budgets);
  } catch (error) {
    await database?.close();
    await api.close();
    throw error;
  }
}

async function readFile(settings: Settings): Promise<ConfigFile> {
  if (settings.litellmConfig !== null) return readConfigFile(settings.litellmConfig);
  if (settings.litellmDbUrl !== null) return EMPTY_CONFIG;
  throw new MigrateError(
    'config_missing',
    "LiteLLM's config file is not given",
    'Set LITELLM_CONFIG to the config.yaml the proxy was started with; with LITELLM_DB_URL it may be left out when every model is in the database.',
  );
}

/** @throws MigrateError config_missing when the proxy serves deployments from a file and none is given. */
export function requireConfig(settings: Settings, served: readonly ServedModel[]): void {
  const fromFile = served.filter((model) => !model.databaseModel);
  if (settings.litellmConfig !== null || fromFile.length === 0) return;
  throw new MigrateError(
    'config_missing',
    `The proxy serves ${fromFile.length} deployment(s) from a config file, e.g. "${fromFile[0]?.names[0] ?? ''}", and none is given`,
    'Set LITELLM_CONFIG to the config.yaml the proxy was started with.',
  );
}

function sourceOf(api: ManagementApi, rows: RowSource, secrets: SecretVault, world: World, budgets: Budgets): Source {
  async function* users(): AsyncGenerator<User> {
    for await (const row of rows.users()) yield readUser(row);
  }
  async function* virtualKeys(): AsyncGenerator<VirtualKey> {
    for await (const row of rows.keys()) yield readVirtualKey(row, budgets);
  }
  const teams: readonly Team[] = world.teams;
  return {
    identity: api.identity,
    world,
    secrets,
    users,
    virtualKeys,
    memberships: () => readMemberships({ teams, budgets, users, rows: () => rows.teamMemberships() }),
    async close() {
      await rows.close();
      await api.close();
    },
  };
}

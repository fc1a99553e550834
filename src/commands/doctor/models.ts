import { readFile } from 'node:fs/promises';
import type { Settings } from '../../config.js';
import { MigrateError } from '../../errors.js';
import { fingerprinter } from '../../secret.js';
import { EMPTY_CONFIG, parseMapping, readConfigFile, type ConfigFile } from '../../sources/config-yaml.js';
import { joinCredentials } from '../../sources/credentials.js';
import { decrypter } from '../../sources/decrypt.js';
import { joinDeployments } from '../../sources/deployments.js';
import { apiCredentials } from '../../sources/read-world.js';
import type { Deployment, NamedCredential } from '../../sources/records.js';
import { SecretVault } from '../../sources/secrets.js';
import { requireConfig } from '../../sources/world.js';
import { attempt, fail, ok, several, skip, warn, type Found } from './check.js';
import type { DatabaseFacts } from './database.js';
import type { ProxyFacts } from './proxy.js';

/** Deployments and named credentials as a run would see them. */
export type ModelFacts = {
  readonly deployments: readonly Deployment[];
  readonly credentials: ReadonlyMap<string, NamedCredential>;
  readonly vault: SecretVault;
};

/** Nothing leaves this process that could be compared with a journal. */
export const FINGERPRINT = fingerprinter(Buffer.alloc(32));

/** The file, then what file, database and proxy say together. null = one of them is needed and cannot be read. */
export async function* examineModels(
  settings: Settings,
  proxy: ProxyFacts | null,
  database: DatabaseFacts | null,
): AsyncGenerator<Found, ModelFacts | null> {
  const served = proxy === null || proxy.served instanceof MigrateError ? null : proxy.served;
  const file = await attempt(async () => {
    if (settings.litellmConfig !== null) return readConfigFile(settings.litellmConfig);
    requireConfig(settings, served ?? []);
    return EMPTY_CONFIG;
  });
  if (file instanceof MigrateError) yield fail('config', file);
  else yield ok('config', await described(settings.litellmConfig, file, served !== null));

  if (proxy?.served instanceof MigrateError) {
    yield fail('deployments', proxy.served);
    return null;
  }
  if (file instanceof MigrateError) {
    yield skip('deployments', 'without the config file they are not known');
    return null;
  }
  const vault = new SecretVault(FINGERPRINT, settings.litellmSaltKey);
  const decrypt = decrypter(settings.litellmSaltKey.reveal());
  const api = await attempt(() => (database === null && proxy !== null ? apiCredentials(proxy.api, []) : []));
  if (api instanceof MigrateError) {
    yield fail('deployments', api);
    return null;
  }
  const { credentials } = joinCredentials({
    file: file.credentialList,
    database: database?.credentials ?? null,
    api,
    vault,
    decrypt,
  });
  const deployments = joinDeployments({
    file: file.modelList,
    database: database?.models ?? null,
    served: served ?? [],
    vault,
    decrypt,
  });
  if (proxy === null) yield skip('deployments', 'no LiteLLM answers, or not to this key');
  else if (served !== null) yield compared(deployments, served.length, database !== null);
  return { deployments, credentials, vault };
}

async function described(path: string | null, file: ConfigFile, asked: boolean): Promise<string> {
  if (path === null)
    return `not given${asked ? ', and not needed: everything the proxy serves is in its database' : ''}`;
  const { include } = parseMapping(path, await readFile(path, 'utf8'));
  const included = Array.isArray(include) && include.length > 0 ? `, with include of ${include.join(', ')}` : '';
  return `${path}${included}: ${file.modelList.length} model(s), ${file.credentialList.length} named credential(s)`;
}

/** The file and the database against the running proxy: what either has and the other lacks was changed since, or is another's. */
function compared(deployments: readonly Deployment[], served: number, withDatabase: boolean): Found {
  const from = (origin: Deployment['origin']) => deployments.filter((one) => one.origin === origin).length;
  const counted = `the proxy serves ${served}; the file has ${from('file')}, the database ${withDatabase ? from('database') : 'is not given'}`;
  const noted = (code: string) =>
    deployments.filter(({ notes }) => notes.some((note) => note.code === code)).map(({ name }) => name);
  const unexplained = noted('unexplained_deployment');
  if (unexplained.length > 0)
    return warn(
      'deployments',
      `${counted}; ${unexplained.length} served one(s) stand in neither, their keys stay hidden: ${several(unexplained)}`,
      'set LITELLM_CONFIG and LITELLM_DB_URL to those the proxy was started with, or restart the proxy',
    );
  const hidden = deployments.filter(({ origin }) => origin === 'api').map(({ name }) => name);
  if (hidden.length > 0)
    return warn(
      'deployments',
      `${counted}; ${hidden.length} served one(s) are in the database only, the management API hides their keys: ${several(hidden)}`,
      'set LITELLM_DB_URL (and LITELLM_SALT_KEY, if the proxy has one)',
    );
  const idle = noted('not_served');
  if (idle.length > 0)
    return warn(
      'deployments',
      `${counted}; the running proxy does not list ${idle.length} of them, they are migrated all the same: ${several(idle)}`,
      'restart the proxy with this file, if they ought to be served',
    );
  return ok('deployments', `${counted}; all of them are the same`);
}

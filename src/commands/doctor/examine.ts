import type { CommandContext } from '../command.js';
import { MigrateError } from '../../errors.js';
import { connectManagementApi } from '../../sources/management-api.js';
import { parseAddress } from '../../target/address.js';
import type { Capabilities } from '../../target/target.js';
import { attempt, skip, skipAll, type Found } from './check.js';
import { examineContents, type ContentFacts } from './contents.js';
import { examineDatabase, type DatabaseFacts } from './database.js';
import { readEnds, type Ends } from './ends.js';
import { compareCounts, forecast, totalsOf } from './forecast.js';
import { examineGateway, openGateway } from './gateway.js';
import { checkDisk, checkJournal, type Identities } from './machine.js';
import { examineModels, type ModelFacts } from './models.js';
import { examineOrganizations, examineProxy, type ProxyFacts } from './proxy.js';
import { examineSalt } from './salt.js';
import { examineVariables } from './variables.js';

type World = Pick<CommandContext, 'flags' | 'env' | 'now' | 'random'>;
type Source = {
  readonly proxy: ProxyFacts | null;
  readonly database: DatabaseFacts | null;
  readonly models: ModelFacts | null;
};
type Target = { readonly capabilities: Capabilities | null; readonly contents: ContentFacts | null };

/** Every check of CHECK_TITLES but the first once, in that order, each as soon as it is known. Reads only. */
export async function* examine(world: World): AsyncGenerator<Found, void> {
  const ends = readEnds(world.flags, world.env);
  yield ends.found;
  yield ends.journal === null
    ? skip('journal', 'the settings do not say where it is')
    : await checkJournal(ends.journal, await identitiesOf(ends));
  const source = yield* examineSource(ends);
  const target = yield* examineTarget(ends, world);
  const { proxy, database, models } = source;
  const settings = ends.source;
  if (settings === null) yield* skipAll(['variables_here', 'variables_of_bifrost'], NOT_SET.source);
  else yield* examineVariables(models, settings, world.env, target.capabilities);
  const totals = totalsOf(proxy, database);
  yield forecast(totals, target.contents, target.capabilities, world.now());
  const records = (totals.keys ?? 0) + (totals.teams ?? 0) + (totals.users ?? 0);
  yield await disk(ends.journal, records);
}

const NOT_SET = {
  source: 'the settings of LiteLLM are not complete',
  target: 'the settings of Bifrost are not complete',
} as const;

async function* examineSource({ source: settings, saltKeyIsMasterKey }: Ends): AsyncGenerator<Found, Source> {
  if (settings === null) {
    yield* skipAll(
      ['litellm', 'master_key', 'database', 'organizations', 'config', 'deployments', 'salt_key', 'source_counts'],
      NOT_SET.source,
    );
    return { proxy: null, database: null, models: null };
  }
  const api = connectManagementApi({ url: settings.litellmUrl, masterKey: settings.litellmMasterKey });
  try {
    const proxy = yield* examineProxy(settings, api);
    const database = yield* examineDatabase(settings);
    yield await examineOrganizations(proxy, database);
    const models = yield* examineModels(settings, proxy, database);
    yield await examineSalt(settings, database, saltKeyIsMasterKey);
    yield compareCounts(proxy, database);
    return { proxy, database, models };
  } finally {
    await api.close();
  }
}

async function* examineTarget({ target: settings }: Ends, clock: World): AsyncGenerator<Found, Target> {
  const nothing = { capabilities: null, contents: null };
  if (settings === null) {
    yield* skipAll(
      [
        'bifrost',
        'credentials',
        'abilities',
        'store',
        'users_api',
        'management_api',
        'inference',
        'contents',
        'routing_rules',
      ],
      NOT_SET.target,
    );
    return nothing;
  }
  const client = openGateway(settings, clock);
  try {
    const capabilities = yield* examineGateway(settings, client);
    if (capabilities === null) {
      yield* skipAll(['contents', 'routing_rules'], 'Bifrost cannot be asked');
      return nothing;
    }
    return { capabilities, contents: yield* examineContents(client) };
  } finally {
    await client.close();
  }
}

/** The ends as a journal keeps them, whether they answer or not. */
async function identitiesOf({ source, target }: Ends): Promise<Identities> {
  const url = source === null ? null : new URL(source.litellmUrl);
  const address =
    target === null ? null : await attempt(() => parseAddress(target.bifrostUrl, target.allowInsecureHttp));
  return {
    source: url === null ? null : url.origin + url.pathname.replace(/\/+$/, ''),
    target: address === null || address instanceof MigrateError ? null : address.identity,
  };
}

async function disk(journal: string | null, records: number): Promise<Found> {
  if (journal === null) return skip('disk', 'the settings do not say where the journal is');
  try {
    return checkDisk(journal, records);
  } catch (error) {
    // The check of the journal has said what is wrong with the folder.
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    return skip('disk', `the folder of ${journal} cannot be looked at`);
  }
}

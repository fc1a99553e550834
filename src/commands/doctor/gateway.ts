import type { Settings } from '../../config.js';
import { MigrateError } from '../../errors.js';
import { isObject } from '../../json.js';
import { parseAddress } from '../../target/address.js';
import type { Answer } from '../../target/answer.js';
import { probeCapabilities } from '../../target/capabilities.js';
import { createClient, type Client } from '../../target/client.js';
import { parseCredentials } from '../../target/credentials.js';
import { refusal, unauthorized } from '../../target/reads.js';
import type { Capabilities } from '../../target/target.js';
import { TIMEOUTS } from '../../target/timeouts.js';
import { openTransport } from '../../target/transport.js';
import { attempt, fail, ok, skip, skipAll, warn, type CheckId, type Found } from './check.js';

const SECOND_LIST = ['abilities', 'store', 'users_api', 'management_api', 'inference'] as const;
const REQUESTS_AT_ONCE = 4;

/** Sends nothing but GETs, not even a login: a user and password go as Basic (B§1.1). @throws MigrateError `usage` */
export function openGateway(
  settings: Settings,
  clock: { readonly now: () => number; readonly random: () => number },
): Client {
  return createClient({
    transport: openTransport(parseAddress(settings.bifrostUrl, settings.allowInsecureHttp), REQUESTS_AT_ONCE),
    credentials: parseCredentials(settings.bifrostApiKey),
    secrets: {
      reveal: () => {
        throw new Error('a command that only reads asked for a provider secret');
      },
    },
    readOnly: true,
    timeouts: TIMEOUTS,
    ...clock,
    sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  });
}

/** Reachable, open to us, new enough, with a store, and what it can do. null = a run would stop here. */
export async function* examineGateway(settings: Settings, client: Client): AsyncGenerator<Found, Capabilities | null> {
  const first = await attempt(() => reach(client));
  if (first instanceof MigrateError) {
    yield fail('bifrost', first);
    yield* skipAll(['credentials', ...SECOND_LIST], 'no Bifrost answers');
    return null;
  }
  yield ok('bifrost', `version ${first.version ?? 'not told'} at ${settings.bifrostUrl}`);
  const refused = refusedBy(first, client);
  if (refused !== null) {
    yield fail('credentials', refused);
    yield* skipAll(SECOND_LIST, 'the credentials are not accepted');
    return null;
  }
  // A gateway that refuses users stops a run that wants them; everything else can be looked at all the same.
  const withUsers = await attempt(() => probeCapabilities(client, { needsUsers: true }));
  const capabilities =
    withUsers instanceof MigrateError && withUsers.code === 'target_unauthorized'
      ? await attempt(() => probeCapabilities(client, { needsUsers: false }))
      : withUsers;
  if (capabilities instanceof MigrateError) {
    yield* stopped(capabilities, settings);
    return null;
  }
  yield accepted(capabilities, settings);
  yield ok('abilities', abilities(capabilities));
  yield await store(client);
  yield withUsers instanceof MigrateError ? fail('users_api', withUsers) : usersApi(capabilities);
  yield managementApi(capabilities);
  yield inference(capabilities);
  return capabilities;
}

type First = { readonly authEnabled: boolean; readonly config: Answer; readonly version: string | null };

async function reach(client: Client): Promise<First> {
  const auth = await client.get('/api/session/is-auth-enabled');
  const config = await client.get('/api/config');
  const told =
    (isObject(auth.json) && typeof auth.json['is_auth_enabled'] === 'boolean') ||
    (isObject(config.json) && ('client_config' in config.json || config.status !== 200));
  // Any path of a gateway without such a route answers with its dashboard, and so does any other web server (B§1.4).
  if (!told) throw refusal('/api/config', config);
  const { status, json: version } = await client.get('/api/version');
  return {
    authEnabled: isObject(auth.json) && auth.json['is_auth_enabled'] === true,
    config,
    version: status === 200 && typeof version === 'string' ? version : null,
  };
}

function refusedBy({ authEnabled, config }: First, client: Client): MigrateError | null {
  if (authEnabled && client.session.header() === undefined)
    return new MigrateError(
      'target_unauthorized',
      'Bifrost asks for credentials, and BIFROST_API_KEY is not set',
      unauthorized().nextStep,
    );
  return config.status === 401 || config.status === 403 ? refusal('/api/config', config) : null;
}

/** The check a refusal of the probes belongs to; what comes before it went well, what comes after was not looked at. */
function* stopped(error: MigrateError, settings: Settings): Generator<Found, void> {
  const places: { readonly [code: string]: CheckId } = {
    target_unauthorized: 'credentials',
    target_without_store: 'store',
  };
  const place = places[error.code] ?? 'abilities';
  for (const id of ['credentials', ...SECOND_LIST] as const) {
    if (id === place) yield fail(id, error);
    else if (id === 'credentials') yield ok(id, settings.bifrostApiKey === null ? 'none asked for' : 'accepted');
    else yield skip(id, 'a run would stop before');
  }
}

function accepted({ authEnabled }: Capabilities, { bifrostApiKey }: Settings): Found {
  if (authEnabled) return ok('credentials', 'accepted');
  return ok(
    'credentials',
    bifrostApiKey === null ? 'none asked for, none given' : 'none asked for; BIFROST_API_KEY is not looked at',
  );
}

function abilities(found: Capabilities): string {
  const has = [
    ...(found.scopedModelConfigs ? ['limits per model of a key'] : []),
    ...(found.objectAliases ? ['aliases with settings'] : []),
    ...(found.checksBaseUrls ? ['a check of base URLs'] : []),
    ...(found.virtualKeyExpiry ? ['keys that expire'] : []),
  ];
  const lacks = [
    ...(found.scopedModelConfigs ? [] : ['limits per model of a key (1.5.9)']),
    ...(found.virtualKeyExpiry ? [] : ['keys that expire (2.x)']),
  ];
  const part = (verb: string, words: readonly string[]) => (words.length === 0 ? '' : `; ${verb} ${words.join(', ')}`);
  return `new enough (1.5.0 or later)${part('has', has)}${part('lacks', lacks)}`;
}

async function store(client: Client): Promise<Found> {
  const { json } = await client.get('/health');
  const components = isObject(json) && isObject(json['components']) ? json['components'] : {};
  const pings = components['db_pings'];
  if (pings === 'ok' || pings === 'disabled' || pings === undefined)
    return ok('store', 'the config store is connected; what is written stays');
  return warn(
    'store',
    `the config store is connected, but GET /health says db_pings ${JSON.stringify(pings)}`,
    'look at the log of the gateway',
  );
}

function usersApi({ usersApi: api, teamMembers }: Capabilities): Found {
  if (api === 'none')
    return warn(
      'users_api',
      'none, as in the open-source edition: users and memberships are skipped; keys keep their teams and limits',
      'create the people in your identity provider, or use Bifrost Enterprise, if they are wanted there',
    );
  const path = api === 'canonical' ? '/api/governance/users' : '/api/users';
  if (teamMembers) return ok('users_api', `Enterprise: users at ${path}, and members of teams`);
  return warn(
    'users_api',
    `users at ${path}, but no members of teams: memberships are skipped; keys keep their teams`,
    'use Bifrost Enterprise, if memberships are wanted there',
  );
}

function managementApi({ authEnabled }: Capabilities): Found {
  if (authEnabled) return ok('management_api', 'asks for credentials');
  return warn(
    'management_api',
    'asks for no credentials: whoever reaches it can read and change every key',
    'in Bifrost set auth_config (admin_username, admin_password, is_enabled: true), then set BIFROST_API_KEY here',
  );
}

/** An old `sk-…` token is not taken for a virtual key, so it would be served without any limit (B§7.3). */
function inference({ inferenceNeedsVirtualKey }: Capabilities): Found {
  if (inferenceNeedsVirtualKey) return ok('inference', 'refused without a virtual key');
  return warn(
    'inference',
    'served without a virtual key: a caller who keeps an old sk-… token passes by every limit and allow-list that is migrated',
    'in Bifrost set client_config.enforce_auth_on_inference to true (dashboard, or PUT /api/config) before callers move',
  );
}

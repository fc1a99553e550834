import { MigrateError } from '../errors.js';
import { isObject } from '../json.js';
import type { Client } from './client.js';
import { probe, read, refusal, unauthorized } from './reads.js';
import { standardProviders } from './standard-providers.js';
import type { Capabilities } from './target.js';
import type { HttpAnswer } from './transport.js';

export type CapabilityOptions = {
  /** Users are wanted: a gateway that has a users API but refuses it then stops the run. */
  readonly needsUsers: boolean;
};

/**
 * Finds out with GETs only what this gateway can do, and logs in on the way when it asks for credentials.
 * Throws target_unauthorized, target_too_old, target_without_store, target_unreachable, target_unexpected.
 *
 * What was executed are 1.5.2 and 1.5.16 (B§0). For the versions between, what tells them apart is a route or member that
 * the changelogs date: `/api/feature-flags` 1.5.3, `client_config.mcp_enable_temp_token_auth` 1.5.5,
 * `client_config.allow_direct_keys` 1.5.6, `scope` of model configs 1.5.9, `/api/governance/complexity-analyzer-config` 1.5.12,
 * `/api/skills` 1.5.14.
 */
export async function probeCapabilities(client: Client, options: CapabilityOptions): Promise<Capabilities> {
  const authEnabled = await prepareAuthorization(client);
  const config = await readConfig(client);
  const version = await readVersion(client);
  await refuseOldGateways(client);
  await refuseWithoutStore(client);
  const clientConfig = isObject(config['client_config']) ? config['client_config'] : {};
  const since15_3 = await isThere(client, '/api/feature-flags', 'flags');
  const since15_5 = 'mcp_enable_temp_token_auth' in clientConfig;
  // 1.4 had a member of this name too; together with the newer one it is 1.5.6.
  const since15_6 = since15_5 && 'allow_direct_keys' in clientConfig;
  const scopedModelConfigs = await hasScopedModelConfigs(client);
  const since15_12 = await isThere(client, '/api/governance/complexity-analyzer-config', 'tier_boundaries');
  const since2 = await isThere(client, '/api/routing/rules', 'rules');
  const users = await usersApi(client, options);
  return {
    version,
    usersApi: users,
    teamMembers: users !== 'none' && (await hasTeamMembers(client, users)),
    scopedModelConfigs,
    // Wrong by "yes" is a 400 for every key with object aliases, wrong by "no" only costs Azure's wire format: strict.
    objectAliases: since15_12,
    // Dropped together with Azure's deployment URLs in 1.5.5; an unknown member would be ignored silently (B§5).
    azureApiVersion: !since15_5,
    // "no" makes the writer look before each create, which is right on every version.
    uniqueCustomerNames: since15_12,
    checksBaseUrls: scopedModelConfigs,
    // "yes" resends the owner, which every version takes (B§5.5).
    putClearsOmittedOwner: !since15_6,
    // Refused by itself only on 1.5.2 (P§2.8); a deny rule too many does no harm, one too few widens.
    bareNamesReachWildcards: since15_3 || since15_5,
    virtualKeyExpiry: since2,
    standardProviders: await standardProviders(client, await isThere(client, '/api/skills?limit=1', 'skills')),
    inferenceNeedsVirtualKey:
      clientConfig['enforce_auth_on_inference'] === true || clientConfig['enforce_governance_header'] === true,
    authEnabled,
    processStart: await readProcessStart(client),
  };
}

/** `process_start_time_seconds` of /metrics, seen on both versions; switched off or forbidden = unknown. */
async function readProcessStart(client: Client): Promise<string | null> {
  const found = await client.stream('/metrics', (answer) => startOf(answer), /^text\/plain\b/i);
  return typeof found === 'string' ? found : null;
}

/** The list of metrics grows with traffic: only the end of what was read is kept. */
async function startOf(answer: HttpAnswer): Promise<string | null> {
  let text = '';
  for await (const chunk of answer.body) {
    text = text.slice(-100) + Buffer.from(chunk).toString('latin1');
    const start = /^process_start_time_seconds (\S+)\n/m.exec(text)?.[1];
    if (start !== undefined) {
      answer.discard();
      return start;
    }
  }
  return null;
}

/** Is a password asked for? If so, exchange ours for a session token (B§1.1). */
async function prepareAuthorization(client: Client): Promise<boolean> {
  const answer = await client.get('/api/session/is-auth-enabled');
  const enabled = isObject(answer.json) && answer.json['is_auth_enabled'] === true;
  if (enabled && client.session.header() === undefined) throw unauthorized();
  if (enabled) await client.session.start();
  return enabled;
}

async function readConfig(client: Client): Promise<Record<string, unknown>> {
  const answer = await client.get('/api/config');
  if (answer.status === 503 && /config store/i.test(answer.text)) throw withoutStore();
  if (answer.status !== 200 || !isObject(answer.json) || !isObject(answer.json['client_config']))
    throw refusal('/api/config', answer);
  if (answer.json['is_db_connected'] === false) throw withoutStore();
  return answer.json;
}

/** A bare JSON string; may need authorization, may say anything (B§1.3). */
async function readVersion(client: Client): Promise<string | null> {
  const { status, json } = await client.get('/api/version');
  return status === 200 && typeof json === 'string' ? json : null;
}

async function refuseOldGateways(client: Client): Promise<void> {
  const keys = await probe(client, '/api/providers/openai/keys', 'keys');
  if (keys.kind === 'denied') throw unauthorized();
  if (keys.kind !== 'absent') return;
  throw new MigrateError(
    'target_too_old',
    'This Bifrost is older than 1.5.0: its allow-lists mean the opposite (empty allows everything).',
    'Upgrade Bifrost to 1.5.0 or later, then run again.',
  );
}

/** Without a config store the governance routes are not registered at all (B§5). */
async function refuseWithoutStore(client: Client): Promise<void> {
  const teams = await probe(client, '/api/governance/teams?limit=1', 'teams');
  if (teams.kind === 'denied') throw unauthorized();
  if (teams.kind !== 'found') throw withoutStore();
}

function withoutStore(): MigrateError {
  return new MigrateError(
    'target_without_store',
    'This Bifrost runs without a config store: what is written would be gone after a restart.',
    'Start it with config_store enabled (SQLite or PostgreSQL), then run again.',
  );
}

async function isThere(client: Client, path: string, member: string): Promise<boolean> {
  const { kind } = await probe(client, path, member);
  // A route that may not be used is there (B§1.5).
  return kind === 'found' || kind === 'denied';
}

/**
 * From 1.5.9 on `scope=` filters and pages by 25, before it is ignored and everything comes at once (B§5.1, §5.6). With rows
 * the member tells, without rows the limit: 25 there, 0 (the count) here. It must never be guessed "yes": a scope that is
 * ignored becomes a limit for everybody.
 */
async function hasScopedModelConfigs(client: Client): Promise<boolean> {
  const list = await read(client, '/api/governance/model-configs?scope=global', 'model_configs');
  if (!isObject(list)) return false;
  const rows = list['model_configs'];
  if (Array.isArray(rows) && rows.length > 0)
    return rows.every((row) => isObject(row) && typeof row['scope'] === 'string');
  return list['limit'] === 25;
}

/** B§1.5: canonical on the fork and Enterprise ≥ 2.0, legacy on older Enterprise, none on OSS. */
async function usersApi(client: Client, options: CapabilityOptions): Promise<Capabilities['usersApi']> {
  for (const [api, path] of [
    ['canonical', '/api/governance/users?limit=1'],
    ['legacy', '/api/users?limit=1'],
  ] as const) {
    const users = await probe(client, path, 'users');
    if (users.kind === 'found') return api;
    if (users.kind === 'denied' && options.needsUsers) {
      const next = 'Give the key in BIFROST_API_KEY access to users, or leave users out with --only.';
      throw new MigrateError(
        'target_unauthorized',
        'Bifrost has a users API, but the credentials may not use it.',
        next,
      );
    }
  }
  return 'none';
}

/** An unknown team is enough to ask with: Enterprise answers JSON (200 or 404), everything else the dashboard. */
async function hasTeamMembers(client: Client, users: Capabilities['usersApi']): Promise<boolean> {
  const path = `${teamsPath(users)}/00000000-0000-0000-0000-000000000000/members`;
  return (await probe(client, path, 'members')).kind !== 'absent';
}

/** Team memberships live beside the users API (B§6.1, §6.2). */
export function teamsPath(users: Capabilities['usersApi']): string {
  return users === 'legacy' ? '/api/teams' : '/api/governance/teams';
}

export function usersPath(users: Capabilities['usersApi']): string {
  return users === 'legacy' ? '/api/users' : '/api/governance/users';
}

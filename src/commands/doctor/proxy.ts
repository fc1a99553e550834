import type { Settings } from '../../config.js';
import { MigrateError } from '../../errors.js';
import type { Finding } from '../../findings.js';
import { isObject } from '../../json.js';
import { readServedModels, type ServedModel } from '../../sources/api-models.js';
import { optionalBody } from '../../sources/api-optional.js';
import { expectOk, readRows } from '../../sources/api-pages.js';
import type { ManagementApi, Query } from '../../sources/management-api.js';
import { findVersion } from '../../sources/version.js';
import { attempt, fail, ok, skip, warn, type Found } from './check.js';
import type { DatabaseFacts } from './database.js';

/** What the running proxy has told. */
export type ProxyFacts = {
  readonly api: ManagementApi;
  readonly served: readonly ServedModel[] | MigrateError;
  /** Rows in all, as its lists count them; null = it does not say. */
  readonly counts: { readonly [list in Counted]: number | null };
};

type Counted = 'keys' | 'teams' | 'users';
type List = { readonly path: string; readonly query: Query; readonly counts: Counted | null; readonly total: string };

/** Closed to everybody but a proxy admin in one release or another (L§1.3), a single row each. */
const ADMIN_LISTS: readonly List[] = [
  { path: '/budget/list', query: {}, counts: null, total: '' },
  { path: '/key/list', query: { page: 1, size: 1 }, counts: 'keys', total: 'total_count' },
  { path: '/v2/team/list', query: { page: 1, page_size: 1 }, counts: 'teams', total: 'total' },
  { path: '/user/list', query: { page: 1, page_size: 1 }, counts: 'users', total: 'total' },
];

/** Reachable, which version, and what the key may read. null = nothing more can be asked of it. */
export async function* examineProxy(settings: Settings, api: ManagementApi): AsyncGenerator<Found, ProxyFacts | null> {
  const reached = await attempt(() => reach(api));
  if (reached instanceof MigrateError) {
    yield fail('litellm', reached);
    yield skip('master_key', 'no LiteLLM answers');
    return null;
  }
  yield reached;
  const counts = await attempt(() => countLists(api));
  if (counts instanceof MigrateError) {
    // With the database these lists are not read; what the key may not do matters all the same.
    const passable = settings.litellmDbUrl !== null && counts.code === 'source_unexpected';
    yield passable ? warn('master_key', counts.message, counts.nextStep) : fail('master_key', counts);
    if (!passable) return null;
  } else {
    const told = Object.entries(counts).flatMap(([list, count]) => (count === null ? [] : [`${count} ${list}`]));
    yield ok('master_key', `accepted; what only a proxy admin may read answers: budgets, ${told.join(', ')}`);
  }
  const none = { keys: null, teams: null, users: null };
  return {
    api,
    served: await attempt(() => readServedModels(api)),
    counts: counts instanceof MigrateError ? none : counts,
  };
}

async function reach(api: ManagementApi): Promise<Found> {
  const { status, body } = await api.get('/health/readiness');
  if (status !== 200 || !isObject(body)) {
    throw new MigrateError(
      'source_unexpected',
      `${api.identity} does not answer like a LiteLLM proxy: GET /health/readiness gave HTTP ${status}`,
      'Check LITELLM_URL: it must be the base address of the proxy, with its path if it has one.',
    );
  }
  const version = await attempt(() => findVersion(api));
  const keyRefused = version instanceof MigrateError && version.code === 'source_unauthorized';
  if (version instanceof MigrateError && !keyRefused) throw version;
  const { db } = body;
  if (typeof db === 'string' && db !== 'connected')
    return warn(
      'litellm',
      `${nameOf(version)} at ${api.identity} answers, but has no database (${db}): it knows no teams, users and virtual keys`,
      'connect the proxy to its database, if it is meant to have one',
    );
  if (version === null)
    return warn(
      'litellm',
      `${api.identity} answers, and does not tell its version: where versions decide differently, the stricter rule is applied`,
      'let GET /openapi.json through to the proxy, if something in front of it refuses that',
    );
  return ok(
    'litellm',
    `${nameOf(version)} at ${api.identity}${keyRefused ? ', which tells its version to a valid key only' : ''}`,
  );
}

function nameOf(version: string | null | MigrateError): string {
  return typeof version === 'string' ? `version ${version}` : 'a proxy';
}

async function countLists(api: ManagementApi): Promise<ProxyFacts['counts']> {
  const counts: Record<Counted, number | null> = { keys: null, teams: null, users: null };
  for (const { path, query, counts: counted, total } of ADMIN_LISTS) {
    const answer = await api.get(path, query);
    // Old releases lack the paged list of teams (L§1.8).
    if (answer.status === 404) continue;
    const body = expectOk(path, answer);
    const count = isObject(body) ? body[total] : undefined;
    if (counted !== null && typeof count === 'number') counts[counted] = count;
  }
  return counts;
}

/** Newer releases show organizations only with a licence, also to the master key (L§1.10). */
export async function examineOrganizations(proxy: ProxyFacts | null, database: DatabaseFacts | null): Promise<Found> {
  if (database !== null) return ok('organizations', `${database.counts.organizations}, read from the database`);
  if (proxy === null) return skip('organizations', 'no LiteLLM answers, or not to this key');
  const findings: Finding[] = [];
  const count = await attempt(async () => {
    const body = await optionalBody(proxy.api, 'organizations', '/organization/list', findings);
    return body === null ? null : readRows('/organization/list', body).length;
  });
  if (count instanceof MigrateError) return fail('organizations', count);
  if (count !== null) return ok('organizations', `${count}, read from the management API`);
  return warn(
    'organizations',
    findings[0]?.message ?? 'They could not be read.',
    'set LITELLM_DB_URL; without it no organization is migrated',
  );
}

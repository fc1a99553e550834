import { Estimate } from '../../engine/estimate.js';
import type { Capabilities } from '../../target/target.js';
import { duration } from '../progress.js';
import { ok, skip, warn, type Found } from './check.js';
import type { ContentFacts } from './contents.js';
import type { DatabaseFacts } from './database.js';
import type { ProxyFacts } from './proxy.js';

/** Numbers of records, the database's where it was read. */
export type Totals = { readonly keys: number | null; readonly teams: number | null; readonly users: number | null };

const LISTS = ['keys', 'teams', 'users'] as const;

export function totalsOf(proxy: ProxyFacts | null, database: DatabaseFacts | null): Totals {
  return database?.counts ?? proxy?.counts ?? { keys: null, teams: null, users: null };
}

/** A database that counts otherwise than the proxy is another proxy's, or a copy. */
export function compareCounts(proxy: ProxyFacts | null, database: DatabaseFacts | null): Found {
  if (proxy === null || database === null) {
    const because =
      proxy === null
        ? 'no LiteLLM answers, or not to this key'
        : 'there is only one side to count: the database is not read';
    return skip('source_counts', because);
  }
  const told = LISTS.filter((list) => proxy.counts[list] !== null);
  const different = told.filter((list) => proxy.counts[list] !== database.counts[list]);
  const both = (list: (typeof LISTS)[number]) => `${list} ${database.counts[list]} and ${proxy.counts[list] ?? '?'}`;
  if (different.length === 0)
    return ok(
      'source_counts',
      `database and proxy agree: ${told.map((list) => `${database.counts[list]} ${list}`).join(', ')}`,
    );
  return warn(
    'source_counts',
    `the database and the proxy count differently: ${different.map(both).join(', ')}`,
    'make sure that LITELLM_DB_URL is the DATABASE_URL of this proxy; a few may have come or gone meanwhile',
  );
}

/** Milliseconds per key where the cost does not grow: 100 to 190 a second (B§13.1). */
const FLAT_MS = 8;
const LONG_MS = 30 * 60_000;

/** @param now milliseconds since 1970 */
export function forecast(
  { keys }: Totals,
  contents: ContentFacts | null,
  capabilities: Capabilities | null,
  now: number,
): Found {
  if (capabilities === null || contents === null || contents.virtualKeys === null)
    return skip('duration', 'Bifrost cannot be asked how many virtual keys it has');
  if (keys === null) return skip('duration', 'how many virtual keys LiteLLM has is not known');
  const already = contents.virtualKeys;
  const grows = capabilities.uniqueCustomerNames;
  const expected = new Estimate({ already, grows }, now).expect(keys) ?? keys * FLAT_MS;
  const growth = grows
    ? 'on this version each one takes longer the more there are'
    : 'on this version each one takes the same';
  const said =
    keys === 0
      ? 'no virtual key to write'
      : `about ${duration(expected)} for ${keys} virtual key(s) beside the ${already} there on a machine like that of the measurements, ` +
        `several times that on PostgreSQL; ${growth}; a provider that does not answer adds up to 15s per provider key`;
  if (expected <= LONG_MS) return ok('duration', said);
  return warn(
    'duration',
    said,
    'start the run where it may go on for that long; it can be interrupted at any time, and migrate resume goes on',
  );
}

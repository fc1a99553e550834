import type { Settings } from '../../config.js';
import { MigrateError } from '../../errors.js';
import { DatabaseRows } from '../../sources/database-rows.js';
import type { Row } from '../../sources/fields.js';
import { connectPostgres, type Snapshot } from '../../sources/postgres.js';
import { attempt, fail, ok, skip, warn, type Found } from './check.js';
import { COLUMNS } from './columns.js';

/** What the database has told. */
export type DatabaseFacts = {
  readonly models: readonly Row[];
  readonly credentials: readonly Row[];
  readonly config: readonly Row[];
  /** `keys` without the sessions of LiteLLM's dashboard, which its own list hides too (L§1.7). */
  readonly counts: { readonly [table in keyof typeof COUNTED]: number };
};

const COUNTED = {
  keys: `"LiteLLM_VerificationToken" WHERE team_id IS DISTINCT FROM 'litellm-dashboard'`,
  teams: '"LiteLLM_TeamTable"',
  users: '"LiteLLM_UserTable"',
  organizations: '"LiteLLM_OrganizationTable"',
} as const;

/** Reads in one read-only transaction, as a run does. null = no database, or not one that can be read. */
export async function* examineDatabase(settings: Settings): AsyncGenerator<Found, DatabaseFacts | null> {
  if (settings.litellmDbUrl === null) {
    yield skip('database', 'LITELLM_DB_URL is not set: the management API is read instead');
    return null;
  }
  const url = settings.litellmDbUrl;
  const snapshot = await attempt(() => connectPostgres(url));
  if (snapshot instanceof MigrateError) {
    yield fail('database', snapshot);
    return null;
  }
  try {
    const facts = await attempt(() => read(snapshot));
    if (facts instanceof MigrateError) {
      yield fail('database', facts);
      return null;
    }
    yield await judged(snapshot, facts);
    return facts;
  } finally {
    await snapshot.close();
  }
}

async function read(snapshot: Snapshot): Promise<DatabaseFacts> {
  const rows = new DatabaseRows(snapshot);
  await rows.check();
  const counts = {} as Record<keyof typeof COUNTED, number>;
  for (const [name, from] of Object.entries(COUNTED) as [keyof typeof COUNTED, string][]) {
    const table = /^"(\w+)"/.exec(from)?.[1] ?? '';
    const there = (await snapshot.columns(table)) !== undefined;
    counts[name] = there ? await countOf(snapshot, from) : 0;
  }
  return { models: await rows.models(), credentials: await rows.credentials(), config: await rows.config(), counts };
}

async function countOf(snapshot: Snapshot, from: string): Promise<number> {
  let count = 0;
  const table = `"${snapshot.schema.replaceAll('"', '""')}".${from}`;
  for await (const { n } of snapshot.rows(`SELECT jsonb_build_object('n', count(*)) AS row FROM ${table}`))
    count = Number(n);
  return count;
}

async function judged(snapshot: Snapshot, { counts }: DatabaseFacts): Promise<Found> {
  const missing: string[] = [];
  const newer: string[] = [];
  for (const [table, { since, columns }] of Object.entries(COLUMNS)) {
    const present = await snapshot.columns(table);
    const absent = present === undefined ? [table] : [];
    const lacks = (names: readonly string[]) =>
      present === undefined ? [] : names.filter((name) => !present.has(name)).map((name) => `${table}.${name}`);
    (since === 'always' ? missing : newer).push(...absent);
    missing.push(...lacks(columns.always));
    newer.push(...lacks(columns.later));
  }
  const counted = Object.entries(counts).map(([name, count]) => `${count} ${name}`);
  const read = `read-only transaction in schema "${snapshot.schema}": ${counted.join(', ')}`;
  const older = newer.length === 0 ? '' : `; this release has no ${newer.join(', ')}`;
  if (missing.length === 0) return ok('database', `${read}; no table or column missing${older}`);
  return warn(
    'database',
    `${read}; missing: ${missing.join(', ')}, taken for empty${older}`,
    'make sure that LITELLM_DB_URL is the DATABASE_URL of this proxy, with its ?schema=',
  );
}

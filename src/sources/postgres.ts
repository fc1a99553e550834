import pg from 'pg';
import { MigrateError, reasonOf } from '../errors.js';
import type { Secret } from '../secret.js';
import { databaseConnection } from './database-url.js';
import type { Row } from './fields.js';

/** LiteLLM's PostgreSQL, one read-only snapshot at a time. */
export interface Snapshot {
  /** Column names of a table; undefined when the table is not there (older versions, L§2.3). */
  columns(table: string): Promise<ReadonlySet<string> | undefined>;
  /** Tables and views the user may not SELECT from. PostgreSQL hides their columns: by those they would pass for missing. */
  unreadable(): Promise<readonly string[]>;
  /** Rows of `SELECT <expression of type jsonb> AS row …`, `FETCH`ed in batches: memory does not grow with the table. */
  rows(select: string): AsyncGenerator<Row>;
  readonly schema: string;
  close(): Promise<void>;
}

const BATCH = 1000;
/** A snapshot nobody reads from is given back: an open one keeps PostgreSQL from cleaning up while a migration runs for hours. */
const IDLE_MILLISECONDS = 60_000;

export function connectPostgres(url: Secret): Snapshot {
  const { config, schema } = databaseConnection(url);
  let open: Promise<pg.Client> | null = null;
  let idle: NodeJS.Timeout | null = null;
  let streams = 0;
  let cursors = 0;
  let last: Promise<unknown> = Promise.resolve();
  let tables: Promise<Map<string, Set<string>>> | null = null;

  async function begin(): Promise<pg.Client> {
    const client = new pg.Client(config);
    // A connection that breaks between queries must not end the process; the next query reports it.
    client.on('error', () => {
      open = null;
    });
    try {
      await client.connect();
      await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
      await client.query(
        "SET LOCAL statement_timeout = '300s'; SET LOCAL lock_timeout = '10s'; SET LOCAL TimeZone = 'UTC'",
      );
      return client;
    } catch (error) {
      await client.end().catch(() => undefined);
      throw unreachable(error);
    }
  }

  async function end(): Promise<void> {
    const closing = open;
    open = null;
    const client = await closing?.catch(() => null);
    await client?.query('ROLLBACK').catch(() => undefined);
    await client?.end().catch(() => undefined);
  }

  /** One query at a time: streams that run side by side share the snapshot's connection. */
  function use<T>(work: (client: pg.Client) => Promise<T>): Promise<T> {
    const result = last.then(async () => {
      if (idle !== null) clearTimeout(idle);
      open ??= begin();
      try {
        return await work(await open);
      } catch (error) {
        await end();
        throw error instanceof MigrateError ? error : unreachable(error);
      } finally {
        rest();
      }
    });
    last = result.catch(() => undefined);
    return result;
  }

  function rest(): void {
    if (idle !== null) clearTimeout(idle);
    idle = streams === 0 && open !== null ? setTimeout(() => void end(), IDLE_MILLISECONDS).unref() : null;
  }

  async function readColumns(): Promise<Map<string, Set<string>>> {
    const found = await use((client) =>
      client.query<{ table_name: string; column_name: string }>(
        'SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = $1',
        [schema],
      ),
    );
    const byTable = new Map<string, Set<string>>();
    for (const { table_name: table, column_name: column } of found.rows) {
      byTable.set(table, (byTable.get(table) ?? new Set()).add(column));
    }
    return byTable;
  }

  return {
    schema,
    async columns(table) {
      tables ??= readColumns();
      return (await tables).get(table);
    },
    async unreadable() {
      const found = await use((client) =>
        client.query<{ name: string }>(
          `SELECT c.relname AS name FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            WHERE n.nspname = $1 AND c.relkind IN ('r', 'p', 'v', 'm') AND NOT has_table_privilege(c.oid, 'SELECT')
            ORDER BY c.relname`,
          [schema],
        ),
      );
      return found.rows.map(({ name }) => name);
    },
    async *rows(select) {
      const cursor = `c${++cursors}`;
      streams++;
      try {
        await use((client) => client.query(`DECLARE ${cursor} NO SCROLL CURSOR FOR ${select}`));
        for (;;) {
          const batch = await use((client) => client.query<{ row: Row }>(`FETCH ${BATCH} FROM ${cursor}`));
          for (const { row } of batch.rows) yield row;
          if (batch.rows.length < BATCH) break;
        }
        await use((client) => client.query(`CLOSE ${cursor}`));
      } finally {
        streams--;
        rest();
      }
    },
    async close() {
      if (idle !== null) clearTimeout(idle);
      await end();
    },
  };
}

function unreachable(error: unknown): MigrateError {
  return new MigrateError(
    'database_unreachable',
    `LiteLLM's database cannot be read: ${reasonOf(error)}`,
    'Check LITELLM_DB_URL: host, port, user, password, database name; the user needs SELECT on the LiteLLM_ tables.',
    { cause: error },
  );
}

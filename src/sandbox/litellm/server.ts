import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Json } from '../../json.js';
import { demandAdmin, identify, isAdmin, NOBODY } from './caller.js';
import { createContext, type Context, type Route } from './context.js';
import { readQuery } from './query.js';
import { detail, notFound, Refusal } from './refusal.js';
import { KEY_ROUTES } from './routes-keys.js';
import { LIMIT_ROUTES } from './routes-limits.js';
import { MODEL_ROUTES } from './routes-models.js';
import { PEOPLE_ROUTES } from './routes-people.js';
import { TEAM_ROUTES } from './routes-teams.js';
import { SERVICE_ROUTES } from './routes-service.js';
import { isAtLeast, isNewer, type SandboxVersion } from './version.js';
import { sandboxWorld, type SandboxWorld, type WorldOptions } from './world.js';

export type SandboxOptions = {
  readonly version: SandboxVersion;
  /** A world, or how to make one; the standard world by default. */
  readonly world?: SandboxWorld | WorldOptions;
  /** 0, the default, takes a free one; always on 127.0.0.1. */
  readonly port?: number;
  readonly masterKey?: string;
  readonly saltKey?: string;
  /** Milliseconds before each answer. */
  readonly latencyMs?: number;
  /** SERVER_ROOT_PATH of the proxy, e.g. `/llm`; everything else is 404. */
  readonly rootPath?: string;
  readonly now?: () => number;
};

export type LitellmSandbox = {
  readonly url: string;
  readonly masterKey: string;
  readonly saltKey: string;
  readonly world: SandboxWorld;
  close(): Promise<void>;
};

export type SandboxStats = {
  readonly requests: { readonly [method: string]: number };
  readonly paths: { readonly [path: string]: number };
};

export const DEFAULT_MASTER_KEY = 'sk-CANARY-master-0001';
export const DEFAULT_SALT_KEY = 'salt-CANARY-0001';

const ROUTES: readonly Route[] = [
  ...KEY_ROUTES,
  ...MODEL_ROUTES,
  ...TEAM_ROUTES,
  ...PEOPLE_ROUTES,
  ...LIMIT_ROUTES,
  ...SERVICE_ROUTES,
];

/** A LiteLLM proxy's management API, read side, in this process (contracts L§1). Resolves once it listens. */
export async function startLitellmSandbox(options: SandboxOptions): Promise<LitellmSandbox> {
  const world = options.world && 'key' in options.world ? options.world : sandboxWorld(options.world);
  const masterKey = options.masterKey ?? DEFAULT_MASTER_KEY;
  const context = createContext({ world, version: options.version, masterKey, now: options.now ?? Date.now });
  const stats = { requests: {} as Record<string, number>, paths: {} as Record<string, number> };
  const server = createServer((request, response) => {
    void serve(context, options, stats, request, response);
  });
  await listen(server, options.port ?? 0);
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}${options.rootPath ?? ''}`,
    masterKey,
    saltKey: options.saltKey ?? DEFAULT_SALT_KEY,
    world,
    close: () => shut(server),
  };
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      resolve();
    });
  });
}

function shut(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    server.close((error) => {
      if (error) reject(error);
      else resolve();
    });
    server.closeAllConnections();
  });
}

type Stats = { readonly requests: Record<string, number>; readonly paths: Record<string, number> };

async function serve(
  context: Context,
  options: SandboxOptions,
  stats: Stats,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  request.resume();
  const url = new URL(request.url ?? '/', 'http://sandbox.invalid');
  if (url.pathname === '/__sandbox/stats') {
    send(response, 200, { requests: stats.requests, paths: stats.paths });
    return;
  }
  const method = request.method ?? 'GET';
  stats.requests[method] = (stats.requests[method] ?? 0) + 1;
  stats.paths[url.pathname] = (stats.paths[url.pathname] ?? 0) + 1;
  if (options.latencyMs !== undefined && options.latencyMs > 0) await sleep(options.latencyMs);
  try {
    send(response, 200, answer(context, options.rootPath ?? '', method, url, request));
  } catch (error) {
    if (!(error instanceof Refusal))
      process.stderr.write(
        `litellm sandbox: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
      );
    const refusal = error instanceof Refusal ? error : new Refusal(500, 'Internal Server Error');
    send(response, refusal.status, refusal.body);
  }
}

function answer(context: Context, rootPath: string, method: string, url: URL, request: IncomingMessage): Json {
  const path = within(rootPath, url.pathname);
  const found = path === null ? null : findRoute(path, context.version);
  if (path === null || found === null) throw notFound();
  if (method !== 'GET' && method !== 'HEAD') throw detail(405, 'Method Not Allowed');
  const { route, match } = found;
  const caller = route.access === 'open' ? NOBODY : identify(context, request.headers);
  if (route.access === 'admin') demandAdmin(context, caller, path);
  // 1.81.13 guards the user list like the endpoints of administrators, but lets viewers in (contracts L§1.3).
  if (path === '/user/list' && !isNewer(context.version) && caller.role !== 'proxy_admin_viewer' && !isAdmin(caller)) {
    demandAdmin(context, caller, path);
  }
  return route.answer(context, { path, match, query: readQuery(url.searchParams, context.version), caller });
}

/** The path below the root path, decoded; null when it is outside. */
function within(rootPath: string, pathname: string): string | null {
  if (!pathname.startsWith(rootPath)) return null;
  try {
    return decodeURIComponent(pathname.slice(rootPath.length));
  } catch {
    return null;
  }
}

function findRoute(path: string, version: SandboxVersion): { route: Route; match: string[] } | null {
  for (const route of ROUTES) {
    if (route.since !== undefined && !isAtLeast(version, route.since)) continue;
    const match = typeof route.path === 'string' ? (route.path === path ? [path] : null) : route.path.exec(path);
    if (match) return { route, match: [...match].slice(1) };
  }
  return null;
}

/** A body that is a text goes out as plain text when it is an error, as JSON when it is an answer. */
function send(response: ServerResponse, status: number, body: Json): void {
  const plain = status >= 500 && typeof body === 'string';
  const payload = Buffer.from(plain ? body : JSON.stringify(body), 'utf8');
  response.writeHead(status, {
    'content-type': plain ? 'text/plain; charset=utf-8' : 'application/json',
    'content-length': payload.length,
  });
  response.end(payload);
}

import { randomUUID } from 'node:crypto';
import { newConfig } from './config.js';
import { dump } from './dump.js';
import { FAULT_RULES, Faults } from './faults.js';
import { rfc3339, type Call, type Gateway } from './gateway.js';
import { mayCall } from './may-call.js';
import type { BifrostSandboxSettings } from './options.js';
import { Overtaken } from './overtaken.js';
import { personalityOf } from './personality.js';
import { json, plainText, type Reply } from './reply.js';
import { answer, Router } from './router.js';
import { routesOf } from './routes.js';
import { copyOf, State } from './state.js';
import { Stats } from './stats.js';

/** A gateway with its faults and counters, without a network. */
export type Sandbox = {
  readonly faults: Faults;
  readonly stats: Stats;
  readonly overtaken: Overtaken;
  /** Answers a request to the gateway. `origin` = scheme and host the client used, for redirects. */
  answer(request: Request, origin: string): Reply;
  /** Answers `/__sandbox/…`: what tests and the demo may ask. */
  control(request: Request): Reply;
};
export type Request = Omit<Call, 'params'>;
/** Time, ids and luck come from outside. */
export type SandboxDeps = { readonly now: () => Date; readonly newId: () => string; readonly random: () => number };

export const REAL_DEPS: SandboxDeps = { now: () => new Date(), newId: randomUUID, random: Math.random };
const CONTROL = '/__sandbox/';

export function isControl(path: string): boolean {
  return path.startsWith(CONTROL);
}

export function newSandbox(settings: BifrostSandboxSettings, deps: SandboxDeps): Sandbox {
  const personality = personalityOf(settings.personality);
  const router = new Router(routesOf(personality));
  const gateway: Gateway = {
    personality,
    state: new State(),
    config: newConfig(personality, settings.auth),
    env: settings.env ?? process.env,
    listedModels: settings.listedModels,
    ...deps,
    stamp: rfc3339,
  };
  const faults = new Faults();
  const stats = new Stats();
  let saved: State | null = null;
  const overtaken = new Overtaken();
  const reset = (): void => {
    gateway.state = new State();
    gateway.config = newConfig(personality, undefined);
    for (const { method, path, body } of settings.seed) seed(gateway, router, { method, path, body });
    gateway.config = { ...gateway.config, auth: newConfig(personality, settings.auth).auth };
    faults.set([]);
    overtaken.reset();
    stats.reset();
  };
  reset();
  return {
    faults,
    stats,
    overtaken,
    answer: (request, origin) => answer(gateway, router, request, origin),
    control: (request) =>
      control(gateway, faults, stats, request, {
        reset,
        save: () => {
          saved = copyOf(gateway.state);
        },
        restore: () => {
          if (saved === null) return false;
          gateway.state = copyOf(saved);
          faults.set([]);
          stats.reset();
          return true;
        },
      }),
  };
}

function seed(
  gateway: Gateway,
  router: Router,
  { method, path, body }: { readonly method: string; readonly path: string; readonly body?: unknown },
): void {
  const request = {
    method,
    path,
    query: new URLSearchParams(),
    headers: {},
    text: body === undefined ? '' : JSON.stringify(body),
  };
  const reply = answer(gateway, router, request, '');
  if (reply.status >= 300)
    throw new Error(`The sandbox cannot be seeded: ${method} ${path} answers ${reply.status}: ${reply.body.trim()}`);
}

type Stock = {
  readonly reset: () => void;
  /** Remembers everything stored, so that `restore` brings it back, ids included. */
  readonly save: () => void;
  /** false = nothing was saved. */
  readonly restore: () => boolean;
};

function control(gateway: Gateway, faults: Faults, stats: Stats, request: Request, stock: Stock): Reply {
  switch (`${request.method} ${request.path.slice(CONTROL.length)}`) {
    case 'GET stats':
      return json(stats.show());
    case 'GET writes':
      return json(stats.writes());
    case 'GET dump':
      return json(dump(gateway));
    case 'GET may-call':
      return json(mayCall(gateway, request.query));
    case 'POST reset':
      // `?only=stats` keeps objects and faults.
      if (request.query.get('only') === 'stats') stats.reset();
      else stock.reset();
      return json({ success: true });
    case 'POST save':
      stock.save();
      return json({ success: true });
    case 'POST restore':
      return stock.restore() ? json({ success: true }) : plainText(404, 'Nothing was saved');
    case 'POST faults': {
      const parsed = FAULT_RULES.safeParse(readJson(request.text));
      if (!parsed.success) return json({ error: parsed.error.issues }, 400);
      faults.set(parsed.data);
      return json({ success: true, rules: parsed.data.length });
    }
    default:
      return plainText(404, `No such sandbox call: ${request.method} ${request.path}`);
  }
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

import { parseArgs } from 'node:util';
import { BifrostOracle, type BifrostAnswer, type BifrostVersion, type Route } from '../oracles/bifrost/oracle.js';
import { parseJson } from './answer.js';
import { inParallel } from './ask.js';
import { readBifrostAnswer } from './bifrost-answer.js';
import { bifrostReader } from './bifrost-facts.js';
import { disagreements, expectations, placeOf, refusedPlace, seenPlace } from './oracle-compare.js';
import { readGateway, type GatewayView } from './oracle-state.js';
import { fillGateway, type World } from './oracle-fill.js';
import { randomWorld } from './oracle-random.js';
import { HAND_MADE } from './oracle-world.js';
import { dice } from './dice.js';

/** Asks a running gateway and the oracle the same questions; prints where they part. */
const { values: flags } = parseArgs({
  options: {
    bifrost: { type: 'string' },
    version: { type: 'string' },
    fill: { type: 'boolean', default: false },
    upstream: { type: 'string', default: 'http://127.0.0.1:9101' },
    draws: { type: 'string', default: '40' },
    concurrency: { type: 'string', default: '4' },
    seed: { type: 'string' },
    names: { type: 'string' },
  },
});

const PATHS: readonly (readonly [route: Route, path: string])[] = [
  ['v1', '/v1/chat/completions'],
  ['litellm', '/litellm/v1/chat/completions'],
];

type Cell = {
  readonly route: Route;
  readonly path: string;
  readonly virtualKey: string | null;
  readonly model: string;
};

async function main(): Promise<number> {
  const url = needed(flags.bifrost, '--bifrost').replace(/\/+$/, '');
  const version = needed(flags.version, '--version') as BifrostVersion;
  const world = flags.seed === undefined ? HAND_MADE : randomWorld(dice(Number(flags.seed)));
  if (flags.fill) {
    // Start the gateway anew before it is asked: 1.5.16 knows some providers only then.
    await fillGateway(url, flags.upstream, world);
    return 0;
  }
  const view = await readGateway(bifrostReader(url, null), version);
  const cells = cellsOf(view, world, flags.names?.split(',') ?? null);
  let parted = 0;
  let allowed = 0;
  await inParallel(cells, Number(flags.concurrency), async (cell) => {
    const { lets, reasons } = await judge(url, view, cell);
    if (lets) allowed += 1;
    if (reasons.length === 0) return;
    parted += 1;
    const caller = view.state.virtualKeys.find(({ id }) => id === cell.virtualKey)?.name ?? 'nobody';
    console.log(`${cell.route} ${caller} → ${cell.model}\n  ${reasons.join('\n  ')}`);
  });
  console.log(`${cells.length} cells, ${allowed} of them allowed, ${parted} disagreements`);
  return parted === 0 ? 0 : 1;
}

function cellsOf({ state }: GatewayView, world: World, only: readonly string[] | null): readonly Cell[] {
  const listed = [...state.keys.flatMap((key) => [...key.models, ...Object.keys(key.aliases)])];
  const names = only ?? [...new Set([...listed, ...world.names])].filter((name) => name !== '*');
  const callers = [null, ...state.virtualKeys.map(({ id }) => id)];
  return PATHS.flatMap(([route, path]) =>
    callers.flatMap((virtualKey) => names.map((model) => ({ route, path, virtualKey, model }))),
  );
}

async function judge(url: string, view: GatewayView, cell: Cell) {
  const { route, path, virtualKey, model } = cell;
  const oracle = oracleFor(view, route);
  const answer = oracle.ask(virtualKey, model);
  const expected = expectations(answer, (key) => view.credentials.get(key) ?? '');
  const token = virtualKey === null ? null : (view.values.get(virtualKey) ?? '');
  const seen: string[] = [];
  const draw = async (upTo: number) => {
    while (seen.length < upTo) seen.push(await call(url + path, token, model));
  };
  await draw(expected.shares.size === 1 ? 2 : Number(flags.draws));
  // Chance may look like a difference once.
  if (disagreements(expected, seen).length > 0) await draw(3 * Number(flags.draws));
  return { lets: answer.allowed, reasons: [...disagreements(expected, seen), ...overlooked(view, cell, answer, seen)] };
}

/** An oracle that knows no list must let through whatever was seen, and whatever the one that knows them does. */
function overlooked(view: GatewayView, cell: Cell, answer: BifrostAnswer, seen: readonly string[]): readonly string[] {
  cautious ??= new BifrostOracle(view.state);
  const shown = (key: string) => view.credentials.get(key) ?? '';
  const widest = cautious.ask(cell.virtualKey, cell.model);
  const shares = new Map<string, number>();
  if (widest.allowed) {
    for (const fallback of widest.fallbacks) shares.set(placeOf(fallback, shown), 0);
    for (const reach of widest.reaches) shares.set(placeOf(reach, shown), reach.share);
  }
  const expected = answer.allowed ? answer.reaches : [];
  const missed = expected.filter((reach) => (shares.get(placeOf(reach, shown)) ?? 0) < reach.share - 1e-9);
  const strangers = new Set(seen.filter((place) => place.includes(' | ') && !shares.has(place)));
  return [...strangers, ...missed.map((reach) => placeOf(reach, shown))].map(
    (place) => `an oracle without lists overlooks ${place}`,
  );
}

let cautious: BifrostOracle | undefined;
const oracles = new Map<Route, BifrostOracle>();

function oracleFor({ state, catalog }: GatewayView, route: Route): BifrostOracle {
  const oracle = oracles.get(route) ?? new BifrostOracle(state, { catalog, routes: [route] });
  oracles.set(route, oracle);
  return oracle;
}

/** Broken connections to the upstream say nothing about the gateway's mind. */
async function call(url: string, token: string | null, model: string): Promise<string> {
  for (let tries = 1; ; tries += 1) {
    const { place, broken } = await callOnce(url, token, model);
    if (!broken || tries === TRIES) return place;
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}

const TRIES = 4;
const PAUSE_MS = 200;
const BROKEN = /failed to execute HTTP request to provider API|network error occurred while connecting/;

async function callOnce(url: string, token: string | null, model: string) {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(token === null ? {} : { authorization: `Bearer ${token}` }) },
    body: JSON.stringify({ model, messages: [{ role: 'user', content: 'hi' }], max_tokens: 5 }),
  });
  const body = await response.text();
  const exchange = { status: response.status, headers: Object.fromEntries(response.headers), body };
  const place = seenPlace(readBifrostAnswer(exchange), parseJson(body));
  // 1.5.2 gives refusals that come from the choice of a key another status below /litellm.
  const shown = place === refusedPlace(500) && url.includes('/litellm/') ? refusedPlace(400) : place;
  return { place: shown, broken: BROKEN.test(body) };
}

function needed(value: string | undefined, flag: string): string {
  if (value === undefined) throw new Error(`${flag} is missing`);
  return value;
}

process.exitCode = await main();

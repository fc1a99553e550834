import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { loadSettings, type Settings } from '../../src/config.js';
import { realSleep } from '../../src/engine/clock.js';
import type { RunEvent, RunSummary } from '../../src/engine/events.js';
import { migrate, resumable } from '../../src/engine/run.js';
import type { Journal } from '../../src/journal/journal.js';
import { openJournal } from '../../src/journal/open.js';
import { buildCatalog } from '../../src/mapping/catalog.js';
import type { FaultRule } from '../../src/sandbox/bifrost/faults.js';
import type { PersonalityName } from '../../src/sandbox/bifrost/personality.js';
import { startBifrostSandbox, type BifrostSandbox } from '../../src/sandbox/bifrost/server.js';
import { writeConfigFile } from '../../src/sandbox/litellm/config-file.js';
import { writeLitellmDatabase } from '../../src/sandbox/litellm/database.js';
import { DEFAULT_SALT_KEY, startLitellmSandbox, type LitellmSandbox } from '../../src/sandbox/litellm/server.js';
import { openSource } from '../../src/sources/world.js';
import { stages } from '../../src/stages/index.js';
import { connectTarget } from '../../src/target/connect.js';
import { TIMEOUTS, type Timeouts } from '../../src/target/timeouts.js';
import { startPostgres } from '../postgres.js';
import { GATEWAY_ENVIRONMENT, smallWorld } from './small-world.js';

/** The real engine between two sandbox gateways, over real sockets; only its pauses are shorter. */

export type Mode = 'run' | 'resume' | 'retry';
export type Source = {
  readonly litellm: LitellmSandbox;
  readonly config: string;
  readonly databaseUrl: string;
  close(): Promise<void>;
};
export type Way = {
  readonly timeouts?: Timeouts;
  readonly now?: () => number;
  readonly concurrency?: number;
  readonly signal?: AbortSignal;
  readonly listener?: (event: RunEvent) => void;
  /** Looks at, or disturbs, the journal before the run begins. */
  readonly onJournal?: (journal: Journal) => void;
};

const VERSION = '1.109.1';
/** Time passes so many times faster for the engine and the client: 200 ms of waiting become 1. Timeouts stay real. */
const FASTER = 200;
const STARTED = Date.now();

/** Milliseconds since 1970, as the engine sees them. */
export function fastNow(): number {
  return STARTED + (Date.now() - STARTED) * FASTER;
}

/** A LiteLLM with its database: without one it shows no organizations (L§1). */
export async function startSource(world = smallWorld()): Promise<Source> {
  const config = await writeConfigFile(world, mkdtempSync(join(tmpdir(), 'litellm-')));
  const postgres = await startPostgres();
  const databaseUrl = await postgres.createDatabase('litellm');
  await writeLitellmDatabase({ url: databaseUrl, world, version: VERSION, saltKey: DEFAULT_SALT_KEY });
  const litellm = await startLitellmSandbox({ version: VERSION, world });
  return {
    litellm,
    config,
    databaseUrl,
    close: async () => {
      await litellm.close();
      await postgres.stop();
    },
  };
}

export function startTarget(personality: PersonalityName): Promise<BifrostSandbox> {
  return startBifrostSandbox({ personality, env: GATEWAY_ENVIRONMENT });
}

const made: string[] = [];
afterAll(() => {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** In memory where the system has such a place: how quick the disk is to sync is of no interest here. */
export function newJournalPath(): string {
  const place = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();
  const folder = mkdtempSync(join(place, 'journal-'));
  made.push(folder);
  return join(folder, 'migrate.db');
}

export function environmentOf({ litellm, config, databaseUrl }: Source, bifrostUrl: string): Record<string, string> {
  return {
    LITELLM_URL: litellm.url,
    LITELLM_MASTER_KEY: litellm.masterKey,
    LITELLM_SALT_KEY: litellm.saltKey,
    LITELLM_CONFIG: config,
    LITELLM_DB_URL: databaseUrl,
    BIFROST_URL: bifrostUrl,
  };
}

export function settingsFor(source: Source, bifrostUrl: string, concurrency = 8): Settings {
  const flags = { concurrency: String(concurrency) };
  return loadSettings(flags, environmentOf(source, bifrostUrl), { requirements: 'both' }).settings;
}

/** One run as `migrate` wires it, from opening the journal to closing it. @throws MigrateError what stops a run. */
export async function runOnce(
  source: Source,
  bifrostUrl: string,
  path: string,
  mode: Mode = 'run',
  way: Way = {},
): Promise<RunSummary | 'nothing-to-resume'> {
  const settings = settingsFor(source, bifrostUrl, way.concurrency);
  const now = way.now ?? fastNow;
  const closers: (() => unknown)[] = [];
  try {
    const journal = openJournal(path, { create: mode === 'run', now, toolVersion: 'test' });
    closers.push(() => journal.close());
    way.onJournal?.(journal);
    if (mode === 'resume' && !resumable(journal)) return 'nothing-to-resume';
    const opened = await openSource(settings, journal.fingerprint);
    closers.push(() => opened.close());
    const target = await connectTarget(settings, opened.secrets, {
      now,
      sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms / FASTER)),
      timeouts: way.timeouts ?? TIMEOUTS,
    });
    closers.push(() => target.close());
    return await migrate({
      journal,
      source: opened,
      target,
      settings,
      stages,
      buildCatalog: (facts) =>
        buildCatalog({ ...facts, environment: () => undefined, credentialFile: () => undefined }),
      listener: way.listener ?? (() => undefined),
      signal: way.signal ?? new AbortController().signal,
      now,
      random: Math.random,
      sleep: (ms, signal) => realSleep(ms / FASTER, signal),
      mode,
    });
  } finally {
    for (const close of closers.reverse()) await close();
  }
}

/** The same timeout for every request; milliseconds. */
export function timeoutsOf(write: number, read = 10_000): Timeouts {
  const writes = Object.keys(TIMEOUTS.write) as (keyof Timeouts['write'])[];
  return { read, list: read, write: Object.fromEntries(writes.map((kind) => [kind, write])) as Timeouts['write'] };
}

export async function arm({ url }: { readonly url: string }, rules: readonly FaultRule[]): Promise<void> {
  const answer = await fetch(`${url}/__sandbox/faults`, { method: 'POST', body: JSON.stringify(rules) });
  if (!answer.ok) throw new Error(`the sandbox does not know these faults: ${await answer.text()}`);
}

/** Empties the gateway and forgets its faults. */
export async function empty({ url }: { readonly url: string }): Promise<void> {
  await fetch(`${url}/__sandbox/reset`, { method: 'POST' });
}

export async function writesAt({ url }: { readonly url: string }): Promise<number> {
  return ((await (await fetch(`${url}/__sandbox/stats`)).json()) as { writes: number }).writes;
}

/** The writes the gateway has seen, oldest first; `at` in milliseconds since 1970. */
export async function writesSeen({
  url,
}: {
  readonly url: string;
}): Promise<readonly { readonly method: string; readonly path: string; readonly at: number }[]> {
  return (await (await fetch(`${url}/__sandbox/writes`)).json()) as { method: string; path: string; at: number }[];
}

import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { doctor } from '../../src/commands/doctor.js';
import { keys } from '../../src/commands/keys.js';
import { report } from '../../src/commands/report.js';
import { resume } from '../../src/commands/resume.js';
import { retry } from '../../src/commands/retry.js';
import { status } from '../../src/commands/status.js';
import { rollback } from '../../src/commands/rollback.js';
import { run } from '../../src/commands/run.js';
import { verify } from '../../src/commands/verify.js';
import type { CommandContext, Command } from '../../src/commands/command.js';
import type { Flags } from '../../src/config.js';
import type { PersonalityName } from '../../src/sandbox/bifrost/personality.js';
import { startBifrostSandbox, type BifrostSandbox } from '../../src/sandbox/bifrost/server.js';
import { writeConfigFile } from '../../src/sandbox/litellm/config-file.js';
import { startLitellmSandbox } from '../../src/sandbox/litellm/server.js';
import type { SandboxWorld } from '../../src/sandbox/litellm/world.js';
import { smallWorld } from '../crash/world.js';
import { PROGRAM } from './program.js';

/** One LiteLLM, and gateways to migrate it to; all of them, and the commands, run in this process. */
export type Desk = {
  gateway(personality: PersonalityName): Promise<Place>;
  close(): Promise<void>;
};

const COMMANDS = { doctor, keys, report, resume, retry, rollback, run, status, verify } satisfies {
  [name: string]: Command;
};

export async function openDesk(world: SandboxWorld = smallWorld()): Promise<Desk> {
  const folder = mkdtempSync(join(tmpdir(), 'desk-'));
  const config = await writeConfigFile(world, join(folder, 'litellm'));
  const litellm = await startLitellmSandbox({ version: '1.81.13', world });
  const env = { LITELLM_URL: litellm.url, LITELLM_MASTER_KEY: litellm.masterKey, LITELLM_CONFIG: config };
  const places: Place[] = [];
  return {
    gateway: async (personality) => {
      const place = new Place(
        await startBifrostSandbox({ personality, env: {} }),
        env,
        join(folder, `${places.length}.db`),
      );
      places.push(place);
      return place;
    },
    close: async () => {
      await Promise.all(places.map((place) => place.close()));
      await litellm.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** One gateway with one journal. */
export class Place {
  readonly journal: string;
  readonly env: { readonly [name: string]: string };
  readonly #gateway: BifrostSandbox;
  stdout = '';
  stderr = '';

  constructor(gateway: BifrostSandbox, env: { readonly [name: string]: string }, journal: string) {
    this.#gateway = gateway;
    this.journal = journal;
    this.env = { ...env, BIFROST_URL: gateway.url };
  }

  get url(): string {
    return this.#gateway.url;
  }

  close(): Promise<void> {
    return this.#gateway.close();
  }

  /** The built program, killed by itself at this point (src/failpoint.ts). */
  program(args: readonly string[], failpoint: string): Promise<{ code: number | null; signal: string | null }> {
    const env = { PATH: process.env['PATH'] ?? '', ...this.env, MIGRATE_FAILPOINT: failpoint };
    const child = spawn(process.execPath, [PROGRAM, ...args, '--journal', this.journal], { env, stdio: 'ignore' });
    return new Promise((resolve, reject) => {
      child.on('error', reject);
      child.on('exit', (code, signal) => resolve({ code, signal }));
    });
  }

  /** The exit code; what was said is in `stdout` and `stderr`. */
  call(name: keyof typeof COMMANDS, flags: Flags = {}, more: Partial<CommandContext> = {}): Promise<number> {
    this.stdout = '';
    this.stderr = '';
    const into = (stream: 'stdout' | 'stderr') =>
      ({ isTTY: false, write: (text: string) => ((this[stream] += text), true) }) as unknown as NodeJS.WriteStream;
    return COMMANDS[name]({
      flags: { journal: this.journal, ...flags },
      env: this.env,
      stdout: into('stdout'),
      stderr: into('stderr'),
      signal: new AbortController().signal,
      toolVersion: '0.0.0',
      now: Date.now,
      random: Math.random,
      ...more,
    });
  }

  json(): Record<string, never> {
    return JSON.parse(this.stdout) as Record<string, never>;
  }

  /** A request to the management API, by somebody else. */
  async ask(method: string, path: string, body?: unknown): Promise<Record<string, never>> {
    const answer = await fetch(this.#gateway.url + path, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path} answers ${answer.status}: ${text}`);
    return JSON.parse(text) as Record<string, never>;
  }

  dump(): Promise<Record<string, never>> {
    return this.ask('GET', '/__sandbox/dump');
  }

  async faults(rules: readonly object[]): Promise<void> {
    await this.ask('POST', '/__sandbox/faults', rules);
  }

  async writes(): Promise<number> {
    return (await this.ask('GET', '/__sandbox/stats'))['writes'] as unknown as number;
  }
}

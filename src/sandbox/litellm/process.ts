import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { PACKAGE_ROOT } from '../../package-root.js';
import { DEFAULT_MASTER_KEY, DEFAULT_SALT_KEY } from './server.js';
import type { SandboxVersion } from './version.js';
import type { WorldOptions } from './world.js';

export type SpawnOptions = {
  readonly version: SandboxVersion;
  readonly world?: Omit<WorldOptions, 'brokenTeam'>;
  readonly port?: number;
  readonly latencyMs?: number;
  /** Writes config.yaml there before it is ready. */
  readonly configDir?: string;
  /** Fills this empty database before it is ready. */
  readonly databaseUrl?: string;
};

export type SpawnedSandbox = {
  readonly url: string;
  readonly pid: number;
  readonly masterKey: string;
  readonly saltKey: string;
  /** Ends the process and waits for it. */
  stop(): Promise<void>;
};

const START_TIMEOUT_MS = 120_000;

/** Starts the sandbox as its own process; the built program is needed (`npm run build`). Rejects when it does not get ready. */
export async function spawnLitellmSandbox(options: SpawnOptions): Promise<SpawnedSandbox> {
  const child = spawn(process.execPath, [program(), ...commandLine(options)], { stdio: ['ignore', 'pipe', 'pipe'] });
  const url = await ready(child);
  return {
    url,
    pid: child.pid ?? 0,
    masterKey: DEFAULT_MASTER_KEY,
    saltKey: DEFAULT_SALT_KEY,
    stop: () => stop(child),
  };
}

/** The built program, whether this runs from it or from the sources. */
function program(): string {
  const built = join(PACKAGE_ROOT, 'dist', 'sandbox', 'litellm', 'main.js');
  if (!existsSync(built))
    throw new Error(`The LiteLLM sandbox is not built: ${built} is missing. Run \`npm run build\`.`);
  return built;
}

function commandLine(options: SpawnOptions): string[] {
  const argument = (name: string, value: string | number | undefined): string[] =>
    value === undefined ? [] : [`--${name}`, String(value)];
  const { world = {} } = options;
  return [
    ...argument('version', options.version),
    ...argument('port', options.port),
    ...argument('latency', options.latencyMs),
    ...argument('seed', world.seed),
    ...argument('deployments', world.deployments),
    ...argument('organizations', world.organizations),
    ...argument('teams', world.teams),
    ...argument('users', world.users),
    ...argument('keys', world.keys),
    ...argument('config-dir', options.configDir),
    ...argument('database-url', options.databaseUrl),
  ];
}

function ready(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let [output, errors] = ['', ''];
    const fail = (reason: string): void => {
      clearTimeout(timer);
      child.kill('SIGKILL');
      reject(new Error(`The LiteLLM sandbox did not start: ${reason}. ${errors.slice(-2000)}`));
    };
    const timer = setTimeout(() => {
      fail(`not ready after ${START_TIMEOUT_MS} ms`);
    }, START_TIMEOUT_MS);
    child.once('error', (error) => {
      fail(error.message);
    });
    child.once('exit', (code) => {
      fail(`it ended with code ${code ?? 'none'}`);
    });
    child.stderr?.on('data', (chunk: Buffer) => {
      errors += chunk.toString('utf8');
    });
    child.stdout?.on('data', (chunk: Buffer) => {
      output += chunk.toString('utf8');
      const line = /^READY (\S+)$/m.exec(output);
      if (line?.[1] === undefined) return;
      clearTimeout(timer);
      child.removeAllListeners('exit');
      resolve(line[1]);
    });
  });
}

function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    child.once('exit', () => {
      resolve();
    });
    child.kill('SIGTERM');
  });
}

import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { MigrateError } from '../errors.js';
import { PACKAGE_ROOT } from '../package-root.js';
import type { BifrostSandboxOptions } from './bifrost/options.js';

export type SandboxProcess = { readonly url: string; readonly pid: number; stop(): Promise<void> };

const READY_TIMEOUT_MS = 15_000;

/** Starts a pretended Bifrost in a process of its own. It dies with `stop`, or with the process that started it. */
export async function spawnBifrostSandbox(options: BifrostSandboxOptions = {}): Promise<SandboxProcess> {
  const child = spawn(process.execPath, [programPath(), '--options-stdin'], { stdio: ['pipe', 'pipe', 'pipe'] });
  // A child that dies before it has read them tells why on stderr.
  child.stdin.on('error', () => undefined);
  child.stdin.end(JSON.stringify(options));
  const dieTogether = (): void => void child.kill('SIGKILL');
  process.once('exit', dieTogether);
  try {
    const url = await readyUrl(child);
    return { url, pid: child.pid ?? 0, stop: () => stop(child, dieTogether) };
  } catch (error) {
    await stop(child, dieTogether);
    throw error;
  }
}

/** The built program, whether this runs from it or from the sources. */
function programPath(): string {
  const built = join(PACKAGE_ROOT, 'dist', 'sandbox', 'bifrost', 'main.js');
  if (existsSync(built)) return built;
  throw new MigrateError(
    'config_missing',
    `The sandbox gateway is not built: ${built} is missing.`,
    'Run "npm run build" first.',
  );
}

type Child = ChildProcessByStdio<Writable, Readable, Readable>;

function readyUrl(child: Child): Promise<string> {
  return new Promise((resolve, reject) => {
    const errors: string[] = [];
    const fail = (why: string): void =>
      reject(new Error(`The sandbox gateway did not start: ${why} ${errors.join('').trim()}`.trim()));
    const timer = setTimeout(() => fail(`no READY within ${READY_TIMEOUT_MS} ms.`), READY_TIMEOUT_MS);
    child.stderr.on('data', (chunk: Buffer) => errors.push(chunk.toString()));
    child.once('error', (error) => fail(error.message));
    child.once('exit', (code) => fail(`exit code ${code ?? 'none'}.`));
    createInterface({ input: child.stdout }).on('line', (line) => {
      const url = /^READY (\S+)$/.exec(line)?.[1];
      if (url === undefined) return;
      clearTimeout(timer);
      resolve(url);
    });
  });
}

async function stop(child: Child, dieTogether: () => void): Promise<void> {
  process.removeListener('exit', dieTogether);
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.kill('SIGTERM');
  const last = setTimeout(() => child.kill('SIGKILL'), 2000);
  await gone;
  clearTimeout(last);
}

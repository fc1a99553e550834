import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { isObject } from '../../json.js';
import { PACKAGE_ROOT } from '../../package-root.js';

/** The very program that is running, as a process of its own: what the demo shows is what an operator would type. */
const PROGRAM = join(PACKAGE_ROOT, 'dist', 'cli.js');

export type Outcome = {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
};

/** `kill` is asked for while it runs; once it answers true the process is ended by SIGKILL: no handler, no farewell. */
export type ChildOptions = {
  readonly env: { readonly [name: string]: string };
  readonly folder: string;
  readonly signal: AbortSignal;
  readonly kill?: () => Promise<boolean>;
};

const POLL_MS = 20;

export async function migrate(args: readonly string[], { env, folder, signal, kill }: ChildOptions): Promise<Outcome> {
  signal.throwIfAborted();
  const child = spawn(process.execPath, [PROGRAM, ...args], {
    cwd: folder,
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const stop = () => child.kill('SIGKILL');
  signal.addEventListener('abort', stop, { once: true });
  const ended = new Promise<Outcome>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (exitCode, ending) => resolve({ exitCode, signal: ending, stdout, stderr }));
  });
  let over = false;
  const watch = async () => {
    while (kill !== undefined && !over) {
      if (await kill()) return stop();
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
    return false;
  };
  try {
    const [outcome] = await Promise.all([ended.finally(() => (over = true)), watch()]);
    return outcome;
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

/** A member of the one JSON document on stdout, by its path; undefined when it is not there. */
export function answer(outcome: Outcome, ...path: readonly string[]): unknown {
  let value: unknown = JSON.parse(outcome.stdout);
  for (const member of path) value = isObject(value) ? value[member] : undefined;
  return value;
}

import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const PROGRAM = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));

export type Ended = { readonly code: number | null; readonly stdout: string; readonly stderr: string };

type Options = {
  readonly env?: { readonly [name: string]: string };
  readonly cwd?: string;
  /** Called with everything stderr has said so far, whenever it says more. */
  readonly onStart?: (child: ChildProcess) => void;
  readonly onStderr?: (text: string, child: ChildProcess) => void;
};

/** The built program, in an environment that holds nothing but what is given. */
export function migrate(args: readonly string[], options: Options = {}): Promise<Ended> {
  if (!existsSync(PROGRAM)) throw new Error('dist/cli.js is missing: npm run build');
  return run(process.execPath, [PROGRAM, ...args], options);
}

export function run(
  command: string,
  args: readonly string[],
  { env = {}, cwd, onStart, onStderr }: Options = {},
): Promise<Ended> {
  const child = spawn(command, [...args], {
    env: { PATH: process.env['PATH'] ?? '', ...env },
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onStart?.(child);
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
    onStderr?.(stderr, child);
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
}

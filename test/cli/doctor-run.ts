import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { doctor } from '../../src/commands/doctor.js';
import { DOCTOR_DOCUMENT, type Check, type CheckId } from '../../src/commands/doctor/check.js';
import type { CommandContext } from '../../src/commands/command.js';
import type { Environment, Flags } from '../../src/config.js';

/** The command in this process, with its output in memory. */

export type Examined = {
  readonly code: number;
  readonly stdout: string;
  readonly checks: { readonly [id in CheckId]: Check };
};

/** With `--json`; the document must be the whole of stdout. */
export async function examined(env: Environment, flags: Flags = {}): Promise<Examined> {
  const { code, stdout } = await printed(env, { journal: freshJournal(), ...flags, json: true });
  const document = DOCTOR_DOCUMENT.parse(JSON.parse(stdout));
  if (document.exitCode !== code) throw new Error(`the document says ${document.exitCode}, the command ${code}`);
  return {
    code,
    stdout,
    checks: Object.fromEntries(document.checks.map((check) => [check.id, check])) as Examined['checks'],
  };
}

export async function printed(
  env: Environment,
  flags: Flags = {},
  heard: (text: string) => void = () => undefined,
): Promise<{ readonly code: number; readonly stdout: string }> {
  let stdout = '';
  const stream = {
    write(text: string) {
      stdout += text;
      heard(stdout);
      return true;
    },
  } as unknown as CommandContext['stdout'];
  const code = await doctor({
    flags: { journal: freshJournal(), ...flags },
    env,
    stdout: stream,
    stderr: stream,
    signal: new AbortController().signal,
    toolVersion: '0.0.0',
    now: Date.now,
    random: () => 0,
  });
  return { code, stdout };
}

export function freshJournal(): string {
  return join(mkdtempSync(join(tmpdir(), 'doctor-')), 'migrate.db');
}

export type Server = { readonly url: string; close(): Promise<void> };

/** Something that listens on loopback and is no gateway, or an old one. */
export async function serve(listener: RequestListener): Promise<Server> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

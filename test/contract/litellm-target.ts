import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { startLitellmSandbox } from '../../src/sandbox/litellm/server.js';
import { isSandboxVersion, SANDBOX_VERSIONS, type SandboxVersion } from '../../src/sandbox/litellm/version.js';
import type { Recording } from './litellm-recordings.js';

export type Reply = { readonly status: number; readonly contentType: string; readonly body: unknown };

/** The sandbox, or a real proxy filled with the recorded world: read with GET alone. */
export type Target = {
  readonly name: string;
  readonly version: SandboxVersion;
  readonly live: boolean;
  get(path: string, key: string | null): Promise<Reply>;
  /** The same exchange as a recording's; null when its caller has no key here. */
  replay(recording: Recording): Promise<Reply | null>;
  readonly masterKey: string;
  close(): Promise<void>;
};

const LIVE_URL = process.env.LIVE_LITELLM_URL;

/** The releases to test: all of them as sandboxes, or the one that LIVE_LITELLM_URL is. */
export async function targetVersions(): Promise<readonly SandboxVersion[]> {
  if (LIVE_URL === undefined) return SANDBOX_VERSIONS;
  const { info } = (await (await fetch(`${LIVE_URL}/openapi.json`)).json()) as { info: { version: string } };
  if (!isSandboxVersion(info.version))
    throw new Error(`LIVE_LITELLM_URL is LiteLLM ${info.version}, which was never recorded`);
  return [info.version];
}

export async function openTarget(version: SandboxVersion): Promise<Target> {
  return LIVE_URL === undefined ? sandboxTarget(version) : liveTarget(LIVE_URL, version);
}

async function exchange(base: string, path: string, headers: Record<string, string>): Promise<Reply> {
  const response = await fetch(`${base}${path}`, { headers, redirect: 'manual' });
  const contentType = response.headers.get('content-type') ?? '';
  const text = await response.text();
  return {
    status: response.status,
    contentType,
    body: contentType.startsWith('application/json') ? (JSON.parse(text) as unknown) : text,
  };
}

function bearer(key: string | null): Record<string, string> {
  return key === null ? {} : { authorization: `Bearer ${key}` };
}

/** Texts that stand for odd callers in the recordings. */
function oddCaller(as: string): string | undefined {
  if (as === 'a text without the sk- prefix') return 'not-a-virtual-key';
  if (as === 'a key that does not exist') return 'sk-does-not-exist-000';
  if (as === 'the token hash of k-a') return createHash('sha256').update('any').digest('hex');
  return undefined;
}

type Callers = { readonly key: (name: string) => string | null; readonly token: (name: string) => string };

function target(
  name: string,
  version: SandboxVersion,
  live: boolean,
  base: string,
  masterKey: string,
  callers: Callers,
): Omit<Target, 'close'> {
  const keyFor = (as: string): string | null | undefined => {
    if (as === 'master') return masterKey;
    if (as === 'none') return null;
    return oddCaller(as) ?? callers.key(as) ?? undefined;
  };
  return {
    name,
    version,
    live,
    masterKey,
    get: (path, key) => exchange(base, path, bearer(key)),
    replay: async ({ request }) => {
      const key = keyFor(request.as);
      if (key === undefined) return null;
      return exchange(base, translated(request.path, callers), headersOf(request.header, key));
    },
  };
}

function headersOf(header: string | undefined, key: string | null): Record<string, string> {
  if (header === undefined || key === null) return bearer(key);
  const [name = '', value = ''] = header.split(': ');
  return { [name]: value.replace('<key>', key) };
}

/** Hashes differ from world to world: a recorded `/key/info` asks for the key with the linked budget or for k-a. */
function translated(path: string, callers: Callers): string {
  const asked = /^\/key\/info\?key=([0-9a-f]{64})$/.exec(path)?.[1];
  if (asked === undefined || /^0+$/.test(asked)) return path;
  return `/key/info?key=${callers.token('k-a')}`;
}

async function sandboxTarget(version: SandboxVersion): Promise<Target> {
  const sandbox = await startLitellmSandbox({ version });
  const callers: Callers = {
    key: (name) => sandbox.world.keyNamed(name).plain,
    token: (name) => sandbox.world.keyNamed(name).row.token,
  };
  return {
    ...target(`sandbox ${version}`, version, false, sandbox.url, sandbox.masterKey, callers),
    close: () => sandbox.close(),
  };
}

/** LIVE_LITELLM_KEYS is a JSON file `{"keys": {name: {"key", "token"}}}` with the keys of the recorded world. */
function liveTarget(url: string, version: SandboxVersion): Target {
  const masterKey = process.env.LIVE_LITELLM_MASTER_KEY;
  if (masterKey === undefined) throw new Error('LIVE_LITELLM_URL wants LIVE_LITELLM_MASTER_KEY too');
  const file = process.env.LIVE_LITELLM_KEYS;
  const seeded = file === undefined ? {} : (JSON.parse(readFileSync(file, 'utf8')) as { keys?: SeededKeys }).keys;
  const callers: Callers = {
    key: (name) => seeded?.[name]?.key ?? null,
    token: (name) => seeded?.[name]?.token ?? '',
  };
  return { ...target(`live ${version}`, version, true, url, masterKey, callers), close: () => Promise.resolve() };
}

type SeededKeys = { readonly [name: string]: { readonly key: string; readonly token: string } };

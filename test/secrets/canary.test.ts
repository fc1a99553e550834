import { mkdtempSync, mkdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { COMMANDS } from '../../src/commands/flags.js';
import type { FaultRule } from '../../src/sandbox/bifrost/faults.js';
import { spawnBifrostSandbox, type SandboxProcess } from '../../src/sandbox/process.js';
import { sandboxWorld } from '../../src/sandbox/litellm/world.js';
import { LOG_ENTRY } from '../../src/commands/documents/log.js';
import { migrate } from '../cli/program.js';
import { arm, environmentOf, startSource, type Source } from '../network/rig.js';
import { canariesIn, exposedIn, filesIn, leaks, tracesOf } from './canaries.js';

/**
 * One long story with the real program: dry, killed, resumed against a gateway whose errors quote the requests, retried,
 * reported. Every secret is unlike any other text; none may be found anywhere afterwards but new keys in their sheet.
 */

const ADMIN = 'admin';
const PASSWORD = 'CANARY-bifrost-admin-0f1e2d3c4b5a';
const SHEETS = /^bifrost-keys\.(csv|json|md)$/;
const TEAM_SHEETS = /^bifrost-keys\/[a-z0-9-]+\.csv$/;
/** Verbs that can keep a log. */
const LOGGING: readonly string[] = COMMANDS.filter(({ flags }) =>
  flags.some(([usage]) => usage.startsWith('--log-file')),
).map(({ name }) => name);

/** Refusals and errors that quote what was sent, in every form a careless proxy knows. */
const ECHOES: readonly FaultRule[] = [
  { match: { method: 'POST', every: 4, first: true }, fault: { kind: 'echo', code: 400 } },
  { match: { method: 'POST', pathRegex: '/keys$', nth: 2 }, fault: { kind: 'echo', code: 500, as: 'text' } },
  { match: { method: 'POST', pathRegex: '/teams$', nth: 2 }, fault: { kind: 'echo', code: 500, as: 'text' } },
  { match: { method: 'POST', pathRegex: '/virtual-keys$', nth: 3 }, fault: { kind: 'echo', code: 502, as: 'html' } },
  { match: { method: 'PUT', nth: 1 }, fault: { kind: 'echo', code: 500 } },
  { match: { method: 'GET', pathRegex: '^/api/governance', every: 9, count: 5 }, fault: { kind: 'echo', code: 503 } },
];

const world = sandboxWorld();
const outputs = new Map<string, string>();
let source: Source;
let target: SandboxProcess;
let folder: string;
let canaries: readonly string[];

beforeAll(async () => {
  [source, target] = await Promise.all([
    startSource(world),
    spawnBifrostSandbox({ personality: '1.5.16', env: {}, auth: { username: ADMIN, password: PASSWORD } }),
  ]);
  folder = mkdtempSync(join(tmpdir(), 'secrets-'));
  mkdirSync(join(folder, 'tmp'));
  const databasePassword = new URL(source.databaseUrl).password;
  canaries = [...canariesIn(world), source.litellm.masterKey, source.litellm.saltKey, databasePassword, PASSWORD];
});
afterAll(() => Promise.all([source.close(), target.stop()]));

/** Runs the program in the folder, with the most careless umask there is, and keeps what it says. */
async function say(label: string, args: readonly string[], extra: Record<string, string> = {}): Promise<number | null> {
  const env = {
    ...environmentOf(source, target.url),
    BIFROST_API_KEY: `${ADMIN}:${PASSWORD}`,
    TMPDIR: join(folder, 'tmp'),
    ...extra,
  };
  const before = process.umask(0);
  const log = LOGGING.includes(args[0] ?? '') ? ['--log-file', 'migrate.log'] : [];
  const running = migrate([...args, ...log], { env, cwd: folder });
  process.umask(before);
  const { code, stdout, stderr } = await running;
  outputs.set(`${label} stdout`, stdout);
  outputs.set(`${label} stderr`, stderr);
  return code;
}

function places(): ReadonlyMap<string, string | Buffer> {
  return new Map<string, string | Buffer>([...outputs, ...filesIn(folder)]);
}

async function newKeyValues(): Promise<readonly string[]> {
  const dump = (await (await fetch(`${target.url}/__sandbox/dump`)).json()) as { virtualKeys: { value: string }[] };
  return dump.virtualKeys.map(({ value }) => value);
}

describe('no secret is found', () => {
  it('by a search that would find it: encoded, cut, or as it is', () => {
    expect(canaries.length).toBeGreaterThan(100);
    expect(new Set(canaries).size).toBe(canaries.length);
    for (const canary of canaries) {
      const text = `x${Buffer.from(`ab${canary}`).toString('base64')}`;
      expect(leaks(new Map([['text', text]]), [canary])).toHaveLength(1);
      expect(tracesOf(canary).length).toBeGreaterThan(5);
    }
  });

  it('after a dry run that tells everything', async () => {
    expect(await say('dry run', ['run', '--dry-run', '--verbose', '--debug'])).toBe(3);
    expect(await say('dry run as JSON', ['run', '--dry-run', '--verbose', '--debug', '--json'])).toBe(3);
    expect(leaks(places(), canaries)).toEqual([]);
  });

  it('in what a killed run leaves: journal, WAL, shared memory and lock, which only their owner can read', async () => {
    expect(await say('killed run', ['run', '--verbose', '--debug'], { MIGRATE_FAILPOINT: 'send.after:60' })).toBeNull();
    const left = [...filesIn(folder).keys()];
    expect(left).toEqual(expect.arrayContaining(['migrate.db', 'migrate.db-wal', 'migrate.db-shm', 'migrate.db-lock']));
    expect(exposedIn(folder)).toEqual([]);
    expect(leaks(places(), canaries)).toEqual([]);
    expect(leaks(places(), await newKeyValues())).toEqual([]);
  });

  it('after errors that quote requests with their secrets', async () => {
    await arm(target, ECHOES);
    await say('resume with echoes', ['resume', '--verbose', '--debug']);
    await say('retry with echoes', ['retry', '--failed', '--verbose', '--debug', '--json']);
    const said = [...outputs].filter(([label]) => label.includes('echoes')).map(([, text]) => text);
    // They were quoted, and what was quoted was cut down to what may be seen.
    expect(said.join('\n')).toContain('cannot take POST');
    expect(said.join('\n')).toContain('***');
    expect(leaks(places(), canaries)).toEqual([]);
    // A session token is no canary: the gateway makes it up.
    for (const text of said) expect(text).not.toMatch(/Bearer [0-9a-f]{8}-/);
    await arm(target, []);
    await say('retry', ['retry', '--failed', '--verbose', '--debug']);
    expect(await say('last run', ['run', '--verbose', '--debug', '--json'])).toBe(3);
    expect(leaks(places(), [...canaries, ...(await newKeyValues())])).toEqual([]);
  });

  it('in the log file, which has told all of it and masks e-mail addresses', () => {
    expect(LOGGING).toEqual(['run', 'resume', 'retry', 'verify', 'rollback']);
    const entries = readFileSync(join(folder, 'migrate.log'), 'utf8').trimEnd().split('\n');
    expect(entries.length).toBeGreaterThan(500);
    const log = entries.map((line) => LOG_ENTRY.parse(JSON.parse(line)));
    expect(log.filter(({ event }) => event === 'started')).toHaveLength(7);
    const failed = log.filter(({ level, event }) => level === 'error' && event === 'record');
    expect(failed.some(({ message }) => message?.includes('***'))).toBe(true);
    expect(entries.filter((line) => /[\w.]{2,}@[\w-]+\.\w+/.test(line))).toEqual([]);
  });

  it('in any report, and in what every other verb says', async () => {
    for (const format of ['md', 'html', 'csv', 'json', 'text']) {
      await say(`report ${format}`, ['report', '--format', format]);
      await say(`report ${format} file`, ['report', '--format', format, '--out', join(folder, `report.${format}`)]);
    }
    await say('status', ['status']);
    await say('status as JSON', ['status', '--json', '--debug']);
    const told = new Set(['run', 'resume', 'retry', 'report', 'status', 'keys', 'demo']);
    for (const { name, flags } of COMMANDS.filter((command) => !told.has(command.name))) {
      const wanted = ['--dry-run', '--json', '--debug'].filter((flag) => flags.some(([usage]) => usage === flag));
      await say(name, [name, ...wanted]);
    }
    expect(leaks(places(), [...canaries, ...(await newKeyValues())])).toEqual([]);
    expect(exposedIn(folder)).toEqual([]);
  });

  it('but new keys in the sheet, which only its owner can read', async () => {
    for (const format of ['csv', 'json', 'md'])
      expect(await say(`keys ${format}`, ['keys', '--format', format, '--debug'])).toBe(0);
    const values = await newKeyValues();
    expect(values.length).toBeGreaterThan(30);
    expect(await say('keys by team', ['keys', '--split', 'team', '--debug'])).toBe(0);
    const found = leaks(places(), values);
    const sheets = [...filesIn(folder).keys()].filter((name) => SHEETS.test(name) || TEAM_SHEETS.test(name));
    expect([...new Set(found.map(({ where }) => where))].sort()).toEqual(sheets.sort());
    expect(sheets.length).toBeGreaterThan(5);
    expect(leaks(places(), canaries)).toEqual([]);
    expect(exposedIn(folder)).toEqual([]);
  });
});

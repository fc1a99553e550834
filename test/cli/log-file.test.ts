import { chmodSync, mkdtempSync, readFileSync, statSync, symlinkSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LOG_ENTRY, type LogEntry } from '../../src/commands/documents/log.js';
import { entriesOf } from '../../src/commands/log-entries.js';
import { openLogFile } from '../../src/commands/log-file.js';
import { openDesk, type Desk, type Place } from './desk.js';

const folder = mkdtempSync(join(tmpdir(), 'log-'));
let files = 0;
const newPath = (): string => join(folder, `${files++}.log`);

type Options = Parameters<typeof openLogFile>[1];

function open(path: string, overrides: Partial<Options> = {}) {
  return openLogFile(path, { command: 'run', now: () => 0, hide: (text) => text, warn: () => undefined, ...overrides });
}

/** Every line of a log, as the published shape has it. */
function read(path: string): LogEntry[] {
  const lines = readFileSync(path, 'utf8').split('\n');
  expect(lines.pop()).toBe('');
  return lines.map((line) => {
    const entry: unknown = JSON.parse(line);
    expect(LOG_ENTRY.parse(entry)).toEqual(entry);
    return entry as LogEntry;
  });
}

const note = (message: string) => entriesOf({ type: 'note', message })[0]!;

describe('the log file', () => {
  it('has one object per line, private, and is continued by the next command', () => {
    const path = newPath();
    const before = process.umask(0);
    for (const message of ['one\ntwo', 'three\u2028']) {
      const log = open(path);
      log.tell(note(message));
      log.close();
    }
    process.umask(before);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(read(path).map(({ message }) => message)).toEqual(['one\ntwo', 'three\u2028']);
    expect(readFileSync(path, 'utf8').split('\n')[0]).toBe(
      '{"time":"1970-01-01T00:00:00.000Z","level":"info","event":"note","kind":null,"id":null,"name":null,"message":"one\\ntwo","command":"run"}',
    );
  });

  it('masks addresses, and what must not be seen, wherever a text stands', () => {
    const path = newPath();
    const log = open(path, { hide: (text) => text.replaceAll('info', '***') });
    for (const entry of entriesOf({
      type: 'record',
      key: { kind: 'virtual_key', id: 'ab'.repeat(32) },
      name: 'of alice@acme.com',
      status: 'written',
      origin: 'created',
      bifrostId: 'info-1',
      bifrostName: 'alice@acme.com',
      incomplete: false,
      reason: null,
      message: null,
      findings: [{ code: 'x', severity: 'loss', field: 'f', message: 'bob@acme.com has info' }],
    }))
      log.tell(entry);
    log.close();
    expect(read(path)).toMatchObject([
      { level: 'info', id: 'ab'.repeat(8), name: 'of a***@acme.com', bifrostId: '***-1', bifrostName: 'a***@acme.com' },
      { level: 'warn', event: 'finding', message: 'b***@acme.com has ***' },
    ]);
  });

  it('is written within a moment, not only at the end', async () => {
    const path = newPath();
    const log = open(path);
    log.tell(note('now'));
    expect(readFileSync(path, 'utf8')).toBe('');
    await expect.poll(() => readFileSync(path, 'utf8'), { timeout: 2000, interval: 20 }).toContain('now');
    log.close();
  });

  it('warns once of a disk that is full, and says later what is missing', () => {
    const path = newPath();
    const warnings: string[] = [];
    let full = true;
    const log = open(path, {
      warn: (message) => warnings.push(message),
      write: (file, text) => {
        if (full) {
          writeSync(file, text.slice(0, 10));
          throw new Error('ENOSPC: no space left on device, write');
        }
        writeSync(file, text);
      },
    });
    for (const message of ['a', 'b']) {
      log.tell(note(message));
      log.flush();
    }
    full = false;
    log.tell(note('c'));
    log.close();
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain('no space left on device');
    const whole = readFileSync(path, 'utf8')
      .split('\n')
      .filter((line) => line.endsWith('}'));
    expect(whole.map((line) => LOG_ENTRY.parse(JSON.parse(line)))).toMatchObject([
      { event: 'gap', lost: 2 },
      { event: 'note', message: 'c' },
    ]);
  });

  it('begins a new line after one that was cut off', () => {
    const path = newPath();
    writeFileSync(path, '{"time":"2026-01-0', { mode: 0o600 });
    const log = open(path);
    log.tell(note('on'));
    log.close();
    expect(readFileSync(path, 'utf8').split('\n')[1]).toContain('"on"');
  });

  it.each<[string, (path: string) => void, RegExp]>([
    ['a file of another sort', (path) => writeFileSync(path, 'ssh-ed25519 AAAA', { mode: 0o600 }), /no earlier log/],
    ['a file others can read', (path) => (writeFileSync(path, ''), chmodSync(path, 0o644)), /can be read by others/],
    ['a link', (path) => symlinkSync(join(folder, 'elsewhere'), path), /cannot be written/],
  ])('never touches %s', (_, make, message) => {
    const path = newPath();
    make(path);
    expect(() => open(path)).toThrow(message);
    expect(() => open(join(folder, 'no', 'such', 'folder'))).toThrow(/ENOENT/);
  });
});

describe('--log-file', () => {
  let desk: Desk;
  let place: Place;
  beforeAll(async () => {
    desk = await openDesk();
    place = await desk.gateway('1.5.16');
  });
  afterAll(() => desk.close());

  const path = newPath();
  const events = (): string[] => read(path).map(({ event }) => event);

  it('of a run that was killed ends with whole lines, and the resume goes on below', async () => {
    const { signal } = await place.program(['run', '--log-file', path], 'send.after:20');
    expect(signal).toBe('SIGKILL');
    expect(events()[0]).toBe('started');
    expect(events()).not.toContain('finished');
    const before = events().length;
    const code = await place.call('resume', { logFile: path, quiet: true });
    const rest = read(path).slice(before);
    expect(rest.map(({ command }) => command)).toEqual(rest.map(() => 'resume'));
    expect(rest.at(-1)).toMatchObject({ event: 'finished', exitCode: code });
    const told = rest.filter(({ event }) => event === 'record');
    expect(told.filter(({ kind }) => kind === 'virtual_key')).toHaveLength(7);
  });

  it('of verify and rollback tells what differs and what was deleted', async () => {
    const team = (await place.dump())['teams'] as unknown as readonly { id: string; name: string }[];
    await place.ask('DELETE', `/api/governance/teams/${team[0]?.id}`);
    expect(await place.call('verify', { logFile: path, quiet: true })).toBe(6);
    const differences = read(path).filter(({ event }) => event === 'difference');
    expect(differences).toContainEqual(expect.objectContaining({ kind: 'team', verdict: 'missing' }));
    await place.call('rollback', { logFile: path, quiet: true, yes: true });
    const removed = read(path).filter(({ event }) => event === 'removal');
    expect(removed.filter((entry) => 'result' in entry && entry.result === 'deleted').length).toBeGreaterThan(10);
    expect(removed.every(({ command }) => command === 'rollback')).toBe(true);
  });

  it('holds the reason why a command could not do its work', async () => {
    const env = { ...place.env, BIFROST_URL: 'http://127.0.0.1:9' };
    await expect(place.call('run', { logFile: path }, { env })).rejects.toThrow();
    expect(read(path).at(-1)).toMatchObject({ event: 'error', level: 'error', code: 'target_unreachable' });
  });

  it('that cannot be written stops a run before anything is sent', async () => {
    const writes = await place.writes();
    await expect(place.call('run', { logFile: join(folder, 'no', 'such') })).rejects.toThrow(/--log-file|log file/);
    expect(await place.writes()).toBe(writes);
  });
});

import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fork } from 'node:child_process';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { lockPath } from '../../src/journal/lock.js';
import { openDryRunJournal, openJournal, type OpenOptions } from '../../src/journal/open.js';
import type { Journal } from '../../src/journal/journal.js';

let folder: string;
let path: string;
const open: Journal[] = [];
const OPTIONS: OpenOptions = { create: true, now: () => 1_750_000_000_000, toolVersion: '0.1.0' };

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'journal-'));
  path = join(folder, 'migrate.db');
});
afterEach(() => {
  for (const journal of open.splice(0)) journal.close();
  rmSync(folder, { recursive: true, force: true });
});

function opened(options: Partial<OpenOptions> = {}): Journal {
  const journal = openJournal(path, { ...OPTIONS, ...options });
  open.push(journal);
  return journal;
}

function codeOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  }
  return 'nothing thrown';
}

const mode = (file: string): number => statSync(file).mode & 0o777;

test('the file and its companions can be read by nobody else, whatever the umask', () => {
  const before = process.umask(0);
  try {
    const journal = opened();
    journal.runs.begin({ command: 'run', toolVersion: '0.1.0', sourceVersion: null, targetVersion: null });
    expect([path, `${path}-wal`, `${path}-shm`, lockPath(path)].map(mode)).toEqual([0o600, 0o600, 0o600, 0o600]);
  } finally {
    process.umask(before);
  }
});

test('the settings that keep it safe are in force', () => {
  const { db } = opened();
  const pragma = (name: string): unknown => db.pragma(name, { simple: true });
  expect(['journal_mode', 'synchronous', 'foreign_keys', 'secure_delete', 'busy_timeout'].map(pragma)).toEqual([
    'wal',
    2,
    1,
    1,
    5_000,
  ]);
});

test.each(['', '-wal', '-shm'])(
  'a journal whose %s file others can read is refused with the command that mends it',
  (suffix) => {
    opened().close();
    writeFileSync(path + suffix, '', { flag: 'a', mode: 0o600 });
    chmodSync(path + suffix, 0o640);
    expect(() => opened()).toThrow(
      expect.objectContaining({ code: 'journal_readable_by_others', nextStep: `Type: chmod 600 ${path}${suffix}` }),
    );
  },
);

test('what is not a journal of ours is refused and left as it is', () => {
  writeFileSync(path, 'not a database at all, but long enough to have a header of sorts'.repeat(20), { mode: 0o600 });
  const text = readFileSync(path);
  expect(codeOf(() => opened())).toBe('journal_foreign');
  expect(readFileSync(path)).toEqual(text);

  rmSync(path);
  writeFileSync(path, '', { mode: 0o600 });
  const other = new Database(path);
  other.exec('CREATE TABLE meta (id INTEGER)');
  other.close();
  const bytes = readFileSync(path);
  expect(codeOf(() => opened())).toBe('journal_foreign');
  expect(readFileSync(path)).toEqual(bytes);
  expect(existsSync(lockPath(path))).toBe(false);
});

test('a damaged journal is refused', () => {
  const journal = opened();
  for (let n = 0; n < 200; n += 1)
    journal.findings.add(null, 'plan', 1, { code: `c${n}`, severity: 'notice', field: '', message: 'x'.repeat(200) });
  journal.close();
  const bytes = readFileSync(path);
  bytes.fill(0xa5, 4096 * 4, bytes.length);
  writeFileSync(path, bytes);
  expect(codeOf(() => opened())).toBe('journal_unusable');
});

test('a journal of a newer program is refused with both versions named', () => {
  const journal = opened();
  journal.db.prepare('INSERT INTO __drizzle_migrations (hash, created_at) VALUES (?, ?)').run('new', Date.now() * 2);
  journal.db.prepare("UPDATE meta SET tool_version = '9.9.9'").run();
  journal.close();
  expect(() => opened()).toThrow(
    /schema version 2, written by version 9\.9\.9.*version 0\.1\.0 and knows schema version 1/,
  );
  expect(codeOf(() => opened())).toBe('journal_newer');
  expect(codeOf(() => opened({ readonly: true }))).toBe('journal_newer');
});

test('a missing journal, a folder in its place, or a folder that is not there is said in one sentence', () => {
  expect(codeOf(() => opened({ create: false }))).toBe('journal_unusable');
  expect(codeOf(() => openJournal(folder, OPTIONS))).toBe('journal_unusable');
  expect(codeOf(() => openJournal(join(folder, 'no', 'such', 'x.db'), OPTIONS))).toBe('journal_unusable');
  expect(existsSync(path)).toBe(false);
});

test('a creation that was cut short at any step is taken up', () => {
  writeFileSync(path, '', { mode: 0o600 });
  opened().close();
  const db = new Database(path);
  db.exec('DELETE FROM meta');
  db.close();
  expect(opened().fingerprint('x')).toMatch(/^[0-9a-f]{32}$/);
});

test('the random key is made once and is not the same in two journals', () => {
  const first = opened().fingerprint('sk-secret');
  open.splice(0).forEach((journal) => journal.close());
  expect(opened().fingerprint('sk-secret')).toBe(first);
  const other = openJournal(join(folder, 'other.db'), OPTIONS);
  open.push(other);
  expect(other.fingerprint('sk-secret')).not.toBe(first);
});

test('a second opening is refused at once, readers are not, and closing leaves no lock behind', () => {
  opened();
  const started = performance.now();
  expect(codeOf(() => opened())).toBe('journal_locked');
  expect(performance.now() - started).toBeLessThan(1_000);
  const reader = opened({ readonly: true, create: false });
  expect(reader.counts()).toEqual([]);
  open.splice(0).forEach((journal) => journal.close());
  expect(existsSync(lockPath(path))).toBe(false);
  opened();
});

test('a reader sees what a running writer has committed', async () => {
  const writer = opened();
  writer.findings.add(null, 'plan', 1, { code: 'a', severity: 'loss', field: '', message: 'm' });
  await writer.commits.durable();
  const reader = opened({ readonly: true, create: false });
  expect(reader.db.prepare('SELECT code FROM findings').pluck().all()).toEqual(['a']);
});

test('the lock ends with a killed holder although its file stays', async () => {
  const library = new URL('../../node_modules/better-sqlite3/lib/index.js', import.meta.url).pathname;
  const script = join(folder, 'holder.cjs');
  writeFileSync(
    script,
    `const Database = require(${JSON.stringify(library)});
     const lock = new Database(${JSON.stringify(lockPath(path))}, { timeout: 0 });
     lock.pragma('journal_mode = MEMORY');
     lock.exec('BEGIN EXCLUSIVE');
     process.send('held');
     setInterval(() => undefined, 1000);`,
  );
  opened().close();
  const holder = fork(script);
  await new Promise((resolve) => holder.once('message', resolve));
  expect(codeOf(() => opened())).toBe('journal_locked');
  const gone = new Promise((resolve) => holder.once('exit', resolve));
  holder.kill('SIGKILL');
  await gone;
  expect(existsSync(lockPath(path))).toBe(true);
  opened().close();
  expect(existsSync(lockPath(path))).toBe(false);
});

test('a dry run works on a copy, or on nothing, and leaves no trace', () => {
  const none = openDryRunJournal(path, OPTIONS);
  none.runs.begin({ command: 'run', toolVersion: '0.1.0', sourceVersion: null, targetVersion: null });
  none.close();
  expect(existsSync(path)).toBe(false);

  const journal = opened();
  journal.runs.begin({ command: 'run', toolVersion: '0.1.0', sourceVersion: null, targetVersion: null });
  const copy = journal.copyForDryRun();
  expect(copy.runs.begin({ command: 'run', toolVersion: '0.1.0', sourceVersion: null, targetVersion: null })).toBe(2);
  copy.close();
  expect(journal.runs.last()?.id).toBe(1);
  journal.close();
  const again = openDryRunJournal(path, OPTIONS);
  expect(again.runs.last()?.id).toBe(1);
  expect(again.fingerprint('x')).toBe(copy.fingerprint('x'));
  again.close();
});

test('a journal belongs to its two ends', () => {
  const journal = opened();
  journal.bindEnds('http://a', 'http://b', false);
  journal.bindEnds('http://a', 'http://b', false);
  expect(() => journal.bindEnds('http://a', 'http://c', false)).toThrow(
    /belongs to Bifrost at http:\/\/b, not http:\/\/c/,
  );
  journal.bindEnds('http://a', 'http://c', true);
  journal.bindEnds('http://a', 'http://c', false);
});

import { chmodSync, chownSync, copyFileSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { MigrateError } from '../../src/errors.js';
import type { Journal } from '../../src/journal/journal.js';
import { openJournal } from '../../src/journal/open.js';
import type { BifrostSandbox } from '../../src/sandbox/bifrost/server.js';
import type { ObjectKind } from '../../src/target/objects.js';
import { migrate as program, PROGRAM, run as spawned, type Ended } from '../cli/program.js';
import { converge, expectAsUndisturbed, undisturbed, type Outcome } from '../network/convergence.js';
import { holdingsOf } from '../network/holdings.js';
import {
  arm,
  empty,
  environmentOf,
  newJournalPath,
  runOnce,
  startSource,
  startTarget,
  writesAt,
  type Source,
} from '../network/rig.js';

/** A journal that is cut, full, locked, damaged or somebody else's: a clean sentence, and nothing is sent. */

let source: Source;
let target: BifrostSandbox;
let expected: Outcome;
/** A journal of a finished run; copied before anything is done to it. */
let finished: string;

beforeAll(async () => {
  [source, target] = await Promise.all([startSource(), startTarget('1.5.16')]);
  expected = await undisturbed(source, target);
  finished = newJournalPath();
  await runOnce(source, target.url, finished);
});
afterAll(() => Promise.all([source.close(), target.close()]));
beforeEach(() => empty(target));

const OPEN = { create: false, now: Date.now, toolVersion: 'test' } as const;

function copyOfFinished(): string {
  const path = newJournalPath();
  copyFileSync(finished, path);
  chmodSync(path, 0o600);
  return path;
}

/** The error code of what is thrown, or what was answered. */
function outcomeOf<T>(action: () => T): T | string {
  try {
    return action();
  } catch (error) {
    if (error instanceof MigrateError) return error.code;
    throw error;
  }
}

/** Ends with the code, in two lines without a stack, and the gateway has seen no write. */
async function expectRefusal({ code, stdout, stderr }: Ended, exitCode: number, says: RegExp): Promise<void> {
  const lines = stderr.split('\n').filter((line) => /^(error|next): /.test(line));
  expect({ code, stdout, lines: lines.length }).toEqual({ code: exitCode, stdout: '', lines: 2 });
  expect(lines.join('\n')).toMatch(says);
  expect(stderr).not.toMatch(/^ {4}at |Unexpected/m);
  expect(await writesAt(target)).toBe(0);
}

function onCommandLine(verb: string, journal: string): Promise<Ended> {
  const quiet = verb === 'run' || verb === 'resume' ? ['--quiet'] : [];
  return program([verb, ...quiet, '--journal', journal], { env: environmentOf(source, target.url) });
}

/** A run that ends once an object of this kind is written, and what was on disk at that moment: the file and its WAL. */
async function midRun(kind: ObjectKind): Promise<{ readonly file: Buffer; readonly wal: Buffer }> {
  const path = newJournalPath();
  const intake = new AbortController();
  // The first run ends once everything is taken in, so that the WAL of the second holds nothing but writes.
  await runOnce(source, target.url, path, 'run', {
    signal: intake.signal,
    listener: (event) => event.type === 'stage-started' && intake.abort(),
  });
  const middle = new AbortController();
  let taken: { readonly file: Buffer; readonly wal: Buffer } | null = null;
  await runOnce(source, target.url, path, 'resume', {
    signal: middle.signal,
    listener: (event) => {
      if (taken !== null || event.type !== 'write' || event.kind !== kind || event.result !== 'created') return;
      taken = { file: readFileSync(path), wal: readFileSync(`${path}-wal`) };
      middle.abort();
    },
  });
  if (taken === null) throw new Error(`the run has written no ${kind}`);
  return taken;
}

function restored({ file, wal }: { readonly file: Buffer; readonly wal: Buffer }, size: number): string {
  const path = newJournalPath();
  writeFileSync(path, file, { mode: 0o600 });
  writeFileSync(`${path}-wal`, wal.subarray(0, size), { mode: 0o600 });
  return path;
}

const WAL_HEADER = 32;
const FRAME = 24 + 4096;

describe('a journal whose WAL lost its end', () => {
  it('opens as it was at an earlier commit, wherever it was cut', async () => {
    const state = await midRun('provider_key');
    const frames = Math.floor((state.wal.length - WAL_HEADER) / FRAME);
    expect(frames).toBeGreaterThan(20);

    const sizes = new Set([
      ...Array.from({ length: frames + 1 }, (_, n) => WAL_HEADER + n * FRAME),
      ...Array.from({ length: Math.ceil(state.wal.length / 512) }, (_, n) => n * 512),
      ...[1, 31, 33, state.wal.length - 1],
    ]);
    const before: number[] = [];
    for (const size of [...sizes].sort((a, b) => a - b)) {
      const journal = openJournal(restored(state, size), OPEN);
      before.push(Number(journal.db.prepare('SELECT count(*) FROM writes').pluck().get()));
      expect(journal.counts().length).toBeGreaterThan(3);
      expect(() => journal.writes.inDoubt()).not.toThrow();
      journal.close();
    }
    // The more there is of it, the more it knows: from nothing to everything.
    expect(before).toEqual([...before].sort((a, b) => a - b));
    expect(before[0]).toBe(0);
    expect(before.at(-1)).toBeGreaterThan(1);
  });

  it.each([0, 0.15, 0.3, 0.5, 0.7, 0.85, 1])(
    'resumes without a duplicate or a loss when %d of it are left',
    async (share) => {
      const state = await midRun('virtual_key');
      const path = restored(state, Math.floor(share * state.wal.length));
      const { summary } = await converge(source, target, path, {}, 'resume');
      // What the journal forgot was there before, as far as it can tell.
      const settled = (counts: Outcome['counts']) =>
        counts.map(({ kind, read, created, adopted, skipped }) => ({
          kind,
          read,
          written: created + adopted,
          skipped,
        }));
      expect(settled(summary.counts)).toEqual(settled(expected.counts));
      expect(await holdingsOf(target.url)).toEqual(expected.holdings);
      const again = await runOnce(source, target.url, path);
      expect(again).toMatchObject({ outcome: 'complete', writesSent: 0 });
    },
  );
});

describe('a full disk', () => {
  const isFull = (pages: number) => (journal: Journal) => {
    const used = Number(journal.db.pragma('page_count', { simple: true }));
    journal.db.pragma(`max_page_count = ${used + pages}`);
  };

  it.each([0, 2, 4, 6, 8, 10])(
    'after %d more pages stops the run; everything on the gateway is in the journal',
    async (pages) => {
      const path = newJournalPath();
      await expect(runOnce(source, target.url, path, 'run', { onJournal: isFull(pages) })).rejects.toMatchObject({
        code: 'journal_unusable',
        exitCode: 10,
        message: expect.stringContaining('full') as string,
      });
      const db = new Database(path, { readonly: true });
      const known = new Set(db.prepare("SELECT kind || ' ' || name FROM writes").pluck().all());
      const { teams, customers, virtualKeys } = (await (await fetch(`${target.url}/__sandbox/dump`)).json()) as {
        [list: string]: { name: string }[];
      };
      db.close();
      const there = [
        ...(teams ?? []).map(({ name }) => `team ${name}`),
        ...(customers ?? []).map(({ name }) => `customer ${name}`),
        ...(virtualKeys ?? []).map(({ name }) => `virtual_key ${name}`),
      ];
      expect(there.filter((object) => !known.has(object))).toEqual([]);
      const { summary } = await converge(source, target, path, {}, 'resume');
      expect(summary.counts).toEqual(expected.counts);
      await expectAsUndisturbed(expected, source, target, path);
    },
  );

  /** In blocks of 512 bytes; the limit counts for each file. */
  function runWithin(blocks: number, journal: string): Promise<Ended> {
    const command = `ulimit -f ${blocks}; exec "${process.execPath}" "${PROGRAM}" run --quiet --journal "${journal}"`;
    return spawned('sh', ['-c', command], { env: environmentOf(source, target.url) });
  }

  it('is said in one sentence with exit code 10, and what it stopped goes on', async () => {
    // From a disk without room for the tables to one that takes some of the writes.
    for (let blocks = 8; ; blocks += blocks < 400 ? 190 : 130) {
      const journal = newJournalPath();
      const { code, stderr } = await runWithin(blocks, journal);
      expect({ blocks, code }).toEqual({ blocks, code: 10 });
      expect(stderr).toMatch(/^error: The journal .+\nnext: {2}.+$/m);
      expect(stderr).not.toContain('Unexpected');
      if ((await writesAt(target)) === 0) continue;
      const again = await program(['resume', '--quiet', '--journal', journal], {
        env: environmentOf(source, target.url),
      });
      expect(again.code).toBe(3);
      expect(await holdingsOf(target.url)).toEqual(expected.holdings);
      return;
    }
  });
});

describe('a place that cannot be written', () => {
  /** As somebody who is no administrator: permissions bind root to nothing. */
  function unprivileged<T>(folder: string, action: () => T): T {
    if (process.getuid?.() !== 0) return action();
    const nobody = 65_534;
    for (const path of [folder, join(folder, 'migrate.db')]) if (existsSync(path)) chownSync(path, nobody, nobody);
    process.seteuid?.(nobody);
    try {
      return action();
    } finally {
      process.seteuid?.(0);
    }
  }

  function open(path: string, create = false): MigrateError | null {
    try {
      openJournal(path, { ...OPEN, create }).close();
      return null;
    } catch (error) {
      return error as MigrateError;
    }
  }

  it('a read-only file', () => {
    const path = copyOfFinished();
    chmodSync(path, 0o400);
    const error = unprivileged(dirname(path), () => open(path));
    expect(error).toMatchObject({ code: 'journal_unusable', exitCode: 10, message: /readonly|read-only/ });
    expect(readFileSync(path)).toEqual(readFileSync(finished));
  });

  it('a read-only folder, with the journal in it and without', () => {
    const path = copyOfFinished();
    chmodSync(dirname(path), 0o500);
    expect(unprivileged(dirname(path), () => open(path))).toMatchObject({ code: 'journal_unusable', exitCode: 10 });
    const nothing = newJournalPath();
    chmodSync(dirname(nothing), 0o500);
    expect(unprivileged(dirname(nothing), () => open(nothing, true))).toMatchObject({
      code: 'journal_unusable',
      nextStep: expect.stringContaining(dirname(nothing)) as string,
    });
  });
});

describe('a journal somebody else has', () => {
  it('a database browser that holds it: exit code 11 after some seconds', async () => {
    const path = copyOfFinished();
    const browser = new Database(path);
    browser.exec('BEGIN IMMEDIATE');
    try {
      await expectRefusal(await onCommandLine('run', path), 11, /in use by another program/);
    } finally {
      browser.close();
    }
  });

  it('two runs at once: one works, the other ends with exit code 11, whoever came first', async () => {
    for (let n = 0; n < 3; n += 1) {
      await empty(target);
      const path = newJournalPath();
      const both = await Promise.all([onCommandLine('run', path), onCommandLine('run', path)]);
      expect(both.map(({ code }) => code).sort()).toEqual([11, 3]);
      expect(both.find(({ code }) => code === 11)?.stderr).toMatch(/^error: .+ is in use by another run\.\nnext: /);
      expect(await holdingsOf(target.url)).toEqual(expected.holdings);
    }
  });
});

describe('a file that is not what it should be', () => {
  it('any page overwritten: refused as damaged or as no journal, never used', () => {
    const bytes = readFileSync(finished);
    for (let page = 0; page < bytes.length / 4096; page += 1) {
      const path = copyOfFinished();
      writeFileSync(path, Buffer.from(bytes).fill(0xa5, page * 4096, (page + 1) * 4096));
      const before = statSync(path).size;
      const code = outcomeOf(() => openJournal(path, OPEN));
      expect([page, code]).toEqual([page, page === 0 ? 'journal_foreign' : 'journal_unusable']);
      expect(statSync(path).size).toBe(before);
    }
  });

  it.each<[string, (path: string) => void, RegExp]>([
    ['damaged pages', (path) => overwriteAllBut(path, 2), /is damaged: .*(backup|recognised)/s],
    ['half a file', (path) => writeFileSync(path, readFileSync(path).subarray(0, 4096 * 5 + 100)), /is damaged/],
    ['a text', (path) => writeFileSync(path, 'provider: openai\n'.repeat(500)), /is not a journal of this program/],
    [
      'a database of another program',
      (path) => {
        writeFileSync(path, '');
        const db = new Database(path);
        db.exec('CREATE TABLE records (id INTEGER); CREATE TABLE meta (id INTEGER)');
        db.close();
      },
      /is not a journal of this program/,
    ],
    [
      'a journal of a newer version',
      (path) => {
        const db = new Database(path);
        db.prepare('INSERT INTO __drizzle_migrations (hash, created_at) VALUES (?, ?)').run('new', Date.now() * 2);
        db.close();
      },
      /schema version \d+, written by version .+ knows schema version/,
    ],
    ['a journal others can read', (path) => chmodSync(path, 0o644), /chmod 600 /],
  ])('%s: exit code 10 for whoever opens it, nothing sent, nothing changed', async (_, spoil, says) => {
    const path = copyOfFinished();
    spoil(path);
    const bytes = readFileSync(path);
    for (const verb of ['run', 'resume', 'status', 'report'])
      await expectRefusal(await onCommandLine(verb, path), 10, says);
    expect(readFileSync(path)).toEqual(bytes);
  });

  function overwriteAllBut(path: string, pages: number): void {
    writeFileSync(path, readFileSync(path).fill(0xa5, pages * 4096));
  }
});

describe('a clock that is set back', () => {
  it('changes nothing about the outcome, nor makes a pause longer', async () => {
    const path = newJournalPath();
    await arm(target, [
      { match: { method: 'POST', every: 7, count: 4 }, fault: { kind: 'status', code: 429, retryAfter: 2 } },
    ]);
    let calls = 0;
    // An hour back after every twenty looks at it.
    const now = () => Date.UTC(2026, 5, 1) - Math.floor((calls += 1) / 20) * 3_600_000 + (calls % 20);
    const started = performance.now();
    const { summary } = await converge(source, target, path, { now });
    expect(performance.now() - started).toBeLessThan(15_000);
    expect(summary.counts).toEqual(expected.counts);
    await expectAsUndisturbed(expected, source, target, path);
  });
});

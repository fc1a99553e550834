import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fileStem, preparePrivateFolder, splitByTeam } from '../../src/commands/key-folder.js';
import { openDesk, type Desk, type Place } from './desk.js';
import type { KeyRow } from '../../src/report/read-keys.js';

function key(alias: string, team: KeyRow['team']): KeyRow {
  return { alias, owner: '', team, tokenPrefix: '0'.repeat(16), bifrostName: alias, bifrostId: `vk-${alias}` };
}

describe('the name of a team’s sheet', () => {
  it.each([
    ['Platform Team', 'platform-team'],
    ['../../etc/passwd', 'etc-passwd'],
    ['Größe & Co.', 'gro-e-co'],
    ['.hidden\u0000\u202e', 'hidden'],
    ['日本', 'team'],
    ['x'.repeat(300), 'x'.repeat(60)],
  ])('of %j is safe on every file system', (name, safe) => {
    expect(fileStem({ id: 't1', name })).toMatch(new RegExp(`^${safe}-[0-9a-f]{8}$`));
  });

  it('tells teams of one alias apart, and stays the same', () => {
    const [one, other] = ['org-prod-1', 'org-prod-2'].map((id) => fileStem({ id, name: 'Prod' }));
    expect(one).not.toBe(other);
    expect(fileStem({ id: 'org-prod-1', name: 'Prod' })).toBe(one);
  });
});

describe('keys split by team', () => {
  it('are all there once, in their order, the ones without a team in a sheet of their own', () => {
    const [a, b] = [
      { id: 'a', name: 'A' },
      { id: 'b', name: 'A' },
    ];
    const sheets = splitByTeam([key('1', b), key('2', a), key('3', null), key('4', b)], 'csv');
    const found = sheets.map(({ file, keys }) => [file.replace(/[0-9a-f]{8}/, '#'), keys.map(({ alias }) => alias)]);
    expect(found.sort()).toEqual([
      ['a-#.csv', ['1', '4']],
      ['a-#.csv', ['2']],
      ['no-team.csv', ['3']],
    ]);
    expect(new Set(sheets.map(({ file }) => file)).size).toBe(3);
  });

  it('never share a sheet, even where name and hash are alike', () => {
    // SHA-256 of both ids begins with the same 8 hexadecimal characters.
    const [first, second] = collision();
    const sheets = splitByTeam([key('1', { id: first, name: 'x' }), key('2', { id: second, name: 'x' })], 'md');
    expect(sheets.map(({ keys }) => keys.length)).toEqual([1, 1]);
    expect(new Set(sheets.map(({ file }) => file)).size).toBe(2);
  });
});

/** Two ids that {@link fileStem} cannot tell apart; found by search, some 80,000 hashes. */
function collision(): readonly [string, string] {
  const seen = new Map<string, string>();
  for (let n = 0; ; n++) {
    const stem = fileStem({ id: String(n), name: 'x' });
    const earlier = seen.get(stem);
    if (earlier !== undefined) return [earlier, String(n)];
    seen.set(stem, String(n));
  }
}

describe('the folder of sheets', () => {
  const parent = mkdtempSync(join(tmpdir(), 'sheets-'));

  it('is made for its owner only, whatever the umask', () => {
    const before = process.umask(0);
    preparePrivateFolder(join(parent, 'new'));
    process.umask(before);
    expect(statSync(join(parent, 'new')).mode & 0o777).toBe(0o700);
    expect(() => preparePrivateFolder(join(parent, 'new'))).not.toThrow();
  });

  it.each<[string, (path: string) => void, RegExp]>([
    ['a file', (path) => writeFileSync(path, ''), /cannot be used as a folder/],
    ['open to others', (path) => (mkdirSync(path), chmodSync(path, 0o755)), /looked into by others/],
    ['a link', (path) => symlinkSync(tmpdir(), path), /is no folder/],
  ])('is refused when it is %s', (what, make, message) => {
    const path = join(parent, what);
    make(path);
    expect(() => preparePrivateFolder(path)).toThrow(message);
  });
});

describe('migrate keys --split team', () => {
  let desk: Desk;
  let place: Place;
  beforeAll(async () => {
    desk = await openDesk();
    place = await desk.gateway('1.5.16');
    await place.call('run', { quiet: true });
  });
  afterAll(() => desk.close());

  const folder = join(mkdtempSync(join(tmpdir(), 'sheets-')), 'keys');
  type Written = {
    readonly files: readonly { readonly file: string; readonly team: unknown; readonly keys: number }[];
    readonly keys: number;
    readonly gone: number;
  };

  it('hands every key out once, with its value, in private files', async () => {
    expect(await place.call('keys', { split: 'team', out: folder, format: 'json', json: true })).toBe(0);
    const written = place.json() as unknown as Written;
    expect(readdirSync(folder).map((name) => join(folder, name))).toEqual(written.files.map(({ file }) => file));
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    const sheets = written.files.map(({ file }) => {
      expect(statSync(file).mode & 0o777).toBe(0o600);
      return JSON.parse(readFileSync(file, 'utf8')) as { keys: { owner: string; value: string; bifrostId: string }[] };
    });
    const all = sheets.flatMap(({ keys }) => keys);
    expect(all).toHaveLength(written.keys);
    expect(new Set(all.map(({ bifrostId }) => bifrostId)).size).toBe(written.keys);
    for (const { value } of all) expect(value).toMatch(/^sk-bf-/);
    for (const [nth, { team }] of written.files.entries())
      for (const { owner } of sheets[nth]?.keys ?? []) expect(owner.startsWith('team:')).toBe(team !== null);
    expect(written.files.filter(({ team }) => team === null)).toHaveLength(1);
    expect(place.stderr).toContain('Hand each to its team');
    expect(place.stderr).not.toContain('sk-bf-');
  });

  it('again replaces the sheets, and names a file that is none of them', async () => {
    const before = readdirSync(folder);
    writeFileSync(join(folder, 'gone-team-12345678.json'), '');
    expect(await place.call('keys', { split: 'team', out: folder, format: 'json' })).toBe(0);
    expect(readdirSync(folder).filter((name) => !name.startsWith('gone'))).toEqual(before);
    expect(place.stderr).toContain('gone-team-12345678.json');
  });

  it('writes nothing where a name is taken by a file of another sort', async () => {
    const other = mkdtempSync(join(tmpdir(), 'sheets-'));
    writeFileSync(join(other, 'no-team.csv'), 'mine', { mode: 0o600 });
    await expect(place.call('keys', { split: 'team', out: other })).rejects.toThrow(/no earlier sheet/);
    expect(readdirSync(other)).toEqual(['no-team.csv']);
    expect(readFileSync(join(other, 'no-team.csv'), 'utf8')).toBe('mine');
  });

  it('is told to take team, and not stdout', async () => {
    await expect(place.call('keys', { split: 'user' })).rejects.toThrow(/cannot be split by "user"/);
    await expect(place.call('keys', { split: 'team', stdout: true })).rejects.toThrow(/--split contradict/);
    expect(existsSync('./bifrost-keys')).toBe(false);
  });
});

import { chmodSync, mkdtempSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import Database from 'better-sqlite3';
import { SHEET_BEGINNINGS, SHEETS, type SheetFormat, type SheetRow } from '../../src/commands/key-sheet.js';
import { csvCell } from '../../src/report/csv-cell.js';
import { journalFile } from '../report/journal-file.js';
import { readKeys } from '../../src/report/read-keys.js';
import { refuseForeignFile, writePrivately } from '../../src/commands/private-file.js';
import { Secret } from '../../src/secret.js';

const ROWS: SheetRow[] = [
  {
    alias: 'ci',
    owner: 'team:Platform',
    tokenPrefix: '3f9a2c0000000000',
    bifrostName: 'ci',
    bifrostId: 'vk-1',
    value: new Secret('sk-bf-1'),
  },
  {
    alias: '=HYPERLINK("http://evil.test")',
    owner: 'team:a, "b"\nc',
    tokenPrefix: '4f9a2c0000000000',
    bifrostName: 'x|y`z',
    bifrostId: 'vk-2',
    value: null,
  },
];

function sheet(format: SheetFormat, rows: SheetRow[] = ROWS): string {
  return [...SHEETS[format]('http://b.test/litellm', rows)].map((line) => `${line}\n`).join('');
}

describe('the re-issue sheet', () => {
  it('as CSV quotes what needs it and disarms formulas', () => {
    expect(sheet('csv')).toBe(
      'litellm_alias,owner,litellm_token_prefix,bifrost_name,bifrost_id,new_key,base_url\n' +
        'ci,team:Platform,3f9a2c0000000000,ci,vk-1,sk-bf-1,http://b.test/litellm\n' +
        '"\'=HYPERLINK(""http://evil.test"")","team:a, ""b""\nc",4f9a2c0000000000,x|y`z,vk-2,,http://b.test/litellm\n',
    );
  });

  it.each(['=1', '+1', '-1', '@x', '\t=1', ' =1', '\r=1'])('disarms %j', (text) => {
    expect(csvCell(text).replace(/^"/, '')).toMatch(/^'/);
  });

  it.each(['plain', 'a-b', 'a=b', 'sk-bf-1', ''])('leaves %j alone', (text) => {
    expect(csvCell(text)).toBe(text);
  });

  it('as JSON is one document, however many keys', () => {
    expect(JSON.parse(sheet('json'))).toEqual({
      sheet: 'bifrost-keys',
      baseUrl: 'http://b.test/litellm',
      keys: [
        {
          alias: 'ci',
          owner: 'team:Platform',
          tokenPrefix: '3f9a2c0000000000',
          bifrostName: 'ci',
          bifrostId: 'vk-1',
          value: 'sk-bf-1',
        },
        { ...ROWS[1], value: null },
      ],
    });
    expect((JSON.parse(sheet('json', [])) as { keys: unknown[] }).keys).toEqual([]);
  });

  it('as Markdown keeps one row per key whatever the names are', () => {
    const table = sheet('md')
      .split('\n')
      .filter((line) => line.startsWith('|'));
    expect(table).toHaveLength(4);
    for (const row of table) expect(row.replaceAll('\\|', '').match(/\|/g)).toHaveLength(6);
    expect(table[3]).toContain('not on Bifrost any more');
  });

  it.each(['csv', 'json', 'md'] as const)('as %s begins so that it can be recognised later', (format) => {
    expect(SHEET_BEGINNINGS.some((beginning) => sheet(format).startsWith(beginning))).toBe(true);
  });
});

describe('the file of the sheet', () => {
  let folder: string;
  let path: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'sheet-'));
    path = join(folder, 'keys.csv');
  });

  it('is readable by its owner only, and nothing else is left behind', () => {
    writePrivately(path, ['a', 'b']);
    expect(readFileSync(path, 'utf8')).toBe('a\nb\n');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder)).toEqual(['keys.csv']);
  });

  it('replaces an earlier sheet of ours, in any format', () => {
    for (const format of ['csv', 'json', 'md'] as const) {
      writePrivately(path, SHEETS[format]('u', ROWS));
      expect(() => refuseForeignFile(path, SHEET_BEGINNINGS)).not.toThrow();
    }
  });

  it.each<[string, () => void, RegExp]>([
    ['another private file', () => writeFileSync(path, 'PRIVATE KEY', { mode: 0o600 }), /no earlier sheet/],
    [
      'a file others can read',
      () => (writeFileSync(path, sheet('csv')), chmodSync(path, 0o644)),
      /can be read by others/,
    ],
    ['a link', () => symlinkSync('/etc/hosts', path), /no regular file/],
  ])('never replaces %s', (_, make, message) => {
    make();
    expect(() => refuseForeignFile(path, SHEET_BEGINNINGS)).toThrow(message);
  });

  it('stays as it was when writing fails halfway', () => {
    writePrivately(path, ['before']);
    const failing = (function* () {
      yield 'half';
      throw new Error('no more');
    })();
    expect(() => writePrivately(path, failing)).toThrow('no more');
    expect(readFileSync(path, 'utf8')).toBe('before\n');
    expect(readdirSync(folder)).toEqual(['keys.csv']);
  });

  it('is refused with a next step where it cannot be', () => {
    expect(() => writePrivately(join(folder, 'missing', 'keys.csv'), [])).toThrow(/cannot be written/);
    expect(() => writePrivately(folder, [])).toThrow(/it is a folder/);
  });
});

describe('what the journal knows about keys', () => {
  const token = (letter: string) => letter.repeat(64);

  it('names the owner as the mapping takes it', () => {
    const key = (id: string, record: object, status = 'written') => ({
      kind: 'virtual_key',
      id: token(id),
      name: id,
      record,
      status,
    });
    const path = journalFile({
      records: [
        { kind: 'team', id: 't1', name: 'Platform' },
        { kind: 'organization', id: 'o1', name: 'Acme' },
        key('a', { keyAlias: 'z', teamId: 't1', organizationId: 'o1', userId: 'u' }),
        key('b', { keyAlias: 'y', teamId: null, organizationId: 'o1' }),
        key('c', { keyAlias: null, teamId: 'gone' }),
        key('d', { keyAlias: 'x', userId: 'u7' }),
        key('e', { keyAlias: 'w' }),
        key('f', { keyAlias: 'v' }, 'skipped'),
      ],
    });
    const { keys, withoutKey, targetIdentity } = readKeys(new Database(path, { readonly: true }));
    expect(keys.map(({ alias, owner }) => [alias, owner])).toEqual([
      ['', 'team:gone'],
      ['w', ''],
      ['x', 'user:u7'],
      ['y', 'organization:Acme'],
      ['z', 'team:Platform'],
    ]);
    expect(keys.every((row) => row.tokenPrefix.length === 16)).toBe(true);
    expect(withoutKey).toBe(1);
    expect(targetIdentity).toBe('http://bifrost.test:8080');
  });
});

import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { spawnBifrostSandbox, type SandboxProcess } from '../../src/sandbox/process.js';
import type { SandboxWorld } from '../../src/sandbox/litellm/world.js';
import { codeSpan, prose, renderMarkdown } from '../../src/report/markdown.js';
import { buildReport } from '../../src/report/model.js';
import { readRows } from '../../src/report/read.js';
import { openJournal } from '../../src/journal/open.js';
import { migrate, type Ended } from '../cli/program.js';
import { arm, environmentOf, startSource, type Source } from '../network/rig.js';
import { smallWorld } from '../network/small-world.js';
import { journalFile } from '../report/journal-file.js';

/** Names and error messages of other people, made to act on a terminal, in a report, or in a spreadsheet. */

const NAMES = [
  '\u001b[2J\u001b[1;31mclear\u001b[0m',
  '\u001b]0;title\u0007\u001b]8;;http://evil.test\u0007link\u001b]8;;\u0007',
  '\u009b31mC1\u009d0;x\u009c',
  'admin\u202egnp.exe\u2066\u200f',
  'x\r\nOK   vkey "forged"\n\n# forged heading',
  'a|b`c``d<script>alert(1)</script><img src=x onerror=y>',
  '[click](http://evil.test) ![i](http://evil.test/x.png) <http://evil.test> www.evil.test',
  '=HYPERLINK("http://evil.test","x")',
  '+1+cmd|calc',
  '-2+3',
  '@SUM(A1)',
  '\t=1',
  '\r=1',
] as const;

/** Everything a terminal acts on or that reorders text; line ends are ours. */
// eslint-disable-next-line no-control-regex -- these are exactly the characters to look for
const ACTIVE = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/;

const MESSAGE = `refused: ${NAMES.slice(0, 7).join(' ')}`;

let source: Source;
let target: SandboxProcess;
let cwd: string;
const said: (Ended & { readonly args: readonly string[] })[] = [];

function nastyWorld(): SandboxWorld {
  const world = smallWorld();
  const named = <T>(rows: readonly T[], rename: (row: T, name: string) => T): T[] =>
    rows.map((row, index) => rename(row, NAMES[index % NAMES.length] ?? ''));
  return {
    ...world,
    organizations: named(world.organizations, (row, name) => ({ ...row, organization_alias: name })),
    teams: named(world.teams, (row, name) => ({ ...row, team_alias: name })),
    users: named(world.users, (row, name) => ({ ...row, user_alias: name })),
    keyCount: NAMES.length,
    key: (index) => {
      const { plain, row } = world.key(index % world.keyCount);
      const token = index.toString(16).padStart(4, '0') + row.token.slice(4);
      return { plain, row: { ...row, token, key_alias: NAMES[index] ?? '', metadata: { note: NAMES[index] ?? '' } } };
    },
  };
}

async function say(...args: readonly string[]): Promise<Ended> {
  const ended = await migrate(args, { env: environmentOf(source, target.url), cwd });
  said.push({ ...ended, args });
  return ended;
}

beforeAll(async () => {
  [source, target] = await Promise.all([
    startSource(nastyWorld()),
    spawnBifrostSandbox({ personality: '1.5.16', env: {} }),
  ]);
  cwd = mkdtempSync(join(tmpdir(), 'injection-'));
  const body = JSON.stringify({ error: { message: MESSAGE } });
  const refusal = (code: number) => ({ kind: 'status', code, body }) as const;
  await arm(target, [
    { match: { method: 'POST', pathRegex: '/teams$', nth: 2 }, fault: refusal(400) },
    { match: { method: 'POST', pathRegex: '/virtual-keys$', nth: 3 }, fault: refusal(400) },
  ]);
  await say('run', '--verbose', '--debug');
  await say('run', '--json', '--verbose');
  for (const format of ['md', 'json', 'text']) await say('report', '--format', format);
  await say('status');
  await say('status', '--json');
  for (const format of ['csv', 'json', 'md']) {
    await say('keys', '--format', format);
    await say('keys', '--stdout', '--format', format);
  }
});
afterAll(() => Promise.all([source.close(), target.stop()]));

describe('names and messages of other people', () => {
  it('reach the program: keys with every name are written', () => {
    const json = said.find(({ args }) => args.join(' ') === 'keys --stdout --format json');
    const aliases = (JSON.parse(json?.stdout ?? '{}') as { keys: { alias: string }[] }).keys.map(({ alias }) => alias);
    expect(aliases.length).toBeGreaterThan(9);
    for (const alias of aliases) expect(NAMES).toContain(alias);
  });

  it('do nothing to the terminal they are printed on', () => {
    for (const { args, stdout, stderr } of said) {
      for (const line of `${stdout}\n${stderr}`.split('\n'))
        expect([args.join(' '), ACTIVE.exec(line)]).toEqual([args.join(' '), null]);
    }
  });

  it('forge no line of the log or of a report', () => {
    for (const { stdout, stderr } of said.filter(({ args }) => !args.includes('csv')))
      for (const line of `${stdout}\n${stderr}`.split('\n')) {
        expect(line).not.toMatch(/^OK {3}vkey "forged"/);
        expect(line).not.toMatch(/^# forged/);
      }
  });

  it('bring no markup into a report or a sheet in Markdown', () => {
    const texts = said.filter(({ args }) => args.includes('md')).map(({ stdout }) => stdout);
    expect(texts.filter((text) => text.length > 500)).toHaveLength(2);
    for (const text of [...texts, readFileSync(join(cwd, 'bifrost-keys.md'), 'utf8')])
      for (const line of text.split('\n')) expect(markupIn(line)).toBeNull();
  });

  it('calculate nothing in a spreadsheet', () => {
    const sheet = readFileSync(join(cwd, 'bifrost-keys.csv'), 'utf8');
    const cells = cellsOf(sheet);
    expect(cells.length).toBeGreaterThan(9 * 7);
    for (const cell of cells) expect(cell).not.toMatch(/^\s*[=+\-@\t\r]/);
    expect(cells.filter((cell) => /^'[\s\\tr]*[=+\-@]/.test(cell)).length).toBeGreaterThan(4);
  });
});

describe('in Markdown', () => {
  it.each(NAMES)('%j is code as a name, and plain words as a sentence', (name) => {
    expect(markupIn(`- ${codeSpan(name)}: said`)).toBeNull();
    expect(markupIn(`- said: ${prose(name)}`)).toBeNull();
  });

  it.each(['# heading', '- item', '+ item', '1. item', '2) item', '=== rule', '> quote', '```js', '---'])(
    'a message that begins with %j begins no block of its own',
    (message) => {
      const path = journalFile({
        records: [{ id: 'a' }, { id: 'b' }],
        findings: ['a', 'b'].map((record) => ({ record, severity: 'loss', message })),
      });
      const journal = openJournal(path, { create: false, readonly: true, now: Date.now, toolVersion: 'test' });
      const lines = [...renderMarkdown(buildReport(readRows(journal.db)))];
      journal.close();
      const line = lines.find((one) => one.startsWith('- ') && one.includes(message.slice(-2))) ?? '';
      expect(line).not.toBe('');
      expect(line).not.toMatch(/^- (#|[-+*]( |$)|\d+[.)] |=+|>|`{3}|-{3})/);
    },
  );
});

/** What a reader of CommonMark would take for more than text, outside of code spans and escapes; null = nothing. */
function markupIn(line: string): string | null {
  // From left to right: an escaped backtick opens no code, and in code a backslash is a backslash.
  const text = line.replace(/\\[!-/:-@[-`{-~]|(`+)(?!`)(.*?[^`])\1(?!`)/g, '');
  const found = /<[a-z/!]|\]\(|!\[|\]\[|https?:\/\/|www\.|`|\*/i.exec(text);
  return found === null ? null : `${found[0]} in ${line}`;
}

/** RFC 4180. */
function cellsOf(csv: string): readonly string[] {
  return [...csv.matchAll(/(?:^|,|\n)(?:"((?:[^"]|"")*)"|([^",\n]*))/g)].map(
    ([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? '',
  );
}

import { chmodSync, mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { COMMANDS } from '../../src/commands/flags.js';
import { journalFile, type JournalContent } from '../report/journal-file.js';
import { migrate, PROGRAM, run } from './program.js';

const STORY: JournalContent = {
  records: [
    { kind: 'deployment', id: 'd1', name: 'gpt-4o' },
    {
      kind: 'team',
      id: 't1',
      name: 'Broken',
      status: 'failed',
      reason: 'permanent',
      message: 'refused',
      nextStep: 'Correct it.',
    },
    { kind: 'user', id: 'u1', name: 'alice@acme.com', status: 'skipped', reason: 'no_email', message: 'no e-mail' },
    { kind: 'virtual_key', id: 'ab'.repeat(32), name: 'ci' },
  ],
  findings: [{ record: 'd1', code: 'budget_without_price', severity: 'loss', message: 'no price' }],
};

const VERBS = COMMANDS.map(({ name }) => name).filter((name) => name !== 'keys');

/** What the terminal would show, with the parts that differ from run to run taken out. */
function masked(text: string, journal: string): string {
  return text.replaceAll(journal, 'JOURNAL').replace(/ (linux|darwin|win32)-\S+ node-\S+/, ' PLATFORM');
}

describe('help and version', () => {
  it.each([[['--help']], [['keys', '-h']], ...VERBS.map((verb) => [[verb, '--help']])])(
    '%j is golden, on stdout, exit 0',
    async (args) => {
      const { code, stdout, stderr } = await migrate(args);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      await expect(stdout).toMatchFileSnapshot(`../fixtures/golden/help-${args.join('').replaceAll('-', '')}.txt`);
    },
  );

  it('help COMMAND is COMMAND --help', async () => {
    expect((await migrate(['help', 'run'])).stdout).toBe((await migrate(['run', '--help'])).stdout);
  });

  it('names the version of package.json', async () => {
    const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
      version: string;
    };
    const { code, stdout } = await migrate(['--version']);
    expect(code).toBe(0);
    expect(stdout).toMatch(new RegExp(`^migrate/${version.replaceAll('.', '\\.')} `));
  });
});

describe('wrong usage', () => {
  it.each<[string[], string]>([
    [[], 'No command is given.'],
    [['reprot'], 'Unknown command "reprot". Did you mean report?'],
    [['run', '--dryrun'], 'migrate run has no option --dryrun. Did you mean --dry-run?'],
    [['retry'], 'migrate retry does not say what to retry.'],
    [['retry', '--failed', '--kind', 'temas'], '--kind "temas" is no kind of record. Did you mean teams?'],
    [['report', '--format', 'pdf'], 'There is no report format "pdf".'],
    [['report', '--format', 'htm'], 'There is no report format "htm". Did you mean html?'],
    [['keys', '--stdout', '--out', 'x'], '--stdout and --out contradict each other.'],
    [['keys', '--format', 'xls'], 'There is no sheet format "xls".'],
  ])('%j ends with 2, one sentence and a next step, nothing on stdout', async (args, message) => {
    const { code, stdout, stderr } = await migrate(args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    const [first, second, ...rest] = stderr.split('\n');
    expect(first).toBe(`error: ${message}`);
    expect(second).toMatch(/^next: {2}\S/);
    expect(rest).toEqual(['']);
  });

  it.each(['run', 'resume'])('%s names every missing variable at once', async (command) => {
    const { code, stderr } = await migrate([command]);
    expect(code).toBe(2);
    expect(stderr).toContain('LITELLM_URL, LITELLM_MASTER_KEY, LITELLM_CONFIG and BIFROST_URL are not set.');
  });

  it('keys asks for Bifrost only', async () => {
    const { code, stderr } = await migrate(['keys']);
    expect(code).toBe(2);
    expect(stderr).toContain('error: BIFROST_URL is not set.');
  });

  it('with --json prints one JSON document, also when it fails', async () => {
    for (const args of [
      ['run', '--json'],
      ['--json'],
      ['run', '--json', '--nope'],
      ['report', '--json', '--format', 'md'],
      ['status', '--json', '--journal', '/nowhere/x.db'],
    ]) {
      const { code, stdout } = await migrate(args);
      const document = JSON.parse(stdout) as { error: { code: string; message: string; nextStep: string } };
      expect(Object.keys(document)).toEqual(['error']);
      expect(Object.keys(document.error)).toEqual(['code', 'message', 'nextStep']);
      expect(code).toBe(document.error.code.startsWith('journal') ? 10 : 2);
    }
  });

  it('shows no secret, however it is mistyped', async () => {
    const env = {
      LITELLM_URL: 'https://u:CANARY-1@l.test',
      LITELLM_MASTER_KEY: 'CANARY-2',
      LITELLM_DB_URL: 'mysql://u:CANARY-3@h/d',
      BIFROST_URL: 'http://b.test?key=CANARY-4',
    };
    const { code, stdout, stderr } = await migrate(['run', '--debug', '--json'], { env });
    expect(code).toBe(2);
    expect(stdout + stderr).not.toContain('CANARY');
  });
});

describe('report', () => {
  it('is golden on stdout, without a network or a variable', async () => {
    const journal = journalFile(STORY);
    const { code, stdout, stderr } = await migrate(['report', '--journal', journal]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    await expect(stdout).toMatchFileSnapshot('../fixtures/golden/cli-report.md');
  });

  it('takes the format from the name of the file, and makes the file private', async () => {
    const journal = journalFile(STORY);
    const out = join(mkdtempSync(join(tmpdir(), 'report-')), 'r.json');
    const { code, stdout, stderr } = await migrate(['report', '--journal', journal, '--out', out]);
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: '', stderr: `wrote ${out}\n` });
    expect(JSON.parse(readFileSync(out, 'utf8'))).toMatchObject({
      format: 1,
      clean: false,
      total: { read: 4, failed: 1 },
    });
    expect(statSync(out).mode & 0o777).toBe(0o600);
  });

  it('changes nothing in the journal', async () => {
    const journal = journalFile(STORY);
    const before = readFileSync(journal);
    for (const args of [['report'], ['report', '--format', 'text'], ['report', '--json'], ['status']])
      await migrate([...args, '--journal', journal]);
    expect(readFileSync(journal).equals(before)).toBe(true);
  });

  it('without a journal says how to make one', async () => {
    const { code, stderr } = await migrate(['report', '--journal', join(tmpdir(), 'no-such.db')]);
    expect(code).toBe(10);
    expect(stderr).toContain('next:');
  });

  it('refuses a journal that others can read, and a file that is none', async () => {
    const journal = journalFile(STORY);
    chmodSync(journal, 0o644);
    expect((await migrate(['report', '--journal', journal])).code).toBe(10);
    const text = join(mkdtempSync(join(tmpdir(), 'report-')), 'x.db');
    writeFileSync(text, 'not a database, but long enough to be looked at as one', { mode: 0o600 });
    expect((await migrate(['report', '--journal', text])).code).toBe(10);
  });

  it('bears a reader that has seen enough', async () => {
    const records = Array.from({ length: 5000 }, (_, n) => ({
      name: `team number ${n}`,
      status: 'failed',
      message: 'x'.repeat(100),
    }));
    const journal = journalFile({ records });
    const pipe = `set -o pipefail; "${process.execPath}" "${PROGRAM}" report --journal "${journal}" | head -n 1`;
    const { code, stdout, stderr } = await run('bash', ['-c', pipe]);
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: '# Migration report\n', stderr: '' });
  });
});

describe('status', () => {
  it.each<[string, JournalContent]>([
    ['finished', STORY],
    ['killed', { ...STORY, run: { outcome: null }, inDoubt: 2 }],
    ['new', { run: null, ends: null }],
  ])('of a %s journal is golden', async (name, content) => {
    const journal = journalFile(content);
    const { code, stdout, stderr } = await migrate(['status', '--journal', journal]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    await expect(masked(stdout, journal)).toMatchFileSnapshot(`../fixtures/golden/status-${name}.txt`);
  });

  it('as JSON is one document with the next command', async () => {
    const journal = journalFile(STORY);
    const { stdout } = await migrate(['status', '--json', '--journal', journal]);
    expect(JSON.parse(stdout)).toMatchObject({
      journal,
      total: { read: 4, created: 2, skipped: 1, failed: 1 },
      next: { command: `migrate retry --failed --journal ${journal}` },
    });
  });
});

describe('a terminal', () => {
  const onTerminal = async (env: { [name: string]: string }) => {
    const journal = journalFile(STORY);
    const { stdout } = await run(
      'script',
      ['-qec', `"${process.execPath}" "${PROGRAM}" status --journal "${journal}"`, '/dev/null'],
      { env: { TERM: 'xterm', ...env } },
    );
    return stdout;
  };

  it('gets colours, unless NO_COLOR says no', async () => {
    expect(await onTerminal({})).toContain('\u001b[1m');
    expect(await onTerminal({ NO_COLOR: '1' })).not.toContain('\u001b[');
  });

  it('is not needed for colours when FORCE_COLOR is set', async () => {
    const journal = journalFile(STORY);
    expect((await migrate(['status', '--journal', journal], { env: { FORCE_COLOR: '1' } })).stdout).toContain(
      '\u001b[1m',
    );
    expect((await migrate(['status', '--journal', journal])).stdout).not.toContain('\u001b[');
  });
});

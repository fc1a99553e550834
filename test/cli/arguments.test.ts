import { describe, expect, it } from 'vitest';
import { closest } from '../../src/commands/suggestion.js';
import { COMMANDS } from '../../src/commands/flags.js';
import { commandLine } from '../../src/commands/command-line.js';
import type { MigrateError } from '../../src/errors.js';
import { readArguments } from '../../src/commands/arguments.js';

function read(...argv: string[]) {
  return readArguments(argv, COMMANDS);
}

describe('the command line', () => {
  it('is read literally: nothing becomes a number', () => {
    for (const value of ['0123', '1e3', '0x10', '007', 'Infinity', ''])
      expect(read('retry', '--failed', `--id=${value}`).flags['id']).toBe(value);
    expect(read('retry', '--failed', '--id', '0123').flags['id']).toBe('0123');
  });

  it('takes flags before and after the command, with = or a space', () => {
    const expected = { command: 'run', flags: { dryRun: true, journal: 'a b.db', concurrency: '4' } };
    expect(read('run', '--dry-run', '--journal', 'a b.db', '--concurrency=4')).toEqual(expected);
    expect(read('--journal=a b.db', '--concurrency', '4', 'run', '--dry-run')).toEqual(expected);
  });

  it.each<[string[], RegExp]>([
    [[], /No command/],
    [['rnu'], /Unknown command "rnu". Did you mean run\?/],
    [['statsu'], /Did you mean status\?/],
    [['migrate-everything'], /Unknown command "migrate-everything"\.$/],
    [['run', '--dryrun'], /no option --dryrun. Did you mean --dry-run\?/],
    [['run', '--concurency', '3'], /Did you mean --concurrency\?/],
    [['run', '--failed'], /no option --failed/],
    [['report', '--out'], /--out needs a value/],
    [['report', '--out', '--format', 'md'], /--out needs a value/],
    [['run', '--dry-run=false'], /--dry-run takes no value/],
    [['run', '--journal', 'a', '--journal', 'b'], /--journal is given twice/],
    [['run', 'now'], /takes no argument, but got "now"/],
    [['run', '-j'], /no option -j/],
    [['run', '--no-dry-run'], /no option --no-dry-run/],
    [['run', '--litellm-master-key', 'x'], /no option --litellm-master-key/],
    [['run', '--__proto__', 'x'], /no option --__proto__/],
  ])('refuses %j', (argv, message) => {
    expect(() => read(...argv)).toThrow(message);
    try {
      read(...argv);
    } catch (error) {
      expect((error as MigrateError).exitCode).toBe(2);
    }
  });

  it('takes a number after --ask, and does without', () => {
    expect(read('verify', '--ask', '--yes').flags).toEqual({ ask: true, yes: true });
    expect(read('verify', '--ask').flags).toEqual({ ask: true });
    expect(read('verify', '--ask', '20', '--yes').flags).toEqual({ ask: '20', yes: true });
    expect(read('--ask', 'verify')).toEqual({ command: 'verify', flags: { ask: true } });
    expect(read('verify', '--ask=x').flags).toEqual({ ask: 'x' });
    expect(() => read('run', '--ask')).toThrow(/no option --ask/);
  });

  it('takes one word after a verb that wants one', () => {
    expect(read('completion', 'bash')).toEqual({ command: 'completion', argument: 'bash', flags: {} });
    expect(read('schema')).toEqual({ command: 'schema', flags: {} });
    expect(() => read('completion')).toThrow(/needs a shell/);
    expect(() => read('completion', 'fihs')).toThrow(/"fihs" is no shell\. Did you mean fish\?/);
    expect(() => read('schema', 'run', 'report')).toThrow(/takes one argument, but got "report"/);
  });

  it('suggests only what is near', () => {
    expect(closest('reprot', ['report', 'retry'])).toBe('report');
    expect(closest('rep', ['report', 'retry'])).toBe('report');
    expect(closest('xyz', ['report', 'retry'])).toBeUndefined();
  });

  it('repeats itself for the next command, quoted', () => {
    const flags = {
      journal: "it's mine.db",
      litellmUrl: 'https://l.test',
      dryRun: true,
      json: true,
      requireOwner: true,
    };
    expect(commandLine('resume', flags)).toBe(
      `migrate resume --journal 'it'\\''s mine.db' --litellm-url https://l.test --require-owner`,
    );
  });

  it('offers no flag for a secret, but for files of them', () => {
    const flags = COMMANDS.flatMap((command) => command.flags.map(([usage]) => usage));
    const secret = flags.filter((usage) => /key|salt|db-url|token|password/.test(usage));
    expect(secret).toEqual(['--litellm-keys <file>']);
  });
});

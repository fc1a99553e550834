import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { completion } from '../../src/commands/completion.js';
import { COMMANDS } from '../../src/commands/flags.js';
import { KIND_NAMES } from '../../src/kind-names.js';
import { run } from './program.js';
import type { CommandContext } from '../../src/commands/command.js';

async function script(shell: string): Promise<string> {
  let text = '';
  const stdout = { write: (chunk: string) => ((text += chunk), true) };
  await completion({ argument: shell, stdout } as unknown as CommandContext);
  return text;
}

const VERBS = COMMANDS.map(({ name }) => name);
const flagsOf = (verb: string): string[] => [
  ...(COMMANDS.find(({ name }) => name === verb)?.flags ?? []).map(([usage]) => usage.split(' ')[0] ?? ''),
  '--help',
];

/** Command lines, the last word of each being typed, and what bash would offer for it. */
const LINES: readonly (readonly [words: readonly string[], offered: readonly string[]])[] = [
  [[''], [...VERBS, '--help', '--version']],
  [['re'], ['resume', 'retry', 'report']],
  [
    ['run', '--on-'],
    ['--on-collision', '--on-existing'],
  ],
  [['status', ''], flagsOf('status')],
  [
    ['run', '--on-collision', ''],
    ['rename', 'fail'],
  ],
  [['run', '--on-collision', '=', 'f'], ['fail']],
  [
    ['run', '--zero-limits', '='],
    ['block', 'ignore'],
  ],
  [['run', '--only', ''], [...KIND_NAMES]],
  [['run', '--only', 'models,te'], ['models,teams']],
  [['keys', '--split', ''], ['team']],
  [['--journal', 'x', 'report', '--format', 'j'], ['json']],
  [
    ['run', '--journal', ''],
    ['a b.db', 'folder'],
  ],
  [['report', '--out', 'fold'], ['folder']],
  [['run', '--concurrency', ''], []],
  [
    ['completion', ''],
    ['bash', 'zsh', 'fish', ...flagsOf('completion')],
  ],
  [['schema', 'verif'], ['verify']],
];

describe('completion in bash', () => {
  const offered: string[][] = [];
  // One shell answers everything: starting it is what takes the time.
  beforeAll(async () => {
    const cwd = mkdtempSync(join(tmpdir(), 'completion-'));
    mkdirSync(join(cwd, 'folder'));
    writeFileSync(join(cwd, 'a b.db'), '');
    const lines = LINES.flatMap(([words]) => [
      `COMP_WORDS=(migrate ${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length}; _migrate`,
      'for one in "${COMPREPLY[@]}"; do echo "$one"; done; echo ---',
    ]);
    const text = [await script('bash'), ...lines].join('\n');
    const { code, stdout, stderr } = await run('bash', ['--norc', '-c', text], { cwd });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    for (const part of stdout.split('---\n').slice(0, -1)) offered.push(part.split('\n').slice(0, -1));
  });

  it.each(LINES.map(([words, expected], nth) => ({ line: words.join(' '), expected, nth })))(
    'of "migrate $line"',
    ({ expected, nth }) => {
      expect([...(offered[nth] ?? ['nothing was said'])].sort()).toEqual([...expected].sort());
    },
  );
});

describe('completion scripts', () => {
  it.each(['bash', 'zsh', 'fish'])('for %s name every verb, every flag and every value', async (shell) => {
    const text = await script(shell);
    for (const { name, flags, argument } of COMMANDS) {
      expect(text).toContain(name);
      for (const value of argument?.values ?? []) expect(text).toContain(value);
      for (const [usage] of flags) {
        const [flag = '', placeholder = ''] = usage.split(' ');
        expect(text).toContain(shell === 'fish' ? `-l ${flag.slice(2)} ` : flag);
        if (placeholder.includes('|')) expect(text).toContain(placeholder.slice(1, -1).replaceAll('|', ' '));
      }
    }
  });
});

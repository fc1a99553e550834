import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import { agreed } from '../../src/commands/question.js';

/** Two ends of a terminal, with somebody who types this. */
function terminal(typed: string | null, { isTTY = true } = {}) {
  const stdin = Object.assign(new PassThrough(), { isTTY }) as unknown as NodeJS.ReadStream;
  const stderr = Object.assign(new PassThrough(), { isTTY }) as unknown as NodeJS.WriteStream;
  const input = stdin as unknown as PassThrough;
  if (typed === null) input.end();
  else setImmediate(() => input.write(typed));
  return { stdin, stderr, signal: new AbortController().signal };
}

it.each<[string, string | null, boolean]>([
  ['yes', 'yes\n', true],
  ['YES with spaces', '  YES \n', true],
  ['y', 'y\n', false],
  ['nothing', '\n', false],
  ['no', 'no\n', false],
  ['the end of the input', null, false],
])('takes %s for what it is', async (_, typed, expected) => {
  expect(await agreed(terminal(typed), false, 'Delete it?')).toBe(expected);
});

it('asks nobody who has said --yes', async () => {
  expect(await agreed(terminal(null, { isTTY: false }), true, 'Delete it?')).toBe(true);
});

it('refuses where nobody is there to answer', async () => {
  const away = terminal('yes\n', { isTTY: false });
  await expect(agreed(away, false, 'Delete it?')).rejects.toMatchObject({ code: 'usage', exitCode: 2 });
  const { stderr, signal } = terminal('yes\n');
  await expect(agreed({ stderr, signal }, false, 'Delete it?')).rejects.toMatchObject({ code: 'usage' });
});

it('takes an interruption for no', async () => {
  const interruption = new AbortController();
  setImmediate(() => interruption.abort());
  expect(await agreed({ ...terminal(''), signal: interruption.signal }, false, 'Delete it?')).toBe(false);
});

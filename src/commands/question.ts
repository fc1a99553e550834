import { createInterface } from 'node:readline/promises';
import { MigrateError } from '../errors.js';
import type { CommandContext } from './command.js';

/**
 * Asks a person before something is deleted or costs money. Only the whole word counts; the end of the input and an interruption mean no.
 *
 * @throws MigrateError `usage` when nobody is there to answer: neither a terminal nor --yes.
 */
export async function agreed(
  { stdin, stderr, signal }: Pick<CommandContext, 'stdin' | 'stderr' | 'signal'>,
  yes: boolean,
  question: string,
  otherwise = 'Look at it with --dry-run, then add --yes.',
): Promise<boolean> {
  if (yes) return true;
  if (stdin?.isTTY !== true || stderr.isTTY !== true) {
    throw new MigrateError('usage', 'Nobody is there to agree to this: it is not a terminal.', otherwise);
  }
  const lines = createInterface({ input: stdin, output: stderr });
  try {
    const ended = new Promise<string>((resolve) => lines.once('close', () => resolve('')));
    const answer = await Promise.race([lines.question(`${question} Type yes: `, { signal }), ended]);
    return answer.trim().toLowerCase() === 'yes';
  } catch (error) {
    if (signal.aborted) return false;
    throw error;
  } finally {
    lines.close();
  }
}

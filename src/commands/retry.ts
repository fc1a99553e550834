import { MigrateError } from '../errors.js';
import { didYouMean } from './suggestion.js';
import { KIND_NAMES } from '../kind-names.js';
import { recordKind } from '../config-values.js';
import { migration } from './migration.js';
import type { Command } from './command.js';
import type { Flags } from '../config.js';
import type { Filter } from './wiring.js';

/** Failed records again, and what waits for them; `--kind` and `--id` narrow it. */
export const retry: Command = async (context) => {
  if (context.flags['failed'] !== true) {
    throw new MigrateError('usage', 'migrate retry does not say what to retry.', 'Type migrate retry --failed.');
  }
  return migration(context, 'retry', filterOf(context.flags));
};

function filterOf({ kind: typed, id }: Flags): Filter | null {
  const kind = typeof typed === 'string' ? recordKind(typed) : undefined;
  if (typeof typed === 'string' && kind === undefined) {
    throw new MigrateError(
      'usage',
      `--kind "${typed}" is no kind of record.${didYouMean(typed, KIND_NAMES)}`,
      `Take one of ${KIND_NAMES.join(', ')}.`,
    );
  }
  if (kind === undefined && typeof id !== 'string') return null;
  return { ...(kind === undefined ? {} : { kind }), ...(typeof id === 'string' ? { id } : {}) };
}

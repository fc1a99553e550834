import { agreed } from './question.js';
import { MigrateError } from '../errors.js';
import { readOldKeys } from './old-keys.js';
import type { CommandContext } from './command.js';
import type { Flags, Settings } from '../config.js';
import type { Secret } from '../secret.js';

/** What `verify --ask` is about to do. */
export type Asking = {
  /** Pairs at most. */
  readonly size: number;
  readonly seed: number;
  /** By token hash; null = LiteLLM is not asked. */
  readonly oldKeys: ReadonlyMap<string, Secret> | null;
};

const PAIRS = 50;
const MOST = 10_000;

/**
 * Reads what was asked for and lets a person agree to it, before anything else happens.
 * null = nothing is to be asked; `declined` = a person said no.
 *
 * @throws MigrateError `usage`
 */
export async function prepareAsking(
  context: CommandContext,
  { yes, bifrostUrl, litellmUrl }: Settings,
): Promise<Asking | 'declined' | null> {
  const { ask, litellmKeys, seed: given } = context.flags;
  if (ask === undefined) {
    const stray = litellmKeys === undefined ? (given === undefined ? null : '--seed') : '--litellm-keys';
    if (stray === null) return null;
    throw new MigrateError('usage', `${stray} says nothing without --ask.`, 'Add --ask.');
  }
  const size = ask === true ? PAIRS : numberOf('--ask', ask, 1);
  const seed = given === undefined ? 1 : numberOf('--seed', given, 0);
  const oldKeys = typeof litellmKeys === 'string' ? readOldKeys(litellmKeys) : null;
  const where =
    oldKeys === null ? `Bifrost at ${bifrostUrl}` : `Bifrost at ${bifrostUrl} and LiteLLM at ${litellmUrl} each`;
  const question = `Send up to ${size} chat completion(s) of one token to ${where}? They cost money and count against the limits of the keys.`;
  if (!(await agreed(context, yes, question, 'Calls cost money; add --yes to make them.'))) return 'declined';
  return { size, seed, oldKeys };
}

function numberOf(flag: string, text: Flags[string], least: number): number {
  const number = typeof text === 'string' && /^\d{1,9}$/.test(text) ? Number(text) : NaN;
  if (number >= least && number <= MOST) return number;
  throw new MigrateError('usage', `${flag} is not a whole number from ${least} to ${MOST}.`, `Correct ${flag}.`);
}

import { bashCompletion } from './completion/bash.js';
import { completionWords, type VerbWords } from './completion-words.js';
import { fishCompletion } from './completion/fish.js';
import { zshCompletion } from './completion/zsh.js';
import type { Command } from './command.js';

const SHELLS: { readonly [shell: string]: (verbs: readonly VerbWords[]) => Iterable<string> } = {
  bash: bashCompletion,
  zsh: zshCompletion,
  fish: fishCompletion,
};

/** Prints a script for a shell, made from the declarations the program reads its own command line by. */
export const completion: Command = ({ argument = '', stdout }) => {
  const script = SHELLS[argument]?.(completionWords()) ?? [];
  for (const line of script) stdout.write(`${line}\n`);
  return Promise.resolve(0);
};

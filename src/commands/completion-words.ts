import { COMMANDS, type CommandDeclaration, type Flag } from './flags.js';
import { KIND_NAMES } from '../kind-names.js';

/** What can be typed, for every shell. */
export type Word = { readonly name: string; readonly summary: string };

export type FlagWord = Word & {
  /** What follows it: nothing, a file, one of these, several of these with commas between, or anything. */
  readonly value: 'none' | 'file' | 'any' | { readonly oneOf: readonly string[]; readonly many: boolean };
};

export type VerbWords = Word & { readonly flags: readonly FlagWord[]; readonly argument: readonly string[] };

/** The names of this program. */
export const PROGRAMS = ['migrate', 'litellm-to-bifrost'] as const;

/** Values that the usage of a flag does not spell out. */
const VALUES: { readonly [flag: string]: { readonly oneOf: readonly string[]; readonly many: boolean } } = {
  '--only': { oneOf: KIND_NAMES, many: true },
  '--kind': { oneOf: KIND_NAMES, many: false },
  '--split': { oneOf: ['team'], many: false },
};

const HELP: FlagWord = { name: '--help', summary: 'Display this message', value: 'none' };

export function completionWords(commands: readonly CommandDeclaration[] = COMMANDS): readonly VerbWords[] {
  return commands.map(({ name, summary, argument, flags }) => ({
    name,
    summary,
    argument: argument?.values ?? [],
    flags: [...flags.map(flagWord), HELP],
  }));
}

function flagWord([usage, summary]: Flag): FlagWord {
  const [name = '', placeholder] = usage.split(' ');
  const inside = placeholder?.replace(/^<|>$/g, '');
  return { name, summary, value: VALUES[name] ?? valueOf(inside) };
}

function valueOf(placeholder: string | undefined): FlagWord['value'] {
  if (placeholder === undefined || placeholder.startsWith('[')) return 'none';
  if (placeholder === 'file' || placeholder === 'folder') return 'file';
  return placeholder.includes('|') ? { oneOf: placeholder.split('|'), many: false } : 'any';
}

import { parseArgs } from 'node:util';
import { MigrateError } from '../errors.js';
import { didYouMean } from './suggestion.js';
import type { Flags } from '../config.js';
import type { CommandDeclaration, Flag } from './flags.js';

export type Invocation = { readonly command: string; readonly flags: Flags };

const EVERYWHERE: readonly Flag[] = [
  ['--help', ''],
  ['--version', ''],
];

/**
 * Reads the command line literally. cac turns `--id 0123` into the number 123, takes unknown commands for none, and
 * passes unknown options on when no action runs; this does not.
 *
 * @throws MigrateError `usage` for what is unknown, missing, given twice or superfluous, with a suggestion.
 */
export function readArguments(argv: readonly string[], commands: readonly CommandDeclaration[]): Invocation {
  const { positionals } = parse(
    argv,
    commands.flatMap((command) => command.flags),
  );
  const [name, ...superfluous] = positionals;
  const names = commands.map((command) => command.name);
  const declared = commands.find((command) => command.name === name);
  if (name === undefined) throw usage('No command is given.', 'Type one of', names);
  if (declared === undefined) throw usage(`Unknown command "${name}".${didYouMean(name, names)}`, 'Type one of', names);
  const flags = flagsOf(argv, declared);
  const [extra] = superfluous;
  if (extra !== undefined)
    throw new MigrateError('usage', `migrate ${name} takes no argument, but got "${extra}".`, helpOf(name));
  return { command: name, flags };
}

function flagsOf(argv: readonly string[], { name, flags: declared }: CommandDeclaration): Flags {
  const known = new Map([...declared, ...EVERYWHERE].map((flag) => [flagName(flag), takesValue(flag)]));
  const found: Record<string, string | boolean> = {};
  for (const token of parse(argv, declared).tokens) {
    if (token.kind !== 'option') continue;
    const { rawName, name: option, value, inlineValue } = token;
    const valued = known.get(option);
    if (valued === undefined || !rawName.startsWith('--')) {
      const suggestion = didYouMean(
        rawName,
        [...known.keys()].map((word) => `--${word}`),
      );
      throw new MigrateError('usage', `migrate ${name} has no option ${rawName}.${suggestion}`, helpOf(name));
    }
    if (valued && (value === undefined || (inlineValue !== true && value.startsWith('-')))) {
      throw new MigrateError('usage', `${rawName} needs a value.`, `Write ${rawName}=VALUE. ${helpOf(name)}`);
    }
    if (!valued && value !== undefined)
      throw new MigrateError('usage', `${rawName} takes no value.`, `Write ${rawName} alone to switch it on.`);
    const member = camelCase(option);
    if (member in found && found[member] !== (value ?? true)) {
      throw new MigrateError('usage', `${rawName} is given twice.`, 'Give it once.');
    }
    found[member] = value ?? true;
  }
  return found;
}

function parse(argv: readonly string[], declared: readonly Flag[]) {
  const options = Object.fromEntries(
    [...declared, ...EVERYWHERE].map((flag) => [
      flagName(flag),
      { type: takesValue(flag) ? ('string' as const) : ('boolean' as const) },
    ]),
  );
  return parseArgs({ args: [...argv], options, strict: false, allowPositionals: true, tokens: true });
}

function flagName([usageText]: Flag): string {
  return usageText.replace(/^--/, '').replace(/ .*$/, '');
}

function takesValue([usageText]: Flag): boolean {
  return usageText.includes('<');
}

function camelCase(name: string): string {
  return name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

function helpOf(name: string): string {
  return `See migrate ${name} --help.`;
}

function usage(message: string, advice: string, names: readonly string[]): MigrateError {
  return new MigrateError('usage', message, `${advice} ${names.join(', ')}; migrate --help tells more.`);
}

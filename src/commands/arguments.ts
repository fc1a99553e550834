import { parseArgs } from 'node:util';
import { MigrateError } from '../errors.js';
import { didYouMean } from './suggestion.js';
import type { Flags } from '../config.js';
import type { CommandDeclaration, Flag } from './flags.js';

export type Invocation = { readonly command: string; readonly argument?: string; readonly flags: Flags };

/** Flags that may be given several times; each value on a line of its own. */
const REPEATED: ReadonlySet<string> = new Set(['team']);

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
  const allFlags = commands.flatMap((command) => command.flags);
  const { positionals } = parse(spelledOut(argv, allFlags), allFlags);
  const [name, ...superfluous] = positionals;
  const names = commands.map((command) => command.name);
  const declared = commands.find((command) => command.name === name);
  if (name === undefined) throw usage('No command is given.', 'Type one of', names);
  if (declared === undefined) throw usage(`Unknown command "${name}".${didYouMean(name, names)}`, 'Type one of', names);
  const flags = flagsOf(spelledOut(argv, allFlags), declared);
  const argument = argumentOf(declared, superfluous);
  return { command: name, ...(argument === undefined ? {} : { argument }), flags };
}

/** The one word some verbs take besides flags: one of a few. */
function argumentOf(
  { name, argument: declared }: CommandDeclaration,
  [given, ...more]: readonly string[],
): string | undefined {
  const extra = declared === undefined ? given : more[0];
  if (extra !== undefined) {
    const takes = declared === undefined ? 'no argument' : 'one argument';
    throw new MigrateError('usage', `migrate ${name} takes ${takes}, but got "${extra}".`, helpOf(name));
  }
  if (declared === undefined || (given === undefined && !declared.required)) return undefined;
  const { values } = declared;
  if (given !== undefined && values.includes(given)) return given;
  const problem =
    given === undefined
      ? `migrate ${name} needs a ${declared.name}.`
      : `"${given}" is no ${declared.name}.${didYouMean(given, values)}`;
  throw new MigrateError('usage', problem, `Take one of ${values.join(', ')}.`);
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
    const given = value === undefined || (value === '' && mayTakeNumber(option, declared)) ? true : value;
    if (member in found && found[member] !== given && !REPEATED.has(option)) {
      throw new MigrateError('usage', `${rawName} is given twice.`, 'Give it once.');
    }
    const before = REPEATED.has(option) ? found[member] : undefined;
    found[member] = before === undefined ? given : `${String(before)}\n${String(given)}`;
  }
  return found;
}

/** `--ask` alone becomes `--ask=`, since the parser would take the word after it, whatever that is. */
function spelledOut(argv: readonly string[], declared: readonly Flag[]): readonly string[] {
  return argv.map((word, at) => {
    const alone = word.startsWith('--') && mayTakeNumber(word.slice(2), declared) && !/^\d+$/.test(argv[at + 1] ?? '');
    return alone ? `${word}=` : word;
  });
}

/** Declared like `--ask [n]`. */
function mayTakeNumber(name: string, declared: readonly Flag[]): boolean {
  return declared.some((flag) => flagName(flag) === name && flag[0].includes('['));
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
  return /[<[]/.test(usageText);
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

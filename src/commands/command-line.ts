import { flagName, type Flags } from '../config.js';

/** Said once, not again: what belongs to one invocation only. */
const NOT_REPEATED = [
  'dryRun',
  'json',
  'failed',
  'kind',
  'id',
  'rebind',
  'format',
  'out',
  'stdout',
  'split',
  'ask',
  'seed',
  'litellmKeys',
  'quiet',
  'verbose',
  'debug',
];

/**
 * A command to type next, with the flags of this one that it needs too, quoted for a POSIX shell.
 * `only` restricts what comes next as it restricted this.
 */
export function commandLine(verb: string, flags: Flags, keep: (flag: string) => boolean = () => true): string {
  const repeated = Object.entries(flags)
    .filter(([name, value]) => value !== undefined && !NOT_REPEATED.includes(name) && keep(name))
    .flatMap(([name, value]) =>
      value === true
        ? [flagName(name)]
        : String(value)
            .split('\n')
            .map((one) => `${flagName(name)} ${shellQuote(one)}`),
    );
  return ['migrate', verb, ...repeated].join(' ');
}

export function journalOnly(flag: string): boolean {
  return flag === 'journal';
}

function shellQuote(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

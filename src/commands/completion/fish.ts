import { PROGRAMS, type FlagWord, type VerbWords } from '../completion-words.js';

/** For ~/.config/fish/completions/migrate.fish, or to be sourced. */
export function* fishCompletion(verbs: readonly VerbWords[]): Iterable<string> {
  yield '# fish completion for migrate; made by: migrate completion fish';
  const names = verbs.map(({ name }) => name).join(' ');
  for (const program of PROGRAMS) {
    yield `complete -c ${program} -f`;
    for (const { name, summary } of verbs)
      yield `complete -c ${program} -n 'not __fish_seen_subcommand_from ${names}' -a ${name} -d ${quoted(summary)}`;
    for (const { name, flags, argument } of verbs) {
      const within = `complete -c ${program} -n '__fish_seen_subcommand_from ${name}'`;
      if (argument.length > 0) yield `${within} -a ${quoted(argument.join(' '))}`;
      for (const flag of flags) yield `${within} -l ${flag.name.slice(2)}${value(flag)} -d ${quoted(flag.summary)}`;
    }
  }
}

function value({ value: wanted }: FlagWord): string {
  if (wanted === 'none') return '';
  if (wanted === 'file') return ' -r -F';
  if (wanted === 'any') return ' -x';
  const words = wanted.oneOf.join(' ');
  return wanted.many ? ` -x -a ${quoted(`(__fish_append , ${words})`)}` : ` -x -a ${quoted(words)}`;
}

function quoted(text: string): string {
  return `'${text.replace(/[\\']/g, (character) => `\\${character}`)}'`;
}

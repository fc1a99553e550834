import { PROGRAMS, type FlagWord, type VerbWords } from '../completion-words.js';

/** To be sourced, or put as `_migrate` into a folder of $fpath. */
export function* zshCompletion(verbs: readonly VerbWords[]): Iterable<string> {
  yield `#compdef ${PROGRAMS.join(' ')}`;
  yield '# zsh completion for migrate; made by: migrate completion zsh';
  yield '_migrate() {';
  yield '  local verb word';
  yield '  for word in ${words[2,CURRENT-1]}; do';
  yield `    case $word in ${verbs.map(({ name }) => name).join('|')}) verb=$word; break;; esac`;
  yield '  done';
  yield '  case $verb in';
  yield '    "")';
  yield '      local -a verbs';
  yield '      verbs=(';
  for (const { name, summary } of verbs) yield `        ${quoted(`${name}:${summary.replaceAll(':', '\\:')}`)}`;
  yield '      )';
  yield '      _describe -t commands verb verbs;;';
  for (const { name, flags, argument } of verbs) {
    yield `    ${name})`;
    yield '      _arguments \\';
    for (const flag of flags) yield `        ${quoted(`${flag.name}${spec(flag)}`)} \\`;
    yield `        ${quoted('1:verb:')}${argument.length === 0 ? '' : ` ${quoted(`2:argument:(${argument.join(' ')})`)}`};;`;
  }
  yield '  esac';
  yield '}';
  yield (
    'if [[ $zsh_eval_context[-1] == loadautofunc ]]; then _migrate "$@"; else compdef _migrate ' +
    PROGRAMS.join(' ') +
    '; fi'
  );
}

function spec({ summary, value }: FlagWord): string {
  const told = `[${summary.replace(/[[\]\\]/g, (character) => `\\${character}`)}]`;
  if (value === 'none') return told;
  if (value === 'file') return `=${told}:file:_files`;
  if (value === 'any') return `=${told}:value:`;
  const words = value.oneOf.join(' ');
  return value.many ? `=${told}:list:_values -s , list ${words}` : `=${told}:value:(${words})`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

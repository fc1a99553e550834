import { PROGRAMS, type FlagWord, type VerbWords } from '../completion-words.js';

/** For bash 3.2 and later, with or without the package bash-completion. */
export function* bashCompletion(verbs: readonly VerbWords[]): Iterable<string> {
  yield '# bash completion for migrate; made by: migrate completion bash';
  yield '_migrate_words() { COMPREPLY=($(compgen -W "$1" -- "$cur")); }';
  yield '_migrate_files() { local IFS=$\'\\n\'; compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$cur")); }';
  yield '_migrate_list() {';
  yield '  local before=';
  yield '  case $cur in *,*) before=${cur%,*},;; esac';
  yield '  compopt -o nospace 2>/dev/null';
  yield '  COMPREPLY=($(compgen -P "$before" -W "$1" -- "${cur##*,}"))';
  yield '}';
  yield '_migrate() {';
  yield '  local cur=${COMP_WORDS[COMP_CWORD]} flag=${COMP_WORDS[COMP_CWORD-1]} verb= word';
  yield '  COMPREPLY=()';
  // --flag=value arrives as three words.
  yield '  if [ "$cur" = = ]; then cur=; elif [ "$flag" = = ]; then flag=${COMP_WORDS[COMP_CWORD-2]}; fi';
  yield '  for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do';
  yield `    case $word in ${verbs.map(({ name }) => name).join('|')}) verb=$word; break;; esac`;
  yield '  done';
  yield '  case $verb:$flag in';
  for (const verb of verbs)
    for (const flag of verb.flags.filter(({ value }) => value !== 'none'))
      yield `    ${verb.name}:${flag.name}) ${answer(flag)}return;;`;
  yield '  esac';
  yield '  case $verb in';
  yield `    '') _migrate_words '${[...verbs.map(({ name }) => name), '--help', '--version'].join(' ')}';;`;
  for (const { name, flags, argument } of verbs)
    yield `    ${name}) _migrate_words '${[...argument, ...flags.map((flag) => flag.name)].join(' ')}';;`;
  yield '  esac';
  yield '}';
  yield `complete -F _migrate ${PROGRAMS.join(' ')}`;
}

function answer({ value }: FlagWord): string {
  if (value === 'file') return '_migrate_files; ';
  if (value === 'any' || value === 'none') return '';
  return `${value.many ? '_migrate_list' : '_migrate_words'} '${value.oneOf.join(' ')}'; `;
}

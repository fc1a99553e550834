import type { CommandDeclaration } from './flags.js';

/** What stands at the end of help, in the words of docs/cli.md: of a verb only what concerns it. */

type Variable = {
  readonly name: string;
  readonly text: string;
  /** Verbs with this flag read it. */
  readonly flag: string;
  readonly secret?: true;
};

const VARIABLES: readonly Variable[] = [
  { name: 'LITELLM_URL', flag: '--litellm-url', text: 'Base URL of the LiteLLM proxy (required)' },
  { name: 'LITELLM_MASTER_KEY', flag: '--litellm-url', text: 'Its master key (required)', secret: true },
  {
    name: 'LITELLM_CONFIG',
    flag: '--litellm-url',
    text: 'Path of its config.yaml (required without LITELLM_DB_URL)',
  },
  { name: 'LITELLM_DB_URL', flag: '--litellm-url', text: 'PostgreSQL URL of its database', secret: true },
  {
    name: 'LITELLM_SALT_KEY',
    flag: '--litellm-url',
    text: 'What its stored secrets are encrypted with (default: the master key)',
    secret: true,
  },
  { name: 'BIFROST_URL', flag: '--bifrost-url', text: 'Base URL of Bifrost (required)' },
  {
    name: 'BIFROST_API_KEY',
    flag: '--bifrost-url',
    text: 'Bearer token, user:pass, or its base64',
    secret: true,
  },
  {
    name: 'DEFAULT_PROVIDER',
    flag: '--default-provider',
    text: 'Provider of model names that name none (default: openai)',
  },
  {
    name: 'MAX_BUDGET_PERIOD',
    flag: '--max-budget-period',
    text: 'Window of budgets that never reset (default: 10Y)',
  },
  { name: 'DRY_RUN', flag: '--dry-run', text: '1 = plan and report only' },
];

/** Without a verb everything. */
export function environmentHelp(verb: CommandDeclaration | undefined): string {
  const read = VARIABLES.filter(({ flag }) => verb === undefined || has(verb, flag));
  const lines = read.map(({ name, text }) => `  ${name.padEnd(20)} ${text}`);
  const secrets = read.filter(({ secret }) => secret === true).map(({ name }) => name);
  if (secrets.length > 0) {
    lines.push(`  Secrets (${secrets.join(', ')}) have no flag`);
    lines.push('  and may stand in a file named by NAME_FILE; flags beat the environment.');
  }
  lines.push('  NO_COLOR, FORCE_COLOR are respected.');
  return lines.join('\n');
}

type Exit = {
  readonly code: string;
  readonly text: string;
  readonly ends: (verb: CommandDeclaration) => boolean;
  /** What it means of single verbs. */
  readonly of?: { readonly [verb: string]: string };
};

const WRITING: readonly string[] = ['run', 'resume', 'retry', 'rollback'];
const talks = (verb: CommandDeclaration): boolean => has(verb, '--bifrost-url');

const EXITS: readonly Exit[] = [
  {
    code: '0',
    text: 'everything settled, nothing lost',
    ends: () => true,
    of: {
      report: 'whatever the report says',
      status: 'whatever the journal says',
      keys: 'every key that was written is in the sheet',
      doctor: 'nothing failed',
      verify: 'Bifrost is as planned',
      rollback: 'everything is gone',
      demo: 'every step did what it should',
      schema: 'printed',
      completion: 'printed',
    },
  },
  { code: '1', text: 'a bug; --debug shows the stack', ends: () => true },
  {
    code: '2',
    text: 'wrong usage or configuration; nothing was sent',
    ends: () => true,
    of: {
      verify: 'wrong usage or configuration, or you said no; nothing was sent',
      rollback: 'wrong usage or configuration, or you said no; nothing was sent',
      report: 'wrong usage',
      status: 'wrong usage',
      demo: 'wrong usage',
      schema: 'wrong usage',
      completion: 'wrong usage',
    },
  },
  {
    code: '3',
    text: 'finished, but something failed, was skipped or carries a loss',
    ends: ({ name }) => WRITING.includes(name) || name === 'keys',
    of: { keys: 'a key is not on Bifrost any more', rollback: 'something was kept or could not be deleted' },
  },
  { code: '4', text: 'credentials or salt key refused', ends: talks },
  {
    code: '5',
    text: 'an end unreachable; safe to resume',
    ends: talks,
    of: { keys: 'Bifrost unreachable', doctor: 'an end unreachable', verify: 'an end unreachable' },
  },
  {
    code: '6',
    text: 'verify: Bifrost is not as planned',
    ends: ({ name }) => name === 'verify',
    of: { verify: 'Bifrost is not as planned, or answers otherwise than LiteLLM' },
  },
  {
    code: '10, 11',
    text: 'journal unusable; held by another run',
    ends: (verb) => has(verb, '--journal'),
  },
  {
    code: '130, 143',
    text: 'interrupted; safe to resume',
    ends: () => true,
    of: Object.fromEntries(
      ['report', 'status', 'keys', 'doctor', 'verify', 'demo', 'schema', 'completion'].map((verb) => [
        verb,
        'interrupted',
      ]),
    ),
  },
];

/** Without a verb everything. */
export function exitCodeHelp(verb: CommandDeclaration | undefined): string {
  return EXITS.filter(({ ends }) => verb === undefined || ends(verb))
    .map(({ code, text, of }) => `  ${code.padEnd(8)} ${(verb && of?.[verb.name]) ?? text}`)
    .join('\n');
}

function has({ flags }: CommandDeclaration, flag: string): boolean {
  return flags.some(([usage]) => usage.split(' ')[0] === flag);
}

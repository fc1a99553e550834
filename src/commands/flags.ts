/** A flag as cac declares it: `--out <file>` takes a value, `--json` is a switch. */
export type Flag = readonly [usage: string, description: string];

export type CommandDeclaration = {
  readonly name: string;
  readonly summary: string;
  /** A word after the verb, one of these. */
  readonly argument?: { readonly name: string; readonly values: readonly string[]; readonly required: boolean };
  readonly flags: readonly Flag[];
  readonly examples: readonly string[];
};

/** Names of published schemas (documents.ts, which is loaded when one is asked for), and the verbs that share one. */
const SCHEMAS = [
  'run',
  'resume',
  'retry',
  'report',
  'status',
  'keys',
  'doctor',
  'verify',
  'rollback',
  'error',
  'log',
] as const;

const JOURNAL: Flag = ['--journal <file>', 'The journal (default: ./migrate.db)'];
const JSON_OUTPUT: Flag = ['--json', 'One JSON document on stdout, also when it fails'];
const DEBUG: Flag = ['--debug', 'Show the stack of an unexpected error'];
const INSECURE: Flag = ['--allow-insecure-http', 'Send keys over http:// to other machines'];
const BIFROST_URL: Flag = ['--bifrost-url <url>', 'Base URL of Bifrost (BIFROST_URL)'];
const LITELLM_URL: Flag = ['--litellm-url <url>', 'Base URL of the LiteLLM proxy (LITELLM_URL)'];
const LITELLM_CONFIG: Flag = ['--litellm-config <file>', "LiteLLM's config.yaml (LITELLM_CONFIG)"];
const DEFAULT_PROVIDER: Flag = [
  '--default-provider <name>',
  'Provider of model names that name none (DEFAULT_PROVIDER; default: openai)',
];
const TEAM: Flag = [
  '--team <team>',
  'Only this team, its organization, members and keys: an id or alias; may be given again',
];
const PRIVATE_NETWORK: Flag = ['--allow-private-network', 'Let Bifrost call base URLs on private networks'];

const OUTPUT: readonly Flag[] = [
  JSON_OUTPUT,
  ['--quiet', 'Only warnings, failures and the last screen'],
  ['--verbose', 'Every record and every finding'],
  ['--yes', 'Answer every question with yes'],
  ['--log-file <file>', 'Append what happens to a file, one JSON object per line'],
  DEBUG,
];

const MIGRATION: readonly Flag[] = [
  LITELLM_URL,
  LITELLM_CONFIG,
  BIFROST_URL,
  DEFAULT_PROVIDER,
  ['--max-budget-period <period>', 'Window of budgets that never reset (MAX_BUDGET_PERIOD; default: 10Y)'],
  JOURNAL,
  ['--dry-run', 'Plan and report, send nothing but GETs (DRY_RUN=1)'],
  ['--only <kinds>', 'Only these: models,organizations,teams,users,memberships,virtual-keys'],
  ['--concurrency <n>', 'Writes in flight at most, 1 to 64 (default: 8)'],
  ['--on-collision <rename|fail>', 'Two records with one name (default: rename the younger)'],
  ['--on-existing <adopt|fail>', 'The name is on Bifrost already (default: adopt)'],
  ['--organization-gates <enforce|ignore>', "An organization's model list (default: enforce)"],
  ['--zero-limits <block|ignore>', 'A limit of 0 (default: block, the key is made inactive)'],
  ['--all-models <everything|migrated>', 'Keys for all models: foreign providers too? (default: everything)'],
  ['--expired <skip|inactive>', 'Keys past their expiry (default: skip)'],
  ['--no-routing', 'Write no routing rules: no prefixed names, fallbacks, wildcards'],
  ['--require-owner', 'Leave a key pending while its owner is missing'],
  ['--recreate', 'Create again what was written and has been deleted on Bifrost since'],
  ['--update', 'Push what has changed in LiteLLM since it was written; shows each change first'],
  TEAM,
  ['--names <file>', 'YAML file with names, merges and exclusions; see migrate report --conflicts'],
  PRIVATE_NETWORK,
  INSECURE,
  ['--rebind', 'Use a journal that was made for other gateways'],
  ...OUTPUT,
];

/** Every verb, in the order of help. */
export const COMMANDS: readonly CommandDeclaration[] = [
  {
    name: 'run',
    summary: 'Read LiteLLM, plan, write to Bifrost; everything outstanding',
    flags: MIGRATION,
    examples: [
      'migrate run --dry-run',
      'migrate run --journal ./acme.db',
      'migrate run --only models,teams',
      'migrate run --update --dry-run',
    ],
  },
  {
    name: 'resume',
    summary: 'Finish the interrupted run',
    flags: MIGRATION,
    examples: ['migrate resume --journal ./acme.db'],
  },
  {
    name: 'retry',
    summary: 'Try failed records again, and what waits for them',
    flags: [
      ['--failed', 'What is tried again: failed records (required)'],
      ['--kind <kind>', 'Only records of this kind'],
      ['--id <id>', 'Only the record with this id, or the start of it'],
      ...MIGRATION,
    ],
    examples: ['migrate retry --failed', 'migrate retry --failed --kind virtual-keys --id 3f9a2c'],
  },
  {
    name: 'report',
    summary: 'What was carried over and what was not; from the journal, no network',
    flags: [
      ['--format <md|html|csv|json|text>', 'Format (default: by the name of --out, else md)'],
      ['--out <file>', 'Write to a file instead of stdout'],
      ['--conflicts', 'A names file to begin with, for run --names: what collided, was renamed, or was there before'],
      TEAM,
      JOURNAL,
      JSON_OUTPUT,
      DEBUG,
    ],
    examples: ['migrate report', 'migrate report --out report.html', 'migrate report --format json | jq .losses'],
  },
  {
    name: 'status',
    summary: 'Where the journal stands, and what to type next',
    flags: [JOURNAL, JSON_OUTPUT, DEBUG],
    examples: ['migrate status --journal ./acme.db'],
  },
  {
    name: 'keys',
    summary: 'The re-issue sheet: LiteLLM key → new Bifrost key',
    flags: [
      ['--format <csv|json|md>', 'Format (default: by the name of --out, else csv)'],
      ['--out <file>', 'The sheet, readable by you only (default: ./bifrost-keys.csv)'],
      ['--split <team>', 'One sheet per team, in the folder --out (default: ./bifrost-keys/)'],
      ['--stdout', 'Print the new keys instead of writing a file'],
      TEAM,
      BIFROST_URL,
      JOURNAL,
      INSECURE,
      JSON_OUTPUT,
      DEBUG,
    ],
    examples: [
      'migrate keys',
      'migrate keys --out ./acme-keys.csv',
      'migrate keys --split team --out ./acme-keys',
      'migrate keys --format json --stdout',
    ],
  },
  {
    name: 'doctor',
    summary: 'Is everything ready for a run? Looks at both ends and writes nothing',
    flags: [
      LITELLM_URL,
      LITELLM_CONFIG,
      BIFROST_URL,
      DEFAULT_PROVIDER,
      JOURNAL,
      PRIVATE_NETWORK,
      INSECURE,
      JSON_OUTPUT,
      DEBUG,
    ],
    examples: ['migrate doctor', 'migrate doctor --journal ./acme.db', 'migrate doctor --json | jq .checks'],
  },
  {
    name: 'verify',
    summary: 'Read Bifrost back: missing, changed, wider, narrower; writes nothing',
    flags: [
      ['--format <md|json>', 'Format (default: by the name of --out, else md)'],
      ['--out <file>', 'Write to a file instead of stdout'],
      ['--ask [n]', 'Really ask Bifrost for so many pairs of key and model (default: 50); costs money'],
      ['--litellm-keys <file>', 'With --ask: ask LiteLLM too, with the keys in this file'],
      ['--seed <n>', 'With --ask: another sample (default: 1)'],
      ...MIGRATION.filter(([usage]) => !/^--(dry-run|concurrency|rebind|recreate|update|team)\b/.test(usage)),
    ],
    examples: [
      'migrate verify',
      'migrate verify --out verify.md',
      'migrate verify --format json | jq .records',
      'migrate verify --ask 20 --litellm-keys ./old-keys.csv',
    ],
  },
  {
    name: 'rollback',
    summary: 'Delete what this journal has created on Bifrost, after showing it',
    flags: [
      ['--dry-run', 'Show what would be deleted and what would stay (DRY_RUN=1)'],
      ['--force', 'Delete what was changed on Bifrost since, too'],
      BIFROST_URL,
      JOURNAL,
      INSECURE,
      ...OUTPUT,
    ],
    examples: ['migrate rollback --dry-run', 'migrate rollback', 'migrate rollback --yes --journal ./acme.db'],
  },
  {
    name: 'demo',
    summary: 'The whole story on local sandbox gateways; nothing to configure',
    flags: [['--keep', 'Keep the temporary folder'], DEBUG],
    examples: ['migrate demo'],
  },
  {
    name: 'schema',
    summary: 'JSON Schema of what a verb prints with --json',
    argument: { name: 'document', values: SCHEMAS, required: false },
    flags: [DEBUG],
    examples: ['migrate schema', 'migrate schema report > report.schema.json'],
  },
  {
    name: 'completion',
    summary: 'Completion of verbs, flags and their values for a shell',
    argument: { name: 'shell', values: ['bash', 'zsh', 'fish'], required: true },
    flags: [DEBUG],
    examples: [
      'source <(migrate completion bash)',
      'source <(migrate completion zsh)',
      'migrate completion fish > ~/.config/fish/completions/migrate.fish',
    ],
  },
];

import { parseArgs } from 'node:util';
import { readFile } from 'node:fs/promises';
import { member, parseJson, textMember } from './answer.js';

export const JUDGE_FLAGS = {
  litellm: { type: 'string' },
  'litellm-db': { type: 'string' },
  'litellm-config': { type: 'string' },
  'master-key-env': { type: 'string', default: 'LITELLM_MASTER_KEY' },
  'salt-key-env': { type: 'string', default: 'LITELLM_SALT_KEY' },
  bifrost: { type: 'string' },
  'bifrost-key-env': { type: 'string', default: 'BIFROST_API_KEY' },
  'seed-file': { type: 'string' },
  journal: { type: 'string' },
  program: { type: 'string', default: 'dist/cli.js' },
  migrate: { type: 'boolean', default: false },
  'keys-file': { type: 'string' },
  'report-file': { type: 'string' },
  out: { type: 'string' },
  draws: { type: 'string', default: '10' },
  probes: { type: 'string', default: '25' },
  concurrency: { type: 'string', default: '4' },
  keys: { type: 'string' },
  names: { type: 'string' },
  'more-names': { type: 'string' },
} as const;

/** Everything a judgement is about; secrets come from environment variables that flags name. */
export type JudgeOptions = {
  readonly litellmUrl: string;
  readonly databaseUrl: string;
  readonly configFile: string | null;
  readonly masterKey: string;
  readonly saltKey: string;
  readonly bifrostUrl: string;
  readonly bifrostKey: string | null;
  readonly seedFile: string;
  readonly journal: string;
  readonly program: string;
  /** Run the migration, twice, before asking. */
  readonly migrate: boolean;
  readonly runFlags: readonly string[];
  /** A re-issue sheet instead of the one of `migrate keys`. */
  readonly keysFile: string | null;
  readonly reportFile: string | null;
  readonly out: string | null;
  readonly draws: number;
  /** Names that should lead nowhere, per key. */
  readonly probes: number;
  /** At most 4: more makes LiteLLM's budgets run out of step with its own counting. */
  readonly concurrency: number;
  readonly onlyKeys: readonly string[] | null;
  readonly onlyNames: readonly string[] | null;
  readonly moreNames: readonly string[];
};

type Values = { readonly [K in keyof typeof JUDGE_FLAGS]?: string | boolean | undefined };

/** Words after `--` go to `migrate run`. Throws a sentence when something needed is missing. */
export function readOptions(words: readonly string[], env: NodeJS.ProcessEnv): JudgeOptions {
  const { own, rest } = splitAtDashes(words);
  const { values } = parseArgs({ args: own, options: JUDGE_FLAGS, strict: true });
  return optionsFrom(values, rest, env);
}

export function splitAtDashes(words: readonly string[]): { readonly own: string[]; readonly rest: string[] } {
  const at = words.indexOf('--');
  return at === -1 ? { own: [...words], rest: [] } : { own: words.slice(0, at), rest: words.slice(at + 1) };
}

export function optionsFrom(values: Values, runFlags: readonly string[], env: NodeJS.ProcessEnv): JudgeOptions {
  const text = (name: keyof Values) => (typeof values[name] === 'string' ? values[name] : null);
  const needed = (name: keyof Values) => text(name) ?? missing(`--${name}`);
  const secret = (name: keyof Values) => env[text(name) ?? ''] ?? null;
  const masterKey = secret('master-key-env') ?? missing(`the variable named by --master-key-env`);
  return {
    litellmUrl: trimmed(needed('litellm')),
    databaseUrl: needed('litellm-db'),
    configFile: text('litellm-config'),
    masterKey,
    saltKey: secret('salt-key-env') ?? masterKey,
    bifrostUrl: trimmed(needed('bifrost')),
    bifrostKey: secret('bifrost-key-env'),
    seedFile: needed('seed-file'),
    journal: needed('journal'),
    program: text('program') ?? 'dist/cli.js',
    migrate: values.migrate === true,
    runFlags,
    keysFile: text('keys-file'),
    reportFile: text('report-file'),
    out: text('out'),
    draws: count(text('draws') ?? '10'),
    probes: count(text('probes') ?? '25'),
    concurrency: Math.min(4, count(text('concurrency') ?? '4')),
    onlyKeys: list(text('keys')),
    onlyNames: list(text('names')),
    moreNames: list(text('more-names')) ?? [],
  };
}

export type SeededKey = { readonly label: string; readonly key: string; readonly token: string };

/** `{"keys":{"name":{"key":"sk-…","token":"<sha-256>"}}}`; entries without a key are refusals and are left out. */
export async function readSeed(file: string): Promise<SeededKey[]> {
  const keys = member(parseJson(await readFile(file, 'utf8')), 'keys');
  if (typeof keys !== 'object' || keys === null) throw new Error(`${file} has no member "keys"`);
  return Object.entries(keys).flatMap(([label, entry]) => {
    const key = textMember(entry, 'key');
    const token = textMember(entry, 'token');
    return key === null || token === null ? [] : [{ label, key, token }];
  });
}

function list(text: string | null): readonly string[] | null {
  return text === null ? null : text.split(',').filter((part) => part !== '');
}

function count(text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1) throw new Error(`${text} is not a number of calls`);
  return number;
}

function trimmed(url: string): string {
  return url.replace(/\/+$/, '');
}

function missing(what: string): never {
  throw new Error(`${what} is missing; see test/live/README.md`);
}

import { readFileSync } from 'node:fs';
import * as z from 'zod';
import { MigrateError, reasonOf } from './errors.js';
import {
  choice,
  databaseUrl,
  isBudgetPeriod,
  isPlainHttp,
  kindList,
  list,
  secret,
  severalValues,
  switchValue,
  url,
} from './config-values.js';
import type { Secret } from './secret.js';

/** The choices of mapping.md and cli.md, after flags, environment and defaults are merged. */
export type Settings = {
  readonly litellmUrl: string;
  readonly litellmMasterKey: Secret;
  readonly litellmConfig: string | null;
  readonly litellmDbUrl: Secret | null;
  readonly litellmSaltKey: Secret;
  readonly bifrostUrl: string;
  readonly bifrostApiKey: Secret | null;
  readonly defaultProvider: string;
  readonly maxBudgetPeriod: string;
  readonly dryRun: boolean;
  readonly journal: string;
  readonly concurrency: number;
  /** Record kinds to work on; null = all. */
  readonly only: readonly string[] | null;
  readonly onCollision: 'rename' | 'fail';
  readonly onExisting: 'adopt' | 'fail';
  readonly organizationGates: 'enforce' | 'ignore';
  readonly zeroLimits: 'block' | 'ignore';
  readonly allModels: 'everything' | 'migrated';
  readonly expired: 'skip' | 'inactive';
  /** Write routing rules (mapping.md A5). */
  readonly routing: boolean;
  readonly requireOwner: boolean;
  /** Create again what this journal wrote and somebody has deleted on Bifrost since. */
  readonly recreate: boolean;
  /** Push what has changed in LiteLLM since it was written. */
  readonly update: boolean;
  /** Ids or aliases of the teams to work on, as typed; null = all. */
  readonly team: readonly string[] | null;
  /** Path of a file with names, merges and exclusions; null = none. */
  readonly names: string | null;
  readonly allowPrivateNetwork: boolean;
  readonly allowInsecureHttp: boolean;
  readonly rebind: boolean;
  readonly json: boolean;
  readonly quiet: boolean;
  readonly verbose: boolean;
  readonly yes: boolean;
  readonly debug: boolean;
};

/** Where a value comes from; `file` = the file named by `NAME_FILE`. */
export type ValueOrigin = 'flag' | 'environment' | 'file' | 'default';
export type Origins = { readonly [K in keyof Settings]: ValueOrigin };

/** As given on the command line, by the flag's name in camelCase. */
export type Flags = { readonly [name: string]: string | boolean | undefined };
export type Environment = { readonly [name: string]: string | undefined };

/** Which ends a command talks to; values of the others are neither asked for nor looked at. */
export type Requirements = 'both' | 'source' | 'target' | 'none';

type Entry = {
  readonly variable?: string;
  /** Secrets have no flag: command lines are seen by everybody on the machine. They may stand in a file instead. */
  readonly secret?: true;
  readonly end?: 'source' | 'target';
  readonly required?: true;
  readonly fallback?: string | boolean;
};

/** Every setting, in the order of Settings. The flag's name is the member's in kebab-case. */
const ENTRIES: { readonly [K in keyof Settings]: Entry } = {
  litellmUrl: { variable: 'LITELLM_URL', end: 'source', required: true },
  litellmMasterKey: { variable: 'LITELLM_MASTER_KEY', secret: true, end: 'source', required: true },
  litellmConfig: { variable: 'LITELLM_CONFIG', end: 'source' },
  litellmDbUrl: { variable: 'LITELLM_DB_URL', secret: true, end: 'source' },
  litellmSaltKey: { variable: 'LITELLM_SALT_KEY', secret: true, end: 'source' },
  bifrostUrl: { variable: 'BIFROST_URL', end: 'target', required: true },
  bifrostApiKey: { variable: 'BIFROST_API_KEY', secret: true, end: 'target' },
  defaultProvider: { variable: 'DEFAULT_PROVIDER', fallback: 'openai' },
  maxBudgetPeriod: { variable: 'MAX_BUDGET_PERIOD', fallback: '10Y' },
  dryRun: { variable: 'DRY_RUN', fallback: false },
  journal: { fallback: './migrate.db' },
  concurrency: { fallback: '8' },
  only: {},
  onCollision: { fallback: 'rename' },
  onExisting: { fallback: 'adopt' },
  organizationGates: { fallback: 'enforce' },
  zeroLimits: { fallback: 'block' },
  allModels: { fallback: 'everything' },
  expired: { fallback: 'skip' },
  routing: { fallback: true },
  requireOwner: { fallback: false },
  recreate: { fallback: false },
  update: { fallback: false },
  team: {},
  names: {},
  allowPrivateNetwork: { fallback: false },
  allowInsecureHttp: { fallback: false },
  rebind: { fallback: false },
  json: { fallback: false },
  quiet: { fallback: false },
  verbose: { fallback: false },
  yes: { fallback: false },
  debug: { fallback: false },
};

const KEYS = Object.keys(ENTRIES) as (keyof Settings)[];

const SETTINGS = z.object({
  litellmUrl: url,
  litellmMasterKey: secret,
  litellmConfig: z.string().nullable(),
  litellmDbUrl: databaseUrl.nullable(),
  litellmSaltKey: secret,
  bifrostUrl: url,
  bifrostApiKey: secret.nullable(),
  defaultProvider: z.string().regex(/^[a-z0-9][a-z0-9_.-]*$/i, 'is not the name of a provider'),
  maxBudgetPeriod: z
    .string()
    .refine(
      isBudgetPeriod,
      'is not a period Bifrost understands: a number with d, w, M (30 days) or Y (365 days), like 10Y, or hours like 720h; at most 292Y',
    ),
  dryRun: z.union([z.boolean(), z.string()]).transform(switchValue),
  journal: z.string().min(1, 'is empty'),
  concurrency: z
    .string()
    .refine(
      (text) => /^\d{1,2}$/.test(text) && Number(text) >= 1 && Number(text) <= 64,
      'is not a whole number from 1 to 64',
    )
    .transform(Number),
  only: z.string().transform(kindList).nullable(),
  onCollision: choice('rename', 'fail'),
  onExisting: choice('adopt', 'fail'),
  organizationGates: choice('enforce', 'ignore'),
  zeroLimits: choice('block', 'ignore'),
  allModels: choice('everything', 'migrated'),
  expired: choice('skip', 'inactive'),
  routing: z.boolean(),
  requireOwner: z.boolean(),
  recreate: z.boolean(),
  update: z.boolean(),
  team: z.string().transform(severalValues).nullable(),
  names: z.string().min(1, 'is empty').nullable(),
  allowPrivateNetwork: z.boolean(),
  allowInsecureHttp: z.boolean(),
  rebind: z.boolean(),
  json: z.boolean(),
  quiet: z.boolean(),
  verbose: z.boolean(),
  yes: z.boolean(),
  debug: z.boolean(),
}) satisfies z.ZodType<Settings>;

type Given = { readonly value: string | boolean | null; readonly origin: ValueOrigin; readonly name: string };

/**
 * Flags beat the environment, the environment beats defaults. An empty variable counts as unset.
 * Members of an end that is not required are empty strings or null.
 *
 * @throws MigrateError `config_missing` with everything that is missing, `usage` or `config_invalid` with everything that
 *   is wrong, `config_unreadable` for a `NAME_FILE` that cannot be read; exit code 2, nothing has been sent.
 */
export function loadSettings(
  flags: Flags,
  env: Environment,
  { requirements }: { readonly requirements: Requirements },
): { readonly settings: Settings; readonly origins: Origins } {
  const given = Object.fromEntries(KEYS.map((key) => [key, lookUp(key, flags, env, requirements)])) as Record<
    keyof Settings,
    Given
  >;
  demandAll(given, requirements);
  const saltKey = given.litellmSaltKey.value === '' ? given.litellmMasterKey.value : given.litellmSaltKey.value;
  const raw = { ...valuesOf(given), litellmSaltKey: saltKey };
  const parsed = SETTINGS.safeParse(raw);
  if (!parsed.success) throw invalid(parsed.error, given);
  const settings = parsed.data;
  if (!settings.allowInsecureHttp) refuseInsecure(settings);
  return { settings, origins: Object.fromEntries(KEYS.map((key) => [key, given[key].origin])) as Origins };
}

/** `litellmUrl` → `--litellm-url` */
export function flagName(key: string): string {
  return `--${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

function lookUp(key: keyof Settings, flags: Flags, env: Environment, requirements: Requirements): Given {
  const { variable, secret: isSecret, end, required, fallback } = ENTRIES[key];
  const empty = required || key === 'litellmSaltKey' ? '' : null;
  if (!isNeeded(end, requirements)) return { value: empty, origin: 'default', name: variable ?? flagName(key) };
  const flag = isSecret ? undefined : flags[key];
  if (flag !== undefined) return { value: flag, origin: 'flag', name: flagName(key) };
  // What is on by itself has a flag that switches it off.
  const off = `no${key.charAt(0).toUpperCase()}${key.slice(1)}`;
  if (fallback === true && flags[off] === true) return { value: false, origin: 'flag', name: flagName(off) };
  if (variable !== undefined) {
    const found = isSecret ? secretFrom(variable, env) : fromEnvironment(variable, env);
    if (found !== undefined) return found;
  }
  return { value: fallback ?? empty, origin: 'default', name: variable ?? flagName(key) };
}

function isNeeded(end: 'source' | 'target' | undefined, requirements: Requirements): boolean {
  return end === undefined || requirements === 'both' || requirements === end;
}

function fromEnvironment(variable: string, env: Environment): Given | undefined {
  const value = env[variable];
  return value === undefined || value === '' ? undefined : { value, origin: 'environment', name: variable };
}

function secretFrom(variable: string, env: Environment): Given | undefined {
  const direct = fromEnvironment(variable, env);
  const name = `${variable}_FILE`;
  const path = env[name];
  if (path === undefined || path === '') return direct;
  if (direct !== undefined)
    throw new MigrateError('config_invalid', `${variable} and ${name} are both set.`, 'Unset one of the two.');
  const value = readSecretFile(name, path);
  if (value === '')
    throw new MigrateError(
      'config_invalid',
      `The file named by ${name} is empty.`,
      `Put the value of ${variable} into it.`,
    );
  return { value, origin: 'file', name };
}

function readSecretFile(name: string, path: string): string {
  try {
    // Editors and `echo` end a file with a line break that is not part of the secret.
    return readFileSync(path, 'utf8').replace(/\r?\n$/, '');
  } catch (error) {
    throw new MigrateError(
      'config_unreadable',
      `The file named by ${name} cannot be read: ${reasonOf(error)}.`,
      `Correct ${name}.`,
      { cause: error },
    );
  }
}

/** One sentence for everything that is missing. */
function demandAll(given: Record<keyof Settings, Given>, requirements: Requirements): void {
  const missing: (keyof Settings)[] = KEYS.filter((key) => {
    const { required, end } = ENTRIES[key];
    return required === true && isNeeded(end, requirements) && given[key].value === '';
  });
  // The file may be left out when the database tells everything; whether it does is the source's to find out.
  const { litellmConfig, litellmDbUrl } = given;
  if (isNeeded('source', requirements) && litellmConfig.value === null && litellmDbUrl.value === null)
    missing.push('litellmConfig');
  if (missing.length === 0) return;
  missing.sort((a, b) => KEYS.indexOf(a) - KEYS.indexOf(b));
  const names = missing.map((key) => ENTRIES[key].variable ?? flagName(key));
  const withFlag = missing.filter((key) => ENTRIES[key].secret !== true).map(flagName);
  const withFile = missing
    .filter((key) => ENTRIES[key].secret === true)
    .map((key) => `${ENTRIES[key].variable ?? ''}_FILE`);
  const ways = [
    'Export them',
    ...(withFlag.length > 0 ? [`give ${list(withFlag)}`] : []),
    ...(withFile.length > 0 ? [`name a file in ${list(withFile)}`] : []),
  ];
  const unlessDatabase = missing.includes('litellmConfig')
    ? ' LITELLM_CONFIG may be left out when LITELLM_DB_URL is set.'
    : '';
  throw new MigrateError(
    'config_missing',
    `${list(names)} ${names.length === 1 ? 'is' : 'are'} not set.`,
    `${ways.join(', or ')}.${unlessDatabase}`,
  );
}

function invalid(error: z.ZodError, given: Record<keyof Settings, Given>): MigrateError {
  const wrong = error.issues.map((issue) => ({ from: given[issue.path[0] as keyof Settings], message: issue.message }));
  const sentence = wrong.map(({ from, message }) => `${from.name} ${message}`).join('; ');
  const code = wrong.every(({ from }) => from.origin === 'flag') ? 'usage' : 'config_invalid';
  return new MigrateError(code, `${sentence}.`, `Correct ${list([...new Set(wrong.map(({ from }) => from.name))])}.`);
}

function valuesOf(given: Record<keyof Settings, Given>): Record<string, string | boolean | null> {
  return Object.fromEntries(KEYS.map((key) => [key, given[key].value]));
}

function refuseInsecure({ litellmUrl, bifrostUrl }: Settings): void {
  const open = [litellmUrl, bifrostUrl].filter((text) => text !== '' && isPlainHttp(text));
  if (open.length === 0) return;
  throw new MigrateError(
    'usage',
    `Keys would travel unencrypted to ${list([...new Set(open)])}.`,
    'Use https://, or pass --allow-insecure-http when the network between is trusted.',
  );
}

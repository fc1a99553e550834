import * as z from 'zod';
import { MigrateError } from '../../errors.js';

/** Everything `migrate doctor` looks at, in the order of its output, and what each is called there. */
export const CHECK_TITLES = {
  node: 'Node.js',
  settings: 'settings',
  journal: 'journal',
  litellm: 'LiteLLM',
  master_key: 'master key',
  database: "LiteLLM's database",
  organizations: 'organizations',
  config: 'config file',
  deployments: 'deployments',
  salt_key: 'salt key',
  source_counts: 'source counts',
  bifrost: 'Bifrost',
  credentials: 'Bifrost credentials',
  abilities: 'Bifrost abilities',
  store: 'Bifrost store',
  users_api: 'users API',
  management_api: 'management API',
  inference: 'inference',
  contents: 'on Bifrost already',
  routing_rules: 'routing rules',
  variables_here: 'variables needed here',
  variables_of_bifrost: 'variables Bifrost needs',
  duration: 'duration',
  disk: 'free disk',
} as const satisfies Record<string, string>;

export type CheckId = keyof typeof CHECK_TITLES;
export const CHECK_IDS = Object.keys(CHECK_TITLES) as CheckId[];

/**
 *  ok    as it should be
 *  warn  a run goes through, and something is lost, dangerous or cannot be seen from here
 *  fail  a run would stop here, or read less than there is
 *  skip  could not be looked at, because of what is said
 */
export type Status = 'ok' | 'warn' | 'fail' | 'skip';

/** What a check has found; `error` says what a run would end with. */
export type Found =
  | {
      readonly id: CheckId;
      readonly status: Exclude<Status, 'fail'>;
      readonly detail: string;
      readonly next: string | null;
    }
  | { readonly id: CheckId; readonly status: 'fail'; readonly error: MigrateError };

/** What `migrate doctor --json` prints; `format` grows only when a member changes its meaning. */
export const DOCTOR_DOCUMENT = z.strictObject({
  command: z.literal('doctor'),
  format: z.literal(1),
  exitCode: z.number().int(),
  /** The command to type next. */
  next: z.string(),
  checks: z.array(
    z.strictObject({
      id: z.enum(CHECK_IDS),
      status: z.enum(['ok', 'warn', 'fail', 'skip']),
      title: z.string(),
      detail: z.string(),
      next: z.string().nullable(),
    }),
  ),
});
export type DoctorDocument = z.infer<typeof DOCTOR_DOCUMENT>;
export type Check = DoctorDocument['checks'][number];

export function ok(id: CheckId, detail: string): Found {
  return { id, status: 'ok', detail, next: null };
}

export function warn(id: CheckId, detail: string, next: string): Found {
  return { id, status: 'warn', detail, next };
}

export function fail(id: CheckId, error: MigrateError): Found {
  return { id, status: 'fail', error };
}

export function skip(id: CheckId, because: string): Found {
  return { id, status: 'skip', detail: because, next: null };
}

export function* skipAll(ids: readonly CheckId[], because: string): Generator<Found, void> {
  for (const id of ids) yield skip(id, because);
}

/** The result, or the reason why a run would stop; anything else that is thrown is a bug and passes through. */
export async function attempt<T>(work: () => T | Promise<T>): Promise<T | MigrateError> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof MigrateError) return error;
    throw error;
  }
}

/** `a, b, c and 4 more`: enough to find the place, one line all the same. */
export function several(names: readonly string[], most = 5): string {
  const shown = names.slice(0, most).map((name) => `"${name}"`);
  return names.length > most ? `${shown.join(', ')} and ${names.length - most} more` : shown.join(', ');
}

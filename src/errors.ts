/**
 * The closed set of reasons why a run stops, each with its exit code (docs/cli.md).
 * Anything that is not a MigrateError is a bug: exit code 1.
 */
const EXIT_CODES = {
  usage: 2,
  config_missing: 2,
  config_unreadable: 2,
  config_invalid: 2,
  target_too_old: 2,
  target_without_store: 2,
  source_unauthorized: 4,
  target_unauthorized: 4,
  salt_key_wrong: 4,
  source_unreachable: 5,
  target_unreachable: 5,
  source_unexpected: 5,
  target_unexpected: 5,
  database_unreachable: 5,
  journal_unusable: 10,
  journal_newer: 10,
  journal_foreign: 10,
  journal_other_ends: 10,
  journal_readable_by_others: 10,
  journal_locked: 11,
  interrupted: 130,
} as const satisfies Record<string, number>;

export type ErrorCode = keyof typeof EXIT_CODES;

/** A reason to stop the run: one sentence, and what to do next. Never carries a secret. */
export class MigrateError extends Error {
  override readonly name = 'MigrateError';
  readonly code: ErrorCode;
  /** What the operator types or changes next; one sentence. */
  readonly nextStep: string;

  constructor(code: ErrorCode, message: string, nextStep: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
    this.nextStep = nextStep;
  }

  get exitCode(): number {
    return EXIT_CODES[this.code];
  }
}

/** What went wrong, in a few words, for a sentence of ours: the message of an Error, or the value as text. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // undici and pg put the useful part ("connect ECONNREFUSED …") into the cause or an AggregateError.
  if (error instanceof AggregateError && error.errors.length > 0) return reasonOf(error.errors[0]);
  if (error.cause instanceof Error && /^(fetch failed|other side closed)?$/i.test(error.message))
    return reasonOf(error.cause);
  return error.message || error.name;
}

import type { Environment, Flags } from '../config.js';

/** What a command may use of the world; given by cli.ts, and by tests. */
export type CommandContext = {
  readonly flags: Flags;
  /** The word after the verb, of verbs that take one. */
  readonly argument?: string;
  readonly env: Environment;
  /** Results only. */
  readonly stdout: NodeJS.WriteStream;
  /** Everything a person reads meanwhile. */
  readonly stderr: NodeJS.WriteStream;
  /** Where questions are answered, when it is a terminal; absent = nobody is there to answer. */
  readonly stdin?: NodeJS.ReadStream;
  /** Aborted by the first SIGINT or SIGTERM. */
  readonly signal: AbortSignal;
  readonly toolVersion: string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** 0 ≤ x < 1. */
  readonly random: () => number;
};

/** One verb. Returns the exit code (docs/cli.md); throws MigrateError for what stops it. */
export type Command = (context: CommandContext) => Promise<number>;

/** Finished, but something failed, was skipped or carries a loss. */
export const EXIT_NOT_CLEAN = 3;
/** Stopped by a signal; cli.ts turns it into 143 for SIGTERM. */
export const INTERRUPTED = 130;

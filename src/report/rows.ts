import type { Severity } from '../findings.js';

/** What a report is made of: rows of the journal (report/read.ts), or of a dry run (commands/dry-run-rows.ts). */
export type JournalRows = {
  readonly toolVersion: string;
  readonly createdAt: string | null;
  /** Base URLs without credentials; null until a run reached them. */
  readonly sourceIdentity: string | null;
  readonly targetIdentity: string | null;
  /** Oldest first. */
  readonly runs: readonly RunRow[];
  readonly counts: readonly CountRow[];
  /** Every record that is not plainly written: pending, skipped, failed, incomplete or drifted. Any order. */
  readonly records: readonly RecordRow[];
  /** Any order. */
  readonly findings: readonly FindingRow[];
  /** Every deployment LiteLLM has, written or not. Any order. */
  readonly models: readonly ModelRow[];
  /** Writes that were sent without an answer being recorded. */
  readonly inDoubt: number;
};

export type RunRow = {
  readonly id: number;
  readonly command: string;
  readonly startedAt: string;
  readonly finishedAt: string | null;
  /** null = running now, or killed. */
  readonly outcome: 'complete' | 'interrupted' | 'stopped' | null;
  readonly error: string | null;
  readonly sourceVersion: string | null;
  readonly targetVersion: string | null;
  readonly intakeComplete: boolean;
};

/** read = created + adopted + skipped + failed + waiting. `incomplete` are among the created and adopted. */
export type CountRow = {
  readonly kind: string;
  readonly read: number;
  readonly created: number;
  readonly adopted: number;
  readonly skipped: number;
  readonly failed: number;
  readonly waiting: number;
  readonly incomplete: number;
};

export type RecordRow = {
  readonly kind: string;
  readonly id: string;
  readonly name: string;
  readonly status: 'pending' | 'written' | 'skipped' | 'failed';
  readonly reason: string | null;
  readonly message: string | null;
  readonly nextStep: string | null;
  readonly bifrostName: string | null;
  /** What a written record still lacks, one sentence each. */
  readonly missing: readonly string[];
  /** Fields that changed in LiteLLM since it was written; null = not drifted, empty = drifted, fields unknown. */
  readonly changedFields: readonly string[] | null;
};

export type FindingRow = {
  readonly code: string;
  readonly severity: Severity;
  readonly field: string;
  readonly message: string;
  /** null = about the source or the target as a whole. */
  readonly record: { readonly kind: string; readonly id: string; readonly name: string } | null;
};

/** A deployment as those see it who ask for it by name. */
export type ModelRow = {
  readonly id: string;
  /** What callers type; a pattern like `openai/*` stands for all that it matches. */
  readonly publicName: string;
  /** LiteLLM's own name of a team's deployment; else the public name. */
  readonly modelName: string;
  /** `litellm_params.model`; null when it is no text. */
  readonly modelString: string | null;
  /** The team whose callers alone mean it by that name; null = everybody. */
  readonly team: { readonly id: string; readonly name: string } | null;
  readonly status: RecordRow['status'];
  readonly reason: string | null;
  readonly message: string | null;
  readonly missing: readonly string[];
};

import type { Finding } from '../findings.js';
import type { RecordKey } from '../sources/records.js';
import type { ObjectKind } from '../target/objects.js';
import type { StageName } from '../stages/plan.js';

/** What the engine tells whoever is listening; it never prints. */
export type RunEvent =
  | { readonly type: 'note'; readonly message: string }
  | { readonly type: 'warning'; readonly message: string }
  | { readonly type: 'intake'; readonly kind: string; readonly count: number }
  | { readonly type: 'stage-started'; readonly stage: StageName; readonly total: number }
  /** `done` of `total` records of the stage have been worked through; `expectedMs` = estimate of what is left, null when unknown. */
  | {
      readonly type: 'stage-progress';
      readonly stage: StageName;
      readonly done: number;
      readonly total: number;
      readonly expectedMs: number | null;
    }
  | { readonly type: 'stage-finished'; readonly stage: StageName }
  | {
      readonly type: 'write';
      readonly kind: ObjectKind;
      readonly label: string;
      readonly result: 'planned' | 'created' | 'adopted' | 'updated' | 'failed' | 'skipped';
      readonly message: string | null;
    }
  | {
      readonly type: 'record';
      readonly key: RecordKey;
      readonly name: string;
      readonly status: 'written' | 'skipped' | 'failed' | 'waiting' | 'settled';
      readonly origin: 'created' | 'adopted' | null;
      readonly bifrostId: string | null;
      readonly bifrostName: string | null;
      readonly incomplete: boolean;
      readonly reason: string | null;
      readonly message: string | null;
      readonly findings: readonly Finding[];
    };

export type Listener = (event: RunEvent) => void;

export type RunSummary = {
  readonly runId: number;
  readonly outcome: 'complete' | 'interrupted' | 'stopped';
  readonly dryRun: boolean;
  /** Requests that change the gateway, as sent (0 in a dry run). */
  readonly writesSent: number;
  readonly counts: readonly {
    readonly kind: string;
    readonly read: number;
    readonly created: number;
    readonly adopted: number;
    readonly skipped: number;
    readonly failed: number;
    readonly waiting: number;
    readonly incomplete: number;
  }[];
};

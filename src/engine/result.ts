import type { Finding } from '../findings.js';
import type { WriteRow } from '../journal/writes.js';
import type { ObjectKind } from '../target/objects.js';

export type FailureClass = 'permanent' | 'exhausted' | 'conflict' | 'ambiguous';

/** What became of one planned write; shared by all records that planned it. */
export type WriteResult =
  | {
      readonly result: 'done';
      /** `kept`: was there and ours, nothing was sent. */
      readonly how: 'created' | 'adopted' | 'updated' | 'kept';
      readonly kind: ObjectKind;
      readonly name: string;
      readonly bifrostId: string;
      readonly origin: 'created' | 'adopted';
      readonly findings: readonly Finding[];
      /** What was changed, where the plan's own label says only what there should be. */
      readonly label?: string;
    }
  | { readonly result: 'skipped'; readonly reason: string; readonly message: string }
  /** An earlier run wrote it, somebody has deleted it since, and nothing was sent. */
  | { readonly result: 'gone'; readonly message: string; readonly nextStep: string }
  | {
      readonly result: 'failed';
      readonly failure: FailureClass;
      readonly code: string;
      readonly message: string;
      readonly nextStep: string;
    };

export type Failed = Extract<WriteResult, { result: 'failed' }>;
export type Gone = Extract<WriteResult, { result: 'gone' }>;

/** How a failure stands in `writes.reason`. */
export function failureReason(failure: FailureClass, code: string): string {
  return `${failure}:${code}`;
}

/** A write that failed or was left out in this run is so for every record that needs it; nothing is sent again. */
export function outcomeOfThisRun(
  row: WriteRow | undefined,
  action: WriteRow['action'],
  run: number,
): WriteResult | undefined {
  if (row === undefined || row.run !== run || row.action !== action) return undefined;
  const message = row.lastError ?? '';
  if (row.state === 'skipped') return { result: 'skipped', reason: row.reason ?? 'skipped', message };
  if (row.state !== 'failed') return undefined;
  const [failure = 'permanent', code = 'failed'] = (row.reason ?? '').split(':');
  return { result: 'failed', failure: failure as FailureClass, code, message, nextStep: row.nextStep ?? '' };
}

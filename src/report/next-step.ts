import type { CountRow, RunRow } from './rows.js';

export type NextStep = {
  /** Verb and options after `migrate`, without the journal. */
  readonly command: string;
  readonly why: string;
};

type Standing = {
  readonly lastRun: RunRow | null;
  readonly total: CountRow;
  readonly writtenKeys: number;
  readonly inDoubt: number;
};

/** What to type next, from where the journal stands. */
export function nextStep({ lastRun, total, writtenKeys, inDoubt }: Standing): NextStep {
  if (lastRun === null) return { command: 'run --dry-run', why: 'nothing has been migrated yet; see the plan first' };
  if (lastRun.command === 'rollback')
    return lastRun.outcome === 'complete'
      ? { command: 'run', why: 'what was written is rolled back; a run writes it anew' }
      : { command: 'rollback', why: 'the rollback did not finish' };
  if (lastRun.outcome !== 'complete' || inDoubt > 0) return { command: 'resume', why: 'the last run did not finish' };
  if (total.failed > 0)
    return { command: 'retry --failed', why: `${total.failed} failed; after fixing the cause, try them again` };
  if (total.waiting + total.incomplete > 0) {
    return {
      command: 'run',
      why: `${total.waiting + total.incomplete} still lack something; a run fills in what has become possible`,
    };
  }
  if (writtenKeys > 0) return { command: 'keys', why: 'callers need their new keys' };
  return { command: 'report', why: 'what was carried over, and what was not' };
}

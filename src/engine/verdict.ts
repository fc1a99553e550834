/**
 *  missing   planned, and not there
 *  wider     lets callers do more than planned
 *  changed   differs in something that is neither more nor less
 *  narrower  lets callers do less than planned
 */
export type Verdict = 'ok' | 'missing' | 'wider' | 'changed' | 'narrower';

/** Worst first. */
export const VERDICTS = ['wider', 'missing', 'changed', 'narrower', 'ok'] as const satisfies readonly Verdict[];

export function worstOf(verdicts: readonly Verdict[]): Verdict {
  return VERDICTS.find((verdict) => verdicts.includes(verdict)) ?? 'ok';
}

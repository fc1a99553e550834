/**
 * What a finding says about a migration:
 *  loss    something does not work, or is missing, on Bifrost;
 *  change  it works, but differently;
 *  notice  worth knowing, nothing lost.
 */
export type Severity = 'loss' | 'change' | 'notice';

/** One thing that was not carried over, or was carried over differently. Never contains a secret. */
export type Finding = {
  readonly code: string;
  readonly severity: Severity;
  /** The source field it is about, e.g. `max_parallel_requests`; empty when it is about the whole record. */
  readonly field: string;
  /** One sentence for a reader who was not there. */
  readonly message: string;
};

export function finding(severity: Severity, code: string, field: string, message: string): Finding {
  return { severity, code, field, message };
}

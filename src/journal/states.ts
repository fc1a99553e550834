/** Which states may follow which: the only place that knows (design: "legal transitions live in one pure table"). */

export const RECORD_STATES = ['pending', 'written', 'skipped', 'failed'] as const;
export type RecordState = (typeof RECORD_STATES)[number];

/**
 *  planned  intent committed, the outcome is unknown: in doubt
 *  found    was in doubt; an object of that name is on the gateway, not yet compared with what we meant to send. A kill may
 *           come before that: the next start looks again
 *  absent   was in doubt; certainly not on the gateway
 *  done     on the gateway, id known
 *  failed   cannot be carried out as things stand (an object whose update failed keeps its id)
 *  skipped  left out on purpose: a refusal the plan tolerates
 *  removed  rolled back: deleted by this journal, or found gone when it was to be deleted or created again
 */
export const WRITE_STATES = ['planned', 'found', 'absent', 'done', 'failed', 'skipped', 'removed'] as const;
export type WriteState = (typeof WRITE_STATES)[number];

/** A written record stays written whatever happens later (mapping.md R2, R4); all others may become anything. */
export const RECORD_TRANSITIONS = {
  pending: ['pending', 'written', 'skipped', 'failed'],
  failed: ['pending', 'written', 'skipped', 'failed'],
  skipped: ['pending', 'written', 'skipped', 'failed'],
  written: ['written'],
} as const satisfies Record<RecordState, readonly RecordState[]>;

/** A rollback makes a record whose objects it has deleted as new, `--recreate` one whose object somebody has; nothing else does. */
export const ROLLBACK_TRANSITIONS = {
  pending: ['pending'],
  failed: ['pending'],
  skipped: ['pending'],
  written: ['pending'],
} as const satisfies Record<RecordState, readonly RecordState[]>;

/** What is in doubt may not be left out: it may be on the gateway. `planned` again = the next attempt of the same write. */
export const WRITE_TRANSITIONS = {
  new: ['planned', 'done', 'failed'],
  planned: ['planned', 'found', 'absent', 'done', 'failed', 'skipped', 'removed'],
  found: ['found', 'absent', 'done', 'failed'],
  absent: ['planned', 'done', 'failed'],
  done: ['planned', 'done', 'failed', 'removed'],
  failed: ['planned', 'done', 'failed', 'removed'],
  skipped: ['planned', 'done', 'failed'],
  removed: ['planned', 'done', 'failed'],
} as const satisfies Record<WriteState | 'new', readonly WriteState[]>;

/** @throws Error (a bug of ours, exit code 1) when the table has no such transition. */
export function assertRecordMove(from: RecordState, to: RecordState): void {
  if (!(RECORD_TRANSITIONS[from] as readonly RecordState[]).includes(to)) throw illegal('record', from, to);
}

export function assertWriteMove(from: WriteState | 'new', to: WriteState): void {
  if (!(WRITE_TRANSITIONS[from] as readonly WriteState[]).includes(to)) throw illegal('write', from, to);
}

/** Every UPDATE names the state it expects; a row that is not in it was changed behind our back. */
export function assertMoved(changes: number, what: string): void {
  if (changes !== 1)
    throw new Error(`journal: ${what} was not in the state it was expected in (${changes} rows changed)`);
}

function illegal(what: string, from: string, to: string): Error {
  return new Error(`journal: a ${what} cannot go from ${from} to ${to}`);
}

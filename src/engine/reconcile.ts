import { failpoint } from '../failpoint.js';
import { finding } from '../findings.js';
import type { RecordRow } from '../journal/record-queries.js';
import type { Settlement, WriteRow } from '../journal/writes.js';
import type { RecordKind } from '../sources/records.js';
import { isListed, secondLookAfter } from './look.js';
import { failureReason } from './result.js';
import { pause, type RunState } from './run-state.js';

/** More than so many are cheaper to look up in one reading of the whole gateway: one search may take 650 ms (B§13.3). */
const SEARCHES = 8;

/**
 * Settles every write whose outcome nobody recorded, before anything new is sent: found on the gateway, or certainly not
 * there. Whether a found one is what was meant is decided when it is planned again, because only then its body is known.
 */
export async function reconcile(state: RunState): Promise<void> {
  const doubtful = state.journal.writes.inDoubt();
  if (doubtful.length === 0) return;
  state.tell({ type: 'note', message: `${doubtful.length} write(s) of an earlier run in doubt: asking Bifrost` });
  failpoint('reconcile.before'); // FAILPOINT
  const missing = doubtful.filter((row) => !settleFromSnapshot(state, row));
  if (missing.length > 0) await lookAgain(state, missing);
  state.journal.commits.flush();
  failpoint('reconcile.after'); // FAILPOINT
}

async function lookAgain(state: RunState, missing: readonly WriteRow[]): Promise<void> {
  const { capabilities } = state.target;
  failpoint('look.again', 'reconcile'); // FAILPOINT
  await pause(state, Math.max(...missing.map(({ kind }) => secondLookAfter(kind, capabilities))));
  const many = missing.filter(({ kind, name }) => isListed(kind, name)).length > SEARCHES;
  if (many) state.snapshot = await state.target.snapshot();
  for (const row of missing) {
    if (!many || !isListed(row.kind, row.name)) await refresh(state, row);
    if (!settleFromSnapshot(state, row)) settleAbsent(state, row);
  }
}

async function refresh(state: RunState, { kind, name, hint }: WriteRow): Promise<void> {
  for (const object of await state.target.find(kind, name, hint)) state.snapshot.put(object);
}

/** false = not in the snapshot. */
function settleFromSnapshot(state: RunState, row: WriteRow): boolean {
  const found = state.snapshot.find(row.kind, row.name);
  if (row.action !== 'create') {
    // A change that may or may not have been made is planned again from what is there, and a deletion that was not is a
    // rollback's to repeat: only the object must exist.
    if (row.bifrostId === null || state.snapshot.byId(row.kind, row.bifrostId) === undefined) return false;
    settle(state, row, { state: 'done' });
    return true;
  }
  const [object] = found;
  if (object === undefined) return false;
  if (found.length === 1) settle(state, row, { state: 'found', bifrostId: object.id });
  else
    settle(state, row, {
      state: 'failed',
      reason: failureReason('ambiguous', 'several_found'),
      lastError: `${found.length} objects on Bifrost have this name`,
      nextStep: 'Delete or rename all but one of them on Bifrost, then type `migrate retry --failed`.',
    });
  return true;
}

/** What was to be changed and is not there was deleted by somebody: that is found out for all objects together. */
function settleAbsent(state: RunState, row: WriteRow): void {
  if (row.action === 'delete') return settleRemoved(state, row);
  if (row.action === 'update' && row.bifrostId !== null && isListed(row.kind, row.name))
    return settle(state, row, { state: 'done' });
  settle(state, row, { state: 'absent', bifrostId: null, origin: null });
}

/** The rollback that sent it did not live to see it: its records are to be written anew. */
function settleRemoved(state: RunState, row: WriteRow): void {
  settle(state, row, { state: 'removed', bifrostId: null, origin: null, bodies: '[]', shown: null });
  state.journal.records.rolledBack(row);
}

function settle({ journal }: RunState, row: WriteRow, settlement: Settlement): void {
  journal.writes.settle(row, settlement);
  failpoint('reconcile.settled', `${row.kind} ${settlement.state}`); // FAILPOINT
}

/**
 * Records LiteLLM no longer shows (mapping.md R4): reported, never deleted on Bifrost, not planned any more. One that was
 * never written is skipped; one whose object is there after all counts as written.
 */
export function settleVanished(state: RunState, kinds: readonly RecordKind[]): void {
  const { journal, run } = state;
  for (const row of journal.queries.vanished(kinds, run)) {
    const there = objectOf(state, row);
    journal.findings.replace(row.seq, 'intake', run, [vanishedFinding(row, there !== undefined)]);
    if (row.status === 'written') continue;
    if (there !== undefined) journal.records.written(row, there);
    else if (row.reason !== 'vanished')
      journal.records.skipped(row, { reason: 'vanished', message: 'no longer in LiteLLM before it was written' });
  }
  journal.commits.flush();
}

/** What the journal wrote for a record without having recorded it on the record itself. */
export function objectOf(
  state: RunState,
  row: RecordRow,
): Parameters<RunState['journal']['records']['written']>[1] | undefined {
  const { bifrostKind: kind, bifrostName: name } = row;
  if (kind === null || name === null) return undefined;
  const write = state.journal.writes.get(kind, name);
  if (write === undefined || write.bifrostId === null) return undefined;
  const origin = write.origin ?? 'created';
  return { kind, name, bifrostId: write.bifrostId, origin, missing: [], detail: {} };
}

function vanishedFinding(row: RecordRow, there: boolean) {
  const onBifrost = there || row.status === 'written';
  return finding(
    'notice',
    'vanished',
    '',
    onBifrost
      ? 'No longer in LiteLLM; what was written for it stays on Bifrost.'
      : 'No longer in LiteLLM; nothing was written for it.',
  );
}

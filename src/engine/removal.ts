import { failpoint } from '../failpoint.js';
import type { NewWrite, WriteRow } from '../journal/writes.js';
import { deletePath } from '../target/delete-path.js';
import type { TargetObject } from '../target/objects.js';
import { Attempts, giveUp } from './attempts.js';
import { isListed } from './look.js';
import type { Outcome } from './outcome.js';
import type { RollbackEvent } from './rollback.js';
import type { Removal } from './rollback-plan.js';
import { checkGoing, type RunState } from './run-state.js';
import { send } from './send.js';

type Due = Extract<Removal, { verdict: 'delete' }>;
type Kept = Extract<Removal, { verdict: 'keep' }>;

/** Deletes objects by the write protocol, and tells what became of each. */
export class Remover {
  readonly #state: RunState;
  readonly #tell: (event: RollbackEvent) => void;

  constructor(state: RunState, tell: (event: RollbackEvent) => void) {
    this.#state = state;
    this.#tell = tell;
  }

  kept({ row, reason, message }: Kept): void {
    this.#tell({ ...about(row), result: 'kept', reason, message });
  }

  /** Nobody needs to delete it. */
  gone(row: WriteRow): void {
    this.#forget(row);
    this.#tell({ ...about(row), result: 'gone', reason: null, message: null });
  }

  /**
   * One after the other; their intents share a commit. Returns what could not be deleted.
   *
   * @throws Interrupted, MigrateError: what was not sent is as it was, what was sent without an answer is in doubt.
   */
  async remove(due: readonly Due[]): Promise<readonly TargetObject[]> {
    const intended = due.map(({ row, object }) => ({ row: this.#intend(row, object), object, sent: { yes: false } }));
    await this.#state.journal.commits.durable();
    const left: TargetObject[] = [];
    const waiting = [...intended];
    try {
      for (let next = waiting[0]; next !== undefined; next = waiting[0]) {
        if (!(await this.#removeOne(next.row, next.object, next.sent))) left.push(next.object);
        waiting.shift();
      }
      return left;
    } catch (error) {
      for (const { row, sent } of waiting) if (!sent.yes) this.#settle(row, { state: 'done' });
      throw error;
    }
  }

  /** `planned`, with the id: a kill from here on leaves a deletion in doubt, which reading settles. */
  #intend(given: WriteRow, object: TargetObject): WriteRow {
    const { writes } = this.#state.journal;
    const { run } = this.#state;
    const { kind, name, label, payloadFingerprint, bodies = '[]', hint } = given;
    const write: NewWrite = { kind, name, label, payloadFingerprint, bodies, hint, action: 'delete', run };
    // One in doubt that turned out to be ours has no id yet.
    const known =
      given.origin === 'created'
        ? given
        : writes.settle(given, { state: 'done', bifrostId: object.id, origin: 'created' });
    return writes.intent(write, known);
  }

  /** false = it is still there. */
  async #removeOne(row: WriteRow, object: TargetObject, sent: { yes: boolean }): Promise<boolean> {
    // The limits of a virtual key have gone with it (B§5.9).
    if (!isListed(row.kind, row.name) && (await this.#isGone(row, object))) return this.#removed(row);
    const attempts = new Attempts(this.#state);
    let last: Outcome | undefined;
    while (attempts.left) {
      last = await this.#sendOnce(row, object, sent);
      // 200 for what is not there, 404 for what is gone, 500 for what was locked: the gateway itself knows best (B§3.1, §8).
      if (last.kind === 'done' || (await this.#isGone(row, object))) return this.#removed(row);
      if (last.kind === 'refused') break;
      await attempts.wait(last);
    }
    return this.#failed(row, last);
  }

  #sendOnce(row: WriteRow, object: TargetObject, sent: { yes: boolean }): Promise<Outcome> {
    return this.#state.pool.run('exclusive', async () => {
      checkGoing(this.#state);
      sent.yes = true;
      const path = deletePath(object, this.#state.target.capabilities);
      return (await send(this.#state, row, { method: 'DELETE', path, body: null })).outcome;
    });
  }

  async #isGone({ kind, hint }: WriteRow, object: TargetObject): Promise<boolean> {
    const where = object.kind === 'provider_key' ? { ...hint, provider: object.provider } : hint;
    return (await this.#state.target.get(kind, object.id, where)) === undefined;
  }

  #removed(row: WriteRow): true {
    this.#state.exhausted = 0;
    this.#forget(row);
    this.#tell({ ...about(row), result: 'deleted', reason: null, message: null });
    return true;
  }

  #failed(row: WriteRow, outcome: Outcome | undefined): false {
    const message = outcome?.message ?? 'no attempt was made';
    const refused = outcome?.kind === 'refused';
    if (outcome !== undefined && !refused) giveUp(this.#state, outcome);
    this.#settle(row, { state: 'done', lastError: `not deleted: ${message}` });
    this.#tell({
      ...about(row),
      result: 'failed',
      reason: null,
      message: refused ? `Bifrost refuses to delete it: ${message}` : `Bifrost did not delete it: ${message}`,
    });
    return false;
  }

  /** The object is certainly not there any more: the records it stood for are as new, in the same commit. */
  #forget(row: WriteRow): void {
    const { records } = this.#state.journal;
    failpoint('settle.before', `${row.kind} removed`); // FAILPOINT
    const was = row.origin === 'created';
    if (was) this.#settle(row, { state: 'removed', bifrostId: null, origin: null, bodies: '[]', shown: null });
    else if (row.state === 'planned' || row.state === 'found') this.#settle(row, { state: 'absent', bifrostId: null });
    records.rolledBack(row);
    failpoint('settle.after', `${row.kind} removed`); // FAILPOINT
  }

  #settle(row: WriteRow, settlement: Parameters<RunState['journal']['writes']['settle']>[1]): void {
    this.#state.journal.writes.settle({ ...row, action: row.action, run: this.#state.run }, settlement);
  }
}

function about({ kind, name, label }: WriteRow): Pick<RollbackEvent, 'kind' | 'name' | 'label'> {
  return { kind, name, label };
}

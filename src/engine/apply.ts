import type { PlannedWrite } from '../stages/plan.js';
import { create, type Tie } from './creation.js';
import type { RunEvent } from './events.js';
import { outcomeOfThisRun, type WriteResult } from './result.js';
import type { RunState } from './run-state.js';
import { update } from './update.js';

/**
 * Carries out planned writes, each (kind, name) once at a time: records that plan the same object share one request and
 * its outcome. What was settled earlier is in the journal, so only writes under way are kept here.
 */
export class Applier {
  readonly #state: RunState;
  readonly #underWay = new Map<string, UnderWay>();

  constructor(state: RunState) {
    this.#state = state;
  }

  /** @throws Interrupted, MigrateError when the run has to stop. */
  async apply(write: PlannedWrite, tie: Tie): Promise<WriteResult> {
    const key = `${write.kind}\n${write.name}`;
    for (let other = this.#underWay.get(key); other !== undefined; other = this.#underWay.get(key)) {
      if (other.action === 'create' && write.action === 'create') return this.#share(write, await other.result, tie);
      // An update is a change of its own: one after the other, each reading what the last has left.
      await other.result.catch(() => undefined);
    }
    const mine = { action: write.action, result: this.#carryOut(write, tie) };
    this.#underWay.set(key, mine);
    try {
      return await mine.result;
    } finally {
      this.#underWay.delete(key);
    }
  }

  async #carryOut(write: PlannedWrite, tie: Tie): Promise<WriteResult> {
    const told = this.#isTold(write);
    const result =
      write.action === 'create' ? await create(this.#state, write, tie) : await update(this.#state, write, tie);
    if (!told) this.#announce(write, result);
    // What was settled just now has told the record already.
    return told || result.result !== 'done' || result.how === 'kept' ? this.#share(write, result, tie) : result;
  }

  /** Its outcome was announced in this run for another record. A virtual key is one record's own. */
  #isTold({ kind, name, action }: PlannedWrite): boolean {
    if (kind === 'virtual_key') return false;
    return outcomeOfThisRun(this.#state.journal.writes.get(kind, name), action, this.#state.run) !== undefined;
  }

  #share({ kind, name }: PlannedWrite, result: WriteResult, tie: Tie): WriteResult {
    const row = this.#state.journal.writes.get(kind, name);
    if (row !== undefined) tie.settled(row);
    return result;
  }

  #announce({ kind, label }: PlannedWrite, result: WriteResult): void {
    const word = wordFor(result, this.#state.dry);
    if (word === null) return;
    const message = result.result === 'done' ? null : result.message;
    const said = result.result === 'done' ? (result.label ?? label) : label;
    this.#state.tell({ type: 'write', kind, label: said, result: word, message });
  }
}

type UnderWay = { readonly action: PlannedWrite['action']; readonly result: Promise<WriteResult> };

type Word = Extract<RunEvent, { type: 'write' }>['result'];

/** null = nothing happened worth a line. */
function wordFor(result: WriteResult, dry: boolean): Word | null {
  if (result.result === 'gone') return null;
  if (result.result !== 'done') return result.result;
  if (result.how === 'kept') return null;
  return dry && result.how !== 'adopted' ? 'planned' : result.how;
}

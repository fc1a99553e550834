import { failpoint } from '../failpoint.js';
import type { NewWrite, WriteRow } from '../journal/writes.js';
import type { UpdateWrite } from '../stages/plan.js';
import type { Body, ObjectKind, TargetObject } from '../target/objects.js';
import { Attempts, giveUp } from './attempts.js';
import { canonical } from './canonical.js';
import type { Tie } from './creation.js';
import { changesOf } from './foreign-changes.js';
import type { Outcome } from './outcome.js';
import { failureReason, outcomeOfThisRun, type FailureClass, type WriteResult } from './result.js';
import { checkGoing, type RunState } from './run-state.js';
import { send } from './send.js';
import { shownOf } from './shown.js';

/**
 * Changes one object: read it, let the plan say what the whole PUT is, send, and read again until nothing is left to
 * change. A PUT is repeatable, so doubt is settled by starting over. Nothing else is in flight meanwhile (B§8).
 */
export async function update(state: RunState, write: UpdateWrite, tie: Tie): Promise<WriteResult> {
  const failed = outcomeOfThisRun(state.journal.writes.get(write.kind, write.name), 'update', state.run);
  if (failed !== undefined) return failed;
  return state.pool.run('exclusive', () => new Change(state, write, tie).carryOut());
}

class Change {
  readonly #state: RunState;
  readonly #write: UpdateWrite;
  readonly #tie: Tie;
  #row: WriteRow | undefined;

  constructor(state: RunState, write: UpdateWrite, tie: Tie) {
    this.#state = state;
    this.#write = write;
    this.#tie = tie;
    this.#row = state.journal.writes.get(write.kind, write.name);
  }

  async carryOut(): Promise<WriteResult> {
    const attempts = new Attempts(this.#state);
    let last: Outcome | undefined;
    while (attempts.left) {
      checkGoing(this.#state);
      const current = await this.#read();
      failpoint('update.read', this.#write.kind); // FAILPOINT
      if (current === undefined) return this.#gone();
      const body = this.#write.body(current);
      if (body === null) return this.#done(current, last === undefined ? 'kept' : 'updated');
      const clobbered = last === undefined ? this.#clobbered(current) : undefined;
      if (clobbered !== undefined) return clobbered;
      if (last?.kind === 'done')
        return this.#state.dry || this.#write.unseen === true ? this.#done(current, 'updated') : this.#echoDiffers();
      last = await this.#sendOnce(body, current);
      if (last.kind === 'refused') return this.#refused(last.message);
      if (last.kind === 'exists') return this.#refused(`a name is taken: ${last.message}`, 'conflict');
      if (last.kind !== 'done') await attempts.wait(last);
    }
    return this.#exhausted(last);
  }

  /** What a PUT would undo of somebody else's work: then it is not sent. undefined = nothing. */
  #clobbered(current: TargetObject): WriteResult | undefined {
    const row = this.#row;
    if (row?.origin !== 'created' || !OVERWRITTEN[row.kind]) return undefined;
    const changes = changesOf(this.#state, row, current).filter(({ field }) => OVERWRITTEN[row.kind]?.test(field));
    if (changes.length === 0) return undefined;
    const fields = changes.map(({ field }) => field).join(', ');
    return this.#failed(
      'conflict',
      'changed_on_target',
      `it was changed on Bifrost since it was written (${fields}), so it is left as it is`,
      'Change it on Bifrost by hand as the report says, or put back what was changed, then type `migrate run`.',
    );
  }

  async #sendOnce(body: Body, current: TargetObject): Promise<Outcome> {
    const { journal } = this.#state;
    const before = this.#row ?? this.#known(current, body);
    this.#row = journal.writes.intent(this.#intended(body), before);
    this.#tie.intended(this.#row);
    await journal.commits.durable();
    return (await send(this.#state, this.#row, { method: 'PUT', path: this.#write.path, body })).outcome;
  }

  /** An object that this journal never wrote itself: it was there before, so it counts as adopted. */
  #known(object: TargetObject, body: Body): WriteRow {
    const settlement = { state: 'done', bifrostId: object.id, origin: 'adopted' } as const;
    return this.#state.journal.writes.settleUnsent(this.#intended(body), undefined, settlement);
  }

  #read(): Promise<TargetObject | undefined> {
    const { kind, id, hint } = this.#write;
    return this.#state.target.get(kind, id, hint);
  }

  #done(object: TargetObject, how: 'kept' | 'updated'): WriteResult {
    this.#state.snapshot.put(object);
    this.#state.exhausted = 0;
    const row = this.#row;
    const origin = row?.origin ?? 'adopted';
    if (row !== undefined && (row.state !== 'done' || how === 'updated'))
      this.#settle({ state: 'done', bifrostId: object.id, origin, ...this.#left(row, object, how) });
    const { kind, name } = this.#write;
    return { result: 'done', how, kind, name, bifrostId: object.id, origin, findings: [] };
  }

  #gone(): WriteResult {
    return this.#failed(
      'permanent',
      'object_gone',
      'the object is no longer on Bifrost',
      'Restore it on Bifrost, or start a new journal with --journal.',
    );
  }

  #echoDiffers(): WriteResult {
    return this.#failed(
      'permanent',
      'echo_differs',
      'Bifrost answered that it was changed, but it was not',
      'Change it on Bifrost by hand; `migrate report` says what is missing.',
    );
  }

  #refused(message: string, failure: FailureClass = 'permanent'): WriteResult {
    this.#state.exhausted = 0;
    return this.#failed(
      failure,
      'refused',
      `Bifrost refuses the change: ${message}`,
      'Correct what the message names, then type `migrate run`.',
    );
  }

  #exhausted(outcome: Outcome | undefined): WriteResult {
    if (outcome !== undefined) giveUp(this.#state, outcome);
    return this.#failed(
      'exhausted',
      'attempts_exhausted',
      `Bifrost did not carry out the change: ${outcome?.message ?? 'no attempt was made'}`,
      'Look at the log of the gateway, then type `migrate run`.',
    );
  }

  #failed(failure: FailureClass, code: string, message: string, nextStep: string): WriteResult {
    if (this.#row !== undefined)
      this.#settle({
        state: 'failed',
        bifrostId: this.#row.bifrostId,
        origin: this.#row.origin,
        reason: failureReason(failure, code),
        lastError: message,
        nextStep,
      });
    return { result: 'failed', failure, code, message, nextStep };
  }

  #settle(settlement: Parameters<RunState['journal']['writes']['settle']>[1]): void {
    if (this.#row === undefined) return;
    failpoint('settle.before', `${this.#write.kind} update ${settlement.state}`); // FAILPOINT
    this.#row = this.#state.journal.writes.settle(this.#row, settlement);
    this.#tie.settled(this.#row);
    failpoint('settle.after', `${this.#write.kind} update ${settlement.state}`); // FAILPOINT
  }

  #intended(body: Body): NewWrite {
    const { kind, name, label, hint = {} } = this.#write;
    const payloadFingerprint = this.#state.journal.fingerprint(canonical(body));
    const bodies = bodiesAfter(this.#row?.bodies, body);
    return { kind, name, label, action: 'update', payloadFingerprint, bodies, hint, run: this.#state.run };
  }

  /** The change was made: of the bodies the object may have been left with only the last is left. */
  #left(row: WriteRow, object: TargetObject, how: 'kept' | 'updated'): { bodies?: string; shown?: string | null } {
    if (how !== 'updated') return {};
    const last = (JSON.parse(row.bodies ?? '[]') as Body[]).slice(-1);
    return { bodies: canonical(last), shown: shownOf(this.#state.journal, object) };
  }
}

/** Fields that a PUT of this kind replaces whatever is there (B§4.4, §5.7, §5.8); the others only get what they lack. */
const OVERWRITTEN: { readonly [K in ObjectKind]?: RegExp } = {
  provider_key: /^(value$|\w+_key_config)/,
  routing_rule: /^(cel_expression|targets|fallbacks|enabled)/,
  pricing_override: /^patch/,
};

/** A PUT keeps what it leaves out, but for members of a key that every plan sends (B§4.4, §5.4, §5.5). */
function bodiesAfter(before: string | undefined, put: Body): string {
  const bodies = JSON.parse(before ?? '[]') as Body[];
  const { budget, ...rest } = bodies.at(-1) ?? {};
  const noBudget = Array.isArray(put['budgets']) && put['budgets'].length === 0;
  return canonical([
    ...bodies,
    { ...rest, ...(!noBudget && budget !== undefined && { budget }), ...put, ...ownerIn(put) },
  ]);
}

/** Setting one owner clears the other (B§5.5). */
function ownerIn({ team_id: team, customer_id: customer }: Body): Body {
  return team === undefined && customer === undefined ? {} : { team_id: team ?? null, customer_id: customer ?? null };
}

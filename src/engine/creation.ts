import { failpoint } from '../failpoint.js';
import { finding, type Finding } from '../findings.js';
import type { NewWrite, WriteRow } from '../journal/writes.js';
import type { CreateWrite } from '../stages/plan.js';
import type { Difference, TargetObject } from '../target/objects.js';
import { Attempts, giveUp } from './attempts.js';
import { canonical } from './canonical.js';
import { follow } from './follow.js';
import { Interrupted } from './interrupted.js';
import { PLANNED_ID } from './planned-object.js';
import { lookFor, namesAreUnique } from './look.js';
import type { Outcome } from './outcome.js';
import { failureReason, outcomeOfThisRun, type FailureClass, type WriteResult } from './result.js';
import { checkGoing, type RunState } from './run-state.js';
import { send, shareOf } from './send.js';
import { shownOf } from './shown.js';
import { goneKey } from './target-truth.js';

/** How the record that plans a write learns of its row; both are called in the transaction of the change itself. */
export type Tie = {
  /** Before anything is sent: the object's name belongs to the record from now on. */
  readonly intended: (row: WriteRow) => void;
  readonly settled: (row: WriteRow) => void;
};

/**
 * One object to exist, by the write protocol of docs/architecture.md: what the journal knows to be done is not done again;
 * what is on the gateway is compared, and is ours, adopted or a conflict; else intent, send, confirm or settle by reading.
 */
export async function create(state: RunState, write: CreateWrite, tie: Tie): Promise<WriteResult> {
  const creation = new Creation(state, write, tie);
  if (state.update && isShared(write)) state.planned.add(goneKey(write.kind, write.name));
  return (await creation.known()) ?? (await creation.there()) ?? creation.send();
}

class Creation {
  readonly #state: RunState;
  readonly #write: CreateWrite;
  readonly #tie: Tie;
  readonly #intended: NewWrite;
  #row: WriteRow | undefined;
  /** An object of this name on the gateway may be the trace of a request of ours. */
  #mayBeOurs: boolean;

  constructor(state: RunState, write: CreateWrite, tie: Tie) {
    this.#state = state;
    this.#write = write;
    this.#tie = tie;
    const { kind, name, label, body, hint = {} } = write;
    const payloadFingerprint = state.journal.fingerprint(canonical(body));
    const bodies = `[${canonical(body)}]`;
    this.#intended = { kind, name, label, action: 'create', payloadFingerprint, bodies, hint, run: state.run };
    this.#row = state.journal.writes.get(kind, name);
    this.#mayBeOurs = mayBeOurs(this.#row);
  }

  /** What the journal says about it; undefined when it says nothing that still holds. */
  async known(): Promise<WriteResult | undefined> {
    const row = this.#row;
    if (row === undefined) return undefined;
    const again = outcomeOfThisRun(row, 'create', this.#state.run);
    if (again !== undefined) return again;
    if (this.#isStillLeftOut(row))
      return { result: 'skipped', reason: row.reason ?? 'skipped', message: row.lastError ?? '' };
    if (row.bifrostId === null || row.origin === null) return undefined;
    const object = await this.#byId(row.bifrostId);
    if (object === undefined) return this.#gone(row);
    if (row.origin === 'adopted') return this.#kept(row, object, this.#adoptionFindings(object));
    if (row.state === 'failed' && row.action === 'create') return this.#confirm(object);
    const changed = row.payloadFingerprint !== this.#intended.payloadFingerprint;
    if (changed && this.#state.update) return follow(this.#state, this.#write, row, object, this.#tie);
    return this.#kept(row, object, changed ? this.#differences(object).map(staleFinding) : []);
  }

  /** Deleted on the gateway since. Somebody meant it, so it is not made again unless it is asked for. */
  #gone({ kind, name }: WriteRow): WriteResult | undefined {
    if (this.#state.recreate) return undefined;
    return {
      result: 'gone',
      message: `the ${kind.replaceAll('_', ' ')} "${name}" was deleted on Bifrost since an earlier run wrote it`,
      nextStep: 'Type `migrate run --recreate` to have it created again.',
    };
  }

  /** The object is on the gateway already, as far as the snapshot knows. */
  async there(): Promise<WriteResult | undefined> {
    const { kind, name, hint = {}, unlisted } = this.#write;
    const listed = this.#state.snapshot.find(kind, name);
    // What a dry run only plans is not there to be asked for.
    const wasFound = this.#row?.state === 'found';
    const ask = listed.length === 0 && (unlisted === true || wasFound) && !name.includes(PLANNED_ID);
    const found = ask ? await this.#state.target.find(kind, name, hint) : listed;
    if (found.length > 0) return this.#judge(found);
    // Somebody has deleted it since it was found.
    if (wasFound) this.#settle({ state: 'absent', bifrostId: null });
    return undefined;
  }

  async send(): Promise<WriteResult> {
    const attempts = new Attempts(this.#state);
    let last: Outcome | undefined;
    while (attempts.left) {
      const sent = await this.#sendOnce();
      const { outcome } = sent;
      last = outcome;
      if (outcome.kind === 'refused') return (await this.#landedBefore()) ?? this.#refused(outcome.message);
      const settled =
        sent.object === undefined ? await this.#settleByReading(outcome) : await this.#created(sent.object);
      if (settled !== undefined) return settled;
      await attempts.wait(outcome);
    }
    return this.#exhausted(last);
  }

  async #sendOnce(): Promise<{ outcome: Outcome; object: TargetObject | undefined }> {
    const { path, body, kind, hint } = this.#write;
    const before = this.#row;
    const row = this.#intend();
    await this.#state.journal.commits.durable();
    let started = false;
    try {
      return await this.#state.pool.run(shareOf(kind, 'POST'), async () => {
        checkGoing(this.#state);
        started = true;
        const { outcome, json } = await send(this.#state, row, { method: 'POST', path, body });
        const object = outcome.kind === 'done' ? this.#state.target.parse(kind, json, hint) : undefined;
        if (outcome.kind === 'done' && object === undefined)
          return { outcome: { kind: 'unknown', message: 'the answer does not show the object' } as const, object };
        return { outcome, object };
      });
    } catch (error) {
      // Committed but never sent: certainly not there, unless an earlier attempt was in doubt.
      if (error instanceof Interrupted && !started && !mayBeOurs(before)) this.#settle({ state: 'absent' });
      throw error;
    }
  }

  #intend(): WriteRow {
    const { journal } = this.#state;
    this.#row = journal.writes.intent(this.#intended, this.#row);
    this.#tie.intended(this.#row);
    return this.#row;
  }

  /** An earlier request of ours that landed after we had given it up may be what this one runs into: a rule's priority, say. */
  async #landedBefore(): Promise<WriteResult | undefined> {
    if (!this.#mayBeOurs) return undefined;
    const { kind, name, hint = {} } = this.#write;
    const found = await this.#state.target.find(kind, name, hint);
    return found.length === 0 ? undefined : this.#judge(found);
  }

  /** Exists and unknown are settled by reading. undefined = not there: it may be sent again. */
  async #settleByReading(outcome: Outcome): Promise<WriteResult | undefined> {
    checkGoing(this.#state);
    // Nothing was carried out, and nobody says the name is taken.
    if (outcome.kind === 'retry' && outcome.locked !== true && !this.#mayBeOurs) return undefined;
    if (outcome.kind === 'unknown') this.#mayBeOurs = true;
    const { kind, name, hint = {} } = this.#write;
    // Nothing is stored when the store was locked (B§8): one look is enough.
    const once = outcome.locked === true;
    const found = await (once ? this.#state.target.find(kind, name, hint) : lookFor(this.#state, kind, name, hint));
    return found.length === 0 ? undefined : this.#judge(found);
  }

  /** The answer shows an object: compare it with what was meant. */
  async #created(object: TargetObject): Promise<WriteResult> {
    this.#state.exhausted = 0;
    const { kind, name, hint = {} } = this.#write;
    // An earlier request of ours may have arrived late: where names are not unique there are two now.
    if (this.#mayBeOurs && !namesAreUnique(kind, this.#state.target.capabilities)) {
      const found = await this.#state.target.find(kind, name, hint);
      if (found.length > 1) return this.#judge(found);
    }
    return this.#confirm(object);
  }

  #judge(found: readonly TargetObject[]): WriteResult | Promise<WriteResult> {
    const [object] = found;
    if (object === undefined || found.length > 1) return this.#ambiguous(found.length);
    this.#state.exhausted = 0;
    const differences = this.#differences(object);
    if (this.#mayBeOurs && differences.length === 0) return this.#done(object, 'created', []);
    const verdict = this.#write.adopt(object, differences);
    if (verdict.verdict === 'adopt') return this.#done(object, 'adopted', verdict.findings);
    return this.#failed('conflict', 'exists_on_target', verdict.message, verdict.nextStep);
  }

  /** A limit, scope or owner that did not come back is not a success (mapping.md G5, B§5: unknown members are ignored). */
  async #confirm(object: TargetObject): Promise<WriteResult> {
    if (this.#differences(object).length === 0) return this.#done(object, 'created', []);
    // What an answer to a write shows and what is stored may differ (B§3.4): the stored one counts.
    const { kind, name, hint = {} } = this.#write;
    const stored = (await this.#state.target.find(kind, name, hint)).find(({ id }) => id === object.id) ?? object;
    const differences = this.#differences(stored);
    if (differences.length === 0) return this.#done(stored, 'created', []);
    this.#state.snapshot.put(stored);
    const text = differences
      .map(({ field, wanted, found }) => `${field} should be ${wanted} but is ${found}`)
      .join('; ');
    return this.#failed(
      'permanent',
      'echo_differs',
      `Bifrost stored it differently from what was sent: ${text}`,
      'Correct it on Bifrost, or delete it there, then type `migrate retry --failed`.',
      { bifrostId: stored.id, origin: 'created' },
    );
  }

  #done(object: TargetObject, origin: 'created' | 'adopted', findings: readonly Finding[]): WriteResult {
    // In a dry run nobody but the plan knows under which name it will be found. A virtual key that was just made is needed by
    // no other plan, and 100,000 of them would not fit.
    if (this.#state.dry) this.#state.snapshot.put({ ...object, name: this.#write.name });
    else if (object.kind !== 'virtual_key' || origin === 'adopted') this.#state.snapshot.put(object);
    this.#settle({ state: 'done', bifrostId: object.id, origin, shown: shownOf(this.#state.journal, object) });
    return this.#result(object, origin, origin, findings);
  }

  #kept(row: WriteRow, object: TargetObject, findings: readonly Finding[]): WriteResult {
    return this.#result(object, 'kept', row.origin ?? 'created', findings);
  }

  #result(
    object: TargetObject,
    how: 'created' | 'adopted' | 'kept',
    origin: 'created' | 'adopted',
    findings: readonly Finding[],
  ): WriteResult {
    const { kind, name } = this.#write;
    return { result: 'done', how, kind, name, bifrostId: object.id, origin, findings };
  }

  #refused(message: string): WriteResult {
    this.#state.exhausted = 0;
    const tolerated = this.#write.tolerated?.find(({ text }) => message.includes(text));
    if (tolerated !== undefined) {
      const { reason, message: why } = tolerated.skip;
      const { processStart } = this.#state.target.capabilities;
      this.#settle({ state: 'skipped', reason, lastError: why, gatewayStart: processStart });
      return { result: 'skipped', reason, message: why };
    }
    const advice = this.#write.advice?.find(({ text }) => message.includes(text))?.nextStep;
    return this.#failed(
      'permanent',
      'refused',
      `Bifrost refuses it: ${message}`,
      advice ?? 'Correct what the message names, in LiteLLM or on Bifrost, then type `migrate retry --failed`.',
    );
  }

  #exhausted(outcome: Outcome | undefined): WriteResult {
    const message = outcome?.message ?? 'no attempt was made';
    if (outcome !== undefined) giveUp(this.#state, outcome);
    if (outcome?.kind === 'exists')
      return this.#failed(
        'conflict',
        'exists_unseen',
        `Bifrost says the name is taken but does not show such an object: ${message}`,
        'Restart the gateway (it may have lost sight of a stored row), then type `migrate retry --failed`.',
      );
    return this.#failed(
      'exhausted',
      'attempts_exhausted',
      `Bifrost did not carry it out: ${message}`,
      'Look at the log of the gateway, then type `migrate retry --failed`.',
    );
  }

  #ambiguous(count: number): WriteResult {
    const { name } = this.#write;
    return this.#failed(
      'ambiguous',
      'several_found',
      `${count} objects on Bifrost have the name "${name}"`,
      'Delete or rename all but one of them on Bifrost, then type `migrate retry --failed`.',
    );
  }

  #failed(
    failure: FailureClass,
    code: string,
    message: string,
    nextStep: string,
    object?: { readonly bifrostId: string; readonly origin: 'created' },
  ): WriteResult {
    this.#settle({ state: 'failed', reason: failureReason(failure, code), lastError: message, nextStep, ...object });
    return { result: 'failed', failure, code, message, nextStep };
  }

  #settle(settlement: Parameters<RunState['journal']['writes']['settle']>[1]): void {
    const { writes } = this.#state.journal;
    failpoint('settle.before', `${this.#write.kind} ${settlement.state}`); // FAILPOINT
    this.#row =
      this.#row?.state === 'planned'
        ? writes.settle(this.#row, settlement)
        : writes.settleUnsent({ ...this.#intended }, this.#row, settlement);
    this.#tie.settled(this.#row);
    failpoint('settle.after', `${this.#write.kind} ${settlement.state}`); // FAILPOINT
  }

  /** Refused for the gateway's environment, by the very process that is running now: it would say the same again. */
  #isStillLeftOut(row: WriteRow): boolean {
    const { processStart } = this.#state.target.capabilities;
    return (
      row.state === 'skipped' &&
      row.gatewayStart !== null &&
      row.gatewayStart === processStart &&
      row.payloadFingerprint === this.#intended.payloadFingerprint &&
      this.#state.snapshot.find(row.kind, row.name).length === 0
    );
  }

  async #byId(id: string): Promise<TargetObject | undefined> {
    const { kind, name, hint = {} } = this.#write;
    const { snapshot, target } = this.#state;
    return snapshot.byId(kind, id) ?? (await target.find(kind, name, hint)).find((object) => object.id === id);
  }

  #adoptionFindings(object: TargetObject): readonly Finding[] {
    const verdict = this.#write.adopt(object, this.#differences(object));
    return verdict.verdict === 'adopt' ? verdict.findings : [];
  }

  #differences(object: TargetObject): readonly Difference[] {
    return this.#state.target.differences(this.#write.kind, this.#write.body, object);
  }
}

/** Those that stand for one record go with it; the others may be left over when LiteLLM changes. */
function isShared({ kind }: CreateWrite): boolean {
  return kind !== 'virtual_key' && kind !== 'member' && kind !== 'user';
}

/** Sent at least once and never seen as somebody else's, nor certainly refused, nor deleted again. */
export function mayBeOurs(row: WriteRow | undefined): boolean {
  if (row === undefined || row.attempts === 0 || row.origin !== null) return false;
  if (row.state === 'skipped' || row.state === 'removed') return false;
  return !(row.state === 'failed' && row.reason?.startsWith('exhausted') !== true);
}

function staleFinding({ field, wanted, found }: Difference): Finding {
  return finding(
    'loss',
    'differs_from_plan',
    field,
    `On Bifrost since an earlier run with ${field} ${found}; would be ${wanted} now and was not changed.`,
  );
}

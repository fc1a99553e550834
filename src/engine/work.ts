import { failpoint } from '../failpoint.js';
import { finding, type Finding } from '../findings.js';
import { journalFailure } from '../journal/failures.js';
import type { FindingSource } from '../journal/findings.js';
import type { RecordRow } from '../journal/record-queries.js';
import type { WriteRow } from '../journal/writes.js';
import type { SourceRecord } from '../sources/records.js';
import type { Missing, Plan, PlannedWrite, Stage } from '../stages/plan.js';
import { skip } from '../stages/shared.js';
import type { ObjectKind } from '../target/objects.js';
import type { Applier } from './apply.js';
import { Claims } from './claims.js';
import { isGone, recordStateOf, type EngineContext } from './context.js';
import type { Tie } from './creation.js';
import type { RunEvent } from './events.js';
import { planAnew } from './plan-anew.js';
import { objectOf } from './reconcile.js';
import type { Failed, Gone, WriteResult } from './result.js';
import type { RunState } from './run-state.js';

type WritePlan = Extract<Plan, { outcome: 'write' }>;
type Ending = Omit<Extract<RunEvent, { type: 'record' }>, 'type' | 'key' | 'name'>;

/** A plan that asks to be made again does so this often at most. */
export const ROUNDS = 3;

const MERGED_STAYS = finding(
  'loss',
  'update_left',
  '',
  'several records of LiteLLM share its object on Bifrost, which --update leaves as it is; change it there by hand',
);

/** What was there before us stays as it is, and differs as it did, when something is added to it. */
const OF_ADOPTION = ['adopted', 'adopted_differs'];

const SETTLED: Plan = { outcome: 'settled', findings: [] };

/** Works through records one by one: plan, carry out, write down. */
export class Worker {
  readonly #state: RunState;
  readonly #context: EngineContext;
  readonly #applier: Applier;
  readonly #claims: Claims;

  constructor(state: RunState, context: EngineContext, applier: Applier) {
    this.#state = state;
    this.#context = context;
    this.#applier = applier;
    this.#claims = new Claims(state, context);
  }

  /**
   * true: the record asks to be planned once more, and is told of then.
   *
   * @throws Interrupted, MigrateError: the record stays as the journal has it.
   */
  async work(stage: Stage, row: RecordRow, round = 1): Promise<boolean> {
    // Written and deleted on Bifrost since: it stays as the journal has it, and a finding says so.
    const plan = row.status === 'written' && isGone(this.#state, row) ? SETTLED : this.#plan(stage, row, round);
    const source = stage.name === 'routing' ? 'routing' : 'plan';
    const task = new Task(this.#state, this.#context, this.#applier, this.#claims, row, source);
    const ending = await task.carryOut(plan);
    this.#context.forget(row.kind, row.id);
    failpoint('record.after', `${row.kind} ${ending.status}`); // FAILPOINT
    const again = plan.outcome === 'write' && plan.again === true && ending.status === 'written' && round < ROUNDS;
    if (!again) {
      this.#state.tell({ type: 'record', key: { kind: row.kind, id: row.id }, name: row.displayName, ...ending });
    }
    return again;
  }

  /** One record that a stage cannot cope with fails alone. */
  #plan(stage: Stage, row: RecordRow, round: number): Plan {
    try {
      const record = JSON.parse(row.json) as SourceRecord;
      const excluded = this.#context.names?.exclusion(record) ?? null;
      if (excluded !== null) return skip('excluded', excluded);
      if (this.#state.update && row.status === 'written') return planAnew(stage, row, this.#context, round);
      return stage.plan(record, recordStateOf(row), this.#context);
    } catch (error) {
      // A plan asks the journal; a journal that cannot be read is no fault of the record.
      if (journalFailure(error, this.#state.journal.path) !== error) throw error;
      const message = error instanceof Error ? error.message : String(error);
      return {
        outcome: 'failed',
        failure: 'permanent',
        reason: 'internal_error',
        message: `this record could not be planned: ${message}`,
        nextStep: 'This is a defect of the program; please report it with the record as `migrate report` shows it.',
        findings: [],
      };
    }
  }
}

/** One record on its way to a settled state. */
class Task {
  readonly #state: RunState;
  readonly #context: EngineContext;
  readonly #applier: Applier;
  readonly #claims: Claims;
  /** A record that two stages work on has findings of both. */
  readonly #source: FindingSource;
  /** As the journal has it now. */
  #row: RecordRow;
  /** Codes of findings that are still true, and that this plan does not tell again. */
  #keep: readonly string[] = [];

  constructor(
    state: RunState,
    context: EngineContext,
    applier: Applier,
    claims: Claims,
    row: RecordRow,
    source: FindingSource,
  ) {
    this.#source = source;
    this.#state = state;
    this.#context = context;
    this.#applier = applier;
    this.#claims = claims;
    this.#row = row;
  }

  async carryOut(plan: Plan): Promise<Ending> {
    switch (plan.outcome) {
      case 'settled':
        return this.#ending('settled', {});
      case 'write':
        return this.#write(plan);
      default:
        return this.#notWritten(plan);
    }
  }

  /** Skipped, failed or waiting by plan. What is on Bifrost all the same counts as written: it must not be forgotten. */
  #notWritten(plan: Exclude<Plan, WritePlan | { outcome: 'settled' }>): Ending {
    const { records } = this.#state.journal;
    const { findings, message } = plan;
    const there = this.#row.status === 'written' ? undefined : objectOf(this.#state, this.#row);
    if (this.#row.status === 'written' || there !== undefined) {
      if (there !== undefined) records.written(this.#row, there);
      const kept = finding('change', 'written_before', '', `On Bifrost from an earlier run; today: ${message}.`);
      return this.#ending(there === undefined ? 'settled' : 'written', { ...there, findings: [...findings, kept] });
    }
    if (plan.outcome === 'skipped') {
      records.skipped(this.#row, plan);
      return this.#ending('skipped', { reason: plan.reason, message, findings });
    }
    if (plan.outcome === 'waiting') {
      records.waiting(this.#row, { code: plan.reason, message });
      return this.#ending('waiting', { reason: plan.reason, message, findings });
    }
    const { failure, reason: code, nextStep } = plan;
    records.failed(this.#row, { reason: failure, code, message, nextStep, keepsName: false });
    return this.#ending('failed', { reason: failure, message, findings });
  }

  async #write(plan: WritePlan): Promise<Ending> {
    if (this.#isSharedUpdate(plan)) return this.#ending('settled', { findings: [...plan.findings, MERGED_STAYS] });
    const taken = this.#claims.take(this.#row, plan);
    if (taken !== null) return this.#notWritten({ ...taken, findings: plan.findings });
    try {
      return await this.#carryOutAll(plan);
    } finally {
      this.#claims.release(plan);
    }
  }

  /** What one record asks for now may be more than another of those that share the object has. */
  #isSharedUpdate({ main: { kind, name } }: WritePlan): boolean {
    if (!this.#state.update || this.#row.status !== 'written') return false;
    if (kind !== 'customer' && kind !== 'team') return false;
    return this.#state.journal.queries.otherOwner(kind, name, this.#row.seq) !== undefined;
  }

  async #carryOutAll(plan: WritePlan): Promise<Ending> {
    const asksForMain = plan.writes.some((write) => write.action === 'create' && isMain(plan, write));
    if (this.#row.status === 'written' && !asksForMain) this.#keep = OF_ADOPTION;
    const results = new Map<PlannedWrite, WriteResult>();
    for (const write of plan.writes) {
      const result = await this.#applier.apply(write, this.#tie(plan, write));
      results.set(write, result);
      if (result.result === 'failed') return this.#failed(plan, write, result, findingsOf(results));
      if (result.result === 'gone' && this.#row.status !== 'written')
        return this.#failed(plan, write, asFailure(result), findingsOf(results));
    }
    const findings = [...plan.findings, ...findingsOf(results)];
    const main = mainResult(plan, results);
    if (main?.result === 'skipped') {
      const { reason, message } = main;
      return this.#notWritten({ outcome: 'skipped', reason, message, findings });
    }
    return this.#written(plan, main, findings);
  }

  #written(
    plan: WritePlan,
    main: Extract<WriteResult, { result: 'done' }> | undefined,
    findings: readonly Finding[],
  ): Ending {
    const { kind, name } = plan.main;
    const bifrostId = main?.bifrostId ?? this.#context.objectId(kind, name) ?? this.#row.bifrostId;
    if (bifrostId === null)
      return this.#notWritten({
        outcome: 'waiting',
        reason: 'main_object_missing',
        message: `${kind} "${name}" is not on Bifrost yet`,
        findings,
      });
    const origin = this.#row.origin ?? main?.origin ?? this.#originOf(kind, name);
    const { missing, detail, rights } = plan;
    if (rights !== undefined) this.#state.journal.rights.keep(rights);
    this.#state.journal.records.written(this.#row, { kind, name, bifrostId, origin, missing, detail });
    const incomplete = missing.length > 0;
    const ending = this.#ending('written', { origin, bifrostId, bifrostName: name, incomplete, findings });
    if (this.#state.update && plan.again !== true) this.#state.journal.objects.upToDate(this.#row.seq);
    return ending;
  }

  /** A record that is on Bifrost already stays written when its completion fails. */
  #failed(plan: WritePlan, write: PlannedWrite, failed: Failed, more: readonly Finding[]): Ending {
    const { records } = this.#state.journal;
    const { failure, code, nextStep } = failed;
    const message = isMain(plan, write) ? failed.message : `${write.label}: ${failed.message}`;
    const findings = [...plan.findings, ...more];
    if (this.#row.status === 'written') {
      const missing = missingAfter(this.#row, plan, message);
      records.unfinished(this.#row, { reason: failure, message, nextStep, missing });
      return this.#ending('written', { incomplete: true, reason: failure, message, findings });
    }
    const keepsName = objectOf(this.#state, this.#row) !== undefined || failure === 'exhausted';
    records.failed(this.#row, { reason: failure, code, message, nextStep, keepsName });
    return this.#ending('failed', { reason: failure, message, findings });
  }

  #tie(plan: WritePlan, write: PlannedWrite): Tie {
    const { journal } = this.#state;
    let linked: number | null = null;
    const link = ({ id }: WriteRow): void => {
      if (linked !== id) journal.writes.link(this.#row.seq, id);
      linked = id;
    };
    return {
      intended: (row: WriteRow) => {
        link(row);
        if (this.#row.status === 'written' || !isMain(plan, write)) return;
        journal.records.reserve(this.#row, row.kind, row.name);
        this.#row = { ...this.#row, status: 'pending', bifrostKind: row.kind, bifrostName: row.name };
      },
      settled: link,
    };
  }

  #originOf(kind: ObjectKind, name: string): 'created' | 'adopted' {
    return this.#context.createdByUs(kind, name) ? 'created' : 'adopted';
  }

  /** Findings are those of the newest plan; `settled` leaves the earlier ones. */
  #ending(status: Ending['status'], end: Partial<Ending>): Ending {
    const findings = end.findings ?? [];
    failpoint('record.before', `${this.#row.kind} ${status}`); // FAILPOINT
    if (status !== 'settled' || end.findings !== undefined)
      this.#state.journal.findings.replace(this.#row.seq, this.#source, this.#state.run, findings, this.#keep);
    const { origin, bifrostId, bifrostName } = this.#row;
    return { origin, bifrostId, bifrostName, incomplete: false, reason: null, message: null, ...end, status, findings };
  }
}

function isMain({ main }: WritePlan, write: PlannedWrite): boolean {
  return write.kind === main.kind && write.name === main.name;
}

/** The last write about the main object says how it ended; undefined when the plan only touches others. */
function mainResult(
  plan: WritePlan,
  results: ReadonlyMap<PlannedWrite, WriteResult>,
): Exclude<WriteResult, Failed | Gone> | undefined {
  const about = plan.writes.filter((write) => isMain(plan, write)).map((write) => results.get(write));
  const last = about.at(-1);
  return last === undefined || last.result === 'failed' || last.result === 'gone' ? undefined : last;
}

/** Of a record that was never written: it cannot do without. */
function asFailure({ message, nextStep }: Gone): Failed {
  return { result: 'failed', failure: 'conflict', code: 'gone_from_target', message, nextStep };
}

/** What was adopted with which reservations, and what was left out because the gateway refused it. */
function findingsOf(results: ReadonlyMap<PlannedWrite, WriteResult>): readonly Finding[] {
  return [...results].flatMap(([, result]) => {
    if (result.result === 'done') return result.findings;
    if (result.result === 'skipped') return [finding('loss', result.reason, '', result.message)];
    return [];
  });
}

/** What was to be filled in is still missing; what the plan says besides is of no use without it. */
function missingAfter(row: RecordRow, plan: WritePlan, message: string): readonly Missing[] {
  const before = JSON.parse(row.missing) as readonly Missing[];
  if (before.length > 0) return before;
  return plan.missing.length > 0
    ? plan.missing
    : [{ what: plan.main.kind === 'virtual_key' ? 'allow_list' : 'rule', message }];
}

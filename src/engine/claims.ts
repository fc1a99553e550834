import type { RecordRow } from '../journal/record-queries.js';
import type { CreateWrite, Plan } from '../stages/plan.js';
import type { Body, ObjectKind } from '../target/objects.js';
import { canonical } from './canonical.js';
import type { EngineContext } from './context.js';
import type { RunState } from './run-state.js';

type WritePlan = Extract<Plan, { outcome: 'write' }>;
type Refusal = Extract<Plan, { outcome: 'failed' }>;

/** One object for one record: two records in one of these would share a budget and an owner (mapping.md G2). */
const OWN_OBJECT: ReadonlySet<ObjectKind> = new Set(['customer', 'team', 'virtual_key']);

/** Whose an object is, among records that are worked on side by side. Only the names file lets several have one (`merge`). */
export class Claims {
  readonly #state: RunState;
  readonly #context: EngineContext;
  /** By object: the record that is being worked on. */
  readonly #taken = new Map<string, number>();
  /** By object that several records share: what the first of them asked for in this run. */
  readonly #shared = new Map<string, Body>();

  constructor(state: RunState, context: EngineContext) {
    this.#state = state;
    this.#context = context;
  }

  /** null = the main object is free, this record's own, or shared with its like. */
  take(row: RecordRow, plan: WritePlan): Refusal | null {
    const { kind, name } = plan.main;
    if (!OWN_OBJECT.has(kind)) return null;
    const key = keyOf(plan);
    const owner = this.#state.journal.queries.otherOwner(kind, name, row.seq);
    if (this.#merges(row) && (owner === undefined || this.#merges(owner))) return this.#share(key, plan);
    const taken = this.#taken.get(key) ?? row.seq;
    if (owner === undefined && taken === row.seq) {
      this.#taken.set(key, row.seq);
      return null;
    }
    return refusal({
      reason: 'name_taken',
      message: `the name "${name}" belongs to another ${owner?.kind ?? row.kind} of LiteLLM${owner === undefined ? '' : ` ("${owner.displayName}")`}`,
      nextStep: 'Rename one of the two in LiteLLM, then type `migrate run`.',
    });
  }

  release(plan: WritePlan): void {
    this.#taken.delete(keyOf(plan));
  }

  #merges({ kind, id }: Pick<RecordRow, 'kind' | 'id'>): boolean {
    return this.#context.names?.merges(kind, id) === true;
  }

  /** Sharing limits allows less; taking the limits or the owner of the other might allow more. */
  #share(key: string, plan: WritePlan): Refusal | null {
    const asked = plan.writes.find(
      (write): write is CreateWrite => write.action === 'create' && write.kind === plan.main.kind,
    );
    if (asked === undefined) return null;
    const first = this.#shared.get(key);
    const differing = first === undefined ? this.#differsFromWritten(asked) : membersApart(first, asked.body);
    if (first === undefined && differing.length === 0) this.#shared.set(key, asked.body);
    if (differing.length === 0) return null;
    return refusal({
      reason: 'merge_differs',
      message: `it cannot be merged into "${plan.main.name}": ${differing.join(', ')} would not be the same`,
      nextStep: 'Make them alike in LiteLLM, or give this one a name of its own in the names file.',
    });
  }

  #differsFromWritten({ kind, name, body }: CreateWrite): readonly string[] {
    const id = this.#state.journal.writes.get(kind, name)?.bifrostId ?? null;
    const object = id === null ? undefined : this.#state.snapshot.byId(kind, id);
    if (object === undefined) return [];
    return this.#state.target.differences(kind, body, object).map(({ field }) => field);
  }
}

function membersApart(first: Body, second: Body): readonly string[] {
  const members = new Set([...Object.keys(first), ...Object.keys(second)]);
  return [...members].filter((member) => canonical(first[member] ?? null) !== canonical(second[member] ?? null));
}

function keyOf({ main }: WritePlan): string {
  return `${main.kind}\n${main.name}`;
}

function refusal(why: Pick<Refusal, 'reason' | 'message' | 'nextStep'>): Refusal {
  return { outcome: 'failed', failure: 'conflict', ...why, findings: [] };
}

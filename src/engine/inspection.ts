import type { Finding } from '../findings.js';
import type { RecordRow } from '../journal/record-queries.js';
import type { RecordKey } from '../sources/records.js';
import type { CreateWrite } from '../stages/plan.js';
import type { Difference, ObjectKind, TargetObject } from '../target/objects.js';
import { directionOf, type Direction } from './direction.js';
import { isListed } from './look.js';
import type { RunState } from './run-state.js';
import { worstOf, type Verdict } from './verdict.js';

export type DirectedDifference = Difference & { readonly direction: Direction };

/** One object that is not as planned. */
export type ObjectCheck = {
  readonly kind: ObjectKind;
  readonly name: string;
  readonly label: string;
  readonly verdict: Exclude<Verdict, 'ok'>;
  readonly message: string | null;
  readonly differences: readonly DirectedDifference[];
  /** The records that need it. */
  readonly records: readonly (RecordKey & { readonly name: string })[];
};

type Found = Omit<ObjectCheck, 'records'> & { readonly records: (RecordKey & { readonly name: string })[] };

/** Compares planned objects with those on the gateway, each once. */
export class Inspector {
  readonly #state: RunState;
  readonly #problems = new Map<string, Found>();
  /** Of objects that several records share; a virtual key is one record's own. */
  readonly #fine = new Set<string>();

  constructor(state: RunState) {
    this.#state = state;
  }

  problems(): readonly ObjectCheck[] {
    return [...this.#problems.values()];
  }

  async check(write: CreateWrite, record: RecordKey & { readonly name: string }): Promise<Verdict> {
    const key = `${write.kind}\n${write.name}`;
    if (this.#fine.has(key)) return 'ok';
    let problem = this.#problems.get(key);
    if (problem === undefined) {
      const found = await this.#inspect(write, record);
      if (found === null) {
        if (write.kind !== 'virtual_key') this.#fine.add(key);
        return 'ok';
      }
      const { kind, name, label } = write;
      problem = { kind, name, label, ...found, records: [] };
      this.#problems.set(key, problem);
    }
    problem.records.push(record);
    return problem.verdict;
  }

  /** The virtual key of a record is there and answers calls. */
  isActive({ bifrostId }: RecordRow): boolean {
    return bifrostId !== null && this.#state.snapshot.byId('virtual_key', bifrostId)?.isActive === true;
  }

  /** null = as planned, or adopted as the plan allows. */
  async #inspect(
    write: CreateWrite,
    record: RecordKey,
  ): Promise<Pick<ObjectCheck, 'verdict' | 'message' | 'differences'> | null> {
    const row = this.#state.journal.writes.get(write.kind, write.name);
    // Left out on purpose; the report says why.
    if (row?.state === 'skipped') return null;
    const object = await this.#find(write, row?.bifrostId ?? null);
    if (object === undefined) return { verdict: 'missing', message: null, differences: [] };
    const found = this.#state.target.differences(write.kind, write.body, object);
    if (row?.origin === 'adopted') {
      const adoption = write.adopt(object, found);
      if (adoption.verdict === 'adopt') return this.#changedSince(write, record, object, found, adoption.findings);
      return { verdict: 'changed', message: adoption.message, differences: this.#directed(write, object, found) };
    }
    const other = row?.bifrostId != null && row.bifrostId !== object.id;
    const differences = this.#directed(write, object, found);
    if (other)
      return {
        verdict: worstOf(['changed', ...directions(differences)]) as ObjectCheck['verdict'],
        message: ANOTHER,
        differences,
      };
    if (differences.length === 0) return null;
    return { verdict: worstOf(directions(differences)) as ObjectCheck['verdict'], message: null, differences };
  }

  /** What differed when it was adopted has been told; the rest has come since. */
  #changedSince(
    write: CreateWrite,
    record: RecordKey,
    object: TargetObject,
    found: readonly Difference[],
    findings: readonly Finding[],
  ): Pick<ObjectCheck, 'verdict' | 'message' | 'differences'> | null {
    const { journal } = this.#state;
    const told = write.kind === 'virtual_key' ? record : undefined;
    const untold = new Set(
      findings.filter((one) => one.severity === 'loss' && !journal.findings.tells(one, told)).map(({ field }) => field),
    );
    const differences = this.#directed(
      write,
      object,
      found.filter(({ field }) => untold.has(field)),
    );
    if (differences.length === 0) return null;
    return { verdict: worstOf(directions(differences)) as ObjectCheck['verdict'], message: ADOPTED, differences };
  }

  async #find({ kind, name, hint = {} }: CreateWrite, id: string | null): Promise<TargetObject | undefined> {
    const { snapshot, target } = this.#state;
    const known = id === null ? undefined : snapshot.byId(kind, id);
    if (known !== undefined) return known;
    if (isListed(kind, name)) return snapshot.find(kind, name)[0];
    // By name it is looked for among the limits of all virtual keys.
    const own = id === null ? undefined : await target.get(kind, id, hint);
    return own ?? (await target.find(kind, name, hint))[0];
  }

  #directed(
    { kind, body }: CreateWrite,
    object: TargetObject,
    differences: readonly Difference[],
  ): readonly DirectedDifference[] {
    return differences.map((one) => ({ ...one, direction: directionOf(kind, body, object, one) }));
  }
}

const ADOPTED = 'it was adopted and has changed since';
const ANOTHER = 'an object of that name is there, but not the one this journal knows: it was made anew';

function directions(differences: readonly DirectedDifference[]): readonly Verdict[] {
  return differences.map(({ direction }) => direction);
}

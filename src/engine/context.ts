import type { Settings } from '../config.js';
import type { JsonObject } from '../json.js';
import type { RecordRow } from '../journal/record-queries.js';
import type { Catalog } from '../mapping/catalog.js';
import type { NameChoices } from '../mapping/name-choices.js';
import type { Membership, RecordKind, User, World } from '../sources/records.js';
import type { Missing, PlanContext, RecordState } from '../stages/plan.js';
import type { ObjectKind } from '../target/objects.js';
import type { RunState } from './run-state.js';
import { goneKey } from './target-truth.js';

/** Rows kept parsed: teams and organizations are asked for by every key, keys by nobody. */
const CACHED_ROWS = 5_000;

/** A PlanContext whose answers about other records must be forgotten when those change. */
export interface EngineContext extends PlanContext {
  forget(kind: RecordKind, id: string): void;
}

export function planContext(
  state: RunState,
  given: {
    readonly world: World;
    readonly settings: Settings;
    readonly catalog: Catalog;
    readonly now: number;
    readonly names?: NameChoices;
  },
): EngineContext {
  const { queries, writes } = state.journal;
  const rows = new Recent<string, ReturnType<PlanContext['record']>>(CACHED_ROWS);
  const users = new Recent<string, User | undefined>(CACHED_ROWS);
  const objectId = (kind: ObjectKind, name: string): string | undefined => {
    const found = state.snapshot.find(kind, name);
    if (found.length <= 1) return found[0]?.id;
    // Several of one name: only the one this journal knows to be meant.
    const known = writes.get(kind, name)?.bifrostId;
    return found.find(({ id }) => id === known)?.id;
  };
  return {
    ...given,
    capabilities: state.target.capabilities,
    get snapshot() {
      return state.snapshot;
    },
    objectId,
    createdByUs: (kind, name) => {
      const row = writes.get(kind, name);
      return row?.origin === 'created' && row.bifrostId !== null;
    },
    record: (kind, id) =>
      rows.get(`${kind}\n${id}`, () => {
        const row = queries.get(kind, id);
        if (row === undefined) return undefined;
        const recorded = recordStateOf(row);
        // An id that leads nowhere must not be sent: what belongs to it is linked when it is there again.
        return { ...recorded, ...(isGone(state, row) && { bifrostId: null }), exists: true };
      }),
    user: (id) => users.get(id, () => queries.user(id)),
    membership: (teamId, userId) => {
      const row = queries.get('membership', `${encodeURIComponent(teamId)} ${encodeURIComponent(userId)}`);
      return row && (JSON.parse(row.json) as Membership);
    },
    rank: (kind, id) => queries.rank(kind, id),
    isNaturalName: (kind, name) => queries.isNaturalName(kind, name),
    forget: (kind, id) => rows.drop(`${kind}\n${id}`),
  };
}

/** The object the record stands for was written, and somebody has deleted it since. */
export function isGone({ gone }: RunState, { bifrostKind: kind, bifrostName: name }: RecordRow): boolean {
  return kind !== null && name !== null && gone.has(goneKey(kind, name));
}

export function recordStateOf(row: RecordRow): RecordState {
  return {
    status: row.status,
    bifrostId: row.bifrostId,
    bifrostName: row.bifrostName,
    origin: row.origin,
    missing: JSON.parse(row.missing) as readonly Missing[],
    detail: JSON.parse(row.detail) as JsonObject,
    drifted: row.drifted === 1,
  };
}

/** The values asked for most recently. */
class Recent<K, V> {
  readonly #limit: number;
  readonly #values = new Map<K, V>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  get(key: K, load: () => V): V {
    const known = this.#values.get(key);
    if (known !== undefined) {
      // A Map keeps insertion order: put it to the end.
      this.#values.delete(key);
      this.#values.set(key, known);
      return known;
    }
    const value = load();
    if (value === undefined) return value;
    this.#values.set(key, value);
    const [oldest] = this.#values.keys();
    if (this.#values.size > this.#limit && oldest !== undefined) this.#values.delete(oldest);
    return value;
  }

  drop(key: K): void {
    this.#values.delete(key);
  }
}

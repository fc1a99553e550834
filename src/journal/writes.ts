import type { Database } from 'better-sqlite3';
import type { ObjectKind } from '../target/objects.js';
import type { FindHint } from '../target/target.js';
import type { Commits } from './commits.js';
import { assertMoved, assertWriteMove, type WriteState } from './states.js';

/** What is about to be sent, or was. */
export type NewWrite = {
  readonly kind: ObjectKind;
  readonly name: string;
  readonly label: string;
  readonly action: 'create' | 'update' | 'delete';
  /** HMAC of the body, SecretRefs by their fingerprints. */
  readonly payloadFingerprint: string;
  /** JSON array of the bodies the object may be left with; absent = none, as for what was adopted. */
  readonly bodies?: string;
  readonly hint: FindHint;
  readonly run: number;
};

export type WriteRow = NewWrite & {
  readonly id: number;
  readonly state: WriteState;
  /** Set = the object exists on the gateway. */
  readonly bifrostId: string | null;
  readonly origin: 'created' | 'adopted' | null;
  readonly attempts: number;
  readonly reason: string | null;
  readonly lastError: string | null;
  readonly nextStep: string | null;
  readonly gatewayStart: string | null;
  /** HMAC of a provider key's redacted value, as last seen. */
  readonly shown?: string | null;
};

/** What is known after the last intent. Left out: id and origin stay as they are, texts are cleared. */
export type Settlement = {
  readonly state: Exclude<WriteState, 'planned'>;
  readonly bifrostId?: string | null;
  readonly origin?: 'created' | 'adopted' | null;
  readonly reason?: string;
  readonly lastError?: string;
  readonly nextStep?: string;
  readonly gatewayStart?: string | null;
  readonly bodies?: string;
  readonly shown?: string | null;
};

export interface WriteTable {
  get(kind: ObjectKind, name: string): WriteRow | undefined;
  /** The next attempt: state `planned`. Must be durable before anything is sent. */
  intent(write: NewWrite, previous: WriteRow | undefined): WriteRow;
  settle(row: WriteRow, settlement: Settlement): WriteRow;
  /** For what was settled without sending: adopted, in conflict, ambiguous, nothing to change. */
  settleUnsent(write: NewWrite, previous: WriteRow | undefined, settlement: Settlement): WriteRow;
  /** This record needs this object. */
  link(recordSeq: number, writeId: number): void;
  /** Intents whose outcome nobody recorded, and those found on the gateway that nobody has compared yet. */
  inDoubt(): readonly WriteRow[];
  /** What this journal has put on the gateway, or may have: for a rollback, in the order it was first meant. */
  ours(kind: ObjectKind): readonly WriteRow[];
  /** What was there before this journal. */
  adopted(): readonly WriteRow[];
  /** What is on the gateway by the journal, whoever put it there; in batches, after this id. */
  present(afterId: number, limit: number): readonly WriteRow[];
}

type Raw = Omit<WriteRow, 'hint'> & { readonly hint: string };

const COLUMNS = `id, kind, name, label, action, payload_fingerprint AS payloadFingerprint, hint, run, state,
  bifrost_id AS bifrostId, origin, attempts, reason, last_error AS lastError, next_step AS nextStep, gateway_start AS gatewayStart,
  bodies, shown`;

export function writeTable(db: Database, commits: Commits, now: () => string): WriteTable {
  const find = db.prepare<[string, string], Raw>(`SELECT ${COLUMNS} FROM writes WHERE kind = ? AND name = ?`);
  const doubtful = db.prepare<[], Raw>(`SELECT ${COLUMNS} FROM writes WHERE state IN ('planned', 'found') ORDER BY id`);
  const ours = db.prepare<[string], Raw>(
    `SELECT ${COLUMNS} FROM writes WHERE kind = ? AND origin IS NOT 'adopted' AND state NOT IN ('removed', 'skipped')
        AND (bifrost_id IS NOT NULL OR attempts > 0) ORDER BY id`,
  );
  const adopted = db.prepare<[], Raw>(`SELECT ${COLUMNS} FROM writes WHERE origin = 'adopted' ORDER BY id`);
  const present = db.prepare<[number, number], Raw>(
    `SELECT ${COLUMNS} FROM writes
      WHERE id > ? AND bifrost_id IS NOT NULL AND state IN ('done', 'failed') ORDER BY id LIMIT ?`,
  );
  const link = db.prepare('INSERT OR IGNORE INTO record_writes (record_seq, write_id) VALUES (?, ?)');
  const put = putter(db, now);
  return {
    get: (kind, name) => toRow(find.get(kind, name)),
    intent: (write, previous) => {
      const kept = write.action !== 'create' && previous !== undefined ? previous : NEVER;
      const { bifrostId, origin, shown = null } = kept;
      const attempts = (previous?.attempts ?? 0) + 1;
      const row = { ...write, ...CLEARED, bifrostId, origin, shown, attempts, state: 'planned' } as const;
      return commits.do(() => put(row, previous));
    },
    settle: (row, settlement) => commits.do(() => put({ ...row, ...CLEARED, ...settlement }, row)),
    settleUnsent: (write, previous, settlement) => {
      const { bifrostId, origin, attempts } = previous ?? NEVER;
      const row = { bifrostId, origin, attempts, ...write, ...CLEARED, ...settlement };
      return commits.do(() => put(row, previous));
    },
    link: (recordSeq, writeId) => {
      commits.do(() => link.run(recordSeq, writeId));
    },
    inDoubt: () => doubtful.all().flatMap((raw) => toRow(raw) ?? []),
    ours: (kind) => ours.all(kind).flatMap((raw) => toRow(raw) ?? []),
    adopted: () => adopted.all().flatMap((raw) => toRow(raw) ?? []),
    present: (afterId, limit) => present.all(afterId, limit).flatMap((raw) => toRow(raw) ?? []),
  };
}

const NEVER = { bifrostId: null, origin: null, attempts: 0, shown: null } as const;
const CLEARED = { reason: null, lastError: null, nextStep: null, gatewayStart: null } as const;

type Unsaved = Omit<WriteRow, 'id'>;

/** Values by place, not by name: it runs twice for each of 100,000 objects. */
function putter(db: Database, now: () => string) {
  const insert = db.prepare(
    `INSERT INTO writes (label, state, action, bifrost_id, origin, payload_fingerprint, hint, attempts, settled_at, reason,
                         last_error, next_step, gateway_start, bodies, shown, run, intent_at, kind, name)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const update = db.prepare(
    `UPDATE writes SET label = ?, state = ?, action = ?, bifrost_id = ?, origin = ?, payload_fingerprint = ?, hint = ?,
            attempts = ?, settled_at = ?, reason = ?, last_error = ?, next_step = ?, gateway_start = ?, bodies = ?,
            shown = ?, run = ?, intent_at = coalesce(?, intent_at)
      WHERE id = ? AND state = ?`,
  );
  return (row: Unsaved, previous: WriteRow | undefined): WriteRow => {
    assertWriteMove(previous?.state ?? 'new', row.state);
    const at = now();
    const [intentAt, settledAt] = row.state === 'planned' ? [at, null] : [null, at];
    const object = [row.label, row.state, row.action, row.bifrostId, row.origin, row.payloadFingerprint];
    const words = [row.reason, row.lastError, row.nextStep, row.gatewayStart];
    const bodies = row.origin === 'adopted' ? '[]' : (row.bodies ?? '[]');
    const values = [
      ...object,
      JSON.stringify(row.hint),
      row.attempts,
      settledAt,
      ...words,
      bodies,
      row.shown ?? null,
      row.run,
      intentAt,
    ];
    if (previous === undefined) {
      const id = Number(insert.run(...values, row.kind, row.name).lastInsertRowid);
      return Object.assign(row, { id });
    }
    const { changes } = update.run(...values, previous.id, previous.state);
    assertMoved(changes, `write ${row.kind} ${row.name}`);
    return Object.assign(row, { id: previous.id });
  };
}

function toRow(raw: Raw | undefined): WriteRow | undefined {
  return raw && { ...raw, hint: JSON.parse(raw.hint) as FindHint };
}

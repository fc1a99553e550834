import type { Database } from 'better-sqlite3';
import type { JsonObject } from '../json.js';
import type { RecordKind } from '../sources/records.js';
import type { Missing } from '../stages/plan.js';
import type { ObjectKind } from '../target/objects.js';
import type { Commits } from './commits.js';
import type { RecordRow } from './record-queries.js';
import { assertMoved, assertRecordMove, RECORD_STATES, ROLLBACK_TRANSITIONS, type RecordState } from './states.js';

/** A source record as intake hands it over. */
export type IncomingRecord = {
  readonly kind: RecordKind;
  readonly id: string;
  readonly displayName: string;
  readonly naturalName: string;
  readonly createdAt: string | null;
  /** JSON, without secrets. */
  readonly json: string;
  readonly fingerprint: string;
};

/** `duplicate`: the source showed this id twice in one run; the first one stands. */
export type Seen = {
  readonly seq: number;
  readonly what: 'new' | 'same' | 'changed' | 'duplicate';
  /** The record as it was when it was written, when it has changed since; null = not written, or as it was. */
  readonly writtenAs: string | null;
};

export type Written = {
  readonly kind: ObjectKind;
  readonly name: string;
  readonly bifrostId: string;
  readonly origin: 'created' | 'adopted';
  readonly missing: readonly Missing[];
  readonly detail: JsonObject;
};

export interface RecordTable {
  upsert(record: IncomingRecord, run: number): Seen;
  /**
   * From the first intent on the name belongs to this record, so that a resume asks for the same object even when the
   * record was renamed meanwhile. A record that is not written yet becomes pending, `in_doubt`.
   */
  reserve(row: RecordRow, kind: ObjectKind, name: string): void;
  written(row: RecordRow, written: Written): void;
  skipped(row: RecordRow, skip: { readonly reason: string; readonly message: string }): void;
  /** `keepsName`: its object is, or may be, on the gateway. */
  failed(
    row: RecordRow,
    failure: {
      readonly reason: string;
      readonly code: string | null;
      readonly message: string;
      readonly nextStep: string | null;
      readonly keepsName: boolean;
    },
  ): void;
  waiting(row: RecordRow, wait: { readonly code: string; readonly message: string }): void;
  /** A written record whose completion failed: stays written, says why, and what is missing. */
  unfinished(
    row: RecordRow,
    problem: {
      readonly reason: string;
      readonly message: string;
      readonly nextStep: string | null;
      readonly missing: readonly Missing[];
    },
  ): void;
  /**
   * A rollback has deleted this object: the records that need it are to be written anew. Those it stood for give up its
   * name; others keep their own, under which they are found again.
   */
  rolledBack(write: { readonly id: number; readonly kind: ObjectKind; readonly name: string }): void;
}

type Stored = {
  readonly seq: number;
  readonly status: RecordState;
  readonly reason: string | null;
  readonly fingerprint: string;
  readonly writtenFingerprint: string | null;
  readonly record: string;
  readonly writtenRecord: string | null;
  readonly naturalName: string;
  readonly lastSeenRun: number;
};

export function recordTable(db: Database, commits: Commits, now: () => string): RecordTable {
  const settle = settler(db, now);
  const rollBack = rollbacker(db, now);
  return {
    upsert: upserter(db, commits, now),
    reserve: (row, kind, name) => {
      commits.do(() => settle.reserve(row, kind, name));
    },
    written: (row, w) => {
      commits.do(() => {
        settle.move(row, 'written', {
          origin: w.origin,
          bifrostId: w.bifrostId,
          bifrostKind: w.kind,
          bifrostName: w.name,
          missing: JSON.stringify(w.missing),
          detail: JSON.stringify(w.detail),
        });
      });
    },
    skipped: (row, { reason, message }) => {
      commits.do(() => settle.move(row, 'skipped', { reason, message }));
    },
    failed: (row, { reason, code, message, nextStep, keepsName }) => {
      const name = keepsName ? { bifrostKind: row.bifrostKind, bifrostName: row.bifrostName } : {};
      commits.do(() => settle.move(row, 'failed', { reason, code, message, nextStep, ...name }));
    },
    waiting: (row, { code, message }) => {
      commits.do(() => settle.move(row, 'pending', { reason: 'waiting', code, message }));
    },
    unfinished: (row, { reason, message, nextStep, missing }) => {
      const { origin, bifrostId, bifrostKind, bifrostName, detail } = row;
      const kept = { origin, bifrostId, bifrostKind, bifrostName, detail };
      commits.do(() =>
        settle.move(row, 'written', { ...kept, reason, message, nextStep, missing: JSON.stringify(missing) }),
      );
    },
    rolledBack: (write) => {
      commits.do(() => rollBack(write));
    },
  };
}

type Settled = {
  readonly reason: string | null;
  readonly code: string | null;
  readonly message: string | null;
  readonly nextStep: string | null;
  readonly origin: string | null;
  readonly bifrostId: string | null;
  readonly bifrostKind: string | null;
  readonly bifrostName: string | null;
  readonly missing: string;
  readonly detail: string;
};

/** Values by place, not by name: these run several times for each of 100,000 records. */
function settler(db: Database, now: () => string) {
  const update = db.prepare(
    `UPDATE records SET status = ?, reason = ?, code = ?, message = ?, next_step = ?, origin = ?, bifrost_id = ?,
            bifrost_kind = ?, bifrost_name = ?, missing = ?, detail = ?, updated_at = ?,
            written_fingerprint = CASE WHEN ? = 'written' THEN coalesce(written_fingerprint, fingerprint) END
      WHERE seq = ? AND status = ?`,
  );
  const reserve = db.prepare(
    `UPDATE records SET status = 'pending', reason = 'in_doubt', code = NULL, message = NULL, next_step = NULL,
            bifrost_kind = ?, bifrost_name = ?, updated_at = ?
      WHERE seq = ? AND status = ?`,
  );
  return {
    move: (row: RecordRow, to: RecordState, s: Partial<Settled>): void => {
      assertRecordMove(row.status, to);
      const said = [to, s.reason ?? null, s.code ?? null, s.message ?? null, s.nextStep ?? null];
      const object = [s.origin ?? null, s.bifrostId ?? null, s.bifrostKind ?? null, s.bifrostName ?? null];
      const memory = [s.missing ?? '[]', s.detail ?? '{}'];
      const { changes } = update.run(...said, ...object, ...memory, now(), to, row.seq, row.status);
      assertMoved(changes, `record ${row.kind} ${row.id}`);
    },
    reserve: (row: RecordRow, kind: ObjectKind, name: string): void => {
      assertRecordMove(row.status, 'pending');
      const { changes } = reserve.run(kind, name, now(), row.seq, row.status);
      assertMoved(changes, `record ${row.kind} ${row.id}`);
    },
  };
}

function rollbacker(db: Database, now: () => string) {
  const from = RECORD_STATES.filter((state) => ROLLBACK_TRANSITIONS[state].includes('pending'));
  const anew = `status = 'pending', reason = NULL, code = NULL, message = NULL, next_step = NULL, missing = '[]', detail = '{}',
            written_fingerprint = NULL, written_record = NULL, updated_at = @now`;
  const needing = `seq IN (SELECT record_seq FROM record_writes WHERE write_id = @id)
        AND status IN (${from.map((state) => `'${state}'`).join(', ')})`;
  const itself = `bifrost_kind IS @kind AND bifrost_name IS @name`;
  const forget = db.prepare(
    `DELETE FROM findings WHERE source <> 'intake' AND record_seq IN (SELECT seq FROM records WHERE ${needing})`,
  );
  const main = db.prepare(
    `UPDATE records SET ${anew}, origin = NULL, bifrost_id = NULL, bifrost_kind = NULL, bifrost_name = NULL
      WHERE ${needing} AND ${itself}`,
  );
  const others = db.prepare(`UPDATE records SET ${anew} WHERE ${needing} AND NOT (${itself})`);
  return ({ id, kind, name }: { readonly id: number; readonly kind: ObjectKind; readonly name: string }): void => {
    const values = { id, kind, name, now: now() };
    forget.run({ id });
    others.run(values);
    main.run(values);
  };
}

function upserter(db: Database, commits: Commits, now: () => string): RecordTable['upsert'] {
  const find = db.prepare<[string, string], Stored>(
    `SELECT seq, status, reason, fingerprint, written_fingerprint AS writtenFingerprint, record,
            written_record AS writtenRecord, natural_name AS naturalName, last_seen_run AS lastSeenRun
       FROM records WHERE kind = ? AND source_id = ?`,
  );
  const insert = db.prepare(
    `INSERT INTO records (kind, source_id, display_name, natural_name, source_created_at, record, fingerprint,
                          first_seen_run, last_seen_run, updated_at)
     VALUES (@kind, @id, @displayName, @naturalName, @createdAt, @json, @fingerprint, @run, @run, @now)`,
  );
  const touch = db.prepare('UPDATE records SET last_seen_run = ? WHERE seq = ?');
  const change = db.prepare(
    `UPDATE records SET display_name = @displayName, natural_name = @naturalName, source_created_at = @createdAt,
            record = @json, fingerprint = @fingerprint, written_record = @writtenRecord, last_seen_run = @run, updated_at = @now
      WHERE seq = @seq`,
  );
  const back = db.prepare(
    `UPDATE records SET status = 'pending', reason = NULL, message = NULL
      WHERE seq = ? AND status = 'skipped' AND reason = 'vanished'`,
  );
  const apply = (record: IncomingRecord, run: number): Seen => {
    const old = find.get(record.kind, record.id);
    if (old === undefined) {
      const { lastInsertRowid } = insert.run({ ...record, run, now: now() });
      return { seq: Number(lastInsertRowid), what: 'new', writtenAs: null };
    }
    const { seq } = old;
    if (old.lastSeenRun === run) return { seq, what: 'duplicate', writtenAs: null };
    if (old.reason === 'vanished') back.run(seq);
    const drifted = old.writtenFingerprint !== null && old.writtenFingerprint !== record.fingerprint;
    const writtenAs = drifted ? (old.writtenRecord ?? old.record) : null;
    const same = old.fingerprint === record.fingerprint;
    if (same && old.record === record.json && old.naturalName === record.naturalName) touch.run(run, seq);
    else change.run({ ...record, writtenRecord: writtenAs, run, seq, now: now() });
    return { seq, what: same ? 'same' : 'changed', writtenAs };
  };
  return (record, run) => commits.do(() => apply(record, run));
}

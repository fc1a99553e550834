import type { Database } from 'better-sqlite3';
import type { RecordKind } from '../sources/records.js';
import type { Missing } from '../stages/plan.js';
import type { ObjectKind } from '../target/objects.js';
import type { Commits } from './commits.js';

/** A record that needs an object. `itself`: the object is the one it stands for. */
export type Needing = {
  readonly seq: number;
  readonly kind: RecordKind;
  readonly id: string;
  readonly status: string;
  readonly itself: 0 | 1;
};

type WriteKey = { readonly id: number; readonly kind: ObjectKind; readonly name: string };

/** What is on Bifrost by the journal, seen from the objects. */
export interface WrittenObjects {
  /** Records that need this object, in journal order. */
  needing(write: WriteKey): readonly Needing[];
  /**
   * The object is gone and is to be created again: the records it stood for are to be written anew, under the name they had.
   * Its write has been settled as removed before.
   */
  recreate(write: WriteKey): void;
  /** A written record lost links that are to be made again. */
  lacks(seq: number, missing: readonly Missing[]): void;
  /** The virtual key lost a limit for a model that is to be made again; those that are there are not sent again. */
  lacksLimits(seq: number): void;
  /** The record is on Bifrost as LiteLLM has it now, unless a finding `update_left` says otherwise: it has drifted no more. */
  upToDate(seq: number): void;
  /** Findings of all records that a look at Bifrost has led to are out of date. */
  clearFindings(): void;
}

export function writtenObjects(db: Database, commits: Commits, now: () => string): WrittenObjects {
  const needing = db.prepare<[WriteKey], Needing>(
    `SELECT seq, kind, source_id AS id, status,
            (bifrost_kind IS @kind AND bifrost_name IS @name) AS itself
       FROM records WHERE seq IN (SELECT record_seq FROM record_writes WHERE write_id = @id)
                       OR (bifrost_kind = @kind AND bifrost_name = @name)
      ORDER BY seq`,
  );
  // Only `written` ones: a record that waits or failed is planned anyway. The name stays reserved (mapping.md G2).
  const anew = db.prepare(
    `UPDATE records SET status = 'pending', reason = NULL, code = NULL, message = NULL, next_step = NULL, origin = NULL,
            bifrost_id = NULL, missing = '[]', detail = '{}', written_fingerprint = NULL, written_record = NULL, updated_at = @now
      WHERE bifrost_kind = @kind AND bifrost_name = @name AND status = 'written'`,
  );
  const lacks = db.prepare(
    `UPDATE records SET missing = @missing, detail = json_remove(detail, '$.grant'), updated_at = @now
      WHERE seq = @seq AND status = 'written'`,
  );
  const lacksLimits = db.prepare(
    `UPDATE records SET detail = json_set(detail, '$.modelLimits', json('false')), updated_at = @now
      WHERE seq = @seq AND status = 'written'`,
  );
  const upToDate = db.prepare(
    `UPDATE records SET written_fingerprint = fingerprint, written_record = NULL
      WHERE seq = @seq AND status = 'written' AND written_fingerprint <> fingerprint
        AND NOT EXISTS (SELECT 1 FROM findings WHERE record_seq = @seq AND code = 'update_left')`,
  );
  const undrift = db.prepare(`DELETE FROM findings WHERE record_seq = ? AND source = 'intake' AND code = 'drifted'`);
  const clear = db.prepare(`DELETE FROM findings WHERE source = 'target'`);
  return {
    needing: (write) => needing.all(write),
    recreate: ({ kind, name, id }) => {
      commits.do(() => anew.run({ kind, name, id, now: now() }));
    },
    lacks: (seq, missing) => {
      commits.do(() => lacks.run({ seq, missing: JSON.stringify(missing), now: now() }));
    },
    lacksLimits: (seq) => {
      commits.do(() => lacksLimits.run({ seq, now: now() }));
    },
    upToDate: (seq) => {
      commits.do(() => {
        if (upToDate.run({ seq }).changes > 0) undrift.run(seq);
      });
    },
    clearFindings: () => {
      commits.do(() => clear.run());
    },
  };
}

import type { Database } from 'better-sqlite3';
import type { ObjectKind } from '../target/objects.js';
import type { FindHint } from '../target/target.js';

/** An object that took more than one request to come about, and the records that need it. */
export type RepeatedWrite = {
  readonly kind: ObjectKind;
  readonly name: string;
  readonly bifrostId: string;
  readonly hint: FindHint;
  /** The run that touched it last. */
  readonly run: number;
  readonly records: readonly number[];
};

type Raw = Omit<RepeatedWrite, 'hint' | 'records'> & { readonly hint: string; readonly records: string };

const REPEATED = `
  SELECT w.kind, w.name, w.bifrost_id AS bifrostId, w.hint, w.run, json_group_array(l.record_seq) AS records
    FROM writes w JOIN record_writes l ON l.write_id = w.id
   WHERE w.attempts > 1 AND w.state = 'done' AND w.bifrost_id IS NOT NULL AND w.kind = ?
   GROUP BY w.id ORDER BY w.id`;

export function repeatedWrites(db: Database, kinds: readonly ObjectKind[]): readonly RepeatedWrite[] {
  const repeated = db.prepare<[string], Raw>(REPEATED);
  return kinds.flatMap((kind) =>
    repeated.all(kind).map((row) => ({
      ...row,
      hint: JSON.parse(row.hint) as FindHint,
      records: JSON.parse(row.records) as number[],
    })),
  );
}

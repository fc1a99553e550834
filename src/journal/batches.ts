import type { RecordQueries, RecordRow, Scope } from './record-queries.js';
import type { WriteRow, WriteTable } from './writes.js';

/** Rows read from the journal at a time: memory does not grow with their number. */
const BATCH = 500;

/** Records in journal order; each batch is read when the one before has been worked through. */
export function recordBatches(queries: Pick<RecordQueries, 'batch'>, scope: Scope): Generator<readonly RecordRow[]> {
  return batches(
    (after) => queries.batch(scope, after, BATCH),
    ({ seq }) => seq,
  );
}

/** The same, one by one. */
export function* recordsIn(queries: Pick<RecordQueries, 'batch'>, scope: Scope): Generator<RecordRow> {
  for (const rows of recordBatches(queries, scope)) yield* rows;
}

/** What is on the gateway by the journal, whoever put it there. */
export function* presentWrites(writes: Pick<WriteTable, 'present'>): Generator<WriteRow> {
  const read = (after: number): readonly WriteRow[] => writes.present(after, BATCH);
  for (const rows of batches(read, ({ id }) => id)) yield* rows;
}

function* batches<Row>(
  read: (after: number) => readonly Row[],
  place: (row: Row) => number,
): Generator<readonly Row[]> {
  for (let rows = read(0); ;) {
    const last = rows.at(-1);
    if (last === undefined) return;
    yield rows;
    // Who works on them adds none of the kind.
    if (rows.length < BATCH) return;
    rows = read(place(last));
  }
}

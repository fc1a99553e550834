import type { Database } from 'better-sqlite3';
import type { RunSummary } from '../engine/events.js';

export type KindCounts = RunSummary['counts'][number];

const COUNTS = `
  SELECT kind, count(*) AS read,
         sum(status = 'written' AND origin IS NOT 'adopted') AS created,
         sum(status = 'written' AND origin IS 'adopted') AS adopted,
         sum(status = 'skipped') AS skipped,
         sum(status = 'failed') AS failed,
         sum(status = 'pending') AS waiting,
         sum(status = 'written' AND missing <> '[]') AS incomplete
    FROM records GROUP BY kind ORDER BY min(seq)`;

/** Per kind: read = created + adopted + skipped + failed + waiting; incomplete ones are among the first two. */
export function countsByKind(db: Database): readonly KindCounts[] {
  return db.prepare<[], KindCounts>(COUNTS).all();
}

import type { Database } from 'better-sqlite3';
import type { Finding } from '../findings.js';
import type { Commits } from './commits.js';

/**
 * `plan`, `routing`: replaced when the record is planned again, there · `intake`: replaced when the source is read again ·
 * `late`: replaced at the end of each run · `target`: replaced when Bifrost is read.
 */
export type FindingSource = 'plan' | 'routing' | 'intake' | 'late' | 'target';

export interface FindingTable {
  /** All findings of one source about one record; null = about LiteLLM or Bifrost as a whole. */
  replace(record: number | null, source: FindingSource, run: number, findings: readonly Finding[]): void;
  /** Adds to what is there, unless the very same is there already. */
  add(record: number | null, source: FindingSource, run: number, finding: Finding): void;
}

export function findingTable(db: Database, commits: Commits): FindingTable {
  const insert = db.prepare(
    'INSERT INTO findings (run, record_seq, source, code, severity, field, message) VALUES (?, ?, ?, ?, ?, ?, ?)',
  );
  const clear = db.prepare('DELETE FROM findings WHERE record_seq = ? AND source = ?');
  const clearGeneral = db.prepare('DELETE FROM findings WHERE record_seq IS NULL AND source = ?');
  const same = db.prepare(
    'SELECT 1 FROM findings WHERE record_seq IS ? AND source = ? AND code = ? AND field = ? AND message = ?',
  );
  const put = (record: number | null, source: FindingSource, run: number, f: Finding): void => {
    insert.run(run, record, source, f.code, f.severity, f.field, f.message);
  };
  return {
    replace: (record, source, run, findings) => {
      commits.do(() => {
        if (record === null) clearGeneral.run(source);
        else clear.run(record, source);
        for (const finding of findings) put(record, source, run, finding);
      });
    },
    add: (record, source, run, finding) => {
      commits.do(() => {
        if (same.get(record, source, finding.code, finding.field, finding.message) === undefined)
          put(record, source, run, finding);
      });
    },
  };
}

import type { Database } from 'better-sqlite3';
import type { Finding } from '../findings.js';
import type { RecordKey } from '../sources/records.js';
import type { Commits } from './commits.js';

/**
 * `plan`, `routing`: replaced when the record is planned again, there · `intake`: replaced when the source is read again ·
 * `late`: replaced at the end of each run · `target`: replaced when Bifrost is read.
 */
export type FindingSource = 'plan' | 'routing' | 'intake' | 'late' | 'target';

export interface FindingTable {
  /**
   * All findings of one source about one record, but for those with the codes to keep; null = about LiteLLM or Bifrost as a whole.
   */
  replace(
    record: number | null,
    source: FindingSource,
    run: number,
    findings: readonly Finding[],
    keep?: readonly string[],
  ): void;
  /** Adds to what is there, unless the very same is there already. */
  add(record: number | null, source: FindingSource, run: number, finding: Finding): void;
  /** Some run has told this very thing: about this record, or, without one, about any. */
  tells(finding: Finding, record?: RecordKey): boolean;
}

export function findingTable(db: Database, commits: Commits): FindingTable {
  const insert = db.prepare(
    'INSERT INTO findings (run, record_seq, source, code, severity, field, message) VALUES (?, ?, ?, ?, ?, ?, ?)',
  );
  const clear = db.prepare(
    'DELETE FROM findings WHERE record_seq = ? AND source = ? AND code NOT IN (SELECT value FROM json_each(?))',
  );
  const clearGeneral = db.prepare('DELETE FROM findings WHERE record_seq IS NULL AND source = ?');
  const same = db.prepare(
    'SELECT 1 FROM findings WHERE record_seq IS ? AND source = ? AND code = ? AND field = ? AND message = ?',
  );
  const told = db.prepare('SELECT 1 FROM findings WHERE code = ? AND field = ? AND message = ? LIMIT 1');
  const toldOf = db.prepare(
    `SELECT 1 FROM findings WHERE code = ? AND field = ? AND message = ?
        AND record_seq = (SELECT seq FROM records WHERE kind = ? AND source_id = ?) LIMIT 1`,
  );
  const put = (record: number | null, source: FindingSource, run: number, f: Finding): void => {
    insert.run(run, record, source, f.code, f.severity, f.field, f.message);
  };
  return {
    replace: (record, source, run, findings, keep = []) => {
      commits.do(() => {
        if (record === null) clearGeneral.run(source);
        else clear.run(record, source, JSON.stringify(keep));
        for (const finding of findings) put(record, source, run, finding);
      });
    },
    add: (record, source, run, finding) => {
      commits.do(() => {
        if (same.get(record, source, finding.code, finding.field, finding.message) === undefined)
          put(record, source, run, finding);
      });
    },
    tells: ({ code, field, message }, record) =>
      (record === undefined
        ? told.get(code, field, message)
        : toldOf.get(code, field, message, record.kind, record.id)) !== undefined,
  };
}

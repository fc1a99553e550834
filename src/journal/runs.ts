import type { Database } from 'better-sqlite3';
import type { Commits } from './commits.js';
import { assertMoved } from './states.js';

export type RunOutcome = 'complete' | 'interrupted' | 'stopped';

export type RunRow = {
  readonly id: number;
  readonly command: string;
  readonly startedAt: string;
  /** null = running now, or killed. */
  readonly outcome: RunOutcome | null;
  readonly intakeComplete: boolean;
};

export interface RunTable {
  /** Durable when it returns. */
  begin(run: {
    readonly command: string;
    readonly toolVersion: string;
    readonly sourceVersion: string | null;
    readonly targetVersion: string | null;
  }): number;
  intakeComplete(run: number): void;
  finish(
    run: number,
    end: { readonly outcome: RunOutcome; readonly error: string | null; readonly counts: string },
  ): void;
  last(): RunRow | undefined;
  /** The newest run that read the source to its end; undefined = the source was never read completely. */
  lastCompleteIntake(): number | undefined;
  /** The source was read completely, and since then there were only resumes. */
  intakeToResume(): boolean;
}

type Raw = Omit<RunRow, 'intakeComplete'> & { readonly intakeComplete: number };

export function runTable(db: Database, commits: Commits, now: () => string): RunTable {
  const insert = db.prepare(
    'INSERT INTO runs (command, tool_version, started_at, source_version, target_version) VALUES (?, ?, ?, ?, ?)',
  );
  const intake = db.prepare('UPDATE runs SET intake_complete = 1 WHERE id = ? AND outcome IS NULL');
  const finish = db.prepare(
    'UPDATE runs SET finished_at = ?, outcome = ?, error = ?, counts = ? WHERE id = ? AND outcome IS NULL',
  );
  const last = db.prepare<[], Raw>(
    `SELECT id, command, started_at AS startedAt, outcome, intake_complete AS intakeComplete
       FROM runs ORDER BY id DESC LIMIT 1`,
  );
  const complete = db.prepare<[], number>('SELECT max(id) FROM runs WHERE intake_complete = 1').pluck();
  const resumable = db
    .prepare<[], number>(
      `SELECT count(*) FROM (SELECT max(id) AS id FROM runs WHERE intake_complete = 1) complete
        WHERE complete.id IS NOT NULL
          AND NOT EXISTS (SELECT 1 FROM runs WHERE id > complete.id AND command <> 'resume')`,
    )
    .pluck();
  return {
    begin: ({ command, toolVersion, sourceVersion, targetVersion }) => {
      const { lastInsertRowid } = commits.do(() =>
        insert.run(command, toolVersion, now(), sourceVersion, targetVersion),
      );
      commits.flush();
      return Number(lastInsertRowid);
    },
    intakeComplete: (run) => {
      commits.do(() => assertMoved(intake.run(run).changes, `run ${run}`));
    },
    finish: (run, { outcome, error, counts }) => {
      commits.do(() => assertMoved(finish.run(now(), outcome, error, counts, run).changes, `run ${run}`));
      commits.flush();
    },
    last: () => {
      const row = last.get();
      return row && { ...row, intakeComplete: row.intakeComplete === 1 };
    },
    lastCompleteIntake: () => complete.get() ?? undefined,
    intakeToResume: () => resumable.get() === 1,
  };
}

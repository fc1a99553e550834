import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { assembleJournal, type Journal } from '../../src/journal/journal.js';
import { openJournal } from '../../src/journal/open.js';

const TOOL = '0.1.0';

type Life = { ended: boolean };

/**
 * A journal that lives through processes without a file: what is committed when one dies is what the next one opens. For
 * thousands of lives, where files, locks, migrations and the preparation of statements would take all the time.
 */
export class MemoryJournal {
  readonly #now: () => number;
  readonly #db = new Database(empty());
  readonly #statements = new Map<string, Database.Statement>();
  #life: Life = { ended: true };
  #journal: Journal | null = null;

  constructor(now: () => number) {
    this.#now = now;
    this.#db.pragma('foreign_keys = ON');
  }

  open(): Journal {
    this.#life = { ended: false };
    const db = this.#connection(this.#life);
    this.#journal = assembleJournal(db, { path: 'memory', dry: false, lock: null, now: this.#now, toolVersion: TOOL });
    return this.#journal;
  }

  /** The process dies: what was not committed is lost, and what is left of it in this process reaches nothing any more. */
  kill(): void {
    if (this.#life.ended) return;
    this.#life.ended = true;
    if (this.#db.inTransaction) this.#db.exec('ROLLBACK');
  }

  close(): void {
    if (this.#life.ended) return;
    this.#journal?.commits.flush();
    this.#life.ended = true;
  }

  rows(sql: string): Record<string, unknown>[] {
    return this.#statement(sql).all() as Record<string, unknown>[];
  }

  /** Gives the memory back. */
  discard(): void {
    this.#db.close();
  }

  #statement(sql: string): Database.Statement {
    const known = this.#statements.get(sql) ?? this.#db.prepare(sql);
    this.#statements.set(sql, known);
    return known;
  }

  /** The part of a connection that the journal uses, of one life. */
  #connection(life: Life): Database.Database {
    const alive = (): void => {
      if (life.ended) throw new TypeError('The database connection is not open');
    };
    const connection = {
      readonly: false,
      open: true,
      exec: (sql: string) => {
        alive();
        this.#db.exec(sql);
      },
      prepare: (sql: string) => guarded(this.#statement(sql), alive),
    };
    return connection as unknown as Database.Database;
  }
}

function guarded(statement: Database.Statement, alive: () => void): Database.Statement {
  const guard = {
    run: (...values: unknown[]) => {
      alive();
      return statement.run(...values);
    },
    get: (...values: unknown[]) => {
      alive();
      return statement.get(...values);
    },
    all: (...values: unknown[]) => {
      alive();
      return statement.all(...values);
    },
    pluck: () => {
      statement.pluck();
      return guard;
    },
  };
  return guard as unknown as Database.Statement;
}

let template: Buffer | null = null;

/** A new journal as openJournal makes it, out of WAL mode, which memory does not have. */
function empty(): Buffer {
  if (template !== null) return template;
  const folder = mkdtempSync(join(tmpdir(), 'journal-'));
  const journal = openJournal(join(folder, 'migrate.db'), { create: true, now: () => 0, toolVersion: TOOL });
  template = journal.copyForDryRun().db.serialize();
  journal.close();
  rmSync(folder, { recursive: true });
  return template;
}

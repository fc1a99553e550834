import type { Database } from 'better-sqlite3';
import type { PlannedRights } from '../stages/plan.js';
import type { Commits } from './commits.js';

export interface RightsTable {
  /** Kept once, however many records refer to it. */
  keep(rights: PlannedRights): void;
}

/** So many ids are remembered: most of 100,000 keys share a few hundred. */
const REMEMBERED = 5_000;

export function rightsTable(db: Database, commits: Commits): RightsTable {
  const insert = db.prepare('INSERT INTO rights (id, names) VALUES (?, ?) ON CONFLICT DO NOTHING');
  const there = new Set<string>();
  return {
    keep: ({ id, json }) => {
      if (there.has(id)) return;
      commits.do(() => insert.run(id, json));
      if (there.size >= REMEMBERED) there.clear();
      there.add(id);
    },
  };
}

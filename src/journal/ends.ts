import type { Database } from 'better-sqlite3';
import { MigrateError } from '../errors.js';
import type { Commits } from './commits.js';

type Ends = { readonly source: string | null; readonly target: string | null };

/** A journal made for gateway A says nothing about gateway B: its ids would link keys to somebody else's teams. */
export function bindEnds(
  db: Database,
  commits: Commits,
  { source, target, rebind, path }: { source: string; target: string; rebind: boolean; path: string },
): void {
  const bound = db
    .prepare('SELECT source_identity AS source, target_identity AS target FROM meta WHERE id = 1')
    .get() as Ends;
  const others = [
    ...(bound.source !== null && bound.source !== source ? [`LiteLLM at ${bound.source}, not ${source}`] : []),
    ...(bound.target !== null && bound.target !== target ? [`Bifrost at ${bound.target}, not ${target}`] : []),
  ];
  if (others.length > 0 && !rebind) {
    throw new MigrateError(
      'journal_other_ends',
      `The journal ${path} belongs to ${others.join(', and to ')}.`,
      'Use another journal with --journal; pass --rebind only when it is the same gateway under a new address.',
    );
  }
  commits.do(() =>
    db.prepare('UPDATE meta SET source_identity = ?, target_identity = ? WHERE id = 1').run(source, target),
  );
}

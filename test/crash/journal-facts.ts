import Database from 'better-sqlite3';
import { inWords, type Holdings } from './holdings.js';

/** What a journal says, in words that do not depend on ids, attempts or the number of runs. */
export function journalFacts(path: string, { meaning }: Holdings): readonly string[] {
  const db = new Database(path, { readonly: true });
  try {
    const facts = Object.entries(QUERIES).flatMap(([about, sql]) =>
      db
        .prepare<[], string>(sql)
        .pluck()
        .all()
        .map((row) => inWords(`${about} ${row}`, meaning)),
    );
    return facts.sort();
  } finally {
    db.close();
  }
}

const QUERIES = {
  record: `SELECT json_array(kind, source_id, status, reason, code, origin, bifrost_kind, bifrost_name, bifrost_id, missing)
             FROM records`,
  write: `SELECT json_array(kind, name, state, bifrost_id, origin, reason) FROM writes`,
  link: `SELECT json_array(r.kind, r.source_id, w.kind, w.name)
           FROM record_writes JOIN records r ON r.seq = record_seq JOIN writes w ON w.id = write_id`,
  finding: `SELECT json_array(r.kind, r.source_id, f.source, f.code, f.severity, f.field, f.message)
              FROM findings f LEFT JOIN records r ON r.seq = f.record_seq`,
} as const;

/** What is in one multiset and not in the other; of two lines that begin alike, from where they differ. */
export function differencesOf(expected: readonly string[], found: readonly string[]): readonly string[] {
  const left = new Map<string, number>();
  for (const line of expected) left.set(line, (left.get(line) ?? 0) + 1);
  for (const line of found) left.set(line, (left.get(line) ?? 0) - 1);
  const lost = [...left].flatMap(([line, n]) => (n > 0 ? [line] : []));
  const extra = [...left].flatMap(([line, n]) => (n < 0 ? [line] : []));
  return [...shortened('lost', lost, extra), ...shortened('extra', extra, lost)];
}

const SHOWN = 160;

function shortened(word: string, lines: readonly string[], others: readonly string[]): readonly string[] {
  return lines.map((line) => {
    const alike = Math.max(0, ...others.map((other) => commonLength(line, other)));
    const rest = alike > SHOWN ? ` … ${line.slice(alike - 60, alike + SHOWN)}` : '';
    return `${word} ${line.slice(0, SHOWN)}${rest}`;
  });
}

function commonLength(a: string, b: string): number {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length += 1;
  return length;
}

import type { Database } from 'better-sqlite3';
import type { RecordKind, User } from '../sources/records.js';
import type { ObjectKind } from '../target/objects.js';
import type { RecordState } from './states.js';
import { OF_TEAMS } from './team-choice.js';

/** A record as the engine works on it. JSON columns are text, parsed by whoever needs them. Our own rows: not checked again. */
export type RecordRow = {
  readonly seq: number;
  readonly kind: RecordKind;
  readonly id: string;
  readonly displayName: string;
  readonly json: string;
  readonly status: RecordState;
  readonly reason: string | null;
  readonly message: string | null;
  readonly origin: 'created' | 'adopted' | null;
  readonly bifrostId: string | null;
  readonly bifrostKind: ObjectKind | null;
  readonly bifrostName: string | null;
  readonly missing: string;
  readonly detail: string;
  /** 1 = the source changed since it was written. */
  readonly drifted: 0 | 1;
};

/** Which records a run looks at. */
export type Scope = {
  readonly kind: RecordKind;
  /** `outstanding`: failed, pending, and written ones that lack something or could not be completed. */
  readonly which: 'all' | 'outstanding';
  /** Only this source id; null = any. */
  readonly id: string | null;
  /** Seen by this run or a later one: what vanished from the source is not planned. */
  readonly seenSince: number;
  /** Ids of teams whose records alone are meant; absent = all records. */
  readonly teams?: readonly string[] | null;
};

export type KeyAlias = { readonly alias: string; readonly target: string; readonly teamId: string | null };

export interface RecordQueries {
  /** In journal order, after `afterSeq`; an empty answer = the end. */
  batch(scope: Scope, afterSeq: number, limit: number): readonly RecordRow[];
  count(scope: Scope): number;
  get(kind: RecordKind, id: string): RecordRow | undefined;
  bySeq(seq: number): RecordRow | undefined;
  user(id: string): User | undefined;
  /**
   * How many records of the same kind and natural name come first by (createdAt, nulls last; id). One that comes later but
   * holds the plain name on Bifrost already comes first too: a name once written never changes (mapping.md G2).
   */
  rank(kind: RecordKind, id: string): number;
  /** Some record of this kind has this natural name. */
  isNaturalName(kind: RecordKind, name: string): boolean;
  /** Natural names of this kind that several records share. */
  collisions(kind: RecordKind): readonly { readonly name: string; readonly count: number }[];
  /** Distinct (alias, target, team) of all virtual keys. */
  keyAliases(): readonly KeyAlias[];
  /** Records of these kinds that the source no longer shows. */
  vanished(kinds: readonly RecordKind[], run: number): readonly RecordRow[];
  /** Another record that this object belongs to. */
  otherOwner(
    kind: ObjectKind,
    name: string,
    seq: number,
  ): { readonly kind: RecordKind; readonly id: string; readonly displayName: string } | undefined;
}

const ROW = `seq, kind, source_id AS id, display_name AS displayName, record AS json, status, reason, message, origin,
  bifrost_id AS bifrostId, bifrost_kind AS bifrostKind, bifrost_name AS bifrostName, missing, detail,
  (status = 'written' AND written_fingerprint IS NOT NULL AND written_fingerprint <> fingerprint) AS drifted`;

const SCOPE = `kind = @kind AND last_seen_run >= @seenSince AND (@id IS NULL OR source_id = @id) AND ${OF_TEAMS}
  AND (@which = 'all' OR status IN ('failed', 'pending') OR missing <> '[]' OR (status = 'written' AND reason IS NOT NULL))`;

const RANK = `
  SELECT count(*) FROM records me JOIN records o
      ON o.kind = me.kind AND o.natural_name = me.natural_name AND o.seq <> me.seq
   WHERE me.kind = ? AND me.source_id = ?
     AND NOT (o.reason IS 'vanished' AND o.bifrost_name IS NULL)
     AND (o.bifrost_name IS o.natural_name
       OR CASE WHEN me.source_created_at IS NULL
               THEN o.source_created_at IS NOT NULL OR o.source_id < me.source_id
               ELSE o.source_created_at < me.source_created_at
                 OR (o.source_created_at = me.source_created_at AND o.source_id < me.source_id) END)`;

const KEY_ALIASES = `
  SELECT DISTINCT a.key AS alias, a.value AS target, records.record ->> '$.teamId' AS teamId
    FROM records, json_each(records.record, '$.aliases') a
   WHERE records.kind = 'virtual_key' AND a.type = 'text'`;

export function recordQueries(db: Database): RecordQueries {
  const batch = db.prepare<[object], RecordRow>(
    `SELECT ${ROW} FROM records WHERE ${SCOPE} AND seq > @afterSeq ORDER BY seq LIMIT @limit`,
  );
  const count = db.prepare<[object], number>(`SELECT count(*) FROM records WHERE ${SCOPE}`).pluck();
  const get = db.prepare<[string, string], RecordRow>(`SELECT ${ROW} FROM records WHERE kind = ? AND source_id = ?`);
  const bySeq = db.prepare<[number], RecordRow>(`SELECT ${ROW} FROM records WHERE seq = ?`);
  const rank = db.prepare<[string, string], number>(RANK).pluck();
  const natural = db
    .prepare<[string, string], number>('SELECT 1 FROM records WHERE kind = ? AND natural_name = ? LIMIT 1')
    .pluck();
  const collisions = db.prepare<[string], { name: string; count: number }>(
    'SELECT natural_name AS name, count(*) AS count FROM records WHERE kind = ? GROUP BY natural_name HAVING count(*) > 1',
  );
  const aliases = db.prepare<[], KeyAlias>(KEY_ALIASES);
  const vanished = db.prepare<[string, number], RecordRow>(
    `SELECT ${ROW} FROM records WHERE kind = ? AND last_seen_run < ? ORDER BY seq`,
  );
  const other = db.prepare<[string, string, number], { kind: RecordKind; id: string; displayName: string }>(
    `SELECT kind, source_id AS id, display_name AS displayName FROM records
      WHERE bifrost_kind = ? AND bifrost_name = ? AND seq <> ? LIMIT 1`,
  );
  return {
    batch: (scope, afterSeq, limit) => batch.all({ ...named(scope), afterSeq, limit }),
    count: (scope) => count.get(named(scope)) ?? 0,
    get: (kind, id) => get.get(kind, id),
    bySeq: (seq) => bySeq.get(seq),
    user: (id) => {
      const row = get.get('user', id);
      return row && (JSON.parse(row.json) as User);
    },
    rank: (kind, id) => rank.get(kind, id) ?? 0,
    isNaturalName: (kind, name) => natural.get(kind, name) !== undefined,
    collisions: (kind) => collisions.all(kind),
    keyAliases: () => aliases.all(),
    vanished: (kinds, run) => kinds.flatMap((kind) => vanished.all(kind, run)),
    otherOwner: (kind, name, seq) => other.get(kind, name, seq),
  };
}

function named({ kind, which, id, seenSince, teams = null }: Scope): object {
  return { kind, which, id, seenSince, teams: teams === null ? null : JSON.stringify(teams) };
}

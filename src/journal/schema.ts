import { index, integer, primaryKey, real, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';

/** One row: what this journal is. `hmac_key` makes fingerprints of secrets comparable within this journal only. */
export const meta = sqliteTable('meta', {
  id: integer('id').primaryKey(),
  toolVersion: text('tool_version').notNull(),
  createdAt: text('created_at').notNull(),
  hmacKey: text('hmac_key').notNull(),
  /** The two ends this journal is bound to; null until the first run reached them. */
  sourceIdentity: text('source_identity'),
  targetIdentity: text('target_identity'),
});

/** One invocation of run, resume, retry or rollback. */
export const runs = sqliteTable('runs', {
  id: integer('id').primaryKey({ autoIncrement: true }),
  command: text('command').notNull(),
  toolVersion: text('tool_version').notNull(),
  startedAt: text('started_at').notNull(),
  finishedAt: text('finished_at'),
  /** `complete` every stage was worked through; `interrupted` signal; `stopped` an error ended it. null = running or killed. */
  outcome: text('outcome'),
  error: text('error'),
  sourceVersion: text('source_version'),
  targetVersion: text('target_version'),
  /** true once every source record is in `records`. */
  intakeComplete: integer('intake_complete', { mode: 'boolean' }).notNull().default(false),
  /** JSON: counts per kind and status at the end. */
  counts: text('counts'),
});

/** One source record. */
export const records = sqliteTable(
  'records',
  {
    seq: integer('seq').primaryKey({ autoIncrement: true }),
    kind: text('kind').notNull(),
    sourceId: text('source_id').notNull(),
    /** For people: alias, e-mail, model name. */
    displayName: text('display_name').notNull(),
    /** What collisions are counted by (mapping.md G2, V2). */
    naturalName: text('natural_name').notNull(),
    sourceCreatedAt: text('source_created_at'),
    /** The normalized record as JSON; SecretRefs instead of secrets. */
    record: text('record').notNull(),
    fingerprint: text('fingerprint').notNull(),
    /** Fingerprint of the record when it was written; differs from `fingerprint` = drifted. */
    writtenFingerprint: text('written_fingerprint'),
    /** The record as it was when written, kept from the moment it drifts, so that the changed fields can be named. */
    writtenRecord: text('written_record'),
    status: text('status').notNull().default('pending'),
    /** Refines the status: a skip reason, a failure class (`permanent`, `exhausted`, `conflict`, `ambiguous`), `waiting`, `in_doubt`. */
    reason: text('reason'),
    /** The stage's own word for why it failed or waits, e.g. `owner_not_written`. */
    code: text('code'),
    message: text('message'),
    nextStep: text('next_step'),
    origin: text('origin'),
    bifrostId: text('bifrost_id'),
    /** Set with the first intent, before the request leaves: from then on the name belongs to this record. */
    bifrostName: text('bifrost_name'),
    bifrostKind: text('bifrost_kind'),
    /** JSON array of Missing; `[]` = complete. */
    missing: text('missing').notNull().default('[]'),
    /** JSON object, stage-private memory. */
    detail: text('detail').notNull().default('{}'),
    firstSeenRun: integer('first_seen_run').notNull(),
    lastSeenRun: integer('last_seen_run').notNull(),
    updatedAt: text('updated_at').notNull(),
  },
  (t) => [
    uniqueIndex('records_kind_source').on(t.kind, t.sourceId),
    index('records_kind_status').on(t.kind, t.status),
    index('records_kind').on(t.kind),
    // Covers the ranking of equal names, which is asked once per record.
    index('records_natural').on(t.kind, t.naturalName, t.sourceCreatedAt, t.sourceId, t.bifrostName, t.reason),
    index('records_bifrost').on(t.bifrostKind, t.bifrostName),
  ],
);

/** One Bifrost object to exist. */
export const writes = sqliteTable(
  'writes',
  {
    id: integer('id').primaryKey({ autoIncrement: true }),
    kind: text('kind').notNull(),
    name: text('name').notNull(),
    label: text('label').notNull(),
    /**
     * `planned` intent committed, outcome unknown (in doubt) · `found` was in doubt, an object of that name is there and is
     * compared when the write is planned again · `absent` was in doubt, certainly not there · `done` · `failed` · `skipped` ·
     * `removed` rolled back: deleted, or found gone.
     */
    state: text('state').notNull(),
    /** create, update or delete: what the open intent is about. */
    action: text('action').notNull(),
    /** Set = the object exists on the gateway, whatever became of the last intent. */
    bifrostId: text('bifrost_id'),
    origin: text('origin'),
    /** HMAC of the body with SecretRefs replaced by their fingerprints. */
    payloadFingerprint: text('payload_fingerprint').notNull(),
    /**
     * JSON array of the bodies the object may have been left with, SecretRefs where secrets go: several while a change is in
     * doubt, none for what was adopted. A rollback tells by them what somebody else has changed since.
     */
    bodies: text('bodies').notNull().default('[]'),
    /** HMAC of the value of a provider key as Bifrost showed it, redacted. */
    shown: text('shown'),
    /** JSON FindHint. */
    hint: text('hint').notNull().default('{}'),
    attempts: integer('attempts').notNull().default(0),
    intentAt: text('intent_at'),
    settledAt: text('settled_at'),
    /** Class of the last failure (`permanent`, `exhausted`, `conflict`, `ambiguous`) or reason of the skip. */
    reason: text('reason'),
    lastError: text('last_error'),
    nextStep: text('next_step'),
    /** `processStart` of the gateway that left it out: nothing to gain from sending it again to the same process. */
    gatewayStart: text('gateway_start'),
    /** The run that touched it last. */
    run: integer('run').notNull(),
  },
  (t) => [uniqueIndex('writes_kind_name').on(t.kind, t.name), index('writes_state').on(t.state)],
);

/** Which source records feed which object. */
export const recordWrites = sqliteTable(
  'record_writes',
  {
    recordSeq: integer('record_seq')
      .notNull()
      .references(() => records.seq),
    writeId: integer('write_id')
      .notNull()
      .references(() => writes.id),
  },
  (t) => [primaryKey({ columns: [t.recordSeq, t.writeId] }), index('record_writes_write').on(t.writeId)],
);

/** One thing not carried over faithfully. Replaced when its record is planned again. */
export const findings = sqliteTable(
  'findings',
  {
    id: integer('id').primaryKey({ autoIncrement: true }),
    run: integer('run').notNull(),
    /** null = about the source or the target as a whole. */
    recordSeq: integer('record_seq').references(() => records.seq),
    /** Who found it: `plan` (replaced when its record is planned again) or `intake` (replaced when it is read again). */
    source: text('source').notNull().default('plan'),
    code: text('code').notNull(),
    severity: text('severity').notNull(),
    field: text('field').notNull(),
    message: text('message').notNull(),
  },
  (t) => [index('findings_record').on(t.recordSeq), index('findings_code').on(t.code)],
);

/** One HTTP write. Never a body. */
export const attempts = sqliteTable(
  'attempts',
  {
    id: integer('id').primaryKey({ autoIncrement: true }),
    writeId: integer('write_id')
      .notNull()
      .references(() => writes.id),
    run: integer('run').notNull(),
    method: text('method').notNull(),
    path: text('path').notNull(),
    /** null = no answer. */
    status: integer('status'),
    durationMs: real('duration_ms').notNull(),
    outcome: text('outcome').notNull(),
    error: text('error'),
    at: text('at').notNull(),
  },
  (t) => [index('attempts_write').on(t.writeId)],
);

/** What keys may call before and after: a row for all that have it in common, named by `detail` of their records. */
export const rights = sqliteTable('rights', {
  /** Hash of `names`. */
  id: text('id').primaryKey(),
  /** JSON (mapping/rights.ts). */
  names: text('names').notNull(),
});

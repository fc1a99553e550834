import * as z from 'zod';
import type Database from 'better-sqlite3';
import { TOKEN_PREFIX_LENGTH } from './words.js';

/** What the journal knows about the virtual keys it has written. */
export type KeyRows = {
  /** The gateway the journal is bound to; null until a run reached it. */
  readonly targetIdentity: string | null;
  /** In the order of alias, then token hash. */
  readonly keys: readonly KeyRow[];
  /** LiteLLM keys without a virtual key on Bifrost: skipped, failed or pending. */
  readonly withoutKey: number;
};

export type KeyRow = {
  /** Empty when the key has none. */
  readonly alias: string;
  /** `team:Platform`, `organization:Acme`, `user:<id>`; empty when it belongs to nobody. */
  readonly owner: string;
  /** The team it belongs to, also when LiteLLM has lost that team; null = none. */
  readonly team: { readonly id: string; readonly name: string } | null;
  readonly tokenPrefix: string;
  readonly bifrostName: string;
  readonly bifrostId: string;
};

export function readKeys(database: Database.Database): KeyRows {
  return database.transaction((): KeyRows => {
    const meta = META.parse(database.prepare('SELECT target_identity FROM meta LIMIT 1').get());
    return {
      targetIdentity: meta.target_identity,
      keys: database.prepare(WRITTEN).all().map(toKey),
      withoutKey: COUNTED.parse(database.prepare(WITHOUT).get()).n,
    };
  })();
}

const META = z.object({ target_identity: z.string().nullable() });

// Names of teams and organizations are taken from their own records: a key knows its owner by id only.
const WRITTEN = `
  SELECT k.source_id, k.bifrost_id, k.bifrost_name,
         k.record ->> '$.keyAlias' AS alias,
         k.record ->> '$.teamId' AS team_id, t.display_name AS team,
         k.record ->> '$.organizationId' AS organization_id, o.display_name AS organization,
         k.record ->> '$.userId' AS user_id
    FROM records k
    LEFT JOIN records t ON t.kind = 'team' AND t.source_id = k.record ->> '$.teamId'
    LEFT JOIN records o ON o.kind = 'organization' AND o.source_id = k.record ->> '$.organizationId'
   WHERE k.kind = 'virtual_key' AND k.status = 'written' AND k.bifrost_id IS NOT NULL
   ORDER BY coalesce(k.record ->> '$.keyAlias', ''), k.source_id`;

const WITHOUT = `SELECT count(*) AS n FROM records WHERE kind = 'virtual_key' AND (status <> 'written' OR bifrost_id IS NULL)`;
const COUNTED = z.object({ n: z.number() });

const text = z.string().nullable();
const ROW = z.object({
  source_id: z.string(),
  bifrost_id: z.string(),
  bifrost_name: text,
  alias: text,
  team_id: text,
  team: text,
  organization_id: text,
  organization: text,
  user_id: text,
});

function toKey(raw: unknown): KeyRow {
  const row = ROW.parse(raw);
  return {
    alias: row.alias ?? '',
    owner: ownerOf(row),
    team: row.team_id === null || row.team_id === '' ? null : { id: row.team_id, name: row.team ?? row.team_id },
    tokenPrefix: row.source_id.slice(0, TOKEN_PREFIX_LENGTH),
    bifrostName: row.bifrost_name ?? '',
    bifrostId: row.bifrost_id,
  };
}

/** The owner as the mapping takes it: the team, else the organization (mapping.md V3); a personal key names its user. */
function ownerOf({
  team_id: teamId,
  team,
  organization_id: organizationId,
  organization,
  user_id: userId,
}: z.infer<typeof ROW>): string {
  if (teamId !== null && teamId !== '') return `team:${team ?? teamId}`;
  if (organizationId !== null && organizationId !== '') return `organization:${organization ?? organizationId}`;
  return userId === null || userId === '' ? '' : `user:${userId}`;
}

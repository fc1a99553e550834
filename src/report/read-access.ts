import * as z from 'zod';
import type Database from 'better-sqlite3';
import type { Rights } from '../mapping/rights.js';

/** What the journal knows about who may call what. */
export type AccessRows = {
  /** Every virtual key LiteLLM has, and those that left it after they were written. */
  readonly keys: readonly KeyRights[];
  /** By id. */
  readonly rights: ReadonlyMap<string, Rights>;
};

export type KeyRights = {
  readonly id: string;
  readonly name: string;
  readonly status: 'pending' | 'written' | 'skipped' | 'failed';
  /** null = nothing was planned for it, or it was found on Bifrost without a plan. */
  readonly rights: string | null;
  /** Codes of the findings that made it inactive; empty = active. */
  readonly inactive: readonly string[];
};

export function readAccess(database: Database.Database): AccessRows {
  const rights = database
    .prepare('SELECT id, names FROM rights')
    .all()
    .map((row) => RIGHTS_ROW.parse(row));
  return {
    keys: database.prepare(KEYS).all().map(toKey),
    rights: new Map(rights.map(({ id, names }) => [id, RIGHTS.parse(JSON.parse(names))])),
  };
}

const KEYS = `
  SELECT source_id, display_name, status,
         CASE status WHEN 'written' THEN detail ->> '$.rights' END AS rights, coalesce(detail -> '$.inactive', '[]') AS inactive
    FROM records WHERE kind = 'virtual_key'`;

const RIGHTS_ROW = z.object({ id: z.string(), names: z.string() });

const names = z.array(z.string());
const pattern = z.string().nullable();
const RIGHTS = z.object({
  kept: z.array(z.object({ pattern, names })),
  patterns: names,
  lost: z.array(z.object({ code: z.string(), pattern, names })),
  gained: z.array(z.object({ code: z.string().nullable(), names })),
}) satisfies z.ZodType<Rights>;

const KEY = z.object({
  source_id: z.string(),
  display_name: z.string(),
  status: z.enum(['pending', 'written', 'skipped', 'failed']),
  rights: z.string().nullable(),
  inactive: z.string(),
});

function toKey(raw: unknown): KeyRights {
  const { source_id: id, display_name: name, status, rights, inactive } = KEY.parse(raw);
  return { id, name, status, rights, inactive: inactive === '[]' ? [] : names.parse(JSON.parse(inactive)) };
}

import * as z from 'zod';
import type Database from 'better-sqlite3';
import type { ModelRow } from './rows.js';

/** Every deployment in the journal but those that left LiteLLM before they were written. */
export function readModels(database: Database.Database): ModelRow[] {
  return database.prepare(MODELS).all().map(toModel);
}

// A record of an older program may lack members; the display name is the public name as it was read.
const MODELS = `
  SELECT d.source_id, d.display_name, d.status, coalesce(d.code, d.reason) AS reason, d.message, d.missing,
         d.record ->> '$.publicName' AS public_name, d.record ->> '$.modelName' AS model_name,
         CASE json_type(d.record, '$.params.model') WHEN 'text' THEN d.record ->> '$.params.model' END AS model_string,
         d.record ->> '$.teamId' AS team_id, t.display_name AS team
    FROM records d
    LEFT JOIN records t ON t.kind = 'team' AND t.source_id = d.record ->> '$.teamId'
   WHERE d.kind = 'deployment' AND d.reason IS NOT 'vanished'`;

const text = z.string().nullable();
const MODEL = z.object({
  source_id: z.string(),
  display_name: z.string(),
  status: z.enum(['pending', 'written', 'skipped', 'failed']),
  reason: text,
  message: text,
  missing: z.string(),
  public_name: text,
  model_name: text,
  model_string: text,
  team_id: text,
  team: text,
});

const MISSING = z.array(z.object({ message: z.string() }));

function toModel(raw: unknown): ModelRow {
  const row = MODEL.parse(raw);
  const publicName = row.public_name ?? row.display_name;
  return {
    id: row.source_id,
    publicName,
    modelName: row.model_name ?? publicName,
    modelString: row.model_string,
    team: row.team_id === null ? null : { id: row.team_id, name: row.team ?? row.team_id },
    status: row.status,
    reason: row.reason,
    message: row.message,
    missing: MISSING.parse(JSON.parse(row.missing)).map(({ message }) => message),
  };
}

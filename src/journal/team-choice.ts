import type { Database } from 'better-sqlite3';
import { MigrateError } from '../errors.js';

type TeamRow = { readonly id: string; readonly name: string };

/**
 * Ids of the teams that are meant by what was typed: an id, an alias, or several of either with commas between.
 *
 * @throws MigrateError `usage` (exit code 2) for a name no team has, and for one that several have, with their ids.
 */
export function chooseTeams(db: Database, typed: readonly string[]): readonly string[] {
  const teams = db
    .prepare<[], TeamRow>(`SELECT source_id AS id, display_name AS name FROM records WHERE kind = 'team' ORDER BY seq`)
    .all();
  return [...new Set(typed.flatMap((words) => chosen(words, teams)))];
}

function chosen(words: string, teams: readonly TeamRow[]): readonly string[] {
  const whole = meant(words, teams);
  // An alias may have a comma in it.
  if (whole !== undefined) return [whole];
  const parts = words.split(',').map((part) => part.trim());
  return parts.filter((part) => part !== '').map((part) => meant(part, teams) ?? unknown(part));
}

function meant(word: string, teams: readonly TeamRow[]): string | undefined {
  const byId = teams.find(({ id }) => id === word);
  if (byId !== undefined) return byId.id;
  const named = teams.filter(({ name }) => name.trim() === word.trim());
  if (named.length > 1) {
    const ids = named.map(({ id }) => id).join(', ');
    throw new MigrateError('usage', `"${word}" means several teams: ${ids}.`, 'Give the id with --team.');
  }
  return named[0]?.id;
}

function unknown(word: string): never {
  throw new MigrateError(
    'usage',
    `There is no team with the id or alias "${word}".`,
    'Look it up in LiteLLM; upper and lower case count.',
  );
}

/**
 * SQL that says whether a row of `records` belongs to the teams in the JSON array `@teams`; null = all do. Models belong to every
 * team: keys share them.
 */
export const OF_TEAMS = `(@teams IS NULL OR CASE kind
  WHEN 'deployment' THEN 1
  WHEN 'team' THEN source_id IN (SELECT value FROM json_each(@teams))
  WHEN 'organization' THEN source_id IN (
    SELECT t.record ->> '$.organizationId' FROM main.records t
     WHERE t.kind = 'team' AND t.source_id IN (SELECT value FROM json_each(@teams)))
  WHEN 'user' THEN source_id IN (
    SELECT m.record ->> '$.userId' FROM main.records m
     WHERE m.kind = 'membership' AND m.record ->> '$.teamId' IN (SELECT value FROM json_each(@teams)))
  ELSE record ->> '$.teamId' IN (SELECT value FROM json_each(@teams)) END)`;

/** From now on this connection shows only records of these teams, and findings about them or about nothing in particular. */
export function narrowTo(db: Database, teams: readonly string[]): void {
  db.exec('CREATE TEMP TABLE chosen (seq INTEGER PRIMARY KEY)');
  db.prepare(`INSERT INTO chosen SELECT seq FROM main.records WHERE ${OF_TEAMS}`).run({ teams: JSON.stringify(teams) });
  // A view of the same name in `temp` comes before the table.
  db.exec(`CREATE TEMP VIEW records AS SELECT * FROM main.records WHERE seq IN (SELECT seq FROM chosen);
           CREATE TEMP VIEW findings AS SELECT * FROM main.findings
             WHERE record_seq IS NULL OR record_seq IN (SELECT seq FROM chosen)`);
}

import type { Database } from 'better-sqlite3';
import { MigrateError } from '../errors.js';
import type { NameChoice } from '../mapping/name-choices.js';

/** The start of a token hash that tells one key from the others; reports show 16 characters. */
const SHORTEST_START = 8;

/**
 * The choices with the full ids of the records they are about.
 *
 * @throws MigrateError `config_invalid` (exit code 2) for an id that no record, or more than one, has.
 */
export function chosenRecords(db: Database, choices: readonly NameChoice[], path: string): readonly NameChoice[] {
  const find = db
    .prepare<[object], string>(
      `SELECT source_id FROM records
        WHERE kind = @kind AND (source_id = @id OR (@start AND substr(source_id, 1, length(@id)) = @id))
        ORDER BY source_id <> @id LIMIT 3`,
    )
    .pluck();
  const chosen = choices.map((choice): NameChoice => {
    const { kind, id } = choice;
    const start = kind === 'virtual_key' && id.length >= SHORTEST_START ? 1 : 0;
    const [first, second] = find.all({ kind, id, start });
    if (first === undefined) throw wrong(path, `there is no ${kind} with the id "${id}"`);
    if (first !== id && second !== undefined)
      throw wrong(path, `several of kind ${kind} have an id beginning with "${id}"`);
    return { ...choice, id: first };
  });
  const ids = chosen.map(({ kind, id }) => `${kind} "${id}"`);
  const twice = ids.find((id, at) => ids.indexOf(id) !== at);
  if (twice !== undefined) throw wrong(path, `${twice} is meant twice`);
  return chosen;
}

function wrong(path: string, what: string): MigrateError {
  return new MigrateError(
    'config_invalid',
    `The names file ${path}: ${what}.`,
    'Correct the id as LiteLLM has it; migrate report --conflicts writes a file to begin with.',
  );
}

import type { Item } from '../memory-litellm.js';
import { databaseWorld, usesOf } from './database-world.js';
import { trialsOf } from './trials.js';
import type { Field } from './verdicts.js';

/** A column, in every row of its table that something depends on. @param table without `LiteLLM_`. */
export function databaseField(version: string, table: string, column: string, type: string): Field {
  const uses = usesOf(version, table).map((name, row) => {
    const before = databaseWorld(version).tables?.[table]?.[row] as Item | undefined;
    return {
      name,
      trials: trialsOf(table, column, type, before?.[column]),
      world: (columns: Item) => databaseWorld(version, { table, row, columns }),
    };
  });
  return { of: table, field: column, uses };
}

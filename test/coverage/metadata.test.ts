import { describe, expect, it } from 'vitest';
import { databaseWorld, usesOf } from './database-world.js';
import { baselineOf, experiment } from './experiment.js';
import { METADATA, WITH_METADATA } from './metadata-members.js';

describe.each(WITH_METADATA)('metadata of %s', (table) => {
  it.each(Object.keys(METADATA))('%s is mapped or named', async (member) => {
    const unchanged = await baselineOf(databaseWorld('1.109.1'));
    for (const row of usesOf('1.109.1', table).keys()) {
      const columns = { metadata: { [member]: METADATA[member] } };
      const verdict = await experiment(member, unchanged, databaseWorld('1.109.1', { table, row, columns }));
      expect(['mapped', 'found']).toContain(verdict);
    }
  });
});

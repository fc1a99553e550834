import { describe, expect, it } from 'vitest';
import { databaseField } from './database-fields.js';
import { completeRow, databaseWorld, SCHEMAS, VERSIONS, type Columns } from './database-world.js';
import { baselineOf, experiment } from './experiment.js';
import { COUNTED_TABLES, IGNORED_TABLES } from './ignored.js';
import { complaintsAbout } from './verdicts.js';

describe.each(VERSIONS)('the database of LiteLLM %s', (version) => {
  const tables = Object.entries(SCHEMAS[version] ?? {}).map(
    ([name, columns]) => [name.replace('LiteLLM_', ''), columns] as const,
  );
  const tried = tables.filter(([table]) => !(table in COUNTED_TABLES) && !(table in IGNORED_TABLES));

  it.each(tried)('%s: every column is mapped, named in a finding, or ignored for a reason', async (table, columns) => {
    const unchanged = await baselineOf(databaseWorld(version));
    const complaints: string[] = [];
    for (const [column, type] of changed(columns, version, table))
      complaints.push(...(await complaintsAbout(databaseField(version, table, column, type), unchanged)));
    expect(complaints).toEqual([]);
  });

  it.each(Object.entries(COUNTED_TABLES))('%s: its rows are counted in a finding %s', async (table, code) => {
    const columns = SCHEMAS[version]?.[`LiteLLM_${table}`];
    if (columns === undefined) return;
    const world = databaseWorld(version, { table, row: 0, columns: completeRow(columns, {}) });
    const { observation } = await baselineOf(world);
    expect(observation.source).toContainEqual(expect.objectContaining({ code, field: `LiteLLM_${table}` }));
  });

  it('OrganizationMembership: members are counted on their organization', async () => {
    const world = databaseWorld(version, {
      table: 'OrganizationMembership',
      row: 1,
      columns: { organization_id: 'org-2', user_id: 'user-1', user_role: 'org_admin' },
    });
    expect(await experiment('members', databaseWorld(version), world)).toBe('found');
  });

  it.each(['router_settings', 'litellm_settings', 'general_settings', 'environment_variables', 'cloudzero_settings'])(
    'Config: a row %s is mapped or named',
    async (name) => {
      const columns = { param_name: name, param_value: { other_setting: 7 } };
      const world = databaseWorld(version, { table: 'Config', row: 0, columns });
      const named = name === 'cloudzero_settings' ? name : 'other_setting';
      expect(await experiment(named, databaseWorld(version), world)).toBe('found');
    },
  );
});

/** 1.106.2 decides as 1.109.1 does: of its columns only those are tried that are not the same there. */
function changed(columns: Columns, version: string, table: string): [string, string][] {
  const newer = version === '1.106.2' ? SCHEMAS['1.109.1']?.[`LiteLLM_${table}`] : undefined;
  return Object.entries(columns).filter(([column, type]) => newer?.[column] !== type);
}

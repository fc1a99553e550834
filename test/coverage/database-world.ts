import { readFileSync } from 'node:fs';
import type { Item, MemoryLitellm } from '../memory-litellm.js';
import { CONFIG, servedModels } from './config-world.js';

export type Columns = { readonly [column: string]: string };
export type Schema = { readonly [table: string]: Columns };

/** Columns of LiteLLM's tables as three real versions create them: column → type, `not null`, default. */
export const SCHEMAS = JSON.parse(
  readFileSync(new URL('../fixtures/coverage/database.json', import.meta.url), 'utf8'),
) as { readonly [version: string]: Schema };

export const VERSIONS = Object.keys(SCHEMAS);

type Tables = { readonly [table: string]: readonly Item[] };

/** A world where every table has rows that something depends on: the key of a team, of a person, of a project. */
const ROWS: Tables = {
  OrganizationTable: [
    { organization_id: 'org-1', organization_alias: 'Acme', budget_id: 'b-org' },
    { organization_id: 'org-2', organization_alias: 'Umbrella', budget_id: 'b-org' },
  ],
  BudgetTable: [
    { budget_id: 'b-org', max_budget: 50 },
    { budget_id: 'b-key', max_budget: 5 },
    { budget_id: 'b-member', max_budget: 30 },
    { budget_id: 'b-project', max_budget: 20 },
  ],
  ModelTable: [{ id: 1, aliases: {} }],
  TeamTable: [
    { team_id: 'team-1', team_alias: 'Platform', organization_id: 'org-1', members_with_roles: [], model_id: 1 },
    { team_id: 'team-2', team_alias: 'Research' },
  ],
  UserTable: [
    { user_id: 'user-1', user_email: 'one@example.test' },
    { user_id: 'user-2', user_email: 'two@example.test' },
  ],
  TeamMembership: [{ user_id: 'user-2', team_id: 'team-1', budget_id: 'b-member' }],
  OrganizationMembership: [{ organization_id: 'org-1', user_id: 'user-2' }],
  AccessGroupTable: [
    { access_group_id: 'group-1', access_group_name: 'Small models', access_model_names: ['file-model'] },
  ],
  ProjectTable: [{ project_id: 'project-1', project_alias: 'Rocket', team_id: 'team-1', budget_id: 'b-project' }],
  ObjectPermissionTable: [{ object_permission_id: 'permission-1' }],
  ProxyModelTable: [
    {
      model_id: 'model-1',
      model_name: 'db-model',
      litellm_params: { model: 'openai/gpt-4o', litellm_credential_name: 'db-credential' },
      model_info: {},
    },
  ],
  CredentialsTable: [
    {
      credential_id: 'credential-1',
      credential_name: 'db-credential',
      credential_values: { api_key: 'os.environ/DB_CREDENTIAL' },
      credential_info: {},
    },
  ],
  Config: [],
  EndUserTable: [],
  TagTable: [],
  JWTKeyMapping: [],
  DeprecatedVerificationToken: [],
  DeletedVerificationToken: [],
  DeletedTeamTable: [],
  VerificationToken: [
    { token: hash('a'), key_name: 'sk-...aaaa', key_alias: 'plain', models: ['db-model'], object_permission_id: 'permission-1' },
    { token: hash('1'), key_name: 'sk-...1111', key_alias: null },
    { token: hash('b'), key_name: 'sk-...bbbb', key_alias: 'of-team', team_id: 'team-1', user_id: 'user-2' },
    { token: hash('c'), key_name: 'sk-...cccc', key_alias: 'of-person', user_id: 'user-1' },
    { token: hash('d'), key_name: 'sk-...dddd', key_alias: 'of-project', team_id: 'team-1', project_id: 'project-1' },
    { token: hash('e'), key_name: 'sk-...eeee', key_alias: 'linked', budget_id: 'b-key' },
    { token: hash('f'), key_name: 'sk-...ffff', key_alias: 'grouped', models: ['no-default-models'], access_group_ids: ['group-1'] },
    { token: hash('2'), key_name: 'sk-...2222', key_alias: 'of-tag', models: ['tagged'] },
    { token: hash('0'), key_name: 'sk-...0000', key_alias: 'of-organization', organization_id: 'org-1' },
  ],
}; // prettier-ignore

function hash(letter: string): string {
  return letter.repeat(64);
}

/** The rows of one table with only the columns that say something. */
export function rowsOf(table: string): readonly Item[] {
  return ROWS[table] ?? [];
}

/** A row with every column of this version: the given values, else what LiteLLM's migrations default to. */
export function completeRow(columns: Columns, given: Item): Item {
  return Object.fromEntries(
    Object.entries(columns).map(([name, type]) => [name, name in given ? given[name] : initial(type)]),
  );
}

function initial(type: string): unknown {
  const fallback = / = (.*)$/.exec(type)?.[1];
  if (fallback !== undefined) return fallback === "''" ? '' : (JSON.parse(fallback) as unknown);
  if (type.startsWith('text[]')) return [];
  if (type.startsWith('timestamp')) return type.includes('not null') ? '2026-01-01T00:00:00' : null;
  if (type.startsWith('jsonb')) return type.includes('not null') ? {} : null;
  if (!type.includes('not null')) return null;
  return type.startsWith('text') ? '' : type.startsWith('boolean') ? false : 0;
}

/** The world under one version's schema; a `change` replaces columns of the row at (table, index) or adds one. */
export function databaseWorld(
  version: string,
  change?: { readonly table: string; readonly row: number; readonly columns: Item },
): MemoryLitellm {
  const schema = SCHEMAS[version] ?? {};
  const tables = Object.fromEntries(
    Object.entries(schema).map(([name, columns]) => {
      const table = name.replace('LiteLLM_', '');
      const rows = (ROWS[table] ?? []).map((row) => completeRow(columns, row));
      if (change?.table === table) rows[change.row] = { ...(rows[change.row] ?? completeRow(columns, {})), ...change.columns };
      return [table, rows];
    }),
  ); // prettier-ignore
  const stored = (tables.ProxyModelTable ?? []).map((row) => ({
    model_name: row.model_name,
    litellm_params: {},
    model_info: { id: row.model_id, db_model: true },
  }));
  return {
    version,
    config: JSON.stringify(CONFIG),
    tables,
    api: { '/v2/model/info': { data: [...servedModels(CONFIG), ...stored] } },
  };
}

const LABELS = [
  'key_alias',
  'team_alias',
  'organization_alias',
  'budget_id',
  'object_permission_id',
  'user_id',
  'model_name',
];

/** The rows of `table` in the world, by a name for each: a field is tried in every one of its uses. */
export function usesOf(version: string, table: string): readonly string[] {
  const withProjects = SCHEMAS[version]?.LiteLLM_ProjectTable !== undefined;
  const rows = rowsOf(table).filter((row) => withProjects || row.budget_id !== 'b-project');
  return rows.length < 2 ? [''] : rows.map(labelOf);
}

/** What a row is called in complaints. */
export function labelOf(row: Item): string {
  for (const name of LABELS) {
    const value = row[name];
    if (typeof value === 'string') return value;
  }
  return 'nameless';
}

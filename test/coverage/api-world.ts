import { readFileSync } from 'node:fs';
import type { Item, MemoryLitellm } from '../memory-litellm.js';
import { CONFIG, servedModels } from './config-world.js';
import { rowsOf } from './database-world.js';

export type Members = { readonly [member: string]: string };

/** Members of every row object the management API answers with, as recorded: member (or path) → JSON types. */
export const MEMBERS = JSON.parse(
  readFileSync(new URL('../fixtures/coverage/management-api.json', import.meta.url), 'utf8'),
) as { readonly [version: string]: { readonly [list: string]: Members } };

/** Where each kind of row is asked for. `keys` of 1.81.13 come without links, so its rows are the ones of /key/info. */
export const LISTS = {
  key_list: { path: '/key/list', body: (rows: readonly Item[]) => ({ keys: rows, total_count: rows.length }) },
  team_list: { path: '/team/list', body: (rows: readonly Item[]) => rows },
  v2_team_list: { path: '/v2/team/list', body: (rows: readonly Item[]) => ({ teams: rows, total: rows.length }) },
  user_list: { path: '/user/list', body: (rows: readonly Item[]) => ({ users: rows, total: rows.length }) },
  organization_list: { path: '/organization/list', body: (rows: readonly Item[]) => rows },
  budget_list: { path: '/budget/list', body: (rows: readonly Item[]) => rows },
  access_group: { path: '/v1/access_group', body: (rows: readonly Item[]) => rows },
  project_list: { path: '/project/list', body: (rows: readonly Item[]) => rows },
  credentials: { path: '/credentials', body: (rows: readonly Item[]) => ({ success: true, credentials: rows }) },
  model_info: { path: '/v2/model/info', body: (rows: readonly Item[]) => ({ data: rows }) },
  team_memberships: { path: '/team/info', body: (rows: readonly Item[]) => ({ team_memberships: rows }) },
  router_settings: { path: '/router/settings', body: ([row = {}]: readonly Item[]) => ({ current_values: row, source: changedIn(row) }) },
} as const; // prettier-ignore

export type ListName = keyof typeof LISTS;

/** LiteLLM says where a value comes from; the others are its defaults. */
function changedIn(row: Item): Item {
  const set = Object.entries(row).filter(
    ([, value]) => value !== null && value !== false && JSON.stringify(value) !== '[]',
  );
  return Object.fromEntries(set.map(([name]) => [name, 'config']));
}

/** The same world as in the database, in the shapes of the API. */
const ROWS: { readonly [list in ListName]: readonly Item[] } = {
  key_list: rowsOf('VerificationToken').map(({ organization_id: organization = null, ...row }) => ({ ...row, org_id: organization })),
  team_list: rowsOf('TeamTable').map((row) => ({
    ...row,
    litellm_model_table: null,
    team_memberships: rowsOf('TeamMembership').filter(({ team_id: team }) => team === row.team_id),
  })),
  v2_team_list: rowsOf('TeamTable').map((row) => ({ ...row, model_id: null, litellm_model_table: null })),
  user_list: rowsOf('UserTable'),
  organization_list: rowsOf('OrganizationTable'),
  budget_list: rowsOf('BudgetTable'),
  access_group: rowsOf('AccessGroupTable'),
  project_list: rowsOf('ProjectTable'),
  credentials: [{ credential_name: 'db-credential', credential_values: { api_key: 'os****AL' }, credential_info: {}, source: 'db' }],
  model_info: [
    ...servedModels(CONFIG),
    // Its key comes from a credential of the config file: without one it would be skipped, and its fields with it.
    {
      model_name: 'db-model',
      litellm_params: { model: 'openai/gpt-4o', litellm_credential_name: 'file-credential' },
      model_info: { id: 'model-1', db_model: true },
    },
    {
      model_name: 'db-model',
      litellm_params: { model: 'openai/gpt-4o', litellm_credential_name: 'file-credential' },
      model_info: { id: 'model-2', db_model: true },
    },
  ],
  team_memberships: rowsOf('TeamMembership'),
  router_settings: [{}],
}; // prettier-ignore

/** Rows of a list that something depends on in this version: before 1.84 there are no projects. */
export function apiRowsOf(version: string, list: ListName): readonly Item[] {
  const withProjects = MEMBERS[version]?.project_list !== undefined;
  return ROWS[list].filter((row) => withProjects || row.budget_id !== 'b-project');
}

/** The world as its API tells it; `change` replaces members of one row, a path reaching into objects and lists. */
export function apiWorld(
  version: string,
  change?: { readonly list: ListName; readonly row: number; readonly members: Item },
): MemoryLitellm {
  const api = Object.fromEntries(
    Object.entries(LISTS).flatMap(([list, { path, body }]) => {
      const members = MEMBERS[version]?.[list];
      if (members === undefined) return [];
      const rows = ROWS[list as ListName].map((row) => ({ ...blank(members), ...row }));
      if (change?.list === list) rows[change.row] = withMembers(rows[change.row] ?? {}, change.members);
      return [[path, body(rows)] as const];
    }),
  );
  // The unpaged list is what is read where the paged one leaves out aliases (1.81.13), or is not there.
  if (change?.list === 'team_list' || version === '1.81.13') delete (api as Item)['/v2/team/list'];
  return { version, config: JSON.stringify(CONFIG), tables: null, api };
}

/** Every recorded member, as a row without anything set has it. */
function blank(members: Members): Item {
  return Object.fromEntries(
    Object.entries(members)
      .filter(([name]) => !/[.[]/.test(name))
      .map(([name, type]) => [name, type === 'array' ? [] : type === 'boolean' ? false : null]),
  );
}

export function withMembers(row: Item, members: Item): Item {
  let changed = row;
  for (const [path, value] of Object.entries(members)) changed = put(changed, path.split('.'), value) as Item;
  return changed;
}

/** `a.b` = member b of a; `a[].b` = member b of the one entry of list a. */
function put(into: unknown, [head = '', ...rest]: readonly string[], value: unknown): unknown {
  const item = (typeof into === 'object' && into !== null ? into : {}) as Item;
  const name = head.replace('[]', '');
  if (rest.length === 0) return { ...item, [name]: value };
  if (!head.endsWith('[]')) return { ...item, [name]: put(item[name], rest, value) };
  const [entry = { user_id: 'user-1', team_id: 'team-1', role: 'user' }] = Array.isArray(item[name])
    ? (item[name] as unknown[])
    : [];
  return { ...item, [name]: [put(entry, rest, value)] };
}

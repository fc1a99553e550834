import type { Json } from '../../json.js';
import { budgetObject } from './budget-shapes.js';
import type { Call, Context, Route } from './context.js';
import { accessGroupObject, endUserObject, projectObject, tagObject } from './people-shapes.js';
import { detail } from './refusal.js';
import type { BudgetRow } from './rows.js';

/** Budgets, unified access groups, projects, end users, tags (contracts L§1.11–§1.14). */
export const LIMIT_ROUTES: readonly Route[] = [
  {
    path: '/budget/list',
    access: 'admin',
    answer: ({ world, version }) => world.budgets.map((row) => budgetObject(row, version)),
  },
  { path: /^\/v1\/(?:unified_)?access_group$/, access: 'admin', answer: listAccessGroups },
  { path: /^\/v1\/access_group\/(.+)$/, access: 'admin', answer: showAccessGroup },
  { path: '/project/list', access: 'any', since: '1.106.2', answer: listProjects },
  { path: /^\/(?:customer|end_user)\/list$/, access: 'admin', answer: listEndUsers },
  { path: '/tag/list', access: 'admin', answer: listTags },
];

function budgetOf(context: Context, id: string | null): BudgetRow | undefined {
  return id === null ? undefined : context.budgets.get(id);
}

function teamName(context: Context): (id: string) => string | null {
  return (id) => context.teams.get(id)?.team_alias ?? null;
}

function keyName(context: Context): (token: string) => string | null {
  return (token) => context.keys.byToken(token)?.row.key_alias ?? null;
}

function listAccessGroups(context: Context): Json {
  return [...context.accessGroups.values()].map((row) =>
    accessGroupObject(row, context.version, teamName(context), keyName(context)),
  );
}

function showAccessGroup(context: Context, { match }: Call): Json {
  const id = match[0] ?? '';
  const row = context.accessGroups.get(id);
  if (!row) throw detail(404, `Access group '${id}' not found`);
  return accessGroupObject(row, context.version, teamName(context), keyName(context));
}

function listProjects(context: Context): Json {
  return context.world.projects.map((row) => projectObject(row, budgetOf(context, row.budget_id), context.version));
}

function listEndUsers(context: Context): Json {
  return context.world.endUsers.map((row) => endUserObject(row, budgetOf(context, row.budget_id), context.version));
}

function listTags(context: Context): Json {
  return context.world.tags.map((row) => tagObject(row, budgetOf(context, row.budget_id), context.version));
}

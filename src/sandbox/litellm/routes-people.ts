import type { Json, JsonObject } from '../../json.js';
import { isAdmin, isViewer } from './caller.js';
import type { Call, Context, Route } from './context.js';
import { rawKey } from './key-shapes.js';
import { sortBy } from './order.js';
import { listedUser, organizationObject, userInfo } from './people-shapes.js';
import { detail, managementError, noParam, Refusal } from './refusal.js';
import type { OrganizationRow, UserRow } from './rows.js';
import { isValidTeam } from './team-shapes.js';
import { keysOf, membershipsOf, shownTeam } from './team-views.js';
import { isAtLeast, isNewer } from './version.js';

/** Users and organizations (contracts L§1.9, §1.10). */
export const PEOPLE_ROUTES: readonly Route[] = [
  { path: '/user/list', access: 'any', answer: pageOfUsers },
  { path: '/user/info', access: 'any', answer: showUser },
  { path: '/organization/list', access: 'any', answer: listOrganizations },
  { path: '/organization/info', access: 'any', answer: showOrganization },
];

const LICENCE =
  'Organizations are only available for LiteLLM Enterprise users. You must be a LiteLLM Enterprise user to use this feature. If you have a license please set `LITELLM_LICENSE` in your env. Get a 7 day trial key here: https://www.litellm.ai/enterprise#trial. \nPricing: https://www.litellm.ai/#pricing';

const USER_SORTS = ['user_id', 'user_email', 'created_at', 'spend', 'user_alias', 'user_role'];
const NEWER_USER_SORTS = ['max_budget', 'updated_at', 'sso_user_id', 'status', 'key_count'];

function pageOfUsers(context: Context, call: Call): Json {
  const { query, caller } = call;
  const page = query.count('page', 1);
  const size = query.count('page_size', 25, 100);
  if (!isAdmin(caller) && !isViewer(caller))
    throw detail(403, { error: 'Only proxy admins and organization admins can list users.' });
  const sorts = isNewer(context.version) ? [...USER_SORTS, ...NEWER_USER_SORTS] : USER_SORTS;
  const asked = query.text('sort_by');
  if (asked !== null && !sorts.includes(asked)) {
    throw detail(400, { error: `Invalid sort column. Must be one of: ${sorts.join(', ')}` });
  }
  const found = context.world.users.filter(userFilter(call));
  const shown = sortBy(found, asked, query.text('sort_order') ?? 'asc', sorts).slice((page - 1) * size, page * size);
  return {
    users: shown.map((user) => listedUser(user, context.version, context.keys.countOf('user_id', user.user_id))),
    total: found.length,
    page,
    page_size: size,
    total_pages: Math.ceil(found.length / size),
  };
}

/** One id is looked for inside ids, several are compared whole. */
function userFilter({ query }: Call): (user: UserRow) => boolean {
  const ids = query.text('user_ids')?.split(',') ?? null;
  const email = query.text('user_email')?.toLowerCase() ?? null;
  const [role, team] = [query.text('role'), query.text('team')];
  const only = ids?.length === 1 ? (ids[0] ?? '') : null;
  return (user) =>
    (ids === null || (only === null ? ids.includes(user.user_id) : user.user_id.includes(only))) &&
    (email === null || (user.user_email ?? '').toLowerCase().includes(email)) &&
    (role === null || user.user_role === role) &&
    (team === null || user.teams.includes(team));
}

function showUser(context: Context, { query, caller }: Call): Json {
  const id = query.text('user_id') ?? caller.userId;
  const user = id === null ? undefined : context.users.get(id);
  if (id === null || !user) {
    const param = isNewer(context.version) ? null : noParam(context.version);
    throw managementError(context.version, 404, `User ${id ?? 'None'} not found`, 'internal_server_error', param);
  }
  const teams = [...context.teams.values()].filter((team) => user.teams.includes(team.team_id) && isValidTeam(team));
  return {
    user_id: id,
    user_info: userInfo(user, context.version),
    keys: context.keys.rowsOf('user_id', id).map((row) => {
      const team = row.team_id === null ? undefined : context.teams.get(row.team_id);
      return { ...rawKey(row, context.version), team_alias: team?.team_alias ?? 'None' };
    }),
    teams: teams.map((team) => ({
      ...shownTeam(context, team, true),
      team_memberships: membershipsOf(context, team).filter(({ user_id }) => user_id === id),
      keys: keysOf(context, team),
    })),
    ...(isAtLeast(context.version, '1.109.1') && { admin_mcp_permissions: null }),
  };
}

/** The newer releases want a licence from everybody; 1.81.13 trips over a key without a user. */
function demandOrganizations(context: Context, { caller }: Call): void {
  if (isNewer(context.version)) throw detail(403, { error: LICENCE });
  if (!isAdmin(caller) && caller.userId === null) throw new Refusal(500, 'Internal Server Error');
}

function shownOrganization(context: Context, row: OrganizationRow): JsonObject {
  const teams = [...context.teams.values()].filter(
    (team) => team.organization_id === row.organization_id && isValidTeam(team),
  );
  return organizationObject(
    row,
    context.budgets.get(row.budget_id),
    context.world.organizationMemberships.filter(({ organization_id }) => organization_id === row.organization_id),
    teams.map((team) => shownTeam(context, team, false)),
    context.version,
  );
}

function listOrganizations(context: Context, call: Call): Json {
  demandOrganizations(context, call);
  const { query, caller } = call;
  const [id, alias] = [query.text('org_id'), query.text('org_alias')?.toLowerCase() ?? null];
  const own = context.world.organizationMemberships
    .filter(({ user_id }) => user_id === caller.userId)
    .map((row) => row.organization_id);
  return context.world.organizations
    .filter((row) => isAdmin(caller) || own.includes(row.organization_id))
    .filter((row) => id === null || row.organization_id === id)
    .filter((row) => alias === null || row.organization_alias.toLowerCase().includes(alias))
    .map((row) => shownOrganization(context, row));
}

function showOrganization(context: Context, call: Call): Json {
  demandOrganizations(context, call);
  const row = context.organizations.get(call.query.required('organization_id'));
  if (!row) throw detail(404, { error: 'Organization not found' });
  return shownOrganization(context, row);
}

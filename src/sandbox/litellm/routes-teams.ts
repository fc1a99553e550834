import type { Json, JsonObject } from '../../json.js';
import { isAdmin, isViewer } from './caller.js';
import type { Call, Context, Route } from './context.js';
import { sortBy } from './order.js';
import { detail, managementError } from './refusal.js';
import { membersOf, type TeamRow } from './rows.js';
import { infoExtras, isValidTeam, namedMembers, pageExtras } from './team-shapes.js';
import { keysOf, membershipsOf, shownTeam } from './team-views.js';
import { isNewer } from './version.js';

/** `/team/*` and `/v2/team/list` (contracts L§1.8). */
export const TEAM_ROUTES: readonly Route[] = [
  { path: '/team/list', access: 'any', answer: listTeams },
  { path: '/v2/team/list', access: 'any', answer: pageOfTeams },
  { path: '/team/info', access: 'any', answer: showTeam },
];

function demandTeamReader({ query, caller }: Call): void {
  if (isAdmin(caller) || isViewer(caller)) return;
  if (caller.userId !== null && query.text('user_id') === caller.userId) return;
  throw detail(401, { error: `Only admin users can query all teams/other teams. Your user role=${caller.role}` });
}

function hasMember(team: TeamRow, userId: string): boolean {
  return membersOf(team).some(({ user_id }) => user_id === userId);
}

function matchingTeams(context: Context, { query }: Call): TeamRow[] {
  const organization = query.text('organization_id');
  const user = query.text('user_id');
  return [...context.teams.values()].filter(
    (team) =>
      (organization === null ||
        (organization === 'default_organization'
          ? team.organization_id === null
          : team.organization_id === organization)) &&
      (user === null || hasMember(team, user)),
  );
}

/** Unpaged, by alias, every key inside; a team that LiteLLM's model refuses is left out without a word. */
function listTeams(context: Context, call: Call): Json {
  demandTeamReader(call);
  const byAlias = (one: TeamRow, other: TeamRow): number => {
    const [left, right] = [one.team_alias ?? '', other.team_alias ?? ''];
    if (left === right) return 0;
    return left < right ? -1 : 1;
  };
  return matchingTeams(context, call)
    .filter(isValidTeam)
    .sort(byAlias)
    .map((team) => ({
      ...shownTeam(context, team, true),
      team_memberships: membershipsOf(context, team),
      keys: keysOf(context, team),
    }));
}

function pageOfTeams(context: Context, call: Call): Json {
  const { query, caller } = call;
  const page = query.count('page', 1);
  const size = query.count('page_size', 10, 100);
  demandTeamReader(call);
  const id = query.text('team_id');
  const alias = query.text('team_alias')?.toLowerCase() ?? null;
  const onlyOwn = isViewer(caller) && !isNewer(context.version);
  const found = matchingTeams(context, call)
    .filter((team) => id === null || team.team_id === id)
    .filter((team) => alias === null || (team.team_alias ?? '').toLowerCase().includes(alias))
    .filter((team) => !onlyOwn || hasMember(team, caller.userId ?? ''));
  const sorted = sortBy(found, query.text('sort_by'), query.text('sort_order'), [
    'team_id',
    'team_alias',
    'created_at',
  ]);
  const shown = sorted.slice((page - 1) * size, page * size);
  if (!shown.every(isValidTeam))
    throw detail(500, { error: 'validation error for LiteLLM_TeamTable: members_with_roles' });
  return {
    teams: shown.map((team) => ({ ...shownTeam(context, team, false), ...extrasOf(context, team, caller.userId) })),
    total: found.length,
    page,
    page_size: size,
    total_pages: Math.ceil(found.length / size),
  };
}

function extrasOf(context: Context, team: TeamRow, caller: string | null): JsonObject {
  if (!isNewer(context.version)) return {};
  const own = context.memberships.get(team.team_id)?.find(({ user_id }) => user_id === caller);
  const budget = own?.budget_id ? context.budgets.get(own.budget_id) : undefined;
  return pageExtras(team, context.version, {
    groups: context.world.accessGroups,
    keys: context.keys.countOf('team_id', team.team_id),
    membership: own ? { budget } : null,
  });
}

function showTeam(context: Context, { query }: Call): Json {
  const id = query.text('team_id');
  if (id === null)
    throw managementError(
      context.version,
      422,
      "{'message': 'Malformed request. No team id passed in.'}",
      'auth_error',
    );
  const team = context.teams.get(id);
  if (!team)
    throw managementError(context.version, 404, `{'message': 'Team not found, passed team id: ${id}.'}`, 'auth_error');
  const budget = team.metadata.team_member_budget_id;
  return {
    team_id: id,
    team_info: {
      ...shownTeam(context, team, false),
      ...namedMembers(team, context.users, context.version),
      ...infoExtras(context.version, typeof budget === 'string' ? context.budgets.get(budget) : undefined),
    },
    keys: keysOf(context, team),
    team_memberships: membershipsOf(context, team).map((row) =>
      isNewer(context.version) ? { ...row, budget_source: row.budget_id === null ? 'none' : 'custom' } : row,
    ),
  };
}

import type { JsonObject } from '../../json.js';
import type { Context } from './context.js';
import { rawKey } from './key-shapes.js';
import type { TeamRow } from './rows.js';
import { membershipObject, teamObject } from './team-shapes.js';
import { isNewer } from './version.js';

export function membershipsOf(context: Context, team: TeamRow): JsonObject[] {
  return (context.memberships.get(team.team_id) ?? []).map((row) =>
    membershipObject(row, context.version, row.budget_id === null ? undefined : context.budgets.get(row.budget_id)),
  );
}

export function keysOf(context: Context, team: TeamRow): JsonObject[] {
  return context.keys.rowsOf('team_id', team.team_id).map((row) => rawKey(row, context.version));
}

/** `inList`: `/team/list` shows the alias map in every release, the other endpoints only in the newer ones. */
export function shownTeam(context: Context, team: TeamRow, inList: boolean): JsonObject {
  const aliases = team.model_id === null ? undefined : context.teamAliases.get(team.model_id);
  return teamObject(team, context.version, inList || isNewer(context.version) ? (aliases ?? null) : null);
}

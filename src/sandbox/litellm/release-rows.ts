import { isObject } from '../../json.js';
import { stamps } from './row-defaults.js';
import {
  membersOf,
  type AccessGroupRow,
  type SandboxDeployment,
  type TeamAliasRow,
  type TeamMembershipRow,
  type TeamRow,
} from './rows.js';
import { isNewer, type SandboxVersion } from './version.js';
import type { SandboxWorld } from './world.js';

/** Rows that releases write differently for one and the same world. */

/** 1.81.13 keeps, per team, the newest team-scoped deployment alone as its alias map; newer ones keep what people made (contracts L§4.7). */
export function teamAliasRows(world: SandboxWorld, version: SandboxVersion): TeamAliasRow[] {
  if (isNewer(version)) return [...world.teamAliases];
  const newest = newestScoped(world);
  const used = new Set(newest.keys());
  const kept = world.teamAliases.filter(
    ({ id }) => !world.teams.some(({ team_id, model_id }) => model_id === id && used.has(team_id)),
  );
  const made = [...newest].map(([, deployment], index) => ({
    id: 1000 + index,
    aliases: { [publicName(deployment)]: deployment.modelName },
    ...stamps(deployment.createdAt),
  }));
  return [...kept, ...made];
}

export function teamRows(world: SandboxWorld, version: SandboxVersion): TeamRow[] {
  if (isNewer(version)) return [...world.teams];
  const teams = [...newestScoped(world).keys()];
  return world.teams.map((team) => {
    const index = teams.indexOf(team.team_id);
    return index < 0 ? team : { ...team, model_id: 1000 + index };
  });
}

/** The newer releases note on a group which keys hold it; the link itself is always on the key (contracts L§1.12). */
export function accessGroupRows(world: SandboxWorld, version: SandboxVersion): AccessGroupRow[] {
  if (!isNewer(version)) return world.accessGroups.map((group) => ({ ...group, assigned_team_ids: [] }));
  return world.accessGroups.map((group) => ({
    ...group,
    assigned_key_ids: world.groupKeys
      .filter(({ row }) => row.access_group_ids.includes(group.access_group_id))
      .map(({ row }) => row.token),
  }));
}

/** A row per member with a budget; the newer releases have one for every member (contracts L§2.2). */
export function teamMembershipRows(world: SandboxWorld, version: SandboxVersion): TeamMembershipRow[] {
  const budgets = new Map(world.memberBudgets.map(([team, user, budget]) => [`${team} ${user}`, budget]));
  return world.teams.flatMap((team) =>
    membersOf(team).flatMap(({ user_id }) => {
      const budget_id = budgets.get(`${team.team_id} ${user_id}`) ?? null;
      return isNewer(version) || budget_id !== null
        ? [{ user_id, team_id: team.team_id, spend: 0, total_spend: 0, budget_id }]
        : [];
    }),
  );
}

function newestScoped(world: SandboxWorld): Map<string, SandboxDeployment> {
  const newest = new Map<string, SandboxDeployment>();
  for (const deployment of world.deployments) {
    const info = deployment.modelInfo;
    if (isObject(info) && typeof info.team_id === 'string') newest.set(info.team_id, deployment);
  }
  return newest;
}

function publicName({ modelInfo, modelName }: SandboxDeployment): string {
  return isObject(modelInfo) && typeof modelInfo.team_public_model_name === 'string'
    ? modelInfo.team_public_model_name
    : modelName;
}

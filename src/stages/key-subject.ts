import type { Subject } from '../mapping/access.js';
import type { KeyLimitSources } from '../mapping/key-limits.js';
import type { Organization, Team, VirtualKey, World } from '../sources/records.js';
import type { PlanContext } from './plan.js';

/** A key with everything its ids point to. */
export type KeySubject = { readonly subject: Subject; readonly limits: KeyLimitSources };

type Tables = { readonly teams: ReadonlyMap<string, Team>; readonly organizations: ReadonlyMap<string, Organization> };

const tables = new WeakMap<World, Tables>();

/** By id, once per world. */
function tablesOf(world: World): Tables {
  let known = tables.get(world);
  if (!known) {
    known = {
      teams: new Map(world.teams.map((t) => [t.id, t])),
      organizations: new Map(world.organizations.map((o) => [o.id, o])),
    };
    tables.set(world, known);
  }
  return known;
}

export function subjectOf(key: VirtualKey, context: PlanContext): KeySubject {
  const { world } = context;
  const { teams, organizations } = tablesOf(world);
  const team = key.teamId === null ? null : (teams.get(key.teamId) ?? null);
  const organizationId = key.organizationId ?? team?.organizationId ?? null;
  const user = key.userId === null ? null : (context.user(key.userId) ?? null);
  const membership = team !== null && key.userId !== null ? context.membership(team.id, key.userId) : undefined;
  const project = key.projectId === null ? null : (world.projects.get(key.projectId) ?? null);
  return {
    subject: {
      key,
      team,
      teamMissing: key.teamId !== null && team === null,
      user: key.teamId === null ? user : null,
      organization: organizationId === null ? null : (organizations.get(organizationId) ?? null),
      project,
      memberModels: membership?.allowedModels ?? [],
    },
    limits: {
      key,
      linked: key.budgetId === null ? null : (world.budgets.get(key.budgetId) ?? null),
      user,
      member: membership?.limits ?? null,
      project,
    },
  };
}

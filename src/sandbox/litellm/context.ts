import type { Json } from '../../json.js';
import type { Caller } from './caller.js';
import type { KeyIndex } from './key-index.js';
import { indexKeys } from './key-index.js';
import type { Query } from './query.js';
import type {
  AccessGroupRow,
  BudgetRow,
  OrganizationRow,
  TeamAliasRow,
  TeamMembershipRow,
  TeamRow,
  UserRow,
} from './rows.js';
import type { SandboxVersion } from './version.js';
import { accessGroupRows, teamAliasRows, teamMembershipRows, teamRows } from './release-rows.js';
import type { SandboxWorld } from './world.js';

/** What the handlers share; nothing in it changes while the sandbox runs. */
export type Context = {
  readonly world: SandboxWorld;
  readonly version: SandboxVersion;
  readonly masterKey: string;
  readonly now: () => number;
  readonly keys: KeyIndex;
  readonly users: ReadonlyMap<string, UserRow>;
  readonly teams: ReadonlyMap<string, TeamRow>;
  readonly budgets: ReadonlyMap<string, BudgetRow>;
  readonly organizations: ReadonlyMap<string, OrganizationRow>;
  readonly accessGroups: ReadonlyMap<string, AccessGroupRow>;
  readonly teamAliases: ReadonlyMap<number, TeamAliasRow>;
  readonly memberships: ReadonlyMap<string, readonly TeamMembershipRow[]>;
};

export type Call = {
  readonly path: string;
  readonly match: readonly string[];
  readonly query: Query;
  readonly caller: Caller;
};

/**
 * `open`: no key asked for. `any`: any working key. `admin`: administrators, and in the newer releases viewers.
 * `since`: the release that first has the endpoint; before it is 404 Not Found.
 */
export type Route = {
  readonly path: string | RegExp;
  readonly access: 'open' | 'any' | 'admin';
  readonly since?: SandboxVersion;
  readonly answer: (context: Context, call: Call) => Json;
};

export type ContextOptions = {
  readonly world: SandboxWorld;
  readonly version: SandboxVersion;
  readonly masterKey: string;
  readonly now: () => number;
};

export function createContext({ world, version, masterKey, now }: ContextOptions): Context {
  const memberships = new Map<string, TeamMembershipRow[]>();
  for (const row of teamMembershipRows(world, version)) {
    const rows = memberships.get(row.team_id);
    if (rows) rows.push(row);
    else memberships.set(row.team_id, [row]);
  }
  return {
    world,
    version,
    masterKey,
    now,
    keys: indexKeys(world),
    users: new Map(world.users.map((row) => [row.user_id, row])),
    teams: new Map(teamRows(world, version).map((row) => [row.team_id, row])),
    budgets: new Map(world.budgets.map((row) => [row.budget_id, row])),
    organizations: new Map(world.organizations.map((row) => [row.organization_id, row])),
    accessGroups: new Map(accessGroupRows(world, version).map((row) => [row.access_group_id, row])),
    teamAliases: new Map(teamAliasRows(world, version).map((row) => [row.id, row])),
    memberships,
  };
}

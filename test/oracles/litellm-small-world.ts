import { dialectOf } from '../../src/sources/dialect.js';
import type {
  Deployment,
  Limits,
  Membership,
  Organization,
  Team,
  User,
  VirtualKey,
  World,
} from '../../src/sources/records.js';
import { LitellmOracle } from './litellm/oracle.js';

/** Rows of small worlds, each with overrides, and the oracle about such a world. */

export const NOW = new Date('2026-01-01T00:00:00Z');
export const NO_LIMITS: Limits = {
  maxBudget: null,
  budgetDuration: null,
  tpmLimit: null,
  rpmLimit: null,
  maxParallelRequests: null,
  softBudget: null,
  modelMaxBudget: {},
};
export const ROW = { createdAt: null, rest: {}, notes: [] } as const;

export function deployment(modelName: string, model: string, over: Partial<Deployment> = {}): Deployment {
  return {
    ...ROW,
    kind: 'deployment',
    id: over.id ?? modelName,
    name: modelName,
    origin: 'database',
    modelName,
    publicName: modelName,
    teamId: null,
    params: { model, ...over.params },
    modelInfo: {},
    inputCost: null,
    outputCost: null,
    blocked: false,
    served: true,
    ...(({ params: _params, ...rest }) => rest)(over),
  };
}

/** As both versions store a team's own deployment. */
export function teamDeployment(teamId: string, publicName: string, model: string): Deployment {
  const modelInfo = { team_id: teamId, team_public_model_name: publicName };
  return deployment(`model_name_${teamId}_1`, model, { id: `${teamId}/${publicName}`, publicName, teamId, modelInfo });
}

export function team(id: string, over: Partial<Team> = {}): Team {
  return {
    ...ROW,
    kind: 'team',
    id,
    name: id,
    alias: null,
    organizationId: null,
    models: [],
    modelAliases: {},
    accessGroupIds: [],
    blocked: false,
    limits: NO_LIMITS,
    members: [],
    metadata: {},
    ...over,
  };
}

export function key(id: string, over: Partial<VirtualKey> = {}): VirtualKey {
  return {
    ...ROW,
    kind: 'virtual_key',
    id,
    name: id,
    keyName: null,
    keyAlias: null,
    teamId: null,
    organizationId: null,
    userId: null,
    projectId: null,
    models: [],
    aliases: {},
    config: {},
    accessGroupIds: [],
    allowedRoutes: [],
    blocked: false,
    expires: null,
    limits: NO_LIMITS,
    budgetId: null,
    metadata: {},
    ...over,
  };
}

export function user(id: string, over: Partial<User> = {}): User {
  return {
    ...ROW,
    kind: 'user',
    id,
    name: id,
    email: null,
    alias: null,
    role: null,
    models: [],
    teams: [],
    limits: NO_LIMITS,
    ...over,
  };
}

export function organization(id: string, over: Partial<Organization> = {}): Organization {
  return {
    ...ROW,
    kind: 'organization',
    id,
    name: id,
    alias: null,
    models: [],
    limits: NO_LIMITS,
    metadata: {},
    ...over,
  };
}

export type Parts = Partial<Omit<World, 'router'>> & {
  readonly router?: Partial<World['router']>;
  readonly keys?: readonly VirtualKey[];
  readonly users?: readonly User[];
  readonly memberships?: readonly Membership[];
};

export function oracle(version: string | null, { router, keys = [], users = [], memberships = [], ...parts }: Parts) {
  const world: World = {
    dialect: dialectOf(version),
    provenance: {},
    deployments: [],
    credentials: new Map(),
    organizations: [],
    teams: [],
    accessGroups: new Map(),
    projects: new Map(),
    budgets: new Map(),
    modelAliasMap: {},
    settings: {},
    findings: [],
    ...parts,
    router: { modelGroupAlias: {}, fallbacks: {}, defaultFallbacks: [], rest: {}, ...router },
  };
  return new LitellmOracle(world, { keys, users, memberships }, NOW);
}

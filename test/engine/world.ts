import type { Settings } from '../../src/config.js';
import { Secret } from '../../src/secret.js';
import type {
  Deployment,
  Dialect,
  Limits,
  Membership,
  Organization,
  Source,
  Team,
  User,
  VirtualKey,
  World,
} from '../../src/sources/records.js';

/** One factory per kind, with overrides. */

const NO_LIMITS: Limits = {
  maxBudget: null,
  budgetDuration: null,
  tpmLimit: null,
  rpmLimit: null,
  maxParallelRequests: null,
  softBudget: null,
  modelMaxBudget: {},
};

const BASE = { createdAt: '2025-01-01T00:00:00.000Z', rest: {}, notes: [] };

export function deployment(id: string, more: Partial<Deployment> = {}): Deployment {
  return {
    ...BASE,
    kind: 'deployment',
    id,
    name: id,
    origin: 'database',
    modelName: id,
    publicName: id,
    teamId: null,
    params: { model: `openai/${id}`, api_key: 'os.environ/OPENAI_API_KEY' },
    modelInfo: {},
    inputCost: null,
    outputCost: null,
    blocked: false,
    served: true,
    ...more,
  };
}

export function organization(id: string, more: Partial<Organization> = {}): Organization {
  return {
    ...BASE,
    kind: 'organization',
    id,
    name: id,
    alias: id,
    models: [],
    limits: NO_LIMITS,
    metadata: {},
    ...more,
  };
}

export function team(id: string, more: Partial<Team> = {}): Team {
  return {
    ...BASE,
    kind: 'team',
    id,
    name: id,
    alias: id,
    organizationId: null,
    models: [],
    modelAliases: {},
    accessGroupIds: [],
    blocked: false,
    limits: NO_LIMITS,
    members: [],
    metadata: {},
    ...more,
  };
}

export function user(id: string, more: Partial<User> = {}): User {
  return {
    ...BASE,
    kind: 'user',
    id,
    name: id,
    email: `${id}@example.test`,
    alias: null,
    role: null,
    models: [],
    teams: [],
    limits: NO_LIMITS,
    ...more,
  };
}

export function virtualKey(id: string, more: Partial<VirtualKey> = {}): VirtualKey {
  return {
    ...BASE,
    kind: 'virtual_key',
    id,
    name: id,
    keyName: null,
    keyAlias: id,
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
    ...more,
  };
}

export type Contents = {
  deployments?: readonly Deployment[];
  organizations?: readonly Organization[];
  teams?: readonly Team[];
  users?: readonly User[];
  memberships?: readonly Membership[];
  virtualKeys?: readonly VirtualKey[] | (() => Iterable<VirtualKey>);
};

const DIALECT: Dialect = {
  version: '1.109.1',
  keyAliasCheck: 'target',
  zeroOrganizationBudgetBlocks: true,
  zeroUserBudgetBlocksAtOnce: true,
  unpricedIgnoresBudgets: false,
  missingTeamDenies: true,
  keyGroupsSatisfyTeam: true,
  fallbackTargetChecked: true,
  newestTeamDeploymentOnly: false,
  teamShadowsAliasTarget: 'yes',
  accessGroupsFilterDeployments: true,
  weightMetric: 'group-maximum',
};

export class FakeSource implements Source {
  readonly identity = 'http://litellm.test';
  readonly world: World;
  readonly secrets = { reveal: (): string => 'sk-canary-engine' };
  /** How often users or keys were asked for. */
  streamed = 0;
  readonly #contents: Contents;

  constructor(contents: Contents, world: Partial<World> = {}) {
    this.#contents = contents;
    this.world = {
      dialect: DIALECT,
      provenance: {},
      deployments: contents.deployments ?? [],
      credentials: new Map(),
      organizations: contents.organizations ?? [],
      teams: contents.teams ?? [],
      accessGroups: new Map(),
      projects: new Map(),
      budgets: new Map(),
      router: { modelGroupAlias: {}, fallbacks: {}, defaultFallbacks: [], rest: {} },
      modelAliasMap: {},
      settings: {},
      findings: [],
      ...world,
    };
  }

  async *users(): AsyncIterable<User> {
    this.streamed += 1;
    yield* this.#contents.users ?? [];
  }

  async *memberships(): AsyncIterable<Membership> {
    yield* this.#contents.memberships ?? [];
  }

  async *virtualKeys(): AsyncIterable<VirtualKey> {
    const { virtualKeys = [] } = this.#contents;
    yield* typeof virtualKeys === 'function' ? virtualKeys() : virtualKeys;
  }

  async close(): Promise<void> {}
}

export function settingsWith(more: Partial<Settings> = {}): Settings {
  return {
    litellmUrl: 'http://litellm.test',
    litellmMasterKey: new Secret('sk-canary-master'),
    litellmConfig: null,
    litellmDbUrl: null,
    litellmSaltKey: new Secret('sk-canary-salt'),
    bifrostUrl: 'http://bifrost.test',
    bifrostApiKey: null,
    defaultProvider: 'openai',
    maxBudgetPeriod: '10Y',
    dryRun: false,
    journal: './migrate.db',
    concurrency: 8,
    only: null,
    onCollision: 'rename',
    onExisting: 'adopt',
    organizationGates: 'enforce',
    zeroLimits: 'block',
    allModels: 'everything',
    expired: 'skip',
    routing: true,
    requireOwner: false,
    recreate: false,
    update: false,
    team: null,
    names: null,
    allowPrivateNetwork: false,
    allowInsecureHttp: false,
    rebind: false,
    json: false,
    quiet: false,
    verbose: false,
    yes: false,
    debug: false,
    ...more,
  };
}

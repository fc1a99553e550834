import type { Settings } from '../src/config.js';
import { buildCatalog, type Catalog } from '../src/mapping/catalog.js';
import { Secret, type SecretRef } from '../src/secret.js';
import type {
  Deployment,
  Dialect,
  Limits,
  Membership,
  NamedCredential,
  Organization,
  Params,
  Project,
  Team,
  User,
  VirtualKey,
  World,
} from '../src/sources/records.js';
import type { PlanContext, RecordState } from '../src/stages/plan.js';
import type { ObjectKind, TargetObject } from '../src/target/objects.js';
import type { Capabilities } from '../src/target/target.js';

/** One factory per kind, each with overrides. Every secret in here is invented. */

export const NO_LIMITS: Limits = {
  maxBudget: null,
  budgetDuration: null,
  tpmLimit: null,
  rpmLimit: null,
  maxParallelRequests: null,
  softBudget: null,
  modelMaxBudget: {},
};

const base = { createdAt: '2026-01-01T00:00:00Z', rest: {}, notes: [] } as const;

export function secret(text: string): SecretRef {
  return { $secret: `test:${text}`, fingerprint: `fp-${text}`, tag: text.slice(0, 8) };
}

export function deployment(modelName: string, params: Params, over: Partial<Deployment> = {}): Deployment {
  return {
    ...base,
    kind: 'deployment',
    id: over.id ?? `d-${modelName}-${typeof params['model'] === 'string' ? params['model'] : ''}`,
    name: modelName,
    origin: 'file',
    modelName,
    publicName: over.publicName ?? modelName,
    teamId: null,
    params,
    modelInfo: {},
    inputCost: null,
    outputCost: null,
    blocked: false,
    served: true,
    ...over,
  };
}

/** As LiteLLM stores a team's own deployment: under an internal name, the public one in model_info (L§4.7). */
export function teamDeployment(teamId: string, publicName: string, params: Params, id: string): Deployment {
  const modelInfo = { team_id: teamId, team_public_model_name: publicName };
  return deployment(`model_name_${teamId}_${id}`, params, { id, publicName, teamId, modelInfo });
}

export function organization(id: string, over: Partial<Organization> = {}): Organization {
  return {
    ...base,
    kind: 'organization',
    id,
    name: id,
    alias: id,
    models: [],
    limits: NO_LIMITS,
    metadata: {},
    ...over,
  };
}

export function team(id: string, over: Partial<Team> = {}): Team {
  return {
    ...base,
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
    ...over,
  };
}

export function user(id: string, over: Partial<User> = {}): User {
  return {
    ...base,
    kind: 'user',
    id,
    name: id,
    email: `${id}@example.test`,
    alias: null,
    role: null,
    models: [],
    teams: [],
    limits: NO_LIMITS,
    ...over,
  };
}

export function membership(teamId: string, userId: string, over: Partial<Membership> = {}): Membership {
  return {
    ...base,
    kind: 'membership',
    id: `${teamId} ${userId}`,
    name: `${teamId} ${userId}`,
    teamId,
    userId,
    role: 'user',
    limits: null,
    allowedModels: [],
    ...over,
  };
}

export function virtualKey(alias: string | null, over: Partial<VirtualKey> = {}): VirtualKey {
  return {
    ...base,
    kind: 'virtual_key',
    id: over.id ?? `${Buffer.from(alias ?? 'none').toString('hex')}${'0'.repeat(64)}`.slice(0, 64),
    name: alias ?? 'sk-...abcd',
    keyName: 'sk-...abcd',
    keyAlias: alias,
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

export const NEW_DIALECT: Dialect = {
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

export const OLD_DIALECT: Dialect = {
  version: '1.81.13',
  keyAliasCheck: 'alias',
  zeroOrganizationBudgetBlocks: false,
  zeroUserBudgetBlocksAtOnce: false,
  unpricedIgnoresBudgets: true,
  missingTeamDenies: false,
  keyGroupsSatisfyTeam: false,
  fallbackTargetChecked: false,
  newestTeamDeploymentOnly: true,
  teamShadowsAliasTarget: 'no',
  accessGroupsFilterDeployments: false,
  weightMetric: 'first-deployment',
};

export type WorldParts = {
  readonly deployments?: readonly Deployment[];
  readonly credentials?: readonly NamedCredential[];
  readonly organizations?: readonly Organization[];
  readonly teams?: readonly Team[];
  readonly accessGroups?: readonly { id: string; name: string; models: readonly string[] }[];
  readonly projects?: readonly Project[];
  readonly budgets?: { readonly [id: string]: Limits };
  readonly modelGroupAlias?: { readonly [alias: string]: string };
  readonly fallbacks?: { readonly [group: string]: readonly string[] };
  readonly dialect?: Dialect;
};

export function world(parts: WorldParts = {}): World {
  return {
    dialect: parts.dialect ?? NEW_DIALECT,
    provenance: {},
    deployments: parts.deployments ?? [],
    credentials: new Map((parts.credentials ?? []).map((c) => [c.name, c])),
    organizations: parts.organizations ?? [],
    teams: parts.teams ?? [],
    accessGroups: new Map((parts.accessGroups ?? []).map((g) => [g.id, g])),
    projects: new Map((parts.projects ?? []).map((p) => [p.id, p])),
    budgets: new Map(Object.entries(parts.budgets ?? {})),
    router: {
      modelGroupAlias: parts.modelGroupAlias ?? {},
      fallbacks: parts.fallbacks ?? {},
      defaultFallbacks: [],
      rest: {},
    },
    modelAliasMap: {},
    settings: {},
    findings: [],
  };
}

export function capabilities(over: Partial<Capabilities> = {}): Capabilities {
  return {
    version: 'v1.0.0',
    usersApi: 'canonical',
    teamMembers: false,
    scopedModelConfigs: true,
    objectAliases: true,
    azureApiVersion: false,
    uniqueCustomerNames: true,
    checksBaseUrls: true,
    putClearsOmittedOwner: false,
    bareNamesReachWildcards: true,
    virtualKeyExpiry: false,
    standardProviders: new Set([
      'openai',
      'anthropic',
      'azure',
      'bedrock',
      'vertex',
      'vllm',
      'ollama',
      'sgl',
      'groq',
      'mistral',
      'xai',
      'gemini',
      'cohere',
    ]),
    inferenceNeedsVirtualKey: true,
    authEnabled: false,
    processStart: null,
    ...over,
  };
}

/** Bifrost 1.5.2 as probed. */
export const OLD_BIFROST: Partial<Capabilities> = {
  usersApi: 'none',
  scopedModelConfigs: false,
  objectAliases: false,
  azureApiVersion: true,
  uniqueCustomerNames: false,
  checksBaseUrls: false,
  putClearsOmittedOwner: true,
  bareNamesReachWildcards: false,
};

export function settings(over: Partial<Settings> = {}): Settings {
  return {
    litellmUrl: 'http://127.0.0.1:4000',
    litellmMasterKey: new Secret('sk-master'),
    litellmConfig: null,
    litellmDbUrl: null,
    litellmSaltKey: new Secret('salt'),
    bifrostUrl: 'http://127.0.0.1:8080',
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
    ...over,
  };
}

export type CatalogParts = {
  readonly capabilities?: Partial<Capabilities>;
  readonly existingProviders?: readonly string[];
  readonly keyAliases?: readonly { alias: string; target: string; teamId: string | null }[];
  readonly environment?: { readonly [name: string]: string };
  readonly settings?: Partial<Settings>;
};

export function catalogOf(w: World, parts: CatalogParts = {}): Catalog {
  return buildCatalog({
    world: w,
    settings: settings(parts.settings),
    capabilities: capabilities(parts.capabilities),
    existingProviders: parts.existingProviders ?? [],
    keyAliases: parts.keyAliases ?? [],
    environment: (name) => parts.environment?.[name],
    credentialFile: () => undefined,
  });
}

export type ContextParts = CatalogParts & {
  /** Objects on the gateway. */
  readonly objects?: readonly TargetObject[];
  readonly users?: readonly User[];
  readonly memberships?: readonly Membership[];
  readonly records?: { readonly [key: string]: Partial<RecordState> };
  readonly ranks?: { readonly [id: string]: number };
  readonly takenNames?: readonly string[];
  readonly now?: string;
  /** Every planned provider and key counts as being on the gateway, with id `id:<name>`. */
  readonly everythingWritten?: boolean;
};

export const PENDING: RecordState = {
  status: 'pending',
  bifrostId: null,
  bifrostName: null,
  origin: null,
  missing: [],
  detail: {},
  drifted: false,
};

/** A plan context over plain data: what the engine gives a stage. */
export function contextOf(w: World, parts: ContextParts = {}): PlanContext {
  const catalog = catalogOf(w, parts);
  const objects = parts.objects ?? [];
  const find = (kind: ObjectKind, name: string): TargetObject[] =>
    objects.filter((o) => o.kind === kind && o.name === name);
  const planned = (kind: ObjectKind, name: string): boolean =>
    (kind === 'provider' && catalog.providers.has(name)) || (kind === 'provider_key' && catalog.keys.has(name));
  return {
    world: w,
    settings: settings(parts.settings),
    capabilities: capabilities(parts.capabilities),
    catalog,
    snapshot: {
      find: (kind, name) => find(kind, name) as never,
      byId: (kind, id) => objects.find((o) => o.kind === kind && o.id === id) as never,
      all: (kind) => objects.filter((o) => o.kind === kind) as never,
      count: (kind) => objects.filter((o) => o.kind === kind).length,
      put: () => undefined,
      remove: () => undefined,
    },
    objectId: (kind, name) =>
      find(kind, name)[0]?.id ?? ((parts.everythingWritten ?? true) && planned(kind, name) ? `id:${name}` : undefined),
    createdByUs: () => false,
    record: (kind, id) => {
      const known = parts.records?.[`${kind} ${id}`];
      return known && { ...PENDING, ...known, exists: true };
    },
    user: (id) => parts.users?.find((u) => u.id === id),
    membership: (teamId, userId) => parts.memberships?.find((m) => m.teamId === teamId && m.userId === userId),
    rank: (_kind, id) => parts.ranks?.[id] ?? 0,
    isNaturalName: (_kind, name) => parts.takenNames?.includes(name) ?? false,
    now: Date.parse(parts.now ?? '2026-06-01T00:00:00Z'),
  };
}

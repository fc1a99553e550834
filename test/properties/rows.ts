import { createHash } from 'node:crypto';
import { dialectOf } from '../../src/sources/dialect.js';
import type {
  Deployment,
  Limits,
  Membership,
  Organization,
  Project,
  Team,
  User,
  VirtualKey,
  World,
} from '../../src/sources/records.js';
import * as row from '../oracles/litellm-small-world.js';
import { CREDENTIALS, PLACES, type Place } from './places.js';
import type {
  DeploymentRecipe,
  KeyRecipe,
  LimitRecipe,
  MemberRecipe,
  OrganizationRecipe,
  ProjectRecipe,
  Recipe,
  TeamRecipe,
  UserRecipe,
} from './recipe.js';

/** What a recipe stands for: everything a source would read. */
export type Sample = {
  readonly recipe: Recipe;
  readonly world: World;
  readonly keys: readonly VirtualKey[];
  readonly users: readonly User[];
  readonly memberships: readonly Membership[];
  /** By deployment id. */
  readonly places: ReadonlyMap<string, Place>;
};

export function sampleOf(recipe: Recipe): Sample {
  const isOlder = recipe.litellm === '1.81.13';
  const deployments = recipe.deployments.map((one, at) => deployment(one, at, recipe));
  const world: World = {
    dialect: dialectOf(recipe.litellm),
    provenance: {},
    deployments,
    credentials: new Map(CREDENTIALS.map((credential) => [credential.name, credential])),
    organizations: rows(recipe.organizations, organization),
    teams: rows(recipe.teams, (id, one) => team(id, one, deployments, recipe)),
    accessGroups: new Map(rows(recipe.accessGroups, (id, models) => [id, { id, name: id, models }] as const)),
    // 1.81 has neither projects nor models of members.
    projects: new Map(rows(isOlder ? undefined : recipe.projects, (id, one) => [id, project(id, one)] as const)),
    budgets: new Map(rows(recipe.budgets, (id, one) => [id, limits(one)] as const)),
    router: {
      modelGroupAlias: recipe.aliases ?? {},
      fallbacks: recipe.fallbacks ?? {},
      defaultFallbacks: recipe.defaultFallbacks ?? [],
      rest: {},
    },
    modelAliasMap: recipe.aliasMap ?? {},
    settings: {},
    findings: [],
  };
  return {
    recipe,
    world,
    keys: recipe.keys.map((one, at) => virtualKey(isOlder ? withoutProject(one) : one, at)),
    users: rows(recipe.users, user),
    memberships: rows(recipe.members, (id, one) => membership(id, isOlder ? withoutModels(one) : one)),
    places: new Map(recipe.deployments.flatMap(({ at }, index) => [[`d${index}`, placeOf(at)] as const])),
  };
}

function withoutProject({ project: _project, ...one }: KeyRecipe): KeyRecipe {
  return one;
}

function withoutModels({ models: _models, ...one }: MemberRecipe): MemberRecipe {
  return one;
}

function rows<T, R>(table: { readonly [id: string]: T | undefined } | undefined, row: (id: string, one: T) => R): R[] {
  return Object.entries(table ?? {}).flatMap(([id, one]) => (one === undefined ? [] : [row(id, one)]));
}

function placeOf(name: string): Place {
  const place = PLACES[name];
  if (place === undefined) throw new Error(`no place ${name}`);
  return place;
}

const day = (at: number): string => new Date(Date.UTC(2025, 0, 1 + at)).toISOString();

function deployment(one: DeploymentRecipe, at: number, { litellm }: Recipe): Deployment {
  const { slug, params } = placeOf(one.at);
  const teamId = one.team ?? null;
  const modelInfo = {
    ...(one.id !== undefined && { id: one.id }),
    ...(one.groups !== undefined && { access_groups: one.groups }),
    ...(teamId !== null && { team_id: teamId, team_public_model_name: one.name }),
  };
  return row.deployment(internalName(one, at), `${slug}/${one.upstream}`, {
    id: `d${at}`,
    origin: one.id === undefined ? 'database' : 'file',
    publicName: one.name,
    createdAt: day(at),
    teamId,
    params: {
      model: `${slug}/${one.upstream}`,
      ...params,
      ...(one.weight !== undefined && { weight: one.weight }),
      ...(one.rpm !== undefined && { rpm: one.rpm }),
      ...(one.order !== undefined && { order: one.order }),
    },
    modelInfo,
    inputCost: 0.001,
    outputCost: 0.001,
    blocked: one.blocked === true && litellm !== '1.81.13',
  });
}

function internalName({ name, team: of }: DeploymentRecipe, at: number): string {
  return of === undefined ? name : `model_name_${of}_${at}`;
}

/** 1.81 keeps an alias from the public name of a team's deployment to the internal one, of the last one made (L§4.7). */
function team(id: string, one: TeamRecipe, deployments: readonly Deployment[], { litellm, ...recipe }: Recipe): Team {
  const own = deployments.filter((each, at) => each.teamId === id && recipe.deployments[at]?.aliased === true);
  const internal = Object.fromEntries(own.map(({ publicName, modelName }) => [publicName, modelName]));
  return row.team(id, {
    createdAt: day(0),
    organizationId: one.organization ?? null,
    models: one.models ?? [],
    modelAliases: { ...(litellm === '1.81.13' ? internal : {}), ...one.aliases },
    accessGroupIds: one.accessGroups ?? [],
    blocked: one.blocked ?? false,
    limits: limits(one.limits),
    metadata: one.modelRpm === undefined ? {} : { model_rpm_limit: one.modelRpm },
  });
}

function organization(id: string, one: OrganizationRecipe): Organization {
  return row.organization(id, { createdAt: day(0), models: one.models ?? [], limits: limits(one.limits) });
}

function user(id: string, one: UserRecipe): User {
  return row.user(id, { models: one.models ?? [], role: one.role ?? null, limits: limits(one.limits) });
}

function project(id: string, one: ProjectRecipe): Project {
  return {
    id,
    name: id,
    teamId: 'ta',
    models: one.models ?? [],
    blocked: one.blocked ?? false,
    limits: limits(one.limits),
  };
}

function membership(id: string, one: MemberRecipe): Membership {
  const [teamId = '', userId = ''] = id.split('/');
  return {
    ...row.ROW,
    kind: 'membership',
    id: `${teamId} ${userId}`,
    name: id,
    teamId,
    userId,
    role: 'user',
    limits: one.limits === undefined ? null : limits(one.limits),
    allowedModels: one.models ?? [],
  };
}

/** Ids as LiteLLM has them: the hash of the token. */
export function keyId(at: number): string {
  return createHash('sha256').update(`token ${at}`).digest('hex');
}

function virtualKey(one: KeyRecipe, at: number): VirtualKey {
  return row.key(keyId(at), {
    createdAt: day(at),
    keyName: 'sk-...abcd',
    keyAlias: one.alias ?? null,
    teamId: one.team ?? null,
    organizationId: one.organization ?? null,
    userId: one.user ?? null,
    projectId: one.project ?? null,
    models: one.models ?? [],
    aliases: one.aliases ?? {},
    config: one.config === true ? { model_list: [] } : {},
    accessGroupIds: one.accessGroups ?? [],
    allowedRoutes: one.routes ?? [],
    blocked: one.blocked ?? false,
    expires: one.expires ?? null,
    budgetId: one.budgetId ?? null,
    limits: { ...limits(one.limits), modelMaxBudget: modelBudgets(one) },
    metadata: one.modelRpm === undefined ? {} : { model_rpm_limit: one.modelRpm },
  });
}

function modelBudgets({ modelBudget }: KeyRecipe): Limits['modelMaxBudget'] {
  return Object.fromEntries(
    Object.entries(modelBudget ?? {}).map(([model, one]) => [
      model,
      { budget_limit: one.budget ?? null, time_period: one.duration ?? null, rpm_limit: one.rpm ?? null },
    ]),
  );
}

function limits(one: LimitRecipe = {}): Limits {
  return {
    ...row.NO_LIMITS,
    maxBudget: one.budget ?? null,
    budgetDuration: one.duration ?? null,
    rpmLimit: one.rpm ?? null,
    tpmLimit: one.tpm ?? null,
    maxParallelRequests: one.parallel ?? null,
  };
}

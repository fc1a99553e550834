import fc from 'fast-check';
import { PLACES } from './places.js';
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

/**
 * Whole worlds, small and quarrelsome: names come from so few that everything collides with everything: public names that
 * are other deployments' upstream ids, begin with providers, differ by case, or are patterns.
 */

/** Names of deployments and aliases. */
const NAMES = [
  'a', 'A', 'b', 'x', 'gpt-4o', 'openai/gpt-4o', 'openai/a', 'azure/x', 'groq/a', 'wild/a', 'deepseek/a', 'acme/z', 'é"\\',
  'gpt-4-turbo',
] as const; // prettier-ignore

/** Pattern of the deployment, and what its upstream is called. */
const PATTERNS = {
  'openai/*': '*', 'openai/gpt-4*': 'gpt-4*', 'wild/*': '*', 'wild/a*': 'a*', 'azure/*': '*', 'gpt-*': 'gpt-*', 'a*x': 'a*x', '*': '*',
  'acme/*': 'z-*',
} as const; // prettier-ignore

const UPSTREAMS = ['up', 'a', 'b', 'x', 'gpt-4o', 'openai/gpt-4o', 'gpt-4-turbo'] as const;

const TAGS = ['g', 'h'] as const;

/** What lists hold besides names. */
const ENTRIES = [
  'all-proxy-models', 'all-team-models', 'no-default-models', '*', 'openai/*', 'gpt-*', 'azure/*', 'wild/*', '[a*', '.*', 'nobody',
  'groq/*', ...TAGS,
] as const; // prettier-ignore

const name = fc.constantFrom(...NAMES);
const entry = fc.oneof({ weight: 3, arbitrary: name }, { weight: 1, arbitrary: fc.constantFrom(...ENTRIES) });
const list = fc.uniqueArray(entry, { minLength: 1, maxLength: 4 });
const aliases = fc.dictionary(name, name, { minKeys: 1, maxKeys: 2 });
const groups = fc.uniqueArray(fc.constantFrom(...TAGS), { minLength: 1, maxLength: 2 });
const groupIds = fc.uniqueArray(fc.constantFrom('ga', 'gb', 'gone'), { minLength: 1, maxLength: 2 });

/** A member that is mostly left out. */
function rarely<T>(arbitrary: fc.Arbitrary<T>, weight = 1, of = 6): fc.Arbitrary<T | undefined> {
  return fc.oneof(
    { withCrossShrink: true },
    { weight: of - weight, arbitrary: fc.constant(undefined) },
    { weight, arbitrary },
  );
}

/** Without the members that were left out. */
function rows<T>(members: {
  readonly [member in keyof Required<T>]: fc.Arbitrary<T[member] | undefined>;
}): fc.Arbitrary<T> {
  return fc
    .record(members as { [member: string]: fc.Arbitrary<unknown> })
    .map((row) => Object.fromEntries(Object.entries(row).filter(([, value]) => value !== undefined)) as T);
}

const yes = fc.constant<true>(true);
const never = fc.constant<undefined>(undefined);
const team = fc.constantFrom('ta', 'ta', 'tb', 'gone');
const number = fc.constantFrom(0, 1, 2, 3);
const place = fc.constantFrom(...Object.keys(PLACES));

const named: fc.Arbitrary<DeploymentRecipe> = rows<DeploymentRecipe>({
  name,
  at: place,
  upstream: fc.constantFrom(...UPSTREAMS),
  weight: rarely(number, 1, 4),
  rpm: rarely(number, 1, 10),
  order: rarely(fc.constantFrom(1, 2), 1, 15),
  groups: rarely(groups),
  blocked: rarely(yes, 1, 15),
  team: rarely(fc.constantFrom('ta', 'tb'), 1, 5),
  aliased: fc.constant(true),
  id: rarely(fc.constantFrom('id-1', 'id-2'), 1, 20),
});

const pattern: fc.Arbitrary<DeploymentRecipe> = fc
  .tuple(fc.constantFrom(...Object.entries(PATTERNS)), place, rarely(groups))
  .map(([[text, upstream], at, tags]) => ({ name: text, at, upstream, ...(tags !== undefined && { groups: tags }) }));

const deployment: fc.Arbitrary<DeploymentRecipe> = fc
  .oneof({ weight: 6, arbitrary: named }, { weight: 1, arbitrary: pattern })
  .map(({ aliased, ...one }) => (one.team === undefined ? one : { ...one, aliased: aliased ?? true }));

const limit: fc.Arbitrary<LimitRecipe> = rows<LimitRecipe>({
  budget: rarely(fc.constantFrom(0, 0.5, 5, -1), 1, 2),
  duration: rarely(fc.constantFrom('30d', '1mo', 'daily', '24h', 'never', '0d'), 1, 2),
  rpm: rarely(fc.constantFrom(0, 1, 7, 0.5), 1, 2),
  tpm: rarely(fc.constantFrom(0, 100), 1, 3),
  parallel: rarely(fc.constantFrom(0, 3), 1, 6),
});
const perModel = fc.dictionary(name, fc.constantFrom(0, 3), { minKeys: 1, maxKeys: 2 });

export type Taste = {
  /** Budgets and rates on everything. */
  readonly limits: boolean;
};

export function recipes({ limits }: Taste): fc.Arbitrary<Recipe> {
  const bound = limits ? rarely(limit, 1, 2) : never;
  const zeroes = limits ? rarely(perModel, 1, 4) : rarely(perModel, 1, 30);
  const modelBudget = fc.dictionary(name, limit, { minKeys: 1, maxKeys: 2 });
  const teamRow = rows<TeamRecipe>({
    organization: rarely(fc.constantFrom('oa', 'ob', 'gone'), 1, 3),
    models: rarely(list, 2, 3),
    aliases: rarely(aliases, 1, 3),
    accessGroups: rarely(groupIds),
    blocked: rarely(yes, 1, 20),
    limits: bound,
    modelRpm: limits ? rarely(perModel, 1, 6) : never,
  });
  const key = rows<KeyRecipe>({
    alias: rarely(fc.constantFrom('k', 'K', 'k (1)'), 1, 2),
    team: rarely(team, 1, 2),
    organization: rarely(fc.constantFrom('oa', 'ob', 'gone'), 1, 4),
    user: rarely(fc.constantFrom('ua', 'ub', 'gone'), 1, 3),
    project: rarely(fc.constant('p'), 1, 8),
    models: rarely(list, 2, 3),
    aliases: rarely(aliases, 1, 4),
    accessGroups: rarely(groupIds),
    config: rarely(yes, 1, 25),
    routes: rarely(fc.constantFrom(['llm_api_routes'], ['management_routes']), 1, 20),
    blocked: rarely(yes, 1, 15),
    expires: rarely(fc.constantFrom('2025-01-01T00:00:00Z', '2027-01-01T00:00:00Z'), 1, 15),
    budgetId: limits ? rarely(fc.constantFrom('b', 'gone'), 1, 5) : never,
    limits: bound,
    modelRpm: zeroes,
    modelBudget: limits ? rarely(modelBudget, 1, 6) : never,
  });
  const organizationRow = rows<OrganizationRecipe>({ models: rarely(list, 2, 3), limits: bound });
  const userRow = rows<UserRecipe>({
    models: rarely(list, 1, 2),
    role: rarely(fc.constantFrom('proxy_admin', 'internal_user'), 1, 4),
    limits: bound,
  });
  const projectRow = rows<ProjectRecipe>({ models: rarely(list, 1, 2), blocked: rarely(yes, 1, 6), limits: bound });
  const memberRow = rows<MemberRecipe>({ models: rarely(list, 1, 2), limits: bound });
  return rows<Recipe>({
    litellm: fc.constantFrom('1.109.1', '1.106.2', '1.81.13'),
    bifrost: fc.constantFrom('1.5.16', '1.5.2'),
    routing: rarely(fc.constant<false>(false), 1, 4),
    gates: rarely(fc.constant<'ignore'>('ignore'), 1, 2),
    curiosity: rarely(fc.nat(5), 5, 6),
    deployments: fc.array(deployment, { minLength: 1, maxLength: 10 }),
    aliases: rarely(aliases, 1, 4),
    aliasMap: rarely(aliases, 1, 10),
    fallbacks: rarely(
      fc.dictionary(fc.oneof(name, fc.constant('*')), fc.uniqueArray(name, { minLength: 1, maxLength: 2 }), {
        minKeys: 1,
        maxKeys: 3,
      }),
      1,
      4,
    ),
    defaultFallbacks: rarely(fc.uniqueArray(name, { minLength: 1, maxLength: 2 }), 1, 10),
    accessGroups: rarely(table({ ga: list, gb: list }), 1, 3),
    budgets: limits ? rarely(table({ b: limit }), 1, 2) : never,
    organizations: rarely(table({ oa: organizationRow, ob: organizationRow }), 1, 2),
    teams: rarely(table({ ta: teamRow, tb: teamRow }), 3, 4),
    users: rarely(table({ ua: userRow, ub: userRow }), 1, 2),
    projects: rarely(table({ p: projectRow }), 1, 4),
    members: rarely(table({ 'ta/ua': memberRow, 'tb/ua': memberRow }), 1, 4),
    keys: fc.array(key, { minLength: 1, maxLength: 8 }),
  });
}

/** Rows by id, some of them. */
function table<T extends { readonly [id: string]: fc.Arbitrary<unknown> }>(rowsById: T) {
  return fc.record(rowsById, { requiredKeys: [] }) as unknown as fc.Arbitrary<{
    [id in keyof T]?: T[id] extends fc.Arbitrary<infer Row> ? Row : never;
  }>;
}

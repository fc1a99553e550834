import { createHash } from 'node:crypto';
import type { JsonObject } from '../../json.js';
import { at } from './clock.js';
import { canary, createRandom, type Random } from './random.js';
import { keyRow, stamps, teamRow, userRow, budgetRow } from './row-defaults.js';
import type { BudgetRow, KeyRow, OrganizationRow, TeamRow, UserRow } from './rows.js';
import { specialKeys, type SpecialKey } from './special-keys.js';
import { moreDeployments, standardModels, type Models } from './world-models.js';
import { standardPeople, type People } from './world-people.js';

export type WorldOptions = {
  readonly seed?: number;
  /** How many of each; never fewer than the standard world has, except keys, which are cut off. */
  readonly deployments?: number;
  readonly organizations?: number;
  readonly teams?: number;
  readonly users?: number;
  readonly keys?: number;
  /** Adds a team row that LiteLLM's own models refuse: `/team/list` leaves it out, `/v2/team/list` fails (contracts L§1.8). */
  readonly brokenTeam?: boolean;
};

export type SandboxKey = { readonly plain: string; readonly row: KeyRow };

export type SandboxWorld = Models &
  People & {
    readonly seed: number;
    readonly keyCount: number;
    /** Keys are made when asked for, so that 100,000 of them take no memory. 0 ≤ index < keyCount; throws RangeError. */
    key(index: number): SandboxKey;
    /** Keys of rows of LiteLLM_DeletedVerificationToken. */
    readonly deletedKeys: readonly SandboxKey[];
    /** Keys that hold unified access groups. */
    readonly groupKeys: readonly SandboxKey[];
    /** Key by the name special-keys.ts gives it. */
    keyNamed(name: string): SandboxKey;
    readonly routerSettings: JsonObject;
    readonly litellmSettings: JsonObject;
    readonly generalSettings: JsonObject;
    /** Rows of LiteLLM_Config; values under `environment_variables` are stored encrypted. */
    readonly configRows: { readonly [name: string]: JsonObject };
  };

const KEYS_START = 1000;

/** The same options give the same world, to the last canary. */
export function sandboxWorld(options: WorldOptions = {}): SandboxWorld {
  const seed = options.seed ?? 1;
  const models = standardModels(createRandom(seed, 1));
  const people = grow(standardPeople(createRandom(seed, 2)), createRandom(seed, 3), options);
  const extra = Math.max(0, (options.deployments ?? 0) - models.deployments.length);
  const specials = specialKeys(secrets(seed));
  const keyCount = options.keys ?? specials.length;
  const key = (index: number): SandboxKey => {
    if (!Number.isInteger(index) || index < 0 || index >= keyCount)
      throw new RangeError(`no key ${index} in a world of ${keyCount}`);
    const special = specials[index];
    return special ? specialKey(seed, index, special) : plainKey(seed, index, people);
  };
  return {
    ...models,
    ...people,
    deployments: [...models.deployments, ...moreDeployments(createRandom(seed, 4), models.deployments.length, extra)],
    seed,
    keyCount,
    key,
    keyNamed: (name) => {
      const index = specials.findIndex(([candidate]) => candidate === name);
      if (index < 0) throw new RangeError(`no key named ${name}`);
      return key(index);
    },
    groupKeys: specials.flatMap(([, row], index) =>
      index < keyCount && row.access_group_ids !== undefined ? [key(index)] : [],
    ),
    deletedKeys: [specialKey(seed, -1, ['k-deleted', {}])],
    routerSettings: {
      num_retries: 0,
      model_group_alias: { 'alias-gpt': 'gpt-4o', 'hidden-alias': { model: 'claude-sonnet', hidden: true } },
      fallbacks: [{ 'fail-model': ['gpt-4o-mini'] }, { 'gpt-4o': ['claude-sonnet'] }],
      context_window_fallbacks: [{ 'gpt-4o-mini': ['gpt-4o'] }],
    },
    litellmSettings: { drop_params: true, request_timeout: 600, model_alias_map: { 'global-alias': 'gpt-4o-mini' } },
    generalSettings: { master_key: 'os.environ/LITELLM_MASTER_KEY', store_model_in_db: true },
    configRows: {
      router_settings: { allowed_fails: 5 },
      litellm_settings: { num_retries: 2 },
      environment_variables: { SANDBOX_DB_SECRET: canary(createRandom(seed, 5), 'config-row') },
    },
  };
}

function secrets(seed: number): (label: string) => string {
  const random = createRandom(seed, 6);
  return (label) => canary(random, label);
}

function token(plain: string): string {
  return createHash('sha256').update(plain, 'utf8').digest('hex');
}

function plainText(seed: number, index: number): string {
  const random = createRandom(seed, 1_000_000 + index);
  return `sk-CANARY-key-${index}-${random.bytes(12).toString('base64url')}`;
}

/** What every key of one seed and index has; created one second after the other, so that the default order is total. */
function makeKey(seed: number, index: number, columns: Partial<KeyRow>): SandboxKey {
  const plain = plainText(seed, index);
  return {
    plain,
    row: keyRow(at(KEYS_START + index), { token: token(plain), key_name: `sk-...${plain.slice(-4)}`, ...columns }),
  };
}

function specialKey(seed: number, index: number, [name, columns]: SpecialKey): SandboxKey {
  return makeKey(seed, index, { key_alias: name, ...columns });
}

const LISTS: readonly (readonly string[])[] = [
  ['gpt-4o'],
  ['gpt-4o-mini'],
  ['gpt-4o', 'gpt-4o-mini'],
  ['claude-sonnet', 'db-openai'],
  [],
  ['all-team-models'],
  ['openai/*'],
  ['db-openai', 'db-anthropic', 'db-gemini'],
];

/** An ordinary key: everything about it follows from seed and index. */
function plainKey(seed: number, index: number, people: People): SandboxKey {
  const random = createRandom(seed, 2_000_000 + index);
  const team = random.next() < 0.7 ? random.pick(people.teams) : null;
  const limited = random.next() < 0.3;
  return makeKey(seed, index, {
    key_alias: `key-${String(index).padStart(6, '0')}`,
    models: random.pick(LISTS),
    team_id: team?.team_id ?? null,
    user_id: random.next() < 0.3 ? random.pick(people.users).user_id : null,
    organization_id: team === null && random.next() < 0.2 ? random.pick(people.organizations).organization_id : null,
    max_budget: limited ? 1 + random.below(100) : null,
    budget_duration: limited ? random.pick(['30d', '7d', '1mo', null]) : null,
    rpm_limit: limited ? 10 * (1 + random.below(10)) : null,
    blocked: random.next() < 0.02 ? true : null,
    metadata: { n: index },
  });
}

function upTo(count: number | undefined, have: number): number[] {
  return Array.from({ length: Math.max(0, (count ?? 0) - have) }, (_, offset) => have + offset);
}

function grow(people: People, random: Random, options: WorldOptions): People {
  const organizations = upTo(options.organizations, people.organizations.length).map((index) =>
    plainOrganization(index),
  );
  const allOrganizations = [...people.organizations, ...organizations.map(({ row }) => row)];
  const teams = upTo(options.teams, people.teams.length).map((index) => plainTeam(index, random, allOrganizations));
  const allTeams = [...people.teams, ...teams, ...(options.brokenTeam === true ? [brokenTeam()] : [])];
  const users = upTo(options.users, people.users.length).map((index) => plainUser(index, random, allTeams));
  return {
    ...people,
    budgets: [...people.budgets, ...organizations.map(({ budget }) => budget)],
    organizations: allOrganizations,
    teams: allTeams,
    users: [...people.users, ...users],
  };
}

function plainOrganization(index: number): { row: OrganizationRow; budget: BudgetRow } {
  const budget = budgetRow(at(200 + index), {
    budget_id: `bud-org-${index}`,
    max_budget: index % 3 === 0 ? null : 10 * index,
  });
  const row: OrganizationRow = {
    organization_id: `org-${index}`,
    organization_alias: `Organization ${index}`,
    budget_id: budget.budget_id,
    metadata: {},
    models: [],
    spend: 0,
    model_spend: {},
    object_permission_id: null,
    ...stamps(at(200 + index)),
  };
  return { row, budget };
}

function plainTeam(index: number, random: Random, organizations: readonly OrganizationRow[]): TeamRow {
  return teamRow(at(300 + index), {
    team_id: `team-${index}`,
    team_alias: `Team ${index}`,
    organization_id: random.next() < 0.5 ? random.pick(organizations).organization_id : null,
    models: random.pick(LISTS.filter((list) => !list.includes('all-team-models'))),
    max_budget: random.next() < 0.3 ? 100 + random.below(900) : null,
  });
}

/** `members_with_roles` is the column's own default here, which LiteLLM's model of a team refuses. */
function brokenTeam(): TeamRow {
  return teamRow(at(299), { team_id: 't-broken', team_alias: 'Broken', members_with_roles: {}, models: null });
}

function plainUser(index: number, random: Random, teams: readonly TeamRow[]): UserRow {
  return userRow(at(500 + index), {
    user_id: `user-${index}`,
    user_alias: `User ${index}`,
    user_email: `user-${index}@example.test`,
    user_role: 'internal_user',
    teams: random.next() < 0.6 ? [random.pick(teams).team_id] : [],
  });
}

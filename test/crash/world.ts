import { createHash } from 'node:crypto';
import { at } from '../../src/sandbox/litellm/clock.js';
import { budgetRow, keyRow, stamps, teamRow, userRow } from '../../src/sandbox/litellm/row-defaults.js';
import type { KeyRow, SandboxDeployment, TeamRow } from '../../src/sandbox/litellm/rows.js';
import type { SandboxKey, SandboxWorld } from '../../src/sandbox/litellm/world.js';
import type { JsonObject } from '../../src/json.js';

/**
 * A LiteLLM small enough to be killed at every boundary, with one of everything that is sent differently: a credential two
 * deployments share, a name two providers serve (routing rule), a name with a provider in front, prices, limits of a
 * model, two teams and two organizations of one name, owned and personal keys, limits of a key for a model.
 */
export function smallWorld(): SandboxWorld {
  return world({ deployments: DEPLOYMENTS, teams: TEAMS, keys: KEYS });
}

/** The same before it grew: fewer deployments, so that a provider key, a rule, a price and lists of keys must change later. */
export function worldBefore(): SandboxWorld {
  const fewer = DEPLOYMENTS.filter(({ modelInfo }) => !isLater(modelInfo));
  return world({ deployments: fewer, teams: TEAMS, keys: KEYS });
}

/** `size` keys over the small world, for the long suite. */
export function largerWorld(size: number): SandboxWorld {
  const more = Array.from({ length: size }, (_, n): Draft => [
    `more-${n % (size - 7)}`,
    {
      team_id: TEAMS[n % TEAMS.length]?.team_id ?? null,
      models: [MODELS[n % MODELS.length] ?? 'gpt-4o'],
      ...limitsOf(n),
    },
  ]);
  return world({ deployments: DEPLOYMENTS, teams: TEAMS, keys: [...KEYS, ...more] });
}

type Draft = readonly [alias: string, row: Partial<KeyRow>];

const MODELS = ['gpt-4o', 'mini', 'claude', 'vendor/fast', 'priced'];

function limitsOf(n: number): Partial<KeyRow> {
  if (n % 5 === 0) return { model_max_budget: { 'gpt-4o': { budget_limit: 1 + n, time_period: '1d' } } };
  return n % 5 === 1 ? { max_budget: 1 + n, budget_duration: '30d', rpm_limit: 10 + n } : {};
}

function isLater(info: SandboxDeployment['modelInfo']): boolean {
  return typeof info === 'object' && info !== null && typeof info['id'] === 'string' && info['id'].startsWith('later');
}

let made = 0;

function deployment(modelName: string, params: JsonObject, modelInfo: JsonObject = {}): SandboxDeployment {
  made += 1;
  // The included file must not be empty.
  return {
    place: made === 1 ? 'include' : 'file',
    id: null,
    modelName,
    params,
    modelInfo,
    blocked: false,
    createdAt: at(made),
  };
}

const OPENAI = 'sk-CANARY-crash-openai';
const PRICED = { api_base: 'https://priced.example/v1', api_key: 'sk-CANARY-crash-priced', rpm: 100 };

const DEPLOYMENTS: readonly SandboxDeployment[] = [
  deployment('gpt-4o', { model: 'openai/gpt-4o', api_key: OPENAI }),
  deployment('mini', { model: 'openai/gpt-4o-mini', api_key: OPENAI, weight: 3 }),
  deployment('mini', {
    model: 'azure/gpt-4o-mini-eu',
    api_base: 'https://eu-one.openai.azure.example',
    api_version: '2024-10-21',
    api_key: 'CANARY-crash-azure',
    weight: 1,
  }),
  deployment('claude', { model: 'anthropic/claude-sonnet-4-20250514', api_key: 'sk-ant-CANARY-crash' }),
  deployment('vendor/fast', { model: 'groq/llama-3.3-70b-versatile', api_key: 'gsk-CANARY-crash' }),
  deployment('priced', {
    model: 'openai/priced-upstream',
    ...PRICED,
    input_cost_per_token: 0.001,
    output_cost_per_token: 0.002,
    max_budget: 50,
    budget_duration: '30d',
  }),
  deployment('gpt-4.1', { model: 'openai/gpt-4.1', api_key: OPENAI }, { id: 'later-name' }),
  deployment('mini', { model: 'groq/llama-mini', api_key: 'gsk-CANARY-crash' }, { id: 'later-provider' }),
  deployment(
    'priced',
    { model: 'openai/priced-upstream', ...PRICED, input_cost_per_token: 0.005, output_cost_per_token: 0.002 },
    { id: 'later-price' },
  ),
];

const TEAMS: readonly TeamRow[] = [
  teamRow(at(100), {
    team_id: 't-one',
    team_alias: 'Platform',
    organization_id: 'o-one',
    members_with_roles: [{ user_id: 'u-ann', user_email: null, role: 'user' }],
    max_budget: 50,
    budget_duration: '30d',
  }),
  teamRow(at(101), {
    team_id: 't-two',
    team_alias: 'Platform',
    organization_id: 'o-two',
    members_with_roles: [{ user_id: 'u-bob', user_email: null, role: 'user' }],
  }),
  teamRow(at(102), { team_id: 't-solo', team_alias: 'Solo', members_with_roles: [] }),
];

const KEYS: readonly Draft[] = [
  ['owned', { team_id: 't-one', models: ['gpt-4o', 'mini'] }],
  ['same', { team_id: 't-two', models: ['claude'] }],
  ['same', { team_id: 't-solo', models: ['claude', 'vendor/fast'], max_budget: 5, budget_duration: '30d' }],
  ['everything', {}],
  ['per-model', { models: ['gpt-4o'], model_max_budget: { 'gpt-4o': { budget_limit: 2.5, time_period: '1d' } } }],
  ['organization', { organization_id: 'o-one', models: ['gpt-4o'], rpm_limit: 30 }],
  [
    'per-model-too',
    {
      team_id: 't-one',
      models: ['gpt-4o', 'mini'],
      metadata: { model_rpm_limit: { 'gpt-4o': 2, mini: 5 } },
    },
  ],
];

type Parts = {
  readonly deployments: readonly SandboxDeployment[];
  readonly teams: readonly TeamRow[];
  readonly keys: readonly Draft[];
};

function world({ deployments, teams, keys }: Parts): SandboxWorld {
  const organization = (id: string, n: number) => ({
    organization_id: id,
    organization_alias: 'Acme',
    budget_id: `b-${id}`,
    metadata: {},
    models: [],
    spend: 0,
    model_spend: {},
    object_permission_id: null,
    ...stamps(at(80 + n)),
  });
  const ids = ['o-one', 'o-two'];
  return {
    deployments,
    credentials: [],
    environment: {},
    budgets: ids.map((id, n) => budgetRow(at(60 + n), { budget_id: `b-${id}`, max_budget: 100 + n })),
    organizations: ids.map(organization),
    organizationMemberships: [],
    teams,
    teamAliases: [],
    memberBudgets: [],
    users: [
      userRow(at(120), {
        user_id: 'u-ann',
        user_email: 'ann@example.test',
        user_role: 'internal_user',
        teams: ['t-one'],
      }),
      userRow(at(121), {
        user_id: 'u-bob',
        user_email: 'bob@example.test',
        user_role: 'internal_user',
        teams: ['t-two'],
      }),
    ],
    accessGroups: [],
    projects: [],
    tags: [],
    endUsers: [],
    objectPermissions: [],
    seed: 1,
    keyCount: keys.length,
    key: (index) => keyOf(keys, index),
    deletedKeys: [],
    groupKeys: [],
    keyNamed: (name) =>
      keyOf(
        keys,
        keys.findIndex(([alias]) => alias === name),
      ),
    routerSettings: { fallbacks: [{ 'gpt-4o': ['claude'] }] },
    litellmSettings: {},
    generalSettings: { master_key: 'os.environ/LITELLM_MASTER_KEY' },
    configRows: {},
  };
}

function keyOf(keys: readonly Draft[], index: number): SandboxKey {
  const draft = keys[index];
  if (draft === undefined) throw new RangeError(`no key ${index} in a world of ${keys.length}`);
  const [alias, row] = draft;
  const plain = `sk-CANARY-crash-${index}`;
  const token = createHash('sha256').update(plain).digest('hex');
  return {
    plain,
    row: keyRow(at(1000 + index), { token, key_name: `sk-...${plain.slice(-4)}`, key_alias: alias, ...row }),
  };
}

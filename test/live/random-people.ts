import { TAGS, type RandomModels } from './random-models.js';
import type { Dice } from './dice.js';

type Body = { readonly [member: string]: unknown };

/** Bodies for the management API, in the order they must be sent. */
export type RandomPeople = {
  readonly organizations: readonly Body[];
  readonly budgets: readonly Body[];
  readonly users: readonly Body[];
  readonly teams: readonly Body[];
  /** Deployments of a team under a public name, often one that exists globally. */
  readonly shadows: readonly { readonly teamId: string; readonly publicName: string; readonly model: string }[];
  readonly groups: readonly { readonly name: string; readonly models: readonly string[] }[];
  /** `groups`: names of unified access groups, to be replaced by their ids. */
  readonly keys: readonly (Body & { readonly key_alias: string; readonly groups?: readonly string[] })[];
};

export type Counts = { readonly keys: number; readonly teams: number; readonly users: number };

/** Who may use the models: every special name, limit and alias that decides about access (L§4). */
export function randomPeople(dice: Dice, { names, groupAliases }: RandomModels, counts: Counts): RandomPeople {
  const plain = names.filter((name) => !name.includes('*'));
  const listed = [...names, ...Object.keys(groupAliases), ...TAGS];
  const list = (most: number) => dice.some(listed, most);
  const organizations = randomOrganizations(dice, list);
  const users = Array.from({ length: counts.users }, (_, i) => randomUser(dice, i, list));
  const teams = Array.from({ length: counts.teams }, (_, i) => randomTeam(dice, i, list, plain));
  const groups = [0, 1, 2].map((i) => ({ name: `unified-${i}`, models: dice.some(plain, 4) }));
  const owners = {
    teams: teams.map((team) => String(team['team_id'])),
    users: users.map((user) => String(user['user_id'])),
  };
  const keys = Array.from({ length: counts.keys }, (_, i) => randomKey(dice, i, list, plain, owners));
  // A team with aliases of its own would lose them in 1.81.13, which replaces the alias map (L§4.7).
  const free = teams.filter((team) => team['model_aliases'] === undefined);
  const shadows = free.slice(0, 6).map((team, i) => ({
    teamId: String(team['team_id']),
    publicName: i % 3 === 2 ? `team-only-${i}` : dice.pick(plain),
    model: `openai/shadow-${i}`,
  }));
  return { organizations, budgets: BUDGETS, users, teams, shadows, groups, keys };
}

const BUDGETS: readonly Body[] = [
  { budget_id: 'rb-zero', max_budget: 0 },
  { budget_id: 'rb-wide', max_budget: 1000, budget_duration: '30d', tpm_limit: 10_000_000, rpm_limit: 100_000 },
];

type List = (most: number) => string[];

function randomOrganizations(dice: Dice, list: List): Body[] {
  return [
    { organization_id: 'ro-open', organization_alias: 'Random Open', models: [] },
    { organization_id: 'ro-list', organization_alias: 'Random List', models: list(12), max_budget: 1000 },
    { organization_id: 'ro-zero', organization_alias: 'Random Zero', models: [], max_budget: dice.chance(1) ? 0 : 1 },
  ];
}

function randomUser(dice: Dice, i: number, list: List): Body {
  return {
    user_id: `ru-${i}`,
    user_email: `ru-${i}@example.test`,
    auto_create_key: false,
    ...(dice.chance(0.5) ? { models: dice.chance(0.15) ? ['no-default-models'] : list(8) } : {}),
    ...(dice.chance(0.15) ? { max_budget: 0 } : {}),
  };
}

function randomTeam(dice: Dice, i: number, list: List, plain: readonly string[]): Body {
  const special = dice.chance(0.3) ? [dice.pick(['all-proxy-models', 'no-default-models', '*'])] : null;
  const alias = () => (dice.chance(0.5) ? dice.pick(plain) : `ta-${i}`);
  return {
    team_id: `rt-${i}`,
    team_alias: `Random Team ${i}`,
    models: special ?? (dice.chance(0.2) ? [] : list(12)),
    ...(i % 3 === 0 ? { model_aliases: { [alias()]: dice.pick(plain) } } : {}),
    ...(dice.chance(0.25) ? { organization_id: dice.pick(['ro-open', 'ro-zero']) } : {}),
    ...(dice.chance(0.1) ? { blocked: true } : {}),
    ...(dice.chance(0.12) ? { max_budget: 0 } : {}),
  };
}

type Owners = { readonly teams: readonly string[]; readonly users: readonly string[] };

function randomKey(
  dice: Dice,
  i: number,
  list: List,
  plain: readonly string[],
  owners: Owners,
): RandomPeople['keys'][number] {
  const alias = dice.chance(0.5) ? `ka-${i}` : dice.pick(plain);
  const special = dice.pick(['all-team-models', 'all-proxy-models', 'no-default-models', '*']);
  const models = dice.chance(0.2) ? [] : dice.chance(0.2) ? [special, ...list(2)] : list(8);
  const owner = dice.under(10);
  return {
    key_alias: `rk-${i}`,
    models: dice.chance(0.08) ? [...models, alias] : models,
    ...(owner < 5 ? { team_id: dice.pick(owners.teams) } : {}),
    ...(owner >= 4 && owner < 8 ? { user_id: dice.pick(owners.users) } : {}),
    ...(owner === 8 ? { organization_id: dice.pick(['ro-open', 'ro-list', 'ro-zero']) } : {}),
    ...(dice.chance(0.15) ? { aliases: { [alias]: dice.pick(plain) } } : {}),
    ...(dice.chance(0.1) ? { groups: [`unified-${dice.under(3)}`] } : {}),
    ...randomLimit(dice),
  };
}

/** Most keys have no limit: one that runs out while asking says nothing. */
function randomLimit(dice: Dice): Body {
  if (dice.chance(0.7)) return {};
  return dice.pick<Body>([
    { max_budget: 0 },
    { budget_id: 'rb-zero' },
    { budget_id: 'rb-wide' },
    { rpm_limit: 0 },
    { max_budget: 1000, budget_duration: '30d' },
    { max_budget: 0.01 },
    { blocked: true },
    { duration: '1s' },
    { duration: '30d' },
    { tpm_limit: 100_000_000, rpm_limit: 100_000 },
  ]);
}

import pg from 'pg';
import { parseArgs } from 'node:util';
import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { dice } from './dice.js';
import { member, textMember } from './answer.js';
import { databaseDeployments, randomConfig } from './random-config.js';
import { randomModels, type RandomModels } from './random-models.js';
import { randomPeople, type RandomPeople } from './random-people.js';

/**
 * Makes a random world, the same one for the same --seed: first with --write-config the file that LiteLLM is to be started
 * with, then, without it, everything that goes into the empty database of the running proxy. Writes the keys in plain text
 * for the judge. What the API refuses without a licence (organizations in newer versions, team-scoped
 * deployments) goes into the database in the shape LiteLLM itself writes (L§4.7). See README.md.
 */
const { values } = parseArgs({
  options: {
    litellm: { type: 'string' },
    'litellm-db': { type: 'string' },
    'master-key-env': { type: 'string', default: 'LITELLM_MASTER_KEY' },
    upstream: { type: 'string' },
    seed: { type: 'string', default: '1' },
    keys: { type: 'string', default: '170' },
    names: { type: 'string', default: '48' },
    out: { type: 'string' },
    'write-config': { type: 'string' },
  },
  strict: true,
});

/** The proxy reads deployments again every 30 s and forgets cached teams after 60 s. */
const CACHES_MS = 75_000;

type Called = { readonly status: number; readonly body: unknown };
type SeedFile = {
  readonly keys: Record<string, { readonly key: string; readonly token: string }>;
  readonly refused: string[];
};

const base = (values.litellm ?? '').replace(/\/+$/, '');
const masterKey = process.env[values['master-key-env']] ?? '';
const out: SeedFile = { keys: {}, refused: [] };

async function call(path: string, body: unknown): Promise<Called> {
  const response = await fetch(base + path, {
    method: 'POST',
    headers: { authorization: `Bearer ${masterKey}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const answer = await response.json();
  if (!response.ok) out.refused.push(`${response.status} ${path} ${JSON.stringify(answer).slice(0, 160)}`);
  return { status: response.status, body: answer };
}

async function seedModels(models: RandomModels, upstream: string): Promise<void> {
  for (const { name, key } of models.credentials) {
    const values = { api_key: key, api_base: `${upstream}/v1` };
    await call('/credentials', { credential_name: name, credential_values: values, credential_info: {} });
  }
  for (const deployment of databaseDeployments(models)) await call('/model/new', deployment);
}

async function seedPeople(people: RandomPeople, client: pg.Client): Promise<void> {
  for (const budget of people.budgets) await call('/budget/new', budget);
  for (const organization of people.organizations) {
    if ((await call('/organization/new', organization)).status >= 300) await insertOrganization(client, organization);
  }
  for (const user of people.users) await call('/user/new', user);
  for (const team of people.teams) await call('/team/new', team);
  const groups = new Map<string, string>();
  for (const { name, models } of people.groups) {
    const made = await call('/v1/access_group', { access_group_name: name, access_model_names: models });
    groups.set(name, textMember(made.body, 'access_group_id') ?? '');
  }
  for (const { groups: wanted, ...key } of people.keys) {
    const ids = wanted?.flatMap((name) => groups.get(name) ?? []);
    await seedKey(ids === undefined ? key : { ...key, access_group_ids: ids });
  }
}

async function seedKey(body: { readonly key_alias: string }): Promise<void> {
  const made = await call('/key/generate', body);
  const key = textMember(made.body, 'key');
  const token = textMember(made.body, 'token') ?? textMember(made.body, 'token_id');
  if (key !== null && token !== null) out.keys[body.key_alias] = { key, token };
}

async function insertOrganization(client: pg.Client, body: RandomPeople['organizations'][number]): Promise<void> {
  const budgetId = randomUUID();
  await client.query(
    `insert into "LiteLLM_BudgetTable" (budget_id, max_budget, created_by, updated_by) values ($1, $2, 'default_user_id', 'default_user_id')`,
    [budgetId, body['max_budget'] ?? null],
  );
  await client.query(
    `insert into "LiteLLM_OrganizationTable" (organization_id, organization_alias, budget_id, models, created_by, updated_by)
     values ($1, $2, $3, $4, 'default_user_id', 'default_user_id')`,
    [body['organization_id'], body['organization_alias'], budgetId, body['models']],
  );
}

/**
 * LiteLLM encrypts: so it makes an ordinary deployment first, whose row is copied under the team's internal name. A copy,
 * because the running proxy does not notice that a row it knows has another name.
 */
async function seedShadow(shadow: RandomPeople['shadows'][number], client: pg.Client, upstream: string): Promise<void> {
  const { teamId, publicName, model } = shadow;
  const params = { model, api_base: `${upstream}/v1`, api_key: `sk-${teamId}-INVENTED` };
  const made = await call('/model/new', {
    model_name: `shadow-template-${teamId}`,
    litellm_params: params,
    model_info: {},
  });
  const template = textMember(made.body, 'model_id') ?? textMember(member(made.body, 'model_info'), 'id');
  if (template === null) throw new Error('LiteLLM did not say the id of a new deployment');
  const [id, internal] = [randomUUID(), `model_name_${teamId}_${randomUUID()}`];
  const info = { id, db_model: false, team_id: teamId, team_public_model_name: publicName };
  await client.query(
    `insert into "LiteLLM_ProxyModelTable" (model_id, model_name, litellm_params, model_info, created_by, updated_by, updated_at)
     select $1, $2, litellm_params, $3, created_by, updated_by, now() from "LiteLLM_ProxyModelTable" where model_id = $4`,
    [id, internal, JSON.stringify(info), template],
  );
  await call('/model/delete', { id: template });
  await client.query(
    `update "LiteLLM_TeamTable" set models = case when coalesce(array_length(models, 1), 0) = 0 then array['all-proxy-models', $2::text]
       when $2::text = any(models) then models else models || array[$2::text] end where team_id = $1`,
    [teamId, publicName],
  );
  if (await isOldLine()) await aliasShadow(client, teamId, publicName, internal);
}

/** 1.81.13 routes by a team alias to the internal name. */
async function aliasShadow(client: pg.Client, teamId: string, publicName: string, internal: string): Promise<void> {
  const made = await client.query<{ id: number }>(
    `insert into "LiteLLM_ModelTable" (aliases, created_by, updated_by, updated_at) values ($1, 'default_user_id', 'default_user_id', now()) returning id`,
    [JSON.stringify({ [publicName]: internal })],
  );
  await client.query(`update "LiteLLM_TeamTable" set model_id = $2 where team_id = $1`, [teamId, made.rows[0]?.id]);
}

async function isOldLine(): Promise<boolean> {
  const answer = await (await fetch(`${base}/health/readiness`)).json();
  return textMember(answer, 'litellm_version')?.startsWith('1.81.') ?? false;
}

async function main(): Promise<void> {
  const upstream = needed('upstream').replace(/\/+$/, '');
  const chance = dice(Number(values.seed));
  const models = randomModels(chance, upstream, Number(values.names));
  const people = randomPeople(chance, models, { keys: Number(values.keys), teams: 14, users: 12 });
  const config = values['write-config'];
  if (config === undefined) await seed(models, people, upstream);
  else await writeFile(config, randomConfig(models), { mode: 0o600 });
}

async function seed(models: RandomModels, people: RandomPeople, upstream: string): Promise<void> {
  const client = new pg.Client({ connectionString: needed('litellm-db') });
  await client.connect();
  try {
    await seedModels(models, upstream);
    await seedPeople(people, client);
    for (const shadow of people.shadows) await seedShadow(shadow, client, upstream);
  } finally {
    await client.end();
  }
  await writeFile(needed('out'), JSON.stringify(out, null, 1), { mode: 0o600 });
  const { length } = Object.keys(out.keys);
  console.log(
    `${length} keys, ${models.names.length} names, ${out.refused.length} calls refused; waiting for the proxy's caches`,
  );
  await new Promise((resolve) => setTimeout(resolve, CACHES_MS));
}

function needed(name: 'litellm-db' | 'upstream' | 'out'): string {
  const value = values[name];
  if (value === undefined) throw new Error(`--${name} is missing; see test/live/README.md`);
  return value;
}

await main();

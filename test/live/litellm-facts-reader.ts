import pg from 'pg';
import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { member, parseJson, textMember } from './answer.js';
import type { DeploymentFact, Facts, KeyFact, LimitFact } from './litellm-facts.js';

export type LitellmEnd = {
  readonly url: string;
  readonly masterKey: string;
  readonly databaseUrl: string;
  /** config.yaml; null when the proxy serves nothing from a file. */
  readonly configFile: string | null;
};

/** Reads the facts from the running proxy, its database and its file: the judge's own reading, not the program's. */
export async function readFacts(end: LitellmEnd): Promise<Facts> {
  const client = new pg.Client({ connectionString: end.databaseUrl });
  await client.connect();
  try {
    return await assemble(end, (table) => rowsOf(client, table));
  } finally {
    await client.end();
  }
}

type Row = { readonly [column: string]: unknown };
type ReadTable = (table: string) => Promise<readonly Row[]>;

async function assemble(end: LitellmEnd, table: ReadTable): Promise<Facts> {
  const keys = await table('LiteLLM_VerificationToken');
  const teams = await table('LiteLLM_TeamTable');
  const users = await table('LiteLLM_UserTable');
  const budgets = new Map((await table('LiteLLM_BudgetTable')).map((row) => [text(row['budget_id']), limitsOf(row)]));
  const organizations = await table('LiteLLM_OrganizationTable');
  const members = await table('LiteLLM_TeamMembership');
  const linked = (rows: readonly Row[], id: (row: Row) => string) =>
    new Map(rows.flatMap((row) => entryOf(id(row), budgets.get(text(row['budget_id'])))));
  return {
    version: await readVersion(end),
    deployments: await readDeployments(end),
    groupAliases: { ...(await fileAliases(end.configFile)), ...(await routerAliases(end)) },
    teamAliases: teamAliasesOf(teams, await table('LiteLLM_ModelTable')),
    teamModels: new Map(teams.map((row) => [text(row['team_id']), texts(row['models'])])),
    teamOrganizations: new Map(teams.flatMap((row) => entryOf(text(row['team_id']), optional(row['organization_id'])))),
    teamLimits: new Map(teams.map((row) => [text(row['team_id']), limitsOf(row)])),
    userLimits: new Map(users.map((row) => [text(row['user_id']), limitsOf(row)])),
    organizationLimits: linked(organizations, (row) => text(row['organization_id'])),
    budgets,
    memberLimits: linked(members, (row) => `${text(row['team_id'])} ${text(row['user_id'])}`),
    keys: new Map(keys.map((row) => [text(row['token']), keyOf(row)])),
  };
}

async function rowsOf(client: pg.Client, table: string): Promise<readonly Row[]> {
  const there = await client.query('select 1 from information_schema.tables where table_name = $1', [table]);
  if (there.rowCount === 0) return [];
  return (await client.query<Row>(`select * from "${table}"`)).rows;
}

function keyOf(row: Row): KeyFact {
  return {
    token: text(row['token']),
    alias: optional(row['key_alias']) ?? null,
    teamId: optional(row['team_id']) ?? null,
    organizationId: optional(row['organization_id']) ?? null,
    userId: optional(row['user_id']) ?? null,
    models: texts(row['models']),
    aliases: aliasTargets(parsed(row['aliases'])),
    limits: limitsOf(row),
    budgetId: optional(row['budget_id']) ?? null,
  };
}

function limitsOf(row: Row): LimitFact {
  const number = (column: string) => (row[column] === null || row[column] === undefined ? null : Number(row[column]));
  return {
    maxBudget: number('max_budget'),
    tpmLimit: number('tpm_limit'),
    rpmLimit: number('rpm_limit'),
    maxParallelRequests: number('max_parallel_requests'),
  };
}

function teamAliasesOf(teams: readonly Row[], tables: readonly Row[]): Facts['teamAliases'] {
  const byId = new Map(tables.map((row) => [row['id'], aliasTargets(parsed(row['aliases']))]));
  return new Map(teams.map((row) => [text(row['team_id']), byId.get(row['model_id']) ?? {}]));
}

async function readDeployments(end: LitellmEnd): Promise<DeploymentFact[]> {
  const answer = await get(end, '/v2/model/info?size=1000');
  const rows = member(answer, 'data');
  if (!Array.isArray(rows)) throw new Error('/v2/model/info did not answer with a list');
  return rows.map((row: unknown) => {
    const info = member(row, 'model_info');
    const modelName = textMember(row, 'model_name') ?? '';
    return {
      publicName: textMember(info, 'team_public_model_name') ?? modelName,
      modelName,
      teamId: textMember(info, 'team_id'),
      model: textMember(member(row, 'litellm_params'), 'model') ?? '',
      accessGroups: texts(member(info, 'access_groups')),
    };
  });
}

async function readVersion(end: LitellmEnd): Promise<string> {
  for (const path of ['/health/readiness', '/health/readiness/details']) {
    const version = textMember(await get(end, path), 'litellm_version');
    if (version !== null) return version;
  }
  throw new Error(`${end.url} does not say its version`);
}

/** `/router/settings` [N] or `/get/config/callbacks`: the live view; absent in part of the versions. */
async function routerAliases(end: LitellmEnd): Promise<{ readonly [alias: string]: string }> {
  const settings = await get(end, '/router/settings');
  const values = member(settings, 'current_values') ?? settings;
  return aliasTargets(member(values, 'model_group_alias'));
}

async function fileAliases(file: string | null): Promise<{ readonly [alias: string]: string }> {
  if (file === null) return {};
  const config = parse(await readFile(file, 'utf8'), { merge: true }) as unknown;
  return {
    ...aliasTargets(member(member(config, 'litellm_settings'), 'model_alias_map')),
    ...aliasTargets(member(member(config, 'router_settings'), 'model_group_alias')),
  };
}

/** `{"alias":"group"}` and `{"alias":{"model":"group","hidden":true}}`. */
function aliasTargets(value: unknown): { readonly [alias: string]: string } {
  const pairs = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  const targets = pairs.flatMap(([alias, target]) =>
    entryOf(alias, typeof target === 'string' ? target : (textMember(target, 'model') ?? undefined)),
  );
  return Object.fromEntries(targets);
}

async function get(end: LitellmEnd, path: string): Promise<unknown> {
  const response = await fetch(end.url + path, { headers: { authorization: `Bearer ${end.masterKey}` } });
  const body = await response.text();
  try {
    return JSON.parse(body) as unknown;
  } catch {
    return undefined;
  }
}

/** Some JSON columns hold a JSON text of an object (L§2.1). */
function parsed(value: unknown): unknown {
  return typeof value === 'string' ? parseJson(value) : value;
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

function optional(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function entryOf<T>(key: string, value: T | undefined): [string, T][] {
  return value === undefined ? [] : [[key, value]];
}

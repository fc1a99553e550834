import type { Settings } from '../config.js';
import { finding, type Finding } from '../findings.js';
import type { ServedModel } from './api-models.js';
import { optionalBody } from './api-optional.js';
import { readMember } from './api-pages.js';
import type { ConfigFile } from './config-yaml.js';
import { joinCredentials } from './credentials.js';
import type { DatabaseRows } from './database-rows.js';
import { joinDeployments } from './deployments.js';
import { dialectOf } from './dialect.js';
import type { Row } from './fields.js';
import { otherMembers, projectBudgetFindings, readAccessGroup, readProject } from './group-rows.js';
import { budgetFindings, readBudgets, type Budgets } from './limits.js';
import type { ManagementApi } from './management-api.js';
import { apiGaps, provenanceOf } from './provenance.js';
import type { World } from './records.js';
import { describeSettings, readAliases, readLiveRouter, readRouter, sectionsNotCarried } from './router.js';
import type { RowSource } from './row-source.js';
import { readOrganization, readTeam } from './rows.js';
import { saltProbe } from './salt-probe.js';
import type { SecretVault } from './secrets.js';
import { mergeSettings, otherConfigRows, storesModelInDatabase } from './settings.js';

/** What has been opened and asked already when the world is read. */
export type Opened = {
  readonly settings: Settings;
  readonly file: ConfigFile;
  readonly api: ManagementApi;
  readonly version: string | null;
  readonly served: readonly ServedModel[];
  readonly database: DatabaseRows | null;
  readonly rows: RowSource;
  readonly vault: SecretVault;
};

/** Everything but users and keys, joined (records.ts). @throws MigrateError salt_key_wrong and what the readers throw. */
export async function readWorld({
  settings,
  file,
  api,
  version,
  served,
  database,
  rows,
  vault,
}: Opened): Promise<{ world: World; budgets: Budgets }> {
  const findings: Finding[] = [];
  const probe = saltProbe(settings.litellmSaltKey);
  const decrypt = probe.decrypt;

  const deployments = joinDeployments({
    file: file.modelList,
    database: (await database?.models()) ?? null,
    served,
    vault,
    decrypt,
  });
  const { credentials, findings: credentialFindings } = joinCredentials({
    file: file.credentialList,
    database: (await database?.credentials()) ?? null,
    api: database === null ? await apiCredentials(api, findings) : [],
    vault,
    decrypt,
  });
  probe.verify();

  const notes: Finding[] = [];
  const budgets = readBudgets(await rows.budgets(), notes);
  const groupRows = await rows.accessGroups();
  const projectRows = await rows.projects();
  const groups = groupRows.map((row) => readAccessGroup(row, notes));
  const projects = projectRows.map((row) => readProject(row, budgets, notes));
  const organizations = (await rows.organizations()).map((row) => readOrganization(row, budgets));
  const teams = (await rows.teams()).map(readTeam);
  await database?.countNotCarried();

  const usesDatabase = storesModelInDatabase(file) || served.some((model) => model.databaseModel);
  const stored = usesDatabase && database !== null ? await database.config() : [];
  const merged = mergeSettings(file, stored);
  const live = readLiveRouter(await optionalBody(api, 'router_settings', '/router/settings', findings));
  const router = readRouter(merged, live);
  const described = describeSettings(merged, router);

  const world: World = {
    dialect: dialectOf(version),
    provenance: provenanceOf({
      database: database !== null,
      file: settings.litellmConfig !== null,
      findings: rows.findings,
    }),
    deployments,
    credentials,
    organizations,
    teams,
    accessGroups: new Map(groups.map((group) => [group.id, group])),
    projects: new Map(projects.map((project) => [project.id, project])),
    budgets: new Map([...budgets].map(([id, budget]) => [id, budget.limits])),
    router,
    modelAliasMap: readAliases(merged.litellm.model_alias_map),
    settings: described.settings,
    findings: [
      ...(version === null ? [unknownVersion()] : []),
      ...findings,
      ...rows.findings,
      ...credentialFindings,
      ...notes,
      ...budgetFindings(budgets),
      ...otherMembers('access_group', groupRows, GROUP_MEMBERS),
      ...otherMembers('project', projectRows, PROJECT_MEMBERS),
      ...projectBudgetFindings(projectRows, budgets),
      ...described.findings,
      ...sectionsNotCarried('LiteLLM_Config', otherConfigRows(stored)),
      ...sectionsNotCarried('config.yaml', file.otherSections),
      ...(database === null ? [apiGaps(version)] : []),
    ],
  };
  return { world, budgets };
}

// What is read, and the back references to who uses a group: the links that count are on keys and teams (L§1.12).
const GROUP_MEMBERS = (
  'access_group_id access_group_name access_model_names access_model_ids assigned_team_ids assigned_key_ids assigned_teams assigned_keys description ' +
  'access_mcp_servers access_agents'
).split(' ');
const PROJECT_MEMBERS =
  'project_id project_alias team_id models blocked budget_id description litellm_budget_table created_by_user'.split(
    ' ',
  );

/** Named credentials as the management API shows them, masked; a finding when it does not. */
export async function apiCredentials(api: ManagementApi, findings: Finding[]): Promise<readonly Row[]> {
  const body = await optionalBody(api, 'credentials', '/credentials', findings);
  return body === null ? [] : readMember('/credentials', body, 'credentials');
}

function unknownVersion(): Finding {
  return finding(
    'notice',
    'version_unknown',
    '',
    'The version of LiteLLM could not be found out: where versions decide differently, the stricter rule is applied.',
  );
}

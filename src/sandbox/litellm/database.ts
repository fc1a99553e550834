import { Client } from 'pg';
import { isObject, type JsonObject } from '../../json.js';
import { encryptMembers, STORED_FORMS, type StoredForm } from './encrypt.js';
import { createRandom, type Random } from './random.js';
import { accessGroupRows, teamAliasRows, teamMembershipRows, teamRows } from './release-rows.js';
import { stamps } from './row-defaults.js';
import type { SandboxDeployment } from './rows.js';
import { columnsOf, createStatements, hasTable, type TableName } from './schema.js';
import { isNewer, type SandboxVersion } from './version.js';
import type { SandboxWorld } from './world.js';

export type DatabaseOptions = {
  /** URL of an empty database. */
  readonly url: string;
  readonly world: SandboxWorld;
  readonly version: SandboxVersion;
  readonly saltKey: string;
  /** One form for all texts, or all of them in turn. */
  readonly encryption?: StoredForm | 'mixed';
};

type Rows = Iterable<object>;

const BATCH = 1000;
/** A salt key nobody has any more. */
const LOST_SALT_KEY = 'salt-CANARY-lost-0001';

/** Writes the world into LiteLLM's own tables. Rows go in by batches, keys are made as they go. Errors are PostgreSQL's. */
export async function writeLitellmDatabase(options: DatabaseOptions): Promise<void> {
  const client = new Client({ connectionString: options.url });
  await client.connect();
  try {
    await client.query('BEGIN');
    for (const statement of createStatements(options.version)) await client.query(statement);
    for (const [table, rows] of contents(options)) await insert(client, options.version, table, rows);
    await client.query('COMMIT');
  } finally {
    await client.end();
  }
}

function contents({ world, version, saltKey, encryption = 'mixed' }: DatabaseOptions): [TableName, Rows][] {
  const random = createRandom(world.seed, 7);
  const seal = sealer(saltKey, encryption, random);
  return [
    ['LiteLLM_ObjectPermissionTable', world.objectPermissions],
    ['LiteLLM_BudgetTable', world.budgets],
    ['LiteLLM_OrganizationTable', world.organizations],
    ['LiteLLM_ModelTable', teamAliasRows(world, version)],
    ['LiteLLM_TeamTable', teamRows(world, version)],
    ['LiteLLM_ProjectTable', world.projects],
    ['LiteLLM_UserTable', world.users],
    ['LiteLLM_OrganizationMembership', world.organizationMemberships],
    ['LiteLLM_TeamMembership', teamMembershipRows(world, version)],
    ['LiteLLM_AccessGroupTable', accessGroupRows(world, version)],
    ['LiteLLM_CredentialsTable', credentialRows(world, seal)],
    ['LiteLLM_ProxyModelTable', modelRows(world, version, seal, sealer(LOST_SALT_KEY, encryption, random))],
    ['LiteLLM_Config', configRows(world, seal)],
    ['LiteLLM_EndUserTable', world.endUsers],
    ['LiteLLM_TagTable', world.tags],
    ['LiteLLM_VerificationToken', keyRows(world)],
    ['LiteLLM_DeletedVerificationToken', deletedRows(world, random)],
  ];
}

type Seal = (values: JsonObject) => JsonObject;

function sealer(saltKey: string, encryption: StoredForm | 'mixed', random: Random): Seal {
  let turn = 0;
  const form = (): StoredForm =>
    encryption === 'mixed' ? (STORED_FORMS[turn++ % STORED_FORMS.length] ?? 'nacl') : encryption;
  return (values) => encryptMembers(values, saltKey, form, random);
}

function* keyRows(world: SandboxWorld): Rows {
  for (let index = 0; index < world.keyCount; index += 1) yield world.key(index).row;
}

function deletedRows(world: SandboxWorld, random: Random): Rows {
  return world.deletedKeys.map(({ row }) => ({
    ...row,
    id: random.uuid(),
    deleted_at: row.updated_at,
    deleted_by: 'default_user_id',
  }));
}

function credentialRows(world: SandboxWorld, seal: Seal): Rows {
  return world.credentials
    .filter(({ place }) => place === 'database')
    .map((credential) => ({
      credential_id: credential.id,
      credential_name: credential.name,
      credential_values: seal(credential.values),
      credential_info: credential.info,
      display_name: null,
      ...stamps(credential.createdAt),
    }));
}

function configRows(world: SandboxWorld, seal: Seal): Rows {
  return Object.entries(world.configRows).map(([param_name, value]) => ({
    param_name,
    param_value: param_name === 'environment_variables' ? seal(value) : value,
    last_run_at: null,
    reload_revision: 0,
  }));
}

function modelRows(world: SandboxWorld, version: SandboxVersion, seal: Seal, lostSeal: Seal): Rows {
  return world.deployments
    .filter(({ place }) => place === 'database')
    .map((deployment) => ({
      model_id: deployment.id,
      model_name: deployment.modelName,
      litellm_params: storedParams(deployment, version, seal, lostSeal),
      model_info: isObject(deployment.modelInfo)
        ? { id: deployment.id, db_model: false, ...deployment.modelInfo }
        : deployment.modelInfo,
      blocked: deployment.blocked,
      ...stamps(deployment.createdAt),
    }));
}

function storedParams(deployment: SandboxDeployment, version: SandboxVersion, seal: Seal, lostSeal: Seal): JsonObject {
  const params: JsonObject = {
    ...deployment.params,
    use_litellm_proxy: false,
    use_in_pass_through: false,
    merge_reasoning_content_in_choices: false,
    ...(isNewer(version) && { use_xai_oauth: false, allow_client_keepalive_override: false }),
  };
  if (deployment.plain === true) return params;
  if (deployment.lost === 'all') return lostSeal(params);
  if (deployment.lost === undefined) return seal(params);
  const { [deployment.lost]: lost, ...rest } = params;
  return { ...seal(rest), ...lostSeal({ [deployment.lost]: lost ?? null }) };
}

/** jsonb_populate_recordset makes every column's type of its JSON, arrays and timestamps included. */
async function insert(client: Client, version: SandboxVersion, table: TableName, rows: Rows): Promise<void> {
  if (!hasTable(table, version)) return;
  const known = columnsOf(table, version);
  let batch: object[] = [];
  const flush = async (): Promise<void> => {
    const [first] = batch;
    if (first === undefined) return;
    const columns = Object.keys(first)
      .filter((column) => known.has(column))
      .map((column) => `"${column}"`)
      .join(', ');
    const values = `SELECT ${columns} FROM jsonb_populate_recordset(NULL::"${table}", $1::jsonb)`;
    await client.query(`INSERT INTO "${table}" (${columns}) ${values}`, [JSON.stringify(batch)]);
    batch = [];
  };
  for (const row of rows) {
    batch.push(row);
    if (batch.length === BATCH) await flush();
  }
  await flush();
}

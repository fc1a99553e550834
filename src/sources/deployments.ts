import { createHash } from 'node:crypto';
import { finding, type Finding } from '../findings.js';
import type { ServedModel } from './api-models.js';
import { costsOf } from './costs.js';
import type { Decrypter } from './decrypt.js';
import { Fields, type Row } from './fields.js';
import { readFileEntries, type FileEntry } from './file-entries.js';
import { protectParams } from './params.js';
import type { Deployment, Origin, Param, Params } from './records.js';
import { objectWithoutSecrets } from './scrub.js';
import type { SecretVault } from './secrets.js';
import { matchFileEntries } from './served-models.js';

export type DeploymentInputs = {
  /** model_list of config.yaml. */
  readonly file: readonly unknown[];
  /** Rows of LiteLLM_ProxyModelTable; null without a database. */
  readonly database: readonly Row[] | null;
  readonly served: readonly ServedModel[];
  readonly vault: SecretVault;
  readonly decrypt: Decrypter;
};

/** Every deployment once (M1): file entries, database rows, and what the proxy serves beyond both. */
export function joinDeployments(inputs: DeploymentInputs): Deployment[] {
  const entries = readFileEntries(inputs.file);
  const matches = matchFileEntries(
    entries,
    inputs.served.filter((model) => !model.databaseModel),
  );
  const fromFile = entries.map((entry, index) => fileDeployment(entry, matches.get(index), inputs.vault));
  const byId = new Map(inputs.served.flatMap((model) => (model.id === null ? [] : [[model.id, model] as const])));
  const fromDatabase = (inputs.database ?? []).map((row) => databaseDeployment(row, byId, inputs));
  const explained = new Set<ServedModel | undefined>([
    ...matches.values(),
    ...fromDatabase.map(({ id }) => byId.get(id)),
  ]);
  const fromApi = inputs.served.filter((model) => !explained.has(model)).map((model) => apiDeployment(model, inputs));
  return [...fromFile, ...fromDatabase, ...fromApi];
}

function fileDeployment(entry: FileEntry, served: ServedModel | undefined, vault: SecretVault): Deployment {
  const { params, notes } = protectParams(entry.params, { vault, owner: `deployment:${entry.id}` });
  return {
    ...deployment('file', entry.id, entry.modelName, params, entry.info, served),
    createdAt: null,
    blocked: false,
    rest: entry.rest,
    notes: [...entry.notes, ...notes, ...(served === undefined ? [notServed()] : [])],
  };
}

function databaseDeployment(
  row: Row,
  served: ReadonlyMap<string, ServedModel>,
  { vault, decrypt }: DeploymentInputs,
): Deployment {
  const fields = new Fields(row);
  const id = fields.id('model_id');
  const info = fields.object('model_info');
  const { params, notes } = protectParams(fields.object('litellm_params'), {
    vault,
    owner: `deployment:${id}`,
    decrypt,
  });
  const blocked = fields.flag('blocked');
  const live = served.get(id);
  return {
    ...deployment('database', id, fields.text('model_name') ?? id, params, info, live),
    createdAt: fields.time('created_at'),
    blocked,
    rest: fields.rest(new Set(['created_by', 'updated_at', 'updated_by'])),
    notes: [...notes, ...fields.notes, ...(live === undefined && !blocked ? [notServed()] : [])],
  };
}

const API_INFO = [
  'base_model',
  'mode',
  'tier',
  'team_id',
  'team_public_model_name',
  'access_groups',
  'supported_environments',
];

function apiDeployment(model: ServedModel, { vault, database }: DeploymentInputs): Deployment {
  const modelName = model.names.find((name) => name.includes('*')) ?? model.names[0] ?? '';
  const id =
    model.id ??
    `api:${createHash('sha256')
      .update(JSON.stringify([model.names, model.params]))
      .digest('hex')
      .slice(0, 16)}`;
  const info = Object.fromEntries(
    API_INFO.flatMap((name) => (model.info[name] == null ? [] : [[name, model.info[name]]])),
  );
  const { params, notes } = protectParams(model.params, { vault, owner: `deployment:${id}`, masked: true });
  const where = model.databaseModel ? 'LiteLLM_ProxyModelTable' : 'the config file';
  const unexplained =
    model.databaseModel && database === null
      ? []
      : [finding('loss', 'unexplained_deployment', '', `The proxy serves it, but ${where} as given does not have it.`)];
  return {
    ...deployment('api', id, modelName, { ...params, ...removedMembers(params) }, info, model),
    createdAt: new Fields(model.info).time('created_at'),
    blocked: model.info.blocked === true,
    rest: {},
    notes: [...notes, ...unexplained],
  };
}

/** The API leaves these out whether they are set or not (L§1.5): masked, so that nobody takes them for unset. */
function removedMembers(params: Params): Params {
  const masked: Param = { $masked: true };
  const model = typeof params.model === 'string' ? params.model : '';
  const provider =
    typeof params.custom_llm_provider === 'string' ? params.custom_llm_provider : (model.split('/')[0] ?? '');
  const removed: Record<string, Param> = {};
  if (params.litellm_credential_name == null) removed.api_key = masked;
  if (params.client_id != null || params.tenant_id != null) removed.client_secret = masked;
  if (provider.startsWith('vertex')) removed.vertex_credentials = masked;
  if (/^(bedrock|sagemaker)/.test(provider)) {
    removed.aws_access_key_id = masked;
    removed.aws_secret_access_key = masked;
  }
  return Object.fromEntries(Object.entries(removed).filter(([name]) => params[name] == null));
}

function deployment(
  origin: Origin,
  id: string,
  modelName: string,
  params: Params,
  info: Record<string, unknown>,
  served: ServedModel | undefined,
) {
  const teamId = typeof info.team_id === 'string' && info.team_id !== '' ? info.team_id : null;
  const shown = info.team_public_model_name;
  const publicName = teamId !== null && typeof shown === 'string' && shown !== '' ? shown : modelName;
  return {
    kind: 'deployment' as const,
    id,
    origin,
    name: publicName === '' ? id : publicName,
    modelName,
    publicName,
    teamId,
    params,
    // `db_model` of a stored row is false whatever it is (L§1.5): where a deployment comes from is `origin`.
    modelInfo: objectWithoutSecrets(Object.fromEntries(Object.entries(info).filter(([name]) => name !== 'db_model'))),
    ...costsOf(params, info, served),
    served: served !== undefined,
  };
}

function notServed(): Finding {
  return finding('change', 'not_served', '', 'The running proxy does not list this deployment.');
}

import { createHash } from 'node:crypto';
import { isObject, type Json, type JsonObject } from '../../json.js';
import { grants } from './access.js';
import { knownModel, modelsOf, providerOf } from './catalog.js';
import { maskParams } from './mask.js';
import type { SandboxDeployment } from './rows.js';
import { isNewer, type SandboxVersion } from './version.js';
import type { SandboxWorld } from './world.js';

export type ModelRow = {
  readonly model_name: string;
  readonly litellm_params: JsonObject;
  readonly model_info: JsonObject;
};

/** `router.model_list`: what `/v2/model/info` shows, in the order of loading (contracts L§1.5). */
export function modelRows(world: SandboxWorld, version: SandboxVersion): ModelRow[] {
  return world.deployments.filter(isLoaded).map((deployment) => modelRow(world, deployment, version));
}

/** A row whose `model` does not open names no provider, and the proxy leaves it out. */
function isLoaded(deployment: SandboxDeployment): boolean {
  return deployment.lost !== 'all';
}

function modelRow(world: SandboxWorld, deployment: SandboxDeployment, version: SandboxVersion): ModelRow {
  const params = resolve(world, { ...deployment.entryLimits, ...deployment.params });
  const info = isObject(deployment.modelInfo) ? deployment.modelInfo : {};
  const publicName =
    typeof info.team_public_model_name === 'string' ? info.team_public_model_name : deployment.modelName;
  return {
    model_name: isNewer(version) ? publicName : deployment.modelName,
    litellm_params: shownParams(params, version),
    model_info: modelInfo(deployment, info, params, version),
  };
}

function shownParams(params: JsonObject, version: SandboxVersion): JsonObject {
  const switches = isNewer(version) ? { allow_client_keepalive_override: false, use_xai_oauth: false } : {};
  return {
    ...maskParams(coerce(params), version),
    use_in_pass_through: false,
    use_litellm_proxy: false,
    merge_reasoning_content_in_choices: false,
    ...switches,
  };
}

/** The proxy's own model of the parameters makes numbers of `"1000"` (contracts L§2.4). */
function coerce(params: JsonObject): JsonObject {
  const number = (name: 'tpm' | 'rpm'): JsonObject =>
    typeof params[name] === 'string' ? { [name]: Number(params[name]) } : {};
  return { ...params, ...number('tpm'), ...number('rpm') };
}

function modelInfo(
  deployment: SandboxDeployment,
  info: JsonObject,
  params: JsonObject,
  version: SandboxVersion,
): JsonObject {
  const inDatabase = deployment.place === 'database';
  return {
    id: deployment.id ?? configId(deployment, params),
    db_model: inDatabase,
    ...(inDatabase && isNewer(version) ? { blocked: deployment.blocked } : {}),
    ...info,
    ...pricing(deployment, info, params, version),
  };
}

/** `litellm_params.model`; every deployment has one. */
export function modelOf(params: JsonObject): string {
  return typeof params.model === 'string' ? params.model : '';
}

/** SHA-256 over the name and every resolved parameter, so that it moves when a secret does (contracts L§1.5). */
function configId(deployment: SandboxDeployment, params: JsonObject): string {
  const parts = Object.entries(params).map(
    ([name, value]) => `${name}${typeof value === 'string' ? value : JSON.stringify(value)}`,
  );
  return createHash('sha256')
    .update([deployment.modelName, ...parts].join(''), 'utf8')
    .digest('hex');
}

/** 1.81 knows no price of an unlisted database model, calls that of an unlisted file model 0; newer ones say null. */
function pricing(
  deployment: SandboxDeployment,
  info: JsonObject,
  params: JsonObject,
  version: SandboxVersion,
): JsonObject {
  const model = modelOf(params);
  const base = typeof info.base_model === 'string' ? info.base_model : undefined;
  const known = knownModel(model, base);
  const custom = { input: params.input_cost_per_token, output: params.output_cost_per_token };
  const registered =
    isNewer(version) || deployment.place !== 'database' || model.includes('*') || typeof custom.input === 'number';
  if (known === undefined && !registered) return {};
  const unknownCost: Json = isNewer(version) ? null : 0;
  return {
    key: known?.key ?? model,
    max_tokens: known?.maxTokens ?? null,
    input_cost_per_token: custom.input ?? known?.input ?? unknownCost,
    output_cost_per_token: custom.output ?? known?.output ?? unknownCost,
    litellm_provider: known?.provider ?? providerOf(model),
    mode: known?.mode ?? null,
  };
}

/** `os.environ/NAME` is resolved before anything is shown; an unset variable is null (contracts L§3.3). */
function resolve(world: SandboxWorld, params: JsonObject): JsonObject {
  const value = (member: Json): Json => {
    if (typeof member === 'string' && member.startsWith('os.environ/'))
      return world.environment[member.slice(11)] ?? null;
    return isObject(member) ? resolve(world, member) : member;
  };
  return Object.fromEntries(Object.entries(params).map(([name, member]) => [name, value(member)]));
}

/** What `/model/info` makes of the same list for an administrator: alias copies and exploded wildcards (contracts L§1.5). */
export function expandedRows(world: SandboxWorld, version: SandboxVersion): ModelRow[] {
  return isNewer(version) ? newerRows(world, version) : olderRows(world, version);
}

/** Team-scoped rows in, patterns out; the aliases come last; who may reach a row stands in it. */
function newerRows(world: SandboxWorld, version: SandboxVersion): ModelRow[] {
  const rows = modelRows(world, version);
  const shared = rows.filter(({ model_info }) => model_info.team_id === undefined);
  const served = new Set(shared.map(({ model_name }) => model_name));
  const expanded = rows.flatMap((row) => {
    const names = explode(row);
    if (names.length === 0) return [row];
    return names.filter((name) => !served.has(name)).map((name) => concrete(row, name, version));
  });
  return [...expanded, ...aliasRows(world, shared)].map((row) => withAccess(world, row));
}

/** Team-scoped rows out; aliases first; the rows of a pattern at the end, doubled where an earlier one has its target. */
function olderRows(world: SandboxWorld, version: SandboxVersion): ModelRow[] {
  const rows = modelRows(world, version).filter(({ model_info }) => model_info.team_id === undefined);
  const targets = new Set<Json | undefined>();
  const exploded = rows.flatMap((row) => {
    const times = targets.has(row.litellm_params.model) ? 2 : 1;
    const copies = explode(row).flatMap((name) => Array.from({ length: times }, () => concrete(row, name, version)));
    if (copies.length > 0) targets.add(row.litellm_params.model);
    return copies;
  });
  return [...aliasRows(world, rows), ...rows, ...exploded];
}

/** Public names a wildcard row stands for; none for a row that is no wildcard or whose provider is unknown. */
function explode({ model_name, litellm_params }: ModelRow): string[] {
  const target = modelOf(litellm_params);
  if (!model_name.includes('*')) return [];
  const pattern = model_name === '*' ? target : model_name;
  const slash = pattern.indexOf('/');
  if (slash < 0) return [];
  const prefix = pattern.slice(slash + 1).replaceAll('*', '');
  return modelsOf(providerOf(target))
    .filter((name) => name.startsWith(prefix))
    .map((name) => `${pattern.slice(0, slash)}/${name}`);
}

function concrete(row: ModelRow, name: string, version: SandboxVersion): ModelRow {
  const target = modelOf(row.litellm_params);
  const model = `${providerOf(target)}/${name.slice(name.indexOf('/') + 1)}`;
  const known = knownModel(model, undefined);
  const {
    key: _key,
    max_tokens: _tokens,
    input_cost_per_token: _in,
    output_cost_per_token: _out,
    mode: _mode,
    ...info
  } = row.model_info;
  const unknownCost: Json = isNewer(version) ? null : 0;
  return {
    model_name: name,
    litellm_params: { ...row.litellm_params, model },
    model_info: {
      ...info,
      key: known?.key ?? model,
      max_tokens: known?.maxTokens ?? null,
      input_cost_per_token: known?.input ?? unknownCost,
      output_cost_per_token: known?.output ?? unknownCost,
      mode: known?.mode ?? null,
    },
  };
}

function aliasRows(world: SandboxWorld, rows: readonly ModelRow[]): ModelRow[] {
  const aliases = Object.entries((world.routerSettings.model_group_alias ?? {}) as JsonObject);
  return aliases.flatMap(([alias, target]) =>
    typeof target === 'string'
      ? rows.filter(({ model_name }) => model_name === target).map((row) => ({ ...row, model_name: alias }))
      : [],
  );
}

function withAccess(world: SandboxWorld, row: ModelRow): ModelRow {
  const owner = row.model_info.team_id;
  const groups = Array.isArray(row.model_info.access_groups) ? (row.model_info.access_groups as string[]) : [];
  const reaches = (models: readonly string[]): boolean =>
    grants(models, row.model_name) || models.some((name) => groups.includes(name));
  const teams = world.teams.filter(({ team_id, models }) =>
    owner === undefined ? reaches(models ?? []) : team_id === owner,
  );
  return {
    ...row,
    model_info: {
      ...row.model_info,
      access_via_team_ids: teams.map(({ team_id }) => team_id),
      direct_access: owner === undefined,
    },
  };
}

/** Rows a key's own list lets it see. */
export function visibleRows(rows: readonly ModelRow[], models: readonly string[]): ModelRow[] {
  return rows.filter(({ model_name, model_info }) => model_info.team_id === undefined && grants(models, model_name));
}

/** Names for `/v1/models`, in order, once each. */
export function modelNames(rows: readonly ModelRow[]): string[] {
  return [...new Set(rows.map(({ model_name }) => model_name))];
}

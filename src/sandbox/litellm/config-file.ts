import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { Json, JsonObject } from '../../json.js';
import { isObject } from '../../json.js';
import type { SandboxDeployment } from './rows.js';
import type { SandboxWorld } from './world.js';

const INCLUDED = 'models-extra.yaml';

/** Writes config.yaml and the file it includes into a folder, made if need be; answers the path of config.yaml. */
export async function writeConfigFile(world: SandboxWorld, folder: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  const path = join(folder, 'config.yaml');
  await writeFile(join(folder, INCLUDED), included(world), { mode: 0o600 });
  await writeFile(path, main(world), { mode: 0o600 });
  return path;
}

function main(world: SandboxWorld): string {
  const deployments = world.deployments.filter(({ place }) => place === 'file');
  const credentials = world.credentials.filter(({ place }) => place === 'file');
  const rest: JsonObject = {
    credential_list: credentials.map(({ name, values, info }) => ({
      credential_name: name,
      credential_values: values,
      credential_info: info,
    })),
    litellm_settings: world.litellmSettings,
    router_settings: world.routerSettings,
    general_settings: world.generalSettings,
  };
  return [
    `include: [${INCLUDED}]`,
    ...anchors(deployments),
    'model_list:',
    ...deployments.map(entry),
    stringify(rest),
  ].join('\n');
}

function included(world: SandboxWorld): string {
  return ['model_list:', ...world.deployments.filter(({ place }) => place === 'include').map(entry), ''].join('\n');
}

/** Shared parameters stand under a key LiteLLM does not know, which is how people keep anchors (contracts L§3.1). */
function anchors(deployments: readonly SandboxDeployment[]): string[] {
  return deployments.flatMap(({ anchor, params }) =>
    anchor === undefined ? [] : [`x-${anchor.replaceAll('_', '-')}: &${anchor}`, ...members(shared(params), 2)],
  );
}

/** Everything but what tells one deployment from the next. */
function shared(params: JsonObject): JsonObject {
  const { model: _model, weight: _weight, ...rest } = params;
  return rest;
}

function own(deployment: SandboxDeployment): JsonObject {
  if (deployment.anchor === undefined) return deployment.params;
  const common = shared(deployment.params);
  return Object.fromEntries(Object.entries(deployment.params).filter(([name]) => !(name in common)));
}

function entry(deployment: SandboxDeployment): string {
  const { modelName, modelInfo, anchor, entryLimits } = deployment;
  const info =
    isObject(modelInfo) && Object.keys(modelInfo).length > 0 ? ['    model_info:', ...members(modelInfo, 6)] : [];
  return [
    `  - model_name: ${scalar(modelName)}`,
    ...members(entryLimits ?? {}, 4),
    '    litellm_params:',
    ...(anchor === undefined ? [] : [`      <<: *${anchor}`]),
    ...members(own(deployment), 6),
    ...info,
  ].join('\n');
}

function members(object: JsonObject, indent: number): string[] {
  return Object.entries(object).map(([name, value]) => `${' '.repeat(indent)}${name}: ${scalar(value)}`);
}

/** JSON is YAML; a number like 1e-7 would be a text there without its dot (contracts L§3.1). */
function scalar(value: Json): string {
  if (typeof value === 'number' && !Number.isInteger(value)) return String(value).replace(/^(-?\d+)e/, '$1.0e');
  return JSON.stringify(value);
}

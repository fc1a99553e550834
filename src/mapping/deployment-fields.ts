import { finding, type Finding } from '../findings.js';
import { isSecretRef } from '../secret.js';
import { isCost } from '../sources/cost-members.js';
import type { Deployment, Param, Params } from '../sources/records.js';
import { isSet } from './credentials.js';
import type { Structured } from './providers.js';

/** Params a rule reads whatever the provider, besides costs (M22); every other one that is set becomes a finding (M21). */
const READ =
  'model custom_llm_provider api_key api_base base_url litellm_credential_name tpm rpm weight max_budget budget_duration extra_headers headers tags order';

/** Params that mean something to providers with a credential shape of their own (L§3.5). */
const READ_BY: { readonly [name in Structured]: string } = {
  azure: 'api_version tenant_id client_id client_secret azure_ad_token',
  bedrock:
    'aws_access_key_id aws_secret_access_key aws_session_token aws_region_name aws_session_name aws_role_name aws_external_id region_name aws_bedrock_runtime_endpoint',
  vertex:
    'vertex_project vertex_ai_project vertex_location vertex_ai_location vertex_credentials vertex_ai_credentials region_name',
  vllm: '',
  ollama: '',
  sgl: '',
};

/** Two names for one thing: the first that is set counts, in LiteLLM and here. */
const ALTERNATIVES: readonly (readonly [string, ...string[]])[] = [
  ['api_base', 'base_url'],
  ['aws_region_name', 'region_name'],
  ['vertex_project', 'vertex_ai_project'],
  ['vertex_location', 'vertex_ai_location', 'region_name'],
  ['vertex_credentials', 'vertex_ai_credentials'],
];

/** What of a deployment has no place on Bifrost, by name; values may be secrets and stay out of the sentences (M21). */
export function fieldsOfDeployment(deployment: Deployment, params: Params, structured: Structured | null): Finding[] {
  const read = new Set([...words(READ), ...(structured === null ? [] : words(READ_BY[structured]))]);
  return [
    ...paramsNotCarried(params, read),
    ...shadowed(params, read),
    ...zeroLimits(deployment, params),
    ...infoNotCarried(deployment),
    ...states(deployment),
  ];
}

function words(text: string): string[] {
  return text.split(' ').filter(Boolean);
}

function paramsNotCarried(params: Params, read: ReadonlySet<string>): Finding[] {
  const found: Finding[] = [];
  for (const [name, value] of Object.entries(params)) {
    if (read.has(name) || isCost(name) || !says(value)) continue;
    found.push(finding('loss', 'param_not_carried', name, `${name} has no place on Bifrost`));
  }
  for (const name of ['tags', 'order'] as const) {
    if (says(params[name]))
      found.push(
        finding('loss', `${name}_not_carried`, name, `${name} steer LiteLLM's router; Bifrost has no such thing`),
      );
  }
  for (const member of ['extra_headers', 'headers']) {
    const headers = params[member];
    if (typeof headers !== 'object' || headers === null || isSecretRef(headers)) continue;
    const names = Object.keys(headers).filter((name) => name.toLowerCase() !== 'authorization');
    if (names.length > 0)
      found.push(finding('loss', 'headers_not_carried', member, `headers not carried: ${names.sort().join(', ')}`));
  }
  return found;
}

function says(value: Param | undefined): boolean {
  return isSet(value) && value !== false && !(Array.isArray(value) && value.length === 0);
}

function shadowed(params: Params, read: ReadonlySet<string>): Finding[] {
  return ALTERNATIVES.flatMap((names) => {
    const [used, ...others] = names.filter((name) => read.has(name) && isSet(params[name]));
    if (used === undefined) return [];
    return others
      .filter((name) => JSON.stringify(params[name]) !== JSON.stringify(params[used]))
      .map((name) => finding('notice', 'param_shadowed', name, `${name} is set and not used: ${used} counts`));
  });
}

/** Bifrost takes no limit of zero, and what LiteLLM's router makes of one depends on its strategy: said, not guessed. */
function zeroLimits(deployment: Deployment, params: Params): Finding[] {
  return ['tpm', 'rpm', 'max_budget'].flatMap((name) => {
    const value = params[name] ?? deployment.modelInfo[name] ?? null;
    if (value === null || value === '' || typeof value === 'object' || !(Number(value) <= 0)) return [];
    return [
      finding(
        'loss',
        'zero_limit_not_carried',
        name,
        `${name} is ${String(value)}: Bifrost has no limit of zero, so the deployment has none there`,
      ),
    ];
  });
}

/** Members that say who the deployment is, or that a rule reads. */
const INFO_READ = new Set(
  words(
    'id db_model team_id team_public_model_name access_groups tpm rpm blocked created_at created_by updated_at updated_by',
  ),
);
/** What LiteLLM adds to a row of its API from its own model list says nothing about this deployment (L§1.5). */
const INFO_OF_API = new Set(words('base_model tier supported_environments'));

function infoNotCarried({ modelInfo, origin }: Deployment): Finding[] {
  const names = Object.entries(modelInfo)
    .filter(([name, value]) => !INFO_READ.has(name) && !isCost(name) && says(value))
    .map(([name]) => name)
    .filter((name) => origin !== 'api' || INFO_OF_API.has(name))
    .sort();
  if (names.length === 0) return [];
  return [
    finding('notice', 'model_info_not_carried', 'model_info', `members of model_info not carried: ${names.join(', ')}`),
  ];
}

function states(deployment: Deployment): Finding[] {
  const found: Finding[] = [];
  if (deployment.blocked)
    found.push(
      finding('change', 'deployment_blocked', 'blocked', 'LiteLLM has blocked this deployment; no virtual key gets it'),
    );
  if (!deployment.served)
    found.push(finding('notice', 'not_served', '', 'the running proxy does not list this deployment'));
  return found;
}

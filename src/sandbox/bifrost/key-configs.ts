import { isObject } from '../../json.js';
import type { Gateway } from './gateway.js';
import { mergeSecret, NO_SECRET, readSecret, showSecret, type Secret } from './secrets.js';

/** The `*_key_config` members of a provider key (B§4.5). Secrets inside are kept like any secret; the rest is taken as it is. */

export const CONFIG_MEMBERS = [
  'azure_key_config',
  'vertex_key_config',
  'bedrock_key_config',
  'vllm_key_config',
  'replicate_key_config',
  'ollama_key_config',
  'sgl_key_config',
] as const;
/** What the gateway calls them in messages. */
export const CONFIG_TYPES = {
  azure_key_config: 'schemas.AzureKeyConfig',
  vertex_key_config: 'schemas.VertexKeyConfig',
  bedrock_key_config: 'schemas.BedrockKeyConfig',
  vllm_key_config: 'schemas.VLLMKeyConfig',
  replicate_key_config: 'schemas.ReplicateKeyConfig',
  ollama_key_config: 'schemas.OllamaKeyConfig',
  sgl_key_config: 'schemas.SGLKeyConfig',
} as const satisfies { readonly [member in ConfigMember]: string };
export type ConfigMember = (typeof CONFIG_MEMBERS)[number];
export type KeyConfig = { readonly [member: string]: Secret | ConfigValue };
type ConfigValue = { readonly plain: unknown };

type Shape = {
  /** Always shown, even when not sent. */
  readonly secrets: readonly string[];
  /** Shown when sent. */
  readonly optionalSecrets: readonly string[];
  readonly plain: readonly string[];
  /** Plain members that are always shown, with what stands there when they were not sent. */
  readonly defaults: { readonly [member: string]: unknown };
};
const NOTHING: Shape = { secrets: [], optionalSecrets: [], plain: [], defaults: {} };

function shapeOf(gateway: Gateway, member: ConfigMember): Shape {
  switch (member) {
    case 'azure_key_config':
      return {
        ...NOTHING,
        secrets: ['endpoint'],
        optionalSecrets: [
          ...(gateway.personality.azureApiVersion ? ['api_version'] : []),
          'client_id',
          'client_secret',
          'tenant_id',
        ],
        plain: ['scopes'],
      };
    case 'vertex_key_config':
      return { ...NOTHING, secrets: ['project_id', 'project_number', 'region', 'auth_credentials'] };
    case 'bedrock_key_config':
      return {
        ...NOTHING,
        secrets: ['access_key', 'secret_key'],
        optionalSecrets: ['session_token', 'region', 'arn', 'role_arn', 'external_id', 'session_name'],
        plain: ['batch_s3_config'],
      };
    case 'vllm_key_config':
      return { ...NOTHING, secrets: ['url'], defaults: { model_name: '' } };
    case 'replicate_key_config':
      return { ...NOTHING, defaults: { use_deployments_endpoint: false } };
    case 'ollama_key_config':
    case 'sgl_key_config':
      return { ...NOTHING, secrets: ['url'] };
  }
}

/** Shown in clear by some answers of some versions (B§4.4). */
const CLEAR: { readonly [member: string]: 'never' | 'per-provider' | 'always' } = {
  endpoint: 'per-provider',
  api_version: 'always',
};

export function readKeyConfig(
  gateway: Gateway,
  member: ConfigMember,
  sent: unknown,
  old?: KeyConfig,
): KeyConfig | null {
  if (!isObject(sent)) return null;
  const shape = shapeOf(gateway, member);
  const secret = (name: string): Secret => {
    const before = old?.[name];
    return before && 'type' in before ? mergeSecret(gateway, before, sent[name]) : readSecret(gateway, sent[name]);
  };
  return {
    ...Object.fromEntries(shape.secrets.map((name) => [name, sent[name] === undefined ? NO_SECRET : secret(name)])),
    ...Object.fromEntries(
      shape.optionalSecrets.filter((name) => isGiven(sent[name])).map((name) => [name, secret(name)]),
    ),
    ...Object.fromEntries(
      shape.plain.filter((name) => isGiven(sent[name])).map((name) => [name, { plain: sent[name] }]),
    ),
    ...Object.fromEntries(
      Object.entries(shape.defaults).map(([name, fallback]) => [name, { plain: sent[name] ?? fallback }]),
    ),
  };
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null;
}

export function showKeyConfig(gateway: Gateway, config: KeyConfig, where: 'per-provider' | 'all-keys'): object {
  const clear = (name: string): boolean =>
    CLEAR[name] === 'always' ||
    (CLEAR[name] === 'per-provider' && where === 'per-provider' && gateway.personality.secretRefs);
  const show = (name: string, value: KeyConfig[string]): unknown =>
    'plain' in value ? value.plain : showSecret(gateway, value, !clear(name));
  return Object.fromEntries(Object.entries(config).map(([name, value]) => [name, show(name, value)]));
}

/** The resolved value of a secret in a config; empty when there is none. */
export function secretOf(config: KeyConfig | null | undefined, name: string): string {
  const value = config?.[name];
  return value && 'type' in value ? value.value : '';
}

export function plainOf(config: KeyConfig | null | undefined, name: string): unknown {
  const value = config?.[name];
  return value && 'plain' in value ? value.plain : undefined;
}

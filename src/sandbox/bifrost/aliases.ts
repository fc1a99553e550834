import { isObject } from '../../json.js';
import type { Field } from './decode.js';
import type { Personality } from './personality.js';

/** Caller-facing name → model id, or the object form (≥ 1.5.12, B§4.6). */
export type Aliases = { readonly [source: string]: string | AliasConfig };
export type AliasConfig = { readonly model_id: string; readonly [member: string]: unknown };

export function aliasField(personality: Personality): Field {
  return {
    named: personality.objectAliases ? 'map[string]json.RawMessage' : 'schemas.KeyAliases',
    is: { map: personality.objectAliases ? 'any' : 'string' },
  };
}

const FAMILIES: ReadonlySet<string> = new Set([
  'anthropic',
  'openai',
  'mistral',
  'cohere',
  'gemini',
  'gemma',
  'llama',
  'imagen',
  'veo',
  'nova',
  'titan',
]);
const PROVIDER_MEMBERS: { readonly [member: string]: { readonly provider: string; readonly word: string } } = {
  api_version: { provider: 'azure', word: 'azure' },
  anthropic_version: { provider: 'azure', word: 'azure' },
  endpoint: { provider: 'azure', word: 'azure' },
  project_id: { provider: 'vertex', word: 'vertex' },
  project_number: { provider: 'vertex', word: 'vertex' },
  inference_profile_arn: { provider: 'bedrock', word: 'bedrock' },
  use_deployments_endpoint: { provider: 'replicate', word: 'replicate' },
};

/** What follows `Invalid aliases: `, or null. */
export function aliasFault(personality: Personality, aliases: Aliases, baseType: string): string | null {
  const seen = new Set<string>();
  for (const [source, target] of Object.entries(aliases)) {
    const fault = personality.objectAliases
      ? objectFault(source, target, baseType)
      : textFault(source, modelOf(target));
    if (fault !== null) return fault;
    if (seen.has(source.toLowerCase())) return `duplicate alias source ${JSON.stringify(source)} (case-insensitive)`;
    seen.add(source.toLowerCase());
  }
  return null;
}

function textFault(source: string, target: string): string | null {
  const name = JSON.stringify(source);
  if (source.trim() === '') return 'alias source cannot be empty';
  if (target.trim() === '') return `alias target for ${name} cannot be empty`;
  if (source.trim() !== source) return `alias source ${name} cannot have leading or trailing whitespace`;
  return target.trim() === target ? null : `alias target for ${name} cannot have leading or trailing whitespace`;
}

function objectFault(source: string, target: string | AliasConfig, baseType: string): string | null {
  const name = JSON.stringify(source);
  const model = modelOf(target);
  if (source.trim() === '') return 'alias source cannot be empty';
  if (model.trim() === '') return `alias ${name}: model_id cannot be empty`;
  if (source.trim() !== source) return `alias source ${name} cannot have leading or trailing whitespace`;
  if (model.trim() !== model) return `alias ${name}: model_id cannot have leading or trailing whitespace`;
  if (!isObject(target)) return null;
  if (typeof target.model_name === 'string' && target.model_name.trim() !== target.model_name) {
    return `alias ${name}: model_name cannot have leading or trailing whitespace`;
  }
  if (typeof target.model_family === 'string' && !FAMILIES.has(target.model_family)) {
    return `alias ${name}: invalid model_family ${JSON.stringify(target.model_family)}`;
  }
  for (const [member, { provider, word }] of Object.entries(PROVIDER_MEMBERS)) {
    if (!(member in target) || provider === baseType) continue;
    const title = word.charAt(0).toUpperCase() + word.slice(1);
    return `alias ${name}: ${word} sub-config is only valid on ${title} keys (got provider ${JSON.stringify(baseType)})`;
  }
  return null;
}

export function readAliases(sent: unknown): Aliases {
  return isObject(sent) ? (sent as Aliases) : {};
}

/** An object that only names the model comes back as a plain string. */
export function showAliases(aliases: Aliases): object {
  return Object.fromEntries(
    Object.entries(aliases).map(([source, target]) => [
      source,
      isObject(target) && Object.keys(target).length === 1 ? modelOf(target) : target,
    ]),
  );
}

/** One hop: exact first, then whatever the case (B§4.6). */
export function resolveAlias(aliases: Aliases, model: string): string | null {
  const exact = Object.hasOwn(aliases, model) ? aliases[model] : undefined;
  if (exact !== undefined) return modelOf(exact);
  const loose = Object.entries(aliases).find(([source]) => source.toLowerCase() === model.toLowerCase());
  return loose ? modelOf(loose[1]) : null;
}

function modelOf(target: string | AliasConfig): string {
  if (typeof target === 'string') return target;
  return typeof target.model_id === 'string' ? target.model_id : '';
}

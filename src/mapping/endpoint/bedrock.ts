import { finding } from '../../findings.js';
import type { BodyValue } from '../../target/objects.js';
import { isSet, keyMaterial, variableOf } from '../credentials.js';
import { Members } from './key.js';
import { planned, refused, skipped, type Build, type EndpointResult } from './plan.js';
import { standardProvider } from './provider.js';

/** Member of Bifrost's bedrock_key_config ← param of LiteLLM (L§3.5, B§4.5). */
const CONFIG = [
  ['access_key', 'aws_access_key_id'],
  ['secret_key', 'aws_secret_access_key'],
  ['session_token', 'aws_session_token'],
  ['role_arn', 'aws_role_name'],
  ['session_name', 'aws_session_name'],
  ['external_id', 'aws_external_id'],
] as const;

/** Bedrock: static keys, a role, an API key, or AWS's default chain; the region in every case (M16). */
export function bedrockEndpoint(build: Build): EndpointResult {
  if (build.apiBase !== null || isSet(build.params['aws_bedrock_runtime_endpoint'])) {
    return skipped(
      'custom_base_not_supported',
      'Bifrost builds Bedrock URLs from the region; an endpoint of its own cannot be set',
      'Use the regional endpoint, or keep this model on LiteLLM.',
      build.findings,
    );
  }
  const members = new Members(build.params);
  const region = members.take('aws_region_name', 'region_name');
  if (region === null) {
    build.findings.push(
      finding(
        'change',
        'region_assumed',
        'aws_region_name',
        'no region is set: LiteLLM uses AWS_REGION or us-west-2; the key says us-west-2',
      ),
    );
  }
  const config: Record<string, BodyValue> = { region: region ?? 'us-west-2' };
  for (const [member, name] of CONFIG) {
    const value = members.take(name);
    if (value !== null) config[member] = value;
  }
  const apiKey = members.take('api_key');
  if (members.problem) return refused(members.problem, build);
  const material = keyMaterial(apiKey ?? '', { bedrock_key_config: config }, labelOf(config, build), []);
  return planned(standardProvider('bedrock'), material, build, 'bedrock');
}

function labelOf(config: Record<string, BodyValue>, build: Build): string {
  const role = build.params['aws_role_name'];
  const variable = variableOf(build.params['aws_access_key_id']);
  if (variable !== null) return variable;
  if (build.credential !== null) return build.credential;
  if (typeof role === 'string' && role !== '') return role.split('/').pop() ?? role;
  return typeof config['region'] === 'string' ? config['region'] : 'aws';
}

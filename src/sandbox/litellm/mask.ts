import type { Json, JsonObject } from '../../json.js';
import { isNewer, type SandboxVersion } from './version.js';

/** Members of litellm_params that no model list ever shows (contracts L§1.5). */
const REMOVED = ['api_key', 'client_secret', 'vertex_credentials', 'aws_access_key_id', 'aws_secret_access_key'];

const SENSITIVE = new Set([
  'password',
  'secret',
  'key',
  'token',
  'auth',
  'authorization',
  'credential',
  'access',
  'private',
  'certificate',
  'fingerprint',
  'tenancy',
]);

/** litellm_params as `/model/info` shows them: some members removed, some masked, top-level nulls gone. */
export function maskParams(params: JsonObject, version: SandboxVersion): JsonObject {
  const removed = isNewer(version) ? [...REMOVED, 'vertex_ai_credentials'] : REMOVED;
  const kept = Object.entries(params).filter(([name, value]) => !removed.includes(name) && value !== null);
  return maskObject(Object.fromEntries(kept), version, 'litellm_credential_name');
}

function maskObject(object: JsonObject, version: SandboxVersion, shown?: string): JsonObject {
  return Object.fromEntries(
    Object.entries(object).map(([name, value]) => [
      name,
      maskMember(value, name !== shown && isSensitive(name, version), version),
    ]),
  );
}

function maskMember(value: Json, sensitive: boolean, version: SandboxVersion): Json {
  if (isList(value)) return value.map((item) => maskItem(item, sensitive, version));
  if (typeof value === 'object' && value !== null) return maskObject(value, version);
  if (sensitive) return maskText(value === null ? '' : pythonText(value), version);
  return value ?? 'None';
}

/** In a list only texts are masked. */
function maskItem(item: Json, sensitive: boolean, version: SandboxVersion): Json {
  const scalar = typeof item !== 'object' && typeof item !== 'string';
  return maskMember(item, sensitive && !scalar, version);
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

/** A name is sensitive by its segments; the newer releases let `cost` overrule them, 1.81 masks `input_cost_per_token` as text. */
function isSensitive(name: string, version: SandboxVersion): boolean {
  const segments = name.toLowerCase().replaceAll('-', '_').split('_');
  if (isNewer(version) && segments.includes('cost')) return false;
  return segments.some((segment) => SENSITIVE.has(segment));
}

/** First and last four characters; 8 or fewer are shown by 1.81 and starred by the newer releases. */
export function maskText(text: string, version: SandboxVersion): string {
  if (text.length <= 8) return isNewer(version) ? '*'.repeat(text.length) : text;
  return `${text.slice(0, 4)}${'*'.repeat(text.length - 8)}${text.slice(-4)}`;
}

/** `str()` of Python for the scalars that occur: 1e-05 has a two-digit exponent and starts below 0.0001. */
function pythonText(value: string | number | boolean): string {
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'string') return value;
  const plain = Number.isInteger(value) || Math.abs(value) >= 1e-4 ? String(value) : value.toExponential();
  return plain.replace(/e([+-])(\d)$/, 'e$10$2');
}

const CREDENTIAL_WORDS = ['authorization', 'token', 'key', 'secret', 'vertex_credentials'];

/** `/credentials` masks otherwise: two characters at each end, by words anywhere in the name, texts only (contracts L§1.6). */
export function maskCredential(values: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => {
      if (typeof value !== 'string' || !CREDENTIAL_WORDS.some((word) => name.toLowerCase().includes(word)))
        return [name, value];
      return [name, value.length > 4 ? `${value.slice(0, 2)}****${value.slice(-2)}` : '*****'];
    }),
  );
}

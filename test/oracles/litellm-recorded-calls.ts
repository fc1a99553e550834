import { readFileSync } from 'node:fs';
import { isSecretRef, type SecretStore } from '../../src/secret.js';
import type { Deployment, Param, World } from '../../src/sources/records.js';
import type { RecordedVersion } from '../sources/replay.js';

/** One call to a real proxy, as it was answered. */
export type RecordedCall = {
  /** Name in `keys`, or MASTER. */
  readonly key: string;
  readonly model: string;
  /** The how manieth of a row of the same calls. */
  readonly n: number;
  readonly status: number;
  readonly type?: string;
  readonly upstream_model?: string;
  readonly upstream_key?: string;
  /** Other than chat completions. */
  readonly path?: string;
};

export type RecordedCalls = {
  /** Name of a key → its hash. */
  readonly keys: { readonly [name: string]: string };
  readonly calls: readonly RecordedCall[];
};

export function recordedCalls(version: RecordedVersion): RecordedCalls {
  const file = new URL(`../fixtures/oracles/litellm-calls-${version}.json`, import.meta.url);
  return JSON.parse(readFileSync(file, 'utf8')) as RecordedCalls;
}

/** The environment the recorded proxies ran in. */
const ENVIRONMENT: { readonly [name: string]: string } = { FAKE_UPSTREAM_KEY: 'sk-from-env-9999' };

/** What the recorded upstream saw as the key of a deployment; null without one. */
export function upstreamKeyOf({ params }: Deployment, world: World, secrets: SecretStore): string | null {
  const { extra_headers: headers, litellm_credential_name: credential } = params;
  const own = typeof headers === 'object' && headers !== null && 'Authorization' in headers;
  if (own) return text(headers['Authorization'] ?? null, secrets)?.replace(/^Bearer /, '') ?? null;
  const named = typeof credential === 'string' ? world.credentials.get(credential) : undefined;
  return text(params['api_key'] ?? named?.values['api_key'] ?? null, secrets);
}

function text(value: Param, secrets: SecretStore): string | null {
  const plain = isSecretRef(value) ? secrets.reveal(value) : value;
  if (typeof plain !== 'string') return null;
  return plain.startsWith('os.environ/') ? (ENVIRONMENT[plain.slice('os.environ/'.length)] ?? null) : plain;
}

import { durationMs } from './durations.js';
import { baseUrlFault } from './network.js';
import type { Personality } from './personality.js';
import type { CustomConfig } from './provider-bodies.js';

/** `network_config` and `custom_provider_config` of a provider: what is refused, what is kept (B§3.5, B§3.6). */

export type NetworkConfig = { readonly [member: string]: unknown };

/** What the 400 says, or null. */
export function networkFault(personality: Personality, sent: Record<string, unknown>): string | null {
  const backoff = backoffFault(milliseconds(sent.retry_backoff_initial), milliseconds(sent.retry_backoff_max));
  if (backoff !== null) return `Invalid retry backoff: ${backoff}`;
  const url = sent.base_url;
  if (!personality.checksBaseUrls || typeof url !== 'string' || url === '') return null;
  const fault = baseUrlFault(url, sent.allow_private_network === true);
  return fault === null ? null : `Invalid base URL: ${fault}`;
}

function backoffFault(initial: number, maximum: number): string | null {
  for (const [name, value] of [
    ['initial', initial],
    ['max', maximum],
  ] as const) {
    if (value > 0 && value < 100) return `retry backoff ${name} must be at least 100ms`;
    if (value > 1_000_000) return `retry backoff ${name} must be at most 16m40s`;
  }
  return initial > 0 && maximum > 0 && initial > maximum
    ? 'retry backoff initial must be less than or equal to retry backoff max'
    : null;
}

/** Integer milliseconds or a Go duration string. */
function milliseconds(value: unknown): number {
  if (typeof value === 'number') return value;
  return typeof value === 'string' ? durationMs(value) : 0;
}

/** Nothing is defaulted once a network_config was sent: the four plain members show zero, the others only when set (B§3.1). */
export function readNetwork(personality: Personality, sent: Record<string, unknown>): NetworkConfig {
  const optional = (member: string): object => (isSet(sent[member]) ? { [member]: sent[member] } : {});
  const number = (member: string): number => (typeof sent[member] === 'number' ? sent[member] : 0);
  return {
    ...optional('base_url'),
    ...optional('extra_headers'),
    default_request_timeout_in_seconds: number('default_request_timeout_in_seconds'),
    max_retries: number('max_retries'),
    retry_backoff_initial: milliseconds(sent.retry_backoff_initial),
    retry_backoff_max: milliseconds(sent.retry_backoff_max),
    ...optional('insecure_skip_verify'),
    ...optional('ca_cert_pem'),
    ...optional('stream_idle_timeout_in_seconds'),
    ...optional('max_conns_per_host'),
    ...optional('enforce_http2'),
    ...optional('beta_header_overrides'),
    ...(personality.checksBaseUrls ? optional('allow_private_network') : {}),
  };
}

function isSet(value: unknown): boolean {
  if (typeof value === 'object' && value !== null) return Object.keys(value).length > 0;
  return value !== undefined && value !== null && value !== '' && value !== 0 && value !== false;
}

export function customFault(custom: CustomConfig | null): string | null {
  if (custom?.base_provider_type !== 'bedrock' || !custom.is_key_less) return null;
  return 'custom provider validation failed: Bedrock providers cannot be keyless (is_key_less=true)';
}

/** The base type of a custom provider never changes, and the config cannot be taken away (B§3.4). */
export function customUpdateFault(
  name: string,
  old: CustomConfig | null,
  wanted: CustomConfig | null,
  standard: ReadonlySet<string>,
): string | null {
  if (!wanted) return old ? `custom_provider_config cannot be removed after creation for provider ${name}` : null;
  if (old && old.base_provider_type !== wanted.base_provider_type) {
    return `provider ${name}: base_provider_type cannot be changed from ${old.base_provider_type} to ${wanted.base_provider_type} after creation`;
  }
  if (standard.has(name)) return `custom provider validation failed: cannot be created on standard providers: ${name}`;
  if (wanted.base_provider_type === '') return 'custom provider validation failed: base_provider_type is required';
  return customFault(wanted);
}

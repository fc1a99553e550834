import { isObject } from '../../json.js';
import type { Fields } from './decode.js';
import type { Gateway } from './gateway.js';
import { networkFault } from './provider-settings.js';
import type { Provider } from './providers.js';
import { Refusal } from './reply.js';
import { readSecret, type Secret } from './secrets.js';
import { requestTypes } from './standard-providers.js';

/** What may be sent about a provider (B§3.2). */

export type CustomConfig = {
  readonly is_key_less: boolean;
  readonly base_provider_type: string;
  readonly allowed_requests?: { readonly [type: string]: boolean };
  readonly request_path_overrides?: { readonly [type: string]: string };
};
export type ProxyConfig = {
  readonly type: string;
  readonly url: Secret | null;
  readonly username: Secret | null;
  readonly password: Secret | null;
};

export const PROVIDER_FIELDS: Fields = {
  provider: { named: 'schemas.ModelProvider', is: 'string' },
  network_config: {
    plainly: 'NetworkConfigAlias',
    is: {
      members: {
        base_url: 'string',
        extra_headers: { map: 'string' },
        allow_private_network: 'boolean',
        max_retries: 'integer',
      },
    },
  },
  concurrency_and_buffer_size: { members: { concurrency: 'integer', buffer_size: 'integer' } },
  proxy_config: { members: { type: 'string' } },
  send_back_raw_request: 'boolean',
  send_back_raw_response: 'boolean',
  store_raw_request_response: 'boolean',
  custom_provider_config: {
    named: 'schemas.CustomProviderConfig',
    is: {
      members: {
        is_key_less: 'boolean',
        base_provider_type: { named: 'schemas.ModelProvider', is: 'string' },
        allowed_requests: { named: 'schemas.AllowedRequests', is: { map: 'boolean' } },
        request_path_overrides: { map: 'string' },
      },
    },
  },
  openai_config: { members: {} },
};
export type ProviderBody = {
  readonly provider?: string | null;
  readonly keys?: readonly object[] | null;
  readonly network_config?: Record<string, unknown> | null;
  readonly concurrency_and_buffer_size?: {
    readonly concurrency?: number | null;
    readonly buffer_size?: number | null;
  } | null;
  readonly proxy_config?: Record<string, unknown> | null;
  readonly send_back_raw_request?: boolean | null;
  readonly send_back_raw_response?: boolean | null;
  readonly store_raw_request_response?: boolean | null;
  readonly custom_provider_config?: Record<string, unknown> | null;
  readonly openai_config?: object | null;
};

export function readProxy(gateway: Gateway, sent: ProviderBody['proxy_config']): ProxyConfig | null {
  if (!sent) return null;
  const read = (member: string): Secret | null =>
    sent[member] === undefined || sent[member] === null ? null : readSecret(gateway, sent[member]);
  return {
    type: typeof sent.type === 'string' ? sent.type : '',
    url: read('url'),
    username: read('username'),
    password: read('password'),
  };
}

export function readCustom(gateway: Gateway, sent: ProviderBody['custom_provider_config']): CustomConfig | null {
  if (!sent) return null;
  const allowed = isObject(sent.allowed_requests) ? sent.allowed_requests : null;
  const overrides = isObject(sent.request_path_overrides) ? sent.request_path_overrides : null;
  return {
    is_key_less: sent.is_key_less === true,
    base_provider_type: typeof sent.base_provider_type === 'string' ? sent.base_provider_type : '',
    // The echo lists every member, unset ones as false (B§3.5).
    ...(allowed
      ? {
          allowed_requests: Object.fromEntries(
            requestTypes(gateway.personality).map((type) => [type, allowed[type] === true]),
          ),
        }
      : {}),
    ...(overrides ? { request_path_overrides: overrides as { [type: string]: string } } : {}),
  };
}

export function checkConcurrency(sent: NonNullable<ProviderBody['concurrency_and_buffer_size']>): void {
  const workers = sent.concurrency ?? 0;
  const buffer = sent.buffer_size ?? 0;
  if (workers === 0) throw new Refusal(400, 'Concurrency must be greater than 0');
  if (buffer === 0) throw new Refusal(400, 'Buffer size must be greater than 0');
  if (workers > buffer) throw new Refusal(400, 'Concurrency must be less than or equal to buffer size');
}

export function checkNetwork(gateway: Gateway, sent: Record<string, unknown>): void {
  const fault = networkFault(gateway.personality, sent);
  if (fault !== null) throw new Refusal(400, fault);
}

export function readConcurrency(sent: ProviderBody['concurrency_and_buffer_size']): Provider['concurrency'] {
  return sent
    ? { concurrency: sent.concurrency ?? 0, buffer_size: sent.buffer_size ?? 0 }
    : { concurrency: 1000, buffer_size: 5000 };
}

import * as z from 'zod';
import type { ProviderObject } from '../objects.js';
import { redactedForm, withoutSecrets } from '../redact.js';

const providerRow = z.object({
  name: z.string().min(1),
  network_config: z
    .object({
      base_url: z.string().nullish(),
      allow_private_network: z.boolean().nullish(),
      extra_headers: z.record(z.string(), z.string()).nullish(),
    })
    .nullish(),
  custom_provider_config: z
    .object({
      base_provider_type: z.string().nullish(),
      is_key_less: z.boolean().nullish(),
      allowed_requests: z.record(z.string(), z.boolean()).nullish(),
      request_path_overrides: z.record(z.string(), z.string()).nullish(),
    })
    .nullish(),
});

/** Answers to provider writes and rows of lists are the bare object (B§3.1). */
export function parseProvider(json: unknown): ProviderObject {
  const { name, network_config: network, custom_provider_config: custom } = providerRow.parse(json);
  const allowed = custom?.allowed_requests ?? null;
  const headers = Object.entries(network?.extra_headers ?? {});
  return {
    kind: 'provider',
    id: name,
    name,
    baseType: custom?.base_provider_type || null,
    // A password or key inside the URL is shown by Bifrost, but never kept here.
    baseUrl: network?.base_url ? withoutSecrets(network.base_url, []) : null,
    keyless: custom?.is_key_less ?? false,
    // Present means: only what is true is allowed (B§3.5).
    listModels: allowed === null || allowed['list_models'] === true,
    requestPathOverrides: custom?.request_path_overrides ?? {},
    allowPrivateNetwork: network?.allow_private_network ?? false,
    ...(allowed === null ? {} : { allowedRequests: allowed }),
    ...(headers.length === 0
      ? {}
      : { extraHeaders: Object.fromEntries(headers.map(([header, value]) => [header, redactedForm(value)])) }),
  };
}

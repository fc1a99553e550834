import * as z from 'zod';
import type { JsonObject } from '../../json.js';
import type { ProviderKeyObject } from '../objects.js';
import { referenceOf, secretVar } from './secret-var.js';

const jsonObject = z.record(z.string(), z.json());

const KEY_CONFIGS = ['azure', 'vertex', 'bedrock', 'vllm', 'replicate', 'ollama', 'sgl', 'huggingface'] as const;

const keyRow = z.looseObject({
  id: z.string().min(1),
  name: z.string(),
  value: secretVar.nullish(),
  models: z.array(z.string()).nullish(),
  blacklisted_models: z.array(z.string()).nullish(),
  weight: z.number().nullish(),
  aliases: z.record(z.string(), z.union([z.string(), jsonObject])).nullish(),
  enabled: z.boolean().nullish(),
});

/** A row of `GET /api/providers/{p}/keys` or the answer to a key write (B§4.1), which does not name its provider. */
export function parseProviderKey(json: unknown, provider: string): ProviderKeyObject {
  const row = keyRow.parse(json);
  const blacklisted = row.blacklisted_models ?? [];
  return {
    kind: 'provider_key',
    id: row.id,
    name: row.name,
    provider,
    reference: referenceOf(row.value),
    redactedValue: row.value?.value ?? '',
    models: row.models ?? [],
    aliases: row.aliases ?? {},
    weight: row.weight ?? 0,
    // 1.5.2 leaves the member out of the answer to a PUT (B§4.4).
    enabled: row.enabled ?? true,
    config: configsOf(row),
    ...(blacklisted.length === 0 ? {} : { blacklistedModels: blacklisted }),
  };
}

function configsOf(row: Record<string, unknown>): JsonObject {
  const configs: Record<string, JsonObject> = {};
  for (const provider of KEY_CONFIGS) {
    const member = `${provider}_key_config`;
    const config = jsonObject.nullish().parse(row[member]);
    if (config) configs[member] = config;
  }
  return configs;
}

/** A row of `GET /api/keys`, good for finding the provider of a name only: no aliases, no `enabled` (B§4.1). */
export const keyIndexRow = z.object({ key_id: z.string(), name: z.string(), provider: z.string() });

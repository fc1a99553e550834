import * as z from 'zod';
import type { ProviderConfigObject, VirtualKeyObject } from '../objects.js';
import { budgetMembers, budgetsOf, rateLimitMember, rateLimitOf } from './limits.js';

const id = z.string().min(1);

const providerConfigRow = z.object({
  id: z.number().nullish(),
  provider: z.string(),
  weight: z.number().nullish(),
  allowed_models: z.array(z.string()).nullish(),
  blacklisted_models: z.array(z.string()).nullish(),
  allow_all_keys: z.boolean().nullish(),
  keys: z.array(z.object({ key_id: id })).nullish(),
  ...budgetMembers,
  ...rateLimitMember,
});

// `value`, the secret, is not among the members: it is dropped by the parse.
const virtualKeyRow = z.object({
  id,
  name: z.string(),
  description: z.string().nullish(),
  is_active: z.boolean().nullish(),
  team_id: z.string().nullish(),
  customer_id: z.string().nullish(),
  provider_configs: z.array(providerConfigRow).nullish(),
  ...budgetMembers,
  ...rateLimitMember,
});

/** A virtual key of either version (B§5.5). On 1.5.16 its limits are rows of model configs, shown here all the same. */
export function parseVirtualKey(json: unknown): VirtualKeyObject {
  const row = virtualKeyRow.parse(json);
  return {
    kind: 'virtual_key',
    id: row.id,
    name: row.name,
    description: row.description ?? '',
    isActive: row.is_active ?? true,
    teamId: row.team_id || null,
    customerId: row.customer_id || null,
    providerConfigs: (row.provider_configs ?? []).map(providerConfig),
    budgets: budgetsOf(row),
    rateLimit: rateLimitOf(row),
  };
}

function providerConfig(row: z.infer<typeof providerConfigRow>): ProviderConfigObject {
  const blacklistedModels = row.blacklisted_models ?? [];
  const budgets = budgetsOf(row);
  const rateLimit = rateLimitOf(row);
  return {
    id: row.id ?? null,
    provider: row.provider,
    weight: row.weight ?? null,
    allowedModels: row.allowed_models ?? [],
    // `key_ids` is not echoed (B§5.5). No row and not all keys = none: deny.
    keyIds: row.allow_all_keys === true ? '*' : (row.keys ?? []).map((key) => key.key_id),
    ...(blacklistedModels.length === 0 ? {} : { blacklistedModels }),
    ...(budgets.length === 0 ? {} : { budgets }),
    ...(rateLimit === null ? {} : { rateLimit }),
  };
}

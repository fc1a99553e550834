import * as z from 'zod';
import type { ModelConfigObject } from '../objects.js';
import { budgetMembers, budgetsOf, rateLimitMember, rateLimitOf } from './limits.js';

const modelConfigRow = z.object({
  id: z.string().min(1),
  model_name: z.string(),
  provider: z.string().nullish(),
  scope: z.string().nullish(),
  scope_id: z.string().nullish(),
  ...budgetMembers,
  ...rateLimitMember,
});

/** A limit for a model (B§5.6). Versions before 1.5.9 show no scope: everything is global there. */
export function parseModelConfig(json: unknown): ModelConfigObject {
  const row = modelConfigRow.parse(json);
  const provider = row.provider || null;
  const scope = row.scope && row.scope !== 'global' ? row.scope : null;
  const name = `${provider ?? '*'}/${row.model_name}`;
  return {
    kind: 'model_config',
    id: row.id,
    name: scope === null ? name : `${scope}/${row.scope_id ?? ''}/${name}`,
    model: row.model_name,
    provider,
    budgets: budgetsOf(row),
    rateLimit: rateLimitOf(row),
    ...(scope === null ? {} : { scope, scopeId: row.scope_id ?? '' }),
  };
}

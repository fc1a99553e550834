import { decodePlain, type Fields } from './decode.js';
import { BUDGET_FIELDS, RATE_LIMIT_FIELDS, type BudgetInput, type RateLimitInput } from './limit-checks.js';

/** Request bodies of virtual keys (B§5.5). `undefined` = not sent, `null` = sent as null: owners tell them apart. */
export type VirtualKeyBody = {
  readonly name?: string | null;
  readonly description?: string | null;
  readonly team_id?: string | null;
  readonly customer_id?: string | null;
  readonly is_active?: boolean | null;
  readonly calendar_aligned?: boolean | null;
  readonly budgets?: readonly BudgetInput[] | null;
  readonly rate_limit?: RateLimitInput | null;
  readonly provider_configs?: readonly ProviderConfigBody[] | null;
  /** Only for rotating many. */
  readonly ids?: readonly string[] | null;
};
export type ProviderConfigBody = {
  readonly id?: number | null;
  readonly provider?: string | null;
  readonly weight?: number | null;
  readonly allowed_models?: readonly string[] | null;
  readonly blacklisted_models?: readonly string[] | null;
  readonly key_ids?: readonly string[] | null;
  readonly budgets?: readonly BudgetInput[] | null;
  readonly rate_limit?: RateLimitInput | null;
};

const CONFIG_FIELDS: Fields = {
  id: 'integer',
  provider: 'string',
  weight: 'number',
  allowed_models: { list: 'string' },
  blacklisted_models: { list: 'string' },
  key_ids: { list: 'string' },
  budgets: { list: { members: BUDGET_FIELDS } },
  rate_limit: { members: RATE_LIMIT_FIELDS },
};
const FIELDS: Fields = {
  name: 'string',
  description: 'string',
  team_id: 'string',
  customer_id: 'string',
  is_active: 'boolean',
  calendar_aligned: 'boolean',
  budgets: { list: { members: BUDGET_FIELDS } },
  rate_limit: { members: RATE_LIMIT_FIELDS },
  provider_configs: { list: { members: CONFIG_FIELDS } },
  mcp_configs: { list: { members: {} } },
  ids: { list: 'string' },
};

export function decodeCreate(text: string): VirtualKeyBody {
  return decodePlain(text, FIELDS);
}

export function decodeUpdate(text: string): VirtualKeyBody {
  return decodePlain(text, FIELDS);
}

import type { Customer } from './customers.js';
import { decodePlain } from './decode.js';
import type { Call, Gateway } from './gateway.js';
import {
  BUDGET_FIELDS,
  type BudgetInput,
  checkBudgetIds,
  checkBudgets,
  RATE_LIMIT_FIELDS,
  type RateLimitInput,
} from './limit-checks.js';
import { Refusal } from './reply.js';

/** What may be sent about a customer; only newer versions know `budgets` (B§5.3). */

type CustomerBody = {
  readonly name?: string | null;
  readonly budget?: BudgetInput | null;
  readonly budgets?: readonly BudgetInput[] | null;
  readonly rate_limit?: RateLimitInput | null;
  readonly calendar_aligned?: boolean | null;
};
const FIELDS = {
  name: 'string',
  budget: { members: BUDGET_FIELDS },
  rate_limit: { members: RATE_LIMIT_FIELDS },
  calendar_aligned: 'boolean',
} as const;

/** The desired budgets of a PUT, or null to keep them. A single `budget` may name only one of its members. */
export function wantedBudgets(gateway: Gateway, customer: Customer, body: CustomerBody): readonly BudgetInput[] | null {
  if (body.budgets) {
    checkBudgets(body.budgets, 'lower');
    checkBudgetIds(customer.budgets, body.budgets);
    return body.budgets;
  }
  if (!body.budget) return null;
  const { max_limit: limit, reset_duration: duration } = body.budget;
  if ((limit ?? null) === null && (duration ?? null) === null) return [];
  const refuse = (text: string): Refusal =>
    gateway.personality.scopedLimits ? new Refusal(400, text) : new Refusal(500, 'Failed to update customer');
  if (customer.budgets.length > 1)
    throw refuse("deprecated 'budget' field cannot be used when multiple budgets already exist; use 'budgets'");
  const old = customer.budgets[0];
  const merged = {
    ...(old ? { id: old.id } : {}),
    max_limit: limit ?? old?.maxLimit ?? 0,
    reset_duration: duration ?? old?.resetDuration ?? '',
  };
  if (merged.max_limit === 0 || merged.reset_duration === '')
    throw refuse('both max_limit and reset_duration are required when creating a new budget');
  if (gateway.personality.scopedLimits) checkBudgets([merged], 'lower');
  return [merged];
}

export function decodeCustomer(gateway: Gateway, call: Call): CustomerBody {
  if (gateway.personality.scopedLimits)
    return decodePlain(call.text, { ...FIELDS, budgets: { list: { members: BUDGET_FIELDS } } });
  // ≤ 1.5.8 knows one budget only; `budgets` is dropped in silence (B§5.3).
  return { ...(decodePlain(call.text, FIELDS) as CustomerBody), budgets: null };
}

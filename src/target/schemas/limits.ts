import * as z from 'zod';
import type { BudgetObject, RateLimitObject } from '../objects.js';

/** Budgets and rate limits as every owner shows them (B§5.2). */

const budget = z.object({ max_limit: z.number(), reset_duration: z.string() });

/** `budgets[]` on newer owners, one `budget` on older ones (B§5.3, §5.6). */
export const budgetMembers = {
  budgets: z.array(budget).nullish(),
  budget: budget.nullish(),
};

export function budgetsOf(row: z.infer<z.ZodObject<typeof budgetMembers>>): readonly BudgetObject[] {
  // Where a row shows both, `budget` is the first of `budgets` (provider governance on 1.5.16).
  const list =
    row.budgets !== null && row.budgets !== undefined && row.budgets.length > 0
      ? row.budgets
      : row.budget
        ? [row.budget]
        : [];
  return list.map(({ max_limit, reset_duration }) => ({ maxLimit: max_limit, resetDuration: reset_duration }));
}

const rateLimit = z.object({
  token_max_limit: z.number().nullish(),
  token_reset_duration: z.string().nullish(),
  request_max_limit: z.number().nullish(),
  request_reset_duration: z.string().nullish(),
});

export const rateLimitMember = { rate_limit: rateLimit.nullish() };

/** null also for one without any maximum: `{}` and durations alone are stored but limit nothing (B§5.2). */
export function rateLimitOf(row: z.infer<z.ZodObject<typeof rateLimitMember>>): RateLimitObject | null {
  const limit = row.rate_limit;
  const tokens = limit?.token_max_limit ?? null;
  const requests = limit?.request_max_limit ?? null;
  if (tokens === null && requests === null) return null;
  return {
    tokenMaxLimit: tokens,
    tokenResetDuration: tokens === null ? null : (limit?.token_reset_duration ?? null),
    requestMaxLimit: requests,
    requestResetDuration: requests === null ? null : (limit?.request_reset_duration ?? null),
  };
}

import type { Fields } from './decode.js';
import { parseDuration } from './durations.js';
import { Refusal } from './reply.js';

/** Budgets and rate limits as requests carry them, and what the gateway thinks of them (B§5.2). */

export type BudgetInput = {
  readonly id?: string | null;
  readonly max_limit?: number | null;
  readonly reset_duration?: string | null;
};
export type RateLimitInput = {
  readonly token_max_limit?: number | null;
  readonly token_reset_duration?: string | null;
  readonly request_max_limit?: number | null;
  readonly request_reset_duration?: string | null;
};

export const BUDGET_FIELDS: Fields = { id: 'string', max_limit: 'number', reset_duration: 'string' };
export const RATE_LIMIT_FIELDS: Fields = {
  token_max_limit: 'integer',
  token_reset_duration: 'string',
  request_max_limit: 'integer',
  request_reset_duration: 'string',
};

/** The 400s every list of budgets can earn. VK and model config texts begin with a capital, the others do not. */
export function checkBudgets(budgets: readonly BudgetInput[], style: 'Capital' | 'lower'): void {
  const word = (text: string): string => (style === 'Capital' ? text.charAt(0).toUpperCase() + text.slice(1) : text);
  const seen = new Set<string>();
  for (const budget of budgets) {
    const limit = budget.max_limit ?? 0;
    const duration = budget.reset_duration ?? '';
    if (limit < 0) throw new Refusal(400, `${word('budget max_limit cannot be negative')}: ${limit.toFixed(2)}`);
    if (parseDuration(duration) === null)
      throw new Refusal(400, `${word('invalid reset duration format')}: ${duration}`);
    if (seen.has(duration)) throw new Refusal(400, `${word('duplicate reset_duration in budgets')}: ${duration}`);
    seen.add(duration);
  }
}

/** What the store says about a budget it cannot keep, or null. There is no zero budget (B§5.2). */
export function budgetFault(budget: BudgetInput): string | null {
  const limit = budget.max_limit ?? 0;
  const duration = budget.reset_duration ?? '';
  if (limit <= 0) return `budget max limit cannot be negative or zero: ${limit.toFixed(2)}`;
  if (duration === '') return 'budget reset duration is required';
  const length = parseDuration(duration);
  if (length === null) return `invalid budget reset duration format: ${duration}`;
  return length <= 0n ? `reset duration must be > 0: ${duration}` : null;
}

/** What is wrong with a rate limit, or null: each limit must be > 0 and needs its duration; durations alone are tolerated. */
export function rateLimitFault(limit: RateLimitInput): string | null {
  for (const kind of ['token', 'request'] as const) {
    const maximum = limit[`${kind}_max_limit`] ?? null;
    const duration = limit[`${kind}_reset_duration`] ?? null;
    if (maximum === null) continue;
    if (maximum <= 0) return `rate limit ${kind} max limit cannot be negative or zero: ${maximum}`;
    if (duration === null) return `rate limit ${kind} reset duration is required`;
    if (parseDuration(duration) === null) return `invalid rate limit ${kind} reset duration format: ${duration}`;
  }
  return null;
}

/** What the store adds to that: durations are checked even without a limit. */
export function rateLimitStoreFault(limit: RateLimitInput): string | null {
  for (const kind of ['token', 'request'] as const) {
    const duration = limit[`${kind}_reset_duration`] ?? null;
    if (duration === null) continue;
    const length = parseDuration(duration);
    if (length === null) return `invalid ${kind} reset duration format: ${duration}`;
    if (length <= 0n) return `${kind} reset duration cannot be zero or negative: ${duration}`;
  }
  return null;
}

/** Budget ids in a request must belong to the object. */
export function checkBudgetIds(existing: readonly { readonly id: string }[], wanted: readonly BudgetInput[]): void {
  for (const { id } of wanted) {
    if (id && !existing.some((budget) => budget.id === id))
      throw new Refusal(400, `budget ${id} does not belong to this entity`);
  }
}

/** Owners differ in what means "remove the rate limit": both maxima null, or all four members null (VKs and providers). */
export function removesRateLimit(input: RateLimitInput, style: 'maxima' | 'all'): boolean {
  const absent = (value: unknown): boolean => value === null || value === undefined;
  const maxima = absent(input.token_max_limit) && absent(input.request_max_limit);
  return maxima && (style === 'maxima' || (absent(input.token_reset_duration) && absent(input.request_reset_duration)));
}

import { windowStart } from './durations.js';
import type { Gateway } from './gateway.js';
import { removesRateLimit, type BudgetInput, type RateLimitInput } from './limit-checks.js';

/** Budgets and rate limits (B§5.2), whoever owns them. */

export type BudgetOwner = {
  readonly member: 'customer_id' | 'team_id' | 'model_config_id' | 'virtual_key_id' | 'provider_config_id';
  readonly id: string | number;
};
export type Budget = {
  readonly id: string;
  maxLimit: number;
  resetDuration: string;
  lastReset: string;
  currentUsage: number;
  readonly owner: BudgetOwner | null;
  readonly createdAt: string;
  updatedAt: string;
};
export type RateLimit = {
  readonly id: string;
  tokenMaxLimit: number | null;
  tokenResetDuration: string | null;
  tokenUsage: number;
  tokenLastReset: string;
  requestMaxLimit: number | null;
  requestResetDuration: string | null;
  requestUsage: number;
  requestLastReset: string;
  readonly createdAt: string;
  updatedAt: string;
};

export function newBudget(
  gateway: Gateway,
  input: BudgetInput,
  owner: BudgetOwner | null,
  calendarAligned: boolean,
): Budget {
  const now = gateway.now();
  const duration = input.reset_duration ?? '';
  const budget: Budget = {
    id: gateway.newId(),
    maxLimit: input.max_limit ?? 0,
    resetDuration: duration,
    lastReset: gateway.stamp(calendarAligned ? windowStart(duration, now) : now),
    currentUsage: 0,
    owner,
    createdAt: gateway.stamp(now),
    updatedAt: gateway.stamp(now),
  };
  gateway.state.budgets.set(budget.id, budget);
  return budget;
}

export function newRateLimit(gateway: Gateway, input: RateLimitInput): RateLimit {
  const stamp = gateway.stamp(gateway.now());
  const limit: RateLimit = {
    id: gateway.newId(),
    ...rateLimitMembers(input),
    tokenUsage: 0,
    tokenLastReset: stamp,
    requestUsage: 0,
    requestLastReset: stamp,
    createdAt: stamp,
    updatedAt: stamp,
  };
  gateway.state.rateLimits.set(limit.id, limit);
  return limit;
}

function rateLimitMembers(
  input: RateLimitInput,
): Pick<RateLimit, 'tokenMaxLimit' | 'tokenResetDuration' | 'requestMaxLimit' | 'requestResetDuration'> {
  return {
    tokenMaxLimit: input.token_max_limit ?? null,
    tokenResetDuration: input.token_reset_duration ?? null,
    requestMaxLimit: input.request_max_limit ?? null,
    requestResetDuration: input.request_reset_duration ?? null,
  };
}

/**
 * A full desired set of budgets: matched by id, else by reset_duration (usage kept); the others are created, what is not
 * mentioned is deleted (B§5.5).
 */
export function reconcileBudgets(
  gateway: Gateway,
  existing: readonly Budget[],
  wanted: readonly BudgetInput[],
  owner: BudgetOwner | null,
  calendarAligned: boolean,
): Budget[] {
  const left = new Set(existing);
  const result = wanted.map((input) => {
    const match = [...left].find((budget) =>
      input.id ? budget.id === input.id : budget.resetDuration === input.reset_duration,
    );
    if (!match) return newBudget(gateway, input, owner, calendarAligned);
    left.delete(match);
    match.maxLimit = input.max_limit ?? 0;
    match.resetDuration = input.reset_duration ?? '';
    match.updatedAt = gateway.stamp(gateway.now());
    return match;
  });
  for (const budget of left) gateway.state.budgets.delete(budget.id);
  return result;
}

/** On PUT: an empty rate limit removes it, otherwise all four fields are replaced (B§5.2). */
export function updatedRateLimit(
  gateway: Gateway,
  existing: RateLimit | null,
  input: RateLimitInput | null | undefined,
  removal: 'maxima' | 'all',
): RateLimit | null {
  if (!input) return existing;
  if (removesRateLimit(input, removal)) {
    if (existing) gateway.state.rateLimits.delete(existing.id);
    return null;
  }
  if (!existing) return newRateLimit(gateway, input);
  Object.assign(existing, rateLimitMembers(input), { updatedAt: gateway.stamp(gateway.now()) });
  return existing;
}

export function dropLimits(gateway: Gateway, budgets: readonly Budget[], rateLimit: RateLimit | null): void {
  for (const budget of budgets) gateway.state.budgets.delete(budget.id);
  if (rateLimit) gateway.state.rateLimits.delete(rateLimit.id);
}

export function showBudget(gateway: Gateway, budget: Budget): object {
  return {
    id: budget.id,
    max_limit: budget.maxLimit,
    reset_duration: budget.resetDuration,
    last_reset: budget.lastReset,
    current_usage: budget.currentUsage,
    ...(budget.owner ? { [budget.owner.member]: budget.owner.id } : {}),
    ...(gateway.personality.scopedLimits ? {} : { calendar_aligned: false }),
    config_hash: '',
    created_at: budget.createdAt,
    updated_at: budget.updatedAt,
  };
}

export function showRateLimit(gateway: Gateway, limit: RateLimit): object {
  return {
    id: limit.id,
    ...given('token_max_limit', limit.tokenMaxLimit),
    ...given('token_reset_duration', limit.tokenResetDuration),
    token_current_usage: limit.tokenUsage,
    token_last_reset: limit.tokenLastReset,
    ...given('request_max_limit', limit.requestMaxLimit),
    ...given('request_reset_duration', limit.requestResetDuration),
    request_current_usage: limit.requestUsage,
    request_last_reset: limit.requestLastReset,
    ...(gateway.personality.scopedLimits ? {} : { calendar_aligned: false }),
    config_hash: '',
    created_at: limit.createdAt,
    updated_at: limit.updatedAt,
  };
}

/** A member that is left out when there is nothing to say (`omitempty`). */
export function given(member: string, value: unknown): object {
  return value === null || value === undefined || value === '' || (Array.isArray(value) && value.length === 0)
    ? {}
    : { [member]: value };
}

import { parseDuration } from './durations.js';
import type { Gateway } from './gateway.js';
import { type BudgetInput, type RateLimitInput, removesRateLimit } from './limit-checks.js';
import { type Budget, reconcileBudgets } from './limits.js';
import { limitsFault } from './model-config-rows.js';
import { Refusal } from './reply.js';
import type { User } from './users.js';

export type UserBody = {
  readonly name?: string | null;
  readonly email?: string | null;
  readonly status?: string | null;
  readonly role_id?: string | null;
  readonly virtual_key_ids?: readonly string[] | null;
  readonly budget?: BudgetInput | null;
  readonly rate_limit?: RateLimitInput | null;
};

/** A zero budget is accepted here, and only here (B§6.4). Taking limits away fails on the store's foreign keys. */
export function refuseLimits(body: UserBody, verb: 'create' | 'update', user?: User): void {
  const fault = removalFault(body, user) ?? userBudgetFault(body.budget) ?? limitsFault([], wantedLimit(body));
  if (fault !== null) throw new Refusal(500, `Failed to ${verb} user: ${fault}`);
}

function removalFault(body: UserBody, user: User | undefined): string | null {
  const budget = user?.budget && body.budget && isBudgetRemoval(body.budget);
  const rateLimit = user?.rateLimit && body.rate_limit && removesRateLimit(body.rate_limit, 'maxima');
  return budget || rateLimit ? 'FOREIGN KEY constraint failed' : null;
}

function userBudgetFault(budget: BudgetInput | null | undefined): string | null {
  if (!budget || isBudgetRemoval(budget)) return null;
  const limit = budget.max_limit ?? 0;
  const duration = budget.reset_duration ?? '';
  const length = parseDuration(duration);
  if (length === null) return `invalid reset duration format: ${duration}`;
  if (length <= 0n) return `reset duration must be > 0: ${duration}`;
  return limit < 0 ? `budget max_limit cannot be negative: ${limit.toFixed(2)}` : null;
}

function wantedLimit(body: UserBody): RateLimitInput | null {
  return body.rate_limit && !removesRateLimit(body.rate_limit, 'maxima') ? body.rate_limit : null;
}

export function updatedBudget(
  gateway: Gateway,
  old: Budget | null,
  sent: BudgetInput | null | undefined,
): Budget | null {
  if (!sent || isBudgetRemoval(sent)) return old;
  return (
    reconcileBudgets(gateway, old ? [old] : [], [{ ...sent, ...(old ? { id: old.id } : {}) }], null, false)[0] ?? null
  );
}

function isBudgetRemoval(budget: BudgetInput): boolean {
  return (budget.max_limit ?? 0) === 0 && (budget.reset_duration ?? '') === '';
}

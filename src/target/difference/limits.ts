import type { Body, BudgetObject, RateLimitObject } from '../objects.js';
import { asks, bodiesOf, bodyOf, compareSet, compareValue, isBody, show, type Comparison } from './comparison.js';

/**
 * Budgets as a set of (limit, window). A body may hold `budgets`, one `budget`, or the same in both for old and new gateways
 * (B§10.4). Not compared, because writes cannot set them: current usage and the beginning of the window.
 */
export function compareBudgets(
  comparison: Comparison,
  prefix: string,
  body: Body,
  found: readonly BudgetObject[],
): void {
  if (!asks(comparison, body, 'budgets') && !asks(comparison, body, 'budget')) return;
  const several = bodiesOf(body['budgets']);
  const wanted = several.length > 0 ? several : isBody(body['budget']) ? [bodyOf(body['budget'])] : [];
  compareSet(
    comparison,
    `${prefix}budgets`,
    wanted.map((budget) => `${show(budget['max_limit'])} per ${show(budget['reset_duration'])}`),
    found.map((budget) => `${budget.maxLimit} per ${budget.resetDuration}`),
  );
}

/** A window without a maximum limits nothing, on either side (B§5.2). */
export function compareRateLimit(
  comparison: Comparison,
  prefix: string,
  body: Body,
  found: RateLimitObject | null,
): void {
  if (!asks(comparison, body, 'rate_limit')) return;
  const wanted = bodyOf(body['rate_limit']);
  const dimensions = [
    ['token', found?.tokenMaxLimit, found?.tokenResetDuration],
    ['request', found?.requestMaxLimit, found?.requestResetDuration],
  ] as const;
  for (const [name, maximum, window] of dimensions) {
    const wantedMaximum = wanted[`${name}_max_limit`] ?? null;
    compareValue(comparison, `${prefix}rate_limit.${name}_max_limit`, wantedMaximum, maximum);
    if (wantedMaximum === null || (maximum ?? null) === null) continue;
    compareValue(comparison, `${prefix}rate_limit.${name}_reset_duration`, wanted[`${name}_reset_duration`], window);
  }
}

import type { Gateway } from './gateway.js';
import {
  budgetFault,
  type BudgetInput,
  checkBudgets,
  rateLimitFault,
  type RateLimitInput,
  rateLimitStoreFault,
  removesRateLimit,
} from './limit-checks.js';
import { Refusal } from './reply.js';
import type { VirtualKeyBody } from './virtual-key-bodies.js';

/**
 * Budgets and rate limits of a virtual key and of its provider entries: VK-scoped `*` model configs on ≥ 1.5.9, own rows
 * before (B§5.6). Checks come in two steps because the gateway looks at names, owners and providers in between.
 */
export function checkLimits(
  gateway: Gateway,
  body: VirtualKeyBody,
  verb: 'create' | 'update',
  step: 'early' | 'late',
): void {
  const scoped = gateway.personality.scopedLimits;
  if (step === 'early') {
    if (verb === 'create') checkBudgets(body.budgets ?? [], 'Capital');
    if (!scoped) {
      if (verb === 'update') checkBudgets(body.budgets ?? [], 'lower');
      refuse(rateFault(body.rate_limit, verb));
      refuse(firstBudgetFault(body.budgets));
    }
    return;
  }
  if (scoped) {
    refuse(rateFault(body.rate_limit, verb));
    if (verb === 'update') checkBudgets(body.budgets ?? [], 'lower');
    refuse(firstBudgetFault(body.budgets));
  }
  for (const config of body.provider_configs ?? []) {
    refuse(rateFault(config.rate_limit, verb));
    if (scoped) checkBudgets(config.budgets ?? [], 'lower');
    else checkUnique(config.budgets ?? []);
    refuse(firstBudgetFault(config.budgets));
  }
}

function rateFault(limit: RateLimitInput | null | undefined, verb: 'create' | 'update'): string | null {
  if (!limit || (verb === 'update' && removesRateLimit(limit, 'all'))) return null;
  return rateLimitFault(limit) ?? rateLimitStoreFault(limit);
}

function firstBudgetFault(budgets: readonly BudgetInput[] | null | undefined): string | null {
  return (budgets ?? []).map(budgetFault).find((fault) => fault !== null) ?? null;
}

function checkUnique(budgets: readonly BudgetInput[]): void {
  const seen = new Set<string>();
  for (const { reset_duration: duration } of budgets) {
    if (seen.has(duration ?? ''))
      throw new Refusal(400, `duplicate reset_duration in provider config budgets: ${duration ?? ''}`);
    seen.add(duration ?? '');
  }
}

function refuse(fault: string | null): void {
  if (fault !== null) throw new Refusal(500, fault);
}

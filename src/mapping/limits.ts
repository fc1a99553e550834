import { finding, type Finding } from '../findings.js';
import type { Limits } from '../sources/records.js';
import type { Body } from '../target/objects.js';

/** Budgets and rate limits (mapping.md G4, G5, V8, V10; L§6, B§5.2). */

/** A budget whose first cost fills it: Bifrost's form of LiteLLM's zero team budget (P§2.12). */
export const TINY_BUDGET = 1e-9;

export type Duration =
  | { readonly ok: true; readonly duration: string; readonly findings: readonly Finding[] }
  | { readonly ok: false; readonly message: string };

/**
 * LiteLLM budget_duration → Bifrost reset_duration (G4). LiteLLM's own reset treats what it cannot read as "daily"
 * (L§6 parser B), so those forms become `1d` with a finding. `row` = the value sits in a budget-table row, which uses the
 * other parser. Without any the budget never resets in LiteLLM; on Bifrost every budget does. Text nobody can read is an
 * error of its record alone.
 */
export function resetDuration(value: string | null, maxBudgetPeriod: string, field = 'budget_duration'): Duration {
  const text = value?.trim() ?? '';
  if (text === '') {
    const message = `the budget never resets in LiteLLM; on Bifrost it resets after ${maxBudgetPeriod}`;
    const never = finding('change', 'budget_never_resets', field, message);
    return { ok: true, duration: maxBudgetPeriod, findings: [never] };
  }
  const parts = /^(\d+)(s|m|h|d|w|mo)$/.exec(text);
  if (parts?.[1] && parts[2]) {
    const count = Number(parts[1]);
    if (count === 0) return { ok: false, message: `${field} "${text}" is zero` };
    // `48h` and (1.81) `1w` reset daily in LiteLLM although they say otherwise: as written is the narrower reading.
    return { ok: true, duration: `${count}${parts[2] === 'mo' ? 'M' : parts[2]}`, findings: [] };
  }
  if (text === 'monthly') return { ok: true, duration: '1M', findings: [] };
  if (text === 'weekly') return { ok: true, duration: '1w', findings: [] };
  if (/^\d+$/.test(text) || /^(daily|\d+\s*(days?|hrs?|hours?|min(ute)?s?|weeks?|months?|years?|y))$/i.test(text)) {
    return {
      ok: true,
      duration: '1d',
      findings: [
        finding(
          'change',
          'duration_read_as_daily',
          field,
          `LiteLLM resets "${text}" daily, so the budget resets every day (1d)`,
        ),
      ],
    };
  }
  return { ok: false, message: `${field} "${text}" is not a duration` };
}

export type LimitPlan = {
  /** Members for a POST body: `budget`, `budgets`, `rate_limit` as far as there are limits. */
  readonly body: Body;
  readonly findings: readonly Finding[];
  /** A limit of zero (or less) that means "blocked" in LiteLLM (V8): names of the fields. */
  readonly zero: readonly string[];
  /** A value nobody can read: the record fails with this message. */
  readonly error: string | null;
};

/** Which budget member a target reads (B§10.4): a single object, a list, or both. */
export type BudgetMember = 'budget' | 'both';

export type LimitRules = {
  readonly maxBudgetPeriod: string;
  readonly member: BudgetMember;
  /** What max_budget 0 becomes: no limit at all (organizations on 1.81), a tiny budget (teams), or nothing but `zero`. */
  readonly zeroBudget: 'unlimited' | 'tiny' | 'report';
};

export function zeroBudgetTiny(field: string): Finding {
  const message = 'a budget of 0 becomes 0.000000001: the first cost fills it, as in LiteLLM';
  return finding('change', 'zero_budget_tiny', field, message);
}

/** Budget and rate limit of one owner (G4, G5, V8). */
export function planLimits(limits: Limits, rules: LimitRules): LimitPlan {
  const findings: Finding[] = [];
  const zero: string[] = [];
  let error: string | null = null;
  let budget: Body | null = null;

  const max = limits.maxBudget;
  if (max !== null) {
    const reset = resetDuration(limits.budgetDuration, rules.maxBudgetPeriod);
    if (!reset.ok) error = reset.message;
    else if (max > 0 || (max === 0 && rules.zeroBudget === 'tiny')) {
      budget = { max_limit: max > 0 ? max : TINY_BUDGET, reset_duration: reset.duration };
      findings.push(...reset.findings);
      if (max === 0) findings.push(zeroBudgetTiny('max_budget'));
    } else if (rules.zeroBudget === 'unlimited') {
      findings.push(
        finding(
          'notice',
          'zero_budget_is_no_limit',
          'max_budget',
          'this LiteLLM version reads 0 and less as "no limit"',
        ),
      );
    } else zero.push('max_budget');
  }

  const [tokens, requests] = [rateOf(limits.tpmLimit, 'tpm_limit', zero), rateOf(limits.rpmLimit, 'rpm_limit', zero)];
  const rate: Body = {
    ...(tokens !== null && { token_max_limit: tokens, token_reset_duration: '1m' }),
    ...(requests !== null && { request_max_limit: requests, request_reset_duration: '1m' }),
  };
  if (limits.maxParallelRequests !== null) {
    if (limits.maxParallelRequests <= 0) zero.push('max_parallel_requests');
    else {
      findings.push(
        finding(
          'loss',
          'parallel_limit_not_carried',
          'max_parallel_requests',
          `Bifrost has no limit on parallel requests (LiteLLM: ${limits.maxParallelRequests})`,
        ),
      );
    }
  }
  if (limits.softBudget !== null) {
    findings.push(
      finding('notice', 'soft_budget_not_carried', 'soft_budget', 'soft budgets only warn; Bifrost has none'),
    );
  }
  return {
    body: {
      ...(budget && { budget, ...(rules.member === 'both' && { budgets: [budget] }) }),
      ...(Object.keys(rate).length > 0 && { rate_limit: rate }),
    },
    findings,
    zero,
    error,
  };
}

/** Bifrost takes whole numbers above zero (B§5.2); zero and negative values block in LiteLLM (L§6). */
function rateOf(value: number | null, field: string, zero: string[]): number | null {
  if (value === null) return null;
  if (value <= 0) {
    zero.push(field);
    return null;
  }
  return Math.max(1, Math.floor(value));
}

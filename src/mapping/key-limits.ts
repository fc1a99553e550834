import { finding, type Finding } from '../findings.js';
import type { Limits, Project, User, VirtualKey } from '../sources/records.js';
import type { Body } from '../target/objects.js';
import { resetDuration, TINY_BUDGET, zeroBudgetTiny } from './limits.js';

/**
 * Limits of one key (mapping.md V8, V10). LiteLLM checks the key, its user (personal keys), its membership and its project
 * one after the other; Bifrost has none of the last three for a virtual key, so their limits are folded into the key's own:
 * no key may spend more than before.
 */

export type KeyLimitSources = {
  readonly key: VirtualKey;
  /** Row of LiteLLM_BudgetTable behind budget_id. */
  readonly linked: Limits | null;
  /** Whose budget counts on personal keys only, whose rates on every key (L§4.14, L§4.15). */
  readonly user: User | null;
  readonly member: Limits | null;
  readonly project: Project | null;
};

export type KeyLimitPlan = {
  readonly budgets: readonly Body[];
  readonly rateLimit: Body | null;
  readonly findings: readonly Finding[];
  /** Limits of zero or less that block the key in LiteLLM, as `who.field`. */
  readonly zero: readonly string[];
  readonly error: string | null;
};

type Part = { readonly who: 'key' | 'user' | 'member' | 'project'; readonly limits: Limits };

/** Own values win; the linked budget row fills what is unset, never the duration (V10, L§4.14). */
function filled(key: VirtualKey, linked: Limits | null): Limits {
  if (linked === null) return key.limits;
  return {
    ...key.limits,
    maxBudget: key.limits.maxBudget ?? linked.maxBudget,
    tpmLimit: key.limits.tpmLimit ?? linked.tpmLimit,
    rpmLimit: key.limits.rpmLimit ?? linked.rpmLimit,
    softBudget: key.limits.softBudget ?? linked.softBudget,
  };
}

export function planKeyLimits(
  sources: KeyLimitSources,
  maxBudgetPeriod: string,
  zeroUserBudgetBlocks: boolean,
): KeyLimitPlan {
  const findings: Finding[] = [];
  const zero: string[] = [];
  const parts: Part[] = [{ who: 'key', limits: filled(sources.key, sources.linked) }];
  if (sources.user) {
    const { limits } = sources.user;
    parts.push({ who: 'user', limits: sources.key.teamId === null ? limits : { ...limits, maxBudget: null } });
  }
  if (sources.member) parts.push({ who: 'member', limits: sources.member });
  if (sources.project) parts.push({ who: 'project', limits: sources.project.limits });

  const windows = new Map<string, number>();
  const cap = (duration: string, max: number): void =>
    void windows.set(duration, Math.min(max, windows.get(duration) ?? Infinity));
  let error: string | null = null;
  for (const { who, limits } of parts) {
    const max = limits.maxBudget;
    if (max === null) continue;
    // Less than 0 is exceeded before anything is spent, whoever's it is (L§6).
    if (max <= 0) {
      if (max < 0 || who !== 'user' || zeroUserBudgetBlocks) zero.push(field(who, 'max_budget'));
      else {
        cap(maxBudgetPeriod, TINY_BUDGET);
        findings.push(zeroBudgetTiny(field(who, 'max_budget')));
      }
      continue;
    }
    const reset = resetDuration(limits.budgetDuration, maxBudgetPeriod, field(who, 'budget_duration'));
    if (!reset.ok) {
      error ??= reset.message;
      continue;
    }
    findings.push(...reset.findings);
    cap(reset.duration, max);
    if (who !== 'key') {
      findings.push(
        finding(
          'change',
          `${who}_budget_per_key`,
          field(who, 'max_budget'),
          `the ${who}'s budget of ${max} stands on each of its keys: Bifrost does not share it between them`,
        ),
      );
    }
  }
  const rate = {
    token: lowest(parts, 'tpmLimit', 'tpm_limit', zero),
    request: lowest(parts, 'rpmLimit', 'rpm_limit', zero),
  };
  for (const { who, limits } of parts) {
    if (who !== 'key') continue;
    if (limits.maxParallelRequests !== null && limits.maxParallelRequests <= 0)
      zero.push(field(who, 'max_parallel_requests'));
    else if (limits.maxParallelRequests !== null) {
      findings.push(
        finding(
          'loss',
          'parallel_limit_not_carried',
          'max_parallel_requests',
          `Bifrost has no limit on parallel requests (LiteLLM: ${limits.maxParallelRequests})`,
        ),
      );
    }
    if (limits.softBudget !== null)
      findings.push(
        finding('notice', 'soft_budget_not_carried', 'soft_budget', 'soft budgets only warn; Bifrost has none'),
      );
  }
  return {
    budgets: [...windows]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([reset_duration, max_limit]) => ({ max_limit, reset_duration })),
    rateLimit:
      rate.token === null && rate.request === null
        ? null
        : {
            ...(rate.token !== null && { token_max_limit: rate.token, token_reset_duration: '1m' }),
            ...(rate.request !== null && { request_max_limit: rate.request, request_reset_duration: '1m' }),
          },
    findings,
    zero,
    error,
  };
}

const field = (who: Part['who'], name: string): string => (who === 'key' ? name : `${who}.${name}`);

function lowest(parts: readonly Part[], member: 'tpmLimit' | 'rpmLimit', name: string, zero: string[]): number | null {
  let least: number | null = null;
  for (const { who, limits } of parts) {
    const value = limits[member];
    if (value === null) continue;
    if (value <= 0) zero.push(field(who, name));
    else least = Math.min(Math.max(1, Math.floor(value)), least ?? Infinity);
  }
  return least;
}

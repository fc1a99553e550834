import type { Gateway } from './gateway.js';
import { showBudget, showRateLimit } from './limits.js';
import { json, type Reply } from './reply.js';

/** Every budget and rate limit, whoever owns it; read-only and never paged (B§5.1). */

export function listBudgets(gateway: Gateway): Reply {
  const budgets = [...gateway.state.budgets.values()];
  return json({ budgets: budgets.map((budget) => showBudget(gateway, budget)), count: budgets.length });
}

export function listRateLimits(gateway: Gateway): Reply {
  const limits = [...gateway.state.rateLimits.values()];
  return json({ count: limits.length, rate_limits: limits.map((limit) => showRateLimit(gateway, limit)) });
}

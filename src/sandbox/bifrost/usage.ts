import { durationMs } from './durations.js';
import type { Gateway } from './gateway.js';
import { knownPrice } from './known-models.js';
import type { Budget, RateLimit } from './limits.js';
import { findModelConfig } from './model-config-rows.js';
import { customerOf } from './rule-choice.js';
import { limitsConfig } from './virtual-key-limits.js';
import type { VirtualKey } from './virtual-keys.js';

/** Who pays for a request, and whether one of them has run out (B§7.3). */

export type Subject = { readonly virtualKey: VirtualKey | null; readonly provider: string; readonly model?: string };
type Payer = { readonly budgets: readonly Budget[]; readonly rateLimit: RateLimit | null };
type Exhaustion = { readonly status: number; readonly type: string; readonly message: string };

/** The first limit that is used up: `provider` looks only at the VK's own limits for that provider. */
export function exhaustedLimit(gateway: Gateway, subject: Subject, which: 'provider' | 'all'): Exhaustion | null {
  const payers = which === 'provider' ? providerPayers(gateway, subject) : payersOf(gateway, subject);
  for (const { rateLimit } of payers) {
    const type = rateLimit && exhaustedRate(gateway, rateLimit);
    if (type) return { status: 429, type, message: 'Rate limit exceeded' };
  }
  const empty = payers.flatMap(({ budgets }) => budgets).find((budget) => spent(gateway, budget) >= budget.maxLimit);
  return empty
    ? {
        status: 402,
        type: 'budget_exceeded',
        message: `Budget exceeded: ${empty.currentUsage} >= ${empty.maxLimit} dollars`,
      }
    : null;
}

/** Books one answered request. Costs nothing when nobody knows a price: such a budget never fills (P§2.11). */
export function charge(
  gateway: Gateway,
  subject: Required<Subject> & { readonly upstreamModel: string },
  tokens: { readonly input: number; readonly output: number },
): void {
  const price = priceOf(gateway, subject);
  const cost = price ? tokens.input * price.input + tokens.output * price.output : 0;
  const payers = [
    ...payersOf(gateway, { ...subject, virtualKey: null }),
    ...(subject.virtualKey ? payersOf(gateway, subject) : []),
  ];
  for (const { budgets, rateLimit } of new Set(payers)) {
    for (const budget of budgets) budget.currentUsage += cost;
    if (!rateLimit) continue;
    rateLimit.requestUsage += 1;
    rateLimit.tokenUsage += tokens.input + tokens.output;
  }
}

/** An override wins over the catalog: matched by upstream id on newer versions, by the caller's name on older ones (P§2.11). */
function priceOf(
  gateway: Gateway,
  subject: Required<Subject> & { readonly upstreamModel: string },
): { readonly input: number; readonly output: number } | null {
  const name = gateway.personality.scopedLimits ? subject.upstreamModel : subject.model;
  for (const override of gateway.state.pricingOverrides.values()) {
    if (override.providerId !== null && override.providerId !== subject.provider) continue;
    if (override.virtualKeyId !== null && override.virtualKeyId !== subject.virtualKey?.id) continue;
    const matches =
      override.matchType === 'exact' ? override.pattern === name : name.startsWith(override.pattern.slice(0, -1));
    if (!matches) continue;
    const cost = (member: string): number => (typeof override.patch[member] === 'number' ? override.patch[member] : 0);
    return { input: cost('input_cost_per_token'), output: cost('output_cost_per_token') };
  }
  return knownPrice(subject.provider, name);
}

/** Without a VK: global model configs. With one: its own limits, its model configs, its customer, its team. */
function payersOf(gateway: Gateway, subject: Subject): readonly Payer[] {
  const { virtualKey, provider, model } = subject;
  if (!virtualKey) return modelPayers(gateway, null, provider, model);
  const customerId = customerOf(gateway, virtualKey);
  const customer = customerId === null ? undefined : gateway.state.customers.get(customerId);
  const team = virtualKey.teamId === null ? undefined : gateway.state.teams.get(virtualKey.teamId);
  const own = gateway.personality.scopedLimits
    ? modelPayers(gateway, virtualKey.id, provider, model)
    : [virtualKey, ...providerPayers(gateway, subject)];
  return [...own, ...(customer ? [customer] : []), ...(team ? [team] : [])];
}

function modelPayers(
  gateway: Gateway,
  scopeId: string | null,
  provider: string,
  model: string | undefined,
): readonly Payer[] {
  const scope = scopeId === null ? 'global' : 'virtual_key';
  const names = model === undefined ? ['*'] : [model, '*'];
  const configs = names.flatMap((modelName) =>
    [provider, null].map((owner) => findModelConfig(gateway, { scope, scopeId, modelName, provider: owner })),
  );
  const stored = scopeId === null ? gateway.state.providers.get(provider) : undefined;
  const column: Payer[] = stored
    ? [{ budgets: stored.budget ? [stored.budget] : [], rateLimit: stored.rateLimit }]
    : [];
  return [...configs.filter((config) => config !== undefined), ...column];
}

function providerPayers(gateway: Gateway, { virtualKey, provider }: Subject): readonly Payer[] {
  if (!virtualKey) return [];
  if (!gateway.personality.scopedLimits)
    return virtualKey.providerConfigs.filter((config) => config.provider === provider);
  const config = limitsConfig(gateway, virtualKey.id, provider);
  return config ? [config] : [];
}

/** What was spent in the window that is running now. */
function spent(gateway: Gateway, budget: Budget): number {
  if (isOver(gateway, budget.lastReset, budget.resetDuration)) {
    budget.currentUsage = 0;
    budget.lastReset = gateway.stamp(gateway.now());
  }
  return budget.currentUsage;
}

function exhaustedRate(gateway: Gateway, limit: RateLimit): string | null {
  const now = gateway.stamp(gateway.now());
  if (limit.requestResetDuration !== null && isOver(gateway, limit.requestLastReset, limit.requestResetDuration)) {
    Object.assign(limit, { requestUsage: 0, requestLastReset: now });
  }
  if (limit.tokenResetDuration !== null && isOver(gateway, limit.tokenLastReset, limit.tokenResetDuration)) {
    Object.assign(limit, { tokenUsage: 0, tokenLastReset: now });
  }
  if (limit.requestMaxLimit !== null && limit.requestUsage >= limit.requestMaxLimit) return 'request_limited';
  return limit.tokenMaxLimit !== null && limit.tokenUsage >= limit.tokenMaxLimit ? 'token_limited' : null;
}

function isOver(gateway: Gateway, since: string, duration: string): boolean {
  return gateway.now().getTime() - Date.parse(since) >= durationMs(duration);
}

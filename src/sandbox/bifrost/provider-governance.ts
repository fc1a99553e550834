import { decodePlain } from './decode.js';
import type { Call, Gateway } from './gateway.js';
import {
  BUDGET_FIELDS,
  checkBudgetIds,
  checkBudgets,
  RATE_LIMIT_FIELDS,
  type BudgetInput,
  type RateLimitInput,
} from './limit-checks.js';
import {
  dropLimits,
  given,
  reconcileBudgets,
  showBudget,
  showRateLimit,
  updatedRateLimit,
  type Budget,
  type RateLimit,
} from './limits.js';
import {
  budgetOwner,
  deleteModelConfigRow,
  findModelConfig,
  limitsFault,
  newModelConfig,
  type ModelConfig,
  type ModelConfigIdentity,
} from './model-config-rows.js';
import { json, Refusal, type Reply } from './reply.js';
import type { Provider } from './providers.js';

/** Limits of a whole provider (B§5.6). */

/** Provider-wide limits: a global `*` model config on ≥ 1.5.9, columns of the provider before (B§5.6). */

type GovernanceBody = {
  readonly budget?: BudgetInput | null;
  readonly budgets?: readonly BudgetInput[] | null;
  readonly rate_limit?: RateLimitInput | null;
  readonly calendar_aligned?: boolean | null;
};
type Holder = { budgets: readonly Budget[]; rateLimit: RateLimit | null };

export function listProviderGovernance(gateway: Gateway): Reply {
  const rows = [...gateway.state.providers.values()]
    .map((provider) => show(gateway, provider.name, holderOf(gateway, provider)))
    .concat(gateway.personality.scopedLimits ? orphans(gateway) : [])
    .filter((row) => row !== null);
  return json({ count: rows.length, providers: rows.length === 0 ? null : rows });
}

export function updateProviderGovernance(gateway: Gateway, call: Call): Reply {
  const scoped = gateway.personality.scopedLimits;
  const sent: GovernanceBody = decodePlain(call.text, {
    budget: { members: BUDGET_FIELDS },
    rate_limit: { members: RATE_LIMIT_FIELDS },
    calendar_aligned: 'boolean',
    ...(gateway.personality.scopedLimits ? { budgets: { list: { members: BUDGET_FIELDS } } } : {}),
  });
  // Older versions know one budget only.
  const body = scoped ? sent : { ...sent, budgets: null };
  if (scoped && body.budget && body.budgets) throw new Refusal(400, "only one of 'budget' or 'budgets' may be set");
  const name = call.params.provider ?? '';
  const provider = gateway.state.providers.get(name);
  if (!provider) throw new Refusal(404, 'Provider not found');
  const holder = holderOf(gateway, provider);
  const budgets = wantedBudgets(scoped, holder, body);
  const fault = limitsFault(
    budgets ?? [],
    body.rate_limit && Object.values(body.rate_limit).some((value) => value !== null) ? body.rate_limit : null,
  );
  if (fault !== null) throw new Refusal(500, `Failed to update provider governance: ${fault}`);
  const target = apply(gateway, provider, body, budgets);
  return json({
    message: 'Provider governance updated successfully',
    provider: show(gateway, name, target) ?? { provider: name, ...(scoped ? { calendar_aligned: false } : {}) },
  });
}

export function deleteProviderGovernance(gateway: Gateway, call: Call): Reply {
  const name = call.params.provider ?? '';
  const config = findModelConfig(gateway, identityOf(name));
  if (config && gateway.personality.scopedLimits) deleteModelConfigRow(gateway, config);
  const provider = gateway.state.providers.get(name);
  if (!provider && !gateway.personality.scopedLimits) throw new Refusal(404, 'Provider not found');
  if (provider) {
    dropLimits(gateway, provider.budget ? [provider.budget] : [], provider.rateLimit);
    provider.budget = null;
    provider.rateLimit = null;
  }
  return json({ message: 'Provider governance deleted successfully' });
}

function apply(
  gateway: Gateway,
  provider: Provider,
  body: GovernanceBody,
  budgets: readonly BudgetInput[] | null,
): Holder {
  if (!gateway.personality.scopedLimits) {
    const list = provider.budget ? [provider.budget] : [];
    if (budgets) provider.budget = reconcileBudgets(gateway, list, budgets, null, false)[0] ?? null;
    provider.rateLimit = updatedRateLimit(gateway, provider.rateLimit, body.rate_limit, 'maxima');
    return holderOf(gateway, provider);
  }
  const identity = identityOf(provider.name);
  const config =
    findModelConfig(gateway, identity) ?? newModelConfig(gateway, identity, body.calendar_aligned === true);
  if (budgets)
    config.budgets = reconcileBudgets(
      gateway,
      config.budgets,
      budgets,
      budgetOwner(gateway, config),
      config.calendarAligned,
    );
  config.rateLimit = updatedRateLimit(gateway, config.rateLimit, body.rate_limit, 'all');
  if (config.budgets.length === 0 && config.rateLimit === null) deleteModelConfigRow(gateway, config);
  return config;
}

function wantedBudgets(scoped: boolean, holder: Holder, body: GovernanceBody): readonly BudgetInput[] | null {
  if (body.budgets) {
    checkBudgets(body.budgets, 'lower');
    checkBudgetIds(holder.budgets, body.budgets);
    return body.budgets;
  }
  if (!body.budget) return null;
  const { max_limit: limit, reset_duration: duration } = body.budget;
  if ((limit ?? null) === null && (duration ?? null) === null) return [];
  const old = holder.budgets[0];
  const merged = {
    ...(old ? { id: old.id } : {}),
    max_limit: limit ?? old?.maxLimit ?? 0,
    reset_duration: duration ?? old?.resetDuration ?? '',
  };
  const missing = scoped
    ? merged.max_limit === 0 || merged.reset_duration === ''
    : (limit ?? old ?? null) === null || (duration ?? old ?? null) === null;
  const text = 'both max_limit and reset_duration are required when creating a new budget';
  if (missing)
    throw scoped ? new Refusal(400, text) : new Refusal(500, `Failed to update provider governance: ${text}`);
  if (scoped) checkBudgets([merged], 'lower');
  return [merged];
}

function identityOf(provider: string): ModelConfigIdentity {
  return { scope: 'global', scopeId: null, modelName: '*', provider };
}

function holderOf(gateway: Gateway, provider: Provider): Holder {
  if (!gateway.personality.scopedLimits)
    return { budgets: provider.budget ? [provider.budget] : [], rateLimit: provider.rateLimit };
  return findModelConfig(gateway, identityOf(provider.name)) ?? { budgets: [], rateLimit: null };
}

/** Provider-wide configs of providers that do not exist are listed too. */
function orphans(gateway: Gateway): (object | null)[] {
  const isOrphan = (config: ModelConfig): boolean =>
    config.scope === 'global' &&
    config.modelName === '*' &&
    config.provider !== null &&
    !gateway.state.providers.has(config.provider);
  return [...gateway.state.modelConfigs.values()]
    .filter(isOrphan)
    .map((config) => show(gateway, config.provider ?? '', config));
}

function show(gateway: Gateway, provider: string, { budgets, rateLimit }: Holder): object | null {
  if (budgets.length === 0 && rateLimit === null) return null;
  const shown = budgets.map((budget) => showBudget(gateway, budget));
  const scoped = gateway.personality.scopedLimits;
  return {
    provider,
    ...given('budget', shown[0]),
    ...(scoped ? given('budgets', shown) : {}),
    ...given('rate_limit', rateLimit && showRateLimit(gateway, rateLimit)),
    ...(scoped ? { calendar_aligned: false } : {}),
  };
}

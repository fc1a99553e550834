import { decodePlain } from './decode.js';
import type { Call, Gateway } from './gateway.js';
import {
  BUDGET_FIELDS,
  type BudgetInput,
  checkBudgetIds,
  checkBudgets,
  RATE_LIMIT_FIELDS,
  type RateLimitInput,
  removesRateLimit,
} from './limit-checks.js';
import { given, newRateLimit, reconcileBudgets, showBudget, showRateLimit, updatedRateLimit } from './limits.js';
import { matcher, pageOf } from './lists.js';
import {
  budgetOwner,
  deleteModelConfigRow,
  keyOf,
  limitsFault,
  type ModelConfig,
  type ModelConfigIdentity,
  newModelConfig,
} from './model-config-rows.js';
import { json, Refusal, type Reply } from './reply.js';

/** Limits of a model, globally or for one virtual key (B§5.6). */

type ModelConfigBody = {
  readonly model_name?: string | null;
  readonly provider?: string | null;
  readonly scope?: string | null;
  readonly scope_id?: string | null;
  readonly budget?: BudgetInput | null;
  readonly budgets?: readonly BudgetInput[] | null;
  readonly rate_limit?: RateLimitInput | null;
};

export function createModelConfig(gateway: Gateway, call: Call): Reply {
  const body = decode(gateway, call);
  if (!body.model_name) throw new Refusal(400, 'Model name is required');
  const { scope, scopeId } = readScope(gateway, body);
  const identity = { modelName: body.model_name, provider: body.provider ?? null, scope, scopeId };
  if (gateway.state.modelConfigsByIdentity.has(keyOf(identity)))
    throw new Refusal(409, duplicateText(gateway, identity));
  const budgets = wantedBudgets(gateway, body) ?? [];
  checkBudgets(budgets, 'Capital');
  const fault = limitsFault(budgets, body.rate_limit ?? null);
  if (fault !== null) throw new Refusal(500, `Failed to create model config: ${fault}`);
  const virtualKey = scopeId === null ? undefined : gateway.state.virtualKeys.get(scopeId);
  const config = newModelConfig(gateway, identity, virtualKey?.calendarAligned ?? false);
  config.budgets = reconcileBudgets(gateway, [], budgets, budgetOwner(gateway, config), config.calendarAligned);
  if (body.rate_limit) config.rateLimit = newRateLimit(gateway, body.rate_limit);
  return json({ message: 'Model config created successfully', model_config: showModelConfig(gateway, config) });
}

export function updateModelConfig(gateway: Gateway, call: Call): Reply {
  const body = decode(gateway, call);
  const config = find(gateway, call);
  const budgets = wantedBudgets(gateway, body);
  const style = (text: string): Refusal => new Refusal(500, `Failed to update model config: ${text}`);
  try {
    if (gateway.personality.scopedLimits) checkBudgets(budgets ?? [], 'lower');
    checkBudgetIds(config.budgets, budgets ?? []);
  } catch (refusal) {
    // Unlike on create, a bad budget is a 500 here.
    throw refusal instanceof Refusal ? style(refusal.message) : refusal;
  }
  const limit = body.rate_limit && !removesRateLimit(body.rate_limit, 'maxima') ? body.rate_limit : null;
  const fault = limitsFault(budgets ?? [], limit);
  if (fault !== null) throw style(fault);
  gateway.state.modelConfigsByIdentity.delete(keyOf(config));
  config.modelName = body.model_name ?? config.modelName;
  config.provider = body.provider ?? config.provider;
  gateway.state.modelConfigsByIdentity.set(keyOf(config), config);
  if (budgets)
    config.budgets = reconcileBudgets(
      gateway,
      config.budgets,
      budgets,
      budgetOwner(gateway, config),
      config.calendarAligned,
    );
  config.rateLimit = updatedRateLimit(gateway, config.rateLimit, body.rate_limit, 'maxima');
  config.updatedAt = gateway.stamp(gateway.now());
  return json({ message: 'Model config updated successfully', model_config: showModelConfig(gateway, config) });
}

export function deleteModelConfig(gateway: Gateway, call: Call): Reply {
  deleteModelConfigRow(gateway, find(gateway, call));
  return json({ message: 'Model config deleted successfully' });
}

export function getModelConfig(gateway: Gateway, call: Call): Reply {
  return json({ model_config: showModelConfig(gateway, find(gateway, call)) });
}

/** Newest first when paged or filtered; older versions know neither scope nor provider here (B§5.1). */
export function listModelConfigs(gateway: Gateway, call: Call): Reply {
  const filters = gateway.personality.scopedLimits ? ['scope', 'provider'] : [];
  const wanted = (filter: string): string => (filters.includes(filter) ? (call.query.get(filter) ?? '') : '');
  const matches = matcher(call.query.get('search'));
  const rows = [...gateway.state.modelConfigs.values()].filter(
    ({ modelName, scope, provider }) =>
      matches(modelName) &&
      (wanted('scope') === '' || scope === wanted('scope')) &&
      (wanted('provider') === '' || provider === wanted('provider')),
  );
  const paged = ['limit', 'offset', 'search', ...filters].some((parameter) => (call.query.get(parameter) ?? '') !== '');
  const page = pageOf(paged ? rows.reverse() : rows, call.query, filters, true);
  return json({
    count: page.rows.length,
    limit: page.limit,
    model_configs: page.rows.map((config) => showModelConfig(gateway, config)),
    offset: page.offset,
    total_count: page.total,
  });
}

function duplicateText(gateway: Gateway, { scope, scopeId, modelName, provider }: ModelConfigIdentity): string {
  const where = scope === 'global' ? 'global' : `${scope} '${scopeId ?? ''}'`;
  if (provider === null) return `Model config for model '${modelName}' (${where}) already exists`;
  const tail = gateway.personality.scopedLimits ? ` (${where})` : '';
  return `Model config for model '${modelName}' with provider '${provider}'${tail} already exists`;
}

/** Versions ≤ 1.5.8 ignore scopes: a VK-scoped POST becomes a global limit (the hazard of B§5.6). */
function readScope(gateway: Gateway, body: ModelConfigBody): Pick<ModelConfig, 'scope' | 'scopeId'> {
  const scope = body.scope || 'global';
  if (!gateway.personality.scopedLimits || scope === 'global') return { scope: 'global', scopeId: null };
  if (scope !== 'virtual_key') throw new Refusal(400, `Invalid scope ${JSON.stringify(scope)}`);
  const scopeId = body.scope_id ?? '';
  if (scopeId === '') throw new Refusal(400, 'scope_id is required when scope is not global');
  if (!gateway.state.virtualKeys.has(scopeId)) throw new Refusal(400, `Virtual key '${scopeId}' not found`);
  return { scope, scopeId };
}

/** ≤ 1.5.8 honours `budget`, ≥ 1.5.9 `budgets`. An empty `budget` object on PUT removes it. */
function wantedBudgets(gateway: Gateway, body: ModelConfigBody): readonly BudgetInput[] | null {
  if (gateway.personality.scopedLimits) return body.budgets ?? null;
  if (!body.budget) return null;
  const { max_limit: limit, reset_duration: duration } = body.budget;
  return (limit ?? null) === null && (duration ?? null) === null ? [] : [body.budget];
}

function showModelConfig(gateway: Gateway, config: ModelConfig): object {
  const scoped = gateway.personality.scopedLimits;
  const scopeName = config.scopeId === null ? undefined : gateway.state.virtualKeys.get(config.scopeId)?.name;
  const budgets = config.budgets.map((budget) => showBudget(gateway, budget));
  return {
    id: config.id,
    model_name: config.modelName,
    ...given('provider', config.provider),
    ...(scoped
      ? { scope: config.scope, ...given('scope_id', config.scopeId), calendar_aligned: config.calendarAligned }
      : {}),
    ...(scoped ? {} : given('budget_id', config.budgets[0]?.id)),
    ...given('rate_limit_id', config.rateLimit?.id),
    ...given('scope_name', scopeName),
    ...(scoped ? given('budgets', budgets) : given('budget', budgets[0])),
    ...given('rate_limit', config.rateLimit && showRateLimit(gateway, config.rateLimit)),
    config_hash: '',
    created_at: config.createdAt,
    updated_at: config.updatedAt,
  };
}

function decode(gateway: Gateway, call: Call): ModelConfigBody {
  return decodePlain(call.text, {
    model_name: 'string',
    provider: 'string',
    rate_limit: { members: RATE_LIMIT_FIELDS },
    ...(gateway.personality.scopedLimits
      ? { scope: 'string', scope_id: 'string', budgets: { list: { members: BUDGET_FIELDS } } }
      : { budget: { members: BUDGET_FIELDS } }),
  });
}

function find(gateway: Gateway, call: Call): ModelConfig {
  const config = gateway.state.modelConfigs.get(call.params.id ?? '');
  if (!config) throw new Refusal(404, 'Model config not found');
  return config;
}

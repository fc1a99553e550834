import { finding, type Finding } from '../findings.js';
import type { Json, JsonObject } from '../json.js';
import { isObject } from '../json.js';
import type { Limits, Team, VirtualKey } from '../sources/records.js';
import type { Body } from '../target/objects.js';
import { resetDuration } from './limits.js';

/**
 * Limits of one key for one model (mapping.md V10, L§4.15): `model_max_budget`, `metadata.model_rpm_limit` and
 * `model_tpm_limit`, and the team's of the same names where the key has none. Bifrost says them as model configs that
 * belong to the virtual key, from 1.5.9 on.
 */
export type ModelLimit = { readonly model: string; readonly body: Body };

export type ModelLimitPlan = {
  readonly limits: readonly ModelLimit[];
  readonly findings: readonly Finding[];
  /** Models with a limit of 0: LiteLLM refuses them to this key. */
  readonly refused: readonly string[];
};

type Parts = { maxBudget?: number; duration?: string | null; tpm?: number; rpm?: number };

export function planModelLimits(
  key: VirtualKey,
  linked: Limits | null,
  team: Team | null,
  maxBudgetPeriod: string,
): ModelLimitPlan {
  const parts = collect(key, linked, team);
  const findings: Finding[] = [];
  const limits: ModelLimit[] = [];
  const refused: string[] = [];
  for (const [model, part] of [...parts].sort(([a], [b]) => (a < b ? -1 : 1))) {
    if ((part.rpm ?? 1) <= 0 || (part.tpm ?? 1) <= 0) {
      refused.push(model);
      continue;
    }
    const body = bodyOf(model, part, maxBudgetPeriod, findings);
    if (body !== null) limits.push({ model, body });
  }
  return { limits, findings, refused };
}

function collect(key: VirtualKey, linked: Limits | null, team: Team | null): Map<string, Parts> {
  const parts = new Map<string, Parts>();
  const merge = (model: string, more: Parts): void => void parts.set(model, { ...parts.get(model), ...more });
  const budgets =
    Object.keys(key.limits.modelMaxBudget).length > 0 ? key.limits.modelMaxBudget : (linked?.modelMaxBudget ?? {});
  for (const [model, entry] of Object.entries(budgets)) merge(model, budgetEntry(entry));
  for (const [member, inBudget, name] of RATES) {
    // One table counts, whole (L§4.15): the key's own, else that of its budgets, else the team's.
    const tables = [numbers(key.metadata[member]), ratesIn(budgets, inBudget), numbers(team?.metadata[member])];
    const table = tables.find((one) => one.length > 0) ?? [];
    for (const [model, limit] of table) merge(model, { [name]: limit });
  }
  return parts;
}

const RATES = [
  ['model_rpm_limit', 'rpm_limit', 'rpm'],
  ['model_tpm_limit', 'tpm_limit', 'tpm'],
] as const;

/** Rates in the entries of model_max_budget; 0 refuses there as well. */
function ratesIn(budgets: JsonObject, member: string): [string, number][] {
  const rates = Object.entries(budgets).map(([model, entry]) => [model, isObject(entry) ? entry[member] : undefined]);
  return numbers(Object.fromEntries(rates));
}

/** The budget of an entry of model_max_budget: a number, or a member of an object (L§4.14). 0 and null are ignored there. */
function budgetEntry(entry: Json): Parts {
  if (typeof entry === 'number') return entry > 0 ? { maxBudget: entry, duration: null } : {};
  if (!isObject(entry)) return {};
  const max = entry['budget_limit'] ?? entry['max_budget'];
  const duration = entry['time_period'] ?? entry['budget_duration'];
  if (!(Number(max) > 0)) return {};
  return { maxBudget: Number(max), duration: typeof duration === 'string' ? duration : null };
}

function numbers(value: unknown): [string, number][] {
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([model, limit]) => {
    const number = typeof limit === 'string' && limit.trim() !== '' ? Number(limit) : limit;
    return typeof number === 'number' && Number.isFinite(number) ? [[model, number] as [string, number]] : [];
  });
}

function bodyOf(model: string, part: Parts, maxBudgetPeriod: string, findings: Finding[]): Body | null {
  const whole = (n: number): number => Math.max(1, Math.floor(n));
  const rate: Body = {
    ...(part.tpm !== undefined && { token_max_limit: whole(part.tpm), token_reset_duration: '1m' }),
    ...(part.rpm !== undefined && { request_max_limit: whole(part.rpm), request_reset_duration: '1m' }),
  };
  let budgets: readonly Body[] = [];
  if (part.maxBudget !== undefined) {
    const reset = resetDuration(part.duration ?? null, maxBudgetPeriod, `model_max_budget.${model}`);
    if (reset.ok) budgets = [{ max_limit: part.maxBudget, reset_duration: reset.duration }];
    findings.push(
      ...(reset.ok
        ? reset.findings
        : [finding('loss', 'limit_unreadable', 'model_max_budget', `${reset.message}; this budget is not carried`)]),
    );
  }
  if (budgets.length === 0 && Object.keys(rate).length === 0) return null;
  return {
    ...(budgets.length > 0 && { budgets }),
    ...(Object.keys(rate).length > 0 && { rate_limit: rate }),
  };
}

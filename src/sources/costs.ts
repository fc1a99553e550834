import type { Row } from './fields.js';
import type { ServedModel } from './api-models.js';
import { costIn, isCost } from './cost-members.js';
import type { Deployment, Params } from './records.js';

export type Costs = Pick<Deployment, 'inputCost' | 'outputCost' | 'servedCosts' | 'unpriced'>;

/** USD per token: the deployment's own price, else what the running proxy uses (M22); null when neither knows one. */
export function costsOf(params: Params, info: Row, served: ServedModel | undefined): Costs {
  const inputCost = cost('input_cost_per_token', params, info, served);
  const outputCost = cost('output_cost_per_token', params, info, served);
  const unpriced = served !== undefined && isUnpriced(served.info) && inputCost === null && outputCost === null;
  return { inputCost, outputCost, ...servedCosts(served), ...(unpriced && { unpriced: true as const }) };
}

/** What else the running proxy charges, as its price list or the deployment has it. 0 is how some versions say nothing. */
function servedCosts(served: ServedModel | undefined): Pick<Deployment, 'servedCosts'> {
  const found = Object.entries(served?.info ?? {}).filter(
    ([name, value]) => isCost(name) && !PER_TOKEN.has(name) && value !== null && value !== undefined && value !== '',
  );
  const costs = found.map(([name, value]) => [name, costIn(value)] as const).filter(([, value]) => value !== 0);
  return costs.length > 0 ? { servedCosts: Object.fromEntries(costs) } : {};
}

const PER_TOKEN = new Set(['input_cost_per_token', 'output_cost_per_token']);

function cost(name: string, params: Params, info: Row, served: ServedModel | undefined): number | null {
  const own = number(params[name]) ?? number(info[name]);
  if (own !== null || served === undefined) return own;
  const known = number(served.info[name]);
  return known === 0 && isUnpriced(served.info) ? null : known;
}

/** [1.81.13] shows 0 for a model whose price it does not know; such a row has no mode either. */
function isUnpriced(info: Row): boolean {
  return (info.mode ?? null) === null && !number(info.input_cost_per_token) && !number(info.output_cost_per_token);
}

function number(value: unknown): number | null {
  const read =
    typeof value === 'number' ? value : typeof value === 'string' && value.trim() !== '' ? Number(value) : NaN;
  return Number.isFinite(read) ? read : null;
}

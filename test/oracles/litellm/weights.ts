import type { Deployment } from '../../../src/sources/records.js';
import type { Release } from './release.js';

const METRICS = ['weight', 'rpm', 'tpm'] as const;

/** `null` = not set; encrypted texts of numbers count as numbers (L§2.4). */
function metricOf(deployment: Deployment, metric: string): number | null {
  const value = deployment.params[metric];
  if (typeof value === 'number') return value;
  if (typeof value === 'string' && value.trim() !== '' && Number.isFinite(Number(value))) return Number(value);
  return null;
}

/**
 * Shares of one draw (P§2.2): 1.81 weighs by the first metric the first deployment has, newer ones by the first whose
 * maximum is above 0; a missing value is 0; without a metric all are equal. 1.81 fails the request when its weights sum to
 * 0: null.
 */
export function sharesOf(group: readonly Deployment[], release: Release): readonly number[] | null {
  for (const metric of METRICS) {
    const values = group.map((deployment) => metricOf(deployment, metric));
    const applies =
      release === '1.81' ? values[0] !== null && values[0] !== undefined : values.some((value) => (value ?? 0) > 0);
    if (!applies) continue;
    const total = values.reduce<number>((sum, value) => sum + (value ?? 0), 0);
    return total > 0 ? values.map((value) => (value ?? 0) / total) : null;
  }
  return group.map(() => 1 / group.length);
}

/** `order` of litellm_params, in newer versions also of model_info; null when there is none. */
export function orderOf(deployment: Deployment, release: Release): number | null {
  const own = metricOf(deployment, 'order');
  if (own !== null || release === '1.81') return own;
  const { order } = deployment.modelInfo;
  return typeof order === 'number' ? order : null;
}

/** Groups by `order`, lowest first: only the first one serves; deployments without an order come with none of them. */
export function byOrder<T extends { readonly deployment: Deployment }>(
  routes: readonly T[],
  release: Release,
): readonly (readonly T[])[] {
  const orders = routes.map(({ deployment }) => orderOf(deployment, release));
  const levels = [...new Set(orders.filter((order) => order !== null))].sort((a, b) => a - b);
  if (levels.length === 0) return [routes];
  return levels.map((level) => routes.filter((_route, index) => orders[index] === level));
}

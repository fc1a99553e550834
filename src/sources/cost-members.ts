/** How prices are written in LiteLLM: by an operator, in its price list, in what its API shows. */

/** Is this a member of a price, in `litellm_params`, in `model_info` or in what the API shows? */
export function isCost(name: string): boolean {
  return /(^|_)cost(_|$)|^tiered_pricing$|^off_peak_pricing$|_uplift_multiplier/.test(name);
}

/** A number of USD ≥ 0, also as text, and the highest of a table of numbers; null = not one. */
export function costIn(value: unknown): number | null {
  if (typeof value === 'string') return value.trim() === '' ? null : costIn(Number(value));
  if (typeof value === 'number') return Number.isFinite(value) && value >= 0 ? value : null;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  // search_context_cost_per_query has a price per size, Bifrost one for all (never wider: the highest).
  const costs = Object.values(value).map(costIn);
  return costs.length > 0 && costs.every((cost) => cost !== null) ? Math.max(...costs) : null;
}

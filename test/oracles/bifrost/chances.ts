/**
 * How a weighted draw falls: the shares of a random point between 0 and the sum of the weights, taken by the first
 * whose running sum reaches it; what nobody reaches goes to the first. Weights of 0 take nothing, unless all are 0.
 */
export function sharesOf(weights: readonly number[]): readonly number[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  if (total <= 0) return weights.map((_, at) => (at === 0 ? 1 : 0));
  let running = 0;
  let taken = 0;
  const shares = weights.map((weight) => {
    running += weight;
    const reached = Math.min(Math.max(running, taken), total);
    const share = (reached - taken) / total;
    taken = reached;
    return share;
  });
  const left = (total - taken) / total;
  return shares.map((share, at) => (at === 0 ? share + left : share));
}

/** Keys are drawn in hundredths, and evenly when nobody has one (B§4.2). */
export function keyShares(weights: readonly number[]): readonly number[] {
  const hundredths = weights.map((weight) => Math.trunc(weight * 100));
  const total = hundredths.reduce((sum, weight) => sum + weight, 0);
  return total === 0 ? weights.map(() => 1 / weights.length) : sharesOf(hundredths);
}

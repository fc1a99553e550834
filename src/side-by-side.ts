/** How many are asked for at a time; the gateway is in use. */
const AT_ONCE = 4;

/** What `read` finds for each, in the order of the items. @throws what `read` throws first; others may be under way then. */
export async function sideBySide<T, R>(
  items: readonly T[],
  read: (item: T) => Promise<readonly R[]>,
): Promise<readonly R[]> {
  const results: (readonly R[])[] = [];
  const queue = items.entries();
  async function lane(): Promise<void> {
    // All lanes take from one queue.
    for (const [at, item] of queue) results[at] = await read(item);
  }
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  return results.flat();
}

/** By a column of the list, else newest first; no tie-breaker, as in the real thing. */
export function sortBy<T extends object>(
  rows: readonly T[],
  asked: string | null,
  order: string | null,
  columns: readonly string[],
): T[] {
  const known = asked !== null && columns.includes(asked);
  const column = known ? asked : 'created_at';
  const direction = known && order !== 'desc' ? 1 : -1;
  const value = (row: T): string | number | null => {
    const cell: unknown = Object.entries(row).find(([name]) => name === column)?.[1];
    return typeof cell === 'string' || typeof cell === 'number' ? cell : null;
  };
  const keyed = rows.map((row) => ({ row, cell: value(row) }));
  return keyed.sort((one, other) => compareCells(one.cell, other.cell, direction)).map(({ row }) => row);
}

/** PostgreSQL's order: null is larger than everything. */
export function compareCells(left: string | number | null, right: string | number | null, direction: number): number {
  if (left === right) return 0;
  if (left === null) return direction;
  if (right === null) return -direction;
  return left < right ? -direction : direction;
}

/** JSON with members in alphabetical order: equal values have equal texts, whoever built them. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_member, inner: unknown) => (isPlainObject(inner) ? sorted(inner) : inner));
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function sorted(object: Record<string, unknown>): Record<string, unknown> {
  const entries = Object.entries(object).sort(([a], [b]) => (a < b ? -1 : 1));
  // A null prototype keeps a member called `__proto__` a member.
  const copy = Object.create(null) as Record<string, unknown>;
  for (const [member, value] of entries) copy[member] = value;
  return copy;
}

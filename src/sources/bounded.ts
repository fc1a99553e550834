/** Deeper than anything LiteLLM stores; recursion over a value stays far from the end of the stack. */
const DEEPEST = 64;

/** Stands where a value went deeper than that. */
export const TOO_DEEP = '(too deep)';

/**
 * A value every part of the program can take: what lies deeper than 64 levels is replaced, and so are halves of surrogate
 * pairs, which neither UTF-8 (the journal, every request) nor a URL can hold. The same object when there is nothing of both.
 */
export function bounded(value: unknown, left: number = DEEPEST): unknown {
  if (typeof value === 'string') return wellFormed(value);
  if (typeof value !== 'object' || value === null) return value;
  if (left === 0) return TOO_DEEP;
  let changed = false;
  const entries = Object.entries(value).map(([name, inner]): [string, unknown] => {
    const [text, cut] = [wellFormed(name), bounded(inner, left - 1)];
    changed ||= cut !== inner || text !== name;
    return [text, cut];
  });
  if (!changed) return value;
  return Array.isArray(value) ? entries.map(([, inner]) => inner) : Object.fromEntries(entries);
}

function wellFormed(text: string): string {
  return /\p{Surrogate}/u.test(text) ? text.replace(/\p{Surrogate}/gu, '\uFFFD') : text;
}

import { Refusal } from './reply.js';

/** Paging and searching of lists (B§5.1). */

export type Page<T> = {
  readonly rows: readonly T[];
  readonly total: number;
  readonly limit: number;
  readonly offset: number;
};

/**
 * No paging parameter at all: every row, limit = their number. Otherwise limit ≤ 0 → 25, > 100 → 100.
 * `strict` lists refuse a limit that is no number; customers and teams read it as 0.
 */
export function pageOf<T>(
  rows: readonly T[],
  query: URLSearchParams,
  filters: readonly string[],
  strict: boolean,
): Page<T> {
  if (![...PAGING, ...filters].some((parameter) => (query.get(parameter) ?? '') !== '')) {
    return { rows, total: rows.length, limit: rows.length, offset: 0 };
  }
  const limit = clampLimit(numberOf(query, 'limit', strict));
  const offset = Math.max(0, numberOf(query, 'offset', strict));
  return { rows: rows.slice(offset, offset + limit), total: rows.length, limit, offset };
}

const PAGING = ['limit', 'offset', 'search'] as const;

export function clampLimit(limit: number): number {
  return limit <= 0 ? 25 : Math.min(limit, 100);
}

export function numberOf(query: URLSearchParams, parameter: 'limit' | 'offset', strict: boolean): number {
  const text = query.get(parameter) ?? '';
  if (text === '') return 0;
  const valid = /^[+-]?\d+$/.test(text);
  if (!strict) return valid ? Number(text) : 0;
  if (!valid) throw new Refusal(400, `Invalid ${parameter} parameter: must be a number`);
  if (Number(text) < 0) throw new Refusal(400, `Invalid ${parameter} parameter: must be non-negative`);
  return Number(text);
}

/** The fork's own lists: limit default 50, at most 100, always paged (B§6.4). */
export function plainPage<T>(rows: readonly T[], query: URLSearchParams): Page<T> {
  const read = (parameter: 'limit' | 'offset'): number => {
    const text = query.get(parameter) ?? '';
    if (text !== '' && !/^\d+$/.test(text))
      throw new Refusal(400, `Invalid ${parameter} parameter: must be a non-negative number`);
    return Number(text);
  };
  const limit = Math.min(read('limit') || 50, 100);
  const offset = read('offset');
  return { rows: rows.slice(offset, offset + limit), total: rows.length, limit, offset };
}

/** `LIKE %text%`, whatever the case; `%` and `_` in the text are wildcards, they are not escaped (B§5.1). */
export function matcher(search: string | null): (text: string) => boolean {
  if (!search) return () => true;
  const pattern = [...search.toLowerCase()]
    .map((character) =>
      character === '%' ? '.*' : character === '_' ? '.' : character.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'),
    )
    .join('');
  const expression = new RegExp(pattern, 'su');
  return (text) => expression.test(text.toLowerCase());
}

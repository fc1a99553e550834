import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

/** docs/compared.md: a row for each of the 48 known defects, each with tests that exist. */

const ROOT = new URL('../../', import.meta.url);
const PAGE = readFileSync(new URL('docs/compared.md', ROOT), 'utf8');

type Row = { readonly number: number; readonly there: string; readonly here: string; readonly shown: string };

const ROWS: readonly Row[] = [...PAGE.matchAll(/^\| (\d+) \| (.+?) \| (.+?) \| (.+) \|$/gm)].map(
  ([, number, there = '', here = '', shown = '']) => ({ number: Number(number), there, here, shown }),
);

/** Titles of a test file: the literal that follows `it(`, `test(`, a table of them, or stands in such a table. */
function titlesOf(path: string): ReadonlySet<string> {
  const file = new URL(path, ROOT);
  if (!existsSync(fileURLToPath(file))) return new Set();
  const source = readFileSync(file, 'utf8');
  const literals = [...source.matchAll(/'((?:[^'\\\n]|\\.)*)'|"((?:[^"\\\n]|\\.)*)"|`((?:[^`\\]|\\.)*)`/g)];
  return new Set(literals.map(([, a, b, c]) => (a ?? b ?? c ?? '').replaceAll(/\\(.)/g, '$1')));
}

describe('docs/compared.md', () => {
  it('has 48 rows, numbered, each with two sentences', () => {
    expect(ROWS.map(({ number }) => number)).toEqual(Array.from({ length: 48 }, (_, i) => i + 1));
    for (const { number, there, here } of ROWS)
      expect(
        [there, here].every((text) => /^[A-Z`].*\.$/.test(text)),
        String(number),
      ).toBe(true);
  });

  it('names only commands that are there', () => {
    const verbs = /^\| 41 \| .+? \| (.+?) \|/m.exec(PAGE)?.[1] ?? '';
    const named = [...verbs.matchAll(/`(\w+)`/g)].map(([, verb = '']) => verb);
    expect(named.length).toBeGreaterThan(2);
    for (const verb of named)
      expect(existsSync(fileURLToPath(new URL(`src/commands/${verb}.ts`, ROOT))), verb).toBe(true);
  });

  it.each(ROWS.map((row) => [row.number, row.shown] as const))('row %i names tests that exist', (_number, shown) => {
    const tests = [...shown.matchAll(/`(test\/[\w/-]+\.test\.ts)` “([^”]+)”/g)];
    expect(tests.length).toBe(shown.split(' · ').length);
    for (const [, path = '', title = ''] of tests) expect([...titlesOf(path)], path).toContain(title);
  });
});

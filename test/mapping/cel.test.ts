import { describe, expect, it } from 'vitest';
import { celLike, celList, celString } from '../../src/mapping/cel.js';

describe('a string in CEL', () => {
  it.each([
    ['plain', '"plain"'],
    ['say "hi"', '"say \\"hi\\""'],
    ['back\\slash', '"back\\\\slash"'],
    ['a\nb\rc\td', '"a\\nb\\rc\\td"'],
    ['\u0000\u007f\u2028', '"\\u0000\\u007f\\u2028"'],
    ['é😀', '"é😀"'],
    ['\ud800', '"\\ud800"'],
  ])('%j is %s', (text, cel) => {
    expect(celString(text)).toBe(cel);
  });

  it('stands in lists one after the other', () => {
    expect(celList([])).toBe('[]');
    expect(celList(['a', 'b"'])).toBe('["a", "b\\""]');
  });
});

describe('a pattern in CEL', () => {
  it.each([
    ['gpt-4o', 'model == "gpt-4o"'],
    ['gpt-4*', 'model.startsWith("gpt-4")'],
    ['*-mini', 'model.endsWith("-mini")'],
    ['*', 'true'],
    ['gpt-*-mini', 'model.matches("^gpt-.*-mini$")'],
    ['*mini*', 'model.matches("^.*mini.*$")'],
    ['**', 'model.matches("^.*.*$")'],
    ['a.b*[c]', 'model.matches("^a\\\\.b.*\\\\[c\\\\]$")'],
  ])('%s', (pattern, cel) => {
    expect(celLike(pattern)).toBe(cel);
  });
});

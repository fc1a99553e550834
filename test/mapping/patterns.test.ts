import { describe, expect, it } from 'vitest';
import { bySpecificity, patternMatches, patternsMeet, wildcardUpstream } from '../../src/mapping/patterns.js';

describe('a pattern of a deployment (L§4.4)', () => {
  it.each([
    ['openai/*', 'openai/gpt-4o', true],
    ['openai/*', 'openai/', true],
    ['openai/*', 'azure/gpt-4o', false],
    ['openai/*', 'my-openai/x', false],
    ['a*b', 'axb', true],
    ['a*b', 'axbZZ', true],
    ['a*b', 'ax', false],
    ['a.b*', 'axb', false],
    ['a.b*', 'a.bc', true],
    ['a+(b)*', 'a+(b)c', true],
    ['x', 'x-and-more', true],
  ])('%s and the name %s: %s', (pattern, name, is) => {
    expect(patternMatches(pattern, name)).toBe(is);
    expect(patternMatches(pattern, name)).toBe(is);
  });

  it('is more specific the longer it is, with what has to be escaped counted twice', () => {
    const sorted = (patterns: string[]): string[] => patterns.sort(bySpecificity);
    expect(sorted(['*', 'openai/*', 'openai/gpt-4*'])).toEqual(['openai/gpt-4*', 'openai/*', '*']);
    expect(sorted(['aab*', 'a-b*'])).toEqual(['a-b*', 'aab*']);
    expect(sorted(['ab', '*'])).toEqual(['*', 'ab']);
  });

  it('is more specific with more special characters where the length is the same', () => {
    expect(bySpecificity('abcde', 'a*')).toBeGreaterThan(0);
    expect(bySpecificity('a*', 'abcde')).toBeLessThan(0);
    expect(bySpecificity('abcde', 'fghij')).toBe(0);
  });

  it('meets another one when one beginning is the beginning of the other', () => {
    expect(patternsMeet('openai/*', 'openai/gpt*')).toBe(true);
    expect(patternsMeet('openai/gpt*', 'openai/*')).toBe(true);
    expect(patternsMeet('*', 'azure/*')).toBe(true);
    expect(patternsMeet('openai/*', 'azure/*')).toBe(false);
    expect(patternsMeet('gpt-*', 'gpt-4')).toBe(true);
  });
});

describe('what the upstream is asked for behind a pattern', () => {
  it.each([
    ['wild/*', 'up-*', 'wild/x', 'up-x'],
    ['wild/*', 'fixed', 'wild/x', 'fixed'],
    ['a*b*c', '*-*', 'a1b2c', '1-2'],
    ['a*c', '*-*', 'a1c', '1-*'],
    ['a*b*c', '*', 'a1b2c', null],
    ['wild/*', 'up-*', 'other/x', null],
    ['wild', 'up', 'wild', null],
    ['openai/*', '*', 'gpt-4o', 'gpt-4o'],
    ['openai/*', '*', 'nobody-knows', null],
    ['wild/*', '*', 'wild/$&', '$&'],
  ])('%s leads to %s: %s is %s there', (pattern, upstream, name, asked) => {
    expect(wildcardUpstream(pattern, upstream, name)).toBe(asked);
  });
});

import { describe, expect, it } from 'vitest';
import { fallbackChain } from '../../src/mapping/fallbacks.js';
import type { World } from '../../src/sources/records.js';
import { NEW_DIALECT, OLD_DIALECT, world } from '../factories.js';

type Router = Partial<World['router']>;

const chain = (name: string, router: Router, dialect = NEW_DIALECT): readonly string[] => {
  const w = world({ dialect });
  return fallbackChain(name, { dialect, router: { ...w.router, ...router } });
};

describe('what LiteLLM tries after a name (L§3.7)', () => {
  it('is its list in order, with each one’s own list behind it', () => {
    expect(chain('a', { fallbacks: { a: ['b', 'c'], b: ['d'] } })).toEqual(['b', 'd', 'c']);
    expect(chain('x', { fallbacks: { a: ['b'] } })).toEqual([]);
  });

  it('never holds a name twice, or the first one', () => {
    expect(chain('a', { fallbacks: { a: ['b', 'a', 'c'], b: ['c', 'a'], c: ['c', 'b'] } })).toEqual(['b', 'c']);
  });

  it('goes five deep, or as deep as it is told', () => {
    const fallbacks = Object.fromEntries([...'abcdefgh'].map((name, at) => [name, ['abcdefghi'[at + 1] ?? '']]));
    expect(chain('a', { fallbacks })).toEqual(['b', 'c', 'd', 'e', 'f']);
    expect(chain('a', { fallbacks, rest: { max_fallbacks: 2 } })).toEqual(['b', 'c']);
    expect(chain('a', { fallbacks, rest: { max_fallbacks: 0 } })).toEqual([]);
    expect(chain('a', { fallbacks, rest: { max_fallbacks: '2' } })).toHaveLength(5);
  });

  it('counts what was tried before in the same list as depth', () => {
    const fallbacks = { a: ['b', 'c', 'd'], d: ['e'], e: ['f'] };
    expect(chain('a', { fallbacks, rest: { max_fallbacks: 4 } }, OLD_DIALECT)).toEqual(['b', 'c', 'd', 'e']);
  });

  it('is the generic list where there is none, or the default ones where there are any', () => {
    expect(chain('x', { fallbacks: { '*': ['g'] } })).toEqual(['g']);
    expect(chain('x', { fallbacks: { '*': ['g'] }, defaultFallbacks: ['d'] })).toEqual(['d']);
    expect(chain('a', { fallbacks: { '*': ['g'], a: ['b'] } }, OLD_DIALECT)).toEqual(['b', 'g']);
  });

  it('goes on with the first name’s list in 1.109, and with the generic one before', () => {
    expect(chain('a', { fallbacks: { '*': ['g'], a: ['b', 'c'] } })).toEqual(['b', 'c']);
    expect(
      chain('a', { fallbacks: { '*': ['g'], a: ['b'] } }, { ...NEW_DIALECT, fallbackTargetChecked: false }),
    ).toEqual(['b', 'g']);
  });

  it('is found without a provider in front, when that is one LiteLLM knows', () => {
    expect(chain('openai/a', { fallbacks: { a: ['b'] } })).toEqual(['b']);
    expect(chain('acme/a', { fallbacks: { a: ['b'] } })).toEqual([]);
    expect(chain('/a', { fallbacks: { a: ['b'] } })).toEqual([]);
    expect(chain('openai/a', { fallbacks: { 'openai/a': ['x'], a: ['b'] } })).toEqual(['x']);
  });

  it('is found with the provider of a well-known name in newer versions', () => {
    const fallbacks = { 'openai/gpt-4o': ['b'] };
    expect(chain('gpt-4o', { fallbacks })).toEqual(['b']);
    expect(chain('gpt-4o', { fallbacks }, OLD_DIALECT)).toEqual([]);
    expect(chain('nobody-knows', { fallbacks })).toEqual([]);
  });
});

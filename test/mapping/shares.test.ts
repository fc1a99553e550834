import { describe, expect, it } from 'vitest';
import type { Route } from '../../src/mapping/catalog.js';
import type { PlannedRule } from '../../src/mapping/rules.js';
import { differsInShares } from '../../src/mapping/shares.js';

/** `openai:K:3` = provider, key and the weight LiteLLM gives it. */
function route(places: readonly string[]): Route {
  const targets = places.map((place, at) => {
    const [provider = '', key = '', weight = '1'] = place.split(':');
    return { provider, key: key === '' ? null : key, weight: Number(weight), deployment: `d${at}` };
  });
  return { name: 'a', listed: 'a', group: 'global a', members: [], targets };
}

const rule = (targets: PlannedRule['targets'], fallbacks: PlannedRule['fallbacks'] = []): PlannedRule => ({
  name: 'LiteLLM a',
  description: '',
  condition: '',
  targets,
  fallbacks,
  band: 'name',
  specificity: 0,
  deployments: [],
});
const to = (provider: string, weight: number, model = 'a') => ({ provider, model, weight });
const keys = (weights: { readonly [name: string]: number } = {}) =>
  new Map(Object.entries(weights).map(([name, weight]) => [name, { weight }]));

describe('calls are shared out as LiteLLM does', () => {
  it('where the rule says the same, to a hundredth', () => {
    const two = route(['openai:O:3', 'azure:A:1']);
    expect(differsInShares(two, rule([to('openai', 0.75), to('azure', 0.25)]), keys())).toBe(false);
    expect(differsInShares(two, rule([to('openai', 0.74), to('azure', 0.26)]), keys())).toBe(false);
    expect(differsInShares(two, rule([to('openai', 0.7), to('azure', 0.3)]), keys())).toBe(true);
    expect(differsInShares(two, rule([to('openai', 0.8), to('azure', 0.2)]), keys())).toBe(true);
  });

  it('where there is one provider and no rule', () => {
    expect(differsInShares(route(['openai:O:3']), undefined, keys())).toBe(false);
    expect(differsInShares(route(['openai::3']), undefined, keys())).toBe(false);
  });

  it('where the rule leaves the choice, and all are alike', () => {
    const choice = rule([{ provider: null, model: null, weight: 1 }]);
    expect(differsInShares(route(['openai:O:1']), choice, keys())).toBe(false);
    expect(differsInShares(route(['openai:O:1', 'azure:A:1']), choice, keys())).toBe(false);
    expect(differsInShares(route(['openai:O:3', 'azure:A:1']), choice, keys())).toBe(true);
  });
});

describe('what a rule sends where the key may not go', () => {
  const targets = [to('openai', 0.5), to('azure', 0.5)];

  it('goes to the first of its fallbacks that the key has', () => {
    const other = route(['groq:G:1']);
    expect(differsInShares(other, rule(targets, [{ provider: 'groq', model: 'a' }]), keys())).toBe(false);
    expect(differsInShares(other, rule(targets), keys())).toBe(true);
    expect(differsInShares(other, rule(targets, [{ provider: 'groq', model: 'b' }]), keys())).toBe(true);
    const both = [
      { provider: 'mistral', model: 'a' },
      { provider: 'groq', model: 'a' },
    ];
    expect(differsInShares(other, rule(targets, both), keys())).toBe(false);
  });

  it('adds to what arrives there anyhow', () => {
    const one = route(['openai:O:1']);
    expect(differsInShares(one, rule(targets, [{ provider: 'openai', model: 'a' }]), keys())).toBe(false);
    expect(differsInShares(one, rule(targets), keys())).toBe(true);
    expect(differsInShares(one, rule([to('openai', 1, 'other')]), keys())).toBe(true);
  });
});

describe('keys of one provider', () => {
  const two = route(['openai:A:3', 'openai:B:1']);

  it('are drawn by their weights', () => {
    expect(differsInShares(two, undefined, keys({ A: 3, B: 1 }))).toBe(false);
    expect(differsInShares(two, undefined, keys({ A: 1, B: 1 }))).toBe(true);
    expect(differsInShares(two, undefined, keys({ A: 3 }))).toBe(false);
    expect(differsInShares(two, undefined, keys())).toBe(true);
  });

  it('are all alike where nobody is drawn', () => {
    expect(differsInShares(route(['openai:A:0', 'openai:B:0']), undefined, keys({ A: 0, B: 0 }))).toBe(false);
    expect(differsInShares(route(['openai:A:0', 'openai:B:0']), undefined, keys({ A: 2, B: 0 }))).toBe(true);
  });
});

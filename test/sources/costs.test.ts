import { describe, expect, it } from 'vitest';
import type { ServedModel } from '../../src/sources/api-models.js';
import { costIn, isCost } from '../../src/sources/cost-members.js';
import { costsOf } from '../../src/sources/costs.js';

const served = (info: Record<string, unknown>): ServedModel => ({
  id: 'x',
  names: ['x'],
  databaseModel: false,
  params: {},
  info,
  exactNames: true,
});

describe('what the running proxy charges', () => {
  it('is kept beside the price per token, without what says nothing', () => {
    const info = {
      mode: 'chat',
      input_cost_per_token: 1e-6,
      output_cost_per_token: 2e-6,
      cache_read_input_token_cost: 1e-7,
      output_cost_per_image: 0,
      input_cost_per_second: null,
      search_context_cost_per_query: { search_context_size_low: 0.03, search_context_size_high: 0.05 },
      tiered_pricing: [{ range: [0, 1] }],
      max_tokens: 5,
    };
    expect(costsOf({}, {}, served(info))).toEqual({
      inputCost: 1e-6,
      outputCost: 2e-6,
      servedCosts: { cache_read_input_token_cost: 1e-7, search_context_cost_per_query: 0.05, tiered_pricing: null },
    });
  });

  it('is left out where there is nothing, or nobody was asked', () => {
    expect(costsOf({}, {}, served({ input_cost_per_token: 0, output_cost_per_token: 0 }))).toEqual({
      inputCost: null,
      outputCost: null,
      unpriced: true,
    });
    expect(costsOf({}, {}, undefined)).toEqual({ inputCost: null, outputCost: null });
  });
});

describe('a member of a price', () => {
  it('is known by its name', () => {
    const costs = ['input_cost_per_token', 'cost_per_second', 'cache_read_input_token_cost', 'tiered_pricing'];
    expect(costs.filter((name) => !isCost(name))).toEqual([]);
    expect(['costume', 'model', 'max_budget', 'tags'].filter(isCost)).toEqual([]);
  });

  it('is a number of dollars, also as text', () => {
    expect(['0.001', 1e-6, 0, ' 2 '].map(costIn)).toEqual([0.001, 1e-6, 0, 2]);
    expect(['', 'None', -1, NaN, null, [], {}, { a: 'x' }].map(costIn)).toEqual(Array(8).fill(null));
  });
});

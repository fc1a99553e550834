import { describe, expect, it } from 'vitest';
import { hasListPrice, planPrices, shownPrice, type Prices } from '../../src/mapping/prices.js';
import type { Deployment, Params } from '../../src/sources/records.js';
import { catalogOf, deployment, secret, world } from '../factories.js';

const K = secret('k');
const BASE = 'https://h.example/v1';
const COST = { input_cost_per_token: 1e-6, output_cost_per_token: 4e-6 };
const custom = (name: string, upstream: string, params: Params = {}, over: Partial<Deployment> = {}): Deployment =>
  deployment(name, { model: `openai/${upstream}`, api_key: K, api_base: BASE, ...params }, { id: name, ...over });
const prices = (...deployments: readonly Deployment[]): Prices => {
  const w = world({ deployments });
  return planPrices(catalogOf(w), w);
};
const patterns = (found: Prices, id: string): readonly string[] => found.of(id).map(({ pattern }) => pattern);

describe('a deployment that is not there', () => {
  it('has no price, and nothing is known or told of it', () => {
    const found = prices(custom('a', 'up', COST));
    expect([found.of('gone'), found.findings('gone'), found.standing('gone')]).toEqual([[], [], 'unknown']);
  });
});

describe('a deployment whose price nobody knows', () => {
  it('is left to Bifrost’s own list where there is one', () => {
    const found = prices(deployment('std', { model: 'openai/gpt-4o', api_key: K }, { id: 'std' }));
    expect([found.names.size, found.standing('std'), found.findings('std')]).toEqual([0, 'unknown', []]);
  });
});

describe('a provider has prices in Bifrost’s own list', () => {
  it('when it is a standard one that is no server of the operator’s', () => {
    const catalog = catalogOf(
      world({
        deployments: [
          deployment('std', { model: 'openai/gpt-4o', api_key: K }),
          deployment('vllm', { model: 'hosted_vllm/x', api_base: BASE }),
          deployment('ollama', { model: 'ollama/x' }),
          deployment('sgl', { model: 'sglang/x', api_base: BASE }),
          custom('own', 'x'),
        ],
      }),
    );
    const names = [...catalog.providers.keys(), 'nobody'];
    expect(names).toEqual(expect.arrayContaining(['openai', 'vllm', 'ollama', 'sgl']));
    expect(names.filter((name) => hasListPrice(name, catalog))).toEqual(['openai']);
  });
});

describe('what Bifrost takes for a pattern', () => {
  it.each([
    ['255 characters', 'n'.repeat(255), true],
    ['256 characters', 'n'.repeat(256), false],
    ['blanks in front', ' a', false],
    ['nothing', '', false],
  ])('%s: %#', (_, upstream, isTaken) => {
    const found = prices(custom('a', upstream, COST));
    expect(patterns(found, 'a')).toEqual(isTaken ? [upstream, 'a'] : ['a']);
    const told = found.findings('a').map(({ code, severity, field }) => [code, severity, field]);
    expect(told).toEqual(isTaken ? [] : [['price_not_carried', 'loss', 'model_name']]);
  });

  it('is told with the beginning of a name that is too long', () => {
    const [told] = prices(custom('a', 'n'.repeat(300), COST)).findings('a');
    expect(told?.message).toContain(`"${'n'.repeat(80)}"`);
  });

  it('is called by a name that is cut only beyond 255 characters', () => {
    const [short] = prices(custom('a', 'x', COST)).of('a');
    const room = 255 - (short?.name.length ?? 0) + 1;
    const named = (length: number): string => prices(custom('a', 'y'.repeat(length), COST)).of('a')[0]?.name ?? '';
    expect(named(room)).toMatch(/\/y+$/);
    expect(named(room)).toHaveLength(255);
    expect(named(room + 1)).toMatch(/\/y+ [0-9a-f]{16}$/);
    expect(named(room + 1)).toHaveLength(255);
  });
});

describe('a price of several members', () => {
  it('has them in order, whichever deployment says them', () => {
    const one = custom('a', 'up', { output_cost_per_token: 2, input_cost_per_token: 1 });
    const [price] = prices(one, custom('b', 'up', { cache_read_input_token_cost: 1 })).of('a');
    expect(Object.keys(price?.patch ?? {})).toEqual([
      'cache_read_input_token_cost',
      'input_cost_per_token',
      'output_cost_per_token',
    ]);
  });

  it('is told per million tokens, as price lists have it', () => {
    expect(shownPrice({ input_cost_per_token: 1.25e-6, output_cost_per_token: 1e-5 })).toContain(
      'input 1.25, output 10 ',
    );
    expect(shownPrice({ output_cost_per_token: 1 / 3e6 })).toContain('input 0, output 0.333333 ');
    const pair = prices(custom('a', 'up', COST), custom('b', 'up', { input_cost_per_token: 2e-6 }));
    expect(pair.findings('b')[0]?.message).toMatch(/^2 deployments share "up".*\(input 2, output 4 /);
  });
});

describe('a pattern', () => {
  const wild = (over: Partial<Deployment>, params: Params = {}) =>
    deployment('wild/*', { model: 'openai/*', api_key: K, api_base: BASE, ...params }, { id: 'd', ...over });

  it('has no price for all its names that is not its own', () => {
    expect(prices(wild({ inputCost: 1e-6, outputCost: 1e-6 })).names.size).toBe(0);
  });

  it('has none when it is not carried', () => {
    const refused = deployment('wild/*', { model: 'openai/up-*', api_key: K, api_base: BASE, ...COST }, { id: 'd' });
    expect(prices(refused).names.size).toBe(0);
  });
});

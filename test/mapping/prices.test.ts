import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planPrices, type PlannedPrice, type Prices } from '../../src/mapping/prices.js';
import { patchMember, rateOf, spelledOut } from '../../src/mapping/price-fields.js';
import type { Deployment, Params } from '../../src/sources/records.js';
import { catalogOf, deployment, secret, world, type CatalogParts, type WorldParts } from '../factories.js';

const K = secret('k');
const BASE = 'https://h.example/v1';

function prices(deployments: readonly Deployment[], parts: WorldParts & { catalog?: CatalogParts } = {}): Prices {
  const w = world({ ...parts, deployments });
  return planPrices(catalogOf(w, parts.catalog), w);
}

/** On a custom provider, where Bifrost knows no price. */
function custom(name: string, upstream: string, params: Params = {}, over: Partial<Deployment> = {}): Deployment {
  return deployment(name, { model: `openai/${upstream}`, api_key: K, api_base: BASE, ...params }, over);
}

const patterns = (found: readonly PlannedPrice[]): [string, object][] => found.map((p) => [p.pattern, p.patch]);
const only = (found: Prices): readonly PlannedPrice[] => found.of('d');
const COST = { input_cost_per_token: 1e-6, output_cost_per_token: 4e-6 };

describe('a price', () => {
  it('is written for the upstream id and for each name keys list, of the provider', () => {
    const found = prices([custom('a', 'up', COST, { id: 'd' })], { modelGroupAlias: { other: 'a' } });
    expect(patterns(only(found))).toEqual([
      ['up', COST],
      ['a', COST],
      ['other', COST],
    ]);
    const [first] = only(found);
    expect(first).toMatchObject({ match: 'exact', deployments: ['d'] });
    expect(first?.name).toBe(`litellm ${first?.provider ?? ''}/up`);
    expect(found.standing('d')).toBe('priced');
  });

  it('is written once where the name is the upstream id', () => {
    expect(patterns(only(prices([custom('up', 'up', COST, { id: 'd' })])))).toEqual([['up', COST]]);
  });

  it('is the deployment’s own before what the proxy shows, in params before model_info, as text too', () => {
    const over = { id: 'd', inputCost: 9, outputCost: 5e-6, modelInfo: { input_cost_per_token: 7 } };
    const [first] = only(prices([custom('a', 'a', { input_cost_per_token: '0.000002' }, over)]));
    expect(first?.patch).toEqual({ input_cost_per_token: 2e-6, output_cost_per_token: 5e-6 });
  });

  it('takes along what else is charged: the proxy’s list, unless the deployment has prices of its own', () => {
    const served = { servedCosts: { cache_read_input_token_cost: 1e-7, search_context_cost_per_query: 0.035 } };
    const over = { id: 'd', inputCost: 1e-6, ...served };
    expect(only(prices([custom('a', 'a', {}, over)]))[0]?.patch).toEqual({
      input_cost_per_token: 1e-6,
      cache_read_input_token_cost: 1e-7,
      search_context_cost_per_query: 0.035,
    });
    const own = { input_cost_per_token: 3e-6, input_cost_per_token_cache_hit: 2e-6 };
    expect(only(prices([custom('a', 'a', own, over)]))[0]?.patch).toEqual({
      input_cost_per_token: 3e-6,
      cache_read_input_token_cost: 2e-6,
    });
  });

  it('takes the highest of a price per size', () => {
    const sizes = { search_context_size_low: 0.03, search_context_size_high: 0.05 };
    const found = prices([custom('a', 'a', {}, { id: 'd', modelInfo: { search_context_cost_per_query: sizes } })]);
    expect(only(found)[0]?.patch).toEqual({ search_context_cost_per_query: 0.05 });
  });

  it('is not made of a 0 that only the API shows: 1.81.13 shows it for what it does not know', () => {
    const found = prices([custom('a', 'a', {}, { id: 'd', inputCost: 0, outputCost: 0 })]);
    expect(found.names.size).toBe(0);
    expect(found.standing('d')).toBe('unknown');
    expect(found.findings('d')).toEqual([]);
  });

  it('is not planned for deployments that nobody reaches', () => {
    const lost = [
      custom('blocked', 'x', COST, { blocked: true }),
      deployment('gone', { model: 'sagemaker/x', ...COST }),
      deployment('half', { model: 'openai/x', api_key: { $undecryptable: true }, ...COST }),
    ];
    expect(prices(lost).names.size).toBe(0);
  });

  it('is written for keyless servers under the name they answer', () => {
    const keyless = deployment('m', { model: 'lm_studio/m', api_base: BASE, ...COST }, { id: 'd' });
    expect(patterns(only(prices([keyless])))).toEqual([['m', COST]]);
  });

  it('is written under the internal name that a rule leads to', () => {
    const found = prices([custom('azure/chat', 'up', COST, { id: 'd' })]);
    expect(only(found).map((p) => p.pattern)).toEqual(['up', 'litellm:azure/chat']);
  });

  it('has a name of at most 255 characters that still differs', () => {
    const long = 'n'.repeat(250);
    const found = prices([custom(`${long}1`, 'up', COST), custom(`${long}2`, 'up', COST)]);
    expect(found.names.size).toBe(3);
    expect(Math.max(...[...found.names].map((name) => name.length))).toBe(255);
  });

  it('is named as not carried where Bifrost could not hold its pattern', () => {
    const found = prices([custom('a ', 'up', COST, { id: 'd' }), custom('n'.repeat(256), 'up', COST, { id: 'e' })]);
    expect([...found.names].filter((name) => !name.endsWith('/up'))).toEqual([]);
    expect(found.findings('d').map((f) => [f.code, f.severity])).toEqual([['price_not_carried', 'loss']]);
    expect(found.findings('e').map((f) => f.field)).toEqual(['model_name']);
  });
});

describe('deployments that share a pattern', () => {
  const cheap = custom('a', 'up', { input_cost_per_token: 1e-6, output_cost_per_token: 9e-6 }, { id: 'd' });
  const dear = custom('b', 'up', { input_cost_per_token: 2e-6, output_cost_per_token: 4e-6 }, { id: 'e' });

  it('are charged the highest of each, and those that cost less are told', () => {
    const found = prices([cheap, dear]);
    expect(found.of('d').map((p) => [p.pattern, p.patch, p.deployments])).toEqual([
      ['up', { input_cost_per_token: 2e-6, output_cost_per_token: 9e-6 }, ['d', 'e']],
      ['a', { input_cost_per_token: 1e-6, output_cost_per_token: 9e-6 }, ['d']],
    ]);
    expect(found.findings('d').map((f) => [f.code, f.severity])).toEqual([['price_folded', 'change']]);
    expect(found.findings('e').map((f) => f.code)).toEqual(['price_folded']);
    expect(found.findings('d')[0]?.message).toContain('"up"');
  });

  it('share nothing on different providers', () => {
    const elsewhere = custom('b', 'up', { ...COST, api_base: 'https://other.example/v1' }, { id: 'e' });
    const found = prices([cheap, elsewhere]);
    expect([...found.findings('d'), ...found.findings('e')]).toEqual([]);
    expect(found.of('e')[0]?.patch).toEqual(COST);
  });

  it('count what follows from a missing rate: cached tokens at the full price of the other', () => {
    const cached = custom('b', 'up', { ...COST, cache_read_input_token_cost: 1e-8 }, { id: 'e' });
    expect(prices([cheap, cached]).of('e')[0]?.patch).toMatchObject({ cache_read_input_token_cost: 1e-6 });
  });

  it('are all charged although LiteLLM knows no price for one, and the free one too', () => {
    const unknown = custom('b', 'up', {}, { id: 'e' });
    const free = custom('c', 'up', { input_cost_per_token: 0, output_cost_per_token: 0 }, { id: 'f' });
    const found = prices([cheap, unknown, free]);
    expect(found.of('e').map((p) => p.pattern)).toEqual(['up']);
    expect(found.findings('e').map((f) => f.code)).toEqual(['price_folded']);
    expect(found.findings('f').map((f) => f.code)).toEqual(['free_model_not_exempt', 'price_folded']);
    expect(found.findings('d')).toEqual([]);
  });

  it('fold a public name that is another’s upstream id', () => {
    const hiding = custom('up', 'small', { input_cost_per_token: 1e-9, output_cost_per_token: 1e-9 }, { id: 'e' });
    const found = prices([cheap, hiding]);
    expect(Object.fromEntries(found.of('e').map((p) => [p.pattern, p.patch['output_cost_per_token']]))).toEqual({
      small: 1e-9,
      up: 9e-6,
    });
    expect(found.findings('e').map((f) => f.code)).toEqual(['price_folded']);
  });
});

describe('whatever deployments cost', () => {
  const members = Object.keys(spelledOut({ ...COST }));
  const costs = fc.dictionary(fc.constantFrom(...members), fc.integer({ min: 1, max: 9 }), { minKeys: 1, maxKeys: 6 });

  it('no call of any of them is charged less than LiteLLM charges it', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c'), costs), { minLength: 1, maxLength: 5 }),
        (drawn) => {
          const found = prices(drawn.map(([up, params], at) => custom(`n${at}`, up, params, { id: String(at) })));
          for (const [at, [up, params]] of drawn.entries()) {
            const planned = found.of(String(at));
            expect(planned.map((p) => p.pattern)).toEqual(expect.arrayContaining([up, `n${at}`]));
            for (const { patch } of planned)
              for (const member of members)
                expect(rateOf(patch, member) ?? 0).toBeGreaterThanOrEqual(rateOf(params, member) ?? 0);
          }
        },
      ),
    );
  });
});

describe('a free deployment', () => {
  const zero = { input_cost_per_token: 0, output_cost_per_token: 0 };

  it('needs nothing said where Bifrost knows no price', () => {
    const found = prices([custom('a', 'a', zero, { id: 'd' })]);
    expect(found.names.size).toBe(0);
    expect(found.standing('d')).toBe('free');
    expect(found.findings('d').map((f) => f.code)).toEqual(['free_model_not_exempt']);
  });

  it('is 0 in every rate where Bifrost’s own list may say otherwise', () => {
    const [first] = only(prices([deployment('a', { model: 'openai/gpt-4o', api_key: K, ...zero }, { id: 'd' })]));
    expect(first?.patch).toMatchObject({ ...zero, cache_read_input_token_cost: 0, output_cost_per_token_flex: 0 });
    expect(Object.values(first?.patch ?? {}).every((cost) => cost === 0)).toBe(true);
  });

  it('is not free when one of its costs is positive, wherever that is said', () => {
    const over = { id: 'd', outputCost: 2e-6 };
    const found = prices([custom('a', 'a', { input_cost_per_token: 0 }, over)]);
    expect(found.standing('d')).toBe('priced');
    expect(only(found)[0]?.patch).toEqual({ input_cost_per_token: 0, output_cost_per_token: 2e-6 });
  });
});

describe('a price of its own on a standard provider', () => {
  it('says every rate outright, so that no lower one of Bifrost’s list counts', () => {
    const own = { ...COST, cache_read_input_token_cost: 5e-7 };
    const [first] = only(prices([deployment('a', { model: 'openai/gpt-4o', api_key: K, ...own }, { id: 'd' })]));
    expect(first?.patch).toMatchObject({
      input_cost_per_token_flex: 1e-6,
      input_cost_per_token_above_272k_tokens_priority: 1e-6,
      output_cost_per_token_above_200k_tokens: 4e-6,
      cache_read_input_token_cost_above_200k_tokens: 5e-7,
      cache_creation_input_token_cost_above_1hr: 1e-6,
      output_cost_per_audio_token: 4e-6,
    });
  });

  it('leaves the rest to Bifrost when LiteLLM too goes by its list', () => {
    const over = { id: 'd', inputCost: 1e-6, outputCost: 4e-6 };
    const [first] = only(prices([deployment('a', { model: 'openai/gpt-4o', api_key: K }, over)]));
    expect(first?.patch).toEqual(COST);
  });
});

describe('what Bifrost cannot hold', () => {
  it('is named: a loss when the deployment says it, a notice when only the price list does', () => {
    const own = custom('a', 'a', { ...COST, output_cost_per_reasoning_token: 1e-5, tiered_pricing: [{}] }, { id: 'd' });
    const list = custom('b', 'b', {}, { id: 'e', inputCost: 1e-6, servedCosts: { citation_cost_per_token: 1e-6 } });
    const found = prices([own, list]);
    expect(found.findings('d').map((f) => [f.code, f.severity, f.field])).toEqual([
      ['price_not_carried', 'loss', 'output_cost_per_reasoning_token, tiered_pricing'],
    ]);
    expect(found.findings('e').map((f) => [f.code, f.severity, f.field])).toEqual([
      ['price_not_carried', 'notice', 'citation_cost_per_token'],
    ]);
  });

  it('is not an endpoint’s param without a place any more', () => {
    const w = world({ deployments: [custom('a', 'a', { cache_read_input_token_cost: 1e-7 }, { id: 'd' })] });
    const result = catalogOf(w).endpoints.get('d');
    expect(result?.ok && result.endpoint.findings).toEqual([]);
  });

  it('leaves a deployment without a price when there is nothing else', () => {
    const tiers = custom('a', 'a', { tiered_pricing: [{ input_cost_per_token: 1e-6 }] }, { id: 'd' });
    const byTime = custom('b', 'b', { input_cost_per_second: 0.01 }, { id: 'e' });
    const audio = custom(
      'c',
      'c',
      { input_cost_per_second: 0.01 },
      { id: 'f', modelInfo: { mode: 'audio_transcription' } },
    );
    const listed = custom('g', 'g', {}, { id: 'g', servedCosts: { input_cost_per_second: 0.01 } });
    const found = prices([tiers, byTime, audio, listed]);
    expect(['d', 'e', 'f', 'g'].map((id) => found.standing(id))).toEqual([
      'unsayable',
      'unsayable',
      'priced',
      'priced',
    ]);
    expect(found.of('e')).toEqual([]);
    expect(found.findings('e')[0]).toMatchObject({ code: 'price_not_carried', severity: 'loss' });
    expect(found.of('f')[0]?.patch).toEqual({ input_cost_per_second: 0.01 });
  });

  it('is a negative price', () => {
    const found = prices([custom('a', 'a', { input_cost_per_token: -1 }, { id: 'd', inputCost: -1 })]);
    expect(found.names.size).toBe(0);
    expect(found.findings('d')[0]).toMatchObject({ code: 'price_not_carried', field: 'input_cost_per_token' });
  });
});

describe('a wildcard', () => {
  const wild = (params: Params): Deployment =>
    deployment('wild/*', { model: 'openai/*', api_key: K, api_base: BASE, ...params }, { id: 'd' });

  it('has one price for all its names when it has a price of its own', () => {
    const found = prices([wild(COST)]);
    expect(found.of('d')).toMatchObject([{ match: 'wildcard', pattern: '*', provider: 'wild', patch: COST }]);
    expect([...found.names]).toEqual(['litellm wild/*']);
  });

  it('has none otherwise: LiteLLM charges each name by a list it does not show', () => {
    const found = prices([wild({})]);
    expect(found.names.size).toBe(0);
    expect(found.standing('d')).toBe('unsayable');
  });
});

describe('rates', () => {
  it('fall back as both gateways do', () => {
    const costs = { input_cost_per_token: 1, input_cost_per_token_above_128k_tokens: 2 };
    expect(rateOf(costs, 'input_cost_per_token_above_272k_tokens_priority')).toBe(2);
    expect(rateOf(costs, 'cache_creation_input_token_cost_above_1hr_above_200k_tokens')).toBe(1);
    expect(rateOf(costs, 'output_cost_per_token')).toBeNull();
    expect(rateOf(costs, 'output_cost_per_image')).toBeNull();
  });

  it('say only what follows, in members Bifrost takes', () => {
    const said = spelledOut({ output_cost_per_token: 3 });
    expect(said).toMatchObject({ output_cost_per_token_priority: 3, output_cost_per_image_token: 3 });
    expect(Object.keys(said).some((name) => name.startsWith('input'))).toBe(false);
    expect(Object.keys(spelledOut(COST)).filter((name) => patchMember(name) !== name)).toEqual([]);
  });
});

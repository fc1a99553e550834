import { describe, expect, it } from 'vitest';
import { ratesOf, type Rates } from '../../src/mapping/rates.js';
import type { Deployment, Params } from '../../src/sources/records.js';
import { deployment } from '../factories.js';

const rates = (params: Params, over: Partial<Deployment> = {}, isWildcard = false): Rates =>
  ratesOf(deployment('a', { model: 'openai/a', ...params }, over), isWildcard);
const told = ({ findings }: Rates): unknown[] => findings.map(({ severity, code, field }) => [severity, code, field]);
const LEFT = 'price_not_carried';

describe('what the deployment says itself', () => {
  it.each([null, '', 'None'])('is nothing where it says %j', (nothing) => {
    const over = { modelInfo: { output_cost_per_token: nothing } };
    expect(rates({ input_cost_per_token: nothing }, over)).toEqual({
      standing: 'unknown',
      costs: {},
      own: false,
      findings: [],
    });
  });

  it('is nothing where a member is not set at all', () => {
    expect(rates({}, { modelInfo: { input_cost_per_token: undefined } as never })).toMatchObject({
      findings: [],
      own: false,
    });
  });

  it('is one cost by LiteLLM’s plain name before the same by another, in any order', () => {
    const plain = { cache_read_input_token_cost: 1 };
    const other = { input_cost_per_token_cache_hit: 2 };
    expect(rates({ ...plain, ...other }).costs).toEqual(plain);
    expect(rates({ ...other, ...plain }).costs).toEqual(plain);
    expect(rates(other).costs).toEqual({ cache_read_input_token_cost: 2 });
  });

  it('is free with a 0 for either side, and no longer with a cost beside it', () => {
    const free = [['change', 'free_model_not_exempt', 'input_cost_per_token']];
    for (const side of ['input', 'output']) {
      const found = rates({ [`${side}_cost_per_token`]: 0 });
      expect(found).toMatchObject({ standing: 'free', own: true, costs: { [`${side}_cost_per_token`]: 0 } });
      expect(told(found)).toEqual(free);
    }
    expect(rates({ input_cost_per_token: 0, input_cost_per_image: 1 }).standing).toBe('priced');
    expect(rates({ input_cost_per_image: 0 }).standing).toBe('unknown');
    expect(rates({ input_cost_per_token: 0, tiered_pricing: [] }).standing).toBe('unsayable');
  });

  it('leaves the price list out of it, all of it', () => {
    const over = { servedCosts: { cache_read_input_token_cost: 5, citation_cost_per_token: 5 } };
    expect(rates({ input_cost_per_token: 1 }, over)).toEqual({
      standing: 'priced',
      costs: { input_cost_per_token: 1 },
      own: true,
      findings: [],
    });
  });
});

describe('what the running proxy shows', () => {
  it('counts above 0, each side for itself', () => {
    const shown = (inputCost: number | null, outputCost: number | null): unknown => {
      const { costs, standing, own } = rates({}, { inputCost, outputCost });
      return [costs, standing, own];
    };
    expect(shown(1, 2)).toEqual([{ input_cost_per_token: 1, output_cost_per_token: 2 }, 'priced', false]);
    expect(shown(1, null)).toEqual([{ input_cost_per_token: 1 }, 'priced', false]);
    expect(shown(0, 2)).toEqual([{ output_cost_per_token: 2 }, 'priced', false]);
    expect(shown(0, 0)).toEqual([{}, 'unknown', false]);
    expect(shown(null, null)).toEqual([{}, 'unknown', false]);
    expect(rates({}, { inputCost: 0, outputCost: 0 }, true)).toMatchObject({ costs: {}, standing: 'unsayable' });
  });

  it('is a price that Bifrost cannot hold where nothing else is known', () => {
    const found = rates({}, { servedCosts: { tiered_pricing: null, citation_cost_per_token: 1 } });
    expect(found).toMatchObject({ standing: 'unsayable', costs: {}, own: false });
    expect(told(found)).toEqual([['notice', LEFT, 'citation_cost_per_token, tiered_pricing']]);
  });
});

describe('what Bifrost has no counterpart for', () => {
  it('is named in order, the deployment’s own as a loss', () => {
    const found = rates({ tiered_pricing: [], input_cost_per_token: 1, citation_cost_per_token: 1 });
    expect(found.standing).toBe('priced');
    expect(told(found)).toEqual([['loss', LEFT, 'citation_cost_per_token, tiered_pricing']]);
    expect(found.findings[0]?.message).toContain('citation_cost_per_token, tiered_pricing');
  });
});

describe('a price by time', () => {
  const byTime = { output_cost_per_second: 1, input_cost_per_second: 1 };

  it.each([
    ['no mode', undefined],
    ['chat', 'chat'],
    ['a mode that only ends so', 'chat_audio'],
    ['a list of modes', ['audio_transcription']],
  ])('cannot be held for %s: LiteLLM charges any call by its duration', (_, mode) => {
    const modelInfo = mode === undefined ? {} : { mode };
    const found = rates(byTime, { modelInfo });
    expect(found.standing).toBe('unsayable');
    expect(told(found)).toEqual([['loss', LEFT, 'input_cost_per_second, output_cost_per_second']]);
  });

  it.each(['audio_transcription', 'video_generation'])('can be held for %s', (mode) => {
    expect(rates(byTime, { modelInfo: { mode } })).toEqual({
      standing: 'priced',
      costs: byTime,
      own: true,
      findings: [],
    });
  });

  it('does not matter beside another price, nor where only the price list has it', () => {
    expect(rates({ ...byTime, input_cost_per_token: 1 })).toMatchObject({ standing: 'priced', findings: [] });
    expect(rates({}, { servedCosts: byTime })).toMatchObject({ standing: 'priced', costs: byTime, findings: [] });
  });

  it('of 0 is none: what is left decides, and only what is by time is named so', () => {
    expect(rates({ input_cost_per_second: 0 })).toMatchObject({ standing: 'unknown', findings: [] });
    const tiers = rates({ tiered_pricing: [], input_cost_per_image: 0 });
    expect(tiers.standing).toBe('unsayable');
    expect(told(tiers)).toEqual([['loss', LEFT, 'tiered_pricing']]);
  });
});

import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/json.js';
import { planModelLimits, type ModelLimitPlan } from '../../src/mapping/model-limits.js';
import { NO_LIMITS, team, virtualKey } from '../factories.js';

type Parts = {
  readonly key?: JsonObject;
  readonly linked?: JsonObject;
  readonly of?: JsonObject;
  readonly team?: JsonObject;
};

/** `key`, `linked`: model_max_budget of the key and of its row of budgets; `of`, `team`: metadata of the key and its team. */
function plan({ key = {}, linked, of = {}, team: ofTeam }: Parts): ModelLimitPlan {
  return planModelLimits(
    virtualKey('k', { limits: { ...NO_LIMITS, modelMaxBudget: key }, metadata: of }),
    linked === undefined ? null : { ...NO_LIMITS, modelMaxBudget: linked },
    ofTeam === undefined ? null : team('t', { metadata: ofTeam }),
    '10Y',
  );
}
const told = ({ findings }: ModelLimitPlan): unknown[] =>
  findings.map(({ severity, code, field }) => [severity, code, field]);
const tokens = (n: number) => ({ token_max_limit: n, token_reset_duration: '1m' });
const requests = (n: number) => ({ request_max_limit: n, request_reset_duration: '1m' });
const NOTHING = { limits: [], findings: [], refused: [] };

describe('limits of a key for models (V10)', () => {
  it('are none where nothing is said', () => {
    expect(plan({})).toEqual(NOTHING);
    expect(plan({ linked: {}, team: {} })).toEqual(NOTHING);
  });

  it('are a budget and rates for each model, by name, and no member is empty', () => {
    const found = plan({
      key: { z: { budget_limit: 3, time_period: '7d' }, b: { max_budget: 2, budget_duration: '1d' } },
      of: { model_rpm_limit: { b: 5, a: 4 }, model_tpm_limit: { b: 900.9, c: 0.5 } },
    });
    expect(found).toEqual({
      ...NOTHING,
      limits: [
        { model: 'a', body: { rate_limit: requests(4) } },
        {
          model: 'b',
          body: { budgets: [{ max_limit: 2, reset_duration: '1d' }], rate_limit: { ...tokens(900), ...requests(5) } },
        },
        { model: 'c', body: { rate_limit: tokens(1) } },
        { model: 'z', body: { budgets: [{ max_limit: 3, reset_duration: '7d' }] } },
      ],
    });
  });

  it.each<[string, JsonObject, number | null]>([
    ['a number', { m: 7 }, 7],
    ['0', { m: 0 }, null],
    ['less than 0', { m: -1 }, null],
    ['a text', { m: 'much' }, null],
    ['nothing', { m: null }, null],
    ['a list', { m: [5] }, null],
    ['an entry of 0', { m: { max_budget: 0 } }, null],
    ['an entry without a budget', { m: {} }, null],
    ['an entry of text', { m: { budget_limit: '2.5' } }, 2.5],
    ['both names: the newer one', { m: { budget_limit: 2, max_budget: 9 } }, 2],
  ])('read %s as LiteLLM does', (_, key, max) => {
    const limits = max === null ? [] : [{ model: 'm', body: { budgets: [{ max_limit: max, reset_duration: '10Y' }] } }];
    expect(plan({ key }).limits).toEqual(limits);
  });

  it('without a duration have the longest one, which is said', () => {
    const never = [['change', 'budget_never_resets', 'model_max_budget.m']];
    for (const key of [{ m: 7 }, { m: { max_budget: 7 } }, { m: { max_budget: 7, time_period: 5 } }]) {
      const found = plan({ key });
      expect(found.limits).toEqual([{ model: 'm', body: { budgets: [{ max_limit: 7, reset_duration: '10Y' }] } }]);
      expect(told(found)).toEqual(never);
    }
    const both = plan({ key: { m: { max_budget: 7, time_period: 'daily', budget_duration: '9d' } } });
    expect(both.limits).toMatchObject([{ body: { budgets: [{ reset_duration: '1d' }] } }]);
    expect(told(both)).toEqual([['change', 'duration_read_as_daily', 'model_max_budget.m']]);
  });

  it('name a budget whose duration nobody can read, and keep the rates', () => {
    const key = { m: { max_budget: 7, time_period: 'soon' }, n: { max_budget: 7, time_period: 'later' } };
    const found = plan({ key, of: { model_rpm_limit: { m: 2 } } });
    expect(found.limits).toEqual([{ model: 'm', body: { rate_limit: requests(2) } }]);
    expect(told(found)).toEqual([
      ['loss', 'limit_unreadable', 'model_max_budget'],
      ['loss', 'limit_unreadable', 'model_max_budget'],
    ]);
  });

  it.each<[string, JsonObject]>([
    ['rates', { model_rpm_limit: { m: 0 } }],
    ['token rates', { model_tpm_limit: { m: 0 } }],
    ['rates of less than 0', { model_rpm_limit: { m: -1 } }],
    ['token rates of less than 0', { model_tpm_limit: { m: -1 } }],
  ])('of 0 refuse the model: %s', (_, of) => {
    expect(plan({ of, key: { m: { max_budget: 5, time_period: '1d' } } })).toEqual({ ...NOTHING, refused: ['m'] });
  });

  it('of 1 refuse nothing', () => {
    const found = plan({ of: { model_rpm_limit: { m: 1 }, model_tpm_limit: { m: 1 } } });
    expect(found).toEqual({
      ...NOTHING,
      limits: [{ model: 'm', body: { rate_limit: { ...tokens(1), ...requests(1) } } }],
    });
  });

  it('take numbers, as text too, and nothing else', () => {
    const model_rpm_limit = { a: '4', b: '', c: ' ', d: 'x', e: null, f: [3], g: true, h: { rpm: 3 }, i: '1e999' };
    expect(plan({ of: { model_rpm_limit } })).toEqual({
      ...NOTHING,
      limits: [{ model: 'a', body: { rate_limit: requests(4) } }],
    });
    for (const table of [5, 'x', null, [['a', 3]]]) expect(plan({ of: { model_rpm_limit: table } })).toEqual(NOTHING);
  });
});

describe('which table counts', () => {
  const names = (parts: Parts): readonly string[] => plan(parts).limits.map(({ model }) => model);

  it('is the key’s own budgets, else those of its row', () => {
    const budget = { max_budget: 1, time_period: '1d' };
    expect(names({ key: { own: budget }, linked: { row: budget } })).toEqual(['own']);
    expect(names({ linked: { row: budget } })).toEqual(['row']);
    expect(names({ key: { own: 0 }, linked: { row: budget } })).toEqual([]);
  });

  it('is one for each rate, whole: the key’s, else that of its budgets, else the team’s', () => {
    const of = { model_rpm_limit: { own: 1 } };
    const key = { budget: { rpm_limit: 2, tpm_limit: '30' }, plain: 7 };
    const ofTeam = { model_rpm_limit: { team: 3 }, model_tpm_limit: { team: 40 } };
    expect(plan({ of, key, team: ofTeam }).limits).toEqual([
      { model: 'budget', body: { rate_limit: tokens(30) } },
      { model: 'own', body: { rate_limit: requests(1) } },
      { model: 'plain', body: { budgets: [{ max_limit: 7, reset_duration: '10Y' }] } },
    ]);
    expect(plan({ key, team: ofTeam }).limits[0]).toEqual({
      model: 'budget',
      body: { rate_limit: { ...tokens(30), ...requests(2) } },
    });
    expect(plan({ of, team: ofTeam }).limits).toEqual([
      { model: 'own', body: { rate_limit: requests(1) } },
      { model: 'team', body: { rate_limit: tokens(40) } },
    ]);
    expect(names({ linked: { row: { rpm_limit: 2 } }, team: ofTeam })).toEqual(['row', 'team']);
  });

  it('is not one without a number in it', () => {
    expect(names({ of: { model_rpm_limit: { own: null } }, team: { model_rpm_limit: { team: 3 } } })).toEqual(['team']);
  });
});

import { describe, expect, it } from 'vitest';
import { planLimits, resetDuration, TINY_BUDGET, type LimitPlan, type LimitRules } from '../../src/mapping/limits.js';
import type { Limits } from '../../src/sources/records.js';
import { NO_LIMITS } from '../factories.js';

const RULES: LimitRules = { maxBudgetPeriod: '10Y', member: 'budget', zeroBudget: 'report' };
const plan = (over: Partial<Limits>, rules: Partial<LimitRules> = {}): LimitPlan =>
  planLimits({ ...NO_LIMITS, ...over }, { ...RULES, ...rules });
const told = ({ findings }: Pick<LimitPlan, 'findings'>): unknown[] =>
  findings.map(({ severity, code, field }) => [severity, code, field]);

describe('a duration', () => {
  it.each([null, '', ' '])('%j never resets in LiteLLM: the longest period, which is said', (text) => {
    const found = resetDuration(text, '3Y', 'row.budget_duration');
    if (!found.ok) throw new Error(found.message);
    expect(found.duration).toBe('3Y');
    expect(told(found)).toEqual([['change', 'budget_never_resets', 'row.budget_duration']]);
  });

  it.each([
    ['12h', '12h'],
    ['10mo', '10M'],
    ['007d', '7d'],
    ['weekly', '1w'],
    ['monthly', '1M'],
  ])('%s is carried as it is: %s, and nothing is said', (text, duration) => {
    expect(resetDuration(text, '10Y')).toEqual({ ok: true, duration, findings: [] });
  });

  it.each([
    'Daily',
    '12',
    '1 day',
    '2days',
    '1hrs',
    '1 hour',
    '3min',
    '3mins',
    '4 minute',
    '1 week',
    '2weeks',
    '1 month',
    '1 year',
    '1Y',
  ])('%s resets daily, and that is said of its field', (text) => {
    const found = resetDuration(text, '10Y', 'f');
    expect(found).toMatchObject({ ok: true, duration: '1d' });
    expect(found.ok && told(found)).toEqual([['change', 'duration_read_as_daily', 'f']]);
  });

  it.each(['0s', '00d', 'xdaily', 'dailyx', 'x1 day', '1 dayx', '1x', 'd1', '1ds', 'weekly2', '12.5', 'a1d', '1da'])(
    '%s is refused',
    (text) => {
      expect(resetDuration(text, '10Y').ok).toBe(false);
    },
  );
});

describe('limits of an owner', () => {
  it('are none where LiteLLM has none', () => {
    expect(plan({})).toEqual({ body: {}, findings: [], zero: [], error: null });
  });

  it('are a budget with its duration, once or in a list besides', () => {
    const budget = { max_limit: 5, reset_duration: '7d' };
    const limits = { maxBudget: 5, budgetDuration: '7d' };
    expect(plan(limits)).toEqual({ body: { budget }, findings: [], zero: [], error: null });
    expect(plan(limits, { member: 'both' }).body).toEqual({ budget, budgets: [budget] });
    expect(plan({}, { member: 'both' }).body).toEqual({});
  });

  it('say what becomes of a duration, of a budget that is there only', () => {
    expect(told(plan({ maxBudget: 5 }))).toEqual([['change', 'budget_never_resets', 'budget_duration']]);
    expect(told(plan({ maxBudget: 5, budgetDuration: 'daily' }))).toEqual([
      ['change', 'duration_read_as_daily', 'budget_duration'],
    ]);
    expect(plan({ budgetDuration: 'daily' })).toEqual({ body: {}, findings: [], zero: [], error: null });
  });

  it('fail with a duration that nobody can read, and carry no budget then', () => {
    const found = plan({ maxBudget: 5, budgetDuration: 'soon', rpmLimit: 1 }, { zeroBudget: 'tiny' });
    expect(found.error).toContain('budget_duration "soon"');
    expect(found.body).toEqual({ rate_limit: { request_max_limit: 1, request_reset_duration: '1m' } });
    expect(found.findings).toEqual([]);
    expect(plan({ budgetDuration: 'soon' }).error).toBeNull();
  });

  it('are whole numbers per minute, each rate for itself', () => {
    const tokens = { token_max_limit: 900, token_reset_duration: '1m' };
    const requests = { request_max_limit: 3, request_reset_duration: '1m' };
    expect(plan({ tpmLimit: 900 }).body).toEqual({ rate_limit: tokens });
    expect(plan({ rpmLimit: 3.9 }).body).toEqual({ rate_limit: requests });
    expect(plan({ tpmLimit: 900, rpmLimit: 3 }).body).toEqual({ rate_limit: { ...tokens, ...requests } });
    expect(plan({ rpmLimit: 0.5 }).body).toEqual({ rate_limit: { ...requests, request_max_limit: 1 } });
  });

  it('name what Bifrost has not: parallel requests, budgets that only warn', () => {
    const found = plan({ maxParallelRequests: 4, softBudget: 2 });
    expect(told(found)).toEqual([
      ['loss', 'parallel_limit_not_carried', 'max_parallel_requests'],
      ['notice', 'soft_budget_not_carried', 'soft_budget'],
    ]);
    expect(found).toMatchObject({ body: {}, zero: [], error: null });
  });
});

describe('a limit of 0 or less', () => {
  it('is reported, and nothing is written for it', () => {
    const none = { maxBudget: 0, tpmLimit: 0, rpmLimit: 0, maxParallelRequests: 0 };
    const zero = ['max_budget', 'tpm_limit', 'rpm_limit', 'max_parallel_requests'];
    expect(plan(none)).toEqual({ body: {}, findings: [], zero, error: null });
    const less = { maxBudget: -1, tpmLimit: -1, rpmLimit: -1, maxParallelRequests: -1 };
    expect(plan(less, { zeroBudget: 'tiny' })).toEqual({ body: {}, findings: [], zero, error: null });
  });

  it('is a budget that the first cost fills, where LiteLLM lets calls pass until then', () => {
    const found = plan({ maxBudget: 0, budgetDuration: '1d' }, { zeroBudget: 'tiny' });
    expect(found.body).toEqual({ budget: { max_limit: TINY_BUDGET, reset_duration: '1d' } });
    expect(told(found)).toEqual([['change', 'zero_budget_tiny', 'max_budget']]);
    expect(found.zero).toEqual([]);
    expect(told(plan({ maxBudget: 0 }, { zeroBudget: 'tiny' }))).toEqual([
      ['change', 'budget_never_resets', 'budget_duration'],
      ['change', 'zero_budget_tiny', 'max_budget'],
    ]);
    expect(told(plan({ maxBudget: 1, budgetDuration: '1d' }, { zeroBudget: 'tiny' }))).toEqual([]);
  });

  it.each([0, -1])('is no budget at all where this version reads it so: %d', (maxBudget) => {
    const found = plan({ maxBudget, budgetDuration: '1d' }, { zeroBudget: 'unlimited' });
    expect(told(found)).toEqual([['notice', 'zero_budget_is_no_limit', 'max_budget']]);
    expect(found).toMatchObject({ body: {}, zero: [], error: null });
  });
});

import { describe, expect, it } from 'vitest';
import { planKeyLimits, type KeyLimitPlan, type KeyLimitSources } from '../../src/mapping/key-limits.js';
import { TINY_BUDGET } from '../../src/mapping/limits.js';
import type { Limits, Project, VirtualKey } from '../../src/sources/records.js';
import { NO_LIMITS, user, virtualKey } from '../factories.js';

const limits = (over: Partial<Limits>): Limits => ({ ...NO_LIMITS, ...over });
const key = (over: Partial<Limits>, more: Partial<VirtualKey> = {}): VirtualKey =>
  virtualKey('k', { limits: limits(over), ...more });
const project = (over: Partial<Limits>): Project => ({ limits: limits(over) }) as Project;

function plan(sources: Partial<KeyLimitSources>, blocks = true): KeyLimitPlan {
  const none = { key: key({}), linked: null, user: null, member: null, project: null };
  return planKeyLimits({ ...none, ...sources }, '10Y', blocks);
}
const told = ({ findings }: KeyLimitPlan): unknown[] =>
  findings.map(({ severity, code, field }) => [severity, code, field]);
const NOTHING = { budgets: [], rateLimit: null, findings: [], zero: [], error: null };

describe('the budgets of a key', () => {
  it('are none where nobody has one', () => {
    const nobody = { linked: NO_LIMITS, user: user('u'), member: NO_LIMITS, project: project({}) };
    expect(plan({ ...nobody })).toEqual(NOTHING);
  });

  it('are its own, as they are', () => {
    const own = plan({ key: key({ maxBudget: 5, budgetDuration: '7d' }) });
    expect(own).toEqual({ ...NOTHING, budgets: [{ max_limit: 5, reset_duration: '7d' }] });
  });

  it('are those of its user, membership and project, too: one for each window, the lowest, in order', () => {
    const found = plan({
      key: key({ maxBudget: 9, budgetDuration: '7d' }),
      user: user('u', { limits: limits({ maxBudget: 4, budgetDuration: '1d' }) }),
      member: limits({ maxBudget: 3, budgetDuration: '7d' }),
      project: project({ maxBudget: 12, budgetDuration: '7d' }),
    });
    expect(found.budgets).toEqual([
      { max_limit: 4, reset_duration: '1d' },
      { max_limit: 3, reset_duration: '7d' },
    ]);
    expect(told(found)).toEqual([
      ['change', 'user_budget_per_key', 'user.max_budget'],
      ['change', 'member_budget_per_key', 'member.max_budget'],
      ['change', 'project_budget_per_key', 'project.max_budget'],
    ]);
    expect(found).toMatchObject({ zero: [], error: null, rateLimit: null });
  });

  it('say whose duration becomes what', () => {
    const found = plan({
      key: key({ maxBudget: 9 }),
      member: limits({ maxBudget: 3, budgetDuration: 'daily' }),
      project: project({ maxBudget: 2 }),
    });
    expect(told(found)).toEqual([
      ['change', 'budget_never_resets', 'budget_duration'],
      ['change', 'duration_read_as_daily', 'member.budget_duration'],
      ['change', 'member_budget_per_key', 'member.max_budget'],
      ['change', 'budget_never_resets', 'project.budget_duration'],
      ['change', 'project_budget_per_key', 'project.max_budget'],
    ]);
    expect(found.budgets).toEqual([
      { max_limit: 2, reset_duration: '10Y' },
      { max_limit: 3, reset_duration: '1d' },
    ]);
  });

  it('of a user count on personal keys only, his rates on every key', () => {
    const owner = user('u', { limits: limits({ maxBudget: 4, budgetDuration: '1d', rpmLimit: 6 }) });
    const rateLimit = { request_max_limit: 6, request_reset_duration: '1m' };
    const personal = plan({ key: key({}), user: owner });
    expect(personal).toMatchObject({ budgets: [{ max_limit: 4, reset_duration: '1d' }], rateLimit });
    expect(plan({ key: key({}, { teamId: 't' }), user: owner })).toEqual({ ...NOTHING, rateLimit });
  });

  it('fail with the first duration that nobody can read, and carry the others', () => {
    const found = plan({
      key: key({ maxBudget: 9, budgetDuration: 'soon' }),
      member: limits({ maxBudget: 3, budgetDuration: 'later' }),
      project: project({ maxBudget: 2, budgetDuration: '1d' }),
    });
    expect(found.error).toContain('"soon"');
    expect(found.error).not.toContain('later');
    expect(plan({ member: limits({ maxBudget: 3, budgetDuration: 'later' }) }).error).toContain(
      'member.budget_duration',
    );
    expect(found.budgets).toEqual([{ max_limit: 2, reset_duration: '1d' }]);
    expect(told(found)).toEqual([['change', 'project_budget_per_key', 'project.max_budget']]);
  });
});

describe('a budget of 0 or less', () => {
  it.each([
    ['key', { key: key({ maxBudget: 0 }) }, 'max_budget'],
    ['member', { member: limits({ maxBudget: 0 }) }, 'member.max_budget'],
    ['project', { project: project({ maxBudget: 0 }) }, 'project.max_budget'],
    ['user', { user: user('u', { limits: limits({ maxBudget: -1 }) }) }, 'user.max_budget'],
  ])('of the %s blocks at once', (_, sources, field) => {
    expect(plan(sources, false)).toEqual({ ...NOTHING, zero: [field] });
    expect(plan(sources, true)).toEqual({ ...NOTHING, zero: [field] });
  });

  it('of a user is one that the first cost fills where LiteLLM lets calls pass until then, which is said', () => {
    const owner = user('u', { limits: limits({ maxBudget: 0, budgetDuration: '1d' }) });
    expect(plan({ user: owner }, true)).toEqual({ ...NOTHING, zero: ['user.max_budget'] });
    const found = plan({ key: key({ maxBudget: 5, budgetDuration: '1d' }), user: owner }, false);
    expect(found.budgets).toEqual([
      { max_limit: TINY_BUDGET, reset_duration: '10Y' },
      { max_limit: 5, reset_duration: '1d' },
    ]);
    expect(told(found)).toEqual([['change', 'zero_budget_tiny', 'user.max_budget']]);
    expect(found.zero).toEqual([]);
    const never = plan({ key: key({ maxBudget: 5 }), user: owner, project: project({ maxBudget: 1 }) }, false);
    expect(never.budgets).toEqual([{ max_limit: TINY_BUDGET, reset_duration: '10Y' }]);
  });
});

describe('rates of a key', () => {
  it('are the lowest of all, whole and at least 1, each for itself', () => {
    const found = plan({
      key: key({ tpmLimit: 900, rpmLimit: 7 }),
      user: user('u', { limits: limits({ tpmLimit: 300.7 }) }),
      member: limits({ rpmLimit: 9 }),
      project: project({ tpmLimit: 400 }),
    });
    expect(found).toEqual({
      ...NOTHING,
      rateLimit: {
        token_max_limit: 300,
        token_reset_duration: '1m',
        request_max_limit: 7,
        request_reset_duration: '1m',
      },
    });
    const tokens = { token_max_limit: 1, token_reset_duration: '1m' };
    expect(plan({ key: key({ tpmLimit: 0.5 }) }).rateLimit).toEqual(tokens);
    expect(plan({ key: key({ rpmLimit: 2 }) }).rateLimit).toEqual({
      request_max_limit: 2,
      request_reset_duration: '1m',
    });
  });

  it('of 0 or less block, whosever they are, and the others still count', () => {
    const found = plan({
      key: key({ tpmLimit: 0, rpmLimit: 3 }),
      member: limits({ rpmLimit: -1, tpmLimit: 5 }),
      project: project({ rpmLimit: 0 }),
    });
    expect(found.zero).toEqual(['tpm_limit', 'member.rpm_limit', 'project.rpm_limit']);
    expect(found.rateLimit).toMatchObject({ token_max_limit: 5, request_max_limit: 3 });
  });
});

describe('other limits of a key', () => {
  it('are named where Bifrost has none, of the key alone', () => {
    const both = { maxParallelRequests: 4, softBudget: 2 };
    expect(told(plan({ key: key(both) }))).toEqual([
      ['loss', 'parallel_limit_not_carried', 'max_parallel_requests'],
      ['notice', 'soft_budget_not_carried', 'soft_budget'],
    ]);
    expect(plan({ user: user('u', { limits: limits(both) }), member: limits(both), project: project(both) })).toEqual(
      NOTHING,
    );
  });

  it.each([0, -1])('block when no request may be in flight: %d', (maxParallelRequests) => {
    expect(plan({ key: key({ maxParallelRequests }) })).toEqual({ ...NOTHING, zero: ['max_parallel_requests'] });
    expect(plan({ member: limits({ maxParallelRequests }) })).toEqual(NOTHING);
  });
});

describe('the row of budgets that a key is linked to', () => {
  const linked = limits({
    maxBudget: 5,
    budgetDuration: '1d',
    tpmLimit: 100,
    rpmLimit: 10,
    softBudget: 3,
    maxParallelRequests: 2,
  });

  it('fills what the key has not, never its duration nor its parallel requests', () => {
    const found = plan({ linked });
    expect(found.budgets).toEqual([{ max_limit: 5, reset_duration: '10Y' }]);
    expect(found.rateLimit).toMatchObject({ token_max_limit: 100, request_max_limit: 10 });
    expect(told(found)).toEqual([
      ['change', 'budget_never_resets', 'budget_duration'],
      ['notice', 'soft_budget_not_carried', 'soft_budget'],
    ]);
  });

  it('gives way to what the key has, also where that is 0 or more than the row', () => {
    const own = plan({
      key: key({ maxBudget: 9, budgetDuration: '7d', tpmLimit: 0, rpmLimit: 20, softBudget: 1 }),
      linked,
    });
    expect(own.budgets).toEqual([{ max_limit: 9, reset_duration: '7d' }]);
    expect(own.zero).toEqual(['tpm_limit']);
    expect(own.rateLimit).toEqual({ request_max_limit: 20, request_reset_duration: '1m' });
    expect(plan({ key: key({ maxBudget: 0 }), linked }).zero).toEqual(['max_budget']);
  });
});

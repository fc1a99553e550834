import { describe, expect, test } from 'vitest';
import { deploymentsOf, hasLimits, limitIsZero, scopeOf, wireModel } from '../live/litellm-facts.js';
import { facts, key, NO_LIMITS } from './factories.js';

const row = (publicName: string, over = {}) => ({
  publicName,
  modelName: publicName,
  teamId: null,
  model: `openai/${publicName}`,
  accessGroups: [],
  ...over,
});
const zero = { ...NO_LIMITS, maxBudget: 0 };

describe('what a name means to a key', () => {
  const world = facts({
    deployments: [
      row('a'),
      row('a', { model: 'openai/a2' }),
      row('a', { teamId: 't', modelName: 'internal', model: 'openai/shadow' }),
      row('w/*'),
      row('w/long*'),
    ],
    groupAliases: { alias: 'a' },
    teamAliases: new Map([['t', { ta: 'a' }]]),
  });

  test('a team shadow and a team alias are the team’s, a key alias is the key’s, all else is everybody’s', () => {
    expect(scopeOf(world, key({ teamId: 't' }), 'a')).toBe('team t');
    expect(scopeOf(world, key({ teamId: 't' }), 'ta')).toBe('team t');
    expect(scopeOf(world, key({ teamId: 'other' }), 'a')).toBe('global');
    expect(scopeOf(world, key({ token: 'k', aliases: { a: 'b' } }), 'a')).toBe('key k');
  });

  test('an access group opens only the deployments that carry it: its keys have a meaning of their own', () => {
    const rows = facts({
      deployments: [row('g', { accessGroups: ['red'] }), row('g'), row('h', { accessGroups: ['red'] })],
      teamModels: new Map([['t', ['red']]]),
    });
    expect(scopeOf(rows, key({ models: ['red'] }), 'g')).toBe('groups red');
    expect(scopeOf(rows, key({ teamId: 't' }), 'g')).toBe('groups red');
    expect(scopeOf(rows, key({ models: ['red', 'g'] }), 'g')).toBe('global');
    expect(scopeOf(rows, key({ models: ['red', '*'] }), 'g')).toBe('global');
    expect(scopeOf({ ...rows, version: '1.81.13' }, key({ models: ['red'] }), 'g')).toBe('global');
    expect(scopeOf(rows, key({ models: ['g'] }), 'g')).toBe('global');
    expect(scopeOf(rows, key({ models: ['red'] }), 'h')).toBe('global');
  });

  test('deployments are found through aliases, shadows and the longest wildcard', () => {
    const models = (of: ReturnType<typeof key>, name: string) =>
      deploymentsOf(world, of, name).map(({ model }) => model);
    expect(models(key(), 'a')).toEqual(['openai/a', 'openai/a2']);
    expect(models(key(), 'alias')).toEqual(['openai/a', 'openai/a2']);
    expect(models(key({ teamId: 't' }), 'ta')).toEqual(['openai/shadow']);
    expect(models(key({ aliases: { mine: 'a' } }), 'mine')).toEqual(['openai/a', 'openai/a2']);
    expect(models(key(), 'w/x')).toEqual(['openai/w/*']);
    expect(models(key(), 'w/longer')).toEqual(['openai/w/long*']);
    expect(models(key(), 'w')).toEqual([]);
  });

  test('a team row that shows its public name is nobody else’s', () => {
    const rows = facts({ deployments: [row('a', { teamId: 't', model: 'openai/shadow' }), row('a')] });
    expect(deploymentsOf(rows, key(), 'a').map(({ model }) => model)).toEqual(['openai/a']);
  });

  test('the slug does not go over the wire', () => {
    expect(wireModel('openai/gpt-4o')).toBe('gpt-4o');
    expect(wireModel('openrouter/meta/llama')).toBe('meta/llama');
  });
});

describe('limits that refuse from the first call on', () => {
  test('a key’s own zero, and the zero of its linked budget where it has none itself', () => {
    const budgets = new Map([['b', zero]]);
    expect(limitIsZero(facts(), key({ limits: zero }))).toBe(true);
    expect(limitIsZero(facts({ budgets }), key({ budgetId: 'b' }))).toBe(true);
    expect(limitIsZero(facts({ budgets }), key({ budgetId: 'b', limits: { ...NO_LIMITS, maxBudget: 1 } }))).toBe(false);
    expect(limitIsZero(facts(), key({ limits: { ...NO_LIMITS, rpmLimit: 0 } }))).toBe(true);
  });

  test('a team’s zero passes until the first cost', () => {
    expect(limitIsZero(facts({ teamLimits: new Map([['t', zero]]) }), key({ teamId: 't' }))).toBe(false);
  });

  test('organization and user: in newer versions only, users only for keys without a team', () => {
    const world = { organizationLimits: new Map([['o', zero]]), userLimits: new Map([['u', zero]]) };
    expect(limitIsZero(facts(world), key({ organizationId: 'o' }))).toBe(true);
    expect(limitIsZero(facts({ ...world, version: '1.81.13' }), key({ organizationId: 'o' }))).toBe(false);
    expect(limitIsZero(facts(world), key({ userId: 'u' }))).toBe(true);
    expect(limitIsZero(facts(world), key({ userId: 'u', teamId: 't' }))).toBe(false);
  });

  test('a key under any limit is asked sparingly', () => {
    expect(hasLimits(facts(), key())).toBe(false);
    expect(
      hasLimits(facts({ teamLimits: new Map([['t', { ...NO_LIMITS, maxBudget: 5 }]]) }), key({ teamId: 't' })),
    ).toBe(true);
  });
});

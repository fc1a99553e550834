import { describe, expect, it } from 'vitest';
import { resetDuration } from '../../src/mapping/limits.js';
import { OLD_DIALECT, organization, PENDING, contextOf, world } from '../factories.js';
import { organizations } from '../../src/stages/organizations.js';
import { NO_LIMITS } from '../factories.js';

const read = (text: string | null): string => {
  const found = resetDuration(text, '10Y');
  return found.ok ? found.duration : 'refused';
};

describe('budget durations (G4)', () => {
  it.each([
    ['45s', '45s'],
    ['30m', '30m'],
    ['48h', '48h'],
    ['7d', '7d'],
    ['2w', '2w'],
    ['1mo', '1M'],
    ['3mo', '3M'],
    ['weekly', '1w'],
    ['monthly', '1M'],
    [' 7d ', '7d'],
    ['', '10Y'],
  ])('%j is %s', (text, period) => {
    expect(read(text)).toBe(period);
  });

  it.each(['daily', '30', '30days', '1y', '2 years', '1hr'])('%j resets daily, as in LiteLLM, and says so', (text) => {
    const found = resetDuration(text, '10Y');
    expect(found.ok && [found.duration, found.findings.map(({ code }) => code)]).toEqual(['1d', ['duration_read_as_daily']]); // prettier-ignore
  });

  it.each(['1d12h', 'd', '-1d', '1.5d', '0d', '1D', 'soon'])('%j is read by no part of it: it is refused', (text) => {
    expect(read(text)).toBe('refused');
  });

  it('that nobody can read fail their own record and no other', () => {
    const context = contextOf(world({ dialect: OLD_DIALECT }));
    const plan = (budgetDuration: string) =>
      organizations.plan(
        organization('o', { limits: { ...NO_LIMITS, maxBudget: 5, budgetDuration } }),
        PENDING,
        context,
      );
    expect(plan('1d12h')).toMatchObject({ outcome: 'failed', reason: 'limit_unreadable' });
    expect(plan('1d').outcome).toBe('write');
  });
});

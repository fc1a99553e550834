import { expect, test } from 'vitest';
import { Estimate } from '../../src/engine/estimate.js';

test('without growth it is the measured pace', () => {
  const estimate = new Estimate({ already: 0, grows: false }, 0);
  expect(estimate.expect(100)).toBeNull();
  for (let n = 1; n <= 10; n += 1) estimate.settled(n * 20);
  expect(estimate.expect(100)).toBe(2_000);
  expect(estimate.expect(0)).toBe(0);
});

test('ten thousand virtual keys are foretold within what was measured on a real gateway', () => {
  // contracts B§13.1: 6.7 minutes for 10,000, 25–35 extrapolated for 20,000.
  const minutes = (left: number): number => (new Estimate({ already: 0, grows: true }, 0).expect(left) ?? 0) / 60_000;
  expect(minutes(10_000)).toBeGreaterThan(4);
  expect(minutes(10_000)).toBeLessThan(12);
  expect(minutes(20_000)).toBeGreaterThan(20);
  expect(minutes(20_000)).toBeLessThan(40);
});

test('a machine twice as fast halves it, and what was there before counts', () => {
  const fast = new Estimate({ already: 0, grows: true }, 0);
  for (let n = 1; n <= 100; n += 1) fast.settled(n * 4.5);
  const slow = new Estimate({ already: 0, grows: true }, 0);
  for (let n = 1; n <= 100; n += 1) slow.settled(n * 9);
  expect((slow.expect(5_000) ?? 0) / (fast.expect(5_000) ?? 1)).toBeCloseTo(2, 1);
  const late = new Estimate({ already: 10_000, grows: true }, 0);
  expect(late.expect(1_000) ?? 0).toBeGreaterThan(
    5 * (new Estimate({ already: 0, grows: true }, 0).expect(1_000) ?? 0),
  );
});

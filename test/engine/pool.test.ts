import { expect, test } from 'vitest';
import { Interrupted } from '../../src/engine/interrupted.js';
import { Pool } from '../../src/engine/pool.js';
import { VirtualClock } from './virtual-clock.js';

function poolOf(ceiling: number): { pool: Pool; clock: VirtualClock; stop: AbortController } {
  const clock = new VirtualClock();
  const stop = new AbortController();
  return { pool: new Pool(ceiling, clock, stop.signal), clock, stop };
}

/** Runs `count` requests; latency is a function of how many are in flight. */
async function load(
  pool: Pool,
  clock: VirtualClock,
  count: number,
  latency: (inFlight: number) => number,
): Promise<number> {
  let most = 0;
  const one = (): Promise<void> =>
    pool.run('shared', async () => {
      const durationMs = latency(pool.inFlight);
      most = Math.max(most, pool.inFlight);
      await clock.sleep(durationMs, new AbortController().signal);
      pool.learn({ durationMs });
    });
  await Promise.all(Array.from({ length: count }, one));
  return most;
}

test('a gateway that keeps its pace gets as many requests as allowed', async () => {
  const { pool, clock } = poolOf(8);
  expect(await load(pool, clock, 400, () => 10)).toBe(8);
});

test('a gateway that works one by one gets a few, whatever is allowed', async () => {
  const { pool, clock } = poolOf(64);
  await load(pool, clock, 800, (inFlight) => 10 * inFlight);
  expect(pool.limit).toBeGreaterThanOrEqual(1);
  expect(pool.limit).toBeLessThanOrEqual(6);
});

test('a latency that grows with what is stored does not end at one for good', async () => {
  const { pool, clock } = poolOf(8);
  let stored = 0;
  await load(pool, clock, 2_000, () => 10 + (stored += 1) / 20);
  expect(await load(pool, clock, 400, () => 110)).toBeGreaterThan(1);
});

test('refusals halve it, a lock means one at a time from then on', async () => {
  const { pool, clock } = poolOf(8);
  await load(pool, clock, 400, () => 10);
  pool.learn({ durationMs: 1, refusedByLoad: true });
  expect(pool.limit).toBe(4);
  pool.learn({ durationMs: 1, refusedByLoad: true, locked: true });
  expect(await load(pool, clock, 100, () => 10)).toBe(1);
});

test('Retry-After stops everything until then', async () => {
  const { pool, clock } = poolOf(8);
  const before = clock.now();
  pool.learn({ durationMs: 1, refusedByLoad: true, retryAfterMs: 3_000 });
  await pool.run('shared', async () => undefined);
  expect(clock.now() - before).toBeGreaterThanOrEqual(3_000);
});

test('an exclusive request has the gateway to itself and is not starved', async () => {
  const { pool, clock } = poolOf(8);
  await load(pool, clock, 400, () => 10);
  const order: string[] = [];
  const task = (share: 'shared' | 'exclusive', name: string): Promise<void> =>
    pool.run(share, async () => {
      if (share === 'exclusive') expect(pool.inFlight).toBe(1);
      order.push(name);
      await clock.sleep(5, new AbortController().signal);
      if (share === 'exclusive') expect(pool.inFlight).toBe(1);
    });
  await Promise.all([task('shared', 'a'), task('shared', 'b'), task('exclusive', 'X'), task('shared', 'c')]);
  expect(order).toEqual(['a', 'b', 'X', 'c']);
});

test('when the run is stopped, whoever waits is told so and nothing starts', async () => {
  const { pool, clock, stop } = poolOf(1);
  const first = pool.run('shared', () => clock.sleep(10, new AbortController().signal));
  const second = pool.run('shared', async () => 'ran');
  stop.abort();
  await expect(second).rejects.toBeInstanceOf(Interrupted);
  await first;
  await expect(pool.run('shared', async () => 'ran')).rejects.toBeInstanceOf(Interrupted);
});

test('an interruption during a pause cancels who waits, and does not keep waiting for the pause', async () => {
  const { pool, stop } = poolOf(8);
  pool.learn({ durationMs: 1, refusedByLoad: true, retryAfterMs: 60_000 });
  const waiting = pool.run('shared', () => Promise.resolve());
  stop.abort();
  await expect(waiting).rejects.toThrow(Interrupted);
  // A pool that asks for the pause again and again would never let the event loop come round.
  await new Promise((resolve) => setImmediate(resolve));
  expect(pool.inFlight).toBe(0);
});

test('a clock set back by an hour makes no pause longer than was asked for', async () => {
  const pauses: number[] = [];
  let now = 10_000_000;
  const clock = {
    now: () => now,
    random: () => 0,
    sleep: (ms: number) => {
      pauses.push(ms);
      now += ms;
      return Promise.resolve();
    },
  };
  const pool = new Pool(8, clock, new AbortController().signal);
  pool.learn({ durationMs: 1, refusedByLoad: true, retryAfterMs: 2_000 });
  now -= 3_600_000;
  await pool.run('shared', async () => undefined);
  expect(pauses).toEqual([2_000]);
});

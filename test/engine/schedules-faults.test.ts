import fc from 'fast-check';
import { test } from 'vitest';
import { checkJournal, checkTarget, GROWN, SMALL } from './growing-world.js';
import { play, schedules } from './schedule.js';

/**
 * Any order of kills, faults and answers, then undisturbed runs: the gateway must hold every record exactly once, linked to
 * the right owner, and the journal must agree. The truth is what is on the gateway.
 */

const RUNS = Number(process.env['SCHEDULES'] ?? 2_000);
const SEED = Number(process.env['SCHEDULES_SEED'] ?? 1);
const MINUTES = RUNS > 2_000 ? 240 : 5;

test(
  `under any schedule of kills and faults every record ends in exactly one object with the right links (SCHEDULES_SEED=${SEED})`,
  { timeout: MINUTES * 60_000 },
  async () => {
    // Less than the second look waits for where names are not unique: nobody can tell later ones apart.
    const property = fc.asyncProperty(schedules(4_000), async (schedule) => {
      const story = await play(schedule, SMALL, GROWN);
      checkTarget(story);
      checkJournal(story);
    });
    await fc.assert(property, { numRuns: Math.ceil(RUNS * 0.8), seed: SEED });
  },
);

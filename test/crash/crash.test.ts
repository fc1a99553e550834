import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PersonalityName } from '../../src/sandbox/bifrost/personality.js';
import type { Lane } from './lane.js';
import { referenceOf, type Lineage, type Reference } from './lineage.js';
import { dice, pointsIn, spread, type Point } from './points.js';
import { LANES, playAll, Theatre } from './theatre.js';
import { largerWorld, smallWorld, worldBefore } from './world.js';

/**
 * The real program, killed with SIGKILL at boundaries around commits and requests, resumed, and the gateway asked: it must
 * hold what an undisturbed run leaves, object by object, and the journal must say so. A part of all boundaries here, all of
 * them and many kills in a row with CRASH_NIGHTLY=1. A failure names its points; CRASH_ONLY="any:<n>,any:<n>" plays just those.
 */

const NIGHTLY = process.env['CRASH_NIGHTLY'] === '1';
const SEED = Number(process.env['CRASH_SEED'] ?? (NIGHTLY ? Date.now() % 1_000_000 : 1));
const ONLY = process.env['CRASH_ONLY']?.split(',');

const PERSONALITIES: readonly PersonalityName[] = ['1.5.2', '1.5.16', 'enterprise'];
/** Lineages of a fresh run and of one that changes what is there, per gateway; each is killed four times. */
const FRESH = NIGHTLY ? 80 : 7;
const GROWN = NIGHTLY ? 30 : 3;
/** Lineages killed two to five times, at night. */
const OFTEN = NIGHTLY ? 20 : 0;
/** Lineages of a run that makes again what was deleted; by day on one gateway. */
const RECREATED = NIGHTLY ? 20 : 1;
const MINUTES = NIGHTLY ? 240 : 4;

const world = NIGHTLY ? largerWorld(250) : smallWorld();
let played = 0;

function point(n: number): string {
  return `any:${n}`;
}

beforeAll(() => {
  process.stderr.write(`crash suite: CRASH_SEED=${SEED}\n`);
});

afterAll(() => {
  process.stderr.write(`crash suite: killed ${played} times\n`);
});

/**
 * Kills at each of these points, then the resume near its start, where it settles what is in doubt, again, then a resume
 * anywhere: what the first kill has left is what the last resume must cope with.
 */
function lineagesOf(points: readonly Point[], all: number, roll: (sides: number) => number): readonly Lineage[] {
  if (ONLY !== undefined) return [{ kills: ONLY, label: 'CRASH_ONLY' }];
  return points.map(({ n, label, nth }) => ({
    kills: [n, 1 + roll(30), 1 + roll(40), 1 + roll(Math.max(40, all - n))].map(point),
    label,
    // Half of the requests that nobody waits for any more take their time.
    ...(label === 'send.written POST' && nth % 2 === 0 ? { late: nth } : {}),
  }));
}

function oftenKilled(all: number, roll: (sides: number) => number): readonly Lineage[] {
  return Array.from({ length: ONLY === undefined ? OFTEN : 0 }, () => ({
    kills: Array.from({ length: 2 + roll(4) }, () => point(1 + roll(all))),
    label: 'at random',
  }));
}

describe.each(PERSONALITIES)('on Bifrost %s', (personality) => {
  const turn = PERSONALITIES.indexOf(personality);
  let theatre: Theatre;
  beforeAll(() => {
    theatre = new Theatre();
  });
  afterAll(() => theatre.close());

  it.concurrent(
    'a run killed anywhere and resumed leaves what an undisturbed one leaves',
    { timeout: MINUTES * 60_000 },
    async () => {
      const roll = dice(SEED + turn);
      const { variables } = await theatre.litellm('fresh', world);
      const lanes = await Promise.all(Array.from({ length: LANES }, () => theatre.lane(personality, variables)));
      const [first] = lanes as [Lane];
      const count = join(theatre.folder, 'points');
      const undisturbed = await first.migrate('run', { count });
      expect(undisturbed.code).toBe(3);
      expect(undisturbed.stderr).not.toContain('FAIL');
      const reference = await referenceOf(first);
      const points = pointsIn(count);
      const lineages = [
        ...lineagesOf(spread(points, FRESH, turn, PERSONALITIES.length), points.length, roll),
        ...oftenKilled(points.length, roll),
      ];
      const { points: kills, failures } = await playAll(
        lanes,
        lineages,
        () => reference,
        (lane) => lane.reset(),
      );
      played += kills;
      process.stderr.write(`crash suite: ${personality} fresh: ${points.length} points, ${kills} kills\n`);
      expect(failures).toEqual([]);
      if (ONLY === undefined) expect(kills).toBeGreaterThan(lineages.length * 3);
    },
  );

  it.concurrent(
    'a run that changes what is there may be killed anywhere too',
    { timeout: MINUTES * 60_000 },
    async () => {
      const roll = dice(SEED + turn + PERSONALITIES.length);
      const before = await theatre.litellm('grown', worldBefore());
      const lanes = await Promise.all(
        Array.from({ length: NIGHTLY ? LANES : 1 }, () => theatre.lane(personality, before.variables)),
      );
      await Promise.all(lanes.map(earlier));
      await before.close();
      await theatre.litellm('grown', world, before.port);
      const [first] = lanes as [Lane];
      const references = new Map<Lane, Reference>();
      const count = join(theatre.folder, 'points-grown');
      for (const lane of lanes) {
        expect(await lane.migrate('run', lane === first ? { count } : {})).toMatchObject({ code: 3 });
        references.set(lane, await referenceOf(lane));
      }
      const points = pointsIn(count);
      expect(points.filter(({ label }) => label.startsWith('send.before PUT')).length).toBeGreaterThan(3);
      const late = points.filter(({ label }) => /PUT|update/.test(label));
      const lineages = lineagesOf(spread(late, GROWN, turn, PERSONALITIES.length), points.length, roll);
      const known = (lane: Lane): Reference => references.get(lane) as Reference;
      const { points: kills, failures } = await playAll(lanes, lineages, known, (lane) => lane.restore());
      played += kills;
      process.stderr.write(`crash suite: ${personality} grown: ${points.length} points, ${kills} kills\n`);
      expect(failures).toEqual([]);
    },
  );

  it.runIf(NIGHTLY || personality === '1.5.16').concurrent(
    'a run that makes again what was deleted may be killed anywhere too',
    { timeout: MINUTES * 60_000 },
    async () => {
      const roll = dice(SEED + turn + 2 * PERSONALITIES.length);
      const { variables } = await theatre.litellm('erased', world);
      const lane = await theatre.lane(personality, variables);
      expect(await lane.migrate('run')).toMatchObject({ code: 3 });
      const before = await referenceOf(lane);
      await lane.erase('governance/teams', 'teams', 'Platform');
      await lane.erase('governance/virtual-keys', 'virtual_keys', 'per-model');
      // Limits of a key for a model: before scopes there are none.
      if (personality !== '1.5.2')
        await lane.erase('governance/model-configs?scope=virtual_key', 'model_configs', 'gpt-4o');
      await lane.erase('providers/openai/keys', 'keys', 'openai/key');
      await lane.save();
      const count = join(theatre.folder, 'points-erased');
      expect(await lane.migrate('run', { recreate: true, count })).toMatchObject({ code: 3 });
      const reference = await referenceOf(lane);
      expect(reference.holdings.objects).toEqual(before.holdings.objects);
      const points = pointsIn(count);
      expect(points.filter(({ label }) => /^send.before (POST|PUT)/.test(label)).length).toBeGreaterThan(5);
      const lineages = lineagesOf(spread(points, RECREATED, 0, 1), points.length, roll).map((lineage) => ({
        ...lineage,
        recreate: true,
      }));
      const { points: kills, failures } = await playAll(
        [lane],
        lineages,
        () => reference,
        (each) => each.restore(),
      );
      played += kills;
      process.stderr.write(`crash suite: ${personality} erased: ${points.length} points, ${kills} kills\n`);
      expect(failures).toEqual([]);
    },
  );
});

/** What a smaller LiteLLM left on the gateway: teams and keys without their customers, lists and rules that are to grow. */
async function earlier(lane: Lane): Promise<void> {
  expect(await lane.migrate('run', { only: 'models,teams,keys' })).toMatchObject({ code: 3 });
  await lane.save();
}

import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ObjectKind } from '../../src/target/objects.js';
import { checkJournal, checkTarget, GROWN, SMALL } from './growing-world.js';
import { isUnique, play, schedules, Story } from './schedule.js';

const RUNS = Number(process.env['SCHEDULES'] ?? 2_000);
const SEED = Number(process.env['SCHEDULES_SEED'] ?? 1);
const MINUTES = RUNS > 2_000 ? 240 : 5;

test(
  `a request that lands whenever it likes leaves nothing unnamed (SCHEDULES_SEED=${SEED})`,
  { timeout: MINUTES * 60_000 },
  async () => {
    const property = fc.asyncProperty(schedules(60_000), async (schedule) => {
      const story = await play(schedule, SMALL, GROWN);
      checkNothingUnnamed(story);
      story.journal.discard();
    });
    await fc.assert(property, { numRuns: Math.ceil(RUNS * 0.2), seed: SEED });
  },
);

/** Two of one name only where the gateway allows it, and then the journal says so. */
function checkNothingUnnamed(story: Story): void {
  const { journal, target } = story;
  const named = new Set(
    journal
      .rows(
        `
      SELECT w.kind, w.name FROM writes w JOIN record_writes l ON l.write_id = w.id JOIN records r ON r.seq = l.record_seq
        LEFT JOIN findings f ON f.record_seq = r.seq AND f.source = 'late'
       WHERE w.reason LIKE 'ambiguous%' OR f.id IS NOT NULL`,
      )
      .map(({ kind, name }) => `${String(kind)} ${String(name)}`),
  );
  const seen = new Map<string, number>();
  for (const { kind, name } of target.objects.values())
    seen.set(`${kind} ${name}`, (seen.get(`${kind} ${name}`) ?? 0) + 1);
  for (const [object, times] of seen) {
    const kind = object.split(' ')[0] as ObjectKind;
    if (times > 1)
      expect({ object, unique: isUnique(story, kind), named: named.has(object) }).toEqual({
        object,
        unique: false,
        named: true,
      });
  }
  expect(journal.rows("SELECT name FROM writes WHERE state IN ('planned', 'found')")).toEqual([]);
  expect(journal.rows("SELECT source_id FROM records WHERE status = 'pending' AND reason IS NOT 'waiting'")).toEqual(
    [],
  );
  const ids = new Set([...target.objects.values()].map(({ id }) => id));
  for (const row of journal.rows("SELECT bifrost_id FROM records WHERE status = 'written'"))
    expect(ids).toContain(row['bifrost_id']);
}

test(
  'a kill at every single boundary, of the first run and of one that changes what is there, then one resume',
  { timeout: MINUTES * 60_000 },
  async () => {
    const ordinary = { seed: 1, legacy: false, turns: [] };
    for (const which of ['small', 'grown'] as const) {
      let last = 0;
      for (let died = true; died;) {
        const story = new Story(SMALL, ordinary);
        if (which === 'grown') {
          await story.live(null);
          story.grow(GROWN);
        }
        died = !(await story.live(last + 1, 'run'));
        await story.live(null);
        story.grow(GROWN);
        await story.live(null, 'run');
        checkTarget(story);
        checkJournal(story);
        if (died) last += 1;
      }
      expect(last).toBeGreaterThan(100);
    }
  },
);

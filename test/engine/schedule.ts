import fc from 'fast-check';
import { migrate, resumable } from '../../src/engine/run.js';
import { namesAreUnique } from '../../src/engine/look.js';
import { onFailpoint, type FailpointName } from '../../src/failpoint.js';
import type { Catalog } from '../../src/mapping/catalog.js';
import type { ObjectKind } from '../../src/target/objects.js';
import { FakeTarget, type Fault } from './fake-target.js';
import { growingStages } from './growing-stages.js';
import { MemoryJournal } from './memory-journal.js';
import { VirtualClock } from './virtual-clock.js';
import { FakeSource, settingsWith, type Contents } from './world.js';

/** Kills, faults and an order of answers, for a migration whose source grows halfway. */
export type Schedule = {
  readonly seed: number;
  /** Up to 1.5.11: customers are not unique by name. */
  readonly legacy: boolean;
  /** By the number of the request; most are undisturbed. */
  readonly faults: readonly (Fault | null)[];
  /** By the number of the request: turns of the event loop it takes. */
  readonly turns: readonly number[];
  /** For each life of the process: the failpoint it dies at. First with the small source, then with the grown one. */
  readonly small: readonly number[];
  readonly grown: readonly number[];
};

const FAULTS = [
  'lost-before',
  'lost-after',
  'refused-connection',
  'error-before',
  'error-after',
  'garbled',
  'busy',
  'clash',
  'locked',
] as const;

/** `longest`: how late a request may be carried out that we gave up on, in milliseconds. */
export function schedules(longest: number): fc.Arbitrary<Schedule> {
  const fault: fc.Arbitrary<Fault> = fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom<Fault>(...FAULTS) },
    { weight: 2, arbitrary: fc.integer({ min: 1, max: longest }).map((late): Fault => ({ late })) },
  );
  const kills = fc.array(fc.integer({ min: 1, max: 130 }), { maxLength: MOST_KILLS });
  return fc.record({
    seed: fc.integer({ min: 1, max: 1_000_000 }),
    legacy: fc.boolean(),
    faults: fc.array(fc.option(fault, { freq: 3 }), { maxLength: 40 }),
    turns: fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 12 }),
    small: kills,
    grown: kills,
  });
}

/** Per source. */
const MOST_KILLS = 2;

/** Where a process dies, when its number does not say it. */
export type Place = (name: FailpointName, about: string) => boolean;

/** The program is dead; nothing after this is done by it. */
class Killed extends Error {}

/** A gateway, a journal and a clock through all lives of a migration. */
export class Story {
  readonly clock: VirtualClock;
  readonly target: FakeTarget;
  readonly journal: MemoryJournal;
  #source: Contents;

  constructor(source: Contents, { seed, legacy, turns }: Pick<Schedule, 'seed' | 'legacy' | 'turns'>) {
    this.clock = new VirtualClock(seed);
    this.target = new FakeTarget(this.clock, { uniqueCustomerNames: !legacy });
    this.target.turns = (n) => turns[n % Math.max(1, turns.length)] ?? 1;
    this.journal = new MemoryJournal(this.clock.now);
    this.#source = source;
  }

  grow(source: Contents): void {
    this.#source = source;
  }

  /** Nothing is in doubt, failed or waiting. */
  isSettled(): boolean {
    const open = `SELECT 1 FROM writes WHERE state <> 'done' UNION ALL
      SELECT 1 FROM records WHERE status IN ('pending', 'failed') OR missing <> '[]' LIMIT 1`;
    return this.journal.rows(open).length === 0;
  }

  /**
   * One process, killed at its n-th failpoint, or at a place. It may stop by itself when the gateway is silent.
   * `true` = it went through to its end.
   */
  async live(kill: number | Place | null, mode?: 'run' | 'resume'): Promise<boolean> {
    this.target.reconnect();
    const journal = this.journal.open();
    onFailpoint((name, reached, about) => {
      if (typeof kill === 'function' ? !kill(name, about) : reached !== kill) return;
      onFailpoint(null);
      this.target.sever();
      this.journal.kill();
      throw new Killed();
    });
    try {
      const { outcome } = await migrate({
        journal,
        source: new FakeSource(this.#source),
        target: this.target,
        settings: SETTINGS,
        stages: growingStages,
        buildCatalog: () => ({}) as Catalog,
        listener: () => undefined,
        signal: new AbortController().signal,
        now: this.clock.now,
        random: this.clock.random,
        sleep: this.clock.sleep,
        mode: mode ?? (journal.runs.last() !== undefined && resumable(journal) ? 'resume' : 'run'),
      });
      return outcome === 'complete';
    } catch (error) {
      if (kill === null && !(error instanceof Error && 'code' in error)) throw error;
      return false;
    } finally {
      onFailpoint(null);
      this.journal.close();
    }
  }
}

const SETTINGS = settingsWith();

/** Plays it; afterwards no fault is left, and undisturbed runs have settled what the faults have left failed. */
export async function play(schedule: Schedule, small: Contents, grown: Contents): Promise<Story> {
  const story = new Story(small, schedule);
  const { target } = story;
  target.fault = (n, kind) => fitting(schedule.faults[n] ?? undefined, kind);
  for (const kill of schedule.small) await story.live(kill);
  await story.live(null);
  story.grow(grown);
  // What a resume goes on with is what the interrupted run has read.
  for (const kill of schedule.grown) await story.live(kill, 'run');
  target.fault = () => undefined;
  await story.clock.settled();
  for (let attempt = 0; attempt < 4; attempt += 1) {
    await story.live(null, 'run');
    if (story.isSettled()) break;
  }
  return story;
}

/** Only what the store serializes can find it locked (B§8), only rules have priorities. */
function fitting(fault: Fault | undefined, kind: ObjectKind): Fault | undefined {
  if (fault === 'locked' && kind !== 'provider_key') return 'busy';
  return fault === 'clash' && kind !== 'routing_rule' ? undefined : fault;
}

export function isUnique(story: Story, kind: ObjectKind): boolean {
  return namesAreUnique(kind, story.target.capabilities);
}

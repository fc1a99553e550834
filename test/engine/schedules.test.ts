import fc from 'fast-check';
import { expect, test } from 'vitest';
import { onFailpoint } from '../../src/engine/failpoint.js';
import { organization, team, user, virtualKey, deployment, type Contents } from './world.js';
import type { Fault } from './fake-target.js';
import { Rig } from './rig.js';

/**
 * Any order of kills and faults, then undisturbed runs: the gateway must hold every record exactly once, linked to the
 * right owner, and the journal must agree. The truth is what is on the gateway.
 */

const CONTENTS: Contents = {
  deployments: [deployment('m1'), deployment('m2'), deployment('m3', { params: { model: 'anthropic/claude' } })],
  organizations: [organization('o1'), organization('o2', { alias: 'o1' }), organization('o3')],
  teams: [
    team('t1', { organizationId: 'o1' }),
    team('t2', { organizationId: 'o2' }),
    team('t3'),
    team('t4', { alias: 't3' }),
  ],
  users: [user('ann'), user('bob'), user('cy', { email: null })],
  virtualKeys: Array.from({ length: 12 }, (_, n) =>
    virtualKey(`k${n}`, { teamId: [null, 't1', 't2', 't4'][n % 4] ?? null }),
  ),
};

const FAULTS = [
  'lost-before',
  'lost-after',
  'refused-connection',
  'error-before',
  'error-after',
  'garbled',
  'busy',
] as const;

class Killed extends Error {}

type Schedule = {
  readonly seed: number;
  readonly legacy: boolean;
  /** By the number of the request; most are undisturbed. */
  readonly faults: readonly (Fault | null)[];
  /** For each life of the process: the failpoint it dies at. */
  readonly kills: readonly number[];
};

const fault: fc.Arbitrary<Fault> = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom<Fault>(...FAULTS) },
  // Less than the second look waits for where names are not unique: nobody can tell later ones apart.
  { weight: 2, arbitrary: fc.integer({ min: 1, max: 4_000 }).map((late): Fault => ({ late })) },
);

const schedule: fc.Arbitrary<Schedule> = fc.record({
  seed: fc.integer({ min: 1, max: 1_000_000 }),
  legacy: fc.boolean(),
  faults: fc.array(fc.option(fault, { freq: 3 }), { maxLength: 60 }),
  kills: fc.array(fc.integer({ min: 1, max: 70 }), { maxLength: 4 }),
});

async function play({ seed, legacy, faults, kills }: Schedule): Promise<Rig> {
  const rig = new Rig(CONTENTS, { uniqueCustomerNames: !legacy }, seed);
  rig.target.fault = (n, kind) => {
    const planned = faults[n] ?? undefined;
    // Only what the store serializes can find it locked (B§8).
    return planned === 'busy' && kind === 'provider_key' ? 'locked' : planned;
  };
  for (const kill of kills) await life(rig, kill);
  // What the faults have left failed, undisturbed runs settle.
  for (let attempt = 0; attempt < 4; attempt += 1) await life(rig, null);
  return rig;
}

/** One process: it may be killed, or stopped by the gateway's silence; then it is started again. */
async function life(rig: Rig, kill: number | null): Promise<void> {
  rig.target.reconnect();
  const journal = rig.open();
  onFailpoint((_name, reached) => {
    if (reached !== kill) return;
    onFailpoint(null);
    rig.target.sever();
    // Uncommitted changes are lost with the process, and its lock is free.
    journal.db.close();
    journal.close();
    rig.journal = null;
    throw new Killed();
  });
  const last = journal.runs.last();
  const mode = last !== undefined && last.outcome !== 'complete' ? 'resume' : 'run';
  try {
    await rig.run({ journal, mode });
  } catch (error) {
    if (kill === null && !(error instanceof Error && 'code' in error)) throw error;
  } finally {
    onFailpoint(null);
  }
}

function checkTarget(rig: Rig): void {
  const { target } = rig;
  const names = (kind: Parameters<typeof target.ofKind>[0]): string[] =>
    target
      .ofKind(kind)
      .map(({ name }) => name)
      .sort();
  expect(names('provider')).toEqual(['anthropic', 'openai']);
  expect(names('provider_key')).toEqual(['anthropic/KEY', 'openai/KEY']);
  expect(names('customer')).toEqual(['o1', 'o1 (o2)', 'o3']);
  expect(names('team')).toEqual(['t1', 't2', 't3', 't3 (t4)']);
  expect(names('user')).toEqual(['ann@example.test', 'bob@example.test']);
  expect(names('virtual_key')).toEqual(Array.from({ length: 12 }, (_, n) => `k${n}`).sort());
  const customer = new Map(target.ofKind('customer').map(({ name, id }) => [name, id]));
  const teams = new Map(target.ofKind('team').map(({ name, id }) => [name, id]));
  expect(Object.fromEntries(target.ofKind('team').map(({ name, customerId }) => [name, customerId]))).toEqual({
    t1: customer.get('o1'),
    t2: customer.get('o1 (o2)'),
    t3: null,
    't3 (t4)': null,
  });
  const owners = [null, teams.get('t1'), teams.get('t2'), teams.get('t3 (t4)')];
  for (const key of target.ofKind('virtual_key')) expect(key.teamId).toBe(owners[Number(key.name.slice(1)) % 4]);
}

function checkJournal(rig: Rig): void {
  expect(rig.rows("SELECT count(*) AS n FROM writes WHERE state <> 'done'")).toEqual([{ n: 0 }]);
  expect(rig.rows("SELECT source_id FROM records WHERE status <> 'written'")).toEqual([{ source_id: 'cy' }]);
  const ids = new Set([...rig.target.objects.values()].map(({ id }) => id));
  for (const row of rig.rows("SELECT bifrost_id, origin FROM records WHERE status = 'written'")) {
    expect(ids).toContain(row['bifrost_id']);
    expect(row['origin']).toBe('created');
  }
  expect(rig.rows("SELECT * FROM records WHERE missing <> '[]'")).toEqual([]);
}

const RUNS = Number(process.env['SCHEDULES'] ?? 120);

test(
  'under any schedule of kills and faults every record ends in exactly one object with the right links',
  async () => {
    await fc.assert(
      fc.asyncProperty(schedule, async (planned) => {
        const rig = await play(planned);
        try {
          checkTarget(rig);
          checkJournal(rig);
        } finally {
          rig.close();
        }
      }),
      { numRuns: RUNS },
    );
  },
  10 * 60_000,
);

test('a kill at every single boundary, then one resume', async () => {
  let last = 0;
  for (let kill = 1; ; kill += 1) {
    const rig = new Rig(CONTENTS, {}, kill);
    try {
      await life(rig, kill);
      const died = rig.journal === null;
      await life(rig, null);
      checkTarget(rig);
      checkJournal(rig);
      if (!died) break;
      last = kill;
    } finally {
      rig.close();
    }
  }
  expect(last).toBeGreaterThan(60);
});

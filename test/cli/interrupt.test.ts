import type { ChildProcess } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { FaultRule } from '../../src/sandbox/bifrost/faults.js';
import { spawnBifrostSandbox, type SandboxProcess } from '../../src/sandbox/process.js';
import { holdingsOf, type Holdings } from '../network/holdings.js';
import { arm, empty, environmentOf, newJournalPath, runOnce, startSource, writesSeen } from '../network/rig.js';
import type { Source } from '../network/rig.js';
import { GATEWAY_ENVIRONMENT } from '../network/small-world.js';
import { migrate, type Ended } from './program.js';

/** The real program, signalled while it writes virtual keys to a gateway in a process of its own. */

const KEYS_PATH = '^/api/governance/virtual-keys$';
const KEYS = { method: 'POST', pathRegex: KEYS_PATH } as const;
const SLOW_KEYS: FaultRule = { match: KEYS, fault: { kind: 'latency', ms: 400 } };
/** What had left the program when the signal came may be seen by the gateway a moment later. */
const ON_THE_WAY_MS = 250;

let source: Source;
let target: SandboxProcess;
let undisturbed: Holdings;
let env: Record<string, string>;

beforeAll(async () => {
  [source, target] = await Promise.all([
    startSource(),
    spawnBifrostSandbox({ personality: '1.5.16', env: GATEWAY_ENVIRONMENT }),
  ]);
  env = environmentOf(source, target.url);
  await runOnce(source, target.url, newJournalPath());
  undisturbed = await holdingsOf(target.url);
});
afterAll(() => Promise.all([source.close(), target.stop()]));
beforeEach(() => empty(target));

type Interrupted = Ended & { readonly journal: string; readonly stoppingAt: number; readonly endedAt: number };

/** A run that is given to `interrupt` once the first virtual keys are under way. */
async function interrupted(
  rules: readonly FaultRule[],
  interrupt: (child: ChildProcess) => unknown,
): Promise<Interrupted> {
  await arm(target, rules);
  const journal = newJournalPath();
  let child: ChildProcess | undefined;
  let stoppingAt = 0;
  const ended = migrate(['run', '--journal', journal], {
    env,
    onStart: (started) => (child = started),
    onStderr: (text) => {
      if (stoppingAt === 0 && text.includes('stopping: ')) stoppingAt = Date.now();
    },
  });
  await keysUnderWay();
  if (child === undefined) throw new Error('the program did not start');
  await interrupt(child);
  const end = await ended;
  return { ...end, journal, stoppingAt, endedAt: Date.now() };
}

async function keysUnderWay(): Promise<void> {
  for (let waited = 0; waited < 30_000; waited += 20) {
    if ((await keysSeen()).length > 0) return;
    await pause(20);
  }
  throw new Error('no virtual key was sent within 30 s');
}

async function keysSeen(): Promise<readonly { readonly at: number }[]> {
  return (await writesSeen(target)).filter(({ method, path }) => method === 'POST' && new RegExp(KEYS_PATH).test(path));
}

type Status = {
  readonly inDoubt: number;
  readonly lastRun: { readonly outcome: string | null };
  readonly counts: readonly { readonly kind: string; readonly created: number }[];
};

async function statusOf(journal: string): Promise<Status> {
  return JSON.parse((await migrate(['status', '--json', '--journal', journal])).stdout) as Status;
}

async function expectResumeToConverge(journal: string): Promise<void> {
  await arm(target, []);
  const resumed = await migrate(['resume', '--json', '--journal', journal], { env });
  expect(JSON.parse(resumed.stdout)).toMatchObject({
    outcome: 'complete',
    report: { inDoubt: 0, total: { waiting: 0, failed: 0 } },
  });
  expect(await holdingsOf(target.url)).toEqual(undisturbed);
  const again = await migrate(['run', '--json', '--journal', journal], { env });
  expect(JSON.parse(again.stdout)).toMatchObject({ outcome: 'complete', writesSent: 0 });
}

describe('a run that gets', () => {
  it.each<['SIGINT' | 'SIGTERM', number]>([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ])(
    '%s sends nothing new, settles what is in flight, ends with %d and the command to type, and is resumed',
    async (signal, code) => {
      const end = await interrupted([SLOW_KEYS], (child) => child.kill(signal));
      expect(end.code).toBe(code);
      expect(end.stderr).toContain('stopping: finishing what is in flight; once more stops at once\n');
      expect(end.stderr).toContain(`next: migrate resume --journal ${end.journal}`);
      expect(end.stderr).toMatch(/interrupted; safe to resume\n$/);
      const late = (await writesSeen(target)).filter(({ at }) => at > end.stoppingAt + ON_THE_WAY_MS);
      expect(late).toEqual([]);
      const status = await statusOf(end.journal);
      expect(status).toMatchObject({ inDoubt: 0, lastRun: { outcome: 'interrupted' } });
      const there = (await holdingsOf(target.url))['virtualKeys']?.length ?? 0;
      // What was in flight arrived and is known; the rest was not begun.
      expect(status.counts.find(({ kind }) => kind === 'virtual_key')?.created).toBe(there);
      expect(there).toBeGreaterThan(0);
      expect(there).toBeLessThan(undisturbed['virtualKeys']?.length ?? 0);
      await expectResumeToConverge(end.journal);
    },
  );

  it('a second SIGINT ends at once with 130, whatever is in flight, and is resumed', async () => {
    let secondAt = 0;
    const end = await interrupted([{ match: KEYS, fault: { kind: 'blackhole' } }], async (child) => {
      child.kill('SIGINT');
      await pause(500);
      // The answer that never comes is still waited for.
      expect(child.exitCode).toBeNull();
      secondAt = Date.now();
      child.kill('SIGINT');
    });
    expect(end.code).toBe(130);
    expect(end.endedAt - secondAt).toBeLessThan(1_500);
    expect((await statusOf(end.journal)).inDoubt).toBeGreaterThan(0);
    await expectResumeToConverge(end.journal);
  });

  it('SIGINT while it waits because the gateway told it to, does not wait any longer', async () => {
    let signalledAt = 0;
    const busy: FaultRule = { match: KEYS, fault: { kind: 'status', code: 429, retryAfter: 240 } };
    const end = await interrupted([busy], async (child) => {
      await pause(300);
      signalledAt = Date.now();
      child.kill('SIGINT');
    });
    expect(end.code).toBe(130);
    expect(end.endedAt - signalledAt).toBeLessThan(3_000);
    expect(end.stderr).toContain(`next: migrate resume --journal ${end.journal}`);
    await expectResumeToConverge(end.journal);
  });

  it('SIGINT while it waits to look a second time, does not wait any longer', async () => {
    let signalledAt = 0;
    const end = await interrupted([{ match: KEYS, fault: { kind: 'reset', when: 'before' } }], (child) => {
      signalledAt = Date.now();
      child.kill('SIGINT');
    });
    expect(end.code).toBe(130);
    expect(end.endedAt - signalledAt).toBeLessThan(3_000);
    await expectResumeToConverge(end.journal);
  });
});

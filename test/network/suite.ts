import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { classify } from '../../src/engine/outcome.js';
import type { FaultRule } from '../../src/sandbox/bifrost/faults.js';
import type { PersonalityName } from '../../src/sandbox/bifrost/personality.js';
import type { BifrostSandbox } from '../../src/sandbox/bifrost/server.js';
import { connectTarget } from '../../src/target/connect.js';
import { CASES, IMPATIENT } from './cases.js';
import { converge, expectAsUndisturbed, undisturbed, type Outcome } from './convergence.js';
import { holdingsOf } from './holdings.js';
import { landsAfterLooks } from './late.js';
import { arm, empty, newJournalPath, runOnce, settingsFor, startSource, startTarget, writesSeen } from './rig.js';
import type { Source } from './rig.js';

export function describeNetwork(personality: PersonalityName): void {
  describe(`a migration to Bifrost ${personality}`, () => {
    let source: Source;
    let target: BifrostSandbox;
    let expected: Outcome;
    beforeAll(async () => {
      [source, target] = await Promise.all([startSource(), startTarget(personality)]);
      expected = await undisturbed(source, target);
    });
    afterAll(() => Promise.all([source.close(), target.close()]));
    beforeEach(() => empty(target));

    it.each(CASES)('ends like an undisturbed one after $name', async ({ rules, way }) => {
      await arm(target, typeof rules === 'function' ? rules() : rules);
      const path = newJournalPath();
      const { summary } = await converge(source, target, path, way);
      expect(summary.counts).toEqual(expected.counts);
      await expectAsUndisturbed(expected, source, target, path);
    });

    it.each(CHANGES)('ends like an undisturbed one when changes meet $name', async ({ fault }) => {
      const path = newJournalPath();
      await arm(target, [NO_KEYS_FOR_OPENAI]);
      await runOnce(source, target.url, path);
      await arm(target, [{ match: { method: 'PUT', first: true }, fault }]);
      await converge(source, target, path, IMPATIENT, 'retry');
      expect((await writesSeen(target)).filter(({ method }) => method === 'PUT').length).toBeGreaterThan(1);
      await expectAsUndisturbed(expected, source, target, path);
    });

    it('ends like an undisturbed one when writes land after we gave them up and looked for them', async () => {
      const path = newJournalPath();
      await arm(target, landsAfterLooks(1));
      const { summary } = await converge(source, target, path, IMPATIENT);
      expect(summary.counts).toEqual(expected.counts);
      await expectAsUndisturbed(expected, source, target, path);
    });

    // Both looks are over: the next attempt finds the name taken, where the gateway keeps names unique.
    it('ends like an undisturbed one when writes land even later, where names are unique', async () => {
      const path = newJournalPath();
      const unique =
        personality === '1.5.2' ? ['team', 'virtual key', 'provider'] : ['customer', 'team', 'virtual key'];
      await arm(
        target,
        landsAfterLooks(2, (kind) => unique.includes(kind)),
      );
      const { summary } = await converge(source, target, path, IMPATIENT);
      expect(summary.counts).toEqual(expected.counts);
      await expectAsUndisturbed(expected, source, target, path);
    });

    it('does not guess which of two is meant when a write lands even later and names are not unique', async () => {
      const path = newJournalPath();
      const kind = personality === '1.5.2' ? 'customer' : 'price';
      const list = kind === 'customer' ? 'customers' : 'pricing-overrides';
      await arm(
        target,
        landsAfterLooks(2, (one) => one === kind),
      );
      const first = await runOnce(source, target.url, path, 'run', IMPATIENT);
      const failed =
        first === 'nothing-to-resume' ? [] : first.counts.filter(({ failed: n, incomplete }) => n + incomplete > 0);
      expect(failed).not.toEqual([]);
      const twice = await duplicatesAt(target, list);
      expect(twice).toHaveLength(2);
      await fetch(`${target.url}/api/governance/${list}/${twice[1]}`, { method: 'DELETE' });
      await converge(source, target, path, {}, 'retry');
      expect(await holdingsOf(target.url)).toEqual(expected.holdings);
    });

    it('takes a locked store for "not carried out" whatever was asked of it', async () => {
      const settings = settingsFor(source, target.url);
      const connected = await connectTarget(settings, { reveal: () => 'unused' });
      try {
        for (const [method, action, kind, path] of LOCKED) {
          await arm(target, [{ match: { method }, fault: { kind: 'locked' } }]);
          const result = await connected.send(kind, { method, path, body: method === 'DELETE' ? null : { name: 'x' } });
          expect({ path, ...classify(kind, action, result) }).toMatchObject({ path, kind: 'retry', locked: true });
        }
      } finally {
        await connected.close();
      }
    });
  });
}

/** Virtual keys are written without what this provider would serve, and are completed by changes later. */
const NO_KEYS_FOR_OPENAI: FaultRule = {
  match: { method: 'POST', pathRegex: '^/api/providers/openai/keys$' },
  fault: { kind: 'status', code: 400 },
};

const CHANGES: readonly { readonly name: string; readonly fault: FaultRule['fault'] }[] = [
  { name: 'a reset before the request is carried out', fault: { kind: 'reset', when: 'before' } },
  { name: 'a reset after the commit', fault: { kind: 'reset', when: 'after' } },
  { name: 'a locked store', fault: { kind: 'locked' } },
  { name: '500 after the commit', fault: { kind: 'status', code: 500, when: 'after' } },
  { name: 'an answer cut off in the middle', fault: { kind: 'truncate' } },
];

const LOCKED = [
  ['PUT', 'update', 'virtual_key', '/api/governance/virtual-keys/x'],
  ['PUT', 'update', 'provider_key', '/api/providers/openai/keys/x'],
  ['DELETE', 'delete', 'virtual_key', '/api/governance/virtual-keys/x'],
  ['DELETE', 'delete', 'provider_key', '/api/providers/openai/keys/x'],
  ['POST', 'create', 'provider_key', '/api/providers/openai/keys'],
] as const;

/** Ids of the objects in this list that share a name, oldest first. */
async function duplicatesAt({ url }: BifrostSandbox, list: string): Promise<readonly string[]> {
  const answer = (await (await fetch(`${url}/api/governance/${list}`)).json()) as { [member: string]: unknown };
  const rows = Object.values(answer).find(Array.isArray) as { readonly id: string; readonly name: string }[];
  return rows.filter(({ name }) => rows.filter((other) => other.name === name).length > 1).map(({ id }) => id);
}

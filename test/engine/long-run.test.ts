import { afterEach, expect, test } from 'vitest';
import { Rig } from './rig.js';
import { virtualKey } from './world.js';

const rigs: Rig[] = [];
afterEach(() => rigs.splice(0).forEach((rig) => rig.close()));

const HOUR = 3_600_000;

test('a run takes as long as it needs: no deadline ends it, however slow the gateway is', async () => {
  const rig = new Rig({ virtualKeys: Array.from({ length: 40 }, (_, n) => virtualKey(`k${n}`)) });
  rigs.push(rig);
  const send = rig.target.send.bind(rig.target);
  rig.target.send = async (kind, request) => {
    await rig.clock.sleep(HOUR, new AbortController().signal);
    return send(kind, request);
  };
  const before = rig.clock.now();
  expect(await rig.run()).toMatchObject({ outcome: 'complete' });
  expect(rig.target.ofKind('virtual_key')).toHaveLength(40);
  expect(rig.clock.now() - before).toBeGreaterThan(4 * HOUR);
});

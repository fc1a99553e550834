import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBifrostSandbox, type BifrostSandbox } from '../../src/sandbox/bifrost/server.js';
import { Identities } from './bifrost-compare.js';
import { clearGateway } from './bifrost-live.js';
import { loadRecordings, type RecordedVersion, type Recording } from './bifrost-recordings.js';
import { ask, mismatches, type Answer } from './bifrost-replay.js';
import { scenes } from './bifrost-scenes.js';
import { lookupIn, NEEDS_CONCURRENCY, type Scene, type Step } from './bifrost-steps.js';

/**
 * Every recording of a real gateway is replayed and must be answered as recorded: status, content type, every member. Against
 * the sandbox, and when LIVE_BIFROST_URL is set against a fresh real gateway of version LIVE_BIFROST_VERSION (default 1.5.16),
 * started with SETVAR=sk-setvar-12345abcd and a fake upstream on 127.0.0.1:9301. LIVE_BIFROST_AUTH_URL is a second fresh one
 * for the scene that turns admin auth on.
 */
const live = process.env.LIVE_BIFROST_URL;
const liveVersion = process.env.LIVE_BIFROST_VERSION === '1.5.2' ? '1.5.2' : '1.5.16';
const versions: readonly RecordedVersion[] = live ? [liveVersion] : ['1.5.16', '1.5.2'];

describe.each(versions)('recordings of Bifrost %s', (version) => {
  const recordings = loadRecordings(version);
  const replayed = new Set(
    scenes(version, recordings).flatMap(({ steps }) =>
      steps.flatMap((step) => ('recording' in step ? [step.recording] : [])),
    ),
  );

  it('are all replayed, except the ones that need concurrency', () => {
    const missing = [...recordings.keys()].filter((name) => !replayed.has(name) && !NEEDS_CONCURRENCY.includes(name));
    expect(missing).toEqual([]);
    expect(recordings.size).toBeGreaterThan(460);
  });

  for (const scene of scenes(version, recordings)) describeScene(version, scene, recordings);

  const variations = loadRecordings(version, 'variations');
  describeScene(
    version,
    { title: 'one gateway through many variations', steps: [...variations.keys()].map((recording) => ({ recording })) },
    variations,
  );
});

function describeScene(version: RecordedVersion, scene: Scene, recordings: ReadonlyMap<string, Recording>): void {
  const url = scene.auth ? process.env.LIVE_BIFROST_AUTH_URL : live;
  describe.skipIf(live !== undefined && url === undefined)(scene.title, () => {
    const identities = new Identities();
    const lookup = lookupIn(recordings);
    let sandbox: BifrostSandbox | undefined;
    let target = url ?? '';

    beforeAll(async () => {
      if (live) return clearGateway(target);
      sandbox = await startBifrostSandbox({
        personality: version,
        env: { SETVAR: 'sk-setvar-12345abcd' },
        listedModels: { kl: null },
      });
      target = sandbox.url;
    });
    afterAll(() => sandbox?.close());

    let setups: Step[] = [];
    for (const step of scene.steps) {
      if (!('recording' in step)) {
        setups.push(step);
        continue;
      }
      const recording = recordings.get(step.recording);
      if (!recording) continue;
      const before = setups;
      setups = [];
      it(`answers ${recording.name}: ${recording.request.method} ${recording.request.path.slice(0, 80)}`, async () => {
        for (const setup of before) await arrange(setup);
        const answer = await ask(target, recording.request, identities);
        const found = mismatches(recording, answer, identities, live !== undefined);
        expect(found.length, found.join('\n')).toBe(0);
      });
    }

    async function arrange(step: Step): Promise<void> {
      if ('recording' in step) return;
      const credentials = scene.auth
        ? { headers: { authorization: `Basic ${Buffer.from('admin:S3cret-pass!').toString('base64')}` } }
        : {};
      const answer = await ask(target, { ...step.setup(lookup), ...credentials }, identities);
      if (answer.status >= 300) throw new Error(`set-up answered ${answer.status}: ${JSON.stringify(answer.body)}`);
      for (const [recorded, path] of Object.entries(step.binds?.(lookup) ?? {}))
        identities.bind(recorded, idIn(answer, path));
    }
  });
}

function idIn(answer: Answer, path: string): string {
  const value = path
    .split('.')
    .reduce<unknown>((inner, member) => (inner as Record<string, unknown>)[member], answer.body);
  return String(value).replace(/^sk-bf-/, '');
}

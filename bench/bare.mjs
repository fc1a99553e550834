// What the same writes cost without a journal: a migration on a gateway that only notes the virtual keys' requests, then
// those requests sent in a plain loop with the same client and concurrency.
import { connectTarget } from '../dist/target/connect.js';
import { benchSettings, runMigration } from './engine.mjs';

const settings = benchSettings();
const noted = [];
await runMigration(settings, {
  wrapTarget: (target) => ({
    ...target,
    identity: target.identity,
    capabilities: target.capabilities,
    snapshot: () => target.snapshot(),
    find: (...given) => target.find(...given),
    get: (...given) => target.get(...given),
    parse: (...given) => target.parse(...given),
    differences: (...given) => target.differences(...given),
    close: () => target.close(),
    send: (kind, request) => {
      if (kind !== 'virtual_key') return target.send(kind, request);
      noted.push(request);
      const { provider_configs: _, ...body } = request.body;
      return Promise.resolve({
        kind: 'response',
        status: 200,
        retryAfterMs: null,
        json: { virtual_key: { id: `noted-${noted.length}`, ...body, provider_configs: [] } },
        text: '',
        durationMs: 0,
      });
    },
  }),
});

const target = await connectTarget(settings, { reveal: () => '' });
const queue = noted.values();
const started = performance.now();
const lane = async () => {
  for (const request of queue) {
    const result = await target.send('virtual_key', request);
    if (result.kind !== 'response' || result.status !== 200) throw new Error(JSON.stringify(result));
  }
};
await Promise.all(Array.from({ length: settings.concurrency }, lane));
const ms = performance.now() - started;
await target.close();
console.log(JSON.stringify({ ms, sent: noted.length }));

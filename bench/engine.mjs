// The engine with its real parts, as `migrate run` wires them, with a clock on the virtual-key stage.
import { loadSettings } from '../dist/config.js';
import { migrate } from '../dist/engine/run.js';
import { keepHeapSmall } from '../dist/engine/heap.js';
import { openJournal } from '../dist/journal/open.js';
import { buildCatalog } from '../dist/mapping/catalog.js';
import { openSource } from '../dist/sources/world.js';
import { stages } from '../dist/stages/index.js';
import { connectTarget } from '../dist/target/connect.js';

export function benchSettings() {
  const { settings } = loadSettings({}, process.env, { requirements: 'both' });
  return { ...settings, journal: process.env.BENCH_JOURNAL, concurrency: Number(process.env.BENCH_CONCURRENCY) };
}

/** Opens both ends and the journal; `wrap` may replace the stages or the target. */
export async function runMigration(settings, { wrapTarget = (target) => target } = {}) {
  keepHeapSmall();
  const started = performance.now();
  const journal = openJournal(settings.journal, { create: true, now: Date.now, toolVersion: 'bench' });
  const source = await openSource(settings, journal.fingerprint);
  const target = await connectTarget(settings, source.secrets);
  let stageStart = 0;
  let ms = 0;
  const summary = await migrate({
    journal,
    source,
    target: wrapTarget(target),
    settings,
    stages,
    buildCatalog: (facts) => buildCatalog({ ...facts, environment: () => undefined, credentialFile: () => undefined }),
    listener: (event) => {
      if (event.type === 'stage-started' && event.stage === 'virtual-keys') stageStart = performance.now();
      if (event.type === 'stage-finished' && event.stage === 'virtual-keys') ms = performance.now() - stageStart;
    },
    signal: new AbortController().signal,
    now: Date.now,
    random: Math.random,
    mode: 'run',
  });
  // From the first virtual key sent to the last: limits of keys for single models follow one by one and are not part of it.
  const phase = journal.db
    .prepare(
      "select min(a.at) as first, max(a.at) as last from attempts a join writes w on w.id = a.write_id where w.kind = 'virtual_key'",
    )
    .get();
  if (phase.last !== null) ms = Date.parse(phase.last) - Date.parse(phase.first);
  const objects = journal.db.prepare("select count(*) as n from writes where origin = 'created'").get();
  await target.close();
  await source.close();
  journal.close();
  return { ms, totalMs: performance.now() - started, created: objects.n, summary };
}

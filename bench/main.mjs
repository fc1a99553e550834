// Ratios of one run, never absolute times: the same machine measured both sides within seconds of each other.
// Prints a table and exits 1 when a threshold is missed. Not part of `npm test`.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { measureStartup } from './startup.mjs';
import { migrateOnce, sendBare, withSandbox } from './measure.mjs';

const folder = mkdtempSync(join(tmpdir(), 'migrate-bench-'));
const results = [];

function judge(what, ratio, limit, direction, detail) {
  const ok = direction === 'at most' ? ratio <= limit : ratio >= limit;
  results.push(ok);
  console.log(
    `${ok ? 'ok  ' : 'MISS'} ${what.padEnd(52)} ${ratio.toFixed(3).padStart(7)}  (${direction} ${limit})  ${detail}`,
  );
}

const seconds = (ms) => `${(ms / 1000).toFixed(2)} s`;

/** The middle one of several: one hiccup of the machine must not decide. */
function median(values) {
  return values.sort((a, b) => a - b)[Math.floor(values.length / 2)];
}

try {
  const startup = await measureStartup(folder, 15);
  const waited = (ms) => `${Math.round(ms)} ms`;
  const bareNode = median(startup.bare);
  for (const [what, ms, limit] of [
    ['time of --help / of node -e 0', median(startup.help), 4],
    ['first line of run / node -e 0', median(startup.first), 8],
  ])
    judge(what, ms / bareNode, limit, 'at most', `${waited(ms)} / ${waited(bareNode)}`);

  // Turn by turn, so that both meet the machine in the same mood.
  const journalled = [];
  const bare = [];
  for (let round = 0; round < 5; round += 1) {
    const load = { keys: 2_000, latencyMs: 5 };
    journalled.push((await withSandbox(load, (ends) => migrateOnce(ends, { folder, concurrency: 8 }))).ms);
    bare.push((await withSandbox(load, (ends) => sendBare(ends, { folder, concurrency: 8 }))).ms);
  }
  judge(
    'time with journal / without (c=8, 5 ms target)',
    median(journalled) / median(bare),
    1.35,
    'at most',
    `${seconds(median(journalled))} / ${seconds(median(bare))}`,
  );

  const slow = await withSandbox({ keys: 500, latencyMs: 20 }, (ends) => migrateOnce(ends, { folder, concurrency: 1 }));
  const fast = await withSandbox({ keys: 500, latencyMs: 20 }, (ends) => migrateOnce(ends, { folder, concurrency: 8 }));
  judge(
    'throughput at 8 / at 1 (20 ms target)',
    slow.ms / fast.ms,
    6,
    'at least',
    `${seconds(slow.ms)} / ${seconds(fast.ms)}`,
  );

  const few = await withSandbox({ keys: 2_000 }, (ends) => migrateOnce(ends, { folder, concurrency: 8 }));
  const many = await withSandbox({ keys: 20_000 }, (ends) =>
    migrateOnce(ends, { folder, concurrency: 8, resume: true }),
  );
  judge(
    'time for 20,000 / 2,000 keys',
    many.totalMs / few.totalMs,
    11,
    'at most',
    `${seconds(many.totalMs)} / ${seconds(few.totalMs)}`,
  );
  judge(
    'resume of a finished run / the full run',
    many.resumeMs / many.totalMs,
    0.03,
    'at most',
    `${seconds(many.resumeMs)} / ${seconds(many.totalMs)}`,
  );
  judge('writes per created object', many.writes / many.created, 1.02, 'at most', `${many.writes} / ${many.created}`);

  const small = await withSandbox({ keys: 1_000 }, (ends) => migrateOnce(ends, { folder, concurrency: 8 }));
  const megabytes = (kilobytes) => `${Math.round(kilobytes / 1024)} MB`;
  judge(
    'peak memory 20,000 / 1,000 keys',
    many.peakKb / small.peakKb,
    1.6,
    'at most',
    `${megabytes(many.peakKb)} / ${megabytes(small.peakKb)}`,
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.exit(results.every(Boolean) ? 0 : 1);

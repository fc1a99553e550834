// The long settings of the suites that search: by hand, or once a night, each time with other seeds, which are printed.
import { makeReady, run } from './ready.mjs';

makeReady();
const suites = ['test/properties', 'test/engine/schedules', 'test/crash', 'test/malformed'];
const seed = String(Date.now() % 1_000_000_000);
console.error(`PROPERTY_SEED=${seed} SCHEDULES_SEED=${seed}`);
const status = run('node', ['node_modules/vitest/vitest.mjs', 'run', '--testTimeout=14400000', ...suites], {
  PROPERTY_WORLDS: '100000',
  PROPERTY_SEED: seed,
  SCHEDULES: '200000',
  SCHEDULES_SEED: seed,
  CRASH_NIGHTLY: '1',
  ...process.env,
});
process.exit(status);

// The long settings of the suites that search: by hand, or once a night. Seeds are printed.
import { makeReady, run } from './ready.mjs';

makeReady();
const suites = ['test/properties', 'test/engine/schedules', 'test/crash', 'test/malformed'];
const status = run('node', ['node_modules/vitest/vitest.mjs', 'run', '--testTimeout=14400000', ...suites], {
  PROPERTY_WORLDS: '100000',
  SCHEDULES: '200000',
  CRASH_NIGHTLY: '1',
});
process.exit(status);

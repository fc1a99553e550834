import { defineConfig } from 'vitest/config';

/**
 * The suites that pin down decisions, and nothing that starts a process or a server: every mutant runs them. Of random worlds the
 * same few each time, so that the score does not depend on luck.
 */
export default defineConfig({
  test: {
    include: [
      'test/mapping/**/*.test.ts',
      'test/stages/**/*.test.ts',
      'test/guide/**/*.test.ts',
      'test/properties/**/*.test.ts',
      'test/journal/states.test.ts',
      'test/engine/outcome.test.ts',
    ],
    exclude: ['test/mapping/providers-table.test.ts'],
    env: { PROPERTY_WORLDS: '40', PROPERTY_SEED: '1' },
    setupFiles: ['test/properties/first-failure.ts'],
    testTimeout: 60_000,
    pool: 'forks',
    maxWorkers: 1,
  },
});

import { defineConfig } from 'vitest/config';

/**
 * The suites that pin down decisions, and nothing that starts a process or a server: every mutant runs them. Random worlds are not
 * among them: they would take seconds for each mutant, and the score would be another one every time.
 */
export default defineConfig({
  test: {
    include: [
      'test/mapping/**/*.test.ts',
      'test/stages/**/*.test.ts',
      'test/guide/**/*.test.ts',
      'test/journal/states.test.ts',
      'test/engine/outcome.test.ts',
    ],
    exclude: ['test/mapping/providers-table.test.ts'],
    testTimeout: 60_000,
    pool: 'forks',
    maxWorkers: 1,
  },
});

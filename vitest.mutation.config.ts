import { defineConfig } from 'vitest/config';

/** The suites that pin down decisions, and nothing that starts a process or a server: every mutant runs them. */
export default defineConfig({
  test: {
    include: [
      'test/mapping/**/*.test.ts',
      'test/stages/**/*.test.ts',
      'test/guide/**/*.test.ts',
      'test/properties/**/*.test.ts',
      'test/journal/tables.test.ts',
      'test/engine/outcome.test.ts',
    ],
    exclude: ['test/mapping/providers-table.test.ts'],
    testTimeout: 60_000,
    pool: 'forks',
    maxWorkers: 1,
  },
});

import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/live/**'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    pool: 'forks',
    // No suite leaves anything behind in its process: sharing it saves loading the program for each file.
    isolate: false,
    // Suites that search make garbage faster than V8 gives it room.
    execArgv: ['--max-semi-space-size=64'],
    // Many wait for servers, signals and second looks; more than this take processor time from each other.
    maxWorkers: 3,
    globalSetup: 'test/temporary-files.ts',
  },
});

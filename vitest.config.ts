import { defineConfig } from 'vitest/config';

/** Suites that leave nothing behind in their process: they share one, which saves loading the program for each file. */
const SHARING = [
  'cli',
  'contract',
  'coverage',
  'docs',
  'guide',
  'inference',
  'live-judge',
  'malformed',
  'mapping',
  'oracles',
  'report',
  'sources',
  'stages',
  'target',
].map((folder) => `test/${folder}/**/*.test.ts`);

export default defineConfig({
  test: {
    testTimeout: 60_000,
    hookTimeout: 120_000,
    pool: 'forks',
    // Suites that search make garbage faster than V8 gives it room.
    execArgv: ['--max-semi-space-size=64'],
    // Many of them wait for servers, signals and second looks.
    maxWorkers: 4,
    globalSetup: 'test/temporary-files.ts',
    projects: [
      { extends: true, test: { name: 'apart', include: ['test/**/*.test.ts'], exclude: ['test/live/**', ...SHARING] } },
      { extends: true, test: { name: 'sharing', include: SHARING, isolate: false } },
    ],
  },
});

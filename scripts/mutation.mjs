// Mutation testing, by hand: `npm run mutation` for everything that decides, `npm run mutation -- src/mapping/access.ts` for
// one file. Stryker is installed beside the project's own packages and not saved: the one test command does not need it.
// Ends with 1 when a score is below what is promised: 85 % on the mapping, the journal's states and the meaning of answers,
// 95 % on access.ts.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeReady, root, run } from './ready.mjs';

const VERSION = '9.6.1';
const PROMISES = [
  { files: 'src/mapping/access.ts', least: 95 },
  { files: 'src/mapping/**/*.ts', least: 85 },
  { files: 'src/journal/states.ts', least: 85 },
  { files: 'src/engine/outcome.ts', least: 85 },
];

makeReady();
if (!existsSync(join(root, 'node_modules/@stryker-mutator/vitest-runner'))) {
  const packages = ['core', 'vitest-runner'].map((name) => `@stryker-mutator/${name}@${VERSION}`);
  if (run('npm', ['install', '--no-save', '--no-package-lock', '--no-audit', '--no-fund', ...packages]) !== 0)
    process.exit(1);
}
const asked = process.argv.slice(2);
const mutate = asked.length > 0 ? asked : [...new Set(PROMISES.map(({ files }) => files))];
const config = join(root, '.tmp', 'stryker.json');
const report = join(root, '.tmp', 'mutation.json');
mkdirSync(join(root, '.tmp'), { recursive: true });
rmSync(report, { force: true });
writeFileSync(
  config,
  JSON.stringify({
    testRunner: 'vitest',
    vitest: { configFile: 'vitest.mutation.config.ts', related: false },
    plugins: ['@stryker-mutator/vitest-runner'],
    mutate,
    reporters: ['clear-text', 'json'],
    jsonReporter: { fileName: '.tmp/mutation.json' },
    clearTextReporter: { allowColor: false, reportTests: false },
    concurrency: 2,
    // On a busy machine a shorter one would count mutants as found that nobody looked at.
    timeoutMS: 30_000,
    tempDirName: '.tmp/stryker',
    ignorePatterns: ['.tmp', 'dist', 'docs', 'bench'],
    // Texts for people say nothing that a test should pin down word by word.
    mutator: { excludedMutations: ['StringLiteral'] },
    ignoreStatic: true,
    incremental: true,
    incrementalFile: '.tmp/stryker-incremental.json',
  }),
);
const status = run('npx', ['stryker', 'run', config]);
if (!existsSync(report)) process.exit(status || 1);

const { files } = JSON.parse(readFileSync(report, 'utf8'));
let held = true;
for (const { files: pattern, least } of PROMISES) {
  const inside = Object.entries(files).filter(([name]) => name.startsWith(pattern.replace(/\*.*$/, '')));
  const mutants = inside.flatMap(([, file]) => file.mutants.map((mutant) => mutant.status));
  const killed = mutants.filter((state) => state === 'Killed' || state === 'Timeout').length;
  const counted = mutants.filter((state) => ['Killed', 'Timeout', 'Survived', 'NoCoverage'].includes(state)).length;
  if (counted === 0) continue;
  const score = (100 * killed) / counted;
  held &&= score >= least;
  console.log(
    `${score >= least ? 'ok  ' : 'MISS'} ${pattern}: ${score.toFixed(1)} % of ${counted} (at least ${least})`,
  );
}
process.exit(held ? 0 : 1);

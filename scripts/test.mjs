// The one test command: ready the checkout, then types, lint, format, and every suite that needs no outside server.
// The last line is `N passed, N failed`.
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { makeReady, root } from './ready.mjs';

makeReady();
let passed = 0;
let failed = 0;
// Side by side: the checks leave a processor idle whenever one of them is left alone.
const checks = [
  ['types and lint', ['scripts/types-and-lint.mjs']],
  ['format', ['node_modules/prettier/bin/prettier.cjs', '--check', '--log-level', 'warn', '.']],
].map(([name, args]) => ({ name, ended: runQuietly(args) }));

const report = join(root, '.tmp', 'vitest.json');
mkdirSync(join(root, '.tmp'), { recursive: true });
rmSync(report, { force: true });
const status = await runLoudly([
  'node_modules/vitest/vitest.mjs',
  'run',
  '--reporter=dot',
  '--reporter=json',
  `--outputFile.json=${report}`,
  ...process.argv.slice(2),
]);
for (const { name, ended } of checks) {
  const { code, output } = await ended;
  process.stdout.write(output);
  console.log(`${code === 0 ? 'ok  ' : 'FAIL'} ${name}`);
  if (code === 0) passed += 1;
  else failed += 1;
}
try {
  const results = JSON.parse(readFileSync(report, 'utf8'));
  passed += results.numPassedTests;
  failed += results.numFailedTests;
  // A file that could not even be loaded has no tests to count.
  failed += results.testResults.filter((file) => file.status === 'failed' && file.assertionResults.length === 0).length;
} catch {
  failed += 1;
}
if (status !== 0 && failed === 0) failed = 1;
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);

/** What it prints is kept until its turn. Checkers make garbage faster than V8 gives it room: a fifth of their time. */
function runQuietly(args) {
  const child = spawn(process.execPath, ['--max-semi-space-size=64', ...args], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text) => {
      output += text;
    });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, output }));
  });
}

function runLoudly(args) {
  const env = process.stdout.isTTY ? process.env : { ...process.env, NO_COLOR: '1' };
  const child = spawn(process.execPath, args, { cwd: root, stdio: 'inherit', env });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve(code ?? 1));
  });
}

// The command a person types, from start to end of its process.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const started = performance.now();
const cli = fileURLToPath(new URL('../dist/cli.js', import.meta.url));
const result = spawnSync(process.execPath, [cli, 'resume', '--journal', process.env.BENCH_JOURNAL], {
  encoding: 'utf8',
});
if (result.status !== 0 && result.status !== 3) throw new Error(result.stderr);
console.log(JSON.stringify({ ms: performance.now() - started }));

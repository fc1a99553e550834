import { makeReady, run } from './ready.mjs';

makeReady();
process.exit(run('node', ['--expose-gc', 'bench/main.mjs', ...process.argv.slice(2)]));

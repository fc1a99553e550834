import { makeReady, run } from './ready.mjs';

makeReady();
process.exit(run('node', ['dist/cli.js', 'demo', ...process.argv.slice(2)]));

// How long a person waits before something is to be seen, against a Node that does nothing.
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../dist/cli.js', import.meta.url));
/** Nobody listens there: the first line comes before anybody is asked. */
const NOWHERE = 'http://127.0.0.1:9';

/** Turn by turn; milliseconds: `bare` and `help` until the process has ended, `first` until `run` has said something. */
export async function measureStartup(folder, rounds) {
  const times = { bare: [], help: [], first: [] };
  const env = {
    LITELLM_URL: NOWHERE,
    LITELLM_MASTER_KEY: 'sk-bench',
    LITELLM_CONFIG: fileURLToPath(new URL('empty.yaml', import.meta.url)),
    BIFROST_URL: NOWHERE,
  };
  for (let round = 0; round < rounds; round += 1) {
    times.bare.push(await ended(['-e', '0']));
    times.help.push(await ended([program, '--help']));
    times.first.push(await spoken([program, 'run', '--journal', join(folder, `${randomUUID()}.db`)], env));
  }
  return times;
}

function ended(args) {
  return new Promise((resolve, reject) => {
    const started = performance.now();
    const child = spawn(process.execPath, args, { env: { PATH: process.env.PATH }, stdio: 'ignore' });
    child.on('error', reject);
    child.on('exit', (code) => {
      if (code === 0) resolve(performance.now() - started);
      else reject(new Error(`${args.join(' ')} ended with ${code}`));
    });
  });
}

function spoken(args, env) {
  return new Promise((resolve, reject) => {
    const started = performance.now();
    const child = spawn(process.execPath, args, {
      env: { PATH: process.env.PATH, ...env },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let ms = null;
    child.stderr.once('data', (text) => {
      ms = performance.now() - started;
      if (!String(text).startsWith('journal ')) reject(new Error(`run begins with ${text}`));
      child.kill('SIGKILL');
    });
    child.on('error', reject);
    child.on('exit', () => (ms === null ? reject(new Error('run said nothing')) : resolve(ms)));
  });
}

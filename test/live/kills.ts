import { existsSync, readFileSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { spawn } from 'node:child_process';
import { bifrostReader } from './bifrost-facts.js';
import { portraitOf } from './bifrost-portrait.js';
import { startBifrost } from './bifrost-process.js';
import { splitAtDashes } from './options.js';

/**
 * One migration killed with SIGKILL again and again, from its beginning to its end, and one left alone, each on an empty real
 * gateway: both gateways must hold the same. Where LiteLLM is comes from the environment, as for any user; see README.md.
 */
const { own, rest } = splitAtDashes(process.argv.slice(2));
const { values } = parseArgs({
  args: own,
  strict: true,
  options: {
    'bifrost-binary': { type: 'string' },
    'bifrost-port': { type: 'string' },
    dir: { type: 'string' },
    catalog: { type: 'string' },
    program: { type: 'string', default: 'dist/cli.js' },
    kills: { type: 'string', default: '20' },
  },
});
const { 'bifrost-binary': binary, 'bifrost-port': port, dir, catalog, program, kills } = values;
if (binary === undefined || port === undefined || dir === undefined)
  throw new Error('--bifrost-binary, --bifrost-port and --dir are needed; see test/live/README.md');

type Ended = { readonly code: number | null; readonly signal: string | null; readonly stderr: string };

/** `migrate <words>` on this gateway. */
function migrate(words: readonly string[], journal: string, more: { readonly [name: string]: string }): Promise<Ended> {
  const environment = { ...process.env, BIFROST_URL: `http://127.0.0.1:${port}`, ...more };
  const flags = words[0] === 'rollback' ? [] : rest;
  const child = spawn(process.execPath, [program, ...words, '--journal', journal, '--quiet', ...flags], {
    env: environment,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal, stderr }));
  });
}

function finished({ code, signal, stderr }: Ended): void {
  if (code !== 0 && code !== 3) throw new Error(`ended with ${code ?? signal}: ${stderr.slice(-1500)}`);
}

type Story = { readonly portrait: readonly string[]; readonly passings: number; readonly killed: number };

async function onEmptyGateway(
  name: string,
  work: (journal: string) => Promise<Omit<Story, 'portrait'>>,
): Promise<Story> {
  const folder = join(dir as string, name);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const bifrost = await startBifrost({
    binary: binary as string,
    port: Number(port),
    directory: join(folder, 'gateway'),
    catalog: catalog ?? null,
  });
  try {
    const story = await work(join(folder, 'migrate.db'));
    return { ...story, portrait: await portraitOf(bifrostReader(bifrost.url, null)) };
  } finally {
    await bifrost.stop();
  }
}

const left = await onEmptyGateway('undisturbed', async (journal) => {
  const count = join(dir, 'passings');
  await rm(count, { force: true });
  finished(await migrate(['run'], journal, { MIGRATE_FAILPOINT_COUNT: count }));
  return { passings: readFileSync(count, 'utf8').trimEnd().split('\n').length, killed: 0 };
});
say(`undisturbed: ${left.portrait.length} objects, ${left.passings} boundaries passed`);

const disturbed = await onEmptyGateway('killed', async (journal) => {
  let killed = 0;
  // Each life goes a little further than the one before; the last ones find less left to do.
  const stride = Math.max(3, Math.floor(left.passings / Number(kills)));
  for (let at = 0; killed < Number(kills); at += 1) {
    const verb = existsSync(journal) ? 'resume' : 'run';
    const ended = await migrate([verb], journal, { MIGRATE_FAILPOINT: `any:${stride + (at % 7)}` });
    if (ended.signal !== 'SIGKILL') {
      finished(ended);
      say(`finished before kill ${killed + 1}`);
      break;
    }
    killed += 1;
  }
  finished(await migrate(['resume'], journal, {}));
  const count = join(dir, 'after');
  await rm(count, { force: true });
  finished(await migrate(['run'], journal, { MIGRATE_FAILPOINT_COUNT: count }));
  const sent = readFileSync(count, 'utf8')
    .split('\n')
    .filter((line) => line.includes('send.before'));
  if (sent.length > 0) throw new Error(`a run after the last resume still sends: ${sent.join('; ')}`);
  return { passings: 0, killed };
});

const [a, b] = [left.portrait, disturbed.portrait];
const lost = a.filter((one) => !b.includes(one));
const more = b.filter((one) => !a.includes(one));
say(
  `killed ${disturbed.killed} times: ${b.length} objects; lost ${lost.length}, too many ${b.length - a.length}, other ${more.length}`,
);
for (const one of lost.slice(0, 5)) say(`  lost  ${one.slice(0, 400)}`);
for (const one of more.slice(0, 5)) say(`  other ${one.slice(0, 400)}`);
process.exitCode = lost.length === 0 && more.length === 0 && a.length === b.length ? 0 : 1;

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

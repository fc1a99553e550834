// One measured migration in a process of its own, against sandbox gateways in processes of theirs.
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { spawnLitellmSandbox } from '../dist/sandbox/litellm/process.js';
import { spawnBifrostSandbox } from '../dist/sandbox/process.js';

const here = (name) => fileURLToPath(new URL(name, import.meta.url));

/** Starts both ends, lets `work` use them, stops them whatever happens. */
export async function withSandbox({ keys, latencyMs = 0 }, work) {
  const litellm = await spawnLitellmSandbox({ version: '1.109.1', world: { keys } });
  const bifrost = await spawnBifrostSandbox({ latencyMs });
  try {
    return await work({ litellm, bifrost });
  } finally {
    await bifrost.stop();
    await litellm.stop();
  }
}

/** A whole `run`. `ms` = the virtual-key stage, `totalMs` = everything, peak memory in KB; with `resume` a resume after it. */
export async function migrateOnce(ends, { folder, concurrency, resume = false }) {
  const journal = join(folder, `${randomUUID()}.db`);
  const result = await child('one-run.mjs', ends, { journal, concurrency });
  const dump = await (await fetch(`${ends.bifrost.url}/__sandbox/stats`)).json();
  const resumeMs = resume ? (await child('one-resume.mjs', ends, { journal, concurrency })).ms : null;
  return { ...result, writes: dump.writes, resumeMs };
}

/** The virtual keys a run would send, sent without a journal: same bodies, same client, same concurrency. */
export async function sendBare(ends, { folder, concurrency }) {
  return child('bare.mjs', ends, { journal: join(folder, `${randomUUID()}.db`), concurrency });
}

function child(script, { litellm, bifrost }, { journal, concurrency }) {
  const env = {
    PATH: process.env.PATH,
    LITELLM_URL: litellm.url,
    LITELLM_MASTER_KEY: litellm.masterKey,
    LITELLM_SALT_KEY: litellm.saltKey,
    LITELLM_CONFIG: here('empty.yaml'),
    BIFROST_URL: bifrost.url,
    BENCH_JOURNAL: journal,
    BENCH_CONCURRENCY: String(concurrency),
  };
  return new Promise((resolve, reject) => {
    const started = spawn(process.execPath, [here(script)], { env, stdio: ['ignore', 'pipe', 'inherit'] });
    let out = '';
    started.stdout.on('data', (chunk) => (out += chunk));
    started.on('error', reject);
    started.on('close', (code) => {
      if (code !== 0) reject(new Error(`${script} ended with ${code}`));
      else resolve(JSON.parse(out));
    });
  });
}

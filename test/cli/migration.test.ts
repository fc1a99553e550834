import { existsSync, mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { migrate, PROGRAM, run } from './program.js';
import { spawnBifrostSandbox, type SandboxProcess } from '../../src/sandbox/process.js';
import { spawnLitellmSandbox, type SpawnedSandbox } from '../../src/sandbox/litellm/process.js';

/** Every secret of the sandbox's world contains it. */
const CANARY = /CANARY/;

/** What the environment references of that world stand for where Bifrost runs. */
const BIFROST_ENVIRONMENT = Object.fromEntries(
  ['OPENAI', 'OPENAI_DB', 'ANTHROPIC', 'AZURE', 'GROQ', 'DEEPSEEK', 'MISTRAL']
    .map(
      (name) => [name.endsWith('_DB') ? `${name}_KEY` : `${name}_API_KEY`, `value-of-${name.toLowerCase()}`] as const,
    )
    .concat([
      ['BEDROCK_ACCESS_KEY_ID', 'value-of-bedrock-id'],
      ['BEDROCK_SECRET_ACCESS_KEY', 'value-of-bedrock'],
    ]),
);

let folder: string;
let litellm: SpawnedSandbox;
const gateways: SandboxProcess[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'cli-'));
  litellm = await spawnLitellmSandbox({ version: '1.109.1', configDir: folder });
});

afterAll(async () => {
  await Promise.all([...gateways, litellm].map((gateway) => gateway.stop()));
});

async function bifrost(latencyMs = 0): Promise<SandboxProcess> {
  const gateway = await spawnBifrostSandbox({ personality: '1.5.16', latencyMs, env: BIFROST_ENVIRONMENT });
  gateways.push(gateway);
  return gateway;
}

function environment(bifrostUrl: string): { [name: string]: string } {
  return {
    LITELLM_URL: litellm.url,
    LITELLM_MASTER_KEY: litellm.masterKey,
    LITELLM_SALT_KEY: litellm.saltKey,
    LITELLM_CONFIG: join(folder, 'config.yaml'),
    BIFROST_URL: bifrostUrl,
  };
}

function newJournal(): string {
  return join(mkdtempSync(join(tmpdir(), 'cli-')), 'migrate.db');
}

async function writesAt(url: string): Promise<number> {
  const stats = (await (await fetch(`${url}/__sandbox/stats`)).json()) as { writes: number };
  return stats.writes;
}

type RunDocument = {
  outcome: string;
  dryRun: boolean;
  exitCode: number;
  writesSent: number;
  next: string;
  plan?: { kind: string; label: string }[];
  report: {
    total: { [column: string]: number };
    inDoubt: number;
    failed: { entries: { kind: string; id: string }[] }[];
  };
};

describe('a migration on the command line', () => {
  let gateway: SandboxProcess;
  let journal: string;
  let env: { [name: string]: string };
  beforeAll(async () => {
    gateway = await bifrost();
    journal = newJournal();
    env = environment(gateway.url);
  });

  it('dry: prints the plan on stderr, sends no write, leaves no journal', async () => {
    const { code, stdout, stderr } = await migrate(['run', '--dry-run', '--journal', journal], { env });
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
    expect(stderr).toMatch(
      /^fetched \d+ model deployment\(s\) from LiteLLM; resolved \d+ named credential\(s\) and \d+ deployment param set\(s\)$/m,
    );
    expect(stderr).toMatch(/^PLAN provider "/m);
    expect(stderr).toMatch(/^ {7}key "/m);
    expect(stderr).toMatch(/^dry-run: \d+ provider\(s\), .* planned, no writes performed$/m);
    expect(stderr).toMatch(/^REPORT skipped no_email \(\d+\):$/m);
    expect(stderr).toMatch(/^losses: /m);
    expect(stderr).toContain(`next: migrate run --journal ${journal}`);
    expect(stderr).not.toMatch(CANARY);
    expect(await writesAt(gateway.url)).toBe(0);
    expect(existsSync(journal)).toBe(false);
  });

  it('dry by DRY_RUN=1, as JSON: one document with the plan', async () => {
    const { code, stdout } = await migrate(['run', '--json', '--quiet', '--journal', journal], {
      env: { ...env, DRY_RUN: '1' },
    });
    const document = JSON.parse(stdout) as RunDocument;
    expect(document).toMatchObject({ outcome: 'complete', dryRun: true, exitCode: code, writesSent: 0 });
    expect(document.plan?.length).toBeGreaterThan(50);
    expect(await writesAt(gateway.url)).toBe(0);
  });

  it('real: the rows add up, and stdout holds the one document', async () => {
    const { code, stdout, stderr } = await migrate(['run', '--json', '--journal', journal], { env });
    expect(code).toBe(3);
    const document = JSON.parse(stdout) as RunDocument;
    const { read, created, adopted, skipped, failed, waiting } = document.report.total;
    expect(read).toBe((created ?? 0) + (adopted ?? 0) + (skipped ?? 0) + (failed ?? 0) + (waiting ?? 0));
    expect(document.writesSent).toBe(await writesAt(gateway.url));
    expect(document.writesSent).toBeGreaterThan(50);
    expect(stderr).toMatch(/^OK {3}provider "/m);
    expect(stderr).toMatch(/^done: .* written, \d+ failed$/m);
    expect(stderr).not.toMatch(/[\w.]{2,}@[\w-]+\.\w+/);
    expect(statSync(journal).mode & 0o777).toBe(0o600);
  });

  it('again: nothing is left to write', async () => {
    const before = await writesAt(gateway.url);
    const { stdout } = await migrate(['run', '--json', '--journal', journal], { env });
    expect((JSON.parse(stdout) as RunDocument).writesSent).toBe(0);
    expect(await writesAt(gateway.url)).toBe(before);
  });

  it('resume of a finished run says so, and asks nobody', async () => {
    const nobody = { ...env, LITELLM_URL: 'http://127.0.0.1:9', BIFROST_URL: 'http://127.0.0.1:9' };
    const { code, stdout, stderr } = await migrate(['resume', '--journal', journal], { env: nobody });
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
    expect(stderr).toContain('nothing to resume');
  });

  it('retry finds a record by the start of its id, and refuses what means nothing or too much', async () => {
    const unknown = await migrate(['retry', '--failed', '--id', 'zzz-no-such', '--journal', journal], { env });
    expect(unknown.code).toBe(2);
    expect(unknown.stderr).toContain('no record with the id "zzz-no-such"');
    const many = await migrate(['retry', '--failed', '--kind', 'keys', '--id', '', '--journal', journal], { env });
    expect(many.code).toBe(2);
    const { stdout } = await migrate(['retry', '--failed', '--json', '--journal', journal], { env });
    expect(JSON.parse(stdout)).toMatchObject({ command: 'retry', outcome: 'complete', writesSent: 0 });
  });

  it('keys: the sheet is private, holds every written key, and is made again over itself', async () => {
    const cwd = mkdtempSync(join(tmpdir(), 'keys-'));
    for (let n = 0; n < 2; n++) {
      const { code, stdout, stderr } = await migrate(['keys', '--journal', journal], { env, cwd });
      expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
      expect(stderr).toMatch(/^wrote \.\/bifrost-keys\.csv with \d+ new key\(s\)/);
      expect(stderr).not.toContain('sk-bf-');
    }
    const file = join(cwd, 'bifrost-keys.csv');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const rows = readFileSync(file, 'utf8').trimEnd().split('\n').slice(1);
    const { stdout } = await migrate(['status', '--json', '--journal', journal]);
    const { counts } = JSON.parse(stdout) as { counts: { kind: string; created: number }[] };
    expect(rows).toHaveLength(counts.find((count) => count.kind === 'virtual_key')?.created ?? -1);
    for (const row of rows) expect(row).toMatch(/,sk-bf-[^,]+,http:\/\/127\.0\.0\.1:\d+\/litellm$/);
  });

  it('keys: values on stdout only when asked for, each as the gateway has it', async () => {
    const { code, stdout } = await migrate(['keys', '--format', 'json', '--stdout', '--journal', journal], { env });
    expect(code).toBe(0);
    const { keys } = JSON.parse(stdout) as { keys: { bifrostId: string; value: string }[] };
    const dump = (await (await fetch(`${gateway.url}/__sandbox/dump`)).json()) as {
      virtualKeys: { id: string; value: string }[];
    };
    const there = new Map(dump.virtualKeys.map(({ id, value }) => [id, value]));
    expect(keys.map(({ bifrostId }) => bifrostId).sort()).toEqual([...there.keys()].sort());
    for (const { bifrostId, value } of keys) expect(value).toBe(there.get(bifrostId));
  });

  it('keys: leaves a file alone that is no sheet, before anything is asked', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'keys-')), 'id_ed25519');
    writeFileSync(file, 'PRIVATE', { mode: 0o600 });
    const { code, stderr } = await migrate(['keys', '--out', file, '--journal', journal], { env });
    expect(code).toBe(2);
    expect(stderr).toContain('is left alone');
    expect(readFileSync(file, 'utf8')).toBe('PRIVATE');
  });

  it('report: one page and one sheet, private, chosen by the name of the file; no key may call more than before', async () => {
    const rows = (name: string): string => {
      const file = join(journal, '..', name);
      expect(statSync(file).mode & 0o777).toBe(0o600);
      return readFileSync(file, 'utf8');
    };
    for (const name of ['report.html', 'report.csv']) {
      const out = join(journal, '..', name);
      const { code, stdout, stderr } = await migrate(['report', '--out', out, '--journal', journal], {});
      expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: '', stderr: `wrote ${out}\n` });
    }
    const page = rows('report.html');
    expect(page).toMatch(/^<!doctype html>/);
    expect(page).toContain('Who may call what');
    expect(page).not.toContain('role="alert"');
    expect(page).not.toContain('The journal does not know');
    const keys = rows('report.csv')
      .split('\n')
      .filter((row) => row.startsWith('record,virtual_key,')).length;
    const written = /: (\d+) keys in/.exec(page.replace(/\s+/g, ' '))?.[1];
    expect(Number(written)).toBeGreaterThan(80);
    expect(keys).toBeGreaterThan(Number(written));
  });

  it('a journal belongs to its two ends', async () => {
    const other = await bifrost();
    for (const args of [['run'], ['keys', '--stdout']]) {
      const { code, stderr } = await migrate([...args, '--journal', journal], { env: environment(other.url) });
      expect(code).toBe(10);
      expect(stderr).toContain(gateway.url);
    }
    expect(await writesAt(other.url)).toBe(0);
  });

  it('no secret of the source is in journal, log, report or sheet', async () => {
    const outputs = [readFileSync(journal, 'latin1')];
    for (const args of [
      ['run', '--verbose', '--debug', '--json'],
      ['report'],
      ['report', '--format', 'json'],
      ['report', '--format', 'html'],
      ['report', '--format', 'csv'],
      ['status'],
      ['keys', '--stdout'],
    ]) {
      const { stdout, stderr } = await migrate([...args, '--journal', journal], { env });
      outputs.push(stdout, stderr);
    }
    for (const output of outputs) expect(output).not.toMatch(CANARY);
    // The values of new keys are asked of Bifrost when wanted and stored nowhere.
    expect(outputs[0]).not.toMatch(/sk-bf-[0-9a-f]{8}/);
  });
});

describe('what stops a run', () => {
  it.each<[string, { [name: string]: string }, number]>([
    ['a wrong master key', { LITELLM_MASTER_KEY: 'sk-CANARY-wrong' }, 4],
    ['no LiteLLM', { LITELLM_URL: 'http://127.0.0.1:9' }, 5],
    ['no Bifrost', { BIFROST_URL: 'http://127.0.0.1:9' }, 5],
    ['a config file that is not there', { LITELLM_CONFIG: '/nowhere/config.yaml' }, 2],
  ])('%s: one sentence, a next step, its own exit code', async (_, wrong, exitCode) => {
    const gateway = await bifrost();
    const { code, stdout, stderr } = await migrate(['run', '--json', '--debug', '--journal', newJournal()], {
      env: { ...environment(gateway.url), ...wrong },
    });
    expect(code).toBe(exitCode);
    expect(Object.keys(JSON.parse(stdout) as object)).toEqual(['error']);
    expect(stderr).toMatch(/^error: .+\nnext: {2}.+$/m);
    expect(stdout + stderr).not.toMatch(CANARY);
    expect(await writesAt(gateway.url)).toBe(0);
  });
});

describe('an interrupted run', () => {
  it.each<['SIGINT' | 'SIGTERM', number]>([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ])('by %s settles what is in flight, exits %d, and can be resumed', async (signal, exitCode) => {
    const gateway = await bifrost(30);
    const env = environment(gateway.url);
    const journal = newJournal();
    let sent = false;
    const first = await migrate(['run', '--journal', journal], {
      env,
      onStderr: (text, child) => {
        if (!sent && text.includes('OK   key')) sent = child.kill(signal);
      },
    });
    expect(first.code).toBe(exitCode);
    expect(first.stderr).toContain('stopping: finishing what is in flight');
    expect(first.stderr).toContain(`next: migrate resume --journal ${journal}`);
    const status = await migrate(['status', '--json', '--journal', journal]);
    expect(JSON.parse(status.stdout)).toMatchObject({ inDoubt: 0, lastRun: { outcome: 'interrupted' } });
    if (signal === 'SIGTERM') return;
    const second = await migrate(['resume', '--json', '--journal', journal], { env });
    expect(second.code).toBe(3);
    expect(JSON.parse(second.stdout)).toMatchObject({
      outcome: 'complete',
      report: { inDoubt: 0, total: { waiting: 0 } },
    });
  });

  it('stops at once at the second signal', async () => {
    const silent = createServer(() => undefined);
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const address = silent.address();
    const url = `http://127.0.0.1:${typeof address === 'object' ? (address?.port ?? 0) : 0}`;
    try {
      const started = Date.now();
      let signals = 0;
      const ended = migrate(['run', '--journal', newJournal()], {
        env: { ...environment('http://127.0.0.1:9'), LITELLM_URL: url },
        onStderr: (text, child) => {
          if (text.includes('stopping') && signals++ === 0) child.kill('SIGINT');
        },
        onStart: (child) => void setTimeout(() => child.kill('SIGINT'), 1000),
      });
      expect((await ended).code).toBe(130);
      expect(Date.now() - started).toBeLessThan(8000);
    } finally {
      silent.close();
    }
  });

  it('keeps a second run out while the first goes on, and lets readers in', async () => {
    const gateway = await bifrost(30);
    const env = environment(gateway.url);
    const journal = newJournal();
    let second: ReturnType<typeof migrate> | undefined;
    let status: ReturnType<typeof migrate> | undefined;
    const first = await migrate(['run', '--journal', journal], {
      env,
      onStderr: (text, child) => {
        if (second !== undefined || !text.includes('OK   key')) return;
        second = migrate(['run', '--journal', journal], { env });
        status = migrate(['status', '--journal', journal]);
        void Promise.all([second, status]).then(() => child.kill('SIGINT'));
      },
    });
    expect(await second).toMatchObject({ code: 11, stdout: '' });
    expect(await status).toMatchObject({ code: 0, stderr: '' });
    expect([130, 3]).toContain(first.code);
  });
});

describe('on a terminal', () => {
  it('a progress bar stays below the log', async () => {
    const gateway = await bifrost(10);
    const command = `"${process.execPath}" "${PROGRAM}" run --journal "${newJournal()}"`;
    const { stdout } = await run('script', ['-qec', command, '/dev/null'], {
      env: { ...environment(gateway.url), TERM: 'xterm' },
    });
    expect(stdout.split('\r\u001b[2K').some((drawn) => /^virtual-keys \[#*-*\] \d+\/\d+/.test(drawn))).toBe(true);
    expect(stdout).toContain('\u001b[32mOK  \u001b[39m provider');
  });
});

describe('demo', () => {
  it('tells the whole story and ends with 0', async () => {
    const { code, stdout, stderr } = await migrate(['demo']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('killed after');
    expect(stdout).toMatch(/(\d+) object\(s\) on both: no duplicate, no loss\n/);
    expect(stdout).toMatch(/every step did what it should\n$/);
  }, 120_000);
});

import { chmodSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHECK_IDS, CHECK_TITLES } from '../../src/commands/doctor/check.js';
import { compareCounts, forecast } from '../../src/commands/doctor/forecast.js';
import { checkNode } from '../../src/commands/doctor/node.js';
import { examineVariables } from '../../src/commands/doctor/variables.js';
import { fingerprinter, Secret } from '../../src/secret.js';
import { SecretVault } from '../../src/sources/secrets.js';
import { startBifrostSandbox, type BifrostSandbox } from '../../src/sandbox/bifrost/server.js';
import type { BifrostSandboxOptions } from '../../src/sandbox/bifrost/options.js';
import { writeConfigFile } from '../../src/sandbox/litellm/config-file.js';
import { startLitellmSandbox, type LitellmSandbox } from '../../src/sandbox/litellm/server.js';
import { capabilities, deployment, settings } from '../factories.js';
import { journalFile } from '../report/journal-file.js';
import { examined, freshJournal, printed, serve, type Server } from './doctor-run.js';

const NOBODY = 'http://127.0.0.1:9';
const DASHBOARD = '<!doctype html><title>Some page</title>';
const opened: { close(): Promise<void> }[] = [];
let litellm: LitellmSandbox;
let bifrost: BifrostSandbox;
let config: string;

beforeAll(async () => {
  litellm = keep(await startLitellmSandbox({ version: '1.109.1' }));
  bifrost = await gateway();
  config = await writeConfigFile(litellm.world, mkdtempSync(join(tmpdir(), 'doctor-')));
});
afterAll(async () => {
  await Promise.all(opened.map((one) => one.close()));
});

function keep<T extends { close(): Promise<void> }>(one: T): T {
  opened.push(one);
  return one;
}

async function gateway(options: BifrostSandboxOptions = {}): Promise<BifrostSandbox> {
  return keep(await startBifrostSandbox(options));
}

async function page(): Promise<Server> {
  return keep(await serve((_, response) => response.writeHead(200, { 'content-type': 'text/html' }).end(DASHBOARD)));
}

function environment(over: { [name: string]: string } = {}): { [name: string]: string } {
  return {
    LITELLM_URL: litellm.url,
    LITELLM_MASTER_KEY: litellm.masterKey,
    LITELLM_CONFIG: config,
    BIFROST_URL: bifrost.url,
    ...over,
  };
}

async function requestsAt(url: string): Promise<{ methods?: object; requests: object; writes?: number }> {
  return (await (await fetch(`${url}/__sandbox/stats`)).json()) as { requests: object };
}

describe('migrate doctor on gateways in order', () => {
  it('prints every check once, in order, one line each, and what to type next', async () => {
    const { code, stdout } = await printed(environment());
    expect(code).toBe(0);
    const [checks = '', rest = ''] = stdout.split('\n\n');
    const lines = checks.split('\n');
    expect(lines.map((line) => /^(?:ok {2}|warn|skip) {1,2}(.*?): \S/.exec(line)?.[1])).toEqual(
      Object.values(CHECK_TITLES),
    );
    for (const line of lines.filter((one) => one.startsWith('warn'))) expect(line).toMatch(/; next: \S/);
    expect(rest).toMatch(
      /^\d+ ok, \d+ warned of, 0 failed, \d+ skipped\nnext: migrate run --journal \S+ --dry-run {2}\(.*\)\n$/,
    );
    expect(stdout).not.toMatch(/CANARY/);
  });

  it('sends nothing but GETs to either end, and leaves no file behind', async () => {
    const mine = await gateway({ auth: { username: 'admin', password: 'p4ssw0rd-x' } });
    const theirs = keep(await startLitellmSandbox({ version: '1.81.13' }));
    const journal = freshJournal();
    const { code, checks } = await examined(
      environment({ LITELLM_URL: theirs.url, BIFROST_URL: mine.url, BIFROST_API_KEY: 'admin:p4ssw0rd-x' }),
      { journal },
    );
    expect(code).toBe(0);
    expect(checks.management_api.status).toBe('ok');
    expect(Object.keys((await requestsAt(mine.url)).methods ?? {})).toEqual(['GET']);
    expect((await requestsAt(mine.url)).writes).toBe(0);
    expect(Object.keys((await requestsAt(theirs.url)).requests)).toEqual(['GET']);
    expect(readdirSync(dirname(journal))).toEqual([]);
  });

  it('prints each line as soon as it is known', async () => {
    let release = (): void => undefined;
    const released = new Promise<void>((resolve) => (release = resolve));
    const slow = keep(await serve((_, response) => void released.then(() => response.writeHead(200).end('not JSON'))));
    let before = '';
    await printed(environment({ LITELLM_URL: slow.url, BIFROST_URL: NOBODY }), {}, (stdout) => {
      if (!stdout.includes('journal: ')) return;
      before ||= stdout;
      release();
    });
    expect(before).toMatch(/^ok {3}Node\.js: .*\nok {3}settings: .*\nok {3}journal: .*\n$/);
  });

  it('paints the words where colours are wanted, and nowhere else', async () => {
    expect((await printed(environment({ FORCE_COLOR: '1' }))).stdout).toContain('\u001b[32mok  \u001b[39m Node.js');
    expect((await printed(environment())).stdout).not.toContain('\u001b[');
  });

  it('warns of what is open: the management API, and inference without a virtual key', async () => {
    const { checks } = await examined(environment());
    expect(checks.management_api).toMatchObject({ status: 'warn' });
    expect(checks.inference).toMatchObject({ status: 'warn' });
    expect(checks.inference.next).toContain('enforce_auth_on_inference to true');
  });

  it('is content with a gateway that asks for a virtual key', async () => {
    const client = { enforce_auth_on_inference: true, log_retention_days: 7 };
    const strict = await gateway({
      seed: [{ method: 'PUT', path: '/api/config', body: { client_config: client } }],
    });
    const { checks } = await examined(environment({ BIFROST_URL: strict.url }));
    expect(checks.inference).toMatchObject({ status: 'ok', next: null });
  });

  it('tells which variables Bifrost will need, by name, and that they cannot be seen there', async () => {
    const { checks } = await examined(environment({ OPENAI_API_KEY: 'CANARY-of-the-shell' }));
    expect(checks.variables_of_bifrost.status).toBe('warn');
    expect(checks.variables_of_bifrost.detail).toMatch(/OPENAI_API_KEY \(\d+ deployment\(s\), set on this machine\)/);
    expect(checks.variables_of_bifrost.detail).toMatch(/GROQ_API_KEY \(\d+ deployment\(s\), not set on this machine\)/);
    expect(checks.variables_of_bifrost.detail).toContain('cannot be seen from here');
    expect(JSON.stringify(checks)).not.toContain('CANARY');
  });

  it('names the files that the config file includes', async () => {
    const { checks } = await examined(environment());
    expect(checks.config.detail).toMatch(
      /with include of models-extra\.yaml: \d+ model\(s\), \d+ named credential\(s\)$/,
    );
  });

  it.each([
    ['1.5.2', 'warn', /open-source/],
    ['1.5.16', 'warn', /no members of teams/],
    ['enterprise', 'ok', /Enterprise/],
  ] as const)('tells what %s knows of users', async (personality, status, detail) => {
    const { checks } = await examined(environment({ BIFROST_URL: (await gateway({ personality })).url }));
    expect(checks.users_api).toMatchObject({ status });
    expect(checks.users_api.detail).toMatch(detail);
  });

  it('counts what is on Bifrost, and names the rules of another hand that come first', async () => {
    const rule = (name: string, priority: number) => ({
      path: '/api/governance/routing-rules',
      body: { name, cel_expression: '', targets: [{ weight: 1 }], enabled: true, priority },
    });
    const used = await gateway({
      seed: [
        { path: '/api/governance/teams', body: { name: 'Theirs' } },
        { path: '/api/governance/virtual-keys', body: { name: 'their key' } },
        rule('before', 5),
        rule('after', 6_000_000),
      ],
    });
    const { checks } = await examined(environment({ BIFROST_URL: used.url }));
    expect(checks.contents.detail).toContain('0 customer(s), 1 team(s), 1 virtual key(s)');
    expect(checks.routing_rules).toMatchObject({ status: 'warn' });
    expect(checks.routing_rules.detail).toMatch(/^1 of another hand .*: "before"$/);
  });

  it('without a database says what a run would miss', async () => {
    const { checks } = await examined(environment());
    expect(checks.database.status).toBe('skip');
    expect(checks.salt_key.status).toBe('skip');
    expect(checks.organizations).toMatchObject({ status: 'warn' });
    expect(checks.organizations.next).toContain('LITELLM_DB_URL');
    expect(checks.deployments).toMatchObject({ status: 'warn' });
    expect(checks.deployments.detail).toContain('the management API hides their keys');
  });
});

describe('migrate doctor where something is wrong', () => {
  it('a wrong master key: 4, and the other end is looked at all the same', async () => {
    const { code, checks, stdout } = await examined(environment({ LITELLM_MASTER_KEY: 'sk-CANARY-wrong-0001' }));
    expect(code).toBe(4);
    expect(checks.litellm.status).toBe('ok');
    expect(checks.master_key).toMatchObject({ status: 'fail' });
    expect(checks.master_key.next).toContain('Set LITELLM_MASTER_KEY');
    expect(checks.deployments.status).toBe('skip');
    expect(checks.bifrost.status).toBe('ok');
    expect(stdout).not.toContain('CANARY');
  });

  it('a key that is no administrator: 4', async () => {
    const { code, checks } = await examined(environment({ LITELLM_MASTER_KEY: litellm.world.key(0).plain }));
    expect(code).toBe(4);
    expect(checks.master_key.status).toBe('fail');
  });

  it('nobody there: 5, each end named, what hangs on them skipped, and the names of variables told', async () => {
    const { code, checks } = await examined(environment({ LITELLM_URL: NOBODY, BIFROST_URL: NOBODY }));
    expect(code).toBe(5);
    expect(checks.litellm.detail).toContain('ECONNREFUSED');
    expect(checks.bifrost.detail).toContain('ECONNREFUSED');
    const skipped = CHECK_IDS.filter((id) => checks[id].status === 'skip');
    expect(skipped).toEqual(expect.arrayContaining(['master_key', 'credentials', 'inference', 'contents', 'duration']));
    expect(checks.config.status).toBe('ok');
    expect(checks.variables_of_bifrost.detail).toContain('OPENAI_API_KEY');
  });

  it('a page instead of JSON: 5, and which address to look at', async () => {
    const { url } = await page();
    const { code, checks } = await examined(environment({ LITELLM_URL: url, BIFROST_URL: url }));
    expect(code).toBe(5);
    expect(checks.litellm).toMatchObject({ status: 'fail' });
    expect(checks.litellm.next).toContain('Check LITELLM_URL');
    expect(checks.bifrost).toMatchObject({ status: 'fail', detail: expect.stringContaining('an HTML page') as string });
    expect(checks.bifrost.next).toContain('BIFROST_URL');
  });

  it('a database that does not answer: 5, without its password', async () => {
    const { code, checks, stdout } = await examined(
      environment({ LITELLM_DB_URL: 'postgresql://u:CANARY-password@127.0.0.1:9/litellm' }),
    );
    expect(code).toBe(5);
    expect(checks.database).toMatchObject({ status: 'fail' });
    expect(stdout).not.toContain('CANARY');
  });

  it('settings missing for one end: 2, all of them named, and the other end is looked at', async () => {
    const { code, checks } = await examined({ BIFROST_URL: bifrost.url });
    expect(code).toBe(2);
    expect(checks.settings.detail).toBe('LITELLM_URL, LITELLM_MASTER_KEY and LITELLM_CONFIG are not set');
    expect(checks.litellm.status).toBe('skip');
    expect(checks.abilities.status).toBe('ok');
    const other = await examined({ ...environment(), BIFROST_URL: '' });
    expect(other.checks.settings.detail).toBe('BIFROST_URL is not set');
    expect(other.checks.master_key.status).toBe('ok');
    expect(other.checks.bifrost.status).toBe('skip');
  });

  it('nothing set at all: 2, and still every check', async () => {
    const { code, checks } = await examined({});
    expect(code).toBe(2);
    expect(Object.keys(checks)).toEqual(CHECK_IDS);
  });

  it('configuration comes before credentials, and these before what may pass by itself', async () => {
    const wrong = { LITELLM_MASTER_KEY: 'sk-wrong-0001', BIFROST_URL: NOBODY };
    expect((await examined(environment(wrong))).code).toBe(4);
    expect((await examined(environment({ ...wrong, LITELLM_CONFIG: '/no/such.yaml' }))).code).toBe(2);
  });

  it('a config file that is no YAML: 2, with the line', async () => {
    const broken = join(mkdtempSync(join(tmpdir(), 'doctor-')), 'config.yaml');
    writeFileSync(broken, 'model_list:\n  - {model_name: [}\n');
    const { code, checks } = await examined(environment({ LITELLM_CONFIG: broken }));
    expect(code).toBe(2);
    expect(checks.config.detail).toContain(`${broken}:2:`);
    expect(checks.deployments.status).toBe('skip');
  });

  it('a file without what the proxy serves: warned, with names', async () => {
    const empty = join(mkdtempSync(join(tmpdir(), 'doctor-')), 'config.yaml');
    writeFileSync(empty, 'model_list: []\n');
    const { checks } = await examined(environment({ LITELLM_CONFIG: empty }));
    expect(checks.deployments).toMatchObject({ status: 'warn' });
    expect(checks.deployments.detail).toMatch(/stand in neither.*: "/);
  });

  it('a gateway that asks for credentials: 4 without, 4 with wrong ones', async () => {
    const { url } = await gateway({ auth: { username: 'admin', password: 'p4ssw0rd-x' } });
    const without = await examined(environment({ BIFROST_URL: url }));
    expect(without.code).toBe(4);
    expect(without.checks.credentials.detail).toContain('BIFROST_API_KEY is not set');
    expect(without.checks.bifrost.status).toBe('ok');
    const wrong = await examined(environment({ BIFROST_URL: url, BIFROST_API_KEY: 'admin:CANARY-1' }));
    expect(wrong.code).toBe(4);
    expect(wrong.checks.credentials.status).toBe('fail');
    expect(wrong.stdout).not.toContain('CANARY');
  });

  it('a gateway before 1.5.0, or without a store: 2', async () => {
    const json = (paths: { [path: string]: unknown }): Promise<Server> =>
      serve(({ url = '' }, response) => {
        const body = paths[url.split('?')[0] ?? ''];
        if (body === undefined) response.writeHead(200, { 'content-type': 'text/html' }).end(DASHBOARD);
        else response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
      });
    const known = {
      '/api/session/is-auth-enabled': { is_auth_enabled: false },
      '/api/version': 'v1.4.11',
      '/api/config': { client_config: {}, is_db_connected: true },
    };
    const old = await examined(environment({ BIFROST_URL: keep(await json(known)).url }));
    expect(old.code).toBe(2);
    expect(old.checks.bifrost.detail).toContain('version v1.4.11');
    expect(old.checks.abilities).toMatchObject({ status: 'fail' });
    expect(old.checks.abilities.detail).toContain('older than 1.5.0');
    const forgetful = { ...known, '/api/config': { client_config: {}, is_db_connected: false } };
    const without = await examined(environment({ BIFROST_URL: keep(await json(forgetful)).url }));
    expect(without.code).toBe(2);
    expect(without.checks.store).toMatchObject({ status: 'fail' });
    expect(without.checks.contents.status).toBe('skip');
  });
});

describe('the journal', () => {
  const ends = (source: string) => ({ ends: { source, target: bifrost.url } });

  it('of the same gateways is welcome, and read without a file beside it', async () => {
    const journal = journalFile({ ...ends(litellm.url), records: [{ name: 'one' }, { name: 'two' }] });
    const before = readdirSync(dirname(journal));
    const { checks } = await examined(environment(), { journal });
    expect(checks.journal).toMatchObject({ status: 'ok', detail: expect.stringContaining('2 record(s)') as string });
    expect(readdirSync(dirname(journal))).toEqual(before);
  });

  it.each<[string, (journal: string) => string]>([
    ['of other gateways', () => journalFile(ends('http://other.test'))],
    [
      'that others can read',
      () => {
        const open = journalFile(ends(litellm.url));
        chmodSync(open, 0o644);
        return open;
      },
    ],
    [
      'that is another file',
      (fresh) => {
        writeFileSync(fresh, 'x'.repeat(200), { mode: 0o600 });
        return fresh;
      },
    ],
    ['in a folder that is not there', (fresh) => join(dirname(fresh), 'nowhere', 'x.db')],
  ])('%s: 10', async (_, make) => {
    const { code, checks } = await examined(environment(), { journal: make(freshJournal()) });
    expect(checks.journal).toMatchObject({ status: 'fail' });
    expect(code).toBe(10);
  });

  it('in a folder where others may write: warned', async () => {
    const journal = freshJournal();
    chmodSync(dirname(journal), 0o777);
    const { code, checks } = await examined(environment(), { journal });
    expect(code).toBe(0);
    expect(checks.journal).toMatchObject({ status: 'warn' });
    expect(checks.journal.next).toContain(`chmod go-w ${dirname(journal)}`);
  });
});

describe('single checks', () => {
  it('an old Node.js fails', () => {
    expect(checkNode('20.18.3').status).toBe('fail');
    expect(checkNode('20.19.0').status).toBe('ok');
    expect(checkNode('22.1.0').status).toBe('ok');
  });

  it('base URLs from variables are needed here: those that are not set are named with what is skipped', () => {
    const base = (name: string, variable: string) =>
      deployment(name, { model: 'openai/x', api_key: 'os.environ/K', api_base: `os.environ/${variable}` });
    const vault = new SecretVault(fingerprinter(Buffer.from('t')), new Secret('salt'));
    const models = {
      deployments: [
        base('reached', 'SET_BASE'),
        base('lost', 'UNSET_BASE'),
        deployment('local', { model: 'hosted_vllm/x' }),
        deployment('vertex', { model: 'vertex_ai/x', vertex_project: 'p', vertex_credentials: '/no/such/key.json' }),
      ],
      credentials: new Map(),
      vault,
    };
    const env = { SET_BASE: 'https://llm.example.com/v1' };
    const [here, bifrosts] = [...examineVariables(models, settings(), env, capabilities())];
    expect(here).toMatchObject({ status: 'warn' });
    const { detail, next } = here as { detail: string; next: string };
    expect(detail).toContain('SET_BASE (1 deployment(s), set on this machine)');
    expect(detail).toContain('UNSET_BASE not set, so these are skipped: "lost"');
    expect(detail).toMatch(/no api_base.*: "local"/);
    expect(detail).toContain('no such credentials file here: "/no/such/key.json"');
    expect(next).toContain('export UNSET_BASE=…');
    expect(next).toContain('HOSTED_VLLM_API_BASE');
    expect((bifrosts as { detail: string }).detail).toContain('K (1 deployment(s), not set on this machine)');
  });

  it('how long it takes grows with the square on gateways where each key costs more', () => {
    const totals = (keys: number) => ({ keys, teams: 0, users: 0 });
    const about = (keys: number, uniqueCustomerNames: boolean) =>
      forecast(totals(keys), { virtualKeys: 0 }, capabilities({ uniqueCustomerNames }), 0);
    expect(about(1000, true)).toMatchObject({
      status: 'ok',
      detail: expect.stringMatching(/^about 1\ds for 1000/) as string,
    });
    expect(about(10_000, true)).toMatchObject({ status: 'ok', detail: expect.stringMatching(/^about 8m/) as string });
    expect(about(100_000, true)).toMatchObject({
      status: 'warn',
      detail: expect.stringMatching(/^about 12h/) as string,
    });
    expect(about(10_000, false)).toMatchObject({
      status: 'ok',
      detail: expect.stringMatching(/^about 1m20s/) as string,
    });
    expect(forecast(totals(1), null, null, 0).status).toBe('skip');
  });

  it('counts are compared where both ends tell them', () => {
    const counts = { keys: 3, teams: 2, users: 1 };
    const proxy = { counts: { ...counts, users: null } } as Parameters<typeof compareCounts>[0];
    const database = (keys: number) =>
      ({ counts: { ...counts, keys, organizations: 0 } }) as Parameters<typeof compareCounts>[1];
    expect(compareCounts(proxy, database(3)).status).toBe('ok');
    expect(compareCounts(proxy, database(4))).toMatchObject({
      status: 'warn',
      detail: 'the database and the proxy count differently: keys 4 and 3',
    });
    expect(compareCounts(proxy, null).status).toBe('skip');
  });
});

import { createServer, type Server } from 'node:http';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { VERIFY_DOCUMENT } from '../../src/commands/documents/verify.js';
import { LOG_ENTRY } from '../../src/commands/documents/log.js';
import { readFileSync } from 'node:fs';
import { smallWorld } from '../crash/world.js';
import { openDesk, type Desk, type Place } from './desk.js';

const world = smallWorld();
const KEYS = Array.from({ length: world.keyCount }, (_, index) => world.key(index));
const NAMES = new Set(world.deployments.map(({ modelName }) => modelName));

/** LiteLLM with calls: what the sandbox lists, and an answer for those the key's own list lets in. */
class Litellm {
  readonly calls: { readonly key: string; readonly model: string }[] = [];
  /** Refused whatever the lists say. */
  closed: string | null = null;
  #server: Server;

  constructor(listing: string) {
    this.#server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const { method, url = '/', headers } = request;
        const reply = (status: number, text: string): void => {
          response.writeHead(status, { 'content-type': 'application/json' }).end(text);
        };
        if (method === 'POST') {
          const body = JSON.parse(Buffer.concat(chunks).toString()) as { model: string; max_tokens: number };
          if (body.max_tokens !== 1) throw new Error('a call of more than one token');
          reply(...this.#answer(headers.authorization ?? '', body.model));
          return;
        }
        void fetch(listing + url, { headers: { authorization: headers.authorization ?? '' } }).then(async (answer) =>
          reply(answer.status, await answer.text()),
        );
      });
    });
  }

  async open(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    const address = this.#server.address();
    return `http://127.0.0.1:${typeof address === 'object' ? (address?.port ?? 0) : 0}`;
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  #answer(authorization: string, model: string): [status: number, text: string] {
    const plain = authorization.replace('Bearer ', '');
    this.calls.push({ key: plain, model });
    const key = KEYS.find((one) => one.plain === plain);
    if (key === undefined) return [401, JSON.stringify({ error: { type: 'token_not_found_in_db', message: plain } })];
    const models = key.row.models ?? [];
    const open = NAMES.has(model) && (models.length === 0 || models.includes(model)) && model !== this.closed;
    if (open) return [200, JSON.stringify({ choices: [] })];
    return [403, JSON.stringify({ error: { type: 'key_model_access_denied', message: `no ${model} for ${plain}` } })];
  }
}

let desk: Desk;
let place: Place;
let litellm: Litellm;
let env: { readonly [name: string]: string };
beforeAll(async () => {
  desk = await openDesk(world);
  place = await desk.gateway('1.5.16');
  litellm = new Litellm(place.env['LITELLM_URL'] ?? '');
  env = { ...place.env, LITELLM_URL: await litellm.open() };
  await place.call('run', { quiet: true }, { env });
});
afterAll(async () => {
  litellm.close();
  await desk.close();
});

const folder = mkdtempSync(join(tmpdir(), 'ask-'));
const oldKeys = join(folder, 'old.csv');
writeFileSync(oldKeys, `alias,key\n${KEYS.map(({ plain, row }) => `${row.key_alias},${plain}`).join('\n')}\n`);

type Flags = Parameters<Place['call']>[1];
async function asked(flags: Flags) {
  const code = await place.call('verify', { json: true, quiet: true, yes: true, ...flags }, { env });
  const document = VERIFY_DOCUMENT.parse(JSON.parse(place.stdout));
  expect(document).toEqual(JSON.parse(place.stdout));
  if (document.asked === undefined) throw new Error('nothing was asked');
  return { code, ...document.asked };
}

describe('verify --ask', () => {
  it('after a run finds that Bifrost answers as LiteLLM’s rules say, and asks LiteLLM nothing', async () => {
    const { code, pairs, counts, calls } = await asked({ ask: true });
    expect(calls.filter(({ verdict }) => verdict !== 'named')).toEqual([]);
    expect(code).toBe(0);
    expect(pairs).toBeGreaterThan(20);
    expect(counts.agreed).toBeGreaterThan(15);
    expect(litellm.calls).toEqual([]);
    expect(place.stderr).toContain('LiteLLM was not asked, its rules were');
  });

  it('asks LiteLLM with the old keys, each its own, and both agree', async () => {
    const { code, counts } = await asked({ ask: '30', litellmKeys: oldKeys });
    expect(counts).toMatchObject({ wider: 0, narrower: 0, undecided: 0 });
    expect(code).toBe(0);
    expect(litellm.calls).toHaveLength(30);
    expect(new Set(litellm.calls.map(({ key }) => key)).size).toBeGreaterThan(4);
  });

  it('asks the same for the same seed, and something else for another', async () => {
    const asks = async (seed: string) => {
      litellm.calls.length = 0;
      await asked({ ask: '12', litellmKeys: oldKeys, seed });
      return litellm.calls.map(({ key, model }) => `${key} ${model}`).sort();
    };
    const first = await asks('7');
    expect(await asks('7')).toEqual(first);
    expect(await asks('8')).not.toEqual(first);
  });

  it('finds what LiteLLM refuses and Bifrost answers, and tells it without a key', async () => {
    litellm.closed = 'gpt-4o';
    const log = join(folder, 'ask.log');
    const { code, calls } = await asked({ ask: true, litellmKeys: oldKeys, logFile: log });
    litellm.closed = null;
    expect(code).toBe(6);
    const wider = calls.filter(({ verdict }) => verdict === 'wider');
    expect(wider.length).toBeGreaterThan(1);
    for (const { model, litellm: before, bifrost } of wider) {
      expect(model).toBe('gpt-4o');
      expect(before).toMatchObject({ admission: 'out', status: 403, by: 'call', message: 'no gpt-4o for ***' });
      expect(bifrost).toMatchObject({ admission: 'in', status: 200 });
    }
    const entries = readFileSync(log, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => LOG_ENTRY.parse(JSON.parse(line)));
    expect(entries.filter(({ event }) => event === 'call').length).toBeGreaterThan(20);
    for (const { plain } of KEYS) expect(place.stdout + place.stderr + readFileSync(log, 'utf8')).not.toContain(plain);
    expect(place.stdout + place.stderr + readFileSync(log, 'utf8')).not.toMatch(/sk-bf-[0-9a-f]/);
  });

  it('finds a key that was switched off on Bifrost, in Markdown too', async () => {
    const keys = (await place.ask('GET', '/api/governance/virtual-keys'))['virtual_keys'] as unknown as readonly {
      readonly id: string;
      readonly name: string;
    }[];
    const key = keys.find(({ name }) => name === 'everything');
    await place.ask('PUT', `/api/governance/virtual-keys/${key?.id}`, { is_active: false });
    expect(await place.call('verify', { ask: true, yes: true, quiet: true }, { env })).toBe(6);
    expect(place.stdout).toMatch(/^narrower: LiteLLM lets these calls in/m);
    expect(place.stdout).toMatch(/^- `everything` .*LiteLLM in by its rules; Bifrost out \(HTTP 403: .*inactive/m);
    await place.ask('PUT', `/api/governance/virtual-keys/${key?.id}`, { is_active: true });
  });

  it('sends nothing that costs before somebody has agreed', async () => {
    await expect(place.call('verify', { ask: true }, { env })).rejects.toThrow(/Nobody is there to agree/);
    await expect(place.call('verify', { seed: '3' }, { env })).rejects.toThrow(/--seed says nothing without --ask/);
    await expect(place.call('verify', { ask: '0', yes: true }, { env })).rejects.toThrow(/whole number from 1/);
    const empty = join(folder, 'empty.csv');
    writeFileSync(empty, 'alias,key\nci,sk\n');
    await expect(place.call('verify', { ask: true, litellmKeys: empty, yes: true }, { env })).rejects.toThrow(
      /holds no key of LiteLLM/,
    );
  });
});

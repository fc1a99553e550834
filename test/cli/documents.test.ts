import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DOCUMENTS, schemaOf, type DocumentName } from '../../src/commands/documents.js';
import { COMMANDS } from '../../src/commands/flags.js';
import { failureJson, failureOf } from '../../src/commands/failure.js';
import { schema } from '../../src/commands/schema.js';
import { openDesk, type Desk, type Place } from './desk.js';
import type { CommandContext } from '../../src/commands/command.js';

const FOLDER = fileURLToPath(new URL('../../schemas', import.meta.url));
const NAMES = Object.keys(DOCUMENTS) as DocumentName[];

/** A document as published: nothing missing, nothing of another sort, nothing the schema does not name. */
function expectDocument(name: DocumentName, text: string): void {
  const document: unknown = JSON.parse(text);
  const parsed = DOCUMENTS[name].shape.safeParse(document);
  expect(parsed.error, `${name}: ${text.slice(0, 200)}`).toBeUndefined();
  expect(parsed.data).toEqual(document);
}

describe('the published schemas', () => {
  it('are those of the program: node scripts/schemas.mjs after a build makes them anew', () => {
    expect(readdirSync(FOLDER).sort()).toEqual(NAMES.map((name) => `${name}.schema.json`).sort());
    for (const name of NAMES)
      expect(JSON.parse(readFileSync(join(FOLDER, `${name}.schema.json`), 'utf8')), name).toEqual(schemaOf(name));
  });

  it('allow members that are not there yet, and demand those that are', () => {
    for (const name of NAMES.filter((one) => one !== 'doctor'))
      expect(JSON.stringify(schemaOf(name)), name).not.toContain('"additionalProperties":false');
    for (const name of NAMES) expect(DOCUMENTS[name].shape.safeParse({}).success, name).toBe(false);
  });

  it('are printed by migrate schema, for every verb that takes --json', async () => {
    const verbs = COMMANDS.filter(({ flags }) => flags.some(([usage]) => usage === '--json')).map(({ name }) => name);
    const values = COMMANDS.find(({ name }) => name === 'schema')?.argument?.values ?? [];
    expect([...values].sort()).toEqual([...new Set([...verbs, ...NAMES])].sort());
    for (const argument of values) {
      let stdout = '';
      const stream = { write: (text: string) => ((stdout += text), true) };
      expect(await schema({ argument, stdout: stream } as unknown as CommandContext)).toBe(0);
      const name = NAMES.find((one) => one === argument) ?? 'run';
      expect(JSON.parse(stdout)).toEqual(schemaOf(name));
    }
  });
});

describe('what is printed with --json', () => {
  let desk: Desk;
  let place: Place;
  beforeAll(async () => {
    desk = await openDesk();
    place = await desk.gateway('1.5.16');
  });
  afterAll(() => desk.close());

  type Call = Parameters<Place['call']>;
  async function says(name: DocumentName, verb: Call[0], flags: Call[1] = {}): Promise<number> {
    const code = await place.call(verb, { json: true, quiet: true, ...flags });
    expectDocument(name, place.stdout);
    return code;
  }

  it('by doctor, by a dry run and by a run', async () => {
    await says('doctor', 'doctor');
    await says('run', 'run', { dryRun: true });
    await says('run', 'run');
  });

  it('by what comes after a run', async () => {
    await says('run', 'resume');
    await says('run', 'retry', { failed: true });
    await says('report', 'report');
    await says('status', 'status');
    const folder = mkdtempSync(join(tmpdir(), 'documents-'));
    await says('keys', 'keys', { out: join(folder, 'keys.csv') });
    await says('keys', 'keys', { split: 'team', out: join(folder, 'keys') });
    await says('keys', 'keys', { stdout: true });
    expect(await says('verify', 'verify')).toBe(0);
  });

  it('where something differs', async () => {
    const teams = (await place.dump())['teams'] as unknown as readonly { id: string; name: string }[];
    await place.ask('PUT', `/api/governance/teams/${teams[0]?.id}`, { name: 'renamed by somebody' });
    await place.ask('DELETE', `/api/governance/teams/${teams[1]?.id}`);
    expect(await says('verify', 'verify')).toBe(6);
    await says('run', 'run');
    await says('rollback', 'rollback', { dryRun: true });
    await says('rollback', 'rollback', { yes: true });
    await says('status', 'status');
  });

  it('by a verb that cannot do its work', async () => {
    for (const [verb, flags] of [
      ['keys', { split: 'user' }],
      ['report', { journal: '/nowhere/x.db' }],
    ] as const) {
      const error: unknown = await place.call(verb, { json: true, ...flags }).catch((reason: unknown) => reason);
      expectDocument('error', failureJson(failureOf(error, {})));
    }
  });
});

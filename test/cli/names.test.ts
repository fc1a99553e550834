import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { report } from '../../src/commands/report.js';
import type { TeamRow } from '../../src/sandbox/litellm/rows.js';
import { worldWith } from '../../src/engine/name-scope.js';
import { NameChoices } from '../../src/mapping/name-choices.js';
import { deployment, FakeSource, settingsWith } from '../engine/world.js';
import { smallWorld } from '../crash/world.js';
import { openDesk, type Desk, type Place } from './desk.js';

/** Names, merges and exclusions of the operator's file, and runs that are narrowed to a team. */

let desk: Desk;
let place: Place;
const world = smallWorld();
beforeAll(async () => {
  desk = await openDesk(world);
});
afterAll(() => desk.close());
beforeEach(async () => {
  place = await desk.gateway('1.5.16');
});
let undo: () => unknown = () => undefined;
afterEach(() => {
  undo();
  undo = () => undefined;
  return place.close();
});

function namesFile(...entries: readonly object[]): string {
  return written(`version: 1\nrecords: ${JSON.stringify(entries)}\n`);
}

function written(text: string): string {
  const path = join(place.journal, '..', 'names.yaml');
  writeFileSync(path, text);
  return path;
}

function rows(query: string): { readonly [column: string]: unknown }[] {
  const db = new Database(place.journal, { readonly: true });
  try {
    return db.prepare(query).all() as { readonly [column: string]: unknown }[];
  } finally {
    db.close();
  }
}

type Row = { readonly id: string; readonly name: string } & { readonly [member: string]: unknown };

async function all(list: string): Promise<readonly Row[]> {
  return (await place.dump())[list] as unknown as readonly Row[];
}

async function names(list: string): Promise<readonly string[]> {
  return (await all(list)).map(({ name }) => name).sort();
}

/** What the report command prints. */
async function printed(flags: { readonly [flag: string]: string | boolean }): Promise<string> {
  let text = '';
  const stream = { isTTY: false, write: (more: string) => ((text += more), true) } as unknown as NodeJS.WriteStream;
  await report({
    flags: { journal: place.journal, ...flags },
    env: {},
    stdout: stream,
    stderr: stream,
    signal: new AbortController().signal,
    toolVersion: '0.0.0',
    now: Date.now,
    random: Math.random,
  });
  return text;
}

describe('--names', () => {
  it('gives records the names it says, and no other record gets these', async () => {
    const file = namesFile(
      { kind: 'team', id: 't-two', name: 'Solo' },
      { kind: 'organization', id: 'o-two', name: 'Acme Two' },
      { kind: 'virtual-key', id: world.keyNamed('everything').row.token.slice(0, 16), name: 'all of it' },
    );
    await place.call('run', { names: file, quiet: true });
    expect(await names('teams')).toEqual(['Platform', 'Solo', 'Solo (t-solo)']);
    expect(await names('customers')).toEqual(['Acme', 'Acme Two']);
    expect(await names('virtualKeys')).toContain('all of it');
    expect(rows("SELECT bifrost_name FROM records WHERE source_id = 't-two'")).toEqual([{ bifrost_name: 'Solo' }]);
    const writes = await place.writes();
    await place.call('run', { names: file, quiet: true });
    expect(await place.writes()).toBe(writes);
    expect(await place.call('verify', { names: file, quiet: true })).toBe(0);
  });

  it('comes too late for what is on Bifrost already, and says so', async () => {
    await place.call('run', { quiet: true });
    await place.call('run', {
      quiet: true,
      update: true,
      names: namesFile({ kind: 'team', id: 't-solo', name: 'Alone' }),
    });
    expect(await names('teams')).toContain('Solo');
    expect(rows("SELECT message FROM findings WHERE code = 'rename_too_late'")).toEqual([
      { message: 'the names file calls it "Alone", and it is "Solo" on Bifrost already' },
    ]);
  });

  it('merges teams that are alike into one object, and their keys belong to it', async () => {
    const teams = world.teams as TeamRow[];
    const before = { ...teams[1]! };
    undo = () => Object.assign(teams[1]!, before);
    const alike = { organization_id: 'o-one', max_budget: 50, budget_duration: '30d' };
    Object.assign(teams[1]!, alike);
    const entry = (id: string) => ({ kind: 'team', id, name: 'Platform', merge: true });
    const file = namesFile(entry('t-one'), entry('t-two'));
    await place.call('run', { names: file, quiet: true });
    expect(await names('teams')).toEqual(['Platform', 'Solo']);
    const [platform] = await all('teams');
    const listed = (await place.ask('GET', '/api/governance/virtual-keys'))[
      'virtual_keys'
    ] as unknown as readonly Row[];
    const keys = listed.filter((key) => key['team_id'] === platform?.id);
    expect(keys.map(({ name }) => name).sort()).toEqual(['owned', 'per-model-too', 'same']);
    expect(rows("SELECT count(*) AS n FROM findings WHERE code = 'merged'")).toEqual([{ n: 2 }]);
    // What one of them asks for later is not pushed: it might be more than the other has.
    Object.assign(teams[1]!, { max_budget: 500 });
    await place.call('run', { names: file, update: true, quiet: true });
    expect((await all('teams')).find(({ name }) => name === 'Platform')).toEqual(platform);
    expect(rows("SELECT code FROM findings WHERE code = 'update_left'")).not.toEqual([]);
  });

  it('does not merge teams whose limits or owners differ', async () => {
    const entry = (id: string) => ({ kind: 'team', id, name: 'Platform', merge: true });
    await place.call('run', { names: namesFile(entry('t-one'), entry('t-two')), quiet: true });
    const failed = rows("SELECT source_id, code, message FROM records WHERE status = 'failed'");
    expect(failed).toMatchObject([{ code: 'merge_differs' }]);
    expect(String(failed[0]?.['message'])).toMatch(/budgets?, .*customer_id|customer_id/);
  });

  it('leaves out what it excludes, and what belongs to it', async () => {
    const file = namesFile(
      { kind: 'organization', id: 'o-one', exclude: true },
      { kind: 'user', id: 'u-bob', exclude: true },
    );
    await place.call('run', { names: file, quiet: true });
    expect(
      rows(
        "SELECT kind, display_name AS name FROM records WHERE reason = 'excluded' ORDER BY min(seq) OVER (PARTITION BY kind), display_name",
      ),
    ).toEqual([
      { kind: 'organization', name: 'Acme' },
      { kind: 'team', name: 'Platform' },
      { kind: 'user', name: 'bob@example.test' },
      { kind: 'membership', name: 'u-ann in Platform' },
      { kind: 'membership', name: 'u-bob in Platform' },
      { kind: 'virtual_key', name: 'organization' },
      { kind: 'virtual_key', name: 'owned' },
      { kind: 'virtual_key', name: 'per-model-too' },
    ]);
    expect(await names('virtualKeys')).not.toContain('owned');
  });

  it('leaves a model out of everything that leads to it', async () => {
    await place.call('run', { only: 'users', quiet: true });
    const [found] = rows("SELECT source_id AS id FROM records WHERE kind = 'deployment' AND display_name = 'claude'");
    await place.call('run', {
      names: namesFile({ kind: 'deployment', id: found?.['id'], exclude: true }),
      quiet: true,
    });
    const dump = JSON.stringify(await place.dump());
    expect(dump).not.toContain('anthropic');
    expect(rows("SELECT status, reason FROM records WHERE display_name = 'claude'")).toEqual([
      { status: 'skipped', reason: 'excluded' },
    ]);
  });

  it('does not let the name of an excluded model lead somewhere else', () => {
    const own = deployment('own', { publicName: 'gpt-4o', teamId: 't' });
    const exact = deployment('exact', { publicName: 'openai/gpt-4o' });
    const pattern = deployment('pattern', { publicName: 'openai/*' });
    const twin = deployment('twin', { publicName: 'gpt-4o' });
    const left = (...excluded: readonly string[]): readonly string[] => {
      const source = new FakeSource({ deployments: [own, exact, pattern, twin] });
      const choices = excluded.map(
        (id) => ({ kind: 'deployment', id, name: null, merge: false, exclude: true }) as const,
      );
      const scope = { source, settings: settingsWith({ names: 'names.yaml' }) };
      return worldWith(scope, new NameChoices(choices, source.world)).deployments.map(({ id }) => id);
    };
    expect(() => left('own')).toThrow(/calls of "gpt-4o" would go to "gpt-4o" \(twin\) instead/);
    expect(() => left('exact')).toThrow(/would go to "openai\/\*" \(pattern\)/);
    expect(left('own', 'twin')).toEqual(['exact', 'pattern']);
    expect(left('pattern')).toEqual(['own', 'exact', 'twin']);
  });

  it.each([
    [
      'an id nobody has',
      'version: 1\nrecords: [{kind: team, id: t-none, name: x}]',
      /there is no team with the id "t-none"/,
    ],
    ['a member nobody knows', 'version: 1\nrecords: [{kind: team, id: t-one, nam: x}]', /records\[0\] .*nam/],
    [
      'a number for an id',
      'version: 1\nrecords: [{kind: team, id: 0123, name: x}]',
      /records\[0\]\.id is not a text: put it in quotes/,
    ],
    [
      'a kind that has no free name',
      'version: 1\nrecords: [{kind: user, id: u-ann, name: x}]',
      /only organization, team, virtual_key can be named/,
    ],
    ['no YAML', 'version: [', /is not YAML/],
    [
      'one name for two that do not both want it',
      'version: 1\nrecords: [{kind: team, id: t-one, name: x, merge: true}, {kind: team, id: t-two, name: x}]',
      /not both say merge: true/,
    ],
  ])('refuses %s, and sends nothing', async (_, text, message) => {
    await expect(place.call('run', { names: written(text) })).rejects.toMatchObject({
      code: 'config_invalid',
      message: expect.stringMatching(message) as string,
    });
    expect(await place.writes()).toBe(0);
  });
});

describe('report --conflicts', () => {
  it('writes a names file of what collided and was renamed, which changes nothing as it is', async () => {
    await place.ask('POST', '/api/governance/teams', { name: 'Solo' });
    await place.call('run', { quiet: true, onExisting: 'fail' });
    const text = await printed({ conflicts: true });
    expect(text).toContain('kind: team\n    id: "t-two"\n    name: "Platform (t-two)"');
    expect(text).toContain('  # - kind: team\n  #   id: "t-solo"\n  #   name: "Solo"');
    const before = await place.dump();
    await place.call('run', { quiet: true, onExisting: 'fail', names: written(text) });
    expect(await place.dump()).toEqual(before);
    // The team that failed gets a name of its own by taking away the #.
    const edited = text.replace(
      '  # - kind: team\n  #   id: "t-solo"\n  #   name: "Solo"',
      '  - kind: team\n    id: "t-solo"\n    name: "Solo too"',
    );
    await place.call('run', { quiet: true, onExisting: 'fail', names: written(edited) });
    expect(await names('teams')).toContain('Solo too');
  });

  it('is YAML where nothing collided, too, and tells of one team when asked', async () => {
    await place.call('run', { quiet: true, only: 'users' });
    expect(await printed({ conflicts: true, team: 't-solo' })).toContain('records: []');
    expect(await place.call('run', { quiet: true, names: written(await printed({ conflicts: true })) })).toBe(3);
  });
});

describe('--team', () => {
  it('migrates a team, its organization, its people, its keys and all models, and nothing else', async () => {
    await place.call('run', { team: 't-one', quiet: true });
    expect(await names('teams')).toEqual(['Platform']);
    expect(await names('customers')).toEqual(['Acme']);
    expect(await names('virtualKeys')).toEqual(['owned', 'per-model-too']);
    expect(rows("SELECT count(*) AS n FROM records WHERE kind = 'deployment' AND status = 'written'")).toEqual([
      { n: 9 },
    ]);
    await place.call('run', { team: 'Solo', quiet: true });
    expect(await names('teams')).toEqual(['Platform', 'Solo']);
    const document = JSON.parse(await printed({ json: true, team: 't-one\nSolo' })) as {
      counts: { kind: string; read: number; waiting: number }[];
    };
    expect(document.counts.find(({ kind }) => kind === 'virtual_key')).toMatchObject({ read: 3, waiting: 0 });
    await place.call('run', { quiet: true });
    expect(await names('virtualKeys')).toHaveLength(7);
    for (const format of ['md', 'html', 'csv']) {
      const ofTeam = await printed({ format, team: 't-one' });
      expect(await printed({ format })).toContain('everything');
      expect(ofTeam).toContain('per-model-too');
      expect(ofTeam).not.toContain('everything');
    }
  });

  it('wants the id of a team whose alias several have, and sends nothing', async () => {
    await expect(place.call('run', { team: 'Platform' })).rejects.toMatchObject({
      code: 'usage',
      message: '"Platform" means several teams: t-one, t-two.',
    });
    await expect(place.call('run', { team: 't-one,nobody' })).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining('"nobody"') as string,
    });
    expect(await place.writes()).toBe(0);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MigrateError } from '../../src/errors.js';
import { CONFIG } from '../coverage/config-world.js';
import type { Item, MemoryLitellm } from '../memory-litellm.js';
import { recordings, VERSIONS, type RecordedVersion } from '../sources/replay.js';
import { INPUTS, outcomeOf, runs } from './checks.js';
import { breakage, broken, odd, type Breakage } from './garbage.js';

/** Broken rows of one answer set: as many inputs. */
const TOGETHER = 25;
const BODIES = 500;
/** Rows of each list that are left as they were recorded. */
const KEPT = 3;

/** Which recording answers which request, and where its rows are. */
const ANSWERS: readonly { readonly path: string; readonly recording: string; readonly rows: string | null }[] = [
  { path: '/v2/model/info', recording: 'v2_model_info', rows: 'data' },
  { path: '/key/list', recording: 'key_list_full_p1', rows: 'keys' },
  { path: '/v2/team/list', recording: 'v2_team_list', rows: 'teams' },
  { path: '/team/list', recording: 'team_list', rows: '' },
  { path: '/user/list', recording: 'user_list', rows: 'users' },
  { path: '/organization/list', recording: 'organization_list', rows: '' },
  { path: '/budget/list', recording: 'budget_list', rows: '' },
  { path: '/v1/access_group', recording: 'v1_access_group', rows: '' },
  { path: '/project/list', recording: 'project_list', rows: '' },
  { path: '/credentials', recording: 'credentials', rows: 'credentials' },
  { path: '/router/settings', recording: 'router_settings', rows: null },
  { path: '/key/info', recording: 'key_info', rows: null },
  { path: '/team/info', recording: 'team_info', rows: null },
];

type Body = Item | readonly unknown[];

/** What a real proxy of this version answered, three rows of each list. */
function recorded(version: RecordedVersion): Record<string, Body> {
  const found = recordings(version);
  return Object.fromEntries(
    ANSWERS.flatMap(({ path, recording, rows }) => {
      const one = found[recording];
      if (one?.status !== 200) return [];
      return [[path, withRows(one.body as Body, rows, rowsOf(one.body as Body, rows).slice(0, KEPT))] as const];
    }),
  );
}

function rowsOf(body: Body, member: string | null): readonly unknown[] {
  if (member === null) return [];
  return (member === '' ? body : (body as Item)[member]) as readonly unknown[];
}

function withRows(body: Body, member: string | null, rows: readonly unknown[]): Body {
  if (member === null) return body;
  if (member === '') return rows;
  const { total_count: _count, total: _total, total_pages: _pages, ...rest } = body as Item;
  return { ...rest, [member]: rows };
}

const BASES = Object.fromEntries(VERSIONS.map((version) => [version, recorded(version)])) as {
  readonly [version in RecordedVersion]: Record<string, Body>;
};

const world = (version: RecordedVersion, api: Record<string, unknown>): MemoryLitellm => ({
  version,
  config: JSON.stringify(CONFIG),
  tables: null,
  api,
});

const LISTED = ANSWERS.filter(({ rows }) => rows !== null);

/** A further row of some list, broken inside. */
const row = fc.record({
  answer: fc.constantFrom(...LISTED),
  of: fc.nat(KEPT - 1),
  ways: fc.array(breakage, { minLength: 1, maxLength: 3 }),
});

function withBrokenRows(
  bodies: Record<string, Body>,
  rows: readonly {
    readonly answer: (typeof LISTED)[number];
    readonly of: number;
    readonly ways: readonly Breakage[];
  }[],
): Record<string, Body> {
  const changed = { ...bodies };
  for (const [index, { answer, of, ways }] of rows.entries()) {
    const body = changed[answer.path];
    const base = bodies[answer.path];
    if (body === undefined || base === undefined) continue;
    const whole = rowsOf(base, answer.rows);
    const copy = renamed(whole[of % Math.max(1, whole.length)] ?? {}, index);
    const odder = ways.reduce<unknown>((value, way) => broken(value, way), copy);
    changed[answer.path] = withRows(body, answer.rows, [...rowsOf(body, answer.rows), odder]);
  }
  return changed;
}

/** Ids of its own, so that it is another row than the one it was copied from. */
function renamed(value: unknown, index: number): Item {
  const row = { ...(value as Item) };
  for (const name of ['token', 'team_id', 'user_id', 'organization_id', 'budget_id'])
    if (typeof row[name] === 'string') row[name] = `${row[name]}-${index}`;
  return row;
}

describe('answers that leave out what restricts', () => {
  const TOKEN = 'a'.repeat(64);
  const lists = { '/v2/model/info': { data: [] }, '/v2/team/list': { teams: [] }, '/user/list': { users: [] } };
  const api = (more: Record<string, unknown>): MemoryLitellm => world('1.109.1', { ...lists, ...more });

  it('a key without its list of models is granted nothing', async () => {
    const key = { token: TOKEN, key_alias: 'k', budget_id: null };
    const outcome = await outcomeOf(api({ '/key/list': { keys: [key] } }));
    if (outcome instanceof MigrateError) throw outcome;
    expect(outcome.records.find(({ record }) => record.kind === 'virtual_key')).toMatchObject({
      record: { models: [''], notes: [{ code: 'odd_value', field: 'models' }] },
      plan: { writes: [{ body: { provider_configs: [] } }] },
    });
  });

  it('a key of which only the hash is known, and that is gone when asked for, is not migrated', async () => {
    const gone = await outcomeOf(api({ '/key/list': { keys: [TOKEN] } }));
    if (gone instanceof MigrateError) throw gone;
    expect(gone.records.filter(({ record }) => record.kind === 'virtual_key')).toEqual([]);
    const info = { info: { key_alias: 'k', models: [], budget_id: null } };
    const there = await outcomeOf(api({ '/key/list': { keys: [TOKEN] }, '/key/info': info }));
    if (there instanceof MigrateError) throw there;
    expect(there.records.map(({ record }) => record.id)).toContain(TOKEN);
  });
});

describe.each(VERSIONS)('damaged answers of LiteLLM %s', (version) => {
  it('broken rows are read and planned one by one: none stops the others', async () => {
    const before = await outcomeOf(world(version, BASES[version]));
    if (before instanceof MigrateError) throw before;
    const intact = before.records.map(({ record }) => `${record.kind} ${record.id}`);
    await fc.assert(
      fc.asyncProperty(fc.array(row, { minLength: TOGETHER, maxLength: TOGETHER }), async (rows) => {
        const after = await outcomeOf(world(version, withBrokenRows(BASES[version], rows)));
        if (after instanceof MigrateError) throw after;
        const ids = new Set(after.records.map(({ record }) => `${record.kind} ${record.id}`));
        expect(intact.filter((id) => !ids.has(id))).toEqual([]);
      }),
      runs(Math.ceil((INPUTS.api - BODIES) / TOGETHER / VERSIONS.length)),
    );
  });

  it('whole answers that are broken are read, reported, or refused with exit code 4 or 5', async () => {
    const way = fc.record({ path: fc.constantFrom(...ANSWERS.map(({ path }) => path)), ways: fc.array(breakage, { minLength: 1, maxLength: 3 }), instead: fc.option(odd, { freq: 3 }) }); // prettier-ignore
    await fc.assert(
      fc.asyncProperty(way, async ({ path, ways, instead }) => {
        const body = instead ?? ways.reduce<unknown>((value, one) => broken(value, one), BASES[version][path] ?? []);
        const outcome = await outcomeOf(world(version, { ...BASES[version], [path]: body }));
        if (outcome instanceof MigrateError) expect([4, 5]).toContain(outcome.exitCode);
      }),
      runs(Math.ceil(BODIES / VERSIONS.length)),
    );
  });
});

import { describe, expect, it } from 'vitest';
import { utc } from '../../src/sources/fields.js';
import { readBudgets } from '../../src/sources/limits.js';
import { readMemberships } from '../../src/sources/memberships.js';
import { readAccessGroup } from '../../src/sources/group-rows.js';
import { readVirtualKey } from '../../src/sources/key-row.js';
import { readOrganization, readTeam, readUser } from '../../src/sources/rows.js';
import { collect } from './settings-factory.js';

const budgets = readBudgets([
  { budget_id: 'b1', max_budget: 5, tpm_limit: '100', allowed_models: ['m'] },
  { budget_id: 'team-default', max_budget: 1 },
]);
const codes = (record: { readonly notes: readonly { readonly code: string; readonly field: string }[] }) =>
  record.notes.map(({ code, field }) => `${code} ${field}`);

describe('a virtual key', () => {
  it('of the odd shapes old rows have is read with notes, never with an exception', () => {
    const key = readVirtualKey(
      {
        token: 'hash',
        models: null,
        aliases: '{"x": "y", "z": 3}',
        config: 'not json',
        metadata: '{"tags": ["t"]}',
        blocked: 'true',
        max_budget: 'NaN',
        tpm_limit: '9007199254740993',
        expires: '2026-05-01 12:00:00.5',
        access_group_ids: {},
      },
      budgets,
    );
    expect(key).toMatchObject({
      id: 'hash',
      name: 'hash',
      models: [],
      aliases: { x: 'y' },
      config: {},
      metadata: { tags: ['t'] },
      blocked: false,
      expires: '2026-05-01T12:00:00.500Z',
    });
    expect(key.limits.maxBudget).toBeNull();
    expect(key.limits.tpmLimit).toBeGreaterThan(9e15);
    expect(codes(key)).toEqual(['odd_value aliases', 'odd_value config', 'odd_value max_budget']);
  });

  it('never becomes wider through a value nobody can read', () => {
    const key = readVirtualKey(
      { token: 'hash', models: { odd: true }, expires: 'some day', access_group_ids: 7 },
      budgets,
    );
    expect(key.models).toEqual(['']);
    expect(key.expires).toBe('1970-01-01T00:00:00.000Z');
    expect(readVirtualKey({ token: 'hash', models: [null] }, budgets).models).toEqual(['']);
  });

  it('keeps what no rule reads in `rest`, without defaults, bookkeeping and secrets', () => {
    const key = readVirtualKey(
      {
        token: 'hash',
        spend: 1.5,
        total_spend: 0,
        permissions: { get_spend_routes: true },
        guardrails: [],
        tpd_limit: 0,
        rotation_interval: '30d',
        auto_rotate: false,
        router_settings: { fallbacks: [{ a: ['b'] }], api_key: 'CANARY' },
        budget_reset_at: '2026-12-01T00:00:00',
        created_by: 'someone',
        updated_at: '2026-01-01',
      },
      budgets,
    );
    expect(key.rest).toEqual({
      spend: 1.5,
      permissions: { get_spend_routes: true },
      tpd_limit: 0,
      rotation_interval: '30d',
      router_settings: { fallbacks: [{ a: ['b'] }], api_key: '(not shown)' },
      budget_reset_at: '2026-12-01T00:00:00.000Z',
    });
  });

  it('names a budget that is not there', () => {
    expect(codes(readVirtualKey({ token: 'hash', budget_id: 'gone' }, budgets))).toEqual(['budget_missing budget_id']);
    expect(codes(readVirtualKey({ token: 'hash', budget_id: 'b1' }, budgets))).toEqual([
      'budget_part_without_effect allowed_models',
    ]);
  });
});

it('times in any form are ISO 8601 in UTC', () => {
  expect(utc('2026-05-01 12:00:00')).toBe('2026-05-01T12:00:00.000Z');
  expect(utc('2026-05-01T12:00:00.123456Z')).toBe('2026-05-01T12:00:00.123Z');
  expect(utc('2026-05-01T14:00:00+02:00')).toBe('2026-05-01T12:00:00.000Z');
  expect(utc('2026-05-01 14:00:00+02')).toBe('2026-05-01T12:00:00.000Z');
  expect(utc('infinity')).toBeNull();
  expect(utc('12026-05-01T00:00:00')).toBe('9999-12-31T23:59:59.999Z');
  expect(utc('0044-03-15 00:00:00 BC')).toBe('1970-01-01T00:00:00.000Z');
  expect(utc(5)).toBeUndefined();
});

it('a password never leaves a user row', () => {
  const user = readUser({
    user_id: 'u',
    password: 'CANARY',
    user_email: ' A@x.test ',
    metadata: { dept: 'r&d' },
    spend: 2,
    teams: ['t'],
  });
  expect(user).toMatchObject({ name: ' A@x.test ', teams: ['t'], rest: { metadata: { dept: 'r&d' }, spend: 2 } });
  expect(JSON.stringify(user)).not.toContain('CANARY');
});

it('an organization takes its limits from its budget row', () => {
  expect(
    readOrganization({ organization_id: 'o', organization_alias: ' ', budget_id: 'b1', member_count: 3 }, budgets),
  ).toMatchObject({
    name: 'o',
    limits: { maxBudget: 5, tpmLimit: 100 },
    notes: [{ code: 'budget_part_without_effect' }, { code: 'organization_members_not_carried' }],
  });
  expect(
    readOrganization({ organization_id: 'o', budget_id: 'gone', litellm_budget_table: { max_budget: 2 } }, budgets)
      .limits.maxBudget,
  ).toBe(2);
});

it('an access group of the one-day schema is read too', () => {
  expect(readAccessGroup({ access_group_id: 'g', access_group_name: 'G', access_model_ids: ['m'] })).toEqual({
    id: 'g',
    name: 'G',
    models: ['m'],
  });
});

describe('memberships', () => {
  const team = readTeam({
    team_id: 't/1',
    team_alias: 'T',
    members_with_roles:
      '[{"user_id":"u1","role":"admin"},{"user_id":null,"user_email":"B@x.test","role":"user"},"u3",{},5]',
    metadata: { team_member_budget_id: 'team-default' },
  });
  const other = readTeam({ team_id: 't2', members_with_roles: {} });
  const users = [
    readUser({ user_id: 'u1', teams: ['t/1', 'gone'] }),
    readUser({ user_id: 'u2', user_email: 'b@x.test ', teams: [] }),
    readUser({ user_id: 'u4', teams: ['t2'] }),
  ];
  async function* each<T>(items: readonly T[]) {
    yield* items;
  }
  const read = () =>
    collect(
      readMemberships({
        teams: [team, other],
        budgets,
        users: () => each(users),
        rows: () =>
          each([
            { user_id: 'u1', team_id: 't/1', budget_id: 'b1' },
            { user_id: 'u9', team_id: 't2' },
          ]),
      }),
    );

  it('come from the team, the user and the membership rows, once each', async () => {
    const memberships = await read();
    expect(memberships.map(({ id, role }) => `${id} ${role}`)).toEqual([
      't%2F1 u1 admin',
      't%2F1 u3 user',
      't%2F1 u2 user',
      'gone u1 user',
      't2 u4 user',
      't2 u9 user',
    ]);
    expect(codes(team)).toEqual(['member_by_email members_with_roles']);
  });

  it('carry their own budget, else the default of the team', async () => {
    const memberships = await read();
    expect(memberships[0]).toMatchObject({ limits: { maxBudget: 5 }, allowedModels: ['m'] });
    expect(memberships[1]).toMatchObject({ limits: { maxBudget: 1 }, allowedModels: [] });
    expect(memberships[4]).toMatchObject({ limits: null });
  });

  it('of a team that is gone say so', async () => {
    expect(
      (await read()).filter((one) => codes(one).includes('team_missing team_id')).map(({ teamId }) => teamId),
    ).toEqual(['gone']);
  });
});

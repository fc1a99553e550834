import { describe, expect, it } from 'vitest';
import { accessIndex, denial, rewritten, unrestricted, type Denial, type Subject } from '../../src/mapping/access.js';
import type { Team, User, VirtualKey, World } from '../../src/sources/records.js';
import {
  deployment,
  NEW_DIALECT,
  OLD_DIALECT,
  organization,
  team,
  teamDeployment,
  user,
  virtualKey,
  world,
} from '../factories.js';

const MODELS = ['model-a', 'model-b', 'model-c', 'model-d', 'gpt-4o'].map((name) =>
  deployment(name, { model: `openai/${name}` }),
);

function subject(key: VirtualKey, over: Partial<Subject> = {}): Subject {
  return {
    key,
    team: null,
    teamMissing: false,
    user: null,
    organization: null,
    project: null,
    memberModels: [],
    ...over,
  };
}

function allowed(w: World, key: VirtualKey, over: Partial<Subject> = {}, gates = false): string[] {
  const index = accessIndex(w);
  return ['model-a', 'model-b', 'model-c', 'model-d', 'gpt-4o', 'alias-gpt'].filter(
    (name) => denial(name, subject(key, over), index, gates) === null,
  );
}

const ALL = ['model-a', 'model-b', 'model-c', 'model-d', 'gpt-4o', 'alias-gpt'];
const w = world({ deployments: MODELS, modelGroupAlias: { 'alias-gpt': 'gpt-4o' } });
const t = (over: Partial<Team>): { team: Team } => ({ team: team('t', over) });
const keyOf = (models: string[], over: Partial<VirtualKey> = {}): VirtualKey => virtualKey('k', { models, ...over });

describe('the lists of a key (L§4.2, §4.3, §4.17)', () => {
  it('lets an empty list, * and all-proxy-models call everything', () => {
    for (const models of [[], ['*'], ['all-proxy-models']]) expect(allowed(w, keyOf(models))).toEqual(ALL);
  });

  it('compares names exactly, with their case', () => {
    expect(allowed(w, keyOf(['model-a']))).toEqual(['model-a']);
    expect(allowed(w, keyOf(['MODEL-A']))).toEqual([]);
  });

  it('takes no-default-models for a name nobody has', () => {
    expect(allowed(w, keyOf(['no-default-models']))).toEqual([]);
  });

  it('lets all-team-models without a team call everything', () => {
    expect(allowed(w, keyOf(['all-team-models']))).toEqual(ALL);
  });

  it('reads entries with * as regular expressions, others as plain text', () => {
    expect(allowed(w, keyOf(['mod.l-*']))).toEqual(['model-a', 'model-b', 'model-c', 'model-d']);
    expect(allowed(w, keyOf(['model-.']))).toEqual([]);
  });

  it('gives openai/* a second chance with the inferred provider, for well-known names only', () => {
    expect(allowed(w, keyOf(['openai/*']))).toEqual(['gpt-4o', 'alias-gpt']);
  });

  it('opens an alias by its target, but not the target by its alias', () => {
    expect(allowed(w, keyOf(['gpt-4o']))).toEqual(['gpt-4o', 'alias-gpt']);
    expect(allowed(w, keyOf(['alias-gpt']))).toEqual(['alias-gpt']);
  });

  it('survives an entry that is no regular expression', () => {
    expect(allowed(w, keyOf(['(*']))).toEqual([]);
  });
});

describe('key and team together', () => {
  it('intersects, and an empty intersection is nothing', () => {
    expect(allowed(w, keyOf(['model-a', 'model-b']), t({ models: ['model-b', 'model-c'] }))).toEqual(['model-b']);
    expect(allowed(w, keyOf(['model-a']), t({ models: ['model-b'] }))).toEqual([]);
  });

  it('leaves the decision to the team for all-team-models and empty lists', () => {
    expect(allowed(w, keyOf(['all-team-models']), t({ models: ['model-a'] }))).toEqual(['model-a']);
    expect(allowed(w, keyOf([]), t({ models: ['model-a'] }))).toEqual(['model-a']);
  });

  it('lets a team alias pass both lists whatever they say', () => {
    const aliased = t({ models: ['model-a'], modelAliases: { 'team-x': 'model-c' } });
    expect(denial('team-x', subject(keyOf(['model-a']), aliased), accessIndex(w), false)).toBeNull();
    expect(rewritten('team-x', subject(keyOf(['model-a']), aliased), accessIndex(w), false)).toEqual({
      ok: true,
      routed: 'model-c',
    });
  });

  it('refuses a key whose team is gone as that version does', () => {
    expect(allowed(w, keyOf([], { teamId: 'gone' }), { teamMissing: true })).toEqual([]);
    const old = world({ deployments: MODELS, dialect: OLD_DIALECT, modelGroupAlias: { 'alias-gpt': 'gpt-4o' } });
    expect(allowed(old, keyOf([], { teamId: 'gone' }), { teamMissing: true })).toEqual(ALL);
  });
});

describe('users, organizations, projects, members', () => {
  const u = (over: Partial<User>): { user: User } => ({ user: user('u', over) });

  it('restricts personal keys by the user, and no-default-models there denies all', () => {
    expect(allowed(w, keyOf([]), u({ models: ['model-a'] }))).toEqual(['model-a']);
    expect(allowed(w, keyOf(['model-a']), u({ models: ['no-default-models', 'model-a'] }))).toEqual([]);
  });

  it('ignores the user for keys of a team', () => {
    expect(allowed(w, keyOf([], { teamId: 't' }), { ...t({}), ...u({ models: ['model-a'] }) })).toEqual(ALL);
  });

  it('asks the organization only when the gate is on', () => {
    const o = { organization: organization('o', { models: ['model-a'] }) };
    expect(allowed(w, keyOf([]), o, true)).toEqual(['model-a']);
    expect(allowed(w, keyOf([]), o, false)).toEqual(ALL);
  });

  it('asks project and member lists when they are not empty', () => {
    const project = {
      id: 'p',
      name: 'p',
      teamId: null,
      models: ['model-a'],
      blocked: false,
      limits: virtualKey('x').limits,
    };
    expect(allowed(w, keyOf([]), { project })).toEqual(['model-a']);
    expect(allowed(w, keyOf([], { teamId: 't' }), { ...t({}), memberModels: ['model-b'] })).toEqual(['model-b']);
  });
});

describe('access groups', () => {
  const secretOfTeam = teamDeployment('t', 'secret', { model: 'openai/s' }, 'd-secret');
  const grouped = world({
    deployments: [
      ...MODELS.slice(0, 3),
      deployment('model-d', { model: 'openai/d' }, { modelInfo: { access_groups: ['beta'] } }),
      { ...secretOfTeam, modelInfo: { ...secretOfTeam.modelInfo, access_groups: ['beta'] } },
    ],
    accessGroups: [
      { id: 'g1', name: 'unified', models: ['model-c'] },
      { id: 'g0', name: 'empty', models: [] },
    ],
  });

  it('resolves a tag group to its deployments, those of a team for that team alone', () => {
    expect(allowed(grouped, keyOf(['beta']))).toEqual(['model-d']);
    const index = accessIndex(grouped);
    expect(denial('secret', subject(keyOf(['beta'])), index, false)).toBe('key');
    expect(denial('secret', subject(keyOf(['beta'], { teamId: 't' }), t({})), index, false)).toBeNull();
  });

  it('adds a unified group only where the list denied: an empty list stays everything', () => {
    expect(allowed(grouped, keyOf(['no-default-models'], { accessGroupIds: ['g1'] }))).toEqual(['model-c']);
    expect(allowed(grouped, keyOf([], { accessGroupIds: ['g1'] }))).toHaveLength(6);
  });

  it('grants nothing through an empty or unknown group', () => {
    expect(allowed(grouped, keyOf(['no-default-models'], { accessGroupIds: ['g0', 'none'] }))).toEqual([]);
  });

  it('lets the groups of a key satisfy its team only in versions that do so', () => {
    const key = keyOf(['no-default-models'], { teamId: 't', accessGroupIds: ['g1'] });
    const closed = t({ models: ['model-a'] });
    expect(allowed(grouped, key, closed)).toEqual(['model-c']);
    const old = { ...grouped, dialect: { ...NEW_DIALECT, keyGroupsSatisfyTeam: false } };
    expect(allowed(old, key, closed)).toEqual([]);
  });
});

describe('key aliases differ between versions (L§4.6)', () => {
  const listedAlias = subject(virtualKey('k', { models: ['model-a', 'x'], aliases: { x: 'model-c' } }));
  const listedTarget = subject(virtualKey('k', { models: ['model-c'], aliases: { x: 'model-c' } }));
  const old = accessIndex({ ...w, dialect: OLD_DIALECT });
  const unknown = accessIndex({ ...w, dialect: { ...NEW_DIALECT, keyAliasCheck: 'both' } });

  it('checks the alias name in 1.81 and the target in newer versions', () => {
    expect(rewritten('x', listedAlias, old, false)).toEqual({ ok: true, routed: 'model-c' });
    expect(rewritten('x', listedTarget, old, false)).toEqual({ ok: false, why: 'key' });
    expect(rewritten('x', listedAlias, accessIndex(w), false)).toEqual({ ok: false, why: 'key' });
    expect(rewritten('x', listedTarget, accessIndex(w), false)).toEqual({ ok: true, routed: 'model-c' });
  });

  it('passes only what both orders pass when the version is unknown', () => {
    expect(rewritten('x', listedAlias, unknown, false).ok).toBe(false);
    const both = subject(virtualKey('k', { models: ['x', 'model-c'], aliases: { x: 'model-c' } }));
    expect(rewritten('x', both, unknown, false)).toEqual({ ok: true, routed: 'model-c' });
  });
});

describe('lists with several entries', () => {
  it('need one entry that fits, whatever the others are', () => {
    expect(allowed(w, keyOf(['nobody', 'model-*']))).toEqual(['model-a', 'model-b', 'model-c', 'model-d']);
    expect(allowed(w, keyOf(['model-a', 'all-proxy-models']))).toEqual(ALL);
    const tagged = world({
      deployments: [...MODELS.slice(0, 3), deployment('model-d', {}, { modelInfo: { access_groups: ['beta'] } })],
    });
    expect(allowed(tagged, keyOf(['model-a', 'beta']))).toEqual(['model-a', 'model-d']);
  });

  it('are not asked for words that stand for nothing', () => {
    expect(allowed(w, keyOf(['undef*']))).toEqual([]);
    expect(allowed(w, keyOf(['undefined/*']))).toEqual([]);
  });
});

describe('all-team-models in the list of a team (L§4.3)', () => {
  const own = teamDeployment('t', 'chat', { model: 'openai/s' }, 'd1');
  const both = [...MODELS, own];
  const inTeam = keyOf([], { teamId: 't' });
  const everything = t({ models: ['all-team-models'] });

  it('stands for every name that is no team’s in newer versions', () => {
    const newer = world({ deployments: both, modelGroupAlias: { 'alias-gpt': 'gpt-4o' } });
    expect(allowed(newer, inTeam, everything)).toEqual(ALL);
    const index = accessIndex(newer);
    expect(denial('chat', subject(inTeam, everything), index, false)).toBe('team');
    expect(denial('all-team-models', subject(inTeam, everything), index, false)).toBe('team');
    const more = t({ models: ['all-team-models', 'chat'] });
    expect(denial('chat', subject(inTeam, more), index, false)).toBeNull();
  });

  it('is a name like any other in older ones', () => {
    const older = world({ deployments: both, dialect: OLD_DIALECT });
    expect(allowed(older, inTeam, everything)).toEqual([]);
    expect(denial('all-team-models', subject(inTeam, everything), accessIndex(older), false)).toBeNull();
  });

  it('is not everything where there is no name at all', () => {
    const empty = accessIndex(world());
    expect(denial('model-a', subject(inTeam, everything), empty, false)).toBe('team');
    expect(denial('all-team-models', subject(inTeam, everything), empty, false)).toBeNull();
  });

  it('says nothing in the list of a user, who has no team', () => {
    expect(allowed(w, keyOf([]), { user: user('u', { models: ['all-team-models'] }) })).toEqual([]);
  });

  it('counts for a project as for the team it is of', () => {
    const project = { id: 'p', name: 'p', models: ['all-team-models'], blocked: false, limits: virtualKey('x').limits };
    expect(allowed(w, keyOf([]), { project: { ...project, teamId: 't' } })).toEqual(ALL);
    expect(allowed(w, keyOf([]), { project: { ...project, teamId: null } })).toEqual([]);
  });
});

describe('internal names of a team’s deployments', () => {
  const internal = (name: string, over: Partial<Team>, models: string[], teamId: string | null, key = 't'): unknown => {
    const rows = [...MODELS, deployment(name, {}, { publicName: 'chat', teamId })];
    const side = { ...t(over), ...(key === '' && { team: null }) };
    const asking = keyOf(models, { teamId: key === '' ? null : key });
    return denial(name, subject(asking, side), accessIndex(world({ deployments: rows })), false);
  };

  it('pass where the public name passes', () => {
    expect(internal('model_name_t_1', {}, ['chat'], 't')).toBeNull();
    expect(internal('model_name_t_1', {}, ['model-a'], 't')).toBe('key');
  });

  it('pass where an alias that leads to them is listed, also when they are gone', () => {
    const aliases = { old: 'model_name_t_1', other: 'model-b' };
    const ask = (models: string[]): unknown =>
      denial(
        'model_name_t_1',
        subject(keyOf(models, { teamId: 't' }), t({ modelAliases: aliases })),
        accessIndex(w),
        false,
      );
    expect(ask(['old'])).toBeNull();
    expect(ask(['other'])).toBe('key');
    expect(ask(['model-a'])).toBe('key');
  });

  it('of somebody else, or names that only look like one, do not', () => {
    expect(internal('model_name_t_1', {}, ['chat'], 'other')).toBe('key');
    expect(internal('model_name_t_1', {}, ['chat'], null)).toBe('key');
    expect(internal('odd', {}, ['chat'], 't')).toBe('key');
    expect(internal('model_name_null_1', {}, ['chat'], null, '')).toBe('key');
  });

  it('are not led to by an alias of the team when they are gone, in newer versions', () => {
    const leads = (dialect: World['dialect'], deployments: World['deployments']): unknown => {
      const aliased = t({ modelAliases: { chat: 'model_name_t_1', plain: 'model-a' } });
      const index = accessIndex(world({ deployments, dialect }));
      const asking = subject(keyOf([], { teamId: 't' }), aliased);
      return ['chat', 'plain'].map((name) => rewritten(name, asking, index, false));
    };
    const there = [...MODELS, teamDeployment('t', 'chat', {}, '1')];
    const [led, left, plain] = ['model_name_t_1', 'chat', 'model-a'].map((routed) => ({ ok: true, routed }));
    expect(leads(NEW_DIALECT, MODELS)).toEqual([left, plain]);
    expect(leads(NEW_DIALECT, there)).toEqual([led, plain]);
    expect(leads(OLD_DIALECT, MODELS)).toEqual([led, plain]);
  });
});

describe('who is asked', () => {
  it('is nobody where there is nobody', () => {
    expect(allowed(w, keyOf([]), {}, true)).toEqual(ALL);
  });

  it('is a group by its name where a deployment is in it', () => {
    const index = accessIndex(
      world({ deployments: [deployment('a', {}, { modelInfo: { access_groups: ['beta'] } })] }),
    );
    expect([index.isTag('beta'), index.isTag('a')]).toEqual([true, false]);
  });

  it('is not the list of a key with a config of its own', () => {
    expect(allowed(w, keyOf(['model-a'], { config: { model_list: [] } }))).toEqual(ALL);
  });

  it('is told apart in the answer', () => {
    const closed = ['model-b'];
    const rows: readonly (readonly [Denial, Partial<VirtualKey>, Partial<Subject>])[] = [
      ['key', { models: closed }, {}],
      ['team_missing', { teamId: 'gone' }, { teamMissing: true }],
      ['team', { teamId: 't' }, t({ models: closed })],
      ['member', { teamId: 't' }, { ...t({}), memberModels: closed }],
      ['user', {}, { user: user('u', { models: closed }) }],
      ['organization', {}, { organization: organization('o', { models: closed }) }],
    ];
    for (const [why, key, over] of rows)
      expect(denial('model-a', subject(virtualKey('k', key), over), accessIndex(w), true)).toBe(why);
  });
});

describe('a key that nothing restricts', () => {
  const free = (over: Partial<Subject> = {}, key: Partial<VirtualKey> = {}, gates = true): boolean =>
    unrestricted(subject(virtualKey('k', key), over), gates);
  const project = (models: string[]): Partial<Subject> => ({
    project: { id: 'p', name: 'p', teamId: null, models, blocked: false, limits: virtualKey('x').limits },
  });

  it('has no list, or lists that stand for everything', () => {
    expect(free()).toBe(true);
    for (const models of [['*'], ['all-proxy-models'], ['model-a', '*'], ['all-team-models']])
      expect(free({}, { models })).toBe(true);
    expect(free({}, { models: ['model-a'], config: { model_list: [] } })).toBe(true);
    const open = ['*', 'model-a'];
    expect(free({ ...t({ models: open }) }, { teamId: 't' })).toBe(true);
    expect(free({ user: user('u', { models: open }) })).toBe(true);
    expect(free(project(open))).toBe(true);
    expect(free({ organization: organization('o', { models: open }) })).toBe(true);
  });

  it('is not one that any list restricts', () => {
    const some = ['model-a'];
    expect(free({}, { models: some })).toBe(false);
    expect(free(t({ models: some }), { teamId: 't' })).toBe(false);
    expect(free({ teamMissing: true }, { teamId: 'gone' })).toBe(false);
    expect(free({ ...t({}), memberModels: some }, { teamId: 't' })).toBe(false);
    expect(free({ user: user('u', { models: some }) })).toBe(false);
    expect(free(project(some))).toBe(false);
    expect(free({ organization: organization('o', { models: some }) })).toBe(false);
  });

  it('does not ask lists that LiteLLM does not ask', () => {
    expect(free({ ...t({}), user: user('u', { models: ['model-a'] }) }, { teamId: 't' })).toBe(true);
    expect(free({ organization: organization('o', { models: ['model-a'] }) }, {}, false)).toBe(true);
  });
});

import { describe, expect, it } from 'vitest';
import { accessIndex, denial, rewritten, type Subject } from '../../src/mapping/access.js';
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

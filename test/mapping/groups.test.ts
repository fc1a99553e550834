import { describe, expect, it } from 'vitest';
import { buildGroups, weighted } from '../../src/mapping/groups.js';
import type { Deployment, Dialect, Params } from '../../src/sources/records.js';
import { deployment, NEW_DIALECT, OLD_DIALECT, teamDeployment, world, type WorldParts } from '../factories.js';

const UNKNOWN: Dialect = { ...NEW_DIALECT, teamShadowsAliasTarget: 'unknown' };
const named = (name: string, id: string, over: Partial<Deployment> = {}, params: Params = {}): Deployment =>
  deployment(name, { model: `openai/${id}`, ...params }, { id, ...over });

function answer(name: string, teamId: string | null, parts: WorldParts): readonly string[] {
  const routed = buildGroups(world(parts)).route(name, teamId);
  return routed.kind === 'none' ? [] : [routed.kind, ...routed.group.members.map((member) => member.deployment.id)];
}

/** Ids with their weights, `a:3 b:1`. */
function shares(rows: readonly Params[], dialect = NEW_DIALECT, checksOrder = false): string {
  const deployments = rows.map((params, at) => named('g', 'abc'[at] ?? '', {}, params));
  return weighted(deployments, dialect, checksOrder)
    .map(({ deployment: { id }, weight }) => `${id}:${weight}`)
    .join(' ');
}

describe('which deployments answer a name (L§4.7)', () => {
  const own = teamDeployment('t', 'chat', { model: 'openai/own' }, 'own');
  const deployments = [named('chat', 'one'), named('chat', 'two'), own];

  it('are everybody’s for everybody', () => {
    expect(answer('chat', null, { deployments })).toEqual(['group', 'one', 'two']);
    expect(answer('chat', 'other', { deployments })).toEqual(['group', 'one', 'two']);
    expect(answer('nobody', null, { deployments })).toEqual([]);
  });

  it('are the team’s own before everybody’s in newer versions, behind them up to 1.81', () => {
    expect(answer('chat', 't', { deployments })).toEqual(['group', 'own']);
    expect(answer('chat', 't', { deployments, dialect: OLD_DIALECT })).toEqual(['group', 'one', 'two']);
    const alone = { deployments: [own], dialect: OLD_DIALECT };
    expect(answer('chat', 't', alone)).toEqual(['group', 'own']);
    expect(answer('chat', null, alone)).toEqual([]);
  });

  it('are the first of a team’s own up to 1.81, all of them in newer versions', () => {
    const both = [own, teamDeployment('t', 'chat', { model: 'openai/own' }, 'second')];
    expect(answer('chat', 't', { deployments: both })).toEqual(['group', 'own', 'second']);
    expect(answer('chat', 't', { deployments: both, dialect: OLD_DIALECT })).toEqual(['group', 'own']);
  });

  it('are those of the target of an alias', () => {
    const aliased = { deployments, modelGroupAlias: { nick: 'chat' } };
    expect(answer('nick', null, aliased)).toEqual(['group', 'one', 'two']);
    expect(answer('nick', 't', aliased)).toEqual(['group', 'own']);
    expect(answer('nick', 't', { ...aliased, dialect: OLD_DIALECT })).toEqual(['group', 'one', 'two']);
  });

  it('are nobody’s where a version nobody knows might decide otherwise', () => {
    expect(answer('chat', null, { deployments, dialect: UNKNOWN })).toEqual(['group', 'one', 'two']);
    expect(answer('chat', 't', { deployments, dialect: UNKNOWN })).toEqual([]);
  });

  it('are none in newer versions when all of them are paused, even where a pattern would take the name', () => {
    const paused = [named('openai/a', 'off', { blocked: true }), named('openai/*', 'all')];
    expect(answer('openai/a', null, { deployments: paused })).toEqual([]);
    expect(answer('openai/b', null, { deployments: paused })).toEqual(['wildcard', 'all']);
  });

  it('are of whoever they say they are, where only the entry says so', () => {
    const said = named('chat', 'said', { teamId: 't' });
    expect(answer('chat', 't', { deployments: [said, named('chat', 'one')] })).toEqual(['group', 'said', 'one']);
    expect(answer('chat', null, { deployments: [said, named('chat', 'one')] })).toEqual(['group', 'one']);
    expect(answer('chat', 'other', { deployments: [said, named('chat', 'one')] })).toEqual(['group', 'one']);
  });
});

describe('names behind patterns', () => {
  const all = named('openai/*', 'all');

  it('reach every deployment of the pattern, each name as one of its own', () => {
    const groups = buildGroups(world({ deployments: [all, named('openai/*', 'twin')] }));
    expect(groups.route('openai/x', null)).toMatchObject({
      kind: 'wildcard',
      name: 'openai/x',
      deployment: { id: 'all' },
      group: { id: 'wildcard openai/* openai/x', teamId: null, asked: 'openai/x' },
    });
    expect(answer('openai/x', null, { deployments: [all, named('openai/*', 'twin')] })).toEqual([
      'wildcard',
      'all',
      'twin',
    ]);
  });

  it('are nobody’s where a team has a pattern of its own for them', () => {
    const deployments = [all, teamDeployment('t', 'openai/*', {}, 'own')];
    expect(answer('openai/x', 't', { deployments })).toEqual([]);
    expect(answer('openai/x', 'other', { deployments })).toEqual(['wildcard', 'all']);
  });

  it('are asked under what an alias makes of them', () => {
    expect(answer('nick', null, { deployments: [all], modelGroupAlias: { nick: 'openai/x' } })).toEqual([
      'wildcard',
      'all',
    ]);
  });
});

describe('what there is', () => {
  const own = teamDeployment('t', 'mine', { model: 'openai/own' }, 'own');
  const rows = [
    named('a', 'a'),
    named('a', 'a2'),
    named('wild/*', 'w'),
    named('off/*', 'o', { blocked: true }),
    own,
    named('said', 's', { teamId: 'u' }),
  ];
  const groups = buildGroups(world({ deployments: rows, modelGroupAlias: { nick: 'a' } }));

  it('are names, aliases and patterns of everybody, and teams with names of their own', () => {
    expect(groups.globalNames).toEqual(['a', 'nick']);
    expect(groups.wildcards.map(({ id }) => id)).toEqual(['w']);
    expect(groups.patterns).toEqual(['wild/*', 'off/*']);
    expect(groups.teams).toEqual(['t', 'u']);
    expect(groups.teamNames('t')).toEqual(['mine']);
  });

  it('are model strings besides, and internal names for the team, up to 1.81 for everybody', () => {
    expect(groups.undocumentedNames(null)).toEqual(['openai/a', 'openai/a2', 'openai/w']);
    expect(groups.undocumentedNames('t')).toEqual([
      'openai/a',
      'openai/a2',
      'openai/w',
      'openai/own',
      'model_name_t_own',
    ]);
    const older = buildGroups(world({ deployments: [own], dialect: OLD_DIALECT }));
    expect(older.undocumentedNames(null)).toEqual(['model_name_t_own']);
    const known = buildGroups(world({ deployments: [named('openai/x', 'x'), named('x', 'x2', {}, { model: 'a*' })] }));
    expect(known.undocumentedNames(null)).toEqual([]);
  });
});

describe('the shares of a group (P§2.2)', () => {
  it.each([
    ['nobody says anything: all alike', [{}, {}], 'a:1 b:1', 'a:1 b:1'],
    ['weights, a missing one is 0', [{ weight: 3 }, {}], 'a:3 b:0', 'a:3 b:0'],
    ['only another one has a weight', [{}, { weight: 3 }], 'b:3 a:0', 'a:1 b:1'],
    [
      'those that are not drawn stand in the order in which they would be drawn alone',
      [{ tpm: 5 }, { rpm: 1 }, { weight: 1 }],
      'c:1 b:0 a:0',
      'a:5 b:0 c:0',
    ],
    ['texts that are numbers', [{ weight: '3' }, { weight: ' ' }], 'a:3 b:0', 'a:3 b:0'],
    ['what is no number, or below 0, is not there', [{ weight: 'x' }, { weight: -1 }], 'a:1 b:1', 'a:1 b:1'],
    ['rpm where there is no weight', [{ rpm: 1 }, { rpm: 2 }], 'a:1 b:2', 'a:1 b:2'],
    [
      'weight before rpm',
      [
        { rpm: 1, weight: 5 },
        { rpm: 2, weight: 6 },
      ],
      'a:5 b:6',
      'a:5 b:6',
    ],
    ['tpm last', [{ tpm: 10 }, { tpm: 20 }], 'a:10 b:20', 'a:10 b:20'],
    [
      'a sum of 0: the next one counts in newer versions, nobody is drawn up to 1.81',
      [{ weight: 0 }, {}],
      'a:1 b:1',
      '',
    ],
    ['0 and a rate', [{ weight: 0, rpm: 2 }, { rpm: 1 }], 'a:2 b:1', ''],
  ])('%s', (_what, rows, newer, older) => {
    expect(shares(rows)).toBe(newer);
    expect(shares(rows, OLD_DIALECT)).toBe(older);
  });

  it('are of the lowest order; later ones stand by, those without any are not tried', () => {
    const rows = [{ order: 2 }, { order: 1, weight: 4 }, {}];
    expect(shares(rows)).toBe('b:4 a:0');
    expect(shares(rows, OLD_DIALECT)).toBe('a:1 b:1 c:1');
    expect(shares(rows, OLD_DIALECT, true)).toBe('b:4');
  });

  it('do not count paused ones', () => {
    const off = named('g', 'off', { blocked: true }, { weight: 5 });
    expect(weighted([off, named('g', 'on', {}, { weight: 1 })], NEW_DIALECT)).toMatchObject([
      { deployment: { id: 'on' }, weight: 1 },
    ]);
  });

  it('look for the order in model_info, too, in newer versions', () => {
    const rows = [named('g', 'a', { modelInfo: { order: 2 } }), named('g', 'b', { modelInfo: { order: 1 } })];
    expect(weighted(rows, NEW_DIALECT).map(({ deployment: { id } }) => id)).toEqual(['b', 'a']);
    expect(weighted(rows, OLD_DIALECT, true).map(({ deployment: { id } }) => id)).toEqual(['a', 'b']);
  });
});

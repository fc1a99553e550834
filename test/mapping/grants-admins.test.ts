import { describe, expect, it } from 'vitest';
import type { Dialect } from '../../src/sources/records.js';
import {
  deployment,
  NEW_DIALECT,
  OLD_DIALECT,
  secret,
  team,
  teamDeployment,
  user,
  virtualKey,
  type WorldParts,
} from '../factories.js';
import { granted, namesIn, served, toldIn, WILD, type Place } from './granted.js';

const ofTeam = (teamId: string, name: string, id: string) =>
  teamDeployment(teamId, name, { model: `openai/up-${name}`, api_key: secret(id) }, id);
const PLACE: Place = {
  deployments: [served('a'), ofTeam('t', 'chat', '1'), ofTeam('t', 'a', '2'), ofTeam('s', 'draw', '3')],
  teams: [team('t'), team('s')],
};
const ADMIN = user('root', { role: 'proxy_admin' });
const CODE = 'team_model_of_admin';
/** Of two teams, but for what everybody has. */
const NAMES_OF_TEAMS = ['chat', 'openai/up-chat', 'model_name_t_1', 'model_name_t_2', 'draw', 'openai/up-draw'];

const toldOf = (place: Place, over: Parameters<typeof virtualKey>[1] = {}): readonly string[] =>
  granted(virtualKey('k', { models: ['a'], ...over }), place)
    .named.filter(({ code }) => code === CODE)
    .map(({ name }) => name);

describe('a key of a proxy administrator (seen on 1.109.1)', () => {
  it('loses what only teams have, under every name LiteLLM has for it', () => {
    const place = { ...PLACE, user: ADMIN };
    expect(toldOf(place)).toEqual([...NAMES_OF_TEAMS, 'model_name_s_3']);
    expect(toldIn(granted(virtualKey('k', { models: ['a'] }), place))).toEqual({
      [`loss ${CODE} models`]: [...NAMES_OF_TEAMS, 'model_name_s_3'].sort(),
    });
  });

  it.each<[string, Place, Parameters<typeof virtualKey>[1]]>([
    ['without a user', {}, {}],
    ['of another user', { user: user('u', { role: 'internal_user' }) }, {}],
    ['of a team', { user: ADMIN }, { teamId: 's' }],
    ['in older versions', { user: ADMIN, dialect: OLD_DIALECT }, {}],
  ])('is told of none when it is one %s', (_, more, over) => {
    expect(toldOf({ ...PLACE, ...more }, over)).toEqual([]);
  });

  it('is told of them in versions nobody knows', () => {
    const dialect: Dialect = { ...NEW_DIALECT, teamShadowsAliasTarget: 'unknown' };
    expect(toldOf({ ...PLACE, user: ADMIN, dialect })).toContain('chat');
  });

  it('keeps what everybody has, also where a team has it too', () => {
    const grant = granted(virtualKey('k', { models: ['a'] }), { ...PLACE, user: ADMIN });
    expect(grant.routes).toMatchObject([{ name: 'a', group: 'global a' }]);
  });
});

describe('a name of a team that such a key lists', () => {
  const place: Place = { ...PLACE, modelGroupAlias: { nick: 'chat', plain: 'a' } };
  const codesOf = (models: readonly string[], more: Place = {}) =>
    granted(virtualKey('k', { models }), { ...place, ...more }).named.flatMap(({ code, name }) =>
      models.includes(name) ? [`${code}: ${name}`] : [],
    );

  it('is the team’s, not unknown, also behind an alias of everybody', () => {
    expect(new Set(codesOf(['chat', 'nick', 'plain'], { user: ADMIN }))).toEqual(
      new Set([`${CODE}: chat`, `${CODE}: nick`]),
    );
    expect(codesOf(['chat', 'nick', 'plain'])).toEqual(['unmapped_model: nick', 'unmapped_model: chat']);
  });

  it('never goes to a pattern that would take it', () => {
    const deployments = [WILD, ofTeam('t', 'wild/x', '1')];
    const key = virtualKey('k', { models: ['wild/x', 'wild/y'] });
    const admins = granted(key, { ...PLACE, deployments, user: ADMIN });
    expect(admins.wildcards).toMatchObject([{ models: ['y'] }]);
    expect(namesIn(admins)).toEqual([]);
    expect(namesIn(granted(key, { ...PLACE, deployments }))).toEqual(['wild/x']);
  });

  it('is unknown when no team has it', () => {
    expect(codesOf(['gone'], { user: ADMIN })).toEqual(['unmapped_model: gone']);
  });
});

describe('a name that the lists have through a group of models alone (newer versions)', () => {
  const one = (id: string, groups: readonly string[], weight?: number) =>
    deployment(
      'm',
      { model: 'openai/up', api_key: secret(id), ...(weight !== undefined && { weight }) },
      { id, modelInfo: { access_groups: groups } },
    );
  const three = [one('x', ['beta', 'gamma']), one('y', ['beta']), one('z', [])];
  const targets = (models: readonly string[], more: WorldParts = {}, teamId: string | null = null) =>
    granted(virtualKey('k', { models, teamId }), { deployments: three, ...more }).routes.map((route) => [
      route.name,
      route.targets.map(({ deployment: id, weight }) => [id, weight]),
    ]);

  it('is served by the deployments of the group', () => {
    expect(targets(['beta'])).toEqual([['m', [['x', 1], ['y', 1]]]]); // prettier-ignore
    expect(targets(['gamma'])).toEqual([['m', [['x', 1]]]]);
    expect(targets(['gamma', 'beta'])).toEqual([['m', [['x', 1], ['y', 1]]]]); // prettier-ignore
  });

  it.each([[['m']], [['beta', 'm']], [['*', 'beta']], [['all-proxy-models', 'beta']], [[]]])(
    'is served by all of them where the list is %j',
    (models) => {
      expect(targets(models)).toEqual([['m', [['x', 1], ['y', 1], ['z', 1]]]]); // prettier-ignore
    },
  );

  it('is served by all of them in older versions', () => {
    expect(targets(['beta'], { dialect: OLD_DIALECT })).toEqual([['m', [['x', 1], ['y', 1], ['z', 1]]]]); // prettier-ignore
  });

  it('has the groups of key and team together', () => {
    const teams = [team('t', { models: ['beta'] }), team('s', { models: ['m'] })];
    expect(targets([], { teams }, 't')).toEqual([['m', [['x', 1], ['y', 1]]]]); // prettier-ignore
    expect(targets(['gamma'], { teams }, 's')).toEqual([['m', [['x', 1], ['y', 1], ['z', 1]]]]); // prettier-ignore
  });

  it('is shared out among them as if there were no others', () => {
    const weighted = [one('x', ['beta']), one('y', ['beta'], 0), one('z', [], 5)];
    expect(targets(['m'], { deployments: weighted })).toEqual([['m', [['z', 5], ['x', 0], ['y', 0]]]]); // prettier-ignore
    expect(targets(['beta'], { deployments: weighted })).toEqual([['m', [['x', 1], ['y', 1]]]]); // prettier-ignore
  });

  it('is the same behind an alias of everybody', () => {
    expect(targets(['beta'], { modelGroupAlias: { nick: 'm' } })).toEqual([
      ['m', [['x', 1], ['y', 1]]],
      ['nick', [['x', 1], ['y', 1]]],
    ]); // prettier-ignore
  });
});

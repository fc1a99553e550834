import { describe, expect, it } from 'vitest';
import { nameIndex, tagsOf } from '../../src/mapping/name-index.js';
import type { Deployment } from '../../src/sources/records.js';
import { deployment, NEW_DIALECT, OLD_DIALECT, teamDeployment, world, type WorldParts } from '../factories.js';

const index = (deployments: readonly Deployment[], parts: WorldParts = {}) =>
  nameIndex(world({ deployments, ...parts }));
const named = (name: string, id: string, over: Partial<Deployment> = {}): Deployment =>
  deployment(name, { model: `openai/${id}` }, { id, ...over });
const ids = (deployments: readonly Deployment[]): string[] => deployments.map(({ id }) => id);
const tagged = (...groups: string[]): Partial<Deployment> => ({ modelInfo: { access_groups: groups } });

describe('names of deployments in the router (L§4.5, §4.7)', () => {
  const own = teamDeployment('t', 'chat', {}, 'own');
  const both = index([named('chat', 'one'), named('chat', 'two'), own, named('x', 'x')]);

  it('have all their deployments in the order of the source', () => {
    expect(ids(both.global('chat'))).toEqual(['one', 'two']);
    expect(both.has('chat')).toBe(true);
    expect(both.has('nobody')).toBe(false);
    expect(both.global('nobody')).toEqual([]);
  });

  it('of a team are its public ones, and for everybody else the internal ones', () => {
    expect(ids(both.ofTeam('chat', 't'))).toEqual(['own']);
    expect(both.ofTeam('chat', null)).toEqual([]);
    expect(both.ofTeam('chat', 'other')).toEqual([]);
    expect([both.teams, both.teamNames('t'), both.teamNames('other')]).toEqual([['t'], ['chat'], []]);
    expect(both.has('model_name_t_own')).toBe(true);
  });

  it('that the newer API shows by the public name only are a team’s all the same', () => {
    const shown = named('chat', 'own', { teamId: 't', modelInfo: { team_public_model_name: 'chat' } });
    const known = index([shown]);
    expect(known.has('chat')).toBe(false);
    expect(ids(known.ofTeam('chat', 't'))).toEqual(['own']);
    const empty = index([named('chat', 'own', { teamId: 't', modelInfo: { team_public_model_name: '' } })]);
    expect([empty.has('chat'), empty.teams]).toEqual([true, []]);
  });

  it('that are everybody’s are those of no team, and aliases that lead to one', () => {
    const modelGroupAlias = { nick: 'chat', team: 'model_name_t_own', gone: 'nobody' };
    const known = index([named('chat', 'one'), own], { modelGroupAlias });
    expect(known.names).toEqual(['chat', 'nick']);
    expect(known.aliasTarget('nick')).toBe('chat');
    expect(known.aliasTarget('toString')).toBeUndefined();
  });
});

describe('names behind patterns', () => {
  const patterns = [named('openai/*', 'all'), named('openai/gpt-4*', 'four'), named('bare*', 'bare')];
  const known = index([...patterns, teamDeployment('t', 'wild/*', {}, 'own')]);

  it('go to the most specific one, and well-known bare names to that of their provider', () => {
    expect(ids(known.behindPattern('openai/o1', null))).toEqual(['all']);
    expect(ids(known.behindPattern('openai/gpt-4o', null))).toEqual(['four']);
    expect(ids(known.behindPattern('gpt-4o', null))).toEqual(['four']);
    expect(ids(known.behindPattern('bare-1', null))).toEqual(['bare']);
    expect(known.behindPattern('nobody', null)).toEqual([]);
  });

  it('of a team are asked for that team alone', () => {
    expect(ids(known.behindPattern('wild/x', 't'))).toEqual(['own']);
    expect(known.behindPattern('wild/x', 'other')).toEqual([]);
    expect(known.behindPattern('wild/x', null)).toEqual([]);
  });
});

describe('model access groups of a name', () => {
  const own = teamDeployment('t', 'chat', {}, 'own');
  const rows = [
    named('chat', 'one', tagged('beta')),
    { ...own, modelInfo: { ...own.modelInfo, access_groups: ['inner'] } },
    named('openai/*', 'all', tagged('wild')),
  ];

  it('are those of the team’s own deployments before everybody’s in newer versions, not in older ones', () => {
    const newer = index(rows, { dialect: NEW_DIALECT });
    expect([...newer.tags('chat', 't')]).toEqual(['inner']);
    expect([...newer.tags('chat', null)]).toEqual(['beta']);
    expect([...newer.tags('chat', 'other')]).toEqual(['beta']);
    const older = index(rows, { dialect: OLD_DIALECT });
    expect([...older.tags('chat', 't')]).toEqual(['beta']);
    expect([...index(rows.slice(1), { dialect: OLD_DIALECT }).tags('chat', 't')]).toEqual(['inner']);
  });

  it('are those of the pattern that takes it where nothing else has it, and bare in newer versions only', () => {
    expect([...index(rows).tags('openai/x', null)]).toEqual(['wild']);
    expect([...index(rows).tags('gpt-4o', null)]).toEqual(['wild']);
    expect([...index(rows, { dialect: OLD_DIALECT }).tags('openai/x', null)]).toEqual(['wild']);
    expect([...index(rows, { dialect: OLD_DIALECT }).tags('gpt-4o', null)]).toEqual([]);
  });

  it('are those of the target of an alias, too', () => {
    expect([...index(rows, { modelGroupAlias: { nick: 'chat' } }).tags('nick', null)]).toEqual(['beta']);
  });

  it('are none where no deployment has any', () => {
    expect(index([named('chat', 'one')]).tags('chat', null).size).toBe(0);
  });

  it('are the texts of the list only', () => {
    expect(tagsOf(named('a', 'a', { modelInfo: { access_groups: ['x', 1, null] } }))).toEqual(['x']);
    expect(tagsOf(named('a', 'a', { modelInfo: { access_groups: 'x' } }))).toEqual([]);
  });
});

describe('a paused name', () => {
  const off = { blocked: true };

  it('is one whose deployments are all paused', () => {
    expect(index([named('a', '1', off), named('a', '2', off)]).isPaused('a', null)).toBe(true);
    expect(index([named('a', '1', off), named('a', '2')]).isPaused('a', null)).toBe(false);
    expect(index([named('b', '1', off)]).isPaused('a', null)).toBe(false);
    expect(index([named('a', '1')]).isPaused('a', null)).toBe(false);
  });

  it('counts what an alias leads to, and for a team its own', () => {
    const modelGroupAlias = { nick: 'a' };
    expect(index([named('a', '1', off)], { modelGroupAlias }).isPaused('nick', null)).toBe(true);
    const own = { ...teamDeployment('t', 'a', {}, 'own'), blocked: true };
    expect(index([named('a', '1'), own]).isPaused('a', 't')).toBe(true);
    expect(index([named('a', '1'), own]).isPaused('a', null)).toBe(false);
  });
});

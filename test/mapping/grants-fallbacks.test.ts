import { describe, expect, it } from 'vitest';
import type { VirtualKey } from '../../src/sources/records.js';
import { deployment, OLD_DIALECT, organization, secret, team, teamDeployment, user, virtualKey } from '../factories.js';
import { granted, served, WILD, type Place } from './granted.js';

const ABC: Place = { deployments: [served('a'), served('b'), served('c')] };
const BY_NAME: Place = { settings: { routing: false } };
const ALL = ['a', 'b', 'c'];
const EVERY_OTHER = 'every name it does not know';

/** `code: name` of everything that is told, in order. */
const toldOf = (over: Partial<VirtualKey>, place: Place): readonly string[] =>
  granted(virtualKey('k', over), place).named.map(({ code, name }) => `${code}: ${name}`);

describe('fallbacks of a granted name (A5, P§3)', () => {
  it('are nothing to tell where the rule has the same ones and the key may call them', () => {
    expect(toldOf({ models: ALL }, { ...ABC, fallbacks: { a: ['b', 'c'] } })).toEqual([]);
  });

  it('are lost without routing rules, for the names that have any', () => {
    const place = { ...ABC, ...BY_NAME };
    expect(toldOf({ models: ALL }, { ...place, fallbacks: { a: ['b'] } })).toEqual(['fallback_needs_rule: a']);
    expect(toldOf({ models: ALL }, place)).toEqual([]);
  });

  it('to what the key may not call are lost in versions that go there, also one of several', () => {
    const place = { ...ABC, fallbacks: { a: ['b', 'c'] } };
    expect(toldOf({ models: ['a', 'b'] }, { ...place, dialect: OLD_DIALECT })).toEqual(['fallback_not_permitted: a']);
    expect(toldOf({ models: ['a', 'b'] }, place)).toEqual([]);
  });

  it('to what its user or organization does not list are lost in every version, which asks neither', () => {
    const place = { ...ABC, fallbacks: { a: ['b'] } };
    const alone = { ...place, user: user('u', { models: ['a'] }) };
    expect(toldOf({ models: ['a', 'b'] }, alone)).toContain('fallback_not_permitted: a');
    const gated = { ...place, organizations: [organization('o', { models: ['a'] })] };
    const key = { models: ['a', 'b'], organizationId: 'o' };
    expect(toldOf(key, gated)).toContain('fallback_not_permitted: a');
    expect(toldOf(key, { ...gated, organizationGates: 'ignore' })).toEqual([]);
  });

  it('are lost where the key means something else by them', () => {
    const place = { ...ABC, fallbacks: { a: ['b'] } };
    expect(toldOf({ models: ALL, aliases: { b: 'c' } }, place)).toContain('fallback_not_carried: a');
  });

  it('are those of what others mean by the name, where that is another', () => {
    const place = { deployments: [...ALL, 'd'].map((name) => served(name)), fallbacks: { a: ['b'], c: ['d'] } };
    const told = (models: string[]) => toldOf({ models, aliases: { a: 'c' } }, place);
    expect(told(['a', 'b', 'c', 'd'])).toEqual(['fallback_not_carried: a', 'fallback_added: a']);
    expect(told(['a', 'b', 'c'])).toEqual(['fallback_added: a']);
    expect(told(['a', 'c', 'd'])).toEqual(['fallback_not_carried: a']);
    expect(told(['a', 'c'])).toEqual([]);
  });

  it('are added by a rule of others only where the key may call them and LiteLLM does not', () => {
    const deployments = [...ALL, 'x'].map((name) => served(name));
    const place: Place = { deployments, fallbacks: { a: ['b', 'c'], x: ['b'] } };
    const told = (models: string[]) => toldOf({ models, aliases: { a: 'x' } }, place);
    expect(told(['a', 'x', 'b', 'c'])).toEqual(['fallback_added: a']);
    expect(told(['a', 'x', 'b'])).toEqual([]);
    expect(told(['a', 'x', 'c'])).toEqual(['fallback_added: a']);
  });

  it('are lost where meanings differ and agree on none', () => {
    const keyAliases = [
      { alias: 'nick', target: 'a', teamId: null },
      { alias: 'nick', target: 'b', teamId: null },
    ];
    const place = { ...ABC, fallbacks: { a: ['c'] }, keyAliases };
    const key = (models: string[]): Partial<VirtualKey> => ({ models, aliases: { nick: 'a' } });
    expect(toldOf(key(['nick', 'a', 'c']), place)).toContain('fallback_not_carried: nick');
    expect(toldOf(key(['nick', 'a']), place)).not.toContain('fallback_not_carried: nick');
  });
});

describe('fallbacks and the names of a team', () => {
  const chat = teamDeployment('t', 'chat', { model: 'openai/up-chat', api_key: secret('t') }, '1');
  const place: Place = { deployments: [served('a'), served('b'), chat], teams: [team('t')] };
  const key = { teamId: 't', models: ['a', 'b', 'chat'] };
  const told = (more: Place) =>
    toldOf(key, { ...place, ...more }).filter((line) => line !== 'undocumented_name: model_name_t_1');

  it('hang on the public name in newer versions', () => {
    expect(told({ fallbacks: { chat: ['a'] } })).toEqual([]);
    expect(told({ fallbacks: { chat: ['a'] }, ...BY_NAME })).toEqual(['fallback_needs_rule: chat']);
  });

  it('hang on the internal name in older ones', () => {
    const old: Place = { dialect: OLD_DIALECT };
    expect(told({ ...old, fallbacks: { chat: ['a'] } })).toEqual(['fallback_added: chat']);
    expect(told({ ...old, fallbacks: { model_name_t_1: ['a'] } })).toEqual(['fallback_not_carried: chat']);
    expect(told({ ...old, ...BY_NAME, fallbacks: { model_name_t_1: ['a'] } })).toEqual(['fallback_needs_rule: chat']);
  });

  it('do not lead to it in older versions, which know no such name where fallbacks begin', () => {
    const fallbacks = { a: ['chat'] };
    expect(told({ fallbacks })).toEqual([]);
    expect(told({ fallbacks, dialect: OLD_DIALECT })).toEqual(['fallback_not_carried: a']);
  });

  it('lead to an alias of everybody in older versions too', () => {
    const old: Place = { ...place, modelGroupAlias: { nick: 'b' }, fallbacks: { a: ['nick'] }, dialect: OLD_DIALECT };
    expect(toldOf({ ...key, models: ['a', 'b', 'nick'] }, old)).toEqual([]);
  });
});

describe('names that only their fallbacks answer', () => {
  it('are lost where the key may name them, listed or in the table', () => {
    const place = { ...ABC, fallbacks: { gone: ['a'] } };
    expect(toldOf({ models: ['a', 'gone'] }, place)).toEqual(['unknown_name_fallback: gone', 'unmapped_model: gone']);
    expect(toldOf({}, place)).toContain('unknown_name_fallback: gone');
    expect(toldOf({ models: ['b'] }, place)).toEqual([]);
  });

  it.each([
    ['only what there is', { models: ['a', 'b'] }, false],
    ['anything', { models: ['*'] }, true],
    ['a name nobody serves', { models: ['a', 'gone'] }, false],
    ['an alias', { models: ['a'], aliases: { nick: 'a' } }, false],
    ['what its team has, which is less', { models: ['all-team-models'], teamId: 't' }, false],
    ['a word that says nothing there', { models: ['a', 'no-default-models'] }, true],
    ['a pattern', { models: ['a', 'wild/*'] }, true],
    ['groups that are gone', { models: ['a'], accessGroupIds: ['gone'] }, false],
    ['a group that has a pattern', { models: ['a'], accessGroupIds: ['g'] }, true],
  ])('are all others, too, for a key that lists %s', (_, over, told) => {
    const accessGroups = [{ id: 'g', name: 'g', models: ['wild/*'] }];
    const teams = [team('t', { models: ['a'] })];
    const place = { deployments: [served('a'), served('b'), WILD], accessGroups, teams, fallbacks: { a: ['b'] } };
    expect(toldOf(over, place).includes(`unknown_name_fallback: ${EVERY_OTHER}`)).toBe(told);
  });

  it.each([
    ['a group of models that one of a team is in', { models: ['tag'] }, ['internal']],
    ['nothing of it', { models: ['a'] }, []],
  ])('are those of other teams for a key whose lists let them pass: %s', (_, over, names) => {
    const own = teamDeployment('t', 'own', { model: 'openai/up-own' }, 'internal');
    const deployments = [served('a'), { ...own, modelName: 'internal', modelInfo: { access_groups: ['tag'] } }];
    const told = toldOf(over, { deployments, teams: [team('t')], fallbacks: { '*': ['a'] } });
    expect(told.filter((one) => /: (own|internal)$/.test(one))).toEqual(
      names.map((name) => `unknown_name_fallback: ${name}`),
    );
  });

  it('are not asked of the organization', () => {
    const place = { ...ABC, organizations: [organization('o', { models: ['a'] })] };
    const others = `unknown_name_fallback: ${EVERY_OTHER}`;
    expect(toldOf({ organizationId: 'o' }, { ...place, fallbacks: { a: ['b'] } })).toContain(others);
    expect(toldOf({ organizationId: 'o' }, { ...place, fallbacks: { '*': ['b'] } })).toContain(others);
    expect(toldOf({ organizationId: 'o' }, place)).not.toContain(others);
    const word = { organizationId: 'o', models: ['a', 'no-default-models'] };
    expect(toldOf(word, { ...place, fallbacks: { a: ['b'] } })).toContain(others);
  });

  it('are all where everything falls back to something, and only names that are known get a line of their own', () => {
    const place = { ...ABC, fallbacks: { '*': ['b'] } };
    expect(toldOf({ accessGroupIds: ['gone'] }, place)).toEqual([
      ...ALL.flatMap((name) => [`unknown_name_fallback: openai/up-${name}`, `undocumented_name: openai/up-${name}`]),
      `unknown_name_fallback: ${EVERY_OTHER}`,
    ]);
  });
});

describe('refused names whose fallbacks the key may call', () => {
  it('answer on Bifrost, which is told, where rules are written', () => {
    const place = { ...ABC, fallbacks: { a: ['b', 'c'] } };
    expect(toldOf({ models: ['c'] }, place)).toEqual(['fallback_answers_refused: a']);
    expect(toldOf({ models: ['c'] }, { ...place, ...BY_NAME })).toEqual([]);
  });

  it('are kept in mind for names that a limit takes away later', () => {
    const without = (models: string[], more: Place = {}) => [
      ...granted(virtualKey('k', { models }), { ...ABC, fallbacks: { a: ['b'] }, ...more }).answeredWithout,
    ];
    expect(without(['a', 'b'])).toEqual(['a']);
    expect(without(['a', 'c'])).toEqual([]);
    expect(without(['a', 'b'], BY_NAME)).toEqual([]);
  });
});

describe('fallbacks of names behind a pattern', () => {
  const gpt = deployment('wild/gpt-*', { ...WILD.params, model: 'openai/gpt-*' }, { id: 'wild/gpt-*' });
  const place: Place = { deployments: [gpt, served('a')] };
  const key = { models: ['wild/gpt-*', 'a'] };
  const LOST = 'fallback_not_carried: wild/gpt-*';

  it.each([
    ['none', {}, false],
    ['one of its names', { 'wild/gpt-x': ['a'], z: ['a'] }, true],
    ['one of them without the provider in front', { z: ['a'], 'gpt-x': ['a'] }, true],
    ['others', { z: ['a'], 'wild/z': ['a'] }, false],
    ['every name', { '*': ['a'] }, true],
  ])('are lost where %s has any', (_, fallbacks, told) => {
    expect(toldOf(key, { ...place, fallbacks }).includes(LOST)).toBe(told);
  });

  it('need rules where none are written', () => {
    const fallbacks = { 'wild/x': ['a'] };
    const whole = { deployments: [WILD, served('a')], fallbacks };
    expect(toldOf({ models: ['wild/*', 'a'] }, { ...whole, ...BY_NAME })).toContain('fallback_needs_rule: wild/*');
    expect(toldOf({ models: ['wild/*', 'a'] }, whole)).toContain('fallback_not_carried: wild/*');
  });
});

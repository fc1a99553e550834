import { describe, expect, it } from 'vitest';
import type { Params } from '../../src/sources/records.js';
import { deployment, OLD_DIALECT, organization, secret, team, teamDeployment, virtualKey } from '../factories.js';
import { granted, namesIn, served, toldIn, type Place } from './granted.js';

const A_AND_B: Place = { deployments: [served('a'), served('b')] };

describe('names of a key (V4–V6)', () => {
  it('lead where the gateway leads them, and nothing is said of what is carried', () => {
    const place = { ...A_AND_B, modelGroupAlias: { nick: 'b' }, teams: [team('t', { modelAliases: { ours: 'a' } })] };
    const grant = granted(
      virtualKey('k', { teamId: 't', models: ['a', 'mine', 'nick'], aliases: { mine: 'b' } }),
      place,
    );
    expect(namesIn(grant)).toEqual(['a', 'nick', 'ours']);
    expect(grant.routedAs).toEqual(
      new Map([
        ['a', 'a'],
        ['nick', 'nick'],
        ['ours', 'a'],
      ]),
    );
    expect(grant).toMatchObject({ unrestricted: false, wildcards: [], behind: [], named: [], findings: [] });
    expect(grant.answeredWithout).toEqual(new Set());
  });

  it('have the deployments of the catalog, with their shares', () => {
    const two = [served('a', 'openai/x', { id: 'one' }), served('a', 'openai/x', { id: 'two' })];
    const { routes } = granted(virtualKey('k', { models: ['a'] }), { deployments: two });
    expect(routes).toMatchObject([{ name: 'a', listed: 'a', group: 'global a', members: ['one', 'two'] }]);
    expect(routes.flatMap(({ targets }) => targets.map((t) => [t.deployment, t.weight]))).toEqual([
      ['one', 1],
      ['two', 1],
    ]);
  });

  it('are nothing where the lists have nothing in common', () => {
    const teams = [team('t', { models: ['b'] })];
    const grant = granted(virtualKey('k', { teamId: 't', models: ['a'] }), { ...A_AND_B, teams });
    expect(grant).toMatchObject({ unrestricted: false, routes: [], named: [], findings: [] });
  });

  it('are everything where no list restricts the key, but for what only LiteLLM answers', () => {
    const grant = granted(virtualKey('k'), A_AND_B);
    expect(grant.unrestricted).toBe(true);
    expect(namesIn(grant)).toEqual(['a', 'b']);
    expect(toldIn(grant)).toEqual({ 'loss undocumented_name models': ['openai/up-a', 'openai/up-b'] });
  });
});

describe('names that lead nowhere (V6)', () => {
  const teams = [team('t', { models: ['z', 'gone', 'a'] }), team('led', { modelAliases: { ours: 'gone' } })];

  it.each([
    ['the key lists', virtualKey('k', { models: ['z', 'gone', 'a'] }), ['gone', 'z']],
    ['its team lists', virtualKey('k', { teamId: 't' }), ['gone', 'z']],
    ['the key has as aliases', virtualKey('k', { aliases: { nick: 'gone' } }), ['nick']],
    ['its team has as aliases', virtualKey('k', { teamId: 'led' }), ['ours']],
  ])('are told in order when they are names %s', (_, key, names) => {
    const grant = granted(key, { ...A_AND_B, teams });
    expect(toldIn(grant)['loss unmapped_model models']).toEqual(names);
  });

  it('are not worth a word when they are groups of models, or only others list them', () => {
    const tagged = served('a', 'openai/up-a', { modelInfo: { access_groups: ['beta'] } });
    const place: Place = { deployments: [tagged], accessGroups: [{ id: 'g', name: 'g', models: ['gone'] }] };
    const grant = granted(virtualKey('k', { models: ['beta'], accessGroupIds: ['g'] }), place);
    expect(namesIn(grant)).toEqual(['a']);
    expect(grant.named).toEqual([]);
  });

  it('are said once to be names that only LiteLLM answers, not to be unknown', () => {
    const grant = granted(virtualKey('k', { models: ['openai/up-a'] }), A_AND_B);
    expect(grant.named).toEqual([{ code: 'undocumented_name', name: 'openai/up-a', pattern: null }]);
  });
});

describe('deployments that are not carried', () => {
  const lost = (name: string, params: Params) => deployment(name, params, { id: name });
  const KEYLESS = { model: 'lm_studio/up', api_base: 'https://lm.example/v1' };
  const BY_NAME: Place = { settings: { routing: false } };

  it.each([
    ['deployment_not_carried', lost('x', { model: 'sagemaker/x' }), {}],
    ['name_not_carried', lost('x', KEYLESS), BY_NAME],
    ['needs_routing_rule', served('azure/x', 'openai/up'), BY_NAME],
  ])('are named with their reason %s', (code, one, more) => {
    const grant = granted(virtualKey('k', { models: [one.modelName] }), { deployments: [one], ...more });
    expect(namesIn(grant)).toEqual([]);
    expect(grant.named).toEqual([{ code, name: one.modelName, pattern: null }]);
    expect(toldIn(grant)).toEqual({ [`loss ${code} models`]: [one.modelName] });
  });

  it('of "*" alone leave a name that they share with nobody, and stay out of one that they share', () => {
    const own = { model: 'openai/up-a', api_key: secret('shared') };
    const all = (model: string, key: string) => deployment('*', { model, api_key: secret(key) }, { id: model });
    const two = [all('openai/*', 'shared'), all('anthropic/*', 'other')];
    const key = virtualKey('k', { models: ['gpt-4'] });
    const shared = granted(key, { deployments: [deployment('a', own), ...two] });
    expect(shared.routes.map(({ members, targets }) => [members, targets.map((t) => t.deployment)])).toEqual([
      [['openai/*', 'anthropic/*'], ['openai/*']],
    ]);
    expect(shared.named).toEqual([]);
    const alone = granted(key, { deployments: two });
    expect(alone.routes).toEqual([]);
    expect(alone.named).toEqual([{ code: 'deployment_not_carried', name: 'gpt-4', pattern: null }]);
  });
});

describe('an organization that LiteLLM does not ask (V4)', () => {
  const place: Place = { ...A_AND_B, organizations: [organization('o', { models: ['b'] })] };
  const of = (over: Parameters<typeof virtualKey>[1]) => virtualKey('k', { organizationId: 'o', ...over });
  const CHANGE = 'change organization_gate_now_enforced organization_id';

  it('takes names away, which is said in order, also of aliases and of names that only LiteLLM answers', () => {
    const key = of({ aliases: { nick: 'a' } });
    const grant = granted(key, place);
    expect(namesIn(grant)).toEqual(['b']);
    expect(grant.unrestricted).toBe(false);
    expect(toldIn(grant)).toEqual({ [CHANGE]: ['a', 'nick', 'openai/up-a', 'openai/up-b'] });
    expect(new Set(grant.named)).toEqual(
      new Set(
        ['a', 'nick', 'openai/up-a', 'openai/up-b'].map((name) => ({
          code: 'organization_gate_now_enforced',
          name,
          pattern: null,
        })),
      ),
    );
  });

  it('takes nothing where its list is ignored', () => {
    const grant = granted(of({ models: ['a', 'b'] }), { ...place, organizationGates: 'ignore' });
    expect(namesIn(grant)).toEqual(['a', 'b']);
    expect(grant.findings).toEqual([]);
  });

  it('is told of a name in the lists that leads nowhere, which is no lost meaning', () => {
    const grant = granted(of({ models: ['gone', 'b'] }), place);
    expect(toldIn(grant)).toEqual({ [CHANGE]: ['gone'] });
    expect(grant.named).toEqual([]);
  });

  it('is told of one that fallbacks would answer, and of no other that leads nowhere', () => {
    const grant = granted(of({}), { ...place, fallbacks: { lost: ['b'] } });
    expect(toldIn(grant)[CHANGE]).toEqual(['a', 'lost', 'openai/up-a', 'openai/up-b']);
    expect(grant.named).toContainEqual({ code: 'organization_gate_now_enforced', name: 'lost', pattern: null });
  });

  it('asks for the name behind an alias of everybody', () => {
    const grant = granted(of({ models: ['nick'] }), { ...place, modelGroupAlias: { nick: 'openai/up-a' } });
    expect(grant.named).toEqual([{ code: 'organization_gate_now_enforced', name: 'nick', pattern: null }]);
  });
});

describe('names a team has to itself (L§4.7)', () => {
  const chat = teamDeployment('t', 'chat', { model: 'openai/up-chat', api_key: secret('t') }, '1');
  const place: Place = { deployments: [served('a'), chat], teams: [team('t')] };

  it('are for its keys alone', () => {
    expect(namesIn(granted(virtualKey('k', { teamId: 't' }), place))).toEqual(['a', 'chat']);
    expect(namesIn(granted(virtualKey('k', { models: ['chat', 'a'] }), place))).toEqual(['a']);
    const stranger = { ...place, teams: [team('t'), team('s')] };
    expect(namesIn(granted(virtualKey('k', { teamId: 's' }), stranger))).toEqual(['a']);
  });

  it('hide everybody’s in newer versions, and are hidden in older ones', () => {
    const own = teamDeployment('t', 'a', { model: 'openai/of-team', api_key: secret('t') }, '2');
    const both: Place = { deployments: [served('a'), own], teams: [team('t')] };
    const key = virtualKey('k', { teamId: 't', models: ['a'] });
    expect(granted(key, both).routes).toMatchObject([{ group: 'team t a', members: ['2'] }]);
    expect(granted(key, { ...both, dialect: OLD_DIALECT }).routes).toMatchObject([{ group: 'global a' }]);
  });
});

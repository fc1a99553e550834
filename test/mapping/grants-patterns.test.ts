import { describe, expect, it } from 'vitest';
import { deployment, NEW_DIALECT, OLD_DIALECT, organization, secret, team, virtualKey } from '../factories.js';
import { granted, namesIn, served, toldIn, WILD, type Place } from './granted.js';

const KEY = 'wild/wild.example *';
const whole = (pattern: string) => [{ pattern, provider: 'wild', key: KEY, models: ['*'] }];
const BY_NAME: Place = { settings: { routing: false } };
const WORLD: Place = { deployments: [WILD, served('a')] };
/** Of a pattern that stays behind. */
const LOST = deployment('lost/*', { model: 'sagemaker/*' }, { id: 'lost/*' });

describe('a pattern (V5, P§2.5)', () => {
  it('is granted whole where any name behind it passes, and nothing is said of it', () => {
    for (const models of [['wild/*'], ['wild/*', 'wild/a*'], ['*', 'wild/x*']]) {
      const grant = granted(virtualKey('k', { models }), { deployments: [WILD] });
      expect(grant.wildcards).toEqual(whole('wild/*'));
      expect(grant.named).toEqual([]);
    }
  });

  it('is not granted where no list has any of its names', () => {
    const grant = granted(virtualKey('k', { models: ['a', 'other/a*'] }), WORLD);
    expect(grant).toMatchObject({ wildcards: [], behind: [], named: [], findings: [] });
  });

  it('is granted for the names that lists spell out, in order, each once', () => {
    const teams = [team('t', { models: ['wild/b', 'wild/z', 'a'] })];
    const key = virtualKey('k', { teamId: 't', models: ['a', 'wild/z', 'wild/b', 'wild/other'] });
    const grant = granted(key, { ...WORLD, teams });
    expect(grant.wildcards).toEqual([{ pattern: 'wild/*', provider: 'wild', key: KEY, models: ['b', 'z'] }]);
    expect(grant.behind).toEqual([
      { name: 'wild/z', pattern: 'wild/*', provider: 'wild', model: 'z' },
      { name: 'wild/b', pattern: 'wild/*', provider: 'wild', model: 'b' },
    ]);
    expect([...grant.routedAs]).toEqual([
      ['a', 'a'],
      ['wild/z', 'wild/z'],
      ['wild/b', 'wild/b'],
    ]);
    expect(grant.named).toEqual([]);
  });

  it('is granted for names in the lists of access groups, or whole if they say so', () => {
    const of = (models: readonly string[]) =>
      granted(virtualKey('k', { models: ['a'], accessGroupIds: ['g'] }), {
        ...WORLD,
        accessGroups: [{ id: 'g', name: 'g', models }],
      });
    expect(of(['wild/x']).wildcards).toMatchObject([{ models: ['x'] }]);
    expect(of(['wild/*']).wildcards).toEqual(whole('wild/*'));
    expect(of(['wild/[^z]*'])).toMatchObject({ wildcards: [], named: [{ code: 'partial_list_entry' }] });
  });

  it.each([
    ['of its team', { teams: [team('t', { models: ['wild/x'] })] }],
    ['of its membership', { teams: [team('t')], memberModels: ['wild/x'] }],
  ])('is granted for names in the lists %s', (_, more) => {
    const grant = granted(virtualKey('k', { teamId: 't' }), { ...WORLD, ...more });
    expect(grant.wildcards).toMatchObject([{ models: ['x'] }]);
  });
});

describe('entries that cover part of a pattern', () => {
  it.each([
    ['a beginning', ['wild/Q*'], ['wild/Q*']],
    ['an expression', ['wild/[^z]*'], ['wild/[^z]*']],
    ['an expression that has nothing to do with it', ['other/[a-f]*'], ['other/[a-f]*']],
    ['bare names, which LiteLLM knows the provider of', ['gpt-4*'], ['gpt-4*']],
    ['several', ['a', 'wild/b*', 'wild/a*', 'other/c*'], ['wild/a*', 'wild/b*']],
    ['more than it', ['w*'], []],
  ])('are told, in order: %s', (_, models, told) => {
    const grant = granted(virtualKey('k', { models }), WORLD);
    expect(toldIn(grant)['loss partial_list_entry models'] ?? []).toEqual(told);
    expect(grant.wildcards).toEqual(told.length > 0 ? [] : whole('wild/*'));
  });

  it('are told of whoever restricts the key, and what stands for all of it is not', () => {
    const teams = [team('t', { models: ['wild/b*'] })];
    for (const models of [['*'], ['wild/*'], []]) {
      const grant = granted(virtualKey('k', { teamId: 't', models }), { deployments: [WILD], teams });
      expect(grant.wildcards).toEqual([]);
      expect(grant.named).toEqual([{ code: 'partial_list_entry', name: 'wild/b*', pattern: null }]);
    }
  });

  it('never become everything where the rest of a list is a word that means everything', () => {
    const key = virtualKey('k', { models: ['wild/(a|Q|0)*', 'a'] });
    expect(granted(key, WORLD).wildcards).toEqual([]);
    const teams = [team('t', { models: ['wild/(a|Q|0)*'] })];
    expect(granted(virtualKey('k', { teamId: 't' }), { ...WORLD, teams }).wildcards).toEqual([]);
  });
});

describe('an organization that lists part of a pattern or none of it', () => {
  it.each([
    ['none', ['a']],
    ['its first names', ['wild/a*']],
    ['others', ['wild/b*']],
    ['an expression', ['wild/[^z]*']],
  ])('takes it away, which is said: %s', (_, models) => {
    const place = { deployments: [WILD], organizations: [organization('o', { models })] };
    const key = virtualKey('k', { organizationId: 'o' });
    const grant = granted(key, place);
    expect(grant.wildcards).toEqual([]);
    expect(grant.named).toEqual([{ code: 'organization_gate_now_enforced', name: 'wild/*', pattern: null }]);
    expect(toldIn(grant)).toEqual({ 'change organization_gate_now_enforced organization_id': ['wild/*'] });
    expect(granted(key, { ...place, organizationGates: 'ignore' }).wildcards).toEqual(whole('wild/*'));
  });

  it('takes single names away, each with the pattern that serves it', () => {
    const place = { ...WORLD, organizations: [organization('o', { models: ['wild/y', 'a'] })] };
    const grant = granted(virtualKey('k', { organizationId: 'o', models: ['wild/x', 'wild/y', 'a'] }), place);
    expect(grant.wildcards).toMatchObject([{ models: ['y'] }]);
    expect(grant.named).toEqual([{ code: 'organization_gate_now_enforced', name: 'wild/x', pattern: 'wild/*' }]);
  });

  it('has no say where the key itself may not call them', () => {
    const place = { ...WORLD, organizations: [organization('o', { models: ['a'] })] };
    expect(granted(virtualKey('k', { organizationId: 'o', models: ['a'] }), place).named).toEqual([]);
  });
});

describe('names of a pattern that mean something else', () => {
  it('are left to the more specific of two patterns, also where that one stays behind', () => {
    const closer = { ...WILD, id: 'wild/**', modelName: 'wild/**', publicName: 'wild/**' };
    const both = { deployments: [WILD, { ...closer, params: { ...WILD.params, model: 'openai/**' } }] };
    const grant = granted(virtualKey('k', { models: ['wild/*'] }), both);
    expect(grant.wildcards).toEqual([]);
    expect(grant.named).toEqual([{ code: 'needs_routing_rule', name: 'wild/**', pattern: null }]);
  });

  it('are nothing to a team that has a pattern of its own', () => {
    const own = deployment(
      'model_name_t_1',
      { ...WILD.params },
      { id: '1', teamId: 't', publicName: 'wild/*', modelInfo: { team_id: 't', team_public_model_name: 'wild/*' } },
    );
    const place = { deployments: [WILD, own], teams: [team('t'), team('s')] };
    expect(granted(virtualKey('k', { teamId: 't', models: ['wild/*'] }), place).wildcards).toEqual([]);
    expect(granted(virtualKey('k', { teamId: 's', models: ['wild/*'] }), place).wildcards).toEqual(whole('wild/*'));
  });

  it.each([
    ['deployments', { deployments: [WILD, served('a'), served('wild/Q')] }, {}],
    ['an alias of the key', WORLD, { 'wild/Q': 'a' }],
    ['an alias of the team', { ...WORLD, teams: [team('t', { modelAliases: { 'wild/0': 'a' } })] }, {}],
  ])('leave the rest of it to the key: %s', (_, place, aliases) => {
    const grant = granted(virtualKey('k', { teamId: 't', models: ['a', 'wild/*'], aliases }), {
      ...place,
      dialect: OLD_DIALECT,
    });
    expect(grant.wildcards).toEqual(whole('wild/*'));
    expect(namesIn(grant).filter((name) => name.startsWith('wild/'))).toHaveLength(1);
  });

  it('leave the rest of it to the key also where it may not call what its alias leads to', () => {
    const grant = granted(virtualKey('k', { models: ['wild/*'], aliases: { 'wild/Q': 'a' } }), WORLD);
    expect(grant.wildcards).toEqual(whole('wild/*'));
    expect(grant.routes).toEqual([]);
  });

  it('are served as such to keys that mean what everybody does', () => {
    const place: Place = { ...WORLD, teams: [team('t', { modelAliases: { 'wild/x': 'a' } })] };
    const grant = granted(virtualKey('k', { models: ['wild/*'] }), place);
    expect(grant.routes).toMatchObject([{ name: 'wild/x', group: 'wildcard wild/* wild/x' }]);
    expect(grant.behind).toEqual([]);
  });

  it('are never asked for by their alias', () => {
    const key = virtualKey('k', { models: ['wild/nick', 'wild/x'], aliases: { 'wild/nick': 'wild/x' } });
    const grant = granted(key, { ...WORLD, keyAliases: [], dialect: OLD_DIALECT });
    expect(grant.behind.map(({ name }) => name)).toEqual(['wild/x']);
    expect(grant.wildcards).toMatchObject([{ models: ['x'] }]);
    expect(grant.named).toEqual([{ code: 'needs_routing_rule', name: 'wild/nick', pattern: 'wild/*' }]);
  });
});

describe('a pattern that stays behind', () => {
  const place: Place = { deployments: [LOST, served('a')] };

  it('is told where the key may call all of it, by its names where it may call some', () => {
    expect(granted(virtualKey('k', { models: ['lost/*'] }), place).named).toEqual([
      { code: 'needs_routing_rule', name: 'lost/*', pattern: null },
    ]);
    const some = granted(virtualKey('k', { models: ['lost/x', 'a'] }), place);
    expect(some.named).toEqual([{ code: 'needs_routing_rule', name: 'lost/x', pattern: 'lost/*' }]);
    expect(some).toMatchObject({ wildcards: [], behind: [] });
  });

  it('is nothing to a key that may call none of it', () => {
    expect(granted(virtualKey('k', { models: ['a'] }), place).named).toEqual([]);
  });

  it('serves names that every LiteLLM knows, and is named with them', () => {
    const openai = deployment('openai/*', { model: 'sagemaker/*' }, { id: 'openai/*' });
    const bare = served('a', 'gpt-4');
    const grant = granted(virtualKey('k', { models: ['gpt-4'] }), { deployments: [openai, bare] });
    expect(grant.named).toEqual([{ code: 'needs_routing_rule', name: 'gpt-4', pattern: 'openai/*' }]);
  });
});

describe('without routing rules', () => {
  const openai = deployment('openai/*', { model: 'openai/*', api_key: secret('o') }, { id: 'openai/*' });

  it('a pattern reaches its provider where that has the name of its prefix', () => {
    expect(granted(virtualKey('k', { models: ['wild/*'] }), { ...WORLD, ...BY_NAME }).wildcards).toEqual(
      whole('wild/*'),
    );
  });

  it('it does not where the provider is called otherwise, which is said', () => {
    const key = virtualKey('k', { models: ['openai/*'] });
    const place = { deployments: [openai, served('a')] };
    expect(granted(key, place).wildcards).toMatchObject([{ pattern: 'openai/*', models: ['*'] }]);
    const grant = granted(key, { ...place, ...BY_NAME });
    expect(grant.wildcards).toEqual([]);
    expect(grant.named).toContainEqual({ code: 'needs_routing_rule', name: 'openai/*', pattern: null });
    const some = granted(virtualKey('k', { models: ['openai/x'] }), { ...place, ...BY_NAME });
    expect(some).toMatchObject({ wildcards: [], behind: [] });
    expect(some.named).toEqual([{ code: 'needs_routing_rule', name: 'openai/x', pattern: 'openai/*' }]);
  });

  it('names that LiteLLM knows the provider of reach no pattern, which is said of each', () => {
    const grant = granted(virtualKey('k', { models: ['openai/*'] }), { deployments: [openai], ...BY_NAME });
    expect(grant.wildcards).toMatchObject([{ provider: 'openai', models: ['*'] }]);
    expect(grant.named).toContainEqual({ code: 'needs_routing_rule', name: 'gpt-4', pattern: 'openai/*' });
    expect(new Set(grant.named.map(({ code }) => code))).toEqual(new Set(['needs_routing_rule']));
  });

  it('have nothing to say of these names where there is no pattern', () => {
    const place = { deployments: [served('a')], fallbacks: { '*': ['a'] }, dialect: NEW_DIALECT, ...BY_NAME };
    const { named } = granted(virtualKey('k'), place);
    expect(named.map(({ name }) => name)).not.toContain('gpt-4');
  });
});

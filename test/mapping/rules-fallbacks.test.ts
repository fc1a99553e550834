import { describe, expect, it } from 'vitest';
import { catalogOf, secret, team, teamDeployment, world, type CatalogParts, type WorldParts } from '../factories.js';
import { rulesOf, served } from './rules-of.js';

const abcd = ['a', 'b', 'c', 'd'].map((name) => served(name, `openai/up-${name}`));
const ofTeam = (name: string, model: string, id = 'own') =>
  teamDeployment('t', name, { model, api_key: secret(id) }, id);
const teams = [team('t')];
const own = { api_base: 'https://w.example/v1' };
const alias = (name: string, target: string) => ({ alias: name, target, teamId: null });
const placesAfter = (name: string, parts: WorldParts, more: CatalogParts = {}): readonly string[] | undefined =>
  rulesOf(parts, more)
    .get(`LiteLLM ${name}`)
    ?.fallbacks.map(({ provider, model }) => `${provider} ${model ?? 'as it came'}`);

describe('groups that come after a name, whatever its callers mean by it', () => {
  it('are those of everybody where everybody means something by it', () => {
    const parts = { deployments: abcd, fallbacks: { a: ['b'], c: ['d'] } };
    expect(placesAfter('a', parts, { keyAliases: [alias('a', 'c')] })).toEqual(['openai b']);
  });

  it('are the ones on which its callers agree where only some mean something by it', () => {
    const parts = { deployments: abcd, fallbacks: { a: ['c', 'd'], b: ['d'] } };
    const keyAliases = [alias('k', 'a'), alias('k', 'b')];
    expect(catalogOf(world(parts), { keyAliases }).followersOf('k')).toEqual(['d']);
    expect(placesAfter('k', parts, { keyAliases })).toEqual(['openai d']);
    const same = { ...parts, fallbacks: { a: ['c', 'd'], b: ['d', 'c'] } };
    expect(catalogOf(world(same), { keyAliases }).followersOf('k')).toEqual(['c', 'd']);
  });

  it('are there as soon as one deployment behind the name is carried', () => {
    const nick = { modelGroupAlias: { nick: 'up/x' }, fallbacks: { nick: ['a'] }, teams };
    const followers = (parts: WorldParts): readonly string[] => catalogOf(world(parts)).followersOf('nick');
    const everything = served('*', 'openai/*');
    expect(followers({ ...nick, deployments: [...abcd, everything] })).toEqual([]);
    expect(followers({ ...nick, deployments: [...abcd, everything, ofTeam('up/x', 'openai/z')] })).toEqual(['a']);
    const twins = [served('up/*', 'openai/*', own), served('up/*', 'openai/*', own, { id: 'twin' })];
    expect(followers({ ...nick, deployments: [...abcd, ...twins] })).toEqual(['a']);
  });

  it('are unknown for a name nobody has', () => {
    const catalog = catalogOf(world({ deployments: abcd, fallbacks: { a: ['b'] } }));
    expect(catalog.followersOf('nobody')).toEqual([]);
    expect(catalog.ruleOf('nobody')).toBeUndefined();
    expect(catalog.ruleOf('a')).toMatchObject({ name: 'LiteLLM a', fallbacks: [{ provider: 'openai', model: 'b' }] });
  });
});

describe('places a fallback leads to', () => {
  it('are those of all its meanings, each once, everybody’s first', () => {
    const deployments = [...abcd, ofTeam('b', 'anthropic/z'), ofTeam('c', 'openai/y', 'two')];
    const parts = { deployments, teams, fallbacks: { a: ['b', 'c'] } };
    expect(placesAfter('a', parts)).toEqual(['openai b', 'anthropic b', 'openai c']);
    const sooner = { ...parts, deployments: [...abcd, served('A', 'anthropic/z')] };
    // The alias leads to a group that comes first by its name.
    expect(placesAfter('a', sooner, { keyAliases: [alias('b', 'A')] })).toEqual([
      'openai b',
      'anthropic b',
      'openai c',
    ]);
  });

  it('hold what everybody means ahead of the name itself, too', () => {
    const deployments = [served('azure/a', 'openai/x'), served('A', 'anthropic/y')];
    expect(placesAfter('azure/a', { deployments }, { keyAliases: [alias('azure/a', 'A')] })).toEqual([
      'openai litellm:azure/a',
      'anthropic litellm:azure/a',
      'azure as it came',
    ]);
  });

  it('are said once where several meanings share them', () => {
    const deployments = [served('azure/a', 'openai/x'), ofTeam('azure/a', 'openai/y')];
    expect(placesAfter('azure/a', { deployments, teams })).toEqual(['openai litellm:azure/a', 'azure as it came']);
  });
});

describe('a fallback behind a pattern', () => {
  const wild = served('wild/*', 'openai/*', own);

  it('is asked of the pattern’s provider where it has no meaning of its own', () => {
    expect(placesAfter('a', { deployments: [...abcd, wild], fallbacks: { a: ['wild/x'] } })).toEqual(['wild x']);
  });

  it('is asked of its own key alone where everybody has one for it', () => {
    const deployments = [...abcd, wild, ofTeam('wild/x', 'anthropic/z')];
    const after = placesAfter('a', { deployments, teams, fallbacks: { a: ['wild/x'] } });
    expect(after).toHaveLength(2);
    expect(after).not.toContain('wild x');
    expect(after?.[1]).toBe('anthropic litellm:wild/x');
  });

  it('is asked of its own key alone where every LiteLLM knows the name', () => {
    const gpt = served('gpt-*', 'openai/gpt-*', own);
    const after = placesAfter('a', { deployments: [...abcd, gpt], fallbacks: { a: ['gpt-4-turbo'] } });
    expect(after).toEqual([expect.stringMatching(/^openai-[0-9a-f]{16} gpt-4-turbo$/)]);
  });

  it('is nowhere where LiteLLM takes it by the open end of the pattern: Bifrost would pass it on as it came', () => {
    const open = served('wild/*-x', 'openai/*-x', own);
    const parts = { deployments: [...abcd, open], fallbacks: { a: ['wild/1-x-2', 'b'], b: ['wild/1-x'] } };
    expect(placesAfter('a', parts)).toEqual(['openai b', 'wild 1-x']);
  });

  it('is nowhere where LiteLLM does not have the name', () => {
    expect(placesAfter('a', { deployments: [...abcd, wild], fallbacks: { a: ['nobody', 'b'] } })).toEqual(['openai b']);
  });

  it('is nowhere where the pattern stays behind', () => {
    const parts = { deployments: [...abcd, served('wild/*', 'openai/up-*', own)], fallbacks: { a: ['wild/x', 'b'] } };
    expect(placesAfter('a', parts)).toEqual(['openai b']);
  });
});

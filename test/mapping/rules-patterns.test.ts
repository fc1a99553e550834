import { describe, expect, it } from 'vitest';
import type { PlannedRule } from '../../src/mapping/rules.js';
import { catalogOf, secret, team, teamDeployment, world } from '../factories.js';
import { rulesOf, served } from './rules-of.js';

const own = { api_base: 'https://w.example/v1' };

describe('names behind a pattern that are not its own', () => {
  const conditionOf = (pattern: string, others: readonly Parameters<typeof served>[]): string | undefined => {
    const deployments = [served(pattern, 'openai/*', own), ...others.map((one) => served(...one))];
    return rulesOf({ deployments }).get(`LiteLLM ${pattern}`)?.condition;
  };

  it('are left out of it in order, those of paused deployments too', () => {
    const paused = { id: 'paused', blocked: true };
    expect(
      conditionOf('openai/*', [
        ['openai/m', 'openai/up'],
        ['openai/b', 'openai/up', {}, paused],
        ['azure/z', 'openai/up'],
        ['plain', 'openai/up'],
      ]),
    ).toBe('provider == "openai" && !(model in ["b", "m"]) && virtual_key_id != ""');
  });

  it('are what more specific patterns of the same provider take, each once, in order, with their ends open', () => {
    expect(
      conditionOf('openai/*', [
        ['openai/z*', 'openai/z*'],
        ['openai/b*', 'openai/b*'],
        ['openai/*-x', 'openai/*-x'],
        ['openai/*-x*', 'openai/*-x*'],
        ['azure/longer*', 'openai/longer*'],
      ]),
    ).toBe(
      'provider == "openai" && !(model.matches("^.*-x.*$")) && !(model.startsWith("b")) && !(model.startsWith("z")) && virtual_key_id != ""',
    );
  });

  it('are none for the most specific one', () => {
    const deployments = [served('openai/*', 'openai/*', own), served('openai/b*', 'openai/b*', own)];
    expect(rulesOf({ deployments }).get('LiteLLM openai/b*')).toMatchObject({
      condition: 'provider == "openai" && model.startsWith("b") && virtual_key_id != ""',
      specificity: 'openai/b*'.length,
    });
  });

  it('are bare ones where the pattern is, for Bifrost splits the others', () => {
    const deployments = [
      served('my-*', 'openai/my-*', own),
      served('my-own', 'openai/up'),
      served('azure/my', 'openai/up'),
      served('acme/my', 'openai/up'),
    ];
    expect(rulesOf({ deployments }).get('LiteLLM my-*')).toMatchObject({
      condition:
        'provider == "" && model.startsWith("my-") && !(model in ["acme/my", "my-own"]) && virtual_key_id != ""',
      fallbacks: [],
    });
  });
});

describe('a provider of a pattern', () => {
  const rulesFor = (parts: Parameters<typeof rulesOf>[0], more = {}): readonly PlannedRule[] => [
    ...rulesOf(parts, more).values(),
  ];

  it('that its own name leads to is closed to what it does not serve', () => {
    const deployments = [served('wild/a*', 'openai/a*', own), served('wild/ab', 'openai/up')];
    const closed = rulesFor({ deployments }).filter(({ band }) => band === 'closed');
    expect(closed).toEqual([
      {
        name: 'LiteLLM wild: closed',
        description: expect.any(String) as string,
        condition: 'provider == "wild" && (!(model.startsWith("a")) || model in ["ab"])',
        targets: [{ provider: 'no-such-model', model: null, weight: 1 }],
        fallbacks: [],
        band: 'closed',
        specificity: 0,
        deployments: ['d-wild/a*-openai/a*'],
      },
    ]);
  });

  it('is closed to a single name of another in so many words', () => {
    const deployments = [served('wild/*', 'openai/*', own), served('wild/ab', 'openai/up')];
    const closed = rulesFor({ deployments }).filter(({ band }) => band === 'closed');
    expect(closed.map(({ condition }) => condition)).toEqual(['provider == "wild" && model in ["ab"]']);
  });

  it('gets no call for a name with that provider in front that has a rule of its own', () => {
    const deployments = [served('wild/*', 'openai/*', own), served('wild/ab', 'openai/up')];
    const [rule] = rulesFor({ deployments }).filter(({ band }) => band === 'name');
    expect(rule).toMatchObject({
      name: 'LiteLLM wild/ab',
      targets: [{ provider: 'openai', model: 'litellm:wild/ab', weight: 1 }],
      fallbacks: [],
    });
  });

  it('gets what is left of its prefix only where it is not another pattern’s', () => {
    const deployments = [served('wild/*', 'openai/*', own), served('wild/ab*', 'openai/ab*', own)];
    const more = { existingProviders: ['wild'] };
    expect(rulesOf({ deployments }, more).get('LiteLLM wild/ab*')).toMatchObject({
      condition: 'provider == "wild" && model.startsWith("ab") && virtual_key_id != ""',
      fallbacks: [],
    });
    const azure = [served('azure/*', 'openai/*', own)];
    expect(rulesOf({ deployments: azure }).get('LiteLLM azure/*')?.fallbacks).toEqual([
      { provider: 'azure', model: null },
    ]);
  });
});

it('writes no rule with a deployment that a rule does not lead to', () => {
  const one = served('azure/chat', 'openai/x');
  const other = served('plain', 'openai/y');
  const mine = teamDeployment('t', 'azure/chat', { model: 'anthropic/z', api_key: secret('k') }, 'mine');
  const catalog = catalogOf(world({ deployments: [one, other, mine], teams: [team('t')] }));
  const names = (id: string): readonly string[] => catalog.rulesOf(id).map(({ name }) => name);
  expect([one.id, mine.id, other.id].map(names)).toEqual([['LiteLLM azure/chat'], ['LiteLLM azure/chat'], []]);
});

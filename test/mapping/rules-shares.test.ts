import { describe, expect, it } from 'vitest';
import type { WorldParts } from '../factories.js';
import { secret, team, teamDeployment } from '../factories.js';
import { only, rulesOf, served } from './rules-of.js';

const ofTeam = (name: string, model: string, id = 'own', more = {}) =>
  teamDeployment('t', name, { model, api_key: secret(id), ...more }, id);
const teams = [team('t')];

describe('a name has a rule where the virtual key alone would not bring it home', () => {
  it.each<[string, WorldParts, readonly string[]]>([
    ['nobody shares it', { deployments: [served('g', 'openai/x')] }, []],
    [
      'some of its callers have several providers for it',
      {
        deployments: [served('g', 'openai/x'), served('g', 'anthropic/y'), ofTeam('g', 'openai/z')],
        teams,
      },
      ['LiteLLM g'],
    ],
    ['groq would rewrite it', { deployments: [served('g', 'groq/x')] }, ['LiteLLM g']],
    [
      'groq would rewrite it for some of its callers',
      { deployments: [served('g', 'openai/x'), ofTeam('g', 'groq/y')], teams },
      ['LiteLLM g'],
    ],
    [
      'everybody and a team have one provider each for it',
      { deployments: [served('g', 'openai/x'), ofTeam('g', 'openai/y')], teams },
      [],
    ],
  ])('%s', (_why, parts, names) => {
    expect([...rulesOf(parts).keys()]).toEqual(names);
  });

  it('and leads to it on groq as it stands', () => {
    expect(only({ deployments: [served('g', 'groq/x')] })).toEqual({
      name: 'LiteLLM g',
      description: 'LiteLLM\'s model "g". Written by litellm-to-bifrost.',
      condition: 'provider == "" && model == "g" && virtual_key_id != ""',
      targets: [{ provider: 'groq', model: 'g', weight: 1 }],
      fallbacks: [],
      band: 'name',
      specificity: 0,
      deployments: ['d-g-groq/x'],
    });
  });

  it('and leads to it on replicate, where the gateway has that built in', () => {
    const parts = { deployments: [served('g', 'replicate/x')] };
    const standardProviders = new Set(['replicate']);
    expect([...rulesOf(parts, { capabilities: { standardProviders } }).keys()]).toEqual(['LiteLLM g']);
    expect(rulesOf(parts).size).toBe(0);
  });

  it('and leads to the upstream id on a server without keys, also where only some mean that', () => {
    const keyless = {
      ...served('nick', 'lm_studio/qwen'),
      params: { model: 'lm_studio/qwen', api_base: 'http://10.0.0.5/v1' },
    };
    const alone = only({ deployments: [keyless] });
    expect(alone.targets).toEqual([
      { provider: expect.stringMatching(/^lm_studio-/) as string, model: 'qwen', weight: 1 },
    ]);
    expect(alone.fallbacks).toEqual([]);
    const both = only({ deployments: [keyless, ofTeam('nick', 'openai/z')], teams });
    expect(both.targets).toEqual(alone.targets);
    expect(both.fallbacks).toEqual([
      { provider: alone.targets[0]?.provider, model: 'qwen' },
      { provider: 'openai', model: 'nick' },
    ]);
  });
});

it('a rule goes on to those that are not drawn in the order in which they would be drawn alone', () => {
  const deployments = [
    served('g', 'openai/x', { tpm: 5 }),
    served('g', 'anthropic/y', { rpm: 1 }),
    served('g', 'gemini/z', { weight: 1 }),
  ];
  const rule = rulesOf({ deployments }).get('LiteLLM g');
  expect(rule?.targets).toEqual([{ provider: 'gemini', model: 'g', weight: 1 }]);
  expect(rule?.fallbacks.map(({ provider }) => provider)).toEqual(['gemini', 'anthropic', 'openai']);
});

describe('what a rule says about itself', () => {
  const two = [served('g', 'openai/x'), served('g', 'anthropic/y')];
  const b = served('b', 'openai/b');
  it.each<[string, WorldParts, string]>([
    ['LiteLLM azure/c', { deployments: [served('azure/c', 'openai/x')] }, 'Bifrost would split "azure/c"'],
    ['LiteLLM g', { deployments: two }, 'several providers share it'],
    ['LiteLLM g', { deployments: [served('g', 'openai/x'), b], fallbacks: { g: ['b'] } }, 'it has fallbacks'],
    [
      'LiteLLM g',
      { deployments: [...two, b], fallbacks: { g: ['b'] } },
      'several providers share it, it has fallbacks',
    ],
  ])('%s: why it is there', (name, parts, why) => {
    expect(rulesOf(parts).get(name)?.description).toBe(
      `LiteLLM's model "${name.slice('LiteLLM '.length)}": ${why}. Written by litellm-to-bifrost.`,
    );
  });

  it('in a thousand characters at most', () => {
    const long = 'x'.repeat(1100);
    const deployments = [served(long, 'openai/x', { weight: 1 }), served(long, 'anthropic/y', { weight: 0 })];
    expect([...rulesOf({ deployments }).values()].map(({ description }) => description.length)).toEqual([1000, 1000]);
  });
});

describe('the name of a rule', () => {
  const nameOf = (name: string): string => only({ deployments: [served(name, 'groq/x')] }).name;

  it('is the public name as long as it has room', () => {
    expect(nameOf('n'.repeat(192))).toBe(`LiteLLM ${'n'.repeat(192)}`);
  });

  it('ends with a mark of the whole name where that is too long, so that no two are the same', () => {
    const long = nameOf('n'.repeat(193));
    expect(long).toMatch(/^LiteLLM n{175} [0-9a-f]{16}$/);
    expect(nameOf(`${'n'.repeat(193)}a`)).not.toBe(nameOf(`${'n'.repeat(193)}b`));
  });
});

describe('shares of providers (A2, P§2.2)', () => {
  it('add up over the deployments of one provider, the one that is drawn most standing by first', () => {
    const deployments = [
      served('g', 'anthropic/a', { weight: 3 }),
      served('g', 'openai/b', { weight: 2 }),
      served('g', 'openai/c', { weight: 3 }),
    ];
    expect(only({ deployments })).toMatchObject({
      targets: [
        { provider: 'anthropic', model: 'g', weight: 3 / 8 },
        { provider: 'openai', model: 'g', weight: 5 / 8 },
      ],
      fallbacks: [
        { provider: 'openai', model: 'g' },
        { provider: 'anthropic', model: 'g' },
      ],
      deployments: ['d-g-anthropic/a', 'd-g-openai/b', 'd-g-openai/c'],
    });
  });

  it('are alike where all that LiteLLM draws stayed behind, and none of the rest is closed', () => {
    const deployments = [
      served('g', 'petals/gone', { weight: 5 }),
      served('g', 'openai/a', { weight: 0 }),
      served('g', 'anthropic/b', { weight: 0 }),
    ];
    expect(only({ deployments }).targets).toEqual([
      { provider: 'openai', model: 'g', weight: 0.5 },
      { provider: 'anthropic', model: 'g', weight: 0.5 },
    ]);
  });
});

describe('standbys, which LiteLLM never draws', () => {
  const drawn = served('g', 'openai/x', { weight: 1 });

  it('are closed to callers who ask their providers by name', () => {
    const deployments = [drawn, served('g', 'anthropic/y', { weight: 0 }), served('g', 'gemini/z', { weight: 0 })];
    expect(rulesOf({ deployments }).get('LiteLLM g: standbys')).toEqual({
      name: 'LiteLLM g: standbys',
      description: expect.any(String) as string,
      condition:
        '((provider == "anthropic" && model == "g") || (provider == "gemini" && model == "g")) && virtual_key_id != ""',
      targets: [{ provider: 'no-such-model', model: null, weight: 1 }],
      fallbacks: [],
      band: 'closed',
      specificity: 0,
      deployments: ['d-g-openai/x', 'd-g-anthropic/y', 'd-g-gemini/z'],
    });
  });

  it('stay open on a provider that is drawn as well, for anybody', () => {
    expect(rulesOf({ deployments: [drawn, served('g', 'openai/y', { weight: 0 })] }).size).toBe(0);
    const deployments = [drawn, served('g', 'anthropic/y', { weight: 0 }), ofTeam('g', 'anthropic/z')];
    expect([...rulesOf({ deployments, teams }).keys()]).toEqual(['LiteLLM g']);
  });
});

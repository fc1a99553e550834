import { describe, expect, it } from 'vitest';
import type { Catalog } from '../../src/mapping/catalog.js';
import type { Deployment, Params } from '../../src/sources/records.js';
import { catalogOf, deployment, OLD_BIFROST, secret, world } from '../factories.js';

const K = secret('one');
const wild = { api_key: K, api_base: 'https://w.example/v1' };
const providersOf = (catalog: Catalog): readonly (readonly [string, boolean])[] =>
  [...catalog.providers.values()].map(({ name, keyless }) => [name, keyless]);

describe('a server that LiteLLM calls with keys and without (M14, B§3.5)', () => {
  const server = (name: string, more: Params = {}, api_base = 'http://10.0.0.5:1234/v1'): Deployment =>
    deployment(name, { model: `lm_studio/${name}`, api_base, ...more });
  const open = server('open');
  const keyed = server('keyed', { api_key: K });

  it.each([
    ['first', [open, keyed]],
    ['last', [keyed, open]],
  ])('is two providers, for one without keys takes none; the one without comes %s', (_place, deployments) => {
    const catalog = catalogOf(world({ deployments }));
    const [key, ...others] = catalog.keysOf(keyed.id);
    expect(others).toEqual([]);
    expect(catalog.keysOf(open.id)).toEqual([]);
    expect(new Set(providersOf(catalog))).toEqual(
      new Set([
        [key?.provider, false],
        [`${key?.provider ?? ''}-keyless`, true],
      ]),
    );
    const routed = catalog.groups.route('open', null);
    expect(routed.kind === 'group' && catalog.route('open', routed.group)).toMatchObject({
      listed: 'open',
      targets: [{ provider: `${key?.provider ?? ''}-keyless`, key: null }],
    });
  });

  it('is one where it is called in one way', () => {
    const name = expect.stringMatching(/^lm_studio-[0-9a-f]{16}$/) as string;
    expect(providersOf(catalogOf(world({ deployments: [open, server('more')] })))).toEqual([[name, true]]);
    expect(providersOf(catalogOf(world({ deployments: [keyed] })))).toEqual([[name, false]]);
    const elsewhere = server('elsewhere', { api_key: K }, 'http://10.0.0.6:1234/v1');
    expect(providersOf(catalogOf(world({ deployments: [open, elsewhere] })))).toEqual([
      [name, true],
      [name, false],
    ]);
  });

  it('is one where the gateway has it built in, whose providers are as they are', () => {
    const deployments = [
      deployment('open', { model: 'lemonade/open' }),
      deployment('keyed', { model: 'lemonade/keyed', api_key: K }),
    ];
    const catalog = catalogOf(world({ deployments }), { capabilities: { standardProviders: new Set(['lemonade']) } });
    expect([...catalog.providers.keys()]).toEqual(['lemonade']);
    expect([...catalogOf(world({ deployments })).providers.keys()]).toEqual(['lemonade-keyless', 'lemonade']);
  });
});

describe('a provider that several deployments name (M13)', () => {
  const vllm = (name: string, host: string): Deployment =>
    deployment(name, { model: `hosted_vllm/${name}`, api_key: K, api_base: `http://${host}/v1` });
  const allowed = (...hosts: readonly string[]): boolean | undefined =>
    catalogOf(world({ deployments: hosts.map((host, at) => vllm(`m${at}`, host)) })).providers.get('vllm')
      ?.allowPrivateNetwork;

  it('may call private addresses as soon as one of them needs it', () => {
    expect(allowed('v.example')).toBe(false);
    expect(allowed('v.example', '10.0.0.7')).toBe(true);
    expect(allowed('10.0.0.7', 'v.example')).toBe(true);
    expect(allowed('v.example', 'w.example')).toBe(false);
  });
});

describe('a provider that has the name of its kind', () => {
  const compatible = (...names: readonly string[]): readonly string[] => [
    ...catalogOf(
      world({ deployments: names.map((name) => deployment(name, { model: 'deepseek/chat', api_key: K })) }),
    ).providers.keys(),
  ];

  it('has it only where no public name begins with it', () => {
    expect(compatible('chat')).toEqual(['deepseek']);
    expect(compatible('deepseek')).toEqual(['deepseek']);
    expect(compatible('deepseek2', 'acme/deepseek/chat')).toEqual(['deepseek']);
    expect(compatible('chat', 'deepseek/chat')).toEqual([expect.stringMatching(/^deepseek-[0-9a-f]{16}$/)]);
  });

  it('has it not where an alias or a team’s name begins with it', () => {
    const chat = deployment('chat', { model: 'deepseek/chat', api_key: K });
    const own = { ...deployment('own', { model: 'openai/x', api_key: K }), teamId: 't', publicName: 'deepseek/mine' };
    const name = expect.stringMatching(/^deepseek-[0-9a-f]{16}$/) as string;
    const aliased = catalogOf(world({ deployments: [chat], modelGroupAlias: { 'deepseek/nick': 'chat' } }));
    expect([...aliased.providers.keys()]).toEqual([name]);
    expect([...catalogOf(world({ deployments: [chat, own] })).providers.keys()]).toEqual([name, 'openai']);
  });
});

describe('names Bifrost takes apart (P§2.4)', () => {
  const up = deployment('up', { model: 'openai/x', ...wild });
  const refused = deployment('refused', { model: 'petals/x' });
  const pattern = (name: string): Deployment => deployment(name, { model: 'openai/*', ...wild });
  const w = world({ deployments: [up, refused, pattern('wild/*'), pattern('*')] });

  it.each([
    ['that of a standard provider', 'azure', true],
    ['that of one the gateway has', 'mine', true],
    ['that of one which is planned', null, true],
    ['that of one which is planned for a pattern', 'wild', true],
    ['nobody’s', 'acme', false],
  ])('begin with the name of a provider: %s', (_whose, named, splits) => {
    const catalog = catalogOf(w, { existingProviders: ['mine'] });
    const provider = named ?? [...catalog.providers.keys()].find((name) => name.startsWith('openai-')) ?? '';
    expect([catalog.splits(`${provider}/x`), catalog.splits(`${provider}/x/y`)]).toEqual([splits, splits]);
    expect(catalog.splits(provider)).toBe(false);
    expect(catalog.splits(`x${provider}/x`)).toBe(false);
    expect(catalog.listed(`${provider}/x`)).toBe(splits ? `litellm:${provider}/x` : `${provider}/x`);
  });

  it('also with that of a provider which only this gateway knows', () => {
    const more = { capabilities: { ...OLD_BIFROST, standardProviders: new Set(['deepseek']) } };
    expect(catalogOf(world({ deployments: [up] }), more).splits('deepseek/x')).toBe(true);
    expect(catalogOf(world({ deployments: [up] })).splits('deepseek/x')).toBe(false);
  });
});

describe('the provider for bare names that nobody serves (P§2.8)', () => {
  const pattern = (name: string): Deployment => deployment(name, { model: 'openai/*', ...wild });
  const sinkOf = (...deployments: readonly Deployment[]): readonly [string | null, readonly string[]] => {
    const { sink, providers } = catalogOf(world({ deployments }));
    return [sink?.name ?? null, [...providers.keys()].filter((name) => !name.startsWith('openai-'))];
  };

  it('is there as soon as one pattern is carried', () => {
    expect(sinkOf(deployment('a', { model: 'openai/a', ...wild }))).toEqual([null, []]);
    expect(sinkOf(pattern('*'))).toEqual([null, []]);
    expect(sinkOf(pattern('wild/*'))).toEqual(['no-such-model', ['wild', 'no-such-model']]);
    expect(sinkOf(pattern('wild/*'), pattern('*'))).toEqual(['no-such-model', ['wild', 'no-such-model']]);
  });
});

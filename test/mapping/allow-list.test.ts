import { describe, expect, it } from 'vitest';
import { planAllowList, providerConfigs, type AllowListRules } from '../../src/mapping/allow-list.js';
import type { Route, RouteTarget } from '../../src/mapping/catalog.js';
import type { Grant } from '../../src/mapping/grants.js';

function grant(routes: readonly Route[], over: Partial<Grant> = {}): Grant {
  return {
    unrestricted: false,
    routes,
    routedAs: new Map(),
    wildcards: [],
    behind: [],
    answeredWithout: new Set(),
    named: [],
    findings: [],
    ...over,
  };
}

/** `openai:K1:3` = provider, key (none: keyless) and weight. */
function route(name: string, places: readonly string[], listed = name): Route {
  const targets = places.map((place, at): RouteTarget => {
    const [provider = '', key = '', weight = '1'] = place.split(':');
    return { provider, key: key === '' ? null : key, weight: Number(weight), deployment: `d${at}` };
  });
  return { name, listed, group: `global ${name}`, members: [], targets };
}

const RULES: AllowListRules = {
  keyId: (name) => `id-${name}`,
  hasProvider: () => true,
  foreignProviders: [],
  routing: true,
  differsInShares: () => false,
  sink: null,
};
const plan = (routes: readonly Route[], rules: Partial<AllowListRules> = {}, over: Partial<Grant> = {}) =>
  planAllowList(grant(routes, over), { ...RULES, ...rules });
const told = (list: ReturnType<typeof plan>, code: string): string | undefined =>
  list.findings.find((one) => one.code === code)?.message;

describe('entries of a virtual key (V5, A1)', () => {
  it('are one for each provider, sorted, with its names and keys', () => {
    const { entries, missing } = plan([route('b', ['openai:K2']), route('a', ['openai:K1', 'azure:K3'])]);
    expect(entries).toEqual([
      { provider: 'azure', weight: 1, allowedModels: ['a'], keyIds: ['id-K3'] },
      { provider: 'openai', weight: 1, allowedModels: ['a', 'b'], keyIds: ['id-K1', 'id-K2'] },
    ]);
    expect(missing).toEqual([]);
    expect(providerConfigs(entries)[0]).toEqual({
      provider: 'azure',
      weight: 1,
      allowed_models: ['a'],
      key_ids: ['id-K3'],
    });
  });

  it('are none for nothing', () => {
    expect(plan([])).toEqual({ entries: [], findings: [], missing: [], clashing: [] });
  });

  it('leave out what is not there yet, each name once', () => {
    const routes = [route('b', ['openai:K2', 'openai:K3']), route('a', ['openai:K1', 'azure:K4'])];
    const lacking = plan(routes, { keyId: (name) => (name === 'K1' ? 'id' : undefined) });
    expect(lacking.missing).toEqual(['a', 'b']);
    expect(lacking.entries).toMatchObject([{ provider: 'openai', allowedModels: ['a'], keyIds: ['id'] }]);
    expect(plan(routes, { hasProvider: (name) => name === 'azure' }).entries).toMatchObject([{ provider: 'azure' }]);
  });

  it('of a server without keys name all keys, and are drawn only for names callers use', () => {
    expect(plan([route('a', ['lm:'])]).entries).toMatchObject([{ weight: 1, keyIds: ['*'] }]);
    expect(plan([route('nick', ['lm:'], 'a')]).entries).toMatchObject([{ weight: null, allowedModels: ['a'] }]);
    expect(plan([route('nick', ['openai:K'], 'litellm:nick')]).entries).toMatchObject([{ weight: 1 }]);
    const both = [route('nick', ['lm:'], 'a'), route('b', ['lm:'])];
    expect(plan(both).entries).toMatchObject([{ weight: 1, allowedModels: ['a', 'b'] }]);
  });
});

describe('names that differ by case (B§5.5)', () => {
  it('stand on one provider once: the first in order', () => {
    const list = plan([route('a', ['openai:K1']), route('A', ['openai:K2'])]);
    expect(list.entries).toMatchObject([{ allowedModels: ['A'], keyIds: ['id-K2'] }]);
    expect(told(list, 'name_differs_by_case')).toContain('"a"');
  });

  it('stand on each once, whichever others there are', () => {
    const list = plan([route('AB', ['azure:K1']), route('Ab', ['openai:K2']), route('aB', ['openai:K3'])]);
    expect(list.entries.map(({ allowedModels }) => allowedModels)).toEqual([['AB'], ['Ab']]);
    expect(list.clashing).toEqual(['aB']);
  });

  it('stand on two', () => {
    const list = plan([route('a', ['openai:K1']), route('A', ['azure:K2'])]);
    expect(list.entries.map(({ allowedModels }) => allowedModels)).toEqual([['A'], ['a']]);
    expect(list.findings).toEqual([]);
  });
});

describe('patterns', () => {
  const wildcards = [{ pattern: 'wild/*', provider: 'wild', key: 'W', models: ['*'] }];

  it('have no weight, and come with an entry that takes what nobody serves', () => {
    expect(plan([], { sink: 'none' }, { wildcards }).entries).toEqual([
      { provider: 'none', weight: 0, allowedModels: ['*'], keyIds: ['*'] },
      { provider: 'wild', weight: null, allowedModels: ['*'], keyIds: ['id-W'] },
    ]);
  });

  it('wait for that entry as for their key', () => {
    const noSink = plan([], { sink: 'none', hasProvider: (name) => name !== 'none' }, { wildcards });
    expect(noSink).toMatchObject({ entries: [], missing: ['wild/*'] });
    const noKey = plan([], { sink: 'none', keyId: () => undefined }, { wildcards });
    expect(noKey).toMatchObject({ entries: [], missing: ['wild/*'] });
  });

  it('give way to names of the same provider', () => {
    const { entries } = plan([route('a', ['wild:K'])], {}, { wildcards });
    expect(entries).toEqual([{ provider: 'wild', weight: 1, allowedModels: ['a'], keyIds: ['id-K'] }]);
  });
});

describe('a key that nothing restricts', () => {
  const rules = { foreignProviders: ['mistral', 'openai'] };

  it('gets the providers that were there before, whole and without weight', () => {
    const list = plan([route('a', ['openai:K'])], rules, { unrestricted: true });
    expect(list.entries).toMatchObject([
      { provider: 'mistral', weight: null, allowedModels: ['*'], keyIds: ['*'] },
      { provider: 'openai', allowedModels: ['a'] },
    ]);
    expect(told(list, 'foreign_providers_granted')).toContain('"mistral"');
  });

  it('hears nothing of it where there are none, and others get none', () => {
    expect(plan([], {}, { unrestricted: true })).toMatchObject({ entries: [], findings: [] });
    expect(plan([], rules)).toMatchObject({ entries: [], findings: [] });
  });
});

describe('weights without routing rules (A2)', () => {
  const routing = false;
  const weights = (list: ReturnType<typeof plan>): object =>
    Object.fromEntries(list.entries.map(({ provider, weight }) => [provider, weight]));

  it('are those of the names that several providers serve, and 1 elsewhere', () => {
    const list = plan([route('g', ['azure:A:3', 'openai:O:1']), route('x', ['groq:G:7'])], { routing });
    expect(weights(list)).toEqual({ azure: 3, openai: 1, groq: 1 });
    expect(list.findings).toEqual([]);
  });

  it('add up where a provider has several keys for the name', () => {
    expect(weights(plan([route('g', ['azure:A:3', 'azure:B:2', 'openai:O:1'])], { routing }))).toEqual({
      azure: 5,
      openai: 1,
    });
  });

  it('agree where the ratio does, also with a third provider', () => {
    const list = plan([route('g', ['azure:A:3', 'openai:O:1']), route('h', ['azure:A:6', 'groq:G:4', 'openai:O:2'])], {
      routing,
    });
    expect(weights(list)).toEqual({ azure: 3, openai: 1, groq: 2 });
    expect(list.findings).toEqual([]);
  });

  it('are the first name’s where they do not agree, and that is said', () => {
    const list = plan([route('g', ['azure:A:3', 'openai:O:1']), route('h', ['azure:A:1', 'openai:O:1'])], { routing });
    expect(weights(list)).toEqual({ azure: 3, openai: 1 });
    expect(told(list, 'weights_approximated')).toContain('"h"');
    expect(told(list, 'weights_approximated')).not.toContain('"g"');
  });

  it('let a standby stand by unless another name needs its provider', () => {
    const standby = route('g', ['azure:A:1', 'openai:O:0']);
    const kept = plan([standby], { routing });
    expect(weights(kept)).toEqual({ azure: 1, openai: 0 });
    const needed = plan([standby, route('x', ['openai:X'])], { routing });
    expect(needed.entries.find(({ provider }) => provider === 'openai')?.allowedModels).toEqual(['x']);
    expect(told(needed, 'standby_needs_rule')).toContain('"g"');
    expect(told(plan([standby, route('x', ['openai:X'])]), 'standby_needs_rule')).toBeUndefined();
  });

  it('leave alone a name that nobody is drawn for', () => {
    const list = plan([route('g', ['azure:A:0', 'openai:O:0']), route('x', ['openai:X', 'azure:Y'])], { routing });
    expect(list.entries.map(({ allowedModels }) => allowedModels)).toEqual([
      ['g', 'x'],
      ['g', 'x'],
    ]);
    expect(told(list, 'standby_needs_rule')).toBeUndefined();
  });
});

describe('shares with routing rules', () => {
  it('are said to differ where the rule is another caller’s', () => {
    const routes = [route('a', ['openai:K']), route('b', ['openai:K'])];
    const list = plan(routes, { differsInShares: ({ name }) => name === 'b' });
    expect(told(list, 'weights_approximated')).toContain('"b"');
    expect(told(list, 'weights_approximated')).not.toContain('"a"');
    expect(plan(routes).findings).toEqual([]);
    expect(plan(routes, { routing: false, differsInShares: () => true }).findings).toEqual([]);
  });
});

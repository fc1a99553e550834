import { describe, expect, it } from 'vitest';
import type { Rights } from '../../src/mapping/rights.js';
import { rightsOf, type RightsInput } from '../../src/mapping/rights.js';
import { virtualKeys } from '../../src/stages/virtual-keys.js';
import type { VirtualKey } from '../../src/sources/records.js';
import {
  contextOf,
  deployment,
  organization,
  PENDING,
  secret,
  team,
  virtualKey,
  world,
  type ContextParts,
  type WorldParts,
} from '../factories.js';

/** What the journal keeps about who may call what, for the access matrix of the report. */

const served = (name: string) =>
  deployment(name, { model: `openai/up-${name}`, api_key: secret('k'), api_base: 'https://up.example/v1' });

type Parts = ContextParts & { readonly world?: WorldParts };

function planned(key: VirtualKey, parts: Parts = {}) {
  const w = world({ deployments: ['a', 'b', 'c'].map(served), ...parts.world });
  const plan = virtualKeys.plan(key, PENDING, contextOf(w, parts));
  if (plan.outcome !== 'write' || plan.rights === undefined) throw new Error(JSON.stringify(plan));
  return { rights: JSON.parse(plan.rights.json) as Rights, id: plan.rights.id, detail: plan.detail };
}

const own = (names: string[]) => [{ pattern: null, names }];

describe('the rights of a key', () => {
  it('are the names it lists, before and after', () => {
    expect(planned(virtualKey('k', { models: ['a', 'c'] })).rights).toEqual({
      kept: own(['a', 'c']),
      patterns: [],
      lost: [],
      gained: [],
    });
  });

  it('name every model string that only LiteLLM answers', () => {
    const { rights } = planned(virtualKey('k'));
    expect(rights.kept).toEqual(own(['a', 'b', 'c']));
    expect(rights.lost).toEqual([
      { code: 'undocumented_name', pattern: null, names: ['openai/up-a', 'openai/up-b', 'openai/up-c'] },
    ]);
  });

  it('leave no name out, where the finding counts the rest', () => {
    const names = Array.from({ length: 200 }, (_, at) => `m${String(at).padStart(3, '0')}`);
    const parts = {
      world: {
        deployments: [served('a'), ...names.map(served)],
        organizations: [organization('o', { models: ['a'] })],
        teams: [team('t', { organizationId: 'o' })],
      },
    };
    const { rights } = planned(virtualKey('k', { teamId: 't', models: ['a', ...names] }), parts);
    expect(rights.kept).toEqual(own(['a']));
    expect(rights.lost).toEqual([{ code: 'organization_gate_now_enforced', pattern: null, names }]);
    const ignored = planned(virtualKey('k', { teamId: 't', models: ['a', ...names] }), {
      ...parts,
      settings: { organizationGates: 'ignore' },
    });
    expect(ignored.rights.kept).toEqual(own(['a', ...names]));
  });

  it('say what waits for its provider key, and what a limit of 0 refuses', () => {
    const key = virtualKey('k', { models: ['a', 'b'], metadata: { model_rpm_limit: { b: 0 } } });
    expect(planned(key).rights).toMatchObject({
      kept: own(['a']),
      lost: [{ code: 'zero_limit_blocks', pattern: null, names: ['b'] }],
    });
    expect(planned(virtualKey('k', { models: ['a'] }), { everythingWritten: false }).rights).toMatchObject({
      kept: [],
      lost: [{ code: 'incomplete', pattern: null, names: ['a'] }],
    });
  });

  it('say of names that differ by case which one is left out', () => {
    const { rights } = planned(virtualKey('k', { models: ['a', 'A'] }), {
      world: { deployments: [served('a'), served('A')] },
    });
    expect(rights.kept).toEqual(own(['A']));
    expect(rights.lost).toEqual([{ code: 'name_differs_by_case', pattern: null, names: ['a'] }]);
  });

  it('hold patterns whole, and names one by one under the pattern that serves them', () => {
    const wild = {
      deployments: [
        deployment('wild/*', { model: 'openai/*', api_key: secret('k'), api_base: 'https://w.example/v1' }),
        deployment('*', { model: 'openai/*', api_key: secret('k') }),
      ],
    };
    const whole = planned(virtualKey('k', { models: ['wild/*'] }), { world: wild }).rights;
    expect([whole.kept, whole.patterns]).toEqual([[], ['wild/*']]);
    const some = planned(virtualKey('k', { models: ['wild/x', 'wild/y'] }), { world: wild }).rights;
    expect(some).toMatchObject({ kept: [{ pattern: 'wild/*', names: ['wild/x', 'wild/y'] }], patterns: [] });
    const all = planned(virtualKey('k'), { world: wild }).rights;
    expect(all.patterns).toEqual(['wild/*']);
    expect(all.lost).toContainEqual({ code: 'needs_routing_rule', pattern: null, names: ['*'] });
    const part = planned(virtualKey('k', { models: ['wild/[a-f]*'] }), { world: wild }).rights;
    expect(part.lost).toContainEqual({ code: 'partial_list_entry', pattern: null, names: ['wild/[a-f]*'] });
  });

  it('name the providers that were on Bifrost before, and what a fallback answers', () => {
    const foreign = {
      kind: 'provider' as const,
      id: 'anthropic',
      name: 'anthropic',
      baseType: null,
      baseUrl: null,
      keyless: false,
      listModels: true,
      requestPathOverrides: {},
      allowPrivateNetwork: false,
    };
    expect(planned(virtualKey('k'), { objects: [foreign] }).rights.gained).toEqual([
      { code: 'foreign_providers_granted', names: ['anthropic/*'] },
    ]);
    expect(planned(virtualKey('k', { models: ['b'] }), { world: { fallbacks: { a: ['b'] } } }).rights.gained).toEqual([
      { code: 'fallback_answers_refused', names: ['a'] },
    ]);
  });

  it('are one row of the journal for all keys that have them in common', () => {
    const [one, other, third] = [['a'], ['a'], ['b']].map((models, at) => planned(virtualKey(`k${at}`, { models })));
    expect(one?.id).toBe(other?.id);
    expect(third?.id).not.toBe(one?.id);
    expect(one?.detail['rights']).toBe(one?.id);
  });

  it('come with the codes of what made the key inactive', () => {
    expect(planned(virtualKey('k', { blocked: true, models: ['a'] })).detail['inactive']).toEqual(['blocked']);
    expect(planned(virtualKey('k', { models: ['a'] })).detail['inactive']).toBeUndefined();
  });
});

describe('reading the lists of a virtual key back', () => {
  const target = { provider: 'openai', key: 'K', weight: 1, deployment: 'd' };
  const entry = { provider: 'openai', weight: 1, allowedModels: ['a'], keyIds: ['1'] };
  const input = (over: Partial<RightsInput> & { readonly models?: readonly string[] } = {}): RightsInput => {
    const entries = [{ ...entry, allowedModels: over.models ?? ['a'] }];
    return {
      grant: {
        unrestricted: false,
        routes: [{ name: 'a', listed: 'a', group: 'global a', members: ['d'], targets: [target] }],
        routedAs: new Map([['a', 'a']]),
        wildcards: [],
        behind: [],
        answeredWithout: new Set<string>(),
        named: [],
        findings: [],
      },
      entries,
      unlimited: entries,
      missing: [],
      answered: [],
      keyId: () => '1',
      isLed: () => true,
      isReachable: () => true,
      splits: () => false,
      isOurs: () => true,
      sink: null,
      refusedBy: 'zero_limit_blocks',
      ...over,
    };
  };

  it('sounds an alarm for whatever the grant does not account for', () => {
    expect(rightsOf(input()).gained).toEqual([]);
    expect(rightsOf(input({ models: ['a', 'b'] })).gained).toEqual([{ code: null, names: ['openai/b'] }]);
    expect(rightsOf(input({ models: ['*'] })).gained).toEqual([{ code: null, names: ['openai/*'] }]);
    const stranger = [entry, { ...entry, provider: 'mistral', allowedModels: ['*'] }];
    expect(rightsOf(input({ entries: stranger, isOurs: (name) => name === 'openai' })).gained).toEqual([
      { code: null, names: ['mistral/*'] },
    ]);
  });

  it('does not count a name whose provider key the lists do not name', () => {
    const { kept, lost } = rightsOf(input({ keyId: () => '2', missing: ['a'] }));
    expect([kept, lost]).toEqual([[], [{ code: 'incomplete', pattern: null, names: ['a'] }]]);
  });
});

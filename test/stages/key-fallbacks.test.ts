import { describe, expect, it } from 'vitest';
import type { VirtualKey } from '../../src/sources/records.js';
import type { CreateWrite } from '../../src/stages/plan.js';
import { virtualKeys } from '../../src/stages/virtual-keys.js';
import {
  contextOf,
  deployment,
  NO_LIMITS,
  OLD_DIALECT,
  PENDING,
  secret,
  teamDeployment,
  user,
  virtualKey,
  world,
  type ContextParts,
  type WorldParts,
} from '../factories.js';

const DEPLOYMENTS = ['a', 'b', 'c'].map((name) => deployment(name, { model: `openai/${name}`, api_key: secret('k') }));

type Parts = ContextParts & { readonly world?: WorldParts };

function planned(key: VirtualKey, parts: Parts) {
  const w = world({ deployments: DEPLOYMENTS, ...parts.world });
  const plan = virtualKeys.plan(key, PENDING, contextOf(w, parts));
  if (plan.outcome !== 'write') throw new Error(JSON.stringify(plan));
  return plan;
}

/** The message of the finding with this code; undefined = there is none. */
function told(code: string, key: VirtualKey, parts: Parts): string | undefined {
  return planned(key, parts).findings.find((one) => one.code === code)?.message;
}

const NONE_LEFT = { ...NO_LIMITS, maxBudget: 0 };

describe('a fallback that answers for a name a limit of 0 refuses (P§3)', () => {
  const parts: Parts = { world: { fallbacks: { a: ['b'] } } };
  const limited = (models: string[], model = 'a') =>
    virtualKey('k', { models, metadata: { model_rpm_limit: { [model]: 0 } } });

  it('is named, because on Bifrost the key gets an answer', () => {
    expect(told('fallback_answers_refused', limited(['a', 'b']), parts)).toContain('"a"');
    const lists = (planned(limited(['a', 'b']), parts).writes[0] as CreateWrite).body['provider_configs'];
    expect(lists).toMatchObject([{ allowed_models: ['b'] }]);
  });

  it('is not where the key may not call it, where there is none, and for other names', () => {
    expect(told('fallback_answers_refused', limited(['a']), parts)).toBeUndefined();
    expect(told('fallback_answers_refused', limited(['a', 'c'], 'c'), parts)).toBeUndefined();
    expect(told('fallback_answers_refused', limited(['a', 'b'], 'b'), parts)).toBeUndefined();
    expect(told('fallback_answers_refused', limited(['a', 'b']), { ...parts, settings: { routing: false } })).toBe(
      undefined,
    );
  });

  it('is not where the key is inactive', () => {
    const off = { ...limited(['a', 'b']), blocked: true };
    expect(told('fallback_answers_refused', off, parts)).toBeUndefined();
  });

  it('is among the rights the key gains', () => {
    const rights = JSON.parse(planned(limited(['a', 'b']), parts).rights?.json ?? '{}') as { gained: unknown };
    expect(rights.gained).toEqual([{ code: 'fallback_answers_refused', names: ['a'] }]);
  });

  it('is none for a name behind a pattern, which no rule of its own leads on', () => {
    const wild = deployment('wild/*', { model: 'openai/*', api_key: secret('k'), api_base: 'https://w.example/v1' });
    const behind = { world: { deployments: [...DEPLOYMENTS, wild], fallbacks: { 'wild/x': ['b'] } } };
    const key = virtualKey('k', { models: ['wild/x', 'b'], metadata: { model_rpm_limit: { 'wild/x': 0 } } });
    expect(told('zero_limit_blocks', key, behind)).toContain('"wild/x"');
    expect(told('fallback_answers_refused', key, behind)).toBeUndefined();
  });

  it('is named where a budget of 0 leaves only what is free, in versions that let that pass', () => {
    const free = deployment('b', { model: 'openai/b', api_key: secret('k') }, { unpriced: true, id: 'free' });
    const paid = deployment('a', { model: 'openai/a', api_key: secret('k') }, { inputCost: 1 });
    const old = { world: { deployments: [paid, free], dialect: OLD_DIALECT, fallbacks: { a: ['b'] } } };
    const key = virtualKey('k', { limits: NONE_LEFT });
    expect(told('zero_budget_leaves_free', key, old)).toContain('b');
    expect(told('fallback_answers_refused', key, old)).toContain('"a"');
  });
});

describe('a fallback that answers for a name the lists cannot hold (B§5.5)', () => {
  const twice = ['A', 'a', 'b'].map((name) => deployment(name, { model: `openai/${name}`, api_key: secret('k') }));
  const parts: Parts = { world: { deployments: twice, fallbacks: { a: ['b'] } } };

  it('is named, and is in the access matrix', () => {
    const key = virtualKey('k', { models: ['A', 'a', 'b'] });
    expect(told('name_differs_by_case', key, parts)).toContain('"a"');
    expect(told('fallback_answers_refused', key, parts)).toContain('"a"');
    expect(JSON.parse(planned(key, parts).rights?.json ?? '')).toMatchObject({
      lost: [{ code: 'name_differs_by_case', names: ['a'] }],
      gained: [{ code: 'fallback_answers_refused', names: ['a'] }],
    });
  });

  it('is not where the key may not call it', () => {
    expect(told('fallback_answers_refused', virtualKey('k', { models: ['A', 'a'] }), parts)).toBeUndefined();
  });
});

describe('fallbacks that LiteLLM follows without asking (L§3.7)', () => {
  const parts: Parts = { world: { fallbacks: { a: ['b'] } } };

  it('are named where only the list of the user refuses them', () => {
    const person = { ...parts, users: [user('u', { models: ['a'] })] };
    expect(told('fallback_not_permitted', virtualKey('k', { userId: 'u' }), person)).toContain('"a"');
  });

  it('are not where the list of the key does, in versions that ask it', () => {
    expect(told('fallback_not_permitted', virtualKey('k', { models: ['a'] }), parts)).toBeUndefined();
    const old = { world: { ...parts.world, dialect: OLD_DIALECT } };
    expect(told('fallback_not_permitted', virtualKey('k', { models: ['a'] }), old)).toContain('"a"');
  });
});

describe('a fallback by a name that only a team has', () => {
  const deployments = [...DEPLOYMENTS, teamDeployment('t', 'own', { model: 'openai/own', api_key: secret('k') }, 'd')];
  const key = virtualKey('k', { teamId: 't' });

  it('is not found by the router up to 1.81, and Bifrost finds it: that is said', () => {
    const old = { world: { deployments, dialect: OLD_DIALECT, fallbacks: { a: ['own'] } } };
    expect(told('fallback_not_carried', key, old)).toContain('"a"');
  });

  it('is tried after that name itself, too: the router goes on from the internal one', () => {
    const old = { world: { deployments, dialect: OLD_DIALECT, fallbacks: { '*': ['own'] } } };
    expect(told('fallback_not_carried', key, old)).toContain('"own"');
  });

  it('is nothing to speak of where the name is everybody’s', () => {
    const old = { world: { deployments, dialect: OLD_DIALECT, fallbacks: { a: ['b'] } } };
    expect(told('fallback_not_carried', key, old)).toBeUndefined();
  });
});

import { describe, expect, it } from 'vitest';
import type { Deployment } from '../../src/sources/records.js';
import type { CreateWrite } from '../../src/stages/plan.js';
import { virtualKeys } from '../../src/stages/virtual-keys.js';
import { contextOf, deployment, PENDING, secret, user, virtualKey, world } from '../factories.js';

type Entry = { readonly provider: string; readonly allowed_models: readonly string[] };

const wild = deployment('wild/*', { model: 'openai/*', api_key: secret('k'), api_base: 'https://w.example/v1' });
const named = deployment('x', { model: 'openai/x', api_key: secret('k') });
const server = (name: string): Deployment =>
  deployment(name, { model: 'lm_studio/qwen', api_base: 'http://10.0.0.5:1234/v1' });

function planned(deployments: readonly Deployment[], models: string[], zero: readonly string[]) {
  const rates = Object.fromEntries(zero.map((name) => [name, 0]));
  const key = virtualKey('k', { models, metadata: { model_rpm_limit: rates } });
  const plan = virtualKeys.plan(key, PENDING, contextOf(world({ deployments })));
  if (plan.outcome !== 'write') throw new Error(JSON.stringify(plan));
  const { body } = plan.writes[0] as CreateWrite;
  const lists = (body['provider_configs'] as readonly Entry[]).filter(({ provider }) => provider !== 'no-such-model');
  return {
    lists: Object.fromEntries(lists.map((entry) => [entry.provider, entry.allowed_models])),
    blocked: plan.findings.find(({ code }) => code === 'zero_limit_blocks')?.message,
  };
}

describe('a limit of 0 for a model (V10)', () => {
  it('takes the name from its own providers, not what is listed so behind a pattern', () => {
    const both = planned([wild, named], ['wild/x', 'x'], ['x']);
    expect(both.lists).toEqual({ wild: ['x'] });
    expect(both.blocked).toContain('"x"');
    expect(planned([wild], ['wild/x'], ['x']).lists).toEqual({ wild: ['x'] });
  });

  it('takes a name behind a pattern from that pattern, and the whole pattern where it is granted whole', () => {
    expect(planned([wild, named], ['wild/x', 'wild/y', 'x'], ['wild/x']).lists).toEqual({ openai: ['x'], wild: ['y'] });
    const whole = planned([wild, named], ['wild/*', 'x'], ['wild/x']);
    expect(whole.lists).toEqual({ openai: ['x'] });
    expect(whole.blocked).toContain('and with them all of "wild/*"');
  });

  it('names what goes with it: on a server without keys all names of a model are one', () => {
    const { lists, blocked } = planned([server('nick'), server('other'), named], ['nick', 'other', 'x'], ['nick']);
    expect(lists).toEqual({ openai: ['x'] });
    expect(blocked).toContain('"nick", "other"');
  });
});

describe('an expression in a list', () => {
  it('takes nothing away that another entry of the list opens', () => {
    const users = [user('u', { models: ['[a*', 'all-proxy-models'] })];
    const context = contextOf(world({ deployments: [wild] }), { users });
    const plan = virtualKeys.plan(virtualKey('k', { userId: 'u' }), PENDING, context);
    if (plan.outcome !== 'write') throw new Error(plan.outcome);
    expect((plan.writes[0] as CreateWrite).body['provider_configs']).toMatchObject([
      { provider: 'no-such-model' },
      { provider: 'wild', allowed_models: ['*'] },
    ]);
  });
});

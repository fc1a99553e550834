import { describe, expect, it } from 'vitest';
import { behindPattern, carriedPlan, narrowedBy, SINK, type Pattern } from '../../src/mapping/wildcards.js';
import type { Deployment, Params } from '../../src/sources/records.js';
import { catalogOf, deployment, secret, world, type CatalogParts } from '../factories.js';

const BASE = 'https://w.example/v1';
const wild = (name: string, model: string, params: Params = {}, over: Partial<Deployment> = {}): Deployment =>
  deployment(name, { model, api_key: secret('k'), ...params }, { id: name, ...over });
const own = { api_base: BASE };

/** Provider of a carried pattern, or the reason why it is not. */
function plans(deployments: readonly Deployment[], parts: CatalogParts = {}): { readonly [id: string]: string } {
  const { wildcards } = catalogOf(world({ deployments }), parts);
  return Object.fromEntries(
    [...wildcards].map(([id, plan]) => [
      id,
      plan.ok ? `${plan.provider.name}${plan.reachable ? '' : ' by rule'}` : plan.problem.reason,
    ]),
  );
}

describe('the model behind a pattern', () => {
  const pattern = (text: string): Pattern => {
    const slash = text.indexOf('/');
    return { text, segment: text.slice(0, Math.max(0, slash)), rest: text.slice(slash + 1) };
  };

  it.each([
    ['openai/*', 'openai/gpt-4o', 'gpt-4o'],
    ['openai/*', 'openai/a/b', 'a/b'],
    ['openai/*', 'azure/gpt-4o', null],
    ['openai/*', 'openaix/gpt-4o', null],
    ['openai/gpt-*', 'openai/gpt-4o', 'gpt-4o'],
    ['openai/gpt-*', 'openai/o1', null],
    ['gpt-*', 'gpt-4o', 'gpt-4o'],
    ['*-mini', 'o3-mini', 'o3-mini'],
    ['*-mini', 'o3-mini-2', null],
    ['a*a', 'aa', 'aa'],
    ['a*a', 'a', null],
    ['a*b*c', 'a1b2c', 'a1b2c'],
    ['a*b*c', 'a12c', null],
  ])('%s takes %s as %s', (text, name, model) => {
    expect(behindPattern(pattern(text), name)).toBe(model);
  });
});

describe('a deployment whose name is a pattern (M17)', () => {
  it('has the standard provider of its prefix, or one that is called like it', () => {
    expect(plans([wild('groq/*', 'groq/*')])).toEqual({ 'groq/*': 'groq' });
    expect(plans([wild('wild/*', 'openai/*', own)])).toEqual({ 'wild/*': 'wild' });
    expect(plans([wild('wild/*', 'openai/*')])).toEqual({ 'wild/*': 'wild' });
  });

  it('has a provider of its own behind a rule where its prefix is another’s', () => {
    const plan = plans([wild('openai/*', 'openai/*', own)])['openai/*'];
    expect(plan).toMatch(/^openai-any-[0-9a-f]{16} by rule$/);
    expect(plans([wild('azure/*', 'openai/*')])['azure/*']).toMatch(/^openai-any-.* by rule$/);
    const explicit = plans([wild('openai/*', 'openai/*'), wild('gpt', 'openai/gpt')]);
    expect(explicit['openai/*']).toMatch(/^openai-any-.* by rule$/);
    expect(plans([wild(`${SINK}/*`, 'openai/*')])[`${SINK}/*`]).toBe('renamed_wildcard');
  });

  it('does not share a provider with another pattern', () => {
    const two = plans([wild('azure/*', 'openai/*'), wild('groq/*', 'openai/*')]);
    expect(new Set(Object.values(two)).size).toBe(2);
    for (const plan of Object.values(two)) expect(plan).toMatch(/^openai-any-[0-9a-f]{16} by rule$/);
  });

  it.each([
    ['*', 'openai/*', 'wildcard_all'],
    ['op*/x', 'openai/*', 'partial_wildcard'],
    ['wild/*', 'openai/up-*', 'renamed_wildcard'],
    ['wild/*', 'openai/fixed', 'renamed_wildcard'],
    ['Wild/*', 'openai/*', 'renamed_wildcard'],
    ['wild/*', 'lm_studio/*', 'keyless_wildcard'],
  ])('is refused: %s to %s is %s', (name, model, reason) => {
    const server = model.startsWith('lm_studio') ? { api_key: undefined, api_base: 'http://10.0.0.5:1234/v1' } : own;
    const params = Object.fromEntries(Object.entries(server).filter(([, value]) => value !== undefined)) as Params;
    const one = deployment(
      name,
      { model, ...(model.startsWith('lm_') ? {} : { api_key: secret('k') }), ...params },
      {
        id: name,
      },
    );
    expect(plans([one])).toEqual({ [name]: reason });
  });

  it('is the only one that is carried of those with the same name', () => {
    const twin = wild('wild/*', 'openai/*', own, { id: 'twin' });
    expect(plans([wild('wild/*', 'openai/*', own), twin])).toEqual({ 'wild/*': 'wild', twin: 'wildcard_twin' });
  });

  it('is refused where a more specific one without its prefix takes some of its names', () => {
    expect(plans([wild('wild/*', 'openai/*', own), wild('w*d/abcdef', 'openai/*')])).toMatchObject({
      'wild/*': 'partial_wildcard',
    });
    const inside = plans([wild('wild/*', 'openai/*', own), wild('wild/ab*', 'openai/ab*', own)]);
    expect(inside['wild/*']).toBe('wild');
    // Rules cannot tell apart what begins alike under a prefix that is no provider of Bifrost's own.
    expect(inside['wild/ab*']).toBe('renamed_wildcard');
  });

  it('needs its whole prefix without rules', () => {
    const parts = { settings: { routing: false } };
    expect(plans([wild('wild/*', 'openai/*', own)], parts)).toEqual({ 'wild/*': 'wild' });
    expect(plans([wild('wild/a*', 'openai/a*', own)], parts)).toEqual({ 'wild/a*': 'partial_wildcard' });
    expect(plans([wild('gpt-*', 'openai/gpt-*', own)], parts)).toEqual({ 'gpt-*': 'partial_wildcard' });
    expect(plans([wild('wild/*', 'openai/*', own), wild('wild/x', 'openai/x')], parts)['wild/*']).toMatch(/by rule$/);
  });

  it('says what it does not serve', () => {
    const narrowed = (name: string, model: string, params: Params = {}): string => {
      const catalog = catalogOf(world({ deployments: [wild(name, model, params)] }));
      const plan = catalog.wildcards.get(name);
      return plan?.ok ? narrowedBy(plan).message : '';
    };
    const [bare, prefixed] = ['bare names, but for a few', 'names that begin with a provider'];
    expect(narrowed('wild/*', 'openai/*', own)).toContain(bare);
    expect(narrowed('wild/*', 'openai/*', own)).not.toMatch(/catalog|behind its end/);
    expect(narrowed('groq/*', 'groq/*')).toContain("names that Bifrost's catalog does not have");
    expect(narrowed('gpt-*', 'openai/gpt-*')).toContain(prefixed);
    expect(narrowed('gpt-*', 'openai/gpt-*')).not.toContain(bare);
    expect(narrowed('wild/*-x', 'openai/*-x', own)).toContain('names that go on behind its end');
  });

  it('stands for its group by the one that is carried', () => {
    const twin = wild('wild/*', 'openai/*', own, { id: 'twin' });
    const catalog = catalogOf(world({ deployments: [wild('wild/*', 'openai/up-*', own, { id: 'renamed' }), twin] }));
    const routed = catalog.groups.route('wild/x', null);
    expect(routed.kind === 'wildcard' && carriedPlan(routed.group, catalog)).toMatchObject({
      ok: true,
      key: { deployments: ['twin'] },
    });
  });
});

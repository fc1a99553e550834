import { describe, expect, it } from 'vitest';
import { explain, grantSignature, listed, planGrant } from '../../src/mapping/grants.js';
import { accessIndex, type Subject } from '../../src/mapping/access.js';
import type { VirtualKey } from '../../src/sources/records.js';
import {
  catalogOf,
  NO_LIMITS,
  OLD_DIALECT,
  organization,
  team,
  teamDeployment,
  user,
  virtualKey,
  world,
} from '../factories.js';
import { granted, served, subjectIn, toldIn } from './granted.js';

describe('names in a sentence', () => {
  const names = (count: number): string[] => Array.from({ length: count }, (_, at) => `m${at}`);
  const quoted = (count: number): string =>
    names(count)
      .map((name) => `"${name}"`)
      .join(', ');

  it('are shown up to sixty, the others are counted', () => {
    expect(listed([])).toBe('');
    expect(listed(['a'])).toBe('"a"');
    expect(listed(names(60))).toBe(quoted(60));
    expect(listed(names(61))).toBe(`${quoted(60)} and 1 more`);
    expect(listed(names(75))).toBe(`${quoted(60)} and 15 more`);
  });
});

describe('the sentence of a reason', () => {
  const REASONS = [
    'needs_routing_rule',
    'deployment_not_carried',
    'name_not_carried',
    'unmapped_model',
    'team_model_of_admin',
    'fallback_needs_rule',
    'fallback_not_permitted',
    'fallback_not_carried',
    'fallback_added',
    'fallback_answers_refused',
    'unknown_name_fallback',
    'undocumented_name',
    'partial_list_entry',
    'a reason of tomorrow',
  ];

  it('is another one for each, and ends with the names', () => {
    const sentences = REASONS.map((reason) => explain(reason, ['x', 'y']));
    expect(new Set(sentences).size).toBe(REASONS.length);
    for (const sentence of sentences) expect(sentence).toMatch(/: "x", "y"$/);
  });
});

describe('findings of a grant', () => {
  it('are losses where something fails, changes where more or other things answer', () => {
    const place = {
      deployments: [served('a'), served('b'), served('c')],
      fallbacks: { a: ['b'], c: ['a'] },
      dialect: OLD_DIALECT,
    };
    expect(toldIn(granted(virtualKey('k', { models: ['b', 'c', 'gone'] }), place))).toEqual({
      'loss unmapped_model models': ['gone'],
      'loss fallback_not_permitted models': ['c'],
      'change fallback_answers_refused models': ['a'],
    });
  });
});

describe('what a grant is remembered by', () => {
  const place = {
    deployments: [served('a'), served('b'), teamDeployment('t', 'chat', { model: 'openai/up-chat' }, '1')],
    teams: [team('t'), team('s', { models: ['a'] })],
    organizations: [organization('o', { models: ['a'] }), organization('p', { models: ['b'] })],
    accessGroups: [{ id: 'g', name: 'g', models: ['a'] }],
  };
  const w = world(place);
  const rules = { catalog: catalogOf(w), index: accessIndex(w), organizationGates: 'enforce' as const };
  const subject = (over: Partial<VirtualKey>, more: Partial<Subject> = {}): Subject => ({
    ...subjectIn(w, virtualKey('k', over)),
    ...more,
  });
  const plain = subject({ models: ['a'] });

  it.each([
    ['its models', subject({ models: ['b'] })],
    ['its aliases', subject({ models: ['a'], aliases: { b: 'a' } })],
    ['its access groups', subject({ models: ['a'], accessGroupIds: ['g'] })],
    ['a config of its own', subject({ models: ['a'], config: { on: true } })],
    ['its team', subject({ models: ['a'], teamId: 't' })],
    ['the models of its user', subject({ models: ['a'] }, { user: user('u', { models: ['b'] }) })],
    ['its user being an administrator', subject({ models: ['a'] }, { user: user('u', { role: 'proxy_admin' }) })],
    ['its organization', subject({ models: ['a'], organizationId: 'o' })],
    ['the models of its membership', subject({ models: ['a'] }, { memberModels: ['a'] })],
  ])('includes %s', (_, other) => {
    expect(grantSignature(other)).not.toBe(grantSignature(plain));
  });

  it.each([
    ['users', subject({}, { user: user('u', { models: ['a'] }) }), subject({}, { user: user('u', { models: ['b'] }) })],
    ['roles', subject({}, { user: user('u') }), subject({}, { user: user('u', { role: 'proxy_admin' }) })],
    ['teams', subject({ teamId: 't' }), subject({ teamId: 's' })],
    ['organizations', subject({ organizationId: 'o' }), subject({ organizationId: 'p' })],
  ])('tells two %s apart', (_, one, other) => {
    expect(planGrant(one, rules)).not.toEqual(planGrant(other, rules));
    expect(grantSignature(one)).not.toBe(grantSignature(other));
  });

  it('tells two projects apart', () => {
    const project = (id: string): Subject => ({
      ...plain,
      project: { id, name: id, teamId: null, models: [id], blocked: false, limits: NO_LIMITS },
    });
    expect(new Set([plain, project('p'), project('q')].map(grantSignature)).size).toBe(3);
  });

  it('is the same for users who differ in nothing that counts', () => {
    const of = (over: Parameters<typeof user>[1]) => grantSignature(subject({}, { user: user('u', over) }));
    expect(of({ id: 'v', email: 'v@example.test' })).toBe(of({}));
    expect(of({ role: 'internal_user' })).toBe(of({ role: 'team' }));
  });

  it('is the same for all users of a team, whose own lists are not asked', () => {
    const one = subject({ teamId: 't' }, { user: user('u', { models: ['a'], role: 'proxy_admin' }) });
    const other = subject({ teamId: 't' }, { user: user('v', { models: ['b'] }) });
    expect(planGrant(one, rules)).toEqual(planGrant(other, rules));
    expect(grantSignature(one)).toBe(grantSignature(other));
  });

  it('is the same whatever a config says', () => {
    const of = (config: VirtualKey['config']) => grantSignature(subject({ config }));
    expect(of({ a: 1 })).toBe(of({ b: 2 }));
  });
});

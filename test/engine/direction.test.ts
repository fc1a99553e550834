import { expect, test } from 'vitest';
import { directionOf } from '../../src/engine/direction.js';
import type { ProviderKeyObject, TeamObject, VirtualKeyObject } from '../../src/target/objects.js';
import { differences } from '../../src/target/difference.js';
import type { Body, ObjectKind, TargetObject } from '../../src/target/objects.js';

function directions(kind: ObjectKind, body: Body, found: TargetObject): string[] {
  return differences(kind, body, found).map((one) => `${directionOf(kind, body, found, one)} ${one.field}`);
}

const KEY: VirtualKeyObject = {
  kind: 'virtual_key',
  id: 'vk',
  name: 'k',
  description: '',
  isActive: true,
  teamId: null,
  customerId: null,
  providerConfigs: [],
  budgets: [],
  rateLimit: null,
};

const TEAM: TeamObject = { kind: 'team', id: 't', name: 't', customerId: null, budgets: [], rateLimit: null };

function entry(allowedModels: readonly string[], keyIds: readonly string[] | '*' = ['a']) {
  return { id: 1, provider: 'openai', weight: 1, allowedModels, keyIds };
}

function asked(allowed_models: readonly string[], key_ids: readonly string[] = ['a'], more: Body = {}): Body {
  return { name: 'k', provider_configs: [{ provider: 'openai', weight: 1, allowed_models, key_ids, ...more }] };
}

test.each<[string, Body, VirtualKeyObject['providerConfigs'], string[]]>([
  ['a name more', asked(['x']), [entry(['x', 'y'])], ['wider provider_configs[openai].allowed_models']],
  ['a name less', asked(['x', 'y']), [entry(['x'])], ['narrower provider_configs[openai].allowed_models']],
  ['another name', asked(['x']), [entry(['y'])], ['wider provider_configs[openai].allowed_models']],
  ['everything instead of names', asked(['x']), [entry(['*'])], ['wider provider_configs[openai].allowed_models']],
  ['names instead of everything', asked(['*']), [entry(['x'])], ['narrower provider_configs[openai].allowed_models']],
  ['all keys', asked(['x']), [entry(['x'], '*')], ['wider provider_configs[openai].key_ids']],
  ['no key', asked(['x']), [entry(['x'], [])], ['narrower provider_configs[openai].key_ids']],
  ['an entry more', { name: 'k' }, [entry(['x'])], ['wider provider_configs[openai]']],
  ['an entry less', asked(['x']), [], ['narrower provider_configs[openai]']],
  [
    'a name no longer refused',
    asked(['*'], ['a'], { blacklisted_models: ['x'] }),
    [entry(['*'])],
    ['wider provider_configs[openai].blacklisted_models'],
  ],
  ['another weight', asked(['x'], ['a'], { weight: 2 }), [entry(['x'])], ['changed provider_configs[openai].weight']],
])('an allow-list with %s', (_, body, providerConfigs, expected) => {
  expect(directions('virtual_key', body, { ...KEY, providerConfigs })).toEqual(expected);
});

test.each<[string, Body, Partial<VirtualKeyObject>, string[]]>([
  ['made active', { name: 'k', is_active: false }, {}, ['wider is_active']],
  ['made inactive', { name: 'k' }, { isActive: false }, ['narrower is_active']],
  ['out of its team', { name: 'k', team_id: 't' }, {}, ['wider team_id']],
  ['put into a team', { name: 'k' }, { teamId: 't' }, ['narrower team_id']],
  ['moved to another team', { name: 'k', team_id: 't' }, { teamId: 'u' }, ['changed team_id']],
])('a key %s', (_, body, found, expected) => {
  expect(directions('virtual_key', body, { ...KEY, ...found })).toEqual(expected);
});

const budget = (max: number, window = '1d') => ({ max_limit: max, reset_duration: window });
const found = (max: number, window = '1d') => ({ maxLimit: max, resetDuration: window });

test.each<[string, Body[], TeamObject['budgets'], string[]]>([
  ['is higher', [budget(1)], [found(2)], ['wider budgets']],
  ['is lower', [budget(2)], [found(1)], ['narrower budgets']],
  ['is gone', [budget(2)], [], ['wider budgets']],
  ['came', [], [found(1)], ['narrower budgets']],
  ['has another window', [budget(2)], [found(2, '30d')], ['changed budgets']],
  ['is one of two that are gone', [budget(1), budget(9, '30d')], [found(1)], ['wider budgets']],
])('a budget that %s', (_, budgets, there, expected) => {
  expect(directions('team', { name: 't', budgets }, { ...TEAM, budgets: there })).toEqual(expected);
});

test('a rate limit that was raised, lowered, taken away', () => {
  const body = { name: 't', rate_limit: { request_max_limit: 10, request_reset_duration: '1m' } };
  const limited = (max: number | null): TeamObject => ({
    ...TEAM,
    rateLimit:
      max === null
        ? null
        : { tokenMaxLimit: null, tokenResetDuration: null, requestMaxLimit: max, requestResetDuration: '1m' },
  });
  expect(directions('team', body, limited(11))).toEqual(['wider rate_limit.request_max_limit']);
  expect(directions('team', body, limited(9))).toEqual(['narrower rate_limit.request_max_limit']);
  expect(directions('team', body, limited(null))).toEqual(['wider rate_limit.request_max_limit']);
});

test('a provider key that serves more names, or was switched off', () => {
  const key: ProviderKeyObject = {
    kind: 'provider_key',
    id: 'p',
    name: 'p',
    provider: 'openai',
    reference: 'env.X',
    redactedValue: '',
    models: ['a', 'b'],
    aliases: {},
    weight: 1,
    enabled: false,
    config: {},
  };
  const body = { name: 'p', value: 'env.X', models: ['a'], weight: 1 };
  expect(directions('provider_key', body, key)).toEqual(['wider models', 'narrower enabled']);
});

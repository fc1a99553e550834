import { expect } from 'vitest';
import type { ObjectKind } from '../../src/target/objects.js';
import type { Story } from './schedule.js';
import { deployment, organization, team, user, virtualKey, type Contents } from './world.js';

/** A source, the same after it has grown, and what must be on the gateway then. */

const limited = { limits: { ...virtualKey('any').limits, modelMaxBudget: { gpt: { budget_limit: 1 } } } };

export const SMALL: Contents = {
  deployments: [deployment('m1'), deployment('m2', { params: { model: 'anthropic/claude' } })],
  organizations: [organization('o1'), organization('o2', { alias: 'o1' })],
  teams: [
    team('t1', { organizationId: 'o1' }),
    team('t2', { alias: 't1', organizationId: 'o2' }),
    // Its organization comes later.
    team('t3', { organizationId: 'o3' }),
  ],
  users: [user('ann'), user('cy', { email: null })],
  virtualKeys: [
    virtualKey('k1', { teamId: 't1' }),
    virtualKey('k2', { teamId: 't2', ...limited }),
    virtualKey('k3', limited),
    // Its team comes later, so the key is linked by a change.
    virtualKey('k4', { teamId: 't4' }),
  ],
};

export const GROWN: Contents = {
  deployments: [
    ...(SMALL.deployments ?? []),
    deployment('m3'),
    deployment('m4', { modelName: 'm1', params: { model: 'anthropic/claude-m1' } }),
  ],
  organizations: [...(SMALL.organizations ?? []), organization('o3')],
  teams: [...(SMALL.teams ?? []), team('t4')],
  users: [...(SMALL.users ?? []), user('bob')],
  virtualKeys: [...(SMALL.virtualKeys as []), virtualKey('k5', { teamId: 't3' })],
};

const NAMES: { readonly [K in ObjectKind]?: readonly string[] } = {
  provider: ['anthropic', 'openai'],
  provider_key: ['anthropic/KEY', 'openai/KEY'],
  pricing_override: ['price m1', 'price m2', 'price m3', 'price m4'],
  customer: ['o1', 'o1 (o2)', 'o3'],
  team: ['t1', 't1 (t2)', 't3', 't4'],
  user: ['ann@example.test', 'bob@example.test'],
  virtual_key: ['k1', 'k2', 'k3', 'k4', 'k5'],
};
const RULES = ['global//rule m1', 'global//rule m2', 'global//rule m3'];

function namesOf({ target }: Story, kind: ObjectKind): readonly string[] {
  return target
    .ofKind(kind)
    .map(({ name }) => name)
    .filter((name) => !name.startsWith('global//foreign-'))
    .sort();
}

export function checkTarget(story: Story): void {
  const { target } = story;
  for (const [kind, names] of Object.entries(NAMES)) expect(namesOf(story, kind as ObjectKind)).toEqual(names);
  expect(namesOf(story, 'routing_rule')).toEqual(RULES);
  checkLinks(story);
  const idOf = new Map(target.ofKind('virtual_key').map(({ name, id }) => [name, id]));
  const limits = ['k2', 'k3'].map((key) => `virtual_key/${idOf.get(key)}/*/gpt`);
  expect(namesOf(story, 'model_config')).toEqual(limits.sort());
  const models = Object.fromEntries(target.ofKind('provider_key').map((key) => [key.name, key.models]));
  expect(models).toEqual({ 'anthropic/KEY': ['m1', 'm2'], 'openai/KEY': ['m1', 'm3'] });
  const leads = Object.fromEntries(target.ofKind('routing_rule').map(({ name, body }) => [name, body['targets']]));
  expect(leads).toMatchObject({ 'global//rule m1': ['anthropic', 'openai'], 'global//rule m3': ['openai'] });
  const priorities = target.ofKind('routing_rule').map(({ body }) => body['priority']);
  expect(new Set(priorities).size).toBe(priorities.length);
}

function checkLinks({ target }: Story): void {
  const customer = new Map(target.ofKind('customer').map(({ name, id }) => [name, id]));
  const teams = new Map(target.ofKind('team').map(({ name, id }) => [name, id]));
  expect(Object.fromEntries(target.ofKind('team').map(({ name, customerId }) => [name, customerId]))).toEqual({
    t1: customer.get('o1'),
    't1 (t2)': customer.get('o1 (o2)'),
    t3: customer.get('o3'),
    t4: null,
  });
  expect(Object.fromEntries(target.ofKind('virtual_key').map(({ name, teamId }) => [name, teamId]))).toEqual({
    k1: teams.get('t1'),
    k2: teams.get('t1 (t2)'),
    k3: null,
    k4: teams.get('t4'),
    k5: teams.get('t3'),
  });
}

export function checkJournal({ journal, target }: Story): void {
  expect(journal.rows("SELECT kind, name, state FROM writes WHERE state <> 'done'")).toEqual([]);
  expect(journal.rows("SELECT source_id FROM records WHERE status <> 'written'")).toEqual([{ source_id: 'cy' }]);
  expect(
    journal.rows(
      "SELECT source_id FROM records WHERE missing <> '[]' OR reason IS NOT 'no_email' AND reason IS NOT NULL",
    ),
  ).toEqual([]);
  const ids = new Set([...target.objects.values()].map(({ id }) => id));
  for (const row of journal.rows("SELECT bifrost_id, origin FROM records WHERE status = 'written'")) {
    expect(ids).toContain(row['bifrost_id']);
    expect(row['origin']).toBe('created');
  }
  expect(journal.rows("SELECT * FROM findings WHERE source = 'late'")).toEqual([]);
}

import { describe, expect, it } from 'vitest';
import { routing } from '../../src/stages/routing.js';
import type { CreateWrite, Plan, RecordState, UpdateWrite } from '../../src/stages/plan.js';
import type { RoutingRuleObject, TargetObject, VirtualKeyObject } from '../../src/target/objects.js';
import { contextOf, deployment, PENDING, secret, world, type ContextParts } from '../factories.js';

const chat = deployment('azure/chat', { model: 'openai/gpt-4o', api_key: secret('k') });
const RULE = 'global//LiteLLM azure/chat';

function plan(parts: ContextParts & { ours?: readonly string[]; state?: Partial<RecordState> } = {}): Plan {
  const context = contextOf(world({ deployments: [chat] }), parts);
  const state = { ...PENDING, status: 'written' as const, ...parts.state };
  return routing.plan(chat, state, {
    ...context,
    createdByUs: (_kind, name) => parts.ours?.includes(name) ?? false,
  });
}

function creation(p: Plan): CreateWrite {
  if (p.outcome !== 'write' || p.writes[0]?.action !== 'create') throw new Error(JSON.stringify(p));
  return p.writes[0];
}

function ruleObject(name: string, body: Record<string, unknown>): RoutingRuleObject {
  return { kind: 'routing_rule', id: `id of ${name}`, name, body: body as RoutingRuleObject['body'] };
}

const planned = (): RoutingRuleObject => ruleObject(RULE, creation(plan()).body);

function foreignKey(id: string, description = 'somebody else'): VirtualKeyObject {
  return {
    kind: 'virtual_key',
    id,
    name: id,
    description,
    isActive: true,
    teamId: null,
    customerId: null,
    providerConfigs: [],
    budgets: [],
    rateLimit: null,
  };
}

describe('a routing rule (A5)', () => {
  it('is written whole, in a band of priorities of our own', () => {
    const { body, name, path } = creation(plan());
    expect([name, path]).toEqual([RULE, '/api/governance/routing-rules']);
    expect(body).toMatchObject({
      name: 'LiteLLM azure/chat',
      enabled: true,
      chain_rule: false,
      targets: [{ provider: 'openai', model: 'litellm:azure/chat', weight: 1 }],
      fallbacks: ['azure/'],
      scope: 'global',
    });
    expect(body['priority']).toBeGreaterThanOrEqual(1_000_000);
    expect(body['priority']).toBeLessThan(2_000_000);
  });

  it('has the same priority in every run, and passes over one that is taken', () => {
    const first = creation(plan()).body['priority'] as number;
    expect(creation(plan()).body['priority']).toBe(first);
    const taken = ruleObject('global//by hand', { name: 'by hand', scope: 'global', priority: first });
    const elsewhere = ruleObject('team/t/by hand', { name: 'by hand', scope: 'team', scope_id: 't', priority: first });
    expect(creation(plan({ objects: [taken] })).body['priority']).toBe(first + 1);
    expect(creation(plan({ objects: [elsewhere] })).body['priority']).toBe(first);
  });

  it('leaves alone virtual keys that were there before', () => {
    const objects = [foreignKey('b'), foreignKey('a'), foreignKey('ours', 'LiteLLM key 0123')];
    expect(creation(plan({ objects })).body['cel_expression']).toMatch(/ && !\(virtual_key_id in \["a", "b"\]\)$/);
    const many = Array.from({ length: 300 }, (_, i) => foreignKey(`k${i}`));
    const p = plan({ objects: many });
    expect(creation(p).body['cel_expression']).not.toContain('virtual_key_id in');
    expect(p.findings.map((f) => f.code)).toEqual(['rules_reach_other_keys']);
  });

  it('is adopted when it leads to the same, whatever its priority, and refused when it does not', () => {
    const { adopt } = creation(plan());
    const differs = (field: string) => [{ field, wanted: 'x', found: 'y' }];
    expect(adopt(planned(), differs('priority')).verdict).toBe('adopt');
    expect(adopt(planned(), differs('targets')).verdict).toBe('conflict');
  });

  it('of ours is left as it is when it decides as planned, and corrected when it does not', () => {
    const objects = (rule: RoutingRuleObject): TargetObject[] => [rule];
    expect(plan({ objects: objects(planned()), ours: [RULE] }).outcome).toBe('settled');
    const stale = ruleObject(RULE, { ...planned().body, fallbacks: [], description: 'edited' });
    const p = plan({ objects: objects(stale), ours: [RULE] });
    const update = p.outcome === 'write' ? (p.writes[0] as UpdateWrite) : null;
    expect(update).toMatchObject({ action: 'update', id: `id of ${RULE}` });
    expect(update?.body(stale)).toMatchObject({ fallbacks: ['azure/'], priority: stale.body['priority'] });
    expect(update?.body(planned())).toBeNull();
  });

  it('is the same in whatever order the gateway lists its targets', () => {
    const two = [
      deployment('g', { model: 'openai/x', api_key: secret('a'), weight: 5 }),
      deployment('g', { model: 'anthropic/y', api_key: secret('b'), weight: 1 }),
    ];
    const of = (objects: TargetObject[]): Plan => {
      const context = contextOf(world({ deployments: two }), { objects });
      const [first] = two;
      if (!first) throw new Error('no deployment');
      return routing.plan(first, { ...PENDING, status: 'written' }, { ...context, createdByUs: () => true });
    };
    const body = creation(of([])).body as unknown as RoutingRuleObject['body'] & { targets: object[] };
    const reversed = { ...body, targets: [...body.targets].reverse() };
    expect(of([ruleObject('global//LiteLLM g', reversed)]).outcome).toBe('settled');
  });

  it('names rules of another hand that are asked first', () => {
    const byHand = ruleObject('global//by hand', { name: 'by hand', scope: 'global', priority: 5, enabled: true });
    expect(plan({ objects: [byHand] }).findings[0]?.message).toContain('"by hand"');
    const off = ruleObject('global//by hand', { ...byHand.body, enabled: false });
    expect(plan({ objects: [off] }).findings).toEqual([]);
  });

  it('closes standbys also where no wildcard needs the provider that nothing gets through', () => {
    const two = [
      deployment('g', { model: 'openai/x', api_key: secret('a'), weight: 1 }),
      deployment('g', { model: 'anthropic/y', api_key: secret('b'), weight: 0 }),
    ];
    const [first] = two;
    if (!first) throw new Error('no deployment');
    const p = routing.plan(first, { ...PENDING, status: 'written' }, contextOf(world({ deployments: two })));
    expect(p).toMatchObject({ outcome: 'write', missing: [] });
    expect(p.outcome === 'write' && p.writes.map((w) => w.name)).toEqual([
      'global//LiteLLM g',
      'global//LiteLLM g: standbys',
    ]);
  });

  it('waits for providers that are not there, and says so', () => {
    const p = plan({ everythingWritten: false });
    expect(p).toMatchObject({
      outcome: 'write',
      missing: [{ what: 'rule', message: 'LiteLLM azure/chat leads to openai, not on Bifrost yet' }],
    });
  });

  it('belongs to a deployment that is on Bifrost', () => {
    expect(plan({ state: { status: 'failed' } }).outcome).toBe('settled');
    expect(plan({ settings: { routing: false } }).outcome).toBe('settled');
  });
});

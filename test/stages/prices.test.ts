import { describe, expect, it } from 'vitest';
import type { Deployment, Params } from '../../src/sources/records.js';
import { models } from '../../src/stages/models.js';
import type { CreateWrite, Plan, PlannedWrite, RecordState, UpdateWrite } from '../../src/stages/plan.js';
import { virtualKeys } from '../../src/stages/virtual-keys.js';
import { differences } from '../../src/target/difference.js';
import type { PricingOverrideObject } from '../../src/target/objects.js';
import type { JsonObject } from '../../src/json.js';
import {
  contextOf,
  deployment,
  NO_LIMITS,
  OLD_BIFROST,
  PENDING,
  secret,
  virtualKey,
  world,
  type ContextParts,
} from '../factories.js';

const K = secret('k');
const COST = { input_cost_per_token: 1e-6, output_cost_per_token: 4e-6 };
const TYPES = [
  'chat_completion', 'text_completion', 'responses', 'embedding', 'rerank', 'speech', 'transcription',
  'image_generation', 'image_edit', 'video_generation', 'ocr',
]; // prettier-ignore

function custom(name: string, upstream: string, params: Params = COST): Deployment {
  return deployment(name, { model: `openai/${upstream}`, api_key: K, api_base: 'https://h.example/v1', ...params });
}

function plan(
  deployments: readonly Deployment[],
  parts: ContextParts & { state?: Partial<RecordState>; ours?: readonly string[] } = {},
): Plan[] {
  const context = contextOf(world({ deployments }), parts);
  const planning = { ...context, createdByUs: (_kind: string, name: string) => parts.ours?.includes(name) ?? false };
  return deployments.map((d) => models.plan(d, { ...PENDING, ...parts.state }, planning));
}

function writesOf(p: Plan | undefined): readonly PlannedWrite[] {
  if (p?.outcome !== 'write') throw new Error(JSON.stringify(p));
  return p.writes;
}

const pricesIn = (p: Plan | undefined): readonly PlannedWrite[] =>
  writesOf(p).filter((w) => w.kind === 'pricing_override');

const [first] = plan([custom('a', 'up')]);
const WRITTEN = pricesIn(first)[0] as CreateWrite;
const PROVIDER = WRITTEN.body['provider_id'] as string;

function override(name: string, body: JsonObject): PricingOverrideObject {
  return { kind: 'pricing_override', id: `id ${name}`, name, body: { name, ...body } };
}

/** As it is listed once it was written. */
const there = (body: JsonObject = {}): PricingOverrideObject => override(WRITTEN.name, { ...WRITTEN.body, ...body });

describe('the price of a deployment', () => {
  it('is written after everything else, once for each name a call may be matched by', () => {
    const [limited] = plan([custom('a', 'up', { ...COST, rpm: 5 })]);
    const kinds = ['provider', 'provider_key', 'model_config', 'pricing_override', 'pricing_override'];
    expect(writesOf(limited).map((w) => w.kind)).toEqual(kinds);
    expect(WRITTEN).toMatchObject({
      action: 'create',
      name: `litellm ${PROVIDER}/up`,
      path: '/api/governance/pricing-overrides',
      body: {
        name: `litellm ${PROVIDER}/up`,
        scope_kind: 'provider',
        provider_id: PROVIDER,
        match_type: 'exact',
        pattern: 'up',
        request_types: TYPES,
        patch: COST,
      },
    });
    expect((pricesIn(first)[1] as CreateWrite).body['pattern']).toBe('a');
    expect(WRITTEN.label).toBe(`price "up" on ${PROVIDER} (input 1, output 4 USD per million tokens)`);
  });

  it('is the same on older gateways', () => {
    const old = pricesIn(plan([custom('a', 'up')], { capabilities: OLD_BIFROST })[0]);
    expect(old.map((w) => (w as CreateWrite).body)).toEqual(pricesIn(first).map((w) => (w as CreateWrite).body));
  });

  it('is one write for all that share it, and each deployment tells what was folded', () => {
    const both = plan([custom('a', 'up'), custom('b', 'up', { input_cost_per_token: 2e-6 })]);
    const [a, b] = both.map((p) => pricesIn(p)[0] as CreateWrite);
    expect(a?.name).toBe(b?.name);
    expect(a?.body).toEqual(b?.body);
    expect(both.map((p) => p.findings.map((f) => f.code))).toEqual([['price_folded'], ['price_folded']]);
  });

  it('is settled with the rest of it', () => {
    const ours = writesOf(first).map((w) => w.name);
    const parts = { state: { status: 'written' as const }, objects: [there()] };
    expect(plan([custom('a', 'up')], { ...parts, ours })[0]?.outcome).toBe('settled');
    // A journal of a time before prices were carried gets them in its next run.
    const before = ours.filter((name) => !name.startsWith('litellm '));
    expect(pricesIn(plan([custom('a', 'up')], { ...parts, ours: before })[0])).toHaveLength(2);
  });
});

describe('an override of this program’s name that is there', () => {
  it('is adopted, and what differs is told', () => {
    expect(differences('pricing_override', WRITTEN.body, there())).toEqual([]);
    expect(WRITTEN.adopt(there(), [])).toMatchObject({ verdict: 'adopt', findings: [{ code: 'adopted' }] });
    const cheaper = there({ patch: { input_cost_per_token: 1e-9, output_cost_per_token: 4e-6 } });
    const found = differences('pricing_override', WRITTEN.body, cheaper);
    expect(WRITTEN.adopt(cheaper, found)).toMatchObject({
      verdict: 'adopt',
      findings: [
        { code: 'adopted' },
        { code: 'adopted_differs', severity: 'loss', field: 'patch.input_cost_per_token' },
      ],
    });
  });

  it('is raised when it is ours and a deployment that came since costs more, never lowered', () => {
    const parts = { objects: [there()], ours: [WRITTEN.name] };
    const dearer = custom('b', 'up', { input_cost_per_token: 3e-6, output_cost_per_token: 1e-6 });
    const update = pricesIn(plan([custom('a', 'up'), dearer], parts)[1])[0] as UpdateWrite;
    expect(update).toMatchObject({ action: 'update', id: there().id, name: WRITTEN.name });
    expect(update.path).toBe(`/api/governance/pricing-overrides/${encodeURIComponent(there().id)}`);
    const body = update.body(there());
    expect(body).toMatchObject({ pattern: 'up', patch: { input_cost_per_token: 3e-6, output_cost_per_token: 4e-6 } });
    expect(update.body(there(body as JsonObject))).toBeNull();
    const cheaper = custom('a', 'up', { input_cost_per_token: 1e-9, output_cost_per_token: 1e-9 });
    expect(pricesIn(plan([cheaper], parts)[0])[0]?.action).toBe('create');
  });

  it('is left as it is when it is not ours, and for a deployment that was written before', () => {
    const dearer = custom('a', 'up', { input_cost_per_token: 3e-6 });
    expect(pricesIn(plan([dearer], { objects: [there()] })[0])[0]?.action).toBe('create');
    const written = { objects: [there()], ours: [WRITTEN.name], state: { status: 'written' as const } };
    expect(pricesIn(plan([dearer], written)[0])[0]?.action).toBe('create');
  });

  it('is no reason to change anything in a dry run, where only its name is known', () => {
    const planned = override(WRITTEN.name, {});
    const [p] = plan([custom('a', 'up')], { objects: [{ ...planned, body: {} }], ours: [WRITTEN.name] });
    expect(pricesIn(p)[0]?.action).toBe('create');
  });
});

describe('a price of another hand', () => {
  const theirs = (body: JsonObject): PricingOverrideObject =>
    override('ours since May', {
      scope_kind: 'provider',
      provider_id: PROVIDER,
      match_type: 'exact',
      pattern: 'up',
      request_types: TYPES,
      patch: COST,
      ...body,
    });
  const patternsWith = (body: JsonObject): unknown[] =>
    pricesIn(plan([custom('a', 'up')], { objects: [theirs(body)] })[0]).map((w) => (w as CreateWrite).body['pattern']);
  const said = (body: JsonObject): [string, string][] =>
    (plan([custom('a', 'up')], { objects: [theirs(body)] })[0]?.findings ?? []).map((f) => [f.code, f.severity]);

  it('stays in force for what it covers: nothing is written over it', () => {
    expect(patternsWith({})).toEqual(['a']);
    expect(patternsWith({ match_type: 'wildcard', pattern: 'u*' })).toEqual(['a']);
    expect(patternsWith({ match_type: 'wildcard', pattern: '*' })).toEqual([]);
    expect(patternsWith({ scope_kind: 'global', provider_id: null })).toEqual(['a']);
  });

  it('is told: a loss when it charges less than LiteLLM', () => {
    expect(said({})).toEqual([['price_of_another_hand', 'notice']]);
    expect(said({ patch: { input_cost_per_token: 1, output_cost_per_token: 1 } })).toEqual([
      ['price_of_another_hand', 'notice'],
    ]);
    expect(said({ patch: { ...COST, output_cost_per_token: 1e-9 } })).toEqual([['price_of_another_hand', 'loss']]);
    expect(said({ patch: { input_cost_per_token: 1 } })).toEqual([['price_of_another_hand', 'loss']]);
  });

  it('covers nothing else', () => {
    expect(patternsWith({ provider_id: 'openai' })).toEqual(['up', 'a']);
    expect(patternsWith({ pattern: 'UP' })).toEqual(['up', 'a']);
    expect(patternsWith({ scope_kind: 'virtual_key', provider_id: null })).toEqual(['up', 'a']);
    expect(patternsWith({ match_type: 'wildcard', pattern: 'upper*' })).toEqual(['up', 'a']);
    expect(said({ provider_id: 'openai' })).toEqual([]);
  });

  it('leaves other kinds of requests to ours', () => {
    const [p] = plan([custom('a', 'up')], { objects: [theirs({ request_types: ['chat_completion', 'realtime'] })] });
    const types = (pricesIn(p)[0] as CreateWrite).body['request_types'];
    expect(types).toEqual(TYPES.filter((type) => type !== 'chat_completion' && type !== 'responses'));
    expect(p?.findings.map((f) => f.code)).toEqual(['price_of_another_hand']);
  });

  it('may be ours for one name while ours stands for all of a wildcard', () => {
    const wild = deployment('wild/*', { model: 'openai/*', api_key: K, api_base: 'https://h.example/v1', ...COST });
    const one = theirs({ provider_id: 'wild', pattern: 'gpt' });
    const all = theirs({ provider_id: 'wild', match_type: 'wildcard', pattern: '*' });
    expect(pricesIn(plan([wild], { objects: [one] })[0])[0]).toMatchObject({
      body: { match_type: 'wildcard', pattern: '*' },
    });
    expect(pricesIn(plan([wild], { objects: [all] })[0])).toEqual([]);
  });
});

describe('the budget of a key', () => {
  const budget = { limits: { ...NO_LIMITS, maxBudget: 5 } };
  function told(deployments: readonly Deployment[], parts: ContextParts = {}): (readonly [string, string])[] {
    const context = contextOf(world({ deployments }), parts);
    return virtualKeys
      .plan(virtualKey('k', budget), PENDING, context)
      .findings.filter((f) => f.code === 'budget_without_price')
      .map((f) => [f.severity, f.message] as const);
  }

  it('fills: nothing is said where each name has a price', () => {
    expect(told([custom('a', 'up')])).toEqual([]);
    expect(told([custom('a', 'up')], { capabilities: OLD_BIFROST })).toEqual([]);
    expect(told([deployment('gpt', { model: 'openai/gpt-4o', api_key: K })])).toEqual([]);
    expect(told([custom('a', 'up', { input_cost_per_token: 0, output_cost_per_token: 0 })])).toEqual([]);
  });

  it('never fills for names without a price on either side: a notice that names them', () => {
    const [found] = told([custom('a', 'up'), custom('b', 'other', {})]);
    expect(found?.[0]).toBe('notice');
    expect(found?.[1]).toContain('"b"');
    expect(found?.[1]).not.toContain('"a"');
    const alias = deployment('gpt', { model: 'openai/gpt-4o', api_key: K });
    expect(told([alias], { capabilities: OLD_BIFROST })[0]?.[1]).toContain('"gpt"');
  });

  it('is a loss for names that LiteLLM charges and Bifrost cannot', () => {
    const [found] = told([custom('timed', 'up', { input_cost_per_second: 0.1 }), custom('b', 'other', {})]);
    expect(found?.[0]).toBe('loss');
    expect(found?.[1]).toMatch(/no price for "timed".*knows a price for "b"/);
  });

  it('names wildcards whose names LiteLLM charges one by one', () => {
    const wild = (params: Params): Deployment =>
      deployment('wild/*', { model: 'openai/*', api_key: K, api_base: 'https://h.example/v1', ...params });
    expect(told([wild({})])[0]).toEqual(['loss', expect.stringContaining('"wild/*"')]);
    expect(told([wild(COST)])).toEqual([]);
  });
});

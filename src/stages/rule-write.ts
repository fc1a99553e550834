import { createHash } from 'node:crypto';
import { celList } from '../mapping/cel.js';
import type { Catalog } from '../mapping/catalog.js';
import type { Place, PlannedRule } from '../mapping/rules.js';
import { SINK } from '../mapping/wildcards.js';
import type { Body, RoutingRuleObject, TargetObject } from '../target/objects.js';
import type { Adoption, CreateWrite, PlanContext, PlannedWrite } from './plan.js';
import { adoptionFindings } from './shared.js';

/** A planned rule as requests (mapping.md A5; B§5.7). */

const PATH = '/api/governance/routing-rules';

/** Stands in the description of every rule of ours. */
const AUTHOR = 'litellm-to-bifrost';

export type RulePlan = {
  /** null = it is on Bifrost as planned. */
  readonly write: PlannedWrite | null;
  /** Providers it should lead to that are not on Bifrost yet. */
  readonly missing: readonly string[];
};

/** Its scope and its name: what the rule is looked up by. */
export function ruleObjectName({ name }: PlannedRule): string {
  return `global//${name}`;
}

export function ruleWrite(rule: PlannedRule, context: PlanContext): RulePlan {
  const name = ruleObjectName(rule);
  const [existing] = context.snapshot.find('routing_rule', name);
  const isOurs = existing !== undefined && context.createdByUs('routing_rule', name);
  const there = (provider: string | null): boolean =>
    // Nothing has to be where nobody gets through: Bifrost refuses a provider it does not have.
    provider === null ||
    provider === SINK ||
    context.objectId('provider', provider) !== undefined ||
    // Somebody has deleted it: a rule that is there is left as it is, and leads there when the provider comes again.
    (isOurs && context.createdByUs('provider', provider)) ||
    isBuiltIn(provider, context);
  const places = [...rule.targets.map((t) => t.provider), ...rule.fallbacks.map((f) => f.provider)];
  const missing = [...new Set(places.filter((p): p is string => p !== null && !there(p)))];
  const fallbacks = rule.fallbacks.filter((f) => there(f.provider));
  const targets = rule.targets.filter((t) => there(t.provider));
  const body = bodyOf(rule, targets.length > 0 ? targets : rescue(fallbacks), fallbacks, context);
  if (body === null) return { write: null, missing };
  const label = `rule "${rule.name}" (${rule.condition})`;
  if (isOurs) {
    if (same(existing, body)) return { write: null, missing };
    const path = `${PATH}/${encodeURIComponent(existing.id)}`;
    const update = (current: TargetObject): Body | null =>
      current.kind === 'routing_rule' && !same(current, body) ? body : null;
    return {
      write: { action: 'update', kind: 'routing_rule', name, label, path, id: existing.id, body: update },
      missing,
    };
  }
  const create: CreateWrite = {
    action: 'create',
    kind: 'routing_rule',
    name,
    label,
    path: PATH,
    body,
    adopt: (found, differences) => adopt(rule, found, differences),
    advice: [
      {
        text: 'already exists for scope',
        nextStep: 'Another rule took its priority while this one was written; type `migrate retry --failed`.',
      },
    ],
  };
  return { write: create, missing };
}

/** Known to Bifrost without being configured, so that a fallback may name it; whether anybody may go there is not ours. */
function isBuiltIn(provider: string, context: PlanContext): boolean {
  return !context.catalog.providers.has(provider) && context.capabilities.standardProviders.has(provider);
}

/** Without any provider of the name itself the first that comes after it. */
function rescue(fallbacks: readonly Place[]): PlannedRule['targets'] {
  const first = fallbacks.find(({ model }) => model !== null);
  return first ? [{ ...first, weight: 1 }] : [];
}

function bodyOf(
  rule: PlannedRule,
  targets: PlannedRule['targets'],
  fallbacks: readonly Place[],
  context: PlanContext,
): Body | null {
  if (targets.length === 0) return null;
  const total = targets.reduce((sum, { weight }) => sum + weight, 0);
  return {
    name: rule.name,
    description: rule.description,
    enabled: true,
    chain_rule: false,
    cel_expression: rule.condition + othersExcluded(context),
    targets: targets.map(({ provider, model, weight }) => ({
      ...(provider !== null && { provider }),
      ...(model !== null && { model }),
      weight: weight / total,
    })),
    fallbacks: fallbacks.map(({ provider, model }) => `${provider}/${model ?? ''}`),
    scope: 'global',
    priority: priorityOf(rule, context),
  };
}

const guards = new WeakMap<Catalog, string>();

/** More are not written into a condition that every call evaluates. */
const MOST_EXCLUDED = 200;

/** Virtual keys that were on Bifrost before: their calls go on as they did. */
function othersExcluded(context: PlanContext): string {
  const known = guards.get(context.catalog);
  if (known !== undefined) return known;
  const others = foreignKeys(context);
  const guard =
    others.length === 0 || others.length > MOST_EXCLUDED ? '' : ` && !(virtual_key_id in ${celList(others)})`;
  guards.set(context.catalog, guard);
  return guard;
}

/** Ids of virtual keys that do not come from LiteLLM: ours carry a marker (V2). */
export function foreignKeys(context: PlanContext): readonly string[] {
  return context.snapshot
    .all('virtual_key')
    .filter(({ description }) => !description.includes('LiteLLM key '))
    .map(({ id }) => id)
    .sort();
}

export function excludesOthers(count: number): boolean {
  return count <= MOST_EXCLUDED;
}

/** Names of enabled global rules that are not ours and come first. */
export function rulesBeforeOurs(context: Pick<PlanContext, 'snapshot'>): readonly string[] {
  return context.snapshot
    .all('routing_rule')
    .filter(({ body }) => body['enabled'] !== false && (body['scope'] ?? 'global') === 'global')
    .filter(({ body: { description, priority } }) => {
      const ours = typeof description === 'string' && description.includes(AUTHOR);
      return !ours && (typeof priority === 'number' ? priority : 0) < BANDS.name;
    })
    .map(({ name }) => name.slice('global//'.length))
    .sort();
}

const BANDS = { name: 1_000_000, pattern: 2_000_000, closed: 4_000_000 } as const;
const SPAN = 1_000_000;
const STEP = 1_000;

/** In a band of our own, stable for the name; what is taken is passed over. A rule that is there keeps its own. */
function priorityOf(rule: PlannedRule, context: PlanContext): number {
  const rules = context.snapshot.all('routing_rule').filter(({ body }) => (body['scope'] ?? 'global') === 'global');
  const own = rules.find(({ name }) => name === `global//${rule.name}`)?.body['priority'];
  if (typeof own === 'number') return own;
  const taken = new Set(rules.map(({ body }) => body['priority'] ?? 0));
  const hash = createHash('sha256').update(rule.name).digest().readUInt32BE(0);
  const [start, span] =
    rule.band === 'pattern'
      ? [BANDS.pattern + (SPAN / STEP - Math.min(rule.specificity, SPAN / STEP - 1)) * STEP, STEP]
      : [BANDS[rule.band], SPAN];
  let priority = start + (hash % span);
  while (taken.has(priority)) priority += 1;
  return priority;
}

const DECIDING = ['cel_expression', 'targets', 'fallbacks', 'enabled'] as const;

/** Does the rule on Bifrost decide as planned? What people may edit besides (description, priority) does not matter. */
function same({ body: found }: RoutingRuleObject, body: Body): boolean {
  return DECIDING.every((member) => {
    if (member !== 'targets') return canonical(found[member]) === canonical(body[member]);
    // The gateway lists targets in an order of its own (seen on 1.5.16).
    return canonical(sorted(found[member])) === canonical(sorted(body[member]));
  });
}

function sorted(list: unknown): unknown {
  return Array.isArray(list) ? list.map(canonical).sort() : list;
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value).filter(([, member]) => member !== null && member !== '');
    return `{${members
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([k, v]) => `${k}:${canonical(v)}`)
      .join(',')}}`;
  }
  return value === undefined ? '[]' : JSON.stringify(value);
}

function adopt(
  rule: PlannedRule,
  existing: Parameters<CreateWrite['adopt']>[0],
  differences: Parameters<CreateWrite['adopt']>[1],
): Adoption {
  const relevant = differences.filter(({ field }) => !['description', 'priority'].includes(field));
  if (relevant.length === 0) return { verdict: 'adopt', findings: adoptionFindings('routing rule', rule.name, []) };
  return {
    verdict: 'conflict',
    message: `a routing rule named "${rule.name}" is on Bifrost and leads elsewhere (${relevant.map((d) => `${d.field} is ${d.found}, not ${d.wanted}`).join('; ')})`,
    nextStep: `Rename or delete it there (${existing.id}), then run again.`,
  };
}

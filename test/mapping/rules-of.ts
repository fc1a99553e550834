import { expect } from 'vitest';
import type { PlannedRule } from '../../src/mapping/rules.js';
import type { Deployment, Params } from '../../src/sources/records.js';
import { catalogOf, deployment, secret, world, type CatalogParts, type WorldParts } from '../factories.js';

/** A deployment with a key of its own, called by what it sends to. */
export function served(name: string, model: string, more: Params = {}, over: Partial<Deployment> = {}): Deployment {
  return deployment(name, { model, api_key: secret(`key of ${model}`), ...more }, over);
}

/** Every rule that is written with some deployment, by its name. */
export function rulesOf(parts: WorldParts, more: CatalogParts = {}): Map<string, PlannedRule> {
  const w = world(parts);
  const catalog = catalogOf(w, more);
  return new Map(w.deployments.flatMap((d) => catalog.rulesOf(d.id)).map((rule) => [rule.name, rule]));
}

export function only(parts: WorldParts, more: CatalogParts = {}): PlannedRule {
  const rules = [...rulesOf(parts, more).values()];
  expect(rules).toHaveLength(1);
  return rules[0] as PlannedRule;
}

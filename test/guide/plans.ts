import { KNOWN_STANDARD_PROVIDERS } from '../../src/mapping/providers.js';
import type { Deployment, SourceRecord } from '../../src/sources/records.js';
import { stages } from '../../src/stages/index.js';
import type { CreateWrite, Plan, RecordState } from '../../src/stages/plan.js';
import { contextOf, PENDING, world, type ContextParts, type WorldParts } from '../factories.js';

/** What the stages plan for one record of a world, on a gateway that has every provider Bifrost has. */

export type Body = Record<string, unknown>;
export type Parts = ContextParts & { readonly world?: WorldParts; readonly state?: Partial<RecordState> };

const STANDARD = { standardProviders: new Set(KNOWN_STANDARD_PROVIDERS) };

/** The plan of the first stage that is about this kind of record. */
export function planOf(record: SourceRecord, parts: Parts = {}): Plan {
  const stage = stages.find((one) => one.kinds.includes(record.kind));
  if (stage === undefined) throw new Error(`no stage plans a ${record.kind}`);
  const w = world(record.kind === 'deployment' ? { deployments: [record], ...parts.world } : parts.world);
  const context = contextOf(w, { ...parts, capabilities: { ...STANDARD, ...parts.capabilities } });
  return stage.plan(record, { ...PENDING, ...parts.state }, context);
}

export function creationsOf(record: SourceRecord, parts: Parts = {}): readonly CreateWrite[] {
  const plan = planOf(record, parts);
  if (plan.outcome !== 'write') throw new Error(`${plan.outcome}: ${JSON.stringify(plan)}`);
  return plan.writes.flatMap((write) => (write.action === 'create' ? [write] : []));
}

/** Bodies of one kind of object, in order. */
export function bodiesOf(kind: CreateWrite['kind'], record: SourceRecord, parts: Parts = {}): readonly Body[] {
  return creationsOf(record, parts).flatMap((write) => (write.kind === kind ? [write.body as Body] : []));
}

/** The body of the one object a record is. */
export function bodyOf(record: SourceRecord, parts: Parts = {}): Body {
  const [first] = creationsOf(record, parts);
  if (first === undefined) throw new Error('nothing is created');
  return first.body;
}

export function providerOf(deployment: Deployment, parts: Parts = {}): Body {
  return bodiesOf('provider', deployment, parts)[0] ?? {};
}

/** `skipped partial_wildcard`, `failed undecryptable`, or the outcome alone. */
export function fateOf(record: SourceRecord, parts: Parts = {}): string {
  const plan = planOf(record, parts);
  return 'reason' in plan ? `${plan.outcome} ${plan.reason}` : plan.outcome;
}

export function codesOf(record: SourceRecord, parts: Parts = {}): readonly string[] {
  return planOf(record, parts).findings.map(({ code }) => code);
}

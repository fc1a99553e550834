import type { FaultRule } from '../../src/sandbox/bifrost/faults.js';

/** What is created where, and how it is looked for. */
const KINDS = [
  { kind: 'provider', create: '^/api/providers$', look: '^/api/providers/[^/]+$' },
  { kind: 'provider key', create: '^/api/providers/[^/]+/keys$', look: '^/api/providers/[^/]+/keys$' },
  { kind: 'customer', create: '/governance/customers$', look: '/governance/customers$' },
  { kind: 'team', create: '/governance/teams$', look: '/governance/teams$' },
  { kind: 'user', create: '/users$', look: '/users$' },
  { kind: 'member', create: '/members$', look: '/members$' },
  { kind: 'virtual key', create: '/governance/virtual-keys$', look: '/governance/virtual-keys$' },
  { kind: 'model config', create: '/governance/model-configs$', look: '/governance/model-configs$' },
  { kind: 'routing rule', create: '/governance/routing-rules$', look: '/governance/routing-rules$' },
  { kind: 'price', create: '/governance/pricing-overrides$', look: '/governance/pricing-overrides$' },
] as const;
export type LateKind = (typeof KINDS)[number]['kind'];

/** The first write of these kinds is never answered, and lands once it was looked for so many times. */
export function landsAfterLooks(
  looks: number,
  isMeant: (kind: LateKind) => boolean = () => true,
): readonly FaultRule[] {
  return KINDS.filter(({ kind }) => isMeant(kind)).map(({ create, look }) => ({
    match: { method: 'POST', pathRegex: create, nth: 1 },
    fault: { kind: 'overtaken', by: { method: 'GET', pathRegex: look, count: looks } },
  }));
}

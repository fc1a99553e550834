import type { JsonObject } from '../json.js';
import { providerConfigs } from '../mapping/allow-list.js';
import { managementOnly } from '../mapping/routes-of-keys.js';
import type { VirtualKey } from '../sources/records.js';
import type { Body, Difference, TargetObject } from '../target/objects.js';
import { allowListOf, type KeyAccess } from './key-access.js';
import { completed, fingerprintOf, LIMITS_DUE, missingList, without } from './key-completion.js';
import { describe, expired } from './key-description.js';
import { plannedRights } from './key-rights.js';
import { subjectOf, type KeySubject } from './key-subject.js';
import type { Adoption, CreateWrite, Plan, PlanContext, RecordState, Stage } from './plan.js';
import { adoptionFindings, fail, nameFor, skip, wait, withoutId, write } from './shared.js';

/** Virtual keys → virtual keys (mapping.md V1–V11, R2, R5). */
export const virtualKeys: Stage<VirtualKey> = {
  name: 'virtual-keys',
  kinds: ['virtual_key'],
  parallel: 'many',
  plan: (key, state, context) => {
    const unknown = withoutId(key);
    if (unknown) return unknown;
    const skipped = notCarriedAtAll(key, context);
    if (skipped && state.status !== 'written') return skipped;
    const subject = subjectOf(key, context);
    const access = allowListOf(subject, context);
    if (state.status === 'written') return completed(key, state, subject, access, context);
    return created(key, state, subject, access, context);
  },
};

/** V1: what is no inference key of a person or a program. */
function notCarriedAtAll(key: VirtualKey, context: PlanContext): Plan | null {
  if (key.teamId === 'litellm-dashboard')
    return skip('dashboard_session', 'a dashboard login of LiteLLM, not a key of a caller');
  if (managementOnly(key.allowedRoutes)) {
    return skip(
      'not_an_inference_key',
      `it may only call management routes (${key.allowedRoutes.join(', ')}), which virtual keys cannot`,
      key.notes,
    );
  }
  if (expired(key, context.now) && context.settings.expired === 'skip') {
    return skip(
      'expired',
      `it expired on ${key.expires?.slice(0, 10)}; --expired inactive creates it inactive`,
      key.notes,
    );
  }
  return null;
}

function created(
  key: VirtualKey,
  state: RecordState,
  subject: KeySubject,
  access: KeyAccess,
  context: PlanContext,
): Plan {
  const naming = nameFor(key, state, context, 'virtual key');
  if (!naming.ok) return naming.plan;
  const { limits, perModel, owner, off, refused, refusedBy, answered, expiry, ...described } = describe(
    key,
    subject,
    access,
    context,
  );
  const findings = [...naming.findings, ...described.findings];
  if (limits.error !== null) {
    return fail('limit_unreadable', limits.error, 'Correct it in LiteLLM and run again.', findings);
  }
  if (owner.missing && context.settings.requireOwner) return wait('owner', owner.missing.message, findings);
  const entries = without(access.list.entries, refused);
  const body: Body = {
    name: naming.name,
    description: marker(key),
    is_active: off.length === 0,
    ...owner.body,
    ...expiry.body,
    ...(limits.budgets.length > 0 && { budgets: limits.budgets }),
    ...(limits.rateLimit && { rate_limit: limits.rateLimit }),
    provider_configs: providerConfigs(entries),
  };
  const create: CreateWrite = {
    action: 'create',
    kind: 'virtual_key',
    name: naming.name,
    label: `vkey "${naming.name}" (owner=${owner.label}, providers=${entries.length})`,
    path: '/api/governance/virtual-keys',
    body,
    // A key whose owner is missing for now must not lose the one it has.
    ...(owner.missing !== null && { keep: ['owner'] }),
    adopt: (existing, differences) => adoptKey(key, existing, differences),
  };
  const missing = [...(owner.missing ? [owner.missing] : []), ...missingList(access.list)];
  const grant = fingerprintOf(access.list);
  const rights = plannedRights(access, { names: refused, code: refusedBy, answered, entries }, context);
  const inactive = off.length === 0 ? {} : { inactive: [...new Set(off.map(({ code }) => code))] };
  const detail: JsonObject = { grant, rights: rights.id, ...inactive };
  // Model configs of the key need its id: planned in a second round, once it is written.
  const again = perModel.limits.length > 0;
  const plan = write([create], create, findings, missing, again ? { ...detail, ...LIMITS_DUE } : detail);
  return plan.outcome === 'write' ? { ...plan, rights, ...(again && { again }) } : plan;
}

/** Recognises our own object later, whatever it is called then (V2). */
export function marker(key: VirtualKey): string {
  return `LiteLLM key ${key.id.slice(0, 16)}`;
}

/** A key of that name that is not ours may open other models to whoever holds it: adopted only when nothing differs. */
function adoptKey(key: VirtualKey, existing: TargetObject, differences: readonly Difference[]): Adoption {
  const ours = existing.kind === 'virtual_key' && existing.description.includes(marker(key));
  const relevant = differences.filter((d) => d.field !== 'description');
  if (ours || relevant.length === 0)
    return { verdict: 'adopt', findings: adoptionFindings('virtual key', existing.name, relevant) };
  return {
    verdict: 'conflict',
    message: `a virtual key named "${existing.name}" is on Bifrost and is not this one (${relevant.map((d) => d.field).join(', ')} differ)`,
    nextStep: 'Rename one of the two, then run again.',
  };
}

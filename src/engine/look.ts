import { failpoint } from '../failpoint.js';
import type { ObjectKind, TargetObject } from '../target/objects.js';
import type { Capabilities, FindHint } from '../target/target.js';
import { pause, type RunState } from './run-state.js';

/**
 * A request that timed out here may still be carried out there. Where the gateway keeps names unique a late one only
 * makes the next attempt answer "exists"; where it does not there would be two objects: wait longer before the second look.
 */
const SECOND_LOOK_MS = 500;
const SECOND_LOOK_WITHOUT_UNIQUENESS_MS = 5_000;

/** Looks twice before it says that nothing is there. @throws Interrupted, or MigrateError when reading fails. */
export async function lookFor(
  state: RunState,
  kind: ObjectKind,
  name: string,
  hint: FindHint,
): Promise<readonly TargetObject[]> {
  const first = await state.target.find(kind, name, hint);
  if (first.length > 0) return first;
  failpoint('look.again', kind); // FAILPOINT
  await pause(state, secondLookAfter(kind, state.target.capabilities));
  return state.target.find(kind, name, hint);
}

export function secondLookAfter(kind: ObjectKind, capabilities: Capabilities): number {
  return namesAreUnique(kind, capabilities) ? SECOND_LOOK_MS : SECOND_LOOK_WITHOUT_UNIQUENESS_MS;
}

/** Limits of a virtual key are in no snapshot (B§5.6): only asking for them by name shows them. */
export function isListed(kind: ObjectKind, name: string): boolean {
  return kind !== 'model_config' || !name.startsWith('virtual_key/');
}

/** B§5.10. Model configs without a provider and global rules are checked, but not atomically (B§5.6, B§5.7). */
export function namesAreUnique(kind: ObjectKind, { uniqueCustomerNames }: Capabilities): boolean {
  if (kind === 'customer') return uniqueCustomerNames;
  return kind !== 'pricing_override' && kind !== 'routing_rule' && kind !== 'model_config';
}

import type { Journal } from '../journal/journal.js';
import type { TargetObject } from '../target/objects.js';

/**
 * What tells later whether somebody has put another value into a provider key: an HMAC of what Bifrost shows of it (first and
 * last four bytes, B§4.4). null for all other kinds: their bodies say everything.
 */
export function shownOf({ fingerprint }: Pick<Journal, 'fingerprint'>, object: TargetObject): string | null {
  return object.kind === 'provider_key' ? fingerprint(`${object.reference ?? ''} ${object.redactedValue}`) : null;
}

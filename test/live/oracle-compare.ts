import type { BifrostAnswer, BifrostFallback } from '../oracles/bifrost/oracle.js';
import { member, textMember, type Answer } from './answer.js';

/** What the oracle expects of a call. */
export type Expected = {
  /** Places, and how often calls get there. */
  readonly shares: ReadonlyMap<string, number>;
  /** Where a call may end when the connection to its upstream breaks, which happens now and then. */
  readonly mishaps: ReadonlySet<string>;
};

const FAILING = /fail-\d+/;
const RARE = 0.12;
const DRIFT = 0.22;
const MISHAPS = 0.05;

/** The upstream refuses models named `fail-<status>`: such a call goes to the first fallback that does not fail, or fails. */
export function expectations(answer: BifrostAnswer, shown: (key: string) => string): Expected {
  const shares = new Map<string, number>();
  const expect = (place: string, share: number) => shares.set(place, (shares.get(place) ?? 0) + share);
  if (!answer.allowed) return { shares: shares.set(refusedPlace(answer.status), 1), mishaps: new Set() };
  const standby = standbyOf(answer.fallbacks);
  for (const reach of answer.reaches) {
    if (!FAILING.test(reach.upstream)) expect(placeOf(reach, shown), reach.share);
    else if (standby.length === 0) expect(FAILED, reach.share);
    else for (const fallback of standby) expect(placeOf(fallback, shown), reach.share / standby.length);
  }
  if (answer.refusedShare > 0) expect(REFUSED, answer.refusedShare);
  return { shares, mishaps: new Set([FAILED, ...answer.fallbacks.map((fallback) => placeOf(fallback, shown))]) };
}

/** The first that does not fail, with the other keys that may answer in its place. */
function standbyOf(fallbacks: readonly BifrostFallback[]): readonly BifrostFallback[] {
  const working = fallbacks.filter((fallback) => !FAILING.test(fallback.upstream));
  return working.filter((fallback) => fallback.provider === working[0]?.provider);
}

export const FAILED = 'failed upstream';
const REFUSED = 'refused';

export function refusedPlace(status: number): string {
  return `${REFUSED} ${status}`;
}

export function placeOf({ provider, key, upstream }: BifrostFallback, shown: (key: string) => string): string {
  return `${provider} | ${key === null ? 'no key' : shown(key)} | ${upstream}`;
}

/** Reads one answer of the gateway the way expectations are written. */
export function seenPlace(answer: Answer, body: unknown): string {
  if (answer.kind === 'reached' && answer.upstream !== null) {
    const provider = textMember(member(body, 'extra_fields'), 'provider') ?? '';
    const { credential, model } = answer.upstream;
    return `${provider} | ${credential === null ? 'no key' : redacted(credential)} | ${model}`;
  }
  return answer.status === 503 ? FAILED : refusedPlace(answer.status);
}

/** As the gateway shows secrets (B§4.4). */
export function redacted(secret: string): string {
  return secret.length <= 8 ? '*'.repeat(secret.length) : `${secret.slice(0, 4)}${'*'.repeat(24)}${secret.slice(-4)}`;
}

/** Why these calls are not what was expected; empty = they are. */
export function disagreements({ shares, mishaps }: Expected, seen: readonly string[]): readonly string[] {
  // Draws that are all refused may be refused for different reasons; the oracle names the first.
  const expectedSeen = seen.some((place) => shares.has(place));
  if (expectedSeen && [...seen, ...shares.keys()].every((place) => place.startsWith(REFUSED))) return [];
  const counts = new Map<string, number>();
  for (const place of seen.map((each) => known(each, shares))) counts.set(place, (counts.get(place) ?? 0) + 1);
  const found: string[] = [];
  for (const [place, count] of counts) {
    const chance = (mishaps.has(place) || place.startsWith(REFUSED)) && count <= MISHAPS * seen.length;
    if (!shares.has(place) && !chance)
      found.push(`the gateway answers ${place} (${count} of ${seen.length}), the oracle does not`);
  }
  for (const [place, share] of shares) {
    const frequency = (counts.get(place) ?? 0) / seen.length;
    if (frequency === 0 && share > RARE)
      found.push(`the oracle expects ${place} (${share.toFixed(2)}), the gateway never answers it`);
    else if (Math.abs(frequency - share) > DRIFT)
      found.push(`${place}: ${share.toFixed(2)} expected, ${frequency.toFixed(2)} seen`);
  }
  return found;
}

/** A share that is refused may be refused with any status. */
function known(place: string, shares: ReadonlyMap<string, number>): string {
  return !shares.has(place) && place.startsWith(REFUSED) && shares.has(REFUSED) ? REFUSED : place;
}

import type { Arrival, Refusal } from './admission.js';

/** Where a call goes that was refused nowhere before, or that takes a refused one's place. */
export type BifrostFallback = Omit<Arrival, 'share'>;

export type BifrostAnswer =
  | { readonly allowed: false; readonly status: number; readonly why: string }
  | {
      readonly allowed: true;
      /** Where calls arrive that nobody has failed: shares add up to 1, together with `refusedShare`, where `certain`. */
      readonly reaches: readonly Arrival[];
      /** The share of calls that a rule sends where this virtual key may not go. */
      readonly refusedShare: number;
      /** What the virtual key may really use once an upstream fails, in order. */
      readonly fallbacks: readonly BifrostFallback[];
      /**
       * false = it depends on what the gateway has found out about models. `reaches` then holds whatever may be reached in
       * any case, each with its highest share, and `refusedShare` the highest too.
       */
      readonly certain: boolean;
    };

/** What one kind of call, in one state of the catalog, comes to. */
export type Verdict = {
  readonly reaches: readonly Arrival[];
  readonly fallbacks: readonly Arrival[];
  readonly refusedShare: number;
  readonly refusal: Refusal | null;
};

/** One answer for all states that cannot be told apart from here: what any of them lets through is let through. */
export function answerFor(verdicts: readonly Verdict[]): BifrostAnswer {
  const settled = verdicts.map(({ reaches, fallbacks, refusedShare }) => ({
    reaches: strongest(added(reaches)),
    fallbacks: withoutRepeats(fallbacks),
    refusedShare,
  }));
  const reaches = strongest(settled.flatMap((verdict) => verdict.reaches));
  if (reaches.length === 0) {
    const refusal = verdicts.find((verdict) => verdict.refusal !== null)?.refusal;
    return { allowed: false, ...(refusal ?? { status: 400, why: 'nothing to try' }) };
  }
  const texts = new Set(settled.map((verdict) => JSON.stringify(verdict)));
  return {
    allowed: true,
    reaches,
    refusedShare: Math.max(...settled.map((verdict) => verdict.refusedShare)),
    fallbacks: withoutRepeats(settled.flatMap((verdict) => verdict.fallbacks)),
    certain: texts.size === 1,
  };
}

function placeOf({ provider, key, upstream }: BifrostFallback): string {
  return JSON.stringify([provider, key, upstream]);
}

/** Several draws may lead to one place. */
function added(arrivals: readonly Arrival[]): Arrival[] {
  return joined(arrivals, (one, other) => one + other);
}

function strongest(arrivals: readonly Arrival[]): Arrival[] {
  return joined(arrivals, Math.max).sort((one, other) => (placeOf(one) < placeOf(other) ? -1 : 1));
}

function joined(arrivals: readonly Arrival[], join: (one: number, other: number) => number): Arrival[] {
  const places = new Map<string, Arrival>();
  for (const arrival of arrivals) {
    const before = places.get(placeOf(arrival));
    places.set(
      placeOf(arrival),
      before === undefined ? arrival : { ...arrival, share: join(before.share, arrival.share) },
    );
  }
  return [...places.values()];
}

function withoutRepeats(fallbacks: readonly BifrostFallback[]): BifrostFallback[] {
  const places = new Map(fallbacks.map((fallback) => [placeOf(fallback), fallback]));
  return [...places.values()].map(({ provider, key, upstream }) => ({ provider, key, upstream }));
}

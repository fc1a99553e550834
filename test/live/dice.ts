/** Chance that repeats itself: the same seed throws the same numbers everywhere. */
export type Dice = {
  /** 0 ≤ n < below. */
  readonly under: (below: number) => number;
  readonly chance: (probability: number) => boolean;
  readonly pick: <T>(list: readonly T[]) => T;
  /** Up to `most` different ones, in the order of the list. */
  readonly some: <T>(list: readonly T[], most: number) => T[];
};

/** mulberry32, a public-domain generator of 32 bits: enough for a test world. */
export function dice(seed: number): Dice {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const under = (below: number) => Math.floor(next() * below);
  const pick = <T>(list: readonly T[]): T => {
    const chosen = list[under(list.length)];
    if (chosen === undefined) throw new Error('nothing to pick from');
    return chosen;
  };
  const some = <T>(list: readonly T[], most: number): T[] => {
    const chosen = new Set(Array.from({ length: under(most) + 1 }, () => pick(list)));
    return list.filter((item) => chosen.has(item));
  };
  return { under, chance: (probability) => next() < probability, pick, some };
}

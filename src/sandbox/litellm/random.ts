/** A small deterministic generator (mulberry32): the same seed gives the same world on every machine. */
export type Random = {
  /** 0 ≤ x < 1 */
  readonly next: () => number;
  /** An integer, 0 ≤ x < bound. */
  readonly below: (bound: number) => number;
  readonly pick: <T>(items: readonly T[]) => T;
  readonly bytes: (length: number) => Buffer;
  readonly hex: (length: number) => string;
  readonly uuid: () => string;
};

/** `stream` keeps generators of one seed apart, e.g. one per key, so that a row does not depend on the rows before it. */
export function createRandom(seed: number, stream = 0): Random {
  let state = (Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(stream + 1, 0xc2b2ae35)) >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
  const below = (bound: number): number => Math.floor(next() * bound);
  const bytes = (length: number): Buffer => Buffer.from(Array.from({ length }, () => below(256)));
  const hex = (length: number): string =>
    bytes(Math.ceil(length / 2))
      .toString('hex')
      .slice(0, length);
  return {
    next,
    below,
    pick: (items) => {
      if (items.length === 0) throw new RangeError('pick() from an empty list');
      return items[below(items.length)] as (typeof items)[number];
    },
    bytes,
    hex,
    uuid: () => `${hex(8)}-${hex(4)}-4${hex(3)}-a${hex(3)}-${hex(12)}`,
  };
}

/** An invented secret: unique in its world and easy to find where it must not be. */
export function canary(random: Random, label: string): string {
  return `CANARY-${label}-${random.hex(12)}`;
}

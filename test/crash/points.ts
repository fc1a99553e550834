import { readFileSync } from 'node:fs';

/** One passing of a failpoint in an undisturbed run. */
export type Point = {
  /** Its number: `MIGRATE_FAILPOINT=any:<n>` dies there. */
  readonly n: number;
  /** Place and what it was about: `send.written POST`. */
  readonly label: string;
  /** How often this label was passed before, plus one. */
  readonly nth: number;
};

/** Everything a run has passed, from the file MIGRATE_FAILPOINT_COUNT named. */
export function pointsIn(file: string): readonly Point[] {
  const times = new Map<string, number>();
  return readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => {
      const [number = '', ...label] = line.split(' ');
      const nth = (times.get(label.join(' ')) ?? 0) + 1;
      times.set(label.join(' '), nth);
      return { n: Number(number), label: label.join(' '), nth };
    });
}

/**
 * `count` of them, as different as can be: labels before repetitions of labels, spread over all of them. `turn` of `turns`
 * gives each caller another part, so that together they reach every label if there is room.
 */
export function spread(points: readonly Point[], count: number, turn = 0, turns = 1): readonly Point[] {
  const byLabel = grouped(points);
  const firsts = [...byLabel.values()].map((same, index) => same[(index + turn) % same.length] as Point);
  const own = firsts.filter((_, index) => index % turns === turn);
  const chosen = every(own, count);
  const rest = points.filter((point) => !chosen.includes(point));
  return [...chosen, ...every(rest, count - chosen.length)].sort((a, b) => a.n - b.n);
}

function grouped(points: readonly Point[]): Map<string, Point[]> {
  const groups = new Map<string, Point[]>();
  for (const point of points) groups.set(point.label, [...(groups.get(point.label) ?? []), point]);
  return groups;
}

/** `count` items at even distances; all of them when there are no more. */
function every<T>(items: readonly T[], count: number): readonly T[] {
  if (count >= items.length) return items;
  return Array.from({ length: Math.max(0, count) }, (_, at) => items[Math.floor((at * items.length) / count)] as T);
}

/** Chance that can be repeated: the same seed draws the same numbers. */
export function dice(seed: number): (sides: number) => number {
  let state = seed >>> 0;
  return (sides) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * sides);
  };
}

/** The sandbox world was made on this day; nothing in it depends on when it is served. */
const WORLD_START = Date.UTC(2026, 0, 5, 8, 0, 0);

/** UTC without a zone, milliseconds, as a `timestamp(3)` column holds it. */
export function at(secondsAfterStart: number): string {
  return new Date(WORLD_START + secondsAfterStart * 1000 + 123).toISOString().slice(0, -1);
}

/** As lists print it: `2026-01-05T08:00:00.123000Z`; a whole second has no fraction (contracts L§4.13). */
export function zulu(stamp: string | null): string | null {
  return stamp === null ? null : `${python(stamp)}Z`;
}

/** As `/key/info` prints it: `2026-01-05T08:00:00.123000+00:00`. */
export function offset(stamp: string | null): string | null {
  return stamp === null ? null : `${python(stamp)}+00:00`;
}

export type Stamp = typeof zulu;

function python(stamp: string): string {
  return stamp.endsWith('.000') ? stamp.slice(0, -4) : `${stamp}000`;
}

export function millisecondsOf(stamp: string): number {
  return Date.parse(`${stamp}Z`);
}

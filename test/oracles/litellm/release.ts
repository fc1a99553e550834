/** The lines of releases that decide differently (L§0): 1.81.13, 1.106.2 and 1.109.1 were run. */
export type Release = '1.81' | '1.106' | '1.109';

/** Strictest first; what an unknown version is judged by: all of them. */
export const UNKNOWN_VERSION: readonly Release[] = ['1.109', '1.81'];

/** Versions between the ones run count as the next newer line, whose checks are the stricter ones except for fallbacks. */
export function releasesOf(version: string | null): readonly Release[] {
  const match = /^v?(\d+)\.(\d+)/.exec(version ?? '');
  if (match === null) return UNKNOWN_VERSION;
  const line = Number(match[1]) * 10_000 + Number(match[2]);
  if (line < 10_084) return ['1.81'];
  return [line < 10_109 ? '1.106' : '1.109'];
}

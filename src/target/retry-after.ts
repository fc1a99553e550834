/** Longest wait a gateway can ask for; a wrong clock on either side must not stop a run for hours. */
const LONGEST_MS = 10 * 60_000;

/** `Retry-After` as seconds or HTTP date → milliseconds from `now`, never negative; null when absent or unreadable. */
export function retryAfterMs(header: string | undefined, now: number): number | null {
  const text = header?.trim() ?? '';
  if (text === '') return null;
  if (/^\d+(\.\d+)?$/.test(text)) return Math.min(Number(text) * 1000, LONGEST_MS);
  // Only the date forms of RFC 9110 begin with the name of a day; Date.parse alone would take "2026" or "-5" too.
  const time = /^[A-Z][a-z]+,? /.test(text) ? Date.parse(text) : NaN;
  return Number.isNaN(time) ? null : Math.min(Math.max(time - now, 0), LONGEST_MS);
}

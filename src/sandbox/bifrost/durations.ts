/** The gateway's duration grammar (B§5.2): a Go duration, or a number followed by d, w, M (30 days) or Y (365 days). */

const NANOSECONDS = {
  ns: 1n,
  us: 1_000n,
  µs: 1_000n,
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
} as const satisfies Record<string, bigint>;
const LONG_UNITS: { readonly [unit: string]: bigint } = { d: 24n, w: 24n * 7n, M: 24n * 30n, Y: 24n * 365n };
const LARGEST = 2n ** 63n - 1n;

/** Nanoseconds, or null for a text the gateway cannot read. Values beyond some 292 years wrap around, as there. */
export function parseDuration(text: string): bigint | null {
  const hours = LONG_UNITS[text.slice(-1)];
  if (hours === undefined) return parseGoDuration(text);
  // The number in front of the unit is read as hours first, which is why "1d12h" is refused and "+1d" is not.
  const inHours = parseGoDuration(`${text.slice(0, -1)}h`);
  return inHours === null ? null : BigInt.asIntN(64, inHours * hours);
}

export function durationMs(text: string): number {
  return Number(parseDuration(text) ?? 0n) / 1e6;
}

function parseGoDuration(text: string): bigint | null {
  const signed = /^([+-]?)(.*)$/s.exec(text);
  const body = signed?.[2] ?? '';
  if (body === '0') return 0n;
  if (!/^(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+$/.test(body)) return null;
  let total = 0n;
  for (const [, amount = '0', unit = 's'] of body.matchAll(/(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)/g)) {
    const scale = NANOSECONDS[(unit === 'μs' ? 'µs' : unit) as keyof typeof NANOSECONDS];
    const [whole = '0', fraction = ''] = amount.split('.');
    total += BigInt(whole || '0') * scale + BigInt(Math.trunc(Number(`0.${fraction || '0'}`) * Number(scale)));
    if (total > LARGEST) return null;
  }
  return signed?.[1] === '-' ? -total : total;
}

/** Start of the calendar window a time lies in: UTC midnight, Monday, first of the month, 1 January (B§5.2). */
export function windowStart(duration: string, now: Date): Date {
  const day = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate()));
  switch (duration.slice(-1)) {
    case 'd':
      return day;
    case 'w':
      return new Date(day.getTime() - ((day.getUTCDay() + 6) % 7) * 86_400_000);
    case 'M':
      return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), 1));
    case 'Y':
      return new Date(Date.UTC(now.getUTCFullYear(), 0, 1));
    default:
      return now;
  }
}

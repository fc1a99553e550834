/**
 * How long what is left will take. On gateways from 1.5.12 on the cost of one virtual key grows with the number there
 * (B§13.1: 9 ms at none, 97 ms at 10,000 on 1.5.16); what was measured in this run scales that line to this machine.
 */

const FIRST_MS = 9;
const PER_THOUSAND_MS = 8.8;
/** Recent enough to tell the gateway of now, long enough to be no accident. */
const RECENT = 200;
const ENOUGH = 5;

export type Growth = {
  /** Objects of the kind on the gateway when the stage begins. */
  readonly already: number;
  /** Does the cost of the next one grow with their number? */
  readonly grows: boolean;
};

export class Estimate {
  readonly #growth: Growth;
  /** Time stamps of the last settled ones. */
  readonly #stamps: number[] = [];
  #done = 0;

  constructor(growth: Growth, startedAt: number) {
    this.#growth = growth;
    this.#stamps.push(startedAt);
  }

  settled(now: number): void {
    this.#done += 1;
    this.#stamps.push(now);
    if (this.#stamps.length > RECENT) this.#stamps.shift();
  }

  /** Milliseconds for `left` more; null = nothing to go by yet. */
  expect(left: number): number | null {
    if (left <= 0) return 0;
    const { already, grows } = this.#growth;
    const there = already + this.#done;
    const measured = this.#perItem();
    if (!grows) return measured === null ? null : Math.round(measured * left);
    const scale = measured === null ? 1 : measured / modelled(there);
    return Math.round(scale * (left * modelled(there) + (PER_THOUSAND_MS / 1000) * (left * left * 0.5)));
  }

  #perItem(): number | null {
    const [first] = this.#stamps;
    const last = this.#stamps.at(-1);
    if (this.#done < ENOUGH || first === undefined || last === undefined) return null;
    return (last - first) / (this.#stamps.length - 1);
  }
}

/** Milliseconds one virtual key costs when so many are there. */
function modelled(there: number): number {
  return FIRST_MS + (PER_THOUSAND_MS * there) / 1000;
}

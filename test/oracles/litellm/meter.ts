import type { Bound, LitellmOracle, Usage } from './oracle.js';

/** What one answered request uses up. */
export type Cost = { readonly usd: number; readonly tokens: number };

/** Counts what calls leave behind, on every limit that binds the caller. No minute ever passes here. */
export class Meter {
  readonly #used = new Map<string, number>();

  constructor(private readonly oracle: LitellmOracle) {}

  readonly usage: Usage = (bound) => this.#used.get(counterOf(bound)) ?? 0;

  /** @param model the name that answered: the routed one, or the fallback's. */
  count(keyId: string, model: string, { usd, tokens }: Cost): void {
    const amounts = { budget: usd, tokens, requests: 1, parallel: 0 };
    for (const bound of this.oracle.limitsOf(keyId)) {
      if (bound.model !== null && bound.model !== model) continue;
      this.#used.set(counterOf(bound), this.usage(bound) + amounts[bound.measure]);
    }
  }
}

function counterOf({ scope, id, measure, model }: Bound): string {
  return JSON.stringify([scope, id, measure, model]);
}

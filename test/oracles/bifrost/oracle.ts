import { answerFor, type BifrostAnswer } from './answer.js';
import type { Catalog } from './catalog.js';
import { ProviderNames } from './names.js';
import type { Route } from './plan.js';
import { Resolution } from './resolution.js';
import { RuleBook } from './rules.js';
import type { BifrostState, VirtualKeyState } from './state.js';

export type { BifrostAnswer, BifrostFallback } from './answer.js';
export type { Catalog } from './catalog.js';
export type { Route } from './plan.js';
export type * from './state.js';

export type OracleOptions = {
  /** Default `unknown`: everything that lists may turn out to say is gone through. */
  readonly catalog?: Catalog;
  /** Default both. */
  readonly routes?: readonly Route[];
  /** Headers of the call, for rules that read them; names in lower case. */
  readonly headers?: { readonly [name: string]: string };
};

/**
 * May this virtual key call this name, and where does the call arrive? An opinion formed from the contract alone (B§7, B§12,
 * P§2, P§3). Limits and budgets are no part of it.
 */
export class BifrostOracle {
  readonly #resolutions: readonly Resolution[];
  readonly #virtualKeys: ReadonlyMap<string, VirtualKeyState>;

  /** Throws for rules written in CEL that the oracle does not read. */
  constructor(state: BifrostState, options: OracleOptions = {}) {
    const circumstances = { catalog: 'unknown' as const, routes: ['v1', 'litellm'] as const, headers: {}, ...options };
    const names = new ProviderNames(state);
    // Whoever knows the gateway's lists has met it after a start, when all its providers are built.
    const early =
      circumstances.catalog === 'unknown' && names.late.length > 0 ? [new ProviderNames(state, names.late)] : [];
    const rules = new RuleBook(state);
    this.#resolutions = [names, ...early].map((each) => new Resolution(state, each, rules, circumstances));
    this.#virtualKeys = new Map(state.virtualKeys.map((virtualKey) => [virtualKey.id, virtualKey]));
  }

  /** null = a call without a virtual key, which a gateway that does not enforce them serves unrestricted (B§7.3). */
  ask(virtualKeyId: string | null, model: string, requestType = 'chat_completion'): BifrostAnswer {
    const virtualKey = virtualKeyId === null ? null : this.#virtualKeys.get(virtualKeyId);
    if (virtualKey === undefined) return { allowed: false, status: 401, why: 'virtual_key_not_found' };
    return answerFor(this.#resolutions.flatMap((resolution) => resolution.verdicts(virtualKey, model, requestType)));
  }
}

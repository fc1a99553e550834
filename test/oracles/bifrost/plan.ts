import { blocks, type Attempt, type Gate, type Refusal } from './admission.js';
import { balance } from './balance.js';
import type { Listing } from './catalog.js';
import { listAdmits, type ProviderNames, type SplitName } from './names.js';
import type { Routed } from './rules.js';
import type { BifrostVersion, VirtualKeyState } from './state.js';

/** `/v1/chat/completions`, or the same below `/litellm`: they differ where nothing but the catalog decides (B§12.5). */
export type Route = 'v1' | 'litellm';

/** A call as it goes to the gate: who is tried first, who follows. */
export type Plan = { readonly share: number; readonly first: Attempt; readonly followers: readonly Attempt[] };

/** What a call finds on its way: the caller, what the catalog says, and which way it came. */
export type Journey = {
  readonly virtualKey: VirtualKeyState | null;
  readonly listing: Listing;
  /** Asked only where the answer depends on it. */
  readonly route: () => Route;
};

/** Steps 3 and 4 of B§7.1: from what the rules left open to a provider. Shares are parts of one routed draw. */
export class Planner {
  readonly #version: BifrostVersion;
  readonly #names: ProviderNames;
  readonly #gate: Gate;

  constructor(version: BifrostVersion, names: ProviderNames, gate: Gate) {
    this.#version = version;
    this.#names = names;
    this.#gate = gate;
  }

  plans(routed: Routed, incoming: string, journey: Journey): readonly Plan[] | Refusal {
    const ruled = this.#ruleFollowers(routed, incoming);
    const spelled = this.#spelledAnew(routed);
    const balanced = this.#balanced(routed, spelled.open, ruled, journey);
    if (balanced.length > 0) return balanced;
    if (spelled.provider === '') return this.#resolved(routed, spelled.model, ruled, journey);
    const first = { provider: spelled.provider, model: spelled.model, pin: routed.pin };
    return [{ share: 1, first, followers: ruled ?? [] }];
  }

  #balanced(routed: Routed, open: string | null, ruled: readonly Attempt[] | null, journey: Journey): readonly Plan[] {
    const { virtualKey, listing } = journey;
    if (open === null || virtualKey?.isActive !== true) return [];
    const choices = balance(this.#version, virtualKey, open, this.#gate, listing);
    return choices.flatMap(({ share, provider, model, followers }) => {
      if (model === null) return this.#undecided(share, routed, open, ruled, journey);
      const first = { provider, model, pin: routed.pin };
      return [{ share, first, followers: this.#chosenFollowers(ruled, followers) }];
    });
  }

  /** 1.5.2 gives the call up, as a provider of no name would; 1.5.16 leaves it to the catalog. */
  #undecided(
    share: number,
    routed: Routed,
    model: string,
    ruled: readonly Attempt[] | null,
    journey: Journey,
  ): readonly Plan[] {
    const resolved = this.#version === '1.5.2' ? [] : this.#resolved(routed, model, ruled, journey);
    if ('status' in resolved || resolved.length === 0) {
      return [{ share, first: { provider: '', model, pin: null }, followers: [] }];
    }
    return resolved.map((plan) => ({ ...plan, share: plan.share * share }));
  }

  /**
   * 1.5.2 writes what rules decided back into one string and reads it again: an unknown provider becomes part of the name,
   * and a name whose provider is known but not configured still goes to load balancing, whole.
   */
  #spelledAnew({ provider, model }: Routed): SplitName & { readonly open: string | null } {
    if (this.#version !== '1.5.2') return { provider, model, open: provider === '' ? model : null };
    const text = provider === '' ? model : `${provider}/${model}`;
    const again = this.#names.split(text);
    return { ...again, open: this.#names.isConfigured(again.provider) ? null : text };
  }

  /** 1.5.2 does not ask the virtual key (B§7.1, step 4); 1.5.16 keeps to entries that name the model, or all. */
  #resolved(
    routed: Routed,
    model: string,
    ruled: readonly Attempt[] | null,
    journey: Journey,
  ): readonly Plan[] | Refusal {
    const { virtualKey, listing, route } = journey;
    const old = this.#version === '1.5.2';
    const servers = listing
      .serversOf(model)
      .filter((name) => old || virtualKey?.isActive !== true || names(virtualKey, name, model));
    const openaiFirst = route() === 'litellm' && (servers.includes('openai') || (old && servers.length === 0));
    const chosen = openaiFirst ? 'openai' : servers[0];
    if (chosen === undefined) return { status: 400, why: `no provider found for ${model}` };
    const others = old ? [] : servers.filter((name) => name !== chosen).map((provider) => ({ provider, model }));
    return [
      {
        share: 1,
        first: { provider: chosen, model, pin: routed.pin },
        followers: this.#chosenFollowers(ruled, others),
      },
    ];
  }

  /** A rule's fallbacks go before everything else; on 1.5.16 only if one of them could be read. */
  #chosenFollowers(ruled: readonly Attempt[] | null, others: readonly SplitName[]): readonly Attempt[] {
    if (ruled !== null && (ruled.length > 0 || this.#version === '1.5.2')) return ruled;
    return others.map((other) => ({ ...other, pin: null }));
  }

  /** null = no rule gave any. `provider/` stands for the name that came in (B§12.2). */
  #ruleFollowers({ rule }: Routed, incoming: string): readonly Attempt[] | null {
    const fallbacks = rule?.fallbacks ?? [];
    if (fallbacks.length === 0) return null;
    const split = fallbacks.map((fallback) => this.#names.split(fallback)).filter(({ provider }) => provider !== '');
    return split.map(({ provider, model }) => ({ provider, model: model.trim() || incoming, pin: null }));
  }
}

/** Here lists are compared without regard to case, and nothing but the name itself counts. */
function names(virtualKey: VirtualKeyState, provider: string, model: string): boolean {
  const entries = virtualKey.providerConfigs.filter((entry) => entry.provider === provider);
  return entries.some((entry) => listAdmits(entry.allowedModels, model) && !blocks(entry, model));
}

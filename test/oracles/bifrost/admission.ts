import { keyShares } from './chances.js';
import type { Listing } from './catalog.js';
import { isWildcard, listAdmits, sameLetters, type ProviderNames } from './names.js';
import type { BifrostState, KeyState, ProviderConfigState, ProviderState, VirtualKeyState } from './state.js';

/** One try: a provider and a name, as rules and load balancing left them. */
export type Attempt = { readonly provider: string; readonly model: string; readonly pin: string | null };

/** Where an admitted try may arrive, and how often. */
export type Arrival = {
  readonly provider: string;
  readonly key: string | null;
  readonly upstream: string;
  readonly share: number;
};

export type Refusal = { readonly status: number; readonly why: string };
export type Admission = readonly Arrival[] | Refusal;

export function isRefusal(admission: Admission): admission is Refusal {
  return !Array.isArray(admission);
}

/** The gate of B§7.1, steps 5 to 7: provider, virtual key, key, alias. Every fallback passes it too. */
export class Gate {
  readonly #version: BifrostState['version'];
  readonly #names: ProviderNames;
  readonly #providers: ReadonlyMap<string, ProviderState>;
  readonly #keys: ReadonlyMap<string, readonly KeyState[]>;

  constructor(state: BifrostState, names: ProviderNames) {
    this.#version = state.version;
    this.#names = names;
    this.#providers = new Map(state.providers.map((provider) => [provider.name, provider]));
    const keys = new Map<string, KeyState[]>();
    for (const key of state.keys) keys.set(key.provider, [...(keys.get(key.provider) ?? []), key]);
    this.#keys = keys;
  }

  admit(virtualKey: VirtualKeyState | null, attempt: Attempt, requestType: string, listing: Listing): Admission {
    const provider = this.#providers.get(attempt.provider);
    // Before governance: a virtual key that lacks the provider hears nothing of it.
    if (provider === undefined || (provider.baseType === null && !this.#names.isStandard(provider.name))) {
      return refusal(400, `failed to get config for provider ${attempt.provider}`);
    }
    const veto = virtualKey === null ? null : this.#veto(virtualKey, attempt, listing);
    if (veto !== null) return veto;
    const chosen = provider.keyless ? [] : this.#usableKeys(virtualKey, attempt, provider);
    if ('status' in chosen) return chosen;
    if (provider.allowedRequests && provider.allowedRequests[requestType] !== true) {
      return refusal(400, `${requestType} is not supported by ${provider.name} provider`);
    }
    if (provider.keyless) return [{ provider: provider.name, key: null, upstream: attempt.model, share: 1 }];
    return arrivals(chosen, attempt);
  }

  /** True when an entry of a virtual key lets this name of its provider through (B§7.4). */
  entryAdmits(entry: ProviderConfigState, model: string, listing: Listing): boolean {
    if (isWildcard(entry.allowedModels)) {
      const provider = this.#providers.get(entry.provider);
      return (provider?.baseType != null && !provider.listModels) || listing.serves(entry.provider, model);
    }
    return entry.allowedModels.some(
      (listed) => listed === model || this.#opens(entry.provider, listed, model, listing),
    );
  }

  /** An entry with a known provider in front opens the bare name, once the provider's list holds it (P§2.4). */
  #opens(provider: string, listed: string, model: string, listing: Listing): boolean {
    return listed.includes('/') && this.#names.split(listed).model === model && listing.holds(provider, listed);
  }

  #veto(virtualKey: VirtualKeyState, { provider, model }: Attempt, listing: Listing): Refusal | null {
    if (!virtualKey.isActive) return refusal(403, 'virtual_key_blocked');
    const entries = virtualKey.providerConfigs.filter((entry) => entry.provider === provider);
    if (entries.length === 0) return refusal(403, `provider_blocked: ${provider}`);
    const admitted =
      this.#version === '1.5.2'
        ? entries.slice(0, 1).some((entry) => this.entryAdmits(entry, model, listing))
        : !entries.some((entry) => blocks(entry, model)) &&
          entries.some((entry) => this.entryAdmits(entry, model, listing));
    return admitted ? null : refusal(403, `model_blocked: ${model}`);
  }

  #usableKeys(
    virtualKey: VirtualKeyState | null,
    attempt: Attempt,
    provider: ProviderState,
  ): readonly KeyState[] | Refusal {
    const own = this.#keys.get(provider.name) ?? [];
    const named = virtualKey === null ? ['*'] : firstEntry(virtualKey, provider.name).keyIds;
    const reachable = isWildcard(named) ? own : own.filter((key) => named.includes(key.id));
    if (reachable.length === 0)
      return refusal(400, `no keys found for provider: ${provider.name} and model: ${attempt.model}`);
    const able = reachable.filter((key) => supports(key, attempt.model, provider));
    if (able.length === 0) return refusal(400, `no keys found that support model: ${attempt.model}`);
    if (attempt.pin === null) return able;
    const pinned = able.filter((key) => key.id === attempt.pin);
    return pinned.length > 0 ? pinned : refusal(400, `no supported key found with id ${attempt.pin}`);
  }
}

export function blocks(entry: ProviderConfigState, model: string): boolean {
  const blacklisted = entry.blacklisted ?? [];
  return blacklisted.length > 0 && listAdmits(blacklisted, model);
}

/** Keys come from the first entry of the provider, also where a later one admitted the name. */
function firstEntry(virtualKey: VirtualKeyState, provider: string): Pick<ProviderConfigState, 'keyIds'> {
  return virtualKey.providerConfigs.find((entry) => entry.provider === provider) ?? { keyIds: [] };
}

/** Lists of a key are compared with the name before its alias (B§4.6). */
function supports(key: KeyState, model: string, provider: ProviderState): boolean {
  if (key.enabled === false || !listAdmits(key.models, model)) return false;
  if ((key.blacklisted ?? []).length > 0 && listAdmits(key.blacklisted ?? [], model)) return false;
  const isVllm = (provider.baseType ?? provider.name) === 'vllm';
  return !isVllm || key.vllmModelName === undefined || key.vllmModelName === '' || key.vllmModelName === model;
}

function arrivals(keys: readonly KeyState[], { provider, model }: Attempt): readonly Arrival[] {
  const shares = keyShares(keys.map((key) => key.weight));
  const all = keys.map((key, at) => ({
    provider,
    key: key.id,
    upstream: resolved(key, model),
    share: shares[at] ?? 0,
  }));
  return all.filter((arrival) => arrival.share > 0);
}

/** One hop, the exact name before another spelling of it (B§4.6). */
function resolved(key: KeyState, model: string): string {
  const exact = Object.hasOwn(key.aliases, model)
    ? model
    : Object.keys(key.aliases).find((alias) => sameLetters(alias, model));
  const target = exact === undefined ? model : (key.aliases[exact] ?? model);
  return typeof target === 'string' ? target : target.model_id;
}

function refusal(status: number, why: string): Refusal {
  return { status, why };
}

import { blocks, type Gate } from './admission.js';
import { sharesOf } from './chances.js';
import type { Listing } from './catalog.js';
import type { SplitName } from './names.js';
import type { BifrostVersion, ProviderConfigState, VirtualKeyState } from './state.js';

/** One provider that load balancing may draw, what it asks it for, and who follows when it fails. */
export type Choice = {
  readonly share: number;
  readonly provider: string;
  /** null = the provider's list has the model under several makers: nobody knows which is meant. */
  readonly model: string | null;
  readonly followers: readonly SplitName[];
};

/** Step 3 of B§7.1: the weights of a virtual key. Empty = it has nothing to say about this name. */
export function balance(
  version: BifrostVersion,
  virtualKey: VirtualKeyState,
  model: string,
  gate: Gate,
  listing: Listing,
): readonly Choice[] {
  const entries = virtualKey.providerConfigs;
  const blocking = version === '1.5.2' ? [] : entries.filter((entry) => blocks(entry, model));
  const blocked = new Set(blocking.map((entry) => entry.provider));
  const weighted = entries.filter(
    (entry) => entry.weight !== null && !blocked.has(entry.provider) && gate.entryAdmits(entry, model, listing),
  );
  const shares = sharesOf(weighted.map((entry) => entry.weight ?? 0));
  const choices = weighted.map((entry, at) => ({
    share: shares[at] ?? 0,
    provider: entry.provider,
    model: refined(entry.provider, model, listing),
    followers: followersOf(entry, weighted, model, listing),
  }));
  return choices.filter((choice) => choice.share > 0);
}

/** The others, heaviest first; weight 0 stands by. */
function followersOf(
  drawn: ProviderConfigState,
  weighted: readonly ProviderConfigState[],
  model: string,
  listing: Listing,
): readonly SplitName[] {
  const others = weighted.filter((entry) => entry.provider !== drawn.provider);
  const heaviestFirst = others.sort((one, other) => (other.weight ?? 0) - (one.weight ?? 0));
  return heaviestFirst.flatMap(({ provider }) => {
    const name = refined(provider, model, listing);
    return name === null ? [] : [{ provider, model: name }];
  });
}

/** Two providers serve others' models under their makers' names. Load balancing writes them so; the gate then compares that. */
function refined(provider: string, model: string, listing: Listing): string | null {
  if (provider !== 'groq' && provider !== 'replicate') return model;
  if (provider === 'groq' && model.includes('gpt-')) return `openai/${model}`;
  const nested = listing.nested(provider, model);
  return nested.length > 1 ? null : (nested[0] ?? model);
}

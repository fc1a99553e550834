import type { BifrostState, BifrostVersion } from './state.js';

const STANDARD_1_5_2 = (
  'anthropic azure bedrock cerebras cohere elevenlabs fireworks gemini groq huggingface mistral nebius ollama openai ' +
  'openrouter parasail perplexity replicate runway sgl vertex vllm xai'
).split(' ');
const STANDARD_1_5_16 = [...STANDARD_1_5_2, 'opencode-go', 'opencode-zen', 'runware'];

/** Providers that are built in (B§3.3). */
const STANDARD: { readonly [version in BifrostVersion]: ReadonlySet<string> } = {
  '1.5.2': new Set(STANDARD_1_5_2),
  '1.5.16': new Set(STANDARD_1_5_16),
};

/** For whoever asks a gateway about all of them. */
export function standardProviders(version: BifrostVersion): readonly string[] {
  return [...STANDARD[version]];
}

export type SplitName = { readonly provider: string; readonly model: string };

/** Which names the gateway takes for providers, and how it splits names that callers send (B§7.1, step 1). */
export class ProviderNames {
  readonly #standard: ReadonlySet<string>;
  readonly #configured: ReadonlySet<string>;
  readonly #known: ReadonlySet<string>;
  readonly #bases = new Map<string, string>();

  /**
   * Custom providers that 1.5.16 does not take for providers at first: without a key and without discovery nothing builds
   * them before their first call, or the next start of the gateway.
   */
  readonly late: readonly string[];

  /** `unbuilt`: providers that nothing has built yet. */
  constructor(state: Pick<BifrostState, 'version' | 'providers' | 'keys'>, unbuilt: readonly string[] = []) {
    this.#standard = STANDARD[state.version];
    this.#configured = new Set(state.providers.map((provider) => provider.name));
    // A row with an unknown name and no custom config stays in the list but is never built (B§3.2).
    const custom = state.providers.filter((provider) => provider.baseType !== null);
    const known = custom.map((provider) => provider.name).filter((name) => !unbuilt.includes(name));
    this.#known = new Set([...this.#standard, ...known]);
    const withKeys = new Set(state.keys.map((key) => key.provider));
    const late = custom.filter(({ name, keyless, listModels }) => !withKeys.has(name) && !(keyless && listModels));
    this.late = state.version === '1.5.2' ? [] : late.map((provider) => provider.name);
  }

  isStandard(provider: string): boolean {
    return this.#standard.has(provider);
  }

  isConfigured(provider: string): boolean {
    return this.#configured.has(provider);
  }

  /** The catalog takes names for one model that differ by a known provider in front, or a date or version at the end. */
  sameModel(one: string, other: string): boolean {
    return one === other || this.#baseOf(one) === this.#baseOf(other);
  }

  #baseOf(name: string): string {
    const base = this.#bases.get(name) ?? baseName(this.split(name).model);
    this.#bases.set(name, base);
    return base;
  }

  /** At the first slash, and only behind a known provider; case counts. */
  split(name: string): SplitName {
    const slash = name.indexOf('/');
    const head = slash === -1 ? '' : name.slice(0, slash);
    return this.#known.has(head) ? { provider: head, model: name.slice(slash + 1) } : { provider: '', model: name };
  }
}

export function listHas(list: readonly string[], name: string): boolean {
  return list.some((entry) => sameLetters(entry, name));
}

/** `["*"]`, alone (B§4.2). */
export function isWildcard(list: readonly string[]): boolean {
  return list.length === 1 && list[0] === '*';
}

/** Lists of keys do not mind case (B§4.2); lists of virtual keys do, at the gate (B§7.4). */
export function listAdmits(list: readonly string[], name: string): boolean {
  return isWildcard(list) || listHas(list, name);
}

export function sameLetters(one: string, other: string): boolean {
  return one === other || one.toLowerCase() === other.toLowerCase();
}

const VERSION_SUFFIX =
  /(?:-\d{4}-\d{2}-\d{2}|-\d{8}|-v\d+(?:\.\d+){0,2}|-rc\d+|-alpha|-beta|-preview|-canary|-experimental)$/;

/** `gpt-4o-2024-08-06` and `gpt-4o` are one model. */
function baseName(model: string): string {
  return model.replace(VERSION_SUFFIX, '');
}

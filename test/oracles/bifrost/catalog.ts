import { isWildcard, listAdmits, listHas, type ProviderNames } from './names.js';
import type { BifrostState, KeyState } from './state.js';

/**
 * What the gateway has found out about models: per provider the names of its list (price sheet or `/v1/models`).
 * A provider that is left out has no list: nothing was found out. `unknown` = any of it may be the case.
 */
export type Catalog = 'unknown' | { readonly [provider: string]: readonly string[] };

/** One state of the catalog that a gateway may be in. */
export interface Listing {
  /** The catalog lists this provider for the model (B§7.4). */
  serves(provider: string, model: string): boolean;
  /** The provider's list holds this very entry (B§7.4, entries with a slash). */
  holds(provider: string, entry: string): boolean;
  /** Entries of the provider's list that are another provider's name and then this model. */
  nested(provider: string, model: string): readonly string[];
  /** Every provider that serves the model, in the order of the alphabet. */
  serversOf(model: string): readonly string[];
}

/** Whether a provider lists a name where nobody can know; asked only while the catalog is unknown. */
export type Doubt = (provider: string, name: string) => boolean;

/** What the keys of a provider say together (B§7.1, step 4): enabled keys that are not wholly blocked count. */
type KeySummary = {
  /** Some key takes everything; lists of the others then count to the letter only. */
  readonly unrestricted: boolean;
  readonly models: readonly string[];
  readonly aliases: readonly string[];
  readonly blocked: (model: string) => boolean;
};

export class CatalogView implements Listing {
  readonly #state: BifrostState;
  readonly #names: ProviderNames;
  readonly #catalog: Catalog;
  readonly #doubt: Doubt;
  readonly #keys: ReadonlyMap<string, KeySummary>;

  constructor(
    state: BifrostState,
    names: ProviderNames,
    keys: ReadonlyMap<string, KeySummary>,
    catalog: Catalog,
    doubt: Doubt,
  ) {
    this.#state = state;
    this.#names = names;
    this.#catalog = catalog;
    this.#keys = keys;
    this.#doubt = doubt;
  }

  serversOf(model: string): readonly string[] {
    const listed = this.#catalog === 'unknown' ? [] : Object.keys(this.#catalog);
    const asked = new Set([...this.#state.providers.map((provider) => provider.name), ...listed]);
    // 1.5.2 looks among its own providers only.
    const candidates = [...asked].filter((name) => this.#state.version !== '1.5.2' || this.#names.isConfigured(name));
    return candidates.filter((name) => this.serves(name, model)).sort();
  }

  serves(provider: string, model: string): boolean {
    if (this.#servesByKeys(provider, model)) return true;
    if (this.#catalog === 'unknown') return this.#mayServe(provider, model) && this.#doubt(provider, model);
    return (
      this.#listed(provider).some((name) => this.#names.sameModel(name, model)) || this.#servesByName(provider, model)
    );
  }

  holds(provider: string, entry: string): boolean {
    const keys = this.#keys.get(provider);
    const named = keys !== undefined && (keys.models.includes(entry) || keys.aliases.includes(entry));
    if (this.#state.version === '1.5.16' && named) return true;
    if (this.#catalog !== 'unknown') return this.#listed(provider).includes(entry);
    return (named || keys?.unrestricted === true) && this.#doubt(provider, entry);
  }

  nested(provider: string, model: string): readonly string[] {
    const keys = this.#keys.get(provider);
    const entries = new Set([...this.#listed(provider), ...(keys?.models ?? []), ...(keys?.aliases ?? [])]);
    const inside = [...entries].filter((entry) => entry !== model && this.#names.split(entry).model === model);
    return inside.filter((entry) => this.holds(provider, entry));
  }

  /** 1.5.16 asks the keys themselves; 1.5.2 only its list, which may have been forgotten since (B§7.1, step 4). */
  #servesByKeys(provider: string, model: string): boolean {
    const keys = this.#keys.get(provider);
    if (this.#state.version === '1.5.2' || keys === undefined || keys.blocked(model)) return false;
    return this.#named(keys, model) || (keys.unrestricted && this.#listIsMissing(provider));
  }

  #named({ unrestricted, models, aliases }: KeySummary, model: string): boolean {
    const letters = unrestricted ? aliases : [...models, ...aliases];
    return listHas(letters, model) || [...models, ...aliases].some((name) => this.#names.sameModel(name, model));
  }

  /** No list at all: then such a provider matches any name on 1.5.16. */
  #listIsMissing(provider: string): boolean {
    if (this.#catalog !== 'unknown') return this.#listed(provider).length === 0;
    return this.#neverListed(provider);
  }

  #neverListed(provider: string): boolean {
    const found = this.#state.providers.find(({ name }) => name === provider);
    return found?.listModels === false && !this.#names.isStandard(provider);
  }

  #mayServe(provider: string, model: string): boolean {
    const keys = this.#keys.get(provider);
    if (keys === undefined || keys.blocked(model)) return false;
    const lists = keys.unrestricted && !(this.#state.version === '1.5.2' && this.#neverListed(provider));
    return lists || this.#named(keys, model);
  }

  /** Names that one provider gives to the models of others. */
  #servesByName(provider: string, model: string): boolean {
    const list = this.#listed(provider);
    switch (provider) {
      case 'groq':
        return model.includes('gpt-') && list.includes(`openai/${model}`);
      case 'bedrock':
        return model.includes('claude') && list.some((name) => name.includes(model));
      case 'openrouter':
      case 'vertex':
        return list.some(
          (name) => name.endsWith(`/${model}`) && this.#catalogLists(name.slice(0, -model.length - 1), model),
        );
      default:
        return false;
    }
  }

  #catalogLists(provider: string, model: string): boolean {
    return this.#listed(provider).some((name) => this.#names.sameModel(name, model));
  }

  #listed(provider: string): readonly string[] {
    return this.#catalog === 'unknown' ? [] : (this.#catalog[provider] ?? []);
  }
}

export function summarizeKeys(state: BifrostState, names: ProviderNames): ReadonlyMap<string, KeySummary> {
  const summaries = new Map<string, KeySummary>();
  for (const provider of state.providers) {
    const keys = state.keys.filter((key) => key.provider === provider.name);
    const summary = summaryOf(keys, names.isStandard(provider.name));
    if (summary !== null) summaries.set(provider.name, summary);
  }
  return summaries;
}

function summaryOf(keys: readonly KeyState[], standard: boolean): KeySummary | null {
  if (keys.length === 0) return standard ? null : { unrestricted: true, models: [], aliases: [], blocked: () => false };
  const usable = keys.filter((key) => key.enabled !== false && !isWildcard(key.blacklisted ?? []));
  if (usable.length === 0) return null;
  const unrestricted = usable.some((key) => isWildcard(key.models));
  const models = usable.flatMap((key) => (isWildcard(key.models) ? [] : key.models));
  const admitted = (alias: string) => unrestricted || listHas(models, alias);
  return {
    unrestricted,
    models,
    aliases: usable.flatMap((key) => Object.keys(key.aliases).filter(admitted)),
    // A name is blocked for the provider only when every key blocks it.
    blocked: (model) =>
      usable.every((key) => (key.blacklisted ?? []).length > 0 && listAdmits(key.blacklisted ?? [], model)),
  };
}

import { resolveAlias } from './aliases.js';
import { discover, discoverKeyless } from './discovery.js';
import type { Call, Gateway } from './gateway.js';
import { knownModels, withoutDate } from './known-models.js';
import { isEverything, lists } from './model-lists.js';
import { splitModel } from './model-names.js';
import type { Provider } from './providers.js';
import type { ProviderKey } from './provider-keys.js';
import { json, type Reply } from './reply.js';

/** Which provider is known to serve which model (B§7.1.4, B§7.4). */

/** What the gateway believes a provider serves. */
export function modelsOf(gateway: Gateway, provider: Provider): readonly string[] {
  return gateway.personality.resolver === 'virtual-key'
    ? currentModels(gateway, provider)
    : oldModels(gateway, provider);
}

/** Every provider that serves the model, in alphabetical order. */
export function providersFor(gateway: Gateway, model: string): readonly string[] {
  const base = baseName(gateway, model);
  return [...gateway.state.providers.values()]
    .filter((provider) => {
      const known = modelsOf(gateway, provider);
      return (
        known.some((name) => name === model || baseName(gateway, name) === base) ||
        isSpecialCase(provider.name, model, known) ||
        isInKeys(gateway, provider, model) ||
        matchesAnything(gateway, provider, model)
      );
    })
    .map(({ name }) => name)
    .sort();
}

/** Names are compared without a known provider in front and without a date behind. */
function baseName(gateway: Gateway, model: string): string {
  return withoutDate(splitModel(gateway, model).model);
}

/** ≥ 1.5.9: what the keys name themselves counts whatever the case. */
function isInKeys(gateway: Gateway, provider: Provider, model: string): boolean {
  if (gateway.personality.resolver !== 'virtual-key') return false;
  const keys = jointKeys(gateway, provider);
  if (lists(keys.blocked, model)) return false;
  const aliased = keys.of.some(({ aliases }) => resolveAlias(aliases, model) !== null);
  return (aliased && lists(keys.allowed, model)) || (!isEverything(keys.allowed) && lists(keys.allowed, model));
}

/** Is the model within a virtual key's list for a provider? (B§7.4) */
export function isAllowed(gateway: Gateway, provider: Provider, model: string, allowed: readonly string[]): boolean {
  if (isEverything(allowed)) {
    // A custom provider that may not be listed passes everything.
    return (
      (provider.custom !== null && provider.custom.allowed_requests?.list_models === false) ||
      providersFor(gateway, model).includes(provider.name)
    );
  }
  if (allowed.includes(model)) return true;
  // An entry with a slash also admits the part after a known provider's name, when the catalog lists it (P§2.4).
  const known = modelsOf(gateway, provider);
  return allowed.some((entry) => {
    const split = splitModel(gateway, entry);
    return split.provider !== '' && split.model === model && known.includes(entry);
  });
}

function keysOf(gateway: Gateway, provider: Provider): readonly ProviderKey[] {
  return [...gateway.state.keysByProvider.of(provider.name)];
}

type JointKeys = {
  readonly of: readonly ProviderKey[];
  readonly allowed: readonly string[];
  readonly blocked: readonly string[];
};

/** What the enabled keys of a provider serve together: one key's blacklist takes away only what no other key serves. */
function jointKeys(gateway: Gateway, provider: Provider): JointKeys {
  const keys = keysOf(gateway, provider).filter(
    ({ enabled, blacklist }) => enabled !== false && !isEverything(blacklist),
  );
  const [first, ...others] = keys;
  if (!first) return { of: [], allowed: provider.custom === null ? [] : ['*'], blocked: [] };
  const blocked = first.blacklist.filter((model) => others.every(({ blacklist }) => lists(blacklist, model)));
  const allowed = keys.some(({ models }) => isEverything(models))
    ? ['*']
    : keys.flatMap(({ models, blacklist }) => models.filter((model) => !lists(blacklist, model)));
  return { of: keys, allowed, blocked };
}

/** ≥ 1.5.9: the live lists if there are any, else the catalog filtered by the keys; plus explicit models and aliases of the keys. */
function currentModels(gateway: Gateway, provider: Provider): readonly string[] {
  const keys = jointKeys(gateway, provider);
  const passes = (model: string): boolean => lists(keys.allowed, model) && !lists(keys.blocked, model);
  const named = keys.of.flatMap((key) => [...Object.keys(key.aliases), ...key.models.filter((model) => model !== '*')]);
  return [
    ...new Set([
      ...(liveModels(gateway, provider) ?? knownModels(provider.name).filter(passes)),
      ...named.filter(passes),
    ]),
  ];
}

/** ≤ 1.5.8: the live lists; if they fail, the explicit models of the keys, else the catalog. */
function oldModels(gateway: Gateway, provider: Provider): readonly string[] {
  // The list of a keyless provider is asked for, but never enters the catalog (B§7.4).
  if (provider.custom?.is_key_less) return [];
  const explicit = keysOf(gateway, provider).flatMap(({ models }) => models.filter((model) => model !== '*'));
  const live = liveModels(gateway, provider);
  if (live) return explicit.length > 0 ? live : [...new Set([...live, ...knownModels(provider.name)])];
  return explicit.length > 0 ? explicit : knownModels(provider.name);
}

/** What the upstream lists through the keys' own filters, or null when nobody answered. */
function liveModels(gateway: Gateway, provider: Provider): readonly string[] | null {
  if (provider.custom?.is_key_less) return discoverKeyless(gateway, provider).models;
  const found = keysOf(gateway, provider).flatMap((key) => {
    const { models } = discover(gateway, provider, key);
    return models === null ? [] : [throughKey(key, models)];
  });
  const union = [...new Set(found.flat())];
  return union.length > 0 ? union : null;
}

/** An upstream id appears under its aliases too; explicit models and aliases appear even when the upstream does not list them. */
function throughKey(key: ProviderKey, listed: readonly string[]): readonly string[] {
  const passes = (model: string): boolean => lists(key.models, model) && !lists(key.blacklist, model);
  const named = [...listed, ...Object.keys(key.aliases), ...key.models.filter((model) => model !== '*')];
  return named.filter(passes);
}

/** ≥ 1.5.9: a provider nobody has a list for matches any name, when it is keyless or has a `["*"]` key (B§7.1.4). */
function matchesAnything(gateway: Gateway, provider: Provider, model: string): boolean {
  if (gateway.personality.resolver !== 'virtual-key') return false;
  if (knownModels(provider.name).length > 0 || hasUnfilteredList(gateway, provider)) return false;
  if (provider.custom?.is_key_less) return true;
  const keys = jointKeys(gateway, provider);
  return keys.of.length > 0 && isEverything(keys.allowed) && !lists(keys.blocked, model);
}

function hasUnfilteredList(gateway: Gateway, provider: Provider): boolean {
  if (provider.custom?.is_key_less) return (discoverKeyless(gateway, provider).models?.length ?? 0) > 0;
  return keysOf(gateway, provider).some((key) => (discover(gateway, provider, key).models?.length ?? 0) > 0);
}

/** Built into the gateway: OpenAI models on groq, Claude models on bedrock. */
function isSpecialCase(provider: string, model: string, known: readonly string[]): boolean {
  if (provider === 'groq' && model.includes('gpt-')) return known.includes(`openai/${model}`);
  return provider === 'bedrock' && model.includes('claude') && known.some((name) => name.includes(model));
}

/** `GET /api/models`: by default five of them (B§3.1). */
export function searchModels(gateway: Gateway, call: Call): Reply {
  const search = (call.query.get('query') ?? '').toLowerCase();
  const wanted = call.query.get('provider') ?? '';
  const limit = Number.parseInt(call.query.get('limit') ?? '', 10) || 5;
  const models = [...gateway.state.providers.values()]
    .filter(({ name }) => wanted === '' || name === wanted)
    .flatMap((provider) => modelsOf(gateway, provider).map((name) => ({ name, provider: provider.name })))
    .filter(({ name }) => name.toLowerCase().includes(search));
  return json({ models: models.slice(0, limit), total: models.length });
}

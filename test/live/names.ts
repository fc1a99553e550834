import { wireModel, type Facts } from './litellm-facts.js';

/** A provider on Bifrost and some names that its keys list. */
export type ProviderFact = { readonly name: string; readonly models: readonly string[] };

/** Names OpenAI's catalog knows: LiteLLM lets a wildcard `openai/*` serve them without prefix (P§2.9). */
const KNOWN_BARE_NAMES = ['gpt-4-turbo', 'o3-mini', 'gpt-4o-mini'];
const UNKNOWN_NAMES = ['no-such-model', 'acme/no-such-model', 'litellm:no-such-model'];
/** How many listed names of each provider are asked for as `provider/name`. */
const SPELLINGS_PER_PROVIDER = 3;

export type Names = {
  /** What callers use: every key asks all of them. */
  readonly used: readonly string[];
  /** What nobody should get an answer for, or not this one: every key asks some, all keys together ask each often. */
  readonly probes: readonly string[];
};

/**
 * Every name worth asking for: public names, aliases of all kinds and samples of wildcards; and as probes upstream ids,
 * `provider/name` forms of both gateways, internal names, other letter case, unknown names. In a stable order, each once.
 */
export function namesToAsk(facts: Facts, providers: readonly ProviderFact[], extra: readonly string[] = []): Names {
  const publicNames = facts.deployments.map((deployment) => deployment.publicName);
  const plain = [...publicNames, ...aliasNames(facts)].filter((name) => !name.includes('*'));
  const upstream = facts.deployments.map((deployment) => deployment.model).filter((model) => !model.includes('*'));
  const used = unique([...plain, ...publicNames.flatMap(wildcardSamples), ...KNOWN_BARE_NAMES, ...extra]);
  const probes = unique([
    ...UNKNOWN_NAMES,
    ...otherCase(plain),
    ...upstream.map(wireModel),
    ...upstream,
    ...facts.deployments.filter((row) => row.modelName !== row.publicName).map((row) => row.modelName),
    ...providers.flatMap(providerSpellings),
  ]);
  return { used, probes: probes.filter((name) => !used.includes(name)) };
}

/** The names that the key at this place asks for: all that are used, and its share of the probes. */
export function namesFor({ used, probes }: Names, index: number, share: number): readonly string[] {
  const own = rotated(probes, index * share).slice(0, share);
  // Different starts: a key that runs out does not always leave the same names unasked.
  return rotated([...used, ...own], index * 7);
}

function rotated(names: readonly string[], by: number): readonly string[] {
  const start = names.length === 0 ? 0 : by % names.length;
  return [...names.slice(start), ...names.slice(0, start)];
}

function aliasNames(facts: Facts): string[] {
  return [
    ...Object.keys(facts.groupAliases),
    ...[...facts.teamAliases.values()].flatMap((aliases) => Object.keys(aliases)),
    ...[...facts.keys.values()].flatMap((key) => Object.keys(key.aliases)),
  ];
}

/** `openai/*` → a name nobody knows and one that is known; `*` alone is covered by the unknown names. */
function wildcardSamples(name: string): string[] {
  if (!name.includes('*') || name === '*') return [];
  return ['zz-sample', 'gpt-4o'].map((part) => name.replace('*', part));
}

/** LiteLLM's names are case-sensitive, key aliases on Bifrost are not. */
function otherCase(names: readonly string[]): string[] {
  return names.slice(0, 2).map((name) => name.toUpperCase());
}

function providerSpellings({ name, models }: ProviderFact): string[] {
  const listed = models.filter((model) => model !== '*').slice(0, SPELLINGS_PER_PROVIDER);
  return [...listed, 'zz-sample'].map((model) => `${name}/${model}`);
}

/** `x` of a name `provider/x`; null when the name begins with no provider of the gateway. */
export function withoutProvider(name: string, providers: readonly ProviderFact[]): string | null {
  const known = providers.some((provider) => name.startsWith(`${provider.name}/`));
  return known ? name.slice(name.indexOf('/') + 1) : null;
}

function unique(names: readonly string[]): string[] {
  return [...new Set(names)].filter((name) => name !== '');
}

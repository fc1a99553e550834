import type { Dialect, World } from '../sources/records.js';
import { inferredSlug, SLUGS } from './providers.js';
import { own } from './routed-name.js';

/** So many fallbacks are gone into one after the other unless `max_fallbacks` says otherwise (L§3.7). */
const DEEPEST = 5;

/**
 * The groups LiteLLM tries when the one that answers `routed` fails, in order, each with its own fallbacks behind it; whether
 * the caller may call them is not asked here (L§3.7). `default_fallbacks` are the generic entry `*`, and its last one.
 */
export function fallbackChain(
  routed: string,
  { router, dialect }: Pick<World, 'router' | 'dialect'>,
): readonly string[] {
  const { fallbacks: table, defaultFallbacks, rest } = router;
  const generic = defaultFallbacks.length > 0 ? defaultFallbacks : (own(table, '*') ?? []);
  const deepest = typeof rest['max_fallbacks'] === 'number' ? rest['max_fallbacks'] : DEEPEST;
  // A group without fallbacks of its own goes on with those of the first one [1.109].
  const ofFirst = dialect.fallbackTargetChecked ? listOf(routed, table, dialect) : undefined;
  const chain: string[] = [];
  const visit = (name: string, depth: number): void => {
    if (depth >= deepest) return;
    let reached = depth;
    for (const next of listOf(name, table, dialect) ?? ofFirst ?? generic) {
      if (next === name) continue;
      reached += 1;
      if (chain.includes(next)) continue;
      chain.push(next);
      visit(next, reached);
    }
  };
  visit(routed, 0);
  return chain.filter((name) => name !== routed);
}

/** By the name, by the name without a provider in front, in newer versions by the name with its provider in front. */
function listOf(name: string, table: World['router']['fallbacks'], dialect: Dialect): readonly string[] | undefined {
  const slash = name.indexOf('/');
  const bare = slash > 0 && SLUGS[name.slice(0, slash)] !== undefined ? name.slice(slash + 1) : undefined;
  const slug = dialect.keyAliasCheck === 'alias' || slash >= 0 ? undefined : inferredSlug(name);
  return (
    own(table, name) ??
    (bare === undefined ? undefined : own(table, bare)) ??
    (slug === undefined ? undefined : own(table, `${slug}/${name}`))
  );
}

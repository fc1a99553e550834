import type { RouterSettings } from '../sources/records.js';
import { own } from './access.js';
import type { Groups } from './groups.js';
import { SLUGS } from './providers.js';

/** So many groups are tried after the first (LiteLLM's `max_fallbacks`, L§3.7). */
const MOST = 5;

/**
 * The groups LiteLLM tries when the one that answers `routed` fails, in order, each with its own fallbacks behind it. A key
 * of the table matches exactly, else without a known provider in front, else as the target of an alias; `*` and
 * `default_fallbacks` stand for groups that have none (L§3.7).
 */
export function fallbackChain(routed: string, router: RouterSettings, groups: Groups): readonly string[] {
  const chain: string[] = [];
  const visit = (name: string, depth: number): void => {
    if (depth >= MOST) return;
    for (const next of fallbacksOf(name, router, groups)) {
      if (next === routed || chain.includes(next)) continue;
      chain.push(next);
      visit(next, depth + 1);
    }
  };
  visit(routed, 0);
  return chain;
}

function fallbacksOf(name: string, router: RouterSettings, groups: Groups): readonly string[] {
  const slash = name.indexOf('/');
  const bare = slash > 0 && SLUGS[name.slice(0, slash)] !== undefined ? name.slice(slash + 1) : undefined;
  const target = own(groups.aliases, name);
  return (
    own(router.fallbacks, name) ??
    (bare === undefined ? undefined : own(router.fallbacks, bare)) ??
    (target === undefined ? undefined : own(router.fallbacks, target)) ??
    own(router.fallbacks, '*') ??
    router.defaultFallbacks
  );
}

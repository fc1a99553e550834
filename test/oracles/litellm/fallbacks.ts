import type { World } from '../../../src/sources/records.js';
import { isObject } from '../../../src/json.js';
import { lookUp, providerOf, withoutSlug } from './names.js';
import type { Release } from './release.js';

/** Names tried after a failure (L§3.7). */
export class Fallbacks {
  readonly #lists: { readonly [group: string]: readonly string[] };
  readonly #generic: readonly string[];
  readonly #deepest: number;
  /** 1.109 asks for the caller's right to a target unless it was told not to. */
  readonly checked: boolean;

  constructor(
    private readonly release: Release,
    { router, settings }: World,
  ) {
    this.#lists = router.fallbacks;
    // `default_fallbacks` are put behind the list as one more generic entry, and the last of those counts.
    this.#generic =
      router.defaultFallbacks.length > 0 ? router.defaultFallbacks : (lookUp(router.fallbacks, '*') ?? []);
    const deepest = router.rest['max_fallbacks'];
    this.#deepest = typeof deepest === 'number' ? deepest : 5;
    const general = settings['general_settings'];
    const told = isObject(general) ? general['enforce_fallback_model_access'] : undefined;
    this.checked = release === '1.109' && told !== false;
  }

  /** Each name once, in the order tried: a target's own fallbacks come before the next target. */
  namesAfter(name: string, mayTry: (target: string) => boolean): readonly string[] {
    const tried = new Set<string>();
    const walk = (group: string, depth: number): void => {
      if (depth >= this.#deepest) return;
      let reached = depth;
      for (const target of this.#chain(group) ?? this.#chainOfFirst(name) ?? this.#generic) {
        if (target === group || (this.checked && !mayTry(target))) continue;
        reached += 1;
        const known = tried.has(target);
        tried.add(target);
        if (!known) walk(target, reached);
      }
    };
    walk(name, 0);
    tried.delete(name);
    return [...tried];
  }

  /** 1.109 goes on with the first name's list where a fallback has none of its own. */
  #chainOfFirst(name: string): readonly string[] | undefined {
    return this.release === '1.109' ? this.#chain(name) : undefined;
  }

  #chain(name: string): readonly string[] | undefined {
    const stripped = withoutSlug(name);
    const provided = this.release === '1.81' || name.includes('/') ? null : providerOf(name, this.release);
    return (
      lookUp(this.#lists, name) ??
      (stripped === name ? undefined : lookUp(this.#lists, stripped)) ??
      (provided === null ? undefined : lookUp(this.#lists, `${provided.provider}/${name}`))
    );
  }
}

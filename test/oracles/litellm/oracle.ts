import type { World } from '../../../src/sources/records.js';
import { UNUSED, type Bound, type LitellmAnswer, type Usage } from './answer.js';
import { Callers, type Caller, type People } from './caller.js';
import { Engine } from './engine.js';
import { namesOf } from './name-list.js';
import { releasesOf } from './release.js';

/**
 * What LiteLLM would do with a request, from the contract alone (litellm.md §3.7, §4 to §6, §7.1; pair.md): may this key
 * call this name, which deployments does it reach, under which limits. A world of an unknown version is judged as every
 * release line would at once: allowed is what all allow, reached what all reach.
 */
export class LitellmOracle {
  readonly #callers: Callers;
  readonly #engines: readonly Engine[];
  #names: readonly string[] | null = null;

  constructor(
    private readonly world: World,
    private readonly people: People,
    now: Date,
  ) {
    this.#callers = new Callers(world, people);
    this.#engines = releasesOf(world.dialect.version).map((release) => new Engine(release, world, now));
  }

  /**
   * @param keyId VirtualKey.id, or MASTER.
   * @param usage what was used before; nothing unless given, so that only limits of 0 or less refuse.
   * @param route request path; null = chat completions.
   */
  ask(keyId: string, name: string, usage: Usage = UNUSED, route: string | null = null): LitellmAnswer {
    const caller = this.#callers.find(keyId);
    if (caller === null) return { allowed: false, why: 'unknown key' };
    return this.#engines.map((engine) => engine.ask(name, caller, usage, route)).reduce(common);
  }

  /** Every budget and rate limit that binds the key. */
  limitsOf(keyId: string): readonly Bound[] {
    const caller = this.#callers.find(keyId);
    if (caller === null) return [];
    const all = this.#engines.flatMap((engine) => engine.bounds(caller));
    return [...new Map(all.map((bound) => [JSON.stringify(bound), bound])).values()];
  }

  /** The name per-model limits and routing work with: team, key and global aliases followed (L§4.6). */
  routedName(keyId: string, name: string): string {
    const caller = this.#callers.find(keyId);
    return caller === null ? name : this.#first().rewritten(name, caller);
  }

  /** Is the name in the list of the organization the key belongs to, itself or by its team? No list, or an empty one: all. */
  askOrganizationGate(keyId: string, name: string): boolean {
    const organization = this.#callers.find(keyId)?.organization ?? null;
    return this.#engines.every((engine) => engine.access.organizationGate(name, organization));
  }

  /** Names worth asking for: every one some row mentions, samples for wildcards, and one nobody knows. */
  names(): readonly string[] {
    this.#names ??= namesOf(this.world, this.people, this.#first().release);
    return this.#names;
  }

  #first(): Engine {
    const [engine] = this.#engines;
    if (engine === undefined) throw new Error('no release to judge by');
    return engine;
  }
}

/** What both answers allow. */
function common(one: LitellmAnswer, other: LitellmAnswer): LitellmAnswer {
  if (!one.allowed) return one;
  if (!other.allowed) return other;
  const shared = (mine: typeof one.reaches, theirs: typeof one.reaches) =>
    mine.filter(({ deployment }) => theirs.some((reach) => reach.deployment === deployment));
  const reaches = shared(one.reaches, other.reaches);
  const fallbacks = one.fallbacks.flatMap((fallback) => {
    const theirs = other.fallbacks.find(({ name }) => name === fallback.name)?.reaches ?? [];
    const both = shared(fallback.reaches, theirs);
    return both.length > 0 ? [{ name: fallback.name, reaches: both }] : [];
  });
  if (reaches.length === 0 && fallbacks.length === 0) return { allowed: false, why: 'unknown model' };
  return { allowed: true, reaches, fallbacks };
}

/** As a method of the oracle; for tests that pass functions about. */
export function askOrganizationGate(oracle: LitellmOracle, keyId: string, name: string): boolean {
  return oracle.askOrganizationGate(keyId, name);
}

export type { Caller };
export { MASTER, type People } from './caller.js';
export { UNUSED } from './answer.js';
export type { Bound, Fallback, LitellmAnswer, Reach, Refusal, Scope, Usage } from './answer.js';
export { upstreamOf } from './upstream.js';

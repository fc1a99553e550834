import type { Finding } from '../../src/findings.js';
import type { VirtualKey } from '../../src/sources/records.js';
import {
  BifrostOracle,
  type BifrostAnswer,
  type BifrostFallback,
  type BifrostState,
} from '../oracles/bifrost/oracle.js';
import { LitellmOracle, type LitellmAnswer, type Reach } from '../oracles/litellm/oracle.js';
import { members, textOrNull, texts } from './gateway.js';
import { migrate, NOW, type Ending, type Migration } from './migrate.js';
import type { Recipe } from './recipe.js';
import { sampleOf, type Sample } from './rows.js';

/** Upstream id, address and credential: what a call really reaches. */
export type Spot = string;

/** A world, what was made of it, and both opinions about it. */
export class Trial {
  readonly sample: Sample;
  readonly migration: Migration;
  readonly litellm: LitellmOracle;
  readonly bifrost: BifrostOracle;
  readonly state: BifrostState;
  readonly #places = new Map<string, string>();
  readonly #anything = new Map<string, ReadonlySet<Spot>>();

  constructor(recipe: Recipe, before?: Migration) {
    this.sample = sampleOf(recipe);
    this.migration = migrate(this.sample, before);
    const { world, keys, users, memberships } = this.sample;
    this.litellm = new LitellmOracle(world, { keys, users, memberships }, new Date(NOW));
    this.state = this.migration.gateway.state(recipe.bifrost);
    this.bifrost = new BifrostOracle(this.state);
  }

  /** Id of the virtual key a key became; null when it was not carried. */
  virtualKeyOf({ id }: VirtualKey): string | null {
    return this.ending(`virtual_key ${id}`)?.state.bifrostId ?? null;
  }

  ending(id: string): Ending | undefined {
    return this.migration.endings.get(id);
  }

  findings(id: string): readonly Finding[] {
    return this.ending(id)?.findings ?? [];
  }

  /** A finding with one of these codes names the name. */
  names(id: string, codes: readonly string[], name: string): boolean {
    return this.findings(id).some(({ code, message }) => codes.includes(code) && message.includes(`"${name}"`));
  }

  /** The organization's list counts for the name itself and for what an alias makes of it. */
  isGated({ id }: VirtualKey, name: string): boolean {
    if (this.sample.recipe.gates === 'ignore') return false;
    return ![name, this.litellm.routedName(id, name)].some((one) => this.litellm.askOrganizationGate(id, one));
  }

  /** What LiteLLM and the organization's list let the key do with the name. */
  asked(key: VirtualKey, name: string): LitellmAnswer {
    const answer = this.litellm.ask(key.id, name);
    return answer.allowed && this.isGated(key, name) ? { allowed: false, why: 'key models' } : answer;
  }

  /** Everything a key may reach by any name LiteLLM knows. */
  anything(key: VirtualKey): ReadonlySet<Spot> {
    const known = this.#anything.get(key.id);
    if (known !== undefined) return known;
    const spots = new Set<Spot>();
    for (const name of this.litellm.names()) {
      const answer = this.asked(key, name);
      if (!answer.allowed) continue;
      // Deployments of a later `order` come after the first ones fail.
      const later = answer.fallbacks.filter((fallback) => fallback.name === this.litellm.routedName(key.id, name));
      for (const reach of [...answer.reaches, ...later.flatMap(({ reaches }) => reaches)])
        spots.add(this.spotOf(reach));
    }
    this.#anything.set(key.id, spots);
    return spots;
  }

  /** Names by which a pattern would lead to this upstream id. */
  behindPatterns(upstream: string): readonly string[] {
    const patterns = this.sample.world.deployments
      .map(({ publicName }) => publicName)
      .filter((name) => name.includes('*'));
    return patterns.flatMap((text) => {
      const head = text.slice(0, text.lastIndexOf('/') + 1);
      return [text.replace('*', () => upstream), `${head}${upstream}`, upstream];
    });
  }

  spotOf({ deployment, upstream }: Pick<Reach, 'deployment' | 'upstream'>): Spot {
    const place = this.sample.places.get(deployment);
    return `${upstream} at ${place?.base ?? '?'} with ${place?.credential || 'nothing'}`;
  }

  spotOn({ provider, key, upstream }: BifrostFallback): Spot {
    const id = `${provider}\n${key}`;
    let place = this.#places.get(id);
    if (place === undefined) {
      const { base, credential } = this.migration.gateway.placeOf(provider, key);
      this.#places.set(id, (place = `at ${base} with ${credential || 'nothing'}`));
    }
    return `${upstream} ${place}`;
  }

  /** Providers a virtual key has, with the names it has there. */
  entriesOf(virtualKey: string): readonly { readonly provider: string; readonly models: readonly string[] }[] {
    const name = virtualKey.slice('virtual_key:'.length);
    const body = this.migration.gateway.find('virtual_key', name)?.body;
    return members(body?.['provider_configs']).map((entry) => ({
      provider: textOrNull(entry['provider']) ?? '',
      models: texts(entry['allowed_models']),
    }));
  }
}

/** Shares by what is reached. */
export function sharesBy<T extends { readonly share: number }>(
  reaches: readonly T[],
  spotOf: (reach: T) => Spot,
): ReadonlyMap<Spot, number> {
  const shares = new Map<Spot, number>();
  for (const reach of reaches) {
    const spot = spotOf(reach);
    shares.set(spot, (shares.get(spot) ?? 0) + reach.share);
  }
  return shares;
}

export function allowedReaches(answer: LitellmAnswer): readonly Reach[] {
  return answer.allowed ? answer.reaches : [];
}

export function arrivalsOf(answer: BifrostAnswer): readonly (BifrostFallback & { readonly share: number })[] {
  return answer.allowed ? answer.reaches : [];
}

import { createHash } from 'node:crypto';
import { wildcard } from '../mapping/access.js';
import type { Rights } from '../mapping/rights.js';

/** One key, one name: a call to be made. */
export type Pair = {
  readonly key: SampledKey;
  readonly model: string;
  /** What LiteLLM's rules say (contracts L§4): the call is let in, or refused. */
  readonly litellm: 'in' | 'out';
  /** The plan names it as lost: LiteLLM answers and Bifrost does not; the code of the finding. */
  readonly lostBy: string | null;
};

export type SampledKey = { readonly id: string; readonly name: string; readonly bifrostId: string };

type Group = { readonly rights: Rights; readonly active: boolean; readonly keys: SampledKey[] };

/** So many keys of equal rights are remembered: enough to ask different ones. */
const KEPT = 8;

/**
 * Chooses keys and names to ask for. Keys of equal rights are one group, and groups take turns, so that a small sample sees
 * many sorts of keys; of each key a name it may call, one it may not, and one that is lost take turns. The same seed and
 * the same keys give the same sample.
 */
export class Sample {
  readonly #seed: string;
  readonly #groups = new Map<string, Group>();
  readonly #names = new Set<string>();

  constructor(seed: number) {
    this.#seed = String(seed);
  }

  /** `rights` = JSON of Rights, equal for equal rights. */
  offer(key: SampledKey, rights: { readonly id: string; readonly json: string }, active: boolean): void {
    const id = `${rights.id} ${active}`;
    let group = this.#groups.get(id);
    if (group === undefined) {
      group = { rights: JSON.parse(rights.json) as Rights, active, keys: [] };
      this.#groups.set(id, group);
      for (const name of [...answered(group.rights), ...lostBy(group.rights).map((one) => one.name)])
        if (!name.includes('*')) this.#names.add(name);
    }
    group.keys.push(key);
    if (group.keys.length <= KEPT) return;
    group.keys.sort((a, b) => this.#order(a.id, b.id));
    group.keys.length = KEPT;
  }

  /** At most `size` pairs, none twice. */
  pairs(size: number): readonly Pair[] {
    const all = [...this.#groups.keys()].sort((a, b) => this.#order(a, b));
    const queues = all.map((id) => this.#pairsOf(this.#groups.get(id) as Group));
    const found: Pair[] = [];
    while (found.length < size) {
      const before = found.length;
      for (const queue of queues) {
        const next = found.length < size ? queue.next() : null;
        if (next?.done === false) found.push(next.value);
      }
      if (found.length === before) break;
    }
    return found;
  }

  *#pairsOf({ rights, active, keys }: Group): Generator<Pair, void> {
    const ordered = [...keys].sort((a, b) => this.#order(a.id, b.id));
    const shuffled = (names: Iterable<string>): string[] => [...new Set(names)].sort((a, b) => this.#order(a, b));
    const kept = shuffled(answered(rights)).filter((name) => !name.includes('*'));
    const lost = lostBy(rights);
    const open = new Set([...kept, ...lost.map(({ name }) => name), ...rights.gained.flatMap(({ names }) => names)]);
    const patterns = [...rights.patterns, ...open].filter((name) => name.includes('*'));
    const matches = (name: string): boolean => patterns.some((pattern) => wildcard(pattern)?.test(name) === true);
    const closed = shuffled([...this.#names, NOBODYS]).filter(
      (name) => !open.has(name) && !open.has(bare(name)) && !matches(name),
    );
    const litellm = active ? 'in' : 'out';
    const lists: (readonly Omit<Pair, 'key'>[])[] = [
      kept.map((model) => ({ model, litellm, lostBy: null })),
      closed.map((model) => ({ model, litellm: 'out', lostBy: null })),
      lost.filter(({ name }) => !name.includes('*')).map(({ code, name }) => ({ model: name, litellm, lostBy: code })),
    ];
    const longest = Math.max(...lists.map(({ length }) => length));
    for (let nth = 0, turn = 0; nth < longest; nth += 1)
      for (const list of lists) {
        const pair = list[nth];
        const key = ordered[turn % ordered.length];
        if (pair === undefined || key === undefined) continue;
        turn += 1;
        yield { key, ...pair };
      }
  }

  #order(a: string, b: string): number {
    const [first, second] = [this.#hash(a), this.#hash(b)];
    return first < second ? -1 : first > second ? 1 : 0;
  }

  #hash(text: string): string {
    return createHash('sha256').update(`${this.#seed}\0${text}`, 'utf8').digest('hex');
  }
}

/** Bifrost takes `provider/name` for every name a key lists, too (B§7.1): another spelling of an open call is not asked for. */
function bare(name: string): string {
  return name.slice(name.indexOf('/') + 1);
}

/** A name no gateway serves, so that there is always something to refuse. */
const NOBODYS = 'migrate-verify-no-such-model';

/** A code under which the plan says of names no deployment has what becomes of them: a sentence, and no name. */
const NO_NAME = 'unknown_name_fallback';

function lostBy({ lost }: Rights): readonly { readonly code: string; readonly name: string }[] {
  return lost
    .filter(({ code }) => code !== NO_NAME)
    .flatMap(({ code, names }) => names.map((name) => ({ code, name })));
}

function answered({ kept }: Rights): readonly string[] {
  return kept.flatMap(({ names }) => names);
}

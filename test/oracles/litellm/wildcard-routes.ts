import { providerOf } from './names.js';
import type { Release } from './release.js';

/** Wildcard deployments: `openai/*` answers by the most specific pattern, its target gets the matched parts (L§4.4). */

type Pattern<T> = {
  readonly expression: RegExp;
  readonly length: number;
  readonly marks: number;
  readonly targets: T[];
};

export type Matched<T> = { readonly target: T; readonly fill: (model: string) => string };

export class WildcardRoutes<T> {
  readonly #patterns = new Map<string, Pattern<T>>();
  #sorted: readonly Pattern<T>[] | null = null;

  constructor(private readonly release: Release) {}

  get size(): number {
    return this.#patterns.size;
  }

  add(pattern: string, target: T): void {
    const source = escaped(pattern).replaceAll('\\*', '(.*)');
    const known = this.#patterns.get(source);
    if (known !== undefined) {
      known.targets.push(target);
      return;
    }
    const marks = source.match(/[*+?\\^$|()]/g)?.length ?? 0;
    // The end is open: `a*b` also takes `a1b2`.
    const expression = new RegExp(`^${source}`);
    this.#patterns.set(source, { expression, length: source.length, marks, targets: [target] });
    this.#sorted = null;
  }

  /** By the name itself only. */
  exactly(name: string): readonly Matched<T>[] {
    this.#sorted ??= [...this.#patterns.values()].sort((a, b) => b.length - a.length || b.marks - a.marks);
    for (const { expression, targets } of this.#sorted) {
      const match = expression.exec(name);
      if (match !== null) return targets.map((target) => ({ target, fill: (model) => filled(model, match) }));
    }
    return [];
  }

  /** By the name, else by `<provider>/<name>`: `openai/*` answers bare names the model map knows (L§4.4, P§2.9). */
  match(name: string): readonly Matched<T>[] {
    const own = this.exactly(name);
    if (own.length > 0 || this.size === 0) return own;
    const provider = providerOf(name, this.release)?.provider;
    return provider === undefined ? [] : this.exactly(`${provider}/${name}`);
  }
}

/** Everything but `*` means itself; which characters get a backslash decides what counts as the longer pattern. */
function escaped(pattern: string): string {
  return pattern.replace(/[\\.^$*+?{}[\]|()\-&~# \t\n\r\v\f]/g, '\\$&');
}

/** A target with fewer `*` than the pattern gets the whole name; one without any stays. */
function filled(model: string, match: RegExpExecArray): string {
  if (!model.includes('*')) return model;
  const parts = match.slice(1);
  if (parts.length > model.split('*').length - 1) return match.input;
  return parts.reduce((text, part) => text.replace('*', () => part), model);
}

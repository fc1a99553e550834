import { inferredSlug } from './providers.js';

/**
 * Names of deployments with `*` in them: `*` stands for any text, everything else for itself, and the end is open, so that
 * `a*b` also takes `axbZZ` (L§4.4). Entries of lists are another thing (access.ts).
 */

const compiled = new Map<string, RegExp>();

function expressionOf(pattern: string): RegExp {
  let expression = compiled.get(pattern);
  if (expression === undefined) {
    expression = new RegExp(`^${escaped(pattern).replaceAll('\\*', '(.*)')}`);
    if (compiled.size > 10_000) compiled.clear();
    compiled.set(pattern, expression);
  }
  return expression;
}

/** Python's `re.escape`: which characters get a backslash decides which pattern counts as the longer one. */
function escaped(pattern: string): string {
  return pattern.replace(/[\\.^$*+?{}[\]|()\-&~# \t\n\r\v\f]/g, '\\$&');
}

export function patternMatches(pattern: string, name: string): boolean {
  return expressionOf(pattern).test(name);
}

/** The most specific one first: the longer expression, then the one with more special characters (L§4.4). */
export function bySpecificity(one: string, other: string): number {
  const [a, b] = [specificity(one), specificity(other)];
  return b.length - a.length || b.marks - a.marks;
}

/** Some name is taken by both. */
export function patternsMeet(one: string, other: string): boolean {
  const [a = '', b = ''] = [one.split('*')[0], other.split('*')[0]];
  return a.startsWith(b) || b.startsWith(a);
}

function specificity(pattern: string): { readonly length: number; readonly marks: number } {
  const text = escaped(pattern).replaceAll('\\*', '(.*)');
  return { length: text.length, marks: text.match(/[*+?\\^$|()]/g)?.length ?? 0 };
}

/**
 * What the upstream is asked for when a pattern serves `name`: the texts the `*` of the pattern stand for, put where the `*` of
 * the model are (L§4.4). A bare name that LiteLLM knows is matched under its provider as a second chance (P§2.9). null = the
 * pattern does not serve it, or LiteLLM would send the whole name.
 */
export function wildcardUpstream(pattern: string, upstream: string, name: string): string | null {
  const slug = inferredSlug(name);
  for (const asked of slug === undefined ? [name] : [name, `${slug}/${name}`]) {
    const [, ...texts] = expressionOf(pattern).exec(asked) ?? [];
    if (texts.length === 0) continue;
    if (!upstream.includes('*')) return upstream;
    if (texts.length > upstream.split('*').length - 1) return null;
    return texts.reduce((model, text) => model.replace('*', () => text), upstream);
  }
  return null;
}

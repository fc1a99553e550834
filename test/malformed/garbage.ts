import fc from 'fast-check';

/** Values nobody expects, and ways to break values that were fine. */

const TEXTS: readonly string[] = [
  '', ' ', '\t\n', 'NaN', '-Infinity', '1e309', '-0', '0x10', '١٢', 'null', 'None', 'true', '[', '{', '{"a":', '[1,', '"', '{}', '[]',
  '{"a": 1}', '["a", null, 3]', '__proto__', 'constructor', 'toString', 'hasOwnProperty', '*', '**', '*/*', 'a(b*', '[*', '\\*', '(?<', 'a/b/c',
  '/', '//', 'openai/', '/gpt-4o', 'openai/*', 'azure/*', 'bedrock/us-east-1/x', 'os.environ/', 'os.environ/X', 'oidc/', 'env.X', 'vault.',
  'sk-...abcd', '****', 'sk-a****wxyz', 'http://', 'http://[', 'https://[::1', 'http://user:pass@host/v1', 'ftp://x', '//host', 'https://a b',
  'https://exa\u0000mple', 'v2:gcm:', 'v3:gcm:AAAA', '\u0000', '\u001b[31m', '\u202eevil', '\ud800', '\udfff\ud800', '😀', 'é'.normalize('NFD'),
  '9999-99-99T99:99:99', '0001-01-01 00:00:00 BC', 'infinity', '20000-01-01', '30d', '0d', '-1d', '99999999999999999999d', '1mo', 'daily',
  'all-proxy-models', 'all-team-models', 'no-default-models', 'litellm-dashboard', 'default_user_id', ',', '%', '%00', '../../etc/passwd',
  'x'.repeat(5_000), '"'.repeat(300),
]; // prettier-ignore

const NUMBERS: readonly number[] = [
  0,
  -0,
  -1,
  1,
  0.5,
  1e-12,
  1e21,
  1e308,
  -1e308,
  2 ** 53,
  -(2 ** 63),
  2 ** 64,
  1.7976931348623157e308,
  5e-324,
];

export const text = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...TEXTS) },
  fc.string({ unit: 'binary', maxLength: 40 }),
);

const leaf: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 3, arbitrary: text },
  fc.constantFrom(...NUMBERS),
  fc.constantFrom(null, true, false, undefined),
);

/** Own members that an object of JSON may have and a literal cannot. */
const named = (name: string, value: unknown): unknown => Object.fromEntries([[name, value]]);

/** Any JSON value, the nastier the likelier; now and then as deep as PostgreSQL lets it be. */
export const odd: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 6, arbitrary: leaf },
  { weight: 2, arbitrary: fc.array(leaf, { maxLength: 4 }) },
  { weight: 2, arbitrary: fc.dictionary(text, leaf, { maxKeys: 4 }) },
  { weight: 1, arbitrary: leaf.map((value) => named('__proto__', named('polluted', value))) },
  { weight: 1, arbitrary: fc.array(fc.dictionary(text, fc.array(leaf, { maxLength: 2 }), { maxKeys: 2 }), { maxLength: 3 }) },
  { weight: 1, arbitrary: fc.constantFrom(5, 70, 3_000).map(deep) },
  { weight: 1, arbitrary: fc.array(leaf, { maxLength: 2 }).map((value) => JSON.stringify(value)) },
); // prettier-ignore

function deep(levels: number): unknown {
  let value: unknown = 'bottom';
  for (let level = 0; level < levels; level++) value = level % 2 === 0 ? [value] : { member: value };
  return value;
}

/** A way to break one value somewhere inside a JSON tree. */
export type Breakage = {
  /** Fractions of the way down: which member at each level. */
  readonly path: readonly number[];
  readonly how: 'replace' | 'delete' | 'add' | 'repeat';
  readonly name: string;
  readonly value: unknown;
};

export const breakage: fc.Arbitrary<Breakage> = fc.record({
  path: fc.array(fc.double({ min: 0, max: 0.999, noNaN: true }), { minLength: 1, maxLength: 6 }),
  how: fc.constantFrom('replace', 'replace', 'replace', 'delete', 'add', 'repeat'),
  name: text,
  value: odd,
});

/** A copy of `tree` that is broken in this way; the original is not touched. */
export function broken(tree: unknown, { path, how, name, value }: Breakage): unknown {
  const [head = 0, ...rest] = path;
  if (Array.isArray(tree)) {
    const items = [...(tree as unknown[])];
    const index = Math.floor(head * items.length);
    if (rest.length > 0 && isTree(items[index])) items[index] = broken(items[index], { path: rest, how, name, value });
    else if (how === 'delete') items.splice(index, 1);
    else if (how === 'repeat') items.splice(index, 0, items[index]);
    else if (how === 'add' || items.length === 0) items.push(value);
    else items[index] = value;
    return items;
  }
  if (!isTree(tree)) return value;
  const entries = Object.entries(tree);
  const index = Math.floor(head * entries.length);
  const entry = entries[index];
  if (entry === undefined || how === 'add') return Object.fromEntries([...entries, [name, value]]);
  if (rest.length > 0 && isTree(entry[1])) entry[1] = broken(entry[1], { path: rest, how, name, value });
  else if (how === 'delete') entries.splice(index, 1);
  else if (how === 'repeat') entries.push([`${entry[0]}2`, entry[1]]);
  else entry[1] = value;
  return Object.fromEntries(entries);
}

function isTree(value: unknown): value is Record<string, unknown> | unknown[] {
  return typeof value === 'object' && value !== null;
}

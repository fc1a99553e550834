/** Pieces of CEL, the language of conditions of routing rules (B§7.2). */

const ESCAPES: { readonly [char: string]: string } = {
  '\\': '\\\\',
  '"': '\\"',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
};

/** A string literal: quotes, backslashes and everything that does not print are escaped. */
export function celString(text: string): string {
  const escaped = text.replaceAll(
    // eslint-disable-next-line no-control-regex
    /[\\"\u0000-\u001f\u007f-\u009f\u2028\u2029]|[\ud800-\udfff]/gu,
    (char) => ESCAPES[char] ?? `\\u${(char.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`,
  );
  return `"${escaped}"`;
}

export function celList(texts: readonly string[]): string {
  return `[${texts.map(celString).join(', ')}]`;
}

/** `model` matches a pattern in which `*` stands for anything and everything else for itself. */
export function celLike(pattern: string): string {
  const parts = pattern.split('*');
  const [head = '', tail = ''] = [parts[0], parts.at(-1)];
  if (parts.length === 1) return `model == ${celString(pattern)}`;
  if (parts.length > 2 || (head !== '' && tail !== '')) {
    const text = parts.map((part) => part.replace(/[\\^$.+?()[\]{}|]/g, '\\$&')).join('.*');
    return `model.matches(${celString(`^${text}$`)})`;
  }
  if (head !== '') return `model.startsWith(${celString(head)})`;
  return tail === '' ? 'true' : `model.endsWith(${celString(tail)})`;
}

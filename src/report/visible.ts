/**
 * Text from other people's databases, made safe for a terminal or a one-line cell: control characters (C0, C1, DEL),
 * line separators, and characters that reorder or hide text (bidirectional marks, zero-width) are shown as escapes.
 * An alias of `\x1b[2J` must not clear the operator's screen, and one with a line break must not forge a log line.
 */
export function visible(text: string): string {
  return text.replace(
    UNSEEN,
    (character) => NAMED[character] ?? `\\u{${character.codePointAt(0)?.toString(16) ?? ''}}`,
  );
}

// eslint-disable-next-line no-control-regex -- these are exactly the characters to catch
const UNSEEN = /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]/g;

const NAMED: { readonly [character: string]: string } = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/**
 * JSON text that is safe to print: what JSON.stringify leaves raw but a terminal acts on becomes a \uXXXX escape.
 * `indent` 0 = on one line.
 */
export function printableJson(
  value: unknown,
  indent = 2,
  replacer?: (member: string, value: unknown) => unknown,
): string {
  return JSON.stringify(value, replacer, indent).replace(
    /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/**
 * Where things are in a JSON text. Provider and key endpoints quote the offending place in their 400 (B§3.2), so the
 * sandbox has to find it; JSON.parse does not tell in a stable way.
 */

type Cursor = { readonly text: string; at: number };
class SyntaxFault extends Error {
  readonly at: number;
  readonly reason: string;
  constructor(at: number, reason: string) {
    super(reason);
    this.at = at;
    this.reason = reason;
  }
}

export type Parsed =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly index: number; readonly reason: 'eof' | 'invalid char' };

/** Parses like JSON.parse, but a broken text gives the index and the reason. */
export function parseJson(text: string): Parsed {
  try {
    return { ok: true, value: JSON.parse(text) as unknown };
  } catch {
    const cursor: Cursor = { text, at: 0 };
    try {
      skipValue(cursor, [], null);
      skipBlanks(cursor);
      return { ok: false, index: cursor.at, reason: 'invalid char' };
    } catch (fault) {
      if (!(fault instanceof SyntaxFault)) throw fault;
      return { ok: false, index: fault.at, reason: fault.reason === 'eof' ? 'eof' : 'invalid char' };
    }
  }
}

/** Index of the first character of the value at `path` in a valid JSON text; 0 when there is none. */
export function indexOf(text: string, path: readonly (string | number)[]): number {
  const wanted = JSON.stringify(path);
  let found = 0;
  skipValue({ text, at: 0 }, [], (here, at) => {
    if (JSON.stringify(here) === wanted) found = at;
  });
  return found;
}

/** The 32 characters around an index with a caret under it, as the gateway's JSON library prints them. */
export function excerpt(text: string, index: number): string {
  if (index >= text.length) return `\t${text}\n\t^\n`;
  let left = index - 16;
  let right = index + 16;
  if (left < 0) {
    right -= left;
    left = 0;
  }
  const overflow = right - text.length;
  if (overflow > 0) {
    right = text.length;
    if (left > overflow) left -= overflow;
  }
  return `\t${text.slice(left, right)}\n\t${'.'.repeat(index - left)}^${'.'.repeat(Math.max(0, right - index - 1))}\n`;
}

type Visit = ((path: readonly (string | number)[], at: number) => void) | null;

function skipValue(cursor: Cursor, path: readonly (string | number)[], visit: Visit): void {
  skipBlanks(cursor);
  visit?.(path, cursor.at);
  const first = cursor.text[cursor.at];
  if (first === undefined) throw new SyntaxFault(cursor.at, 'eof');
  if (first === '{') skipMembers(cursor, path, visit);
  else if (first === '[') skipItems(cursor, path, visit);
  else if (first === '"') readString(cursor);
  else skipWord(cursor);
}

function skipMembers(cursor: Cursor, path: readonly (string | number)[], visit: Visit): void {
  cursor.at += 1;
  skipBlanks(cursor);
  if (take(cursor, '}')) return;
  do {
    skipBlanks(cursor);
    const name = readString(cursor);
    skipBlanks(cursor);
    expect(cursor, ':');
    skipValue(cursor, [...path, name], visit);
    skipBlanks(cursor);
  } while (take(cursor, ','));
  expect(cursor, '}');
}

function skipItems(cursor: Cursor, path: readonly (string | number)[], visit: Visit): void {
  cursor.at += 1;
  skipBlanks(cursor);
  if (take(cursor, ']')) return;
  let index = 0;
  do {
    skipValue(cursor, [...path, index], visit);
    index += 1;
    skipBlanks(cursor);
  } while (take(cursor, ','));
  expect(cursor, ']');
}

function readString(cursor: Cursor): string {
  const start = cursor.at;
  expect(cursor, '"');
  while (cursor.at < cursor.text.length && cursor.text[cursor.at] !== '"')
    cursor.at += cursor.text[cursor.at] === '\\' ? 2 : 1;
  expect(cursor, '"');
  try {
    return JSON.parse(cursor.text.slice(start, cursor.at)) as string;
  } catch {
    throw new SyntaxFault(start, 'invalid char');
  }
}

function skipWord(cursor: Cursor): void {
  const literal = ['true', 'false', 'null'].find((word) => word.startsWith(cursor.text.charAt(cursor.at)));
  if (literal !== undefined) {
    for (const letter of literal) expect(cursor, letter);
    return;
  }
  const number = /^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/.exec(cursor.text.slice(cursor.at, cursor.at + 400));
  if (!number) throw new SyntaxFault(cursor.at, 'invalid char');
  cursor.at += number[0].length;
}

function skipBlanks(cursor: Cursor): void {
  while (cursor.at < cursor.text.length && ' \t\r\n'.includes(cursor.text.charAt(cursor.at))) cursor.at += 1;
}

function take(cursor: Cursor, character: string): boolean {
  if (cursor.text[cursor.at] !== character) return false;
  cursor.at += 1;
  return true;
}

function expect(cursor: Cursor, character: string): void {
  if (take(cursor, character)) return;
  throw new SyntaxFault(cursor.at, cursor.at >= cursor.text.length ? 'eof' : 'invalid char');
}

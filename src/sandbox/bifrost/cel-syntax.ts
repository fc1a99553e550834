/** Reads the part of CEL that routing rules need into a tree (B§7.2, P§3). */
export type CelNode =
  | { readonly kind: 'literal'; readonly value: string | number | boolean | null }
  | { readonly kind: 'variable'; readonly name: string }
  | { readonly kind: 'list'; readonly items: readonly CelNode[] }
  | { readonly kind: 'not'; readonly operand: CelNode }
  | { readonly kind: 'logic'; readonly sign: '||' | '&&'; readonly operands: readonly CelNode[] }
  | { readonly kind: 'compare'; readonly sign: Comparison; readonly left: CelNode; readonly right: CelNode }
  | { readonly kind: 'index'; readonly of: CelNode; readonly key: CelNode }
  | { readonly kind: 'call'; readonly name: string; readonly on: CelNode; readonly arguments: readonly CelNode[] };
export type Comparison = '==' | '!=' | '<' | '<=' | '>' | '>=' | 'in';

/** The expression cannot be read or evaluated. */
export class CelFault extends Error {
  override readonly name = 'CelFault';
}

type Token = { readonly kind: 'word' | 'text' | 'number' | 'sign'; readonly text: string };
type Reader = { readonly tokens: readonly Token[]; at: number };

export function parseCel(expression: string): CelNode {
  const reader: Reader = { tokens: tokenize(expression), at: 0 };
  const node = readOr(reader);
  if (reader.at < reader.tokens.length) throw new CelFault('unexpected text at the end');
  return node;
}

const TOKEN =
  /\s*(?:("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|(\d+(?:\.\d+)?)|([A-Za-z_]\w*)|(==|!=|<=|>=|&&|\|\||[!<>()[\],.]))/gy;

function tokenize(expression: string): readonly Token[] {
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  const end = expression.trimEnd().length;
  while (TOKEN.lastIndex < end) {
    const [, text, number, word, sign] = TOKEN.exec(expression) ?? [];
    if (text !== undefined) tokens.push({ kind: 'text', text: unquote(text) });
    else if (number !== undefined) tokens.push({ kind: 'number', text: number });
    else if (word !== undefined) tokens.push({ kind: 'word', text: word });
    else if (sign !== undefined) tokens.push({ kind: 'sign', text: sign });
    else throw new CelFault('unknown character');
  }
  return tokens;
}

const ESCAPES: { readonly [letter: string]: string } = { n: '\n', t: '\t', r: '\r' };

function unquote(literal: string): string {
  return literal
    .slice(1, -1)
    .replace(/\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(.))/gs, (_, unicode?: string, hex?: string, letter?: string) =>
      letter === undefined
        ? String.fromCharCode(Number.parseInt(unicode ?? hex ?? '0', 16))
        : (ESCAPES[letter] ?? letter),
    );
}

function readOr(reader: Reader): CelNode {
  return readLogic(reader, '||', (inner) => readLogic(inner, '&&', readComparison));
}

function readLogic(reader: Reader, sign: '||' | '&&', readOperand: (reader: Reader) => CelNode): CelNode {
  const operands = [readOperand(reader)];
  while (take(reader, sign)) operands.push(readOperand(reader));
  const [only] = operands;
  return only && operands.length === 1 ? only : { kind: 'logic', sign, operands };
}

const COMPARISONS = ['==', '!=', '<=', '>=', '<', '>'] as const;

function readComparison(reader: Reader): CelNode {
  const left = readUnary(reader);
  if (takeWord(reader, 'in')) return { kind: 'compare', sign: 'in', left, right: readUnary(reader) };
  const sign = COMPARISONS.find((candidate) => take(reader, candidate));
  return sign === undefined ? left : { kind: 'compare', sign, left, right: readUnary(reader) };
}

function readUnary(reader: Reader): CelNode {
  return take(reader, '!') ? { kind: 'not', operand: readUnary(reader) } : readPostfix(reader);
}

function readPostfix(reader: Reader): CelNode {
  let node = readPrimary(reader);
  for (;;) {
    if (take(reader, '.')) node = readMember(reader, node);
    else if (take(reader, '[')) node = { kind: 'index', of: node, key: closing(reader, readOr(reader), ']') };
    else return node;
  }
}

function readMember(reader: Reader, on: CelNode): CelNode {
  const member = next(reader);
  if (member.kind !== 'word') throw new CelFault('member expected');
  if (!take(reader, '(')) return { kind: 'index', of: on, key: { kind: 'literal', value: member.text } };
  return { kind: 'call', name: member.text, on, arguments: readItems(reader, ')') };
}

function readPrimary(reader: Reader): CelNode {
  const token = next(reader);
  if (token.kind === 'text') return { kind: 'literal', value: token.text };
  if (token.kind === 'number') return { kind: 'literal', value: Number(token.text) };
  if (token.kind === 'sign') {
    if (token.text === '(') return closing(reader, readOr(reader), ')');
    if (token.text === '[') return { kind: 'list', items: readItems(reader, ']') };
    throw new CelFault(`unexpected ${token.text}`);
  }
  if (token.text === 'true' || token.text === 'false') return { kind: 'literal', value: token.text === 'true' };
  if (token.text === 'null') return { kind: 'literal', value: null };
  if (token.text === 'size' && take(reader, '('))
    return { kind: 'call', name: 'size', on: closing(reader, readOr(reader), ')'), arguments: [] };
  return { kind: 'variable', name: token.text };
}

function readItems(reader: Reader, end: string): readonly CelNode[] {
  const items: CelNode[] = [];
  if (take(reader, end)) return items;
  do items.push(readOr(reader));
  while (take(reader, ','));
  return closing(reader, items, end);
}

function next(reader: Reader): Token {
  const token = reader.tokens[reader.at];
  if (!token) throw new CelFault('unexpected end');
  reader.at += 1;
  return token;
}

function closing<T>(reader: Reader, value: T, sign: string): T {
  if (!take(reader, sign)) throw new CelFault(`${sign} expected`);
  return value;
}

function take(reader: Reader, sign: string): boolean {
  return takeToken(reader, 'sign', sign);
}

function takeWord(reader: Reader, word: string): boolean {
  return takeToken(reader, 'word', word);
}

function takeToken(reader: Reader, kind: Token['kind'], text: string): boolean {
  const token = reader.tokens[reader.at];
  if (token?.kind !== kind || token.text !== text) return false;
  reader.at += 1;
  return true;
}

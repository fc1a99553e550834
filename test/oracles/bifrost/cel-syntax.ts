/** The part of CEL that routing rules are written in (B§7.2), as a tree. */
export type CelNode =
  | { readonly kind: 'literal'; readonly value: string | number | boolean }
  | { readonly kind: 'list'; readonly items: readonly CelNode[] }
  | { readonly kind: 'variable'; readonly name: string }
  | { readonly kind: 'member'; readonly of: CelNode; readonly key: CelNode }
  | { readonly kind: 'call'; readonly on: CelNode; readonly method: string; readonly argument: CelNode }
  | { readonly kind: 'not'; readonly operand: CelNode }
  | { readonly kind: 'binary'; readonly operator: string; readonly left: CelNode; readonly right: CelNode };

type Token = { readonly kind: 'text' | 'number' | 'word' | 'sign' | 'end'; readonly text: string };

const SPACE = /[ \t\n\r\f]+/y;
const NUMBER = /\d+(?:\.\d+)?/y;
const WORD = /[A-Za-z_][A-Za-z0-9_]*/y;
const SIGN = /&&|\|\||==|!=|<=|>=|[<>!()[\],.-]/y;
const STRING = /([rR]?)("(?:[^"\\\n\r]|\\.)*"|'(?:[^'\\\n\r]|\\.)*')/y;
const RAW_STRING = /[rR]("[^"\n\r]*"|'[^'\n\r]*')/y;

const ESCAPES: { readonly [letter: string]: string } = {
  n: '\n',
  t: '\t',
  r: '\r',
  a: '\x07',
  b: '\b',
  f: '\f',
  v: '\v',
  '\\': '\\',
  '"': '"',
  "'": "'",
  '`': '`',
  '?': '?',
};
const ESCAPE = /\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|[xX]([0-9a-fA-F]{2})|([0-3][0-7]{2})|([\s\S]))/g;

export function parseCel(expression: string): CelNode {
  const parser = new Parser(tokens(expression));
  return parser.whole();
}

function tokens(expression: string): Token[] {
  const found: Token[] = [];
  let at = 0;
  const take = (pattern: RegExp): string | null => {
    pattern.lastIndex = at;
    const match = pattern.exec(expression)?.[0] ?? null;
    if (match !== null) at += match.length;
    return match;
  };
  while (at < expression.length) {
    if (take(SPACE) !== null) continue;
    const text = take(RAW_STRING) ?? take(STRING);
    const number = text === null ? take(NUMBER) : null;
    const word = text === null && number === null ? take(WORD) : null;
    if (text !== null) found.push({ kind: 'text', text: unquoted(text) });
    else if (number !== null) found.push({ kind: 'number', text: number });
    else if (word !== null) found.push({ kind: 'word', text: word });
    else found.push({ kind: 'sign', text: take(SIGN) ?? refuse(`nothing to make of ${expression.slice(at)}`) });
  }
  return [...found, { kind: 'end', text: '' }];
}

function unquoted(literal: string): string {
  if (/^[rR]/.test(literal)) return literal.slice(2, -1);
  return literal
    .slice(1, -1)
    .replace(ESCAPE, (_, u?: string, long?: string, x?: string, octal?: string, letter?: string) => {
      const hex = u ?? long ?? x;
      if (hex !== undefined) return String.fromCodePoint(parseInt(hex, 16));
      if (octal !== undefined) return String.fromCodePoint(parseInt(octal, 8));
      return ESCAPES[letter ?? ''] ?? refuse(`no escape \\${letter}`);
    });
}

/** Loosest first. Comparisons chain to the left, as CEL has them. */
const LEVELS: readonly (readonly string[])[] = [['||'], ['&&'], ['==', '!=', '<', '<=', '>', '>=', 'in']];

class Parser {
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(found: readonly Token[]) {
    this.#tokens = found;
  }

  whole(): CelNode {
    const node = this.#level(0);
    if (this.#next.kind !== 'end') refuse(`unexpected ${this.#next.text}`);
    return node;
  }

  get #next(): Token {
    return this.#tokens[this.#at] ?? { kind: 'end', text: '' };
  }

  #level(depth: number): CelNode {
    const operators = LEVELS[depth];
    if (operators === undefined) return this.#unary();
    let left = this.#level(depth + 1);
    while (this.#next.kind !== 'text' && operators.includes(this.#next.text)) {
      const operator = this.#take().text;
      left = { kind: 'binary', operator, left, right: this.#level(depth + 1) };
    }
    return left;
  }

  #unary(): CelNode {
    if (this.#accept('!')) return { kind: 'not', operand: this.#unary() };
    if (this.#accept('-')) return { kind: 'literal', value: -Number(this.#expect('number').text) };
    let node = this.#primary();
    for (;;) {
      if (this.#accept('.')) node = this.#memberOrCall(node);
      else if (this.#accept('[')) {
        node = { kind: 'member', of: node, key: this.#level(0) };
        this.#demand(']');
      } else return node;
    }
  }

  #memberOrCall(of: CelNode): CelNode {
    const name = this.#expect('word').text;
    if (!this.#accept('(')) return { kind: 'member', of, key: { kind: 'literal', value: name } };
    const argument = this.#level(0);
    this.#demand(')');
    return { kind: 'call', on: of, method: name, argument };
  }

  #primary(): CelNode {
    const token = this.#take();
    if (token.kind === 'text') return { kind: 'literal', value: token.text };
    if (token.kind === 'number') return { kind: 'literal', value: Number(token.text) };
    if (token.text === 'true' || token.text === 'false') return { kind: 'literal', value: token.text === 'true' };
    if (token.kind === 'word') return { kind: 'variable', name: token.text };
    if (token.text === '[') return { kind: 'list', items: this.#items() };
    if (token.text !== '(') return refuse(`unexpected ${token.text}`);
    const inner = this.#level(0);
    this.#demand(')');
    return inner;
  }

  #items(): CelNode[] {
    const items: CelNode[] = [];
    while (!this.#accept(']')) {
      if (items.length > 0) {
        this.#demand(',');
        if (this.#accept(']')) break;
      }
      items.push(this.#level(0));
    }
    return items;
  }

  #take(): Token {
    const token = this.#next;
    this.#at += 1;
    return token;
  }

  #accept(sign: string): boolean {
    if (this.#next.kind !== 'sign' || this.#next.text !== sign) return false;
    this.#at += 1;
    return true;
  }

  #demand(sign: string): void {
    if (!this.#accept(sign)) refuse(`expected ${sign} before ${this.#next.text}`);
  }

  #expect(kind: Token['kind']): Token {
    return this.#next.kind === kind ? this.#take() : refuse(`expected a ${kind} before ${this.#next.text}`);
  }
}

function refuse(reason: string): never {
  throw new SyntaxError(reason);
}

import { parseCel, type CelNode } from './cel-syntax.js';

/** What a rule may ask about a call (B§7.2); an absent fact is the empty string, as the gateway has it. */
export type CelVariables = {
  readonly model: string;
  readonly provider: string;
  readonly request_type: string;
  readonly virtual_key_id: string;
  readonly virtual_key_name: string;
  readonly team_id: string;
  readonly team_name: string;
  readonly customer_id: string;
  readonly customer_name: string;
  /** Names in lower case. */
  readonly headers: { readonly [name: string]: string };
};

/** Answers whether a rule matches. */
export type Matcher = (variables: CelVariables) => boolean;

type Value = string | number | boolean | Mapping | readonly Value[];
type Mapping = { readonly [key: string]: string };
type Kind = 'string' | 'number' | 'boolean' | 'map' | 'list';

const KINDS: { readonly [variable: string]: Kind } = {
  model: 'string',
  provider: 'string',
  request_type: 'string',
  virtual_key_id: 'string',
  virtual_key_name: 'string',
  team_id: 'string',
  team_name: 'string',
  customer_id: 'string',
  customer_name: 'string',
  headers: 'map',
  params: 'map',
  // Percentages of limits: nothing has been used up in a state that is only described.
  tokens_used: 'number',
  request: 'number',
  budget_used: 'number',
};
const METHODS = new Set(['startsWith', 'endsWith', 'contains', 'matches']);
/** Parts of CEL that this evaluator leaves out: it must say so instead of calling a rule broken. */
const BEYOND =
  /\?[^?]*:|[+*%]|\b(?:has|size|exists|exists_one|all|filter|map|lowerAscii|int|double|string|bool|null)\b/;

/**
 * A broken rule is skipped at runtime (B§5.7): it never matches. Throws for CEL that is right but beyond what this
 * evaluator knows, since a guess would be worth nothing.
 */
export function compileCel(expression: string): Matcher {
  if (expression.trim() === '') return () => true;
  const tree = understood(expression);
  if (tree === null) return () => false;
  return (variables) => {
    const result = attempt(() =>
      evaluate(tree, { params: {}, tokens_used: 0, request: 0, budget_used: 0, ...variables }),
    );
    return result === true;
  };
}

function understood(expression: string): CelNode | null {
  try {
    const tree = parseCel(expression);
    return kindOf(tree) === 'boolean' ? tree : null;
  } catch (error) {
    const bare = expression.replace(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/g, '""');
    if (BEYOND.test(bare)) throw new Error(`a rule beyond what the oracle reads: ${expression}`, { cause: error });
    return null;
  }
}

/** CEL checks types before anything runs: `model == 5` is no false rule but a broken one. */
function kindOf(node: CelNode): Kind {
  switch (node.kind) {
    case 'literal':
      return typeof node.value as Kind;
    case 'variable':
      return KINDS[node.name] ?? wrong(`undeclared ${node.name}`);
    case 'list':
      node.items.forEach(kindOf);
      return 'list';
    case 'member':
      return kindOf(node.of) === 'map' && kindOf(node.key) === 'string' ? 'string' : wrong('no such member');
    case 'call':
      return METHODS.has(node.method) && kindOf(node.on) === 'string' && kindOf(node.argument) === 'string'
        ? 'boolean'
        : wrong(`no ${node.method}`);
    case 'not':
      return kindOf(node.operand) === 'boolean' ? 'boolean' : wrong('! of no boolean');
    case 'binary':
      return checkBinary(node.operator, node.left, node.right);
  }
}

function checkBinary(operator: string, leftNode: CelNode, rightNode: CelNode): Kind {
  const left = kindOf(leftNode);
  const right = kindOf(rightNode);
  if (operator === 'in') return right === 'list' || right === 'map' ? 'boolean' : wrong('in nothing');
  if (left !== right) return wrong(`${left} ${operator} ${right}`);
  if ((operator === '&&' || operator === '||') && left !== 'boolean') return wrong(`${operator} of no booleans`);
  return 'boolean';
}

function evaluate(node: CelNode, variables: { readonly [name: string]: Value }): Value {
  const value = (of: CelNode) => evaluate(of, variables);
  switch (node.kind) {
    case 'literal':
      return node.value;
    case 'variable':
      return variables[node.name] ?? wrong(`no ${node.name}`);
    case 'list':
      return node.items.map(value);
    case 'member':
      return entry(value(node.of) as Mapping, value(node.key) as string);
    case 'call':
      return METHOD[node.method as keyof typeof METHOD](value(node.on) as string, value(node.argument) as string);
    case 'not':
      return value(node.operand) === false;
    case 'binary':
      return node.operator === '&&' || node.operator === '||'
        ? logical(node.operator === '||', node.left, node.right, value)
        : compare(node.operator, value(node.left), value(node.right));
  }
}

const METHOD = {
  startsWith: (text: string, other: string) => text.startsWith(other),
  endsWith: (text: string, other: string) => text.endsWith(other),
  contains: (text: string, other: string) => text.includes(other),
  matches: (text: string, pattern: string) => new RegExp(pattern, 'u').test(text),
} as const;

/** One side that decides makes the other's failure harmless, whichever side that is. */
function logical(decisive: boolean, left: CelNode, right: CelNode, value: (node: CelNode) => Value): boolean {
  const first = attempt(() => value(left));
  if (first === decisive) return decisive;
  const second = attempt(() => value(right));
  if (second === decisive) return decisive;
  if (first === undefined || second === undefined) return wrong('no value on one side');
  return !decisive;
}

function compare(operator: string, left: Value, right: Value): boolean {
  switch (operator) {
    case 'in':
      return Array.isArray(right)
        ? right.some((item) => equal(item as Value, left))
        : Object.hasOwn(right as Mapping, left as string);
    case '==':
      return equal(left, right);
    case '!=':
      return !equal(left, right);
    case '<':
      return left < right;
    case '<=':
      return left <= right;
    case '>':
      return left > right;
    default:
      return left >= right;
  }
}

function equal(left: Value, right: Value): boolean {
  if (!Array.isArray(left) || !Array.isArray(right)) return left === right;
  return left.length === right.length && left.every((item, at) => equal(item as Value, right[at] as Value));
}

function entry(mapping: Mapping, key: string): string {
  return Object.hasOwn(mapping, key) ? (mapping[key] ?? '') : wrong(`no such key ${key}`);
}

function attempt(work: () => Value): Value | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}

function wrong(reason: string): never {
  throw new TypeError(reason);
}

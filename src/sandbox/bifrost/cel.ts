import { CelFault, parseCel, type CelNode, type Comparison } from './cel-syntax.js';

/** Evaluates the CEL expressions of routing rules: what cannot be evaluated makes the gateway skip the rule (B§5.7). */
export type CelValue = string | number | boolean | null | readonly CelValue[] | { readonly [key: string]: string };
export type CelVariables = { readonly [name: string]: CelValue };

/** True or false; null when the expression is broken. An empty expression is always true. */
export function evaluateCel(expression: string, variables: CelVariables): boolean | null {
  if (expression.trim() === '') return true;
  try {
    const tree = parseCel(expression);
    checkNames(tree, variables);
    const result = valueOf(tree, variables);
    return typeof result === 'boolean' ? result : null;
  } catch (fault) {
    if (fault instanceof CelFault) return null;
    throw fault;
  }
}

/** Unknown names break the whole rule, also where they would never be looked at. */
function checkNames(node: CelNode, variables: CelVariables): void {
  if (node.kind === 'variable' && !Object.hasOwn(variables, node.name))
    throw new CelFault(`undeclared reference to ${node.name}`);
  if (node.kind === 'call' && !FUNCTIONS.has(node.name)) throw new CelFault(`unknown function ${node.name}`);
  for (const child of childrenOf(node)) checkNames(child, variables);
}

const FUNCTIONS: ReadonlySet<string> = new Set(['startsWith', 'endsWith', 'contains', 'matches', 'size']);

function childrenOf(node: CelNode): readonly CelNode[] {
  switch (node.kind) {
    case 'literal':
    case 'variable':
      return [];
    case 'list':
      return node.items;
    case 'not':
      return [node.operand];
    case 'logic':
      return node.operands;
    case 'compare':
      return [node.left, node.right];
    case 'index':
      return [node.of, node.key];
    case 'call':
      return [node.on, ...node.arguments];
  }
}

function valueOf(node: CelNode, variables: CelVariables): CelValue {
  switch (node.kind) {
    case 'literal':
      return node.value;
    case 'variable':
      return variables[node.name] ?? null;
    case 'list':
      return node.items.map((item) => valueOf(item, variables));
    case 'not':
      return !truth(valueOf(node.operand, variables));
    case 'logic':
      return logic(node.sign, node.operands, variables);
    case 'compare':
      return compare(node.sign, valueOf(node.left, variables), valueOf(node.right, variables));
    case 'index':
      return element(valueOf(node.of, variables), valueOf(node.key, variables));
    case 'call':
      return call(
        node.name,
        valueOf(node.on, variables),
        node.arguments.map((argument) => valueOf(argument, variables)),
      );
  }
}

/** An operand that fails does not matter when another one settles the result: `error || true` is true in CEL. */
function logic(sign: '||' | '&&', operands: readonly CelNode[], variables: CelVariables): boolean {
  const settling = sign === '||';
  let fault: CelFault | null = null;
  for (const operand of operands) {
    try {
      if (truth(valueOf(operand, variables)) === settling) return settling;
    } catch (error) {
      if (!(error instanceof CelFault)) throw error;
      fault ??= error;
    }
  }
  if (fault) throw fault;
  return !settling;
}

function compare(sign: Comparison, left: CelValue, right: CelValue): boolean {
  if (sign === 'in') return contains(right, left);
  if (typeof left !== typeof right) throw new CelFault('no such overload');
  if (sign === '==') return same(left, right);
  if (sign === '!=') return !same(left, right);
  if (!isOrdered(left) || !isOrdered(right)) throw new CelFault('no such overload');
  if (sign === '<') return left < right;
  if (sign === '<=') return left <= right;
  return sign === '>' ? left > right : left >= right;
}

function isOrdered(value: CelValue): value is string | number {
  return typeof value === 'string' || typeof value === 'number';
}

function same(left: CelValue, right: CelValue): boolean {
  return JSON.stringify(left) === JSON.stringify(right);
}

function contains(collection: CelValue, item: CelValue): boolean {
  if (isList(collection)) return collection.some((entry) => same(entry, item));
  if (isMap(collection) && typeof item === 'string') return Object.hasOwn(collection, item);
  throw new CelFault('no such overload');
}

/** A missing key is an error: `"x" in headers` asks without one (B§7.2). */
function element(collection: CelValue, key: CelValue): CelValue {
  if (isMap(collection) && typeof key === 'string' && Object.hasOwn(collection, key)) return collection[key] ?? '';
  const item = isList(collection) && typeof key === 'number' ? collection[key] : undefined;
  if (item === undefined) throw new CelFault('no such key');
  return item;
}

function call(name: string, on: CelValue, [argument]: readonly CelValue[]): CelValue {
  if (name === 'size') return sizeOf(on);
  if (typeof on !== 'string' || typeof argument !== 'string') throw new CelFault('no such overload');
  if (name === 'startsWith') return on.startsWith(argument);
  if (name === 'endsWith') return on.endsWith(argument);
  if (name === 'contains') return on.includes(argument);
  return new RegExp(argument).test(on);
}

function sizeOf(value: CelValue): number {
  if (typeof value === 'string') return [...value].length;
  if (isList(value)) return value.length;
  if (isMap(value)) return Object.keys(value).length;
  throw new CelFault('no such overload');
}

function truth(value: CelValue): boolean {
  if (typeof value !== 'boolean') throw new CelFault('not a boolean');
  return value;
}

function isList(value: CelValue): value is readonly CelValue[] {
  return Array.isArray(value);
}

function isMap(value: CelValue): value is { readonly [key: string]: string } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

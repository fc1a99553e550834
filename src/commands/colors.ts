import type { Environment } from '../config.js';

export type Color = 'green' | 'red' | 'yellow' | 'cyan' | 'bold' | 'dim';
export type Paint = (color: Color, text: string) => string;

const CODES: { readonly [C in Color]: readonly [number, number] } = {
  green: [32, 39],
  red: [31, 39],
  yellow: [33, 39],
  cyan: [36, 39],
  bold: [1, 22],
  dim: [2, 22],
};

/** FORCE_COLOR beats NO_COLOR, as in Node; without either, colours go to terminals only. */
export function painter(stream: { readonly isTTY?: boolean }, env: Environment): Paint {
  return wantsColor(stream, env)
    ? (color, text) => `\u001b[${CODES[color][0]}m${text}\u001b[${CODES[color][1]}m`
    : (_, text) => text;
}

function wantsColor(stream: { readonly isTTY?: boolean }, env: Environment): boolean {
  const { FORCE_COLOR: force, NO_COLOR: no, TERM: term } = env;
  if (force !== undefined) return force !== '0' && force !== 'false';
  if (no !== undefined && no !== '') return false;
  return stream.isTTY === true && term !== 'dumb';
}

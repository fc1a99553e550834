import { isObject } from '../../json.js';
import { excerpt, indexOf, parseJson } from './json-syntax.js';
import { Refusal } from './reply.js';

/**
 * The gateway decodes bodies into typed structures: unknown members are dropped in silence, a wrong type refuses the whole
 * body (B§3.2, B§5). `null` counts as absent.
 */
export type Field =
  | 'string'
  | 'number'
  | 'integer'
  | 'boolean'
  | 'any'
  | { readonly list: Field }
  | { readonly map: Field }
  | { readonly members: Fields }
  /** A named type of the gateway's program, shown in messages. */
  | { readonly named: string; readonly is: Field }
  /** Decoded by another library of the gateway, whose messages are worded differently. */
  | { readonly plainly: string; readonly is: Field };
export type Fields = { readonly [member: string]: Field };

type Mismatch = {
  readonly path: readonly (string | number)[];
  readonly wanted: string;
  readonly found: string;
  /** The whole message, where it does not quote the place. */
  readonly message?: string;
};

/** For governance endpoints: any trouble is 400 `Invalid JSON`. */
export function decodePlain(text: string, fields: Fields): Record<string, unknown> {
  const parsed = parseJson(text);
  if (!parsed.ok || findMismatch(parsed.value, { members: fields }, [])) throw new Refusal(400, 'Invalid JSON');
  return (parsed.value ?? {}) as Record<string, unknown>;
}

const EMPTY = 'no sources available, the input json is empty: errors.SyntaxError{Pos:0, Src:"", Code:0x1, Msg:""}';

/** For provider and key endpoints: the 400 quotes the place. `type` is the gateway's name for the whole body. */
export function decodeQuoting(text: string, type: string, fields: Fields): Record<string, unknown> {
  if (text === '') throw new Refusal(400, `Invalid JSON: ${JSON.stringify(`Syntax error ${EMPTY}`)}`);
  const parsed = parseJson(text);
  if (!parsed.ok) {
    const description = `Syntax error at index ${parsed.index}: ${parsed.reason}\n\n${excerpt(text, parsed.index)}`;
    throw new Refusal(400, `Invalid JSON: ${JSON.stringify(description)}`);
  }
  const mismatch = findMismatch(parsed.value, { named: type, is: { members: fields } }, []);
  if (mismatch?.message !== undefined) throw new Refusal(400, `Invalid JSON: ${mismatch.message}`);
  if (mismatch) {
    const index = indexOf(text, mismatch.path);
    const description = `at index ${index}: mismatched type with value\n\n${excerpt(text, index)}`;
    throw new Refusal(
      400,
      `Invalid JSON: Mismatch type ${mismatch.wanted} with value ${mismatch.found} ${JSON.stringify(description)}`,
    );
  }
  return (parsed.value ?? {}) as Record<string, unknown>;
}

function findMismatch(value: unknown, field: Field, path: Mismatch['path'], name?: string): Mismatch | null {
  if (value === null || value === undefined || field === 'any') return null;
  if (typeof field === 'object' && 'named' in field) return findMismatch(value, field.is, path, field.named);
  if (typeof field === 'object' && 'plainly' in field) return plainMismatch(value, field.plainly, field.is, path);
  const wrong = (wanted: string): Mismatch => ({ path, wanted: name ?? wanted, found: kindOf(value) });
  if (typeof field === 'string') return hasType(value, field) ? null : wrong(GO_NAMES[field]);
  if ('list' in field) {
    if (!Array.isArray(value)) return wrong('[]string');
    return lastOf(value.map((item, index) => findMismatch(item, field.list, [...path, index])));
  }
  if (!isObject(value)) return wrong('object');
  const members = Object.entries(value);
  if ('map' in field) return lastOf(members.map(([member, item]) => findMismatch(item, field.map, [...path, member])));
  return lastOf(members.map(([member, item]) => findMismatch(item, field.members[member] ?? 'any', [...path, member])));
}

function plainMismatch(value: unknown, type: string, field: Field, path: Mismatch['path']): Mismatch | null {
  const mismatch = findMismatch(value, field, path);
  if (!mismatch) return null;
  const member = mismatch.path[path.length];
  const where =
    member === undefined
      ? `value of type schemas.${type}`
      : `struct field ${type}.${member} of type ${mismatch.wanted.replace('int64', 'int')}`;
  return { ...mismatch, message: `json: cannot unmarshal ${mismatch.found} into Go ${where}` };
}

/** Decoding goes on after a mismatch; the last one is reported. */
function lastOf(mismatches: readonly (Mismatch | null)[]): Mismatch | null {
  return mismatches.findLast((mismatch) => mismatch !== null) ?? null;
}

const GO_NAMES = { string: 'string', number: 'float64', integer: 'int64', boolean: 'bool', any: 'any' } as const;

function hasType(value: unknown, type: keyof typeof GO_NAMES): boolean {
  if (type === 'any') return true;
  // Integers only: a float, a string or a value above 2^63 refuses the body (B§5.2).
  if (type === 'integer') return typeof value === 'number' && Number.isInteger(value) && Math.abs(value) < 2 ** 63;
  return typeof value === type;
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  return typeof value === 'boolean' ? 'bool' : typeof value;
}

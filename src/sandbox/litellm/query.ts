import { invalidQuery } from './refusal.js';
import type { SandboxVersion } from './version.js';

/** Query values as FastAPI reads them: unknown ones ignored, bad ones refused with 422. */
export type Query = {
  readonly text: (name: string) => string | null;
  readonly flag: (name: string) => boolean;
  readonly all: (name: string) => readonly string[];
  /** A whole number, at least 1, at most `max`. */
  readonly count: (name: string, fallback: number, max?: number) => number;
  readonly required: (name: string) => string;
};

const TRUE = ['1', 'true', 'on', 't', 'y', 'yes'];
const FALSE = ['0', 'false', 'off', 'f', 'n', 'no'];

export function readQuery(search: URLSearchParams, version: SandboxVersion): Query {
  const text = (name: string): string | null => search.get(name);
  return {
    text,
    all: (name) => search.getAll(name),
    flag: (name) => {
      const value = text(name);
      if (value === null || FALSE.includes(value.toLowerCase())) return false;
      if (TRUE.includes(value.toLowerCase())) return true;
      throw invalidQuery(
        version,
        name,
        'bool_parsing',
        'Input should be a valid boolean, unable to interpret input',
        value,
      );
    },
    count: (name, fallback, max) => count(version, name, text(name), fallback, max),
    required: (name) => {
      const value = text(name);
      if (value === null) throw invalidQuery(version, name, 'missing', 'Field required', null);
      return value;
    },
  };
}

function count(version: SandboxVersion, name: string, value: string | null, fallback: number, max?: number): number {
  if (value === null) return fallback;
  if (!/^[+-]?\d+$/.test(value)) {
    throw invalidQuery(
      version,
      name,
      'int_parsing',
      'Input should be a valid integer, unable to parse string as an integer',
      value,
    );
  }
  const number = Number(value);
  if (number < 1) {
    throw invalidQuery(version, name, 'greater_than_equal', 'Input should be greater than or equal to 1', value, {
      ge: 1,
    });
  }
  if (max !== undefined && number > max) {
    throw invalidQuery(version, name, 'less_than_equal', `Input should be less than or equal to ${max}`, value, {
      le: max,
    });
  }
  return number;
}

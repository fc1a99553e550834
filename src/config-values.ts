import * as z from 'zod';
import { KIND_NAMES } from './kind-names.js';
import { RECORD_KINDS, type RecordKind } from './sources/records.js';
import { Secret } from './secret.js';

/**
 * Grammars of single settings. Messages complete the sentence `NAME …` and never repeat the value: it may be a secret
 * put into the wrong place.
 */

export const url = z.string().transform((text, context) => {
  const problem = urlProblem(text);
  if (problem !== null) context.addIssue({ code: 'custom', message: problem });
  return text.replace(/\/+$/, '');
});
export const secret = z.string().transform((text) => new Secret(text));
export const databaseUrl = z
  .string()
  .refine((text) => /^postgres(ql)?:\/\/[^/]/.test(text) && URL.canParse(text), 'is not a postgresql:// URL')
  .transform((text) => new Secret(text));

export function choice<const T extends readonly [string, ...string[]]>(...values: T) {
  return z.enum(values, { error: `is not one of ${values.join(', ')}` });
}

/** `DRY_RUN=1` and its relatives. */
export function switchValue(text: string | boolean, context: z.core.$RefinementCtx): boolean {
  if (typeof text === 'boolean') return text;
  if (/^(?:1|true|yes|on)$/i.test(text)) return true;
  // A run that was meant to be dry must not write because of a spelling.
  if (!/^(?:0|false|no|off)$/i.test(text)) context.addIssue({ code: 'custom', message: 'is neither 1 nor 0' });
  return false;
}

export function kindList(text: string, context: z.core.$RefinementCtx<string>): RecordKind[] {
  const kinds = text.split(',').map(recordKind);
  const known = kinds.filter((kind) => kind !== undefined);
  if (known.length !== kinds.length)
    context.addIssue({ code: 'custom', message: `takes a list of ${KIND_NAMES.join(', ')}` });
  return [...new Set(known)];
}

/** A kind of record as people type it (`virtual-keys`, `keys`, `models`); undefined when it is none. */
export function recordKind(typed: string): RecordKind | undefined {
  const word = typed.trim().toLowerCase().replaceAll('-', '_').replace(/s$/, '');
  return RECORD_KINDS.find((kind) => kind === word) ?? KIND_ALIASES[word];
}

const KIND_ALIASES: { readonly [word: string]: RecordKind | undefined } = {
  model: 'deployment',
  org: 'organization',
  member: 'membership',
  key: 'virtual_key',
  vkey: 'virtual_key',
};

/**
 * Bifrost's grammar of durations (B§5.2): a Go duration, or one decimal number with d, w, M or Y; more than nothing and
 * within 64 bits of nanoseconds.
 */
export function isBudgetPeriod(text: string): boolean {
  const simple = /^\+?(\d+(?:\.\d*)?|\.\d+)([dwMY])$/.exec(text);
  const hours = simple === null ? goHours(text) : Number(simple[1]) * (HOURS[simple[2] ?? ''] ?? 0);
  return hours > 0 && hours <= MAX_HOURS;
}

const HOURS: { readonly [unit: string]: number } = {
  ns: 1 / 3.6e12,
  us: 1 / 3.6e9,
  µs: 1 / 3.6e9,
  ms: 1 / 3.6e6,
  s: 1 / 3600,
  m: 1 / 60,
  h: 1,
  d: 24,
  w: 168,
  M: 720,
  Y: 8760,
};
const MAX_HOURS = 2 ** 63 / 3.6e12;

function goHours(text: string): number {
  if (!/^\+?(?:(?:\d+(?:\.\d*)?|\.\d+)(?:ns|us|µs|ms|s|m|h))+$/.test(text)) return 0;
  const parts = text.matchAll(/(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h)/g);
  return [...parts].reduce((sum, [, number, unit]) => sum + Number(number) * (HOURS[unit ?? ''] ?? 0), 0);
}

function urlProblem(text: string): string | null {
  if (text === '') return null;
  if (!URL.canParse(text)) return 'is not a URL';
  const { protocol, username, password, search, hash } = new URL(text);
  if (protocol !== 'http:' && protocol !== 'https:') return 'is not an http:// or https:// URL';
  // The URL names the end in journal, log and report.
  if (username !== '' || password !== '') return 'contains credentials; they belong into the key variable';
  return search === '' && hash === '' ? null : 'has a query or a fragment; give the base URL';
}

/** http:// to a host other than this machine. */
export function isPlainHttp(text: string): boolean {
  const { protocol, hostname } = new URL(text);
  const loopback = /^(?:localhost|.+\.localhost|127(?:\.\d{1,3}){3}|\[::1\])$/.test(hostname);
  return protocol === 'http:' && !loopback;
}

/** `a, b and c` */
export function list(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1) ?? ''}`;
}

/** Of a flag that may be given several times; arguments.ts puts each value on a line. */
export function severalValues(text: string, context: z.core.$RefinementCtx<string>): string[] {
  const values = text
    .split('\n')
    .map((value) => value.trim())
    .filter((value) => value !== '');
  if (values.length === 0) context.addIssue({ code: 'custom', message: 'is empty' });
  return [...new Set(values)];
}

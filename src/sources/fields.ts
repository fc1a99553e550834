import { createHash } from 'node:crypto';
import { isObject, type Json, type JsonObject } from '../json.js';
import { finding, type Finding } from '../findings.js';
import { bounded } from './bounded.js';
import { objectWithoutSecrets, withoutSecrets } from './scrub.js';

/** Code of the finding on a row without an id; such a record is never written. */
export const NO_ID = 'no_id';

/** A row as it came: any member may be missing, null, or of an odd shape (L§2.1). */
export type Row = Readonly<Record<string, unknown>>;

/**
 * Reads the members of one row without ever throwing: what cannot be read becomes the stricter value and a note.
 * `rest()` is what nobody asked for.
 */
export class Fields {
  readonly notes: Finding[] = [];
  readonly #row: Row;
  readonly #read = new Set<string>();

  constructor(row: Row) {
    this.#row = row;
  }

  raw(name: string): unknown {
    this.#read.add(name);
    return this.#own(name) ?? null;
  }

  has(name: string): boolean {
    return Object.hasOwn(this.#row, name);
  }

  #own(name: string): unknown {
    return Object.hasOwn(this.#row, name) ? bounded(this.#row[name]) : undefined;
  }

  /**
   * What the row is called by. A row without one is kept under a name made of its content, so that it is told apart and
   * reported; the stages write nothing for it.
   */
  id(name: string): string {
    const value = this.#own(name);
    this.#read.add(name);
    if (typeof value === 'number') return String(value);
    if (typeof value === 'string' && value.trim() !== '') return value;
    this.notes.push(finding('loss', NO_ID, name, `The row has no readable ${name}.`));
    const content = JSON.stringify(bounded(this.#row)) ?? '';
    return `without-id:${createHash('sha256').update(content).digest('hex').slice(0, 16)}`;
  }

  text(name: string): string | null {
    const value = this.raw(name);
    if (value === null) return null;
    if (typeof value === 'string') return value;
    if (typeof value === 'number' || typeof value === 'boolean') return String(value);
    this.odd(name, 'is not text; read as empty');
    return null;
  }

  /** A number, or a text of digits. Not-a-number never blocks in LiteLLM either: null. */
  number(name: string): number | null {
    const value = this.raw(name);
    if (value === null || value === '') return null;
    const number = typeof value === 'number' ? value : typeof value === 'string' ? Number(value) : NaN;
    if (Number.isFinite(number)) return number;
    this.odd(name, 'is not a finite number; read as unset');
    return null;
  }

  /** Only true is true: LiteLLM compares flags that way (L§4.13). */
  flag(name: string): boolean {
    return this.raw(name) === true;
  }

  /**
   * A list of names. NULL is the empty list (L§2.1), and so is `{}` where a JSON column may hold one. Anything unreadable
   * becomes a name nothing matches, because an empty list means "everything" in LiteLLM.
   */
  names(name: string): string[] {
    const value = parsed(this.raw(name));
    if (value === null || (isObject(value) && Object.keys(value).length === 0)) return [];
    if (Array.isArray(value)) return value.map((item: unknown) => (typeof item === 'string' ? item : ''));
    if (typeof value === 'string' && value !== '') return [value];
    this.odd(name, 'is not a list of names; nothing matches it');
    return [''];
  }

  /** An object, also one stored as JSON text (L§2.1); {} when there is none. */
  object(name: string): Record<string, unknown> {
    const value = parsed(this.raw(name));
    if (isObject(value)) return value;
    if (value !== null && value !== '' && !(Array.isArray(value) && value.length === 0))
      this.odd(name, 'is not an object; read as empty');
    return {};
  }

  /** alias → target; entries that are not text are left out with a note. */
  aliases(name: string): Record<string, string> {
    const entries = Object.entries(this.object(name));
    const readable = entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string');
    if (readable.length < entries.length) this.odd(name, 'has an entry that is not text; left out');
    return Object.fromEntries(readable);
  }

  list(name: string): unknown[] {
    const value = parsed(this.raw(name));
    if (Array.isArray(value)) return value as unknown[];
    if (value !== null && !(isObject(value) && Object.keys(value).length === 0))
      this.odd(name, 'is not a list; read as empty');
    return [];
  }

  /** ISO 8601 with Z; naive times are UTC (L§2.1, §4.13). An unreadable time is `ifUnreadable`. */
  time(name: string, ifUnreadable: string | null = null): string | null {
    const value = this.raw(name);
    if (value === null || value === '') return null;
    const time = utc(value);
    if (time !== undefined) return time;
    this.odd(name, ifUnreadable === null ? 'is no time; read as unset' : `is no time; read as ${ifUnreadable}`);
    return ifUnreadable;
  }

  odd(field: string, what: string): void {
    this.notes.push(finding('change', 'odd_value', field, `The stored value of ${field} ${what}.`));
  }

  /** Members that were not read and say something: not null, empty, false or 0. Secrets replaced. */
  rest(ignored: ReadonlySet<string> = new Set()): JsonObject {
    const entries: [string, Json][] = [];
    for (const [name, raw] of Object.entries(this.#row)) {
      if (this.#read.has(name) || ignored.has(name) || saysNothing(name, raw)) continue;
      const value = bounded(raw);
      // Times look different in the database and in the API; the journal must not see a change where there is none.
      const time = /_(at|expiry)$/.test(name) ? utc(value) : undefined;
      entries.push([name, time ?? withoutSecrets(parsed(value), name)]);
    }
    return Object.fromEntries(entries);
  }

  metadata(name = 'metadata'): JsonObject {
    return objectWithoutSecrets(this.object(name));
  }
}

/** A timestamp as PostgreSQL or the API writes it → ISO 8601 in UTC; undefined when it is none. */
export function utc(value: unknown): string | null | undefined {
  if (typeof value !== 'string') return undefined;
  const text = value.trim();
  if (text === 'infinity') return null;
  if (text === '-infinity' || text.endsWith('BC')) return '1970-01-01T00:00:00.000Z';
  if (/^\d{5,}-/.test(text)) return '9999-12-31T23:59:59.999Z';
  const naive = /^\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?)?$/.test(text);
  const iso = text.replace(' ', 'T').replace(/([+-]\d\d)$/, '$1:00');
  const date = new Date(naive ? (iso.includes('T') ? `${iso}Z` : `${iso}T00:00:00Z`) : iso);
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString();
}

/** Text that is JSON of an object or list (rows of old versions) → that; everything else as it is. */
function parsed(value: unknown): unknown {
  if (typeof value !== 'string' || !/^\s*[[{]/.test(value)) return value;
  try {
    return JSON.parse(value) as unknown;
  } catch {
    return value;
  }
}

/** A limit of 0 blocks (L§6), every other 0 is a counter that has not moved. */
function saysNothing(name: string, value: unknown): boolean {
  if (value === null || value === undefined || value === '' || value === false) return true;
  if (value === 0) return !/limit|max_budget/.test(name);
  if (value === 'null' || value === '{}' || value === '[]') return true;
  if (Array.isArray(value)) return value.length === 0;
  return isObject(value) && Object.keys(value).length === 0;
}

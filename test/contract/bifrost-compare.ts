/**
 * Is an answer what was recorded? Everything must be equal, except what no two runs share: ids (any id, but always the same
 * one for the same recorded id), times, hashes and the address of a name server.
 */
const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;
const ZERO_TIME = '0001-01-01T00:00:00Z';
const HASH = /^[0-9a-f]{64}$/;

/** Recorded ids and row numbers, and what they are in this run. */
export class Identities {
  readonly #texts = new Map<string, string>();
  readonly #numbers = new Map<string, number>();

  bind(recorded: string, actual: string): void {
    this.#texts.set(recorded, actual);
  }

  /** Both texts with recorded ids replaced; learns the ids it meets for the first time. */
  sameText(recorded: string, actual: string): boolean {
    const before = recorded.match(UUID) ?? [];
    const after = actual.match(UUID) ?? [];
    if (before.length !== after.length) return false;
    for (const [index, id] of before.entries()) {
      const other = after[index] ?? '';
      if (!this.#texts.has(id)) this.bind(id, other);
    }
    return this.translate(recorded) === actual;
  }

  sameNumber(kind: string, recorded: number, actual: number): boolean {
    const key = `${kind}:${recorded}`;
    if (!this.#numbers.has(key)) this.#numbers.set(key, actual);
    return this.#numbers.get(key) === actual;
  }

  translate(text: string): string {
    return text.replace(UUID, (id) => this.#texts.get(id) ?? id);
  }

  /** A request body as this run must send it. */
  translateBody(value: unknown, member = ''): unknown {
    if (typeof value === 'string') return this.translate(value);
    if (typeof value === 'number') return this.#numbers.get(`${member}:${value}`) ?? value;
    if (Array.isArray(value)) return value.map((item) => this.translateBody(item, member));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([name, item]) => [name, this.translateBody(item, name === 'id' ? member : name)]),
    );
  }
}

/** The first few places where `actual` differs from what was recorded. */
export function differencesOf(identities: Identities, recorded: unknown, actual: unknown): readonly string[] {
  const found: string[] = [];
  compare({ identities, found, path: '', member: '' }, recorded, actual);
  return found.slice(0, 8);
}

type Place = {
  readonly identities: Identities;
  readonly found: string[];
  readonly path: string;
  readonly member: string;
};

function compare(place: Place, recorded: unknown, actual: unknown): void {
  if (Array.isArray(recorded) && Array.isArray(actual)) return compareLists(place, recorded, actual);
  if (isRecord(recorded) && isRecord(actual)) return compareMembers(place, recorded, actual);
  if (!sameScalar(place, recorded, actual))
    place.found.push(`${place.path || 'body'}: recorded ${show(recorded)}, now ${show(actual)}`);
}

function compareMembers(place: Place, recorded: Record<string, unknown>, actual: Record<string, unknown>): void {
  for (const name of new Set([...Object.keys(recorded), ...Object.keys(actual)])) {
    const path = `${place.path}.${name}`;
    if (!(name in actual)) place.found.push(`${path}: recorded ${show(recorded[name])}, now missing`);
    else if (!(name in recorded)) place.found.push(`${path}: not recorded, now ${show(actual[name])}`);
    else compare({ ...place, path, member: name === 'id' ? place.member : name }, recorded[name], actual[name]);
  }
}

function compareLists(place: Place, recorded: readonly unknown[], actual: readonly unknown[]): void {
  if (recorded.length !== actual.length) {
    place.found.push(
      `${place.path}: recorded ${recorded.length} items (${names(recorded)}), now ${actual.length} (${names(actual)})`,
    );
    return;
  }
  const [before, after] = UNORDERED.has(place.member) ? [sorted(recorded), sorted(actual)] : [recorded, actual];
  for (const [index, item] of before.entries())
    compare({ ...place, path: `${place.path}[${index}]` }, item, after[index]);
}

/** Lists the gateway builds from a map, or reads without an order. */
const UNORDERED: ReadonlySet<string> = new Set(['', 'model_configs', 'all_keys']);

function sorted(list: readonly unknown[]): readonly unknown[] {
  const key = (item: unknown): string => {
    if (!isRecord(item)) return JSON.stringify(item);
    return JSON.stringify([item.name ?? item.model_name, item.provider, item.scope, item.scope_name]);
  };
  return [...list].sort((a, b) => (key(a) < key(b) ? -1 : 1));
}

function names(list: readonly unknown[]): string {
  return list.map((item) => show(isRecord(item) ? (item.name ?? item.model_name) : item).slice(0, 20)).join(', ');
}

function sameScalar(place: Place, recorded: unknown, actual: unknown): boolean {
  if (typeof recorded === 'string' && typeof actual === 'string') return sameString(place, recorded, actual);
  if (typeof recorded === 'number' && typeof actual === 'number' && recorded > 0) {
    if (place.path.endsWith('.id')) return place.identities.sameNumber(place.member, recorded, actual);
    if (place.path.endsWith('.provider_config_id'))
      return place.identities.sameNumber('provider_configs', recorded, actual);
  }
  if (typeof recorded === 'number' && typeof actual === 'number' && place.member === 'latency') return true;
  return recorded === actual;
}

function sameString({ identities, path }: Place, recorded: string, actual: string): boolean {
  if (TIME.test(recorded) && recorded !== ZERO_TIME) {
    // A calendar-aligned window starts at midnight, whatever the day.
    return (
      TIME.test(actual) &&
      actual !== ZERO_TIME &&
      (recorded.endsWith('T00:00:00Z') ? actual.endsWith('T00:00:00Z') : true)
    );
  }
  if (HASH.test(recorded)) return HASH.test(actual);
  if (path === '.key_prefix' || /^lbk_/.test(recorded))
    return /^lbk_[0-9a-f]+$/.test(actual) && actual.length === recorded.length;
  return identities.sameText(stable(recorded), stable(actual));
}

/** Texts that name a machine of the recording, or a place in its memory. */
function stable(text: string): string {
  return text
    .replace(/\b0x[0-9a-f]{6,}/, '<address>')
    .replace(/ on [\d.]+:53: /, ' on <name server>: ')
    .replace(/ on \[[0-9a-f:]+\]:53: /, ' on <name server>: ');
}

/** Same member names and types: for answers whose values came from an upstream. */
export function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.length === 0 ? [] : [shapeOf(value[0])];
  if (!isRecord(value)) return value === null ? 'null' : typeof value;
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((name) => [name, shapeOf(value[name])]),
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function show(value: unknown): string {
  const text = JSON.stringify(value) ?? 'undefined';
  return text.length > 220 ? `${text.slice(0, 220)}…` : text;
}

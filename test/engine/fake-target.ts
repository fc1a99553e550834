import type { ComparingTarget } from '../../src/engine/run-state.js';
import { plannedObject } from '../../src/engine/planned-object.js';
import type { Body, Difference, ObjectKind, ObjectOf, TargetObject } from '../../src/target/objects.js';
import type { Capabilities, FindHint, SendResult, Snapshot, WriteRequest } from '../../src/target/target.js';
import type { JsonObject } from '../../src/json.js';
import type { VirtualClock } from './virtual-clock.js';

/** What happens to one request. */
export type Fault =
  | 'lost-before'
  | 'lost-after'
  | 'refused-connection'
  | 'error-before'
  | 'error-after'
  | 'garbled'
  | 'locked'
  | 'busy'
  | 'clash'
  | { readonly late: number };

export const CAPABILITIES: Capabilities = {
  version: '1.5.16',
  usersApi: 'canonical',
  teamMembers: true,
  scopedModelConfigs: true,
  objectAliases: true,
  azureApiVersion: false,
  uniqueCustomerNames: true,
  checksBaseUrls: true,
  putClearsOmittedOwner: false,
  bareNamesReachWildcards: true,
  virtualKeyExpiry: false,
  standardProviders: new Set(['openai']),
  inferenceNeedsVirtualKey: true,
  authEnabled: true,
  processStart: null,
};

export type Sent = { readonly kind: ObjectKind; readonly method: string; readonly path: string };

/** Bifrost in memory: commits, uniqueness, lost and late answers, in the personality its capabilities say. */
export class FakeTarget implements ComparingTarget {
  readonly identity = 'http://bifrost.test';
  capabilities: Capabilities;
  readonly objects = new Map<string, TargetObject>();
  /** Requests in the order they arrived. */
  readonly sent: Sent[] = [];
  readonly inFlight = { now: 0, most: 0, alone: true };
  /** Decides what happens to the n-th request, counted from 0; undefined = nothing special. */
  fault: (n: number, kind: ObjectKind, request: WriteRequest) => Fault | undefined = () => undefined;
  /** Changes what is stored, as a gateway does that ignores members. */
  store: (object: TargetObject) => TargetObject = (object) => object;
  latency = 0;
  /** Turns of the event loop before the n-th request is looked at: answers overtake each other. */
  turns: (n: number) => number = () => 1;
  reads = 0;
  closed = false;
  #severed = false;
  #ids = 0;
  #planted = false;
  readonly #names = new Set<string>();
  readonly #clock: VirtualClock;

  constructor(clock: VirtualClock, capabilities: Partial<Capabilities> = {}) {
    this.#clock = clock;
    this.capabilities = { ...CAPABILITIES, ...capabilities };
  }

  /** The client process is dead: nothing reaches the gateway any more; what has arrived is carried out. */
  sever(): void {
    this.#severed = true;
  }

  reconnect(): void {
    this.#severed = false;
    this.inFlight.now = 0;
  }

  async snapshot(): Promise<Snapshot> {
    await this.#turn();
    // Limits of virtual keys are in no list (B§5.6).
    return new FakeSnapshot([...this.objects.values()].filter(({ name }) => !name.startsWith('virtual_key/')));
  }

  async find<K extends ObjectKind>(kind: K, name: string): Promise<readonly ObjectOf<K>[]> {
    await this.#turn();
    return this.ofKind(kind).filter((object) => object.name === name);
  }

  async get<K extends ObjectKind>(kind: K, id: string): Promise<ObjectOf<K> | undefined> {
    await this.#turn();
    return this.ofKind(kind).find((object) => object.id === id);
  }

  async send(kind: ObjectKind, request: WriteRequest): Promise<SendResult> {
    if (this.#severed) throw new Error('severed');
    const n = this.sent.length;
    this.sent.push({ kind, method: request.method, path: request.path });
    this.inFlight.now += 1;
    this.inFlight.most = Math.max(this.inFlight.most, this.inFlight.now);
    if (request.method === 'PUT' && this.inFlight.now > 1) this.inFlight.alone = false;
    try {
      return await this.#answer(n, kind, request);
    } finally {
      this.inFlight.now -= 1;
    }
  }

  parse<K extends ObjectKind>(kind: K, json: unknown): ObjectOf<K> | undefined {
    const object = (json as { object?: TargetObject }).object;
    return object?.kind === kind ? (object as ObjectOf<K>) : undefined;
  }

  readonly differences = (kind: ObjectKind, body: Body, actual: TargetObject): readonly Difference[] => {
    const wanted = whole(plannedObject(kind, body, '', hintOf(actual)), body) as Record<string, unknown>;
    const found = actual as Record<string, unknown>;
    return Object.keys(wanted)
      .filter((field) => field !== 'id' && JSON.stringify(wanted[field]) !== JSON.stringify(found[field]))
      .map((field) => ({ field, wanted: JSON.stringify(wanted[field]), found: JSON.stringify(found[field]) }));
  };

  async close(): Promise<void> {
    this.closed = true;
  }

  ofKind<K extends ObjectKind>(kind: K): ObjectOf<K>[] {
    return [...this.objects.values()].filter((object): object is ObjectOf<K> => object.kind === kind);
  }

  /** Puts an object there as somebody else would. */
  plant(object: TargetObject): void {
    this.#planted = true;
    this.objects.set(object.id, object);
  }

  async #answer(n: number, kind: ObjectKind, request: WriteRequest): Promise<SendResult> {
    const fault = this.fault(n, kind, request);
    await this.#delay(n);
    const carryOut = (): SendResult => this.#commit(kind, request);
    if (fault === undefined) return carryOut();
    if (fault === 'clash') this.#takePriority(request.body);
    if (typeof fault === 'object') {
      this.#clock.after(fault.late, carryOut);
      return lost(true);
    }
    if (fault === 'refused-connection') return lost(false);
    if (fault === 'lost-before') return lost(true);
    if (fault === 'error-before') return answer(500, 'internal server error');
    if (fault === 'locked') return answer(500, 'Failed to create provider key: database is locked');
    if (fault === 'busy') return { ...answer(429, 'slow down'), retryAfterMs: 1_000 };
    const result = carryOut();
    if (fault === 'clash') return result;
    if (fault === 'lost-after') return lost(true);
    if (fault === 'garbled')
      return result.kind === 'response' ? { ...result, json: undefined, text: '<html>' } : result;
    return answer(500, 'updated in database but failed to reload in-memory state');
  }

  #commit(kind: ObjectKind, { method, path, body }: WriteRequest): SendResult & { kind: 'response' } {
    if (method === 'PUT') return this.#replace(kind, path, body ?? {});
    const planned = whole(plannedObject(kind, body ?? {}, path, {}), body ?? {});
    if (kind === 'routing_rule' && this.#hasPriority(body)) return clash(body);
    const key = `${kind} ${planned.name}`;
    if (this.#isUnique(kind) && this.#isTaken(key, kind, planned.name)) return this.#taken(kind, planned.name);
    this.#names.add(key);
    this.#ids += 1;
    const object = this.store({ ...planned, id: kind === 'provider' ? planned.name : `${kind}-${this.#ids}` });
    this.objects.set(object.id, object);
    return done(object);
  }

  #replace(kind: ObjectKind, path: string, body: Body): SendResult & { kind: 'response' } {
    const id = path.split('/').at(-1) ?? '';
    const current = this.objects.get(id);
    if (current === undefined) return answer(404, 'not found');
    const changed = this.store({ ...current, ...whole(plannedObject(kind, body, path, hintOf(current)), body), id });
    this.objects.set(id, changed);
    return done(changed);
  }

  #taken(kind: ObjectKind, name: string): SendResult & { kind: 'response' } {
    if (this.capabilities.uniqueCustomerNames) return answer(409, `A ${kind} with this name already exists`);
    if (kind === 'team') return answer(500, 'failed to create team');
    if (kind === 'provider') return answer(409, `Provider ${name} already exists`);
    return answer(500, 'a record with this name already exists. Please use a different value');
  }

  /** The set is a hint: objects come and go by other ways too. */
  #isTaken(key: string, kind: ObjectKind, name: string): boolean {
    if (!this.#names.has(key) && !this.#planted) return false;
    return this.ofKind(kind).some((object) => object.name === name);
  }

  #isUnique(kind: ObjectKind): boolean {
    return kind === 'customer'
      ? this.capabilities.uniqueCustomerNames
      : kind !== 'pricing_override' && kind !== 'routing_rule';
  }

  /** Priorities are unique, names of rules are not (B§5.7). */
  #hasPriority(body: Body | null | undefined): boolean {
    return this.ofKind('routing_rule').some((rule) => rule.body['priority'] === body?.['priority']);
  }

  /** Somebody else's rule comes just before ours. */
  #takePriority(body: Body | null | undefined): void {
    this.#ids += 1;
    const [id, priority] = [`foreign-${this.#ids}`, Number(body?.['priority'])];
    if (!this.#hasPriority(body))
      this.objects.set(id, { kind: 'routing_rule', id, name: `global//${id}`, body: { priority } });
  }

  async #turn(): Promise<void> {
    if (this.#severed) throw new Error('severed');
    this.reads += 1;
    await new Promise((resolve) => setImmediate(resolve));
    if (this.#severed) throw new Error('severed');
  }

  async #delay(n: number): Promise<void> {
    if (this.latency > 0) return new Promise((resolve) => void setTimeout(resolve, this.latency));
    for (let left = this.turns(n); left > 0; left -= 1) await new Promise((resolve) => setImmediate(resolve));
  }
}

/** Rules and overrides are their bodies; the plan of a dry run leaves those out. */
function whole(object: TargetObject, body: Body): TargetObject {
  if (object.kind !== 'routing_rule' && object.kind !== 'pricing_override') return object;
  return { ...object, body: JSON.parse(JSON.stringify(body)) as JsonObject };
}

function clash(body: Body | null | undefined): SendResult & { kind: 'response' } {
  const why = `routing rule with priority ${Number(body?.['priority'])} already exists for scope 'global'`;
  return answer(500, `Failed to create routing rule: ${why}`);
}

function hintOf(object: TargetObject): FindHint {
  if (object.kind === 'provider_key') return { provider: object.provider };
  return object.kind === 'member' ? { teamId: object.teamId } : {};
}

function lost(mayHaveArrived: boolean): SendResult {
  return {
    kind: 'transport',
    mayHaveArrived,
    error: mayHaveArrived ? 'socket hang up' : 'ECONNREFUSED',
    durationMs: 5,
  };
}

function done(object: TargetObject): SendResult & { kind: 'response' } {
  return { kind: 'response', status: 200, retryAfterMs: null, json: { object }, text: '', durationMs: 5 };
}

function answer(status: number, message: string): SendResult & { kind: 'response' } {
  const json = { error: { message } };
  return { kind: 'response', status, retryAfterMs: null, json, text: message, durationMs: 5 };
}

class FakeSnapshot implements Snapshot {
  readonly #objects: Map<string, TargetObject>;
  /** By kind and name. */
  readonly #names = new Map<string, Set<string>>();

  constructor(objects: readonly TargetObject[]) {
    this.#objects = new Map();
    for (const object of objects) this.put(object);
  }

  find<K extends ObjectKind>(kind: K, name: string): readonly ObjectOf<K>[] {
    const keys = this.#names.get(`${kind}\n${name}`) ?? new Set();
    return [...keys].flatMap((key) => (this.#objects.get(key) as ObjectOf<K> | undefined) ?? []);
  }

  byId<K extends ObjectKind>(kind: K, id: string): ObjectOf<K> | undefined {
    return this.#objects.get(`${kind}\n${id}`) as ObjectOf<K> | undefined;
  }

  all<K extends ObjectKind>(kind: K): readonly ObjectOf<K>[] {
    return [...this.#objects.values()].filter((object): object is ObjectOf<K> => object.kind === kind);
  }

  count(kind: ObjectKind): number {
    return this.all(kind).length;
  }

  put(object: TargetObject): void {
    this.remove(object.kind, object.id);
    const key = `${object.kind}\n${object.id}`;
    this.#objects.set(key, object);
    const names = this.#names.get(`${object.kind}\n${object.name}`) ?? new Set();
    this.#names.set(`${object.kind}\n${object.name}`, names.add(key));
  }

  remove(kind: ObjectKind, id: string): void {
    const key = `${kind}\n${id}`;
    const old = this.#objects.get(key);
    if (old !== undefined) this.#names.get(`${kind}\n${old.name}`)?.delete(key);
    this.#objects.delete(key);
  }
}

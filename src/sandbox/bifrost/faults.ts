import * as z from 'zod';
import type { Call } from './gateway.js';

/** Faults on demand (design/testing.md): which requests they hit, and what happens to those. */
const WHEN = z.enum(['before', 'after']);
const FAULT = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('latency'), ms: z.number() }),
  z.object({
    kind: z.literal('status'),
    code: z.number().int(),
    body: z.string().optional(),
    retryAfter: z.union([z.number(), z.string()]).optional(),
    /** `after`: the write is done, then the error is sent. */
    when: WHEN.default('before'),
  }),
  z.object({
    kind: z.literal('reset'),
    /** `unread`: the connection is gone before the body of the request was read. */
    when: z.enum(['unread', 'before', 'after', 'mid-body']).default('before'),
  }),
  /** Never answers, never writes. */
  z.object({ kind: z.literal('blackhole') }),
  /** Writes, and answers with the first half of the body as if it were whole. */
  z.object({ kind: z.literal('truncate') }),
  z.object({ kind: z.literal('html'), when: WHEN.default('before') }),
  /** SQLite's answer while another write is in flight: nothing stored (B§8). */
  z.object({ kind: z.literal('locked') }),
  /** The write is applied `ms` after it arrived, when the client has long given up. */
  z.object({ kind: z.literal('late'), ms: z.number() }),
  /** Never answered; the write is applied once so many later requests of this sort were answered. */
  z.object({
    kind: z.literal('overtaken'),
    by: z.object({ method: z.string(), pathRegex: z.string(), count: z.number().int().min(1).default(1) }),
  }),
  /** Refuses with a message that quotes the request, headers and secrets included, as a careless proxy does. */
  z.object({ kind: z.literal('echo'), code: z.number().int(), as: z.enum(['json', 'text', 'html']).default('json') }),
]);
const RULE = z.object({
  match: z
    .object({
      method: z.string().optional(),
      pathRegex: z.string().optional(),
      /** Only the nth matching request (from 1). */
      nth: z.number().int().min(1).optional(),
      /** Only after so many matching requests went through. */
      after: z.number().int().min(0).optional(),
      /** At most so many times. */
      count: z.number().int().min(1).optional(),
      /** Every nth matching request. */
      every: z.number().int().min(1).optional(),
      /** Each request the first time only: the same method, path and body again goes through. */
      first: z.boolean().optional(),
    })
    .default({}),
  fault: FAULT,
});
export const FAULT_RULES = z.array(RULE);
export type Fault = z.infer<typeof FAULT>;
export type FaultRule = z.input<typeof RULE>;

type ArmedRule = z.infer<typeof RULE> & { seen: number; fired: number; readonly known: Set<string> };
type Met = Pick<Call, 'method' | 'path'> & { readonly text?: string };

/** The rules in force. The first one that applies decides. */
export class Faults {
  #rules: ArmedRule[] = [];

  set(rules: readonly z.infer<typeof RULE>[]): void {
    this.#rules = rules.map((rule) => ({ ...rule, seen: 0, fired: 0, known: new Set<string>() }));
  }

  /** Is a request to be cut off before its body is read? Counts it for those rules. */
  cutsOff(call: Met): boolean {
    return this.#hit(call, isUnread) !== null;
  }

  /** The fault this request runs into. Counts it for every rule it matches. */
  next(call: Met): Fault | null {
    return this.#hit(call, (fault) => !isUnread(fault));
  }

  #hit(call: Met, concerns: (fault: Fault) => boolean): Fault | null {
    let hit: Fault | null = null;
    for (const rule of this.#rules) {
      if (!concerns(rule.fault) || !isOfSort(rule.match, call)) continue;
      rule.seen += 1;
      if (!isDue(rule, call) || hit) continue;
      rule.fired += 1;
      hit = rule.fault;
    }
    return hit;
  }
}

function isUnread(fault: Fault): boolean {
  return fault.kind === 'reset' && fault.when === 'unread';
}

function isDue({ match, seen, fired, known }: ArmedRule, { method, path, text = '' }: Met): boolean {
  const { nth, after = 0, count = Infinity, every = 1, first = false } = match;
  const request = `${method} ${path} ${text}`;
  const again = known.has(request);
  if (first) known.add(request);
  return (nth === undefined || seen === nth) && seen > after && fired < count && seen % every === 0 && !again;
}

/** Is the request of this method and path? Left out = any. */
export function isOfSort(
  { method, pathRegex }: { readonly method?: string | undefined; readonly pathRegex?: string | undefined },
  call: Met,
): boolean {
  return (
    (method === undefined || method === call.method) &&
    (pathRegex === undefined || new RegExp(pathRegex).test(call.path))
  );
}

/** What the gateway says on a locked SQLite store, per kind of write. */
export function lockedText({ method, path }: Pick<Call, 'method' | 'path'>): string {
  if (/\/keys(\/|$)/.test(path) && path.startsWith('/api/providers/')) {
    const verb = { POST: 'create', PUT: 'update', DELETE: 'delete' }[method] ?? 'create';
    return `Failed to ${verb} provider key: failed to ${verb} provider key in store: database is locked`;
  }
  const what = NOUNS.find(({ segment }) => path.includes(segment))?.noun;
  if (what === undefined) return 'database is locked';
  if (method === 'DELETE') return `Failed to delete ${what}`;
  if (method === 'PUT')
    return what === 'team' || what === 'customer'
      ? `Failed to update ${what}`
      : `Failed to update ${what}: database is locked`;
  if (what === 'team' || what === 'customer') return `failed to create ${what}`;
  return what === 'virtual key' ? 'database is locked' : `Failed to create ${what}: database is locked`;
}

const NOUNS = [
  { segment: '/virtual-keys', noun: 'virtual key' },
  { segment: '/model-configs', noun: 'model config' },
  { segment: '/routing-rules', noun: 'routing rule' },
  { segment: '/customers', noun: 'customer' },
  { segment: '/teams', noun: 'team' },
  { segment: '/users', noun: 'user' },
] as const;

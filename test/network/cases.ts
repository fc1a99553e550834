import type { FaultRule } from '../../src/sandbox/bifrost/faults.js';
import { fastNow, timeoutsOf, type Way } from './rig.js';

type Fault = FaultRule['fault'];
/** A function where they depend on the time. */
type Rules = readonly FaultRule[] | (() => readonly FaultRule[]);
export type Case = { readonly name: string; readonly rules: Rules; readonly way?: Way };

/** Writes that hang are given up soon. */
export const IMPATIENT: Way = { timeouts: timeoutsOf(150) };

/** Every write the first time it is sent; the same request again goes through. */
function everyWrite(name: string, fault: Fault): Case {
  return { name, rules: [{ match: { method: 'POST', first: true }, fault }] };
}

function everyNth(name: string, nth: number, fault: Fault, way: Way = {}): Case {
  return { name, rules: [{ match: { method: 'POST', every: nth }, fault }], way };
}

function reads(name: string, fault: Fault, way: Way = {}): Case {
  return { name, rules: [{ match: { method: 'GET', pathRegex: '^/api/', every: 4 }, fault }], way };
}

function status(code: number, when: 'before' | 'after', match: FaultRule['match']): FaultRule {
  return { match: { method: 'POST', ...match }, fault: { kind: 'status', code, when, body: `<h1>${code}</h1>` } };
}

/** What a network, a proxy or an ill gateway does to requests. */
export const CASES: readonly Case[] = [
  everyNth('a reset before the request is read', 3, { kind: 'reset', when: 'unread' }),
  everyWrite('a reset before the request is carried out', { kind: 'reset', when: 'before' }),
  everyWrite('a reset after the commit', { kind: 'reset', when: 'after' }),
  everyWrite('a reset in the middle of the answer', { kind: 'reset', when: 'mid-body' }),
  everyNth('no answer at all', 9, { kind: 'blackhole' }, IMPATIENT),
  everyNth('slow answers', 5, { kind: 'latency', ms: 60 }),
  everyWrite('429', { kind: 'status', code: 429 }),
  everyWrite('429 with Retry-After in seconds', { kind: 'status', code: 429, retryAfter: 1 }),
  {
    name: '429 with Retry-After as a date',
    rules: () => {
      const retryAfter = new Date(fastNow() + 100_000).toUTCString();
      return [{ match: { method: 'POST', every: 6 }, fault: { kind: 'status', code: 429, retryAfter } }];
    },
  },
  {
    name: '500, then 502, then 503 before the commit',
    rules: ([500, 502, 503] as const).map((code) => status(code, 'before', { first: true })),
  },
  {
    name: '500, 502 and 503 in turn after the commit',
    rules: [
      status(500, 'after', { every: 3, first: true }),
      status(502, 'after', { every: 2, first: true }),
      status(503, 'after', { first: true }),
    ],
  },
  everyWrite('503 with Retry-After before the commit', { kind: 'status', code: 503, retryAfter: 1 }),
  everyWrite('503 with Retry-After after the commit', { kind: 'status', code: 503, retryAfter: 1, when: 'after' }),
  everyWrite('an answer cut off in the middle', { kind: 'truncate' }),
  everyWrite('an answer that is no JSON', { kind: 'status', code: 200, body: 'done', when: 'after' }),
  everyWrite('an HTML page instead of carrying it out', { kind: 'html' }),
  everyWrite('an HTML page after the commit', { kind: 'html', when: 'after' }),
  {
    name: 'a locked store for provider keys',
    rules: [{ match: { method: 'POST', pathRegex: '/providers/[^/]+/keys$', first: true }, fault: { kind: 'locked' } }],
  },
  everyNth('a locked store for every other write', 2, { kind: 'locked' }),
  reads('reads that are reset', { kind: 'reset', when: 'before' }),
  reads('reads that break off', { kind: 'reset', when: 'mid-body' }),
  reads('reads answered with 500', { kind: 'status', code: 500 }),
  reads('reads cut off in the middle', { kind: 'truncate' }),
  {
    name: 'lists answered with an HTML page',
    rules: [
      {
        match: { method: 'GET', pathRegex: '^/api/governance/(teams|customers|virtual-keys)', every: 4, count: 4 },
        fault: { kind: 'html' },
      },
    ],
  },
  {
    name: 'a gateway that is gone for a while',
    rules: [{ match: { pathRegex: '^/api/', after: 60, count: 25 }, fault: { kind: 'reset', when: 'unread' } }],
  },
  {
    name: 'all of it in turn',
    rules: [
      { match: { method: 'POST', every: 11 }, fault: { kind: 'blackhole' } },
      { match: { method: 'POST', every: 7 }, fault: { kind: 'reset', when: 'after' } },
      { match: { method: 'POST', every: 5 }, fault: { kind: 'status', code: 502, when: 'after' } },
      { match: { method: 'POST', every: 4 }, fault: { kind: 'html' } },
      { match: { method: 'POST', every: 3 }, fault: { kind: 'reset', when: 'unread' } },
      { match: { method: 'GET', pathRegex: '^/api/', every: 6 }, fault: { kind: 'status', code: 503 } },
      { match: { method: 'GET', pathRegex: '^/api/', every: 13 }, fault: { kind: 'reset', when: 'mid-body' } },
    ],
    way: IMPATIENT,
  },
];

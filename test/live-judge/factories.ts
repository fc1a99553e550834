import type { Answer, Upstream } from '../live/answer.js';
import type { Cell } from '../live/compare.js';
import type { Asker, Observation } from '../live/interview.js';
import type { Facts, KeyFact, LimitFact } from '../live/litellm-facts.js';

export const NO_LIMITS: LimitFact = { maxBudget: null, tpmLimit: null, rpmLimit: null, maxParallelRequests: null };

export function upstream(over: Partial<Upstream> = {}): Upstream {
  return { path: '/v1/chat/completions', model: 'up-a', credential: 'key-a', ...over };
}

export function reached(over: Partial<Upstream> = {}): Answer {
  return { kind: 'reached', upstream: upstream(over), status: 200, type: null, message: null, routedModel: null };
}

export function answer(kind: Exclude<Answer['kind'], 'reached'>, status: number, type: string | null = null): Answer {
  return { kind, upstream: null, status, type, message: null, routedModel: null };
}

export const refused = answer('refused', 403, 'key_model_access_denied');
export const failed = answer('failed', 500);
export const spent = answer('spent', 422, 'budget_exceeded');

export function cell(over: Partial<Cell> = {}): Cell {
  const litellm = over.litellm ?? [reached()];
  const own = litellm.flatMap((one) => (one.upstream ? [one.upstream] : []));
  return {
    name: 'a',
    litellm,
    bifrost: [reached()],
    accepted: own,
    unseenModels: [],
    reachable: own,
    otherSpelling: null,
    limitIsZero: false,
    ...over,
  };
}

export function key(over: Partial<KeyFact> = {}): KeyFact {
  return {
    token: 'f'.repeat(64),
    alias: null,
    teamId: null,
    organizationId: null,
    userId: null,
    models: [],
    aliases: {},
    limits: NO_LIMITS,
    budgetId: null,
    ...over,
  };
}

export function asker(over: Partial<KeyFact> = {}): Asker {
  const fact = key(over);
  return { label: fact.token.slice(0, 8), fact, litellmKey: 'sk-l', bifrostValue: 'sk-bf-x', inactive: false };
}

export function facts(over: Partial<Facts> = {}): Facts {
  return {
    version: '1.109.1',
    deployments: [],
    groupAliases: {},
    teamAliases: new Map(),
    teamModels: new Map(),
    teamOrganizations: new Map(),
    teamLimits: new Map(),
    userLimits: new Map(),
    organizationLimits: new Map(),
    budgets: new Map(),
    memberLimits: new Map(),
    keys: new Map(),
    ...over,
  };
}

export function observation(over: Partial<Observation> = {}): Observation {
  return { asker: asker(), name: 'a', scope: 'global', litellm: [reached()], bifrost: [reached()], ...over };
}

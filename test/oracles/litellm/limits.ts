import { isObject, type JsonObject } from '../../../src/json.js';
import type { Limits, Membership, Team, World } from '../../../src/sources/records.js';
import type { Bound, Scope, Usage } from './answer.js';
import type { Caller } from './caller.js';
import type { Release } from './release.js';

const MINUTE = '60s';

/** Every limit that binds a caller, scope by scope (L§4.14, L§4.15, L§6). */
export function boundsOf(caller: Caller, world: World, release: Release): readonly Bound[] {
  const { key, team, user, member, project, organization } = caller;
  const older = release === '1.81';
  const bounds = [...proxyBounds(world)];
  if (key === null) return bounds;
  bounds.push(...keyBounds(caller, world));
  if (team !== null) {
    bounds.push(...budget('team', team.id, team.limits, '>'), ...rates('team', team.id, team.limits));
    bounds.push(...perModel('team', team.id, ratesByModel(team.metadata)));
    bounds.push(...memberBounds(team, member, key.userId, user !== null, world, older));
  }
  if (user !== null) {
    if (caller.teamId === null) bounds.push(...budget('user', user.id, user.limits, older ? '>' : '>='));
    bounds.push(...rates('user', user.id, user.limits));
  }
  if (organization !== null) {
    const { id, limits, metadata } = organization;
    if (!older || (limits.maxBudget ?? 0) > 0) bounds.push(...budget('organization', id, limits, '>='));
    // Rates join the key's own organization only.
    if (key.organizationId === id)
      bounds.push(...rates('organization', id, limits), ...perModel('organization', id, ratesByModel(metadata)));
  }
  if (project !== null && !older) bounds.push(...budget('project', project.id, project.limits, '>='));
  return bounds;
}

function proxyBounds({ settings }: World): readonly Bound[] {
  const section = isObject(settings['litellm_settings']) ? settings['litellm_settings'] : {};
  const { max_budget: limit, budget_duration: window } = section;
  if (typeof limit !== 'number' || limit <= 0) return [];
  const reset = typeof window === 'string' ? window : null;
  return [{ scope: 'proxy', id: 'proxy', measure: 'budget', limit, window: reset, model: null, refuses: '>' }];
}

/** A linked budget row gives what the key itself leaves open, never the duration and the parallel requests (L§4.14). */
function keyBounds({ key, team }: Caller, world: World): readonly Bound[] {
  if (key === null) return [];
  const { id, limits: own, metadata } = key;
  const linked = key.budgetId === null ? undefined : world.budgets.get(key.budgetId);
  const modelBudgets = Object.keys(own.modelMaxBudget).length > 0 ? own.modelMaxBudget : (linked?.modelMaxBudget ?? {});
  const limits: Limits = {
    ...own,
    maxBudget: own.maxBudget ?? linked?.maxBudget ?? null,
    tpmLimit: own.tpmLimit ?? linked?.tpmLimit ?? null,
    rpmLimit: own.rpmLimit ?? linked?.rpmLimit ?? null,
  };
  const [mine, teams, inBudgets] = [ratesByModel(metadata), ratesByModel(team?.metadata ?? {}), ratesIn(modelBudgets)];
  const byModel: RatesByModel = {
    requests: mine.requests ?? inBudgets.requests ?? teams.requests,
    tokens: mine.tokens ?? inBudgets.tokens ?? teams.tokens,
  };
  const parallel = own.maxParallelRequests;
  return [
    ...budget('key', id, limits, '>='),
    ...budgetsByModel(id, modelBudgets),
    ...rates('key', id, limits),
    ...(parallel === null ? [] : [bound('key', id, 'parallel', parallel, null, null)]),
    ...perModel('key', id, byModel),
  ];
}

/** The membership's budget row, in newer versions else the team's default row (L§4.14). */
function memberBounds(
  team: Team,
  member: Membership | null,
  userId: string | null,
  userExists: boolean,
  world: World,
  older: boolean,
): readonly Bound[] {
  if (userId === null) return [];
  const id = `${team.id} ${userId}`;
  const usual = team.metadata['team_member_budget_id'];
  const fallback = !older && typeof usual === 'string' ? world.budgets.get(usual) : undefined;
  const own = member?.limits;
  const limits = own?.maxBudget == null ? (fallback ?? own) : own;
  const bounds = own == null ? [] : [...rates('member', id, own)];
  // 1.81 looks at the membership twice; without a user row only the look that ignores 0 is left.
  if (limits == null || (older && !userExists && (limits.maxBudget ?? 0) <= 0)) return bounds;
  return [...budget('member', id, limits, older && !userExists ? '>' : '>='), ...bounds];
}

function bound(
  scope: Scope,
  id: string,
  measure: Bound['measure'],
  limit: number,
  window: string | null,
  model: string | null,
): Bound {
  return { scope, id, measure, limit, window, model, refuses: '>=' };
}

function budget(scope: Scope, id: string, limits: Limits, refuses: Bound['refuses']): readonly Bound[] {
  if (limits.maxBudget === null) return [];
  return [{ ...bound(scope, id, 'budget', limits.maxBudget, limits.budgetDuration, null), refuses }];
}

function rates(scope: Scope, id: string, { rpmLimit, tpmLimit }: Limits): readonly Bound[] {
  return [
    ...(rpmLimit === null ? [] : [bound(scope, id, 'requests', rpmLimit, MINUTE, null)]),
    ...(tpmLimit === null ? [] : [bound(scope, id, 'tokens', tpmLimit, MINUTE, null)]),
  ];
}

/** Entries `{budget_limit | max_budget, time_period | budget_duration}`, or a bare number; 0 and null do not count. */
function budgetsByModel(id: string, entries: JsonObject): readonly Bound[] {
  return Object.entries(entries).flatMap(([model, entry]) => {
    const fields = isObject(entry) ? entry : { max_budget: entry };
    const limit = fields['budget_limit'] ?? fields['max_budget'];
    const window = fields['time_period'] ?? fields['budget_duration'];
    if (typeof limit !== 'number' || limit <= 0) return [];
    const reset = typeof window === 'string' ? window : null;
    return [{ ...bound('key', id, 'budget', limit, reset, model), refuses: '>' as const }];
  });
}

type Numbers = { readonly [model: string]: number };
type RatesByModel = { readonly requests: Numbers | undefined; readonly tokens: Numbers | undefined };

/** `metadata.model_rpm_limit` and `metadata.model_tpm_limit` of a key, team or organization. */
function ratesByModel(metadata: JsonObject): RatesByModel {
  return { requests: numbersOf(metadata['model_rpm_limit']), tokens: numbersOf(metadata['model_tpm_limit']) };
}

function ratesIn(entries: JsonObject): RatesByModel {
  const pick = (member: string) =>
    numbersOf(
      Object.fromEntries(Object.entries(entries).map(([m, entry]) => [m, isObject(entry) ? entry[member] : null])),
    );
  return { requests: pick('rpm_limit'), tokens: pick('tpm_limit') };
}

function numbersOf(value: unknown): Numbers | undefined {
  if (!isObject(value)) return undefined;
  const numbers = Object.entries(value).filter((entry): entry is [string, number] => typeof entry[1] === 'number');
  return numbers.length === 0 ? undefined : Object.fromEntries(numbers);
}

function perModel(scope: Scope, id: string, { requests = {}, tokens = {} }: RatesByModel): readonly Bound[] {
  return [
    ...Object.entries(requests).map(([model, limit]) => bound(scope, id, 'requests', limit, MINUTE, model)),
    ...Object.entries(tokens).map(([model, limit]) => bound(scope, id, 'tokens', limit, MINUTE, model)),
  ];
}

/** Is a request for the model refused with this much used? */
export function isReached(one: Bound, model: string, usage: Usage): boolean {
  if (one.model !== null && one.model !== model) return false;
  const used = usage(one);
  return one.refuses === '>' ? used > one.limit : used >= one.limit;
}

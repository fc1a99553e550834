import { decodePlain } from './decode.js';
import type { Call, Gateway } from './gateway.js';
import {
  BUDGET_FIELDS,
  budgetFault,
  type BudgetInput,
  checkBudgets,
  RATE_LIMIT_FIELDS,
  rateLimitFault,
  type RateLimitInput,
  rateLimitStoreFault,
  removesRateLimit,
} from './limit-checks.js';
import { type Budget, dropLimits, newRateLimit, type RateLimit, reconcileBudgets, updatedRateLimit } from './limits.js';
import { matcher, pageOf } from './lists.js';
import { json, Refusal, type Reply } from './reply.js';
import { showTeam } from './team-views.js';

export type Team = {
  readonly id: string;
  /** Order of creation. */
  readonly row: number;
  name: string;
  customerId: string | null;
  budgets: readonly Budget[];
  rateLimit: RateLimit | null;
  calendarAligned: boolean;
  readonly createdAt: string;
  updatedAt: string;
};

type TeamBody = {
  readonly name?: string | null;
  readonly customer_id?: string | null;
  readonly budgets?: readonly BudgetInput[] | null;
  readonly rate_limit?: RateLimitInput | null;
  readonly calendar_aligned?: boolean | null;
};
const FIELDS = {
  name: 'string',
  customer_id: 'string',
  budgets: { list: { members: BUDGET_FIELDS } },
  rate_limit: { members: RATE_LIMIT_FIELDS },
  calendar_aligned: 'boolean',
} as const;

export function createTeam(gateway: Gateway, call: Call): Reply {
  const body: TeamBody = decodePlain(call.text, FIELDS);
  const { state, personality } = gateway;
  if (!body.name) throw new Refusal(400, 'Team name is required');
  const fault = body.rate_limit ? rateLimitFault(body.rate_limit) : null;
  if (fault !== null) throw new Refusal(400, `Invalid rate limit: ${fault}`);
  // The same text for a duplicate, an unknown customer and a zero budget before 1.5.16 (B§5.4).
  const failure = new Refusal(500, 'failed to create team');
  if (body.rate_limit && rateLimitStoreFault(body.rate_limit)) throw failure;
  if (state.teamsByName.has(body.name))
    throw personality.conflicts ? new Refusal(409, 'A team with this name already exists') : failure;
  const customerId = body.customer_id ?? null;
  if (customerId !== null && !state.customers.has(customerId)) throw failure;
  checkBudgets(body.budgets ?? [], 'lower');
  if (body.budgets?.some(budgetFault)) throw failure;

  const stamp = gateway.stamp(gateway.now());
  const team: Team = {
    id: gateway.newId(),
    row: (state.lastTeam += 1),
    name: body.name,
    customerId,
    budgets: [],
    rateLimit: null,
    calendarAligned: body.calendar_aligned === true && personality.scopedLimits,
    createdAt: stamp,
    updatedAt: stamp,
  };
  team.budgets = reconcileBudgets(
    gateway,
    [],
    body.budgets ?? [],
    { member: 'team_id', id: team.id },
    team.calendarAligned,
  );
  if (body.rate_limit) team.rateLimit = newRateLimit(gateway, body.rate_limit);
  state.teams.set(team.id, team);
  state.teamsByName.set(team.name, team);
  state.teamsByCustomer.add(customerId, team);
  return json({ message: 'Team created successfully', team: showTeam(gateway, team) });
}

export function updateTeam(gateway: Gateway, call: Call): Reply {
  const body: TeamBody = decodePlain(call.text, FIELDS);
  const team = find(gateway, call);
  const { state } = gateway;
  checkBudgets(body.budgets ?? [], 'lower');
  const renamed = typeof body.name === 'string' && body.name !== team.name;
  // A linked team keeps its customer whatever is sent, even an unknown id; only an unlinked one can be attached (B§5.4).
  const attach = team.customerId === null && body.customer_id ? body.customer_id : null;
  const limitFault =
    body.rate_limit && !removesRateLimit(body.rate_limit, 'maxima') ? rateLimitFault(body.rate_limit) : null;
  if (
    (renamed && state.teamsByName.has(body.name ?? '')) ||
    (attach !== null && !state.customers.has(attach)) ||
    limitFault !== null ||
    body.budgets?.some(budgetFault)
  ) {
    throw new Refusal(500, 'Failed to update team');
  }
  if (renamed) {
    state.teamsByName.delete(team.name);
    team.name = body.name ?? '';
    state.teamsByName.set(team.name, team);
  }
  if (attach !== null) {
    team.customerId = attach;
    state.teamsByCustomer.add(attach, team);
  }
  if (typeof body.calendar_aligned === 'boolean' && gateway.personality.scopedLimits)
    team.calendarAligned = body.calendar_aligned;
  if (body.budgets)
    team.budgets = reconcileBudgets(
      gateway,
      team.budgets,
      body.budgets,
      { member: 'team_id', id: team.id },
      team.calendarAligned,
    );
  team.rateLimit = updatedRateLimit(gateway, team.rateLimit, body.rate_limit, 'maxima');
  team.updatedAt = gateway.stamp(gateway.now());
  return json({ message: 'Team updated successfully', team: showTeam(gateway, team) });
}

export function deleteTeam(gateway: Gateway, call: Call): Reply {
  const team = find(gateway, call);
  const { state } = gateway;
  for (const virtualKey of [...state.virtualKeysByTeam.of(team.id)]) {
    state.virtualKeysByTeam.remove(team.id, virtualKey);
    Object.assign(virtualKey, { teamId: null, updatedAt: gateway.stamp(gateway.now()) });
  }
  dropLimits(gateway, team.budgets, team.rateLimit);
  state.teams.delete(team.id);
  state.teamsByName.delete(team.name);
  state.teamsByCustomer.remove(team.customerId, team);
  state.members.delete(team.id);
  return json({ message: 'Team deleted successfully' });
}

export function getTeam(gateway: Gateway, call: Call): Reply {
  return json({ team: showTeam(gateway, find(gateway, call)) });
}

/** `customer_id=` alone does not switch to pages (B§5.1). */
export function listTeams(gateway: Gateway, call: Call): Reply {
  const matches = matcher(call.query.get('search'));
  const customerId = call.query.get('customer_id') ?? '';
  const teams =
    customerId === '' ? [...gateway.state.teams.values()] : [...gateway.state.teamsByCustomer.of(customerId)];
  const { rows, total, limit, offset } = pageOf(
    teams.filter(({ name }) => matches(name)),
    call.query,
    [],
    false,
  );
  return json({
    count: rows.length,
    limit,
    offset,
    teams: rows.map((team) => showTeam(gateway, team)),
    total_count: total,
  });
}

function find(gateway: Gateway, call: Call): Team {
  const team = gateway.state.teams.get(call.params.id ?? '');
  if (!team) throw new Refusal(404, 'Team not found');
  return team;
}

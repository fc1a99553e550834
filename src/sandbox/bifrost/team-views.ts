import { showCustomerInside } from './customer-views.js';
import type { Gateway } from './gateway.js';
import { given, showBudget, showRateLimit } from './limits.js';
import type { Team } from './teams.js';

export function showTeam(gateway: Gateway, team: Team): object {
  return {
    ...head(gateway, team),
    ...limitsOf(gateway, team),
    ...tail(gateway, team, gateway.state.virtualKeysByTeam.of(team.id).size),
  };
}

/** A team as embedded in a customer: without the customer, and its virtual keys are not counted. */
export function showTeamInside(gateway: Gateway, team: Team): object {
  const { id, name, customerId } = team;
  return {
    id,
    name,
    ...given('customer_id', customerId),
    ...given('rate_limit_id', team.rateLimit?.id),
    ...limitsOf(gateway, team),
    ...tail(gateway, team, 0),
  };
}

/** A team as embedded in a virtual key: with its customer, but without limits. */
export function showTeamOfVirtualKey(gateway: Gateway, team: Team): object {
  return { ...head(gateway, team), ...tail(gateway, team, 0) };
}

function head(gateway: Gateway, team: Team): object {
  const customer = team.customerId === null ? undefined : gateway.state.customers.get(team.customerId);
  return {
    id: team.id,
    name: team.name,
    ...given('customer_id', team.customerId),
    ...given('rate_limit_id', team.rateLimit?.id),
    ...given('customer', customer && showCustomerInside(gateway, customer)),
  };
}

function limitsOf(gateway: Gateway, team: Team): object {
  return {
    ...given(
      'budgets',
      team.budgets.map((budget) => showBudget(gateway, budget)),
    ),
    ...given('rate_limit', team.rateLimit && showRateLimit(gateway, team.rateLimit)),
  };
}

function tail(gateway: Gateway, team: Team, virtualKeys: number): object {
  return {
    virtual_key_count: virtualKeys,
    profile: null,
    config: null,
    claims: null,
    ...(gateway.personality.scopedLimits ? { calendar_aligned: team.calendarAligned } : {}),
    config_hash: '',
    created_at: team.createdAt,
    updated_at: team.updatedAt,
  };
}

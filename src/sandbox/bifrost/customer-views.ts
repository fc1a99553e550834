import type { Customer } from './customers.js';
import type { Gateway } from './gateway.js';
import { given, showBudget, showRateLimit } from './limits.js';
import { showTeamInside } from './team-views.js';
import { showVirtualKeyInside } from './virtual-key-views.js';

/** A customer with its teams and virtual keys (secrets included, B§5.1). */
export function showCustomer(gateway: Gateway, customer: Customer): object {
  const { state } = gateway;
  return {
    ...head(gateway, customer),
    ...(gateway.personality.scopedLimits
      ? given(
          'budgets',
          customer.budgets.map((budget) => showBudget(gateway, budget)),
        )
      : given('budget', customer.budgets[0] && showBudget(gateway, customer.budgets[0]))),
    ...given('rate_limit', customer.rateLimit && showRateLimit(gateway, customer.rateLimit)),
    teams: inOrder(state.teamsByCustomer.of(customer.id)).map((team) => showTeamInside(gateway, team)),
    virtual_keys: inOrder(state.virtualKeysByCustomer.of(customer.id)).map((virtualKey) =>
      showVirtualKeyInside(gateway, virtualKey),
    ),
    ...tail(gateway, customer),
  };
}

function inOrder<T extends { readonly row: number }>(rows: ReadonlySet<T>): readonly T[] {
  return [...rows].sort((a, b) => a.row - b.row);
}

/** A customer as embedded in a team: limits and members are not loaded. */
export function showCustomerInside(gateway: Gateway, customer: Customer): object {
  return { ...head(gateway, customer), teams: null, virtual_keys: null, ...tail(gateway, customer) };
}

function head(gateway: Gateway, customer: Customer): object {
  return {
    id: customer.id,
    name: customer.name,
    ...(gateway.personality.scopedLimits ? {} : given('budget_id', customer.budgets[0]?.id)),
    ...given('rate_limit_id', customer.rateLimit?.id),
  };
}

function tail(gateway: Gateway, customer: Customer): object {
  return {
    ...(gateway.personality.scopedLimits ? { calendar_aligned: customer.calendarAligned } : {}),
    config_hash: '',
    created_at: customer.createdAt,
    updated_at: customer.updatedAt,
  };
}

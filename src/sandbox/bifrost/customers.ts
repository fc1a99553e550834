import { decodeCustomer, wantedBudgets } from './customer-bodies.js';
import { showCustomer } from './customer-views.js';
import type { Call, Gateway } from './gateway.js';
import { budgetFault, checkBudgets, rateLimitFault, rateLimitStoreFault, removesRateLimit } from './limit-checks.js';
import { type Budget, dropLimits, newRateLimit, type RateLimit, reconcileBudgets, updatedRateLimit } from './limits.js';
import { matcher, pageOf } from './lists.js';
import { json, Refusal, type Reply } from './reply.js';

/** Customers (B§5.3). */

export type Customer = {
  readonly id: string;
  name: string;
  budgets: readonly Budget[];
  rateLimit: RateLimit | null;
  calendarAligned: boolean;
  readonly createdAt: string;
  updatedAt: string;
};

export function createCustomer(gateway: Gateway, call: Call): Reply {
  const body = decodeCustomer(gateway, call);
  if ((body.budgets?.length ?? 0) > 0 && body.budget)
    throw new Refusal(400, "only one of 'budget' or 'budgets' may be set");
  if (!body.name) throw new Refusal(400, 'Customer name is required');
  const fault = body.rate_limit ? rateLimitFault(body.rate_limit) : null;
  if (fault !== null) throw new Refusal(400, `Invalid rate limit: ${fault}`);
  if (gateway.personality.uniqueCustomers && isTaken(gateway, body.name))
    throw new Refusal(409, 'A customer with this name already exists');
  const budgets = body.budgets?.length ? body.budgets : body.budget ? [body.budget] : [];
  if (gateway.personality.scopedLimits) checkBudgets(budgets, 'lower');
  if (budgets.some(budgetFault) || (body.rate_limit && rateLimitStoreFault(body.rate_limit)))
    throw new Refusal(500, 'failed to create customer');

  const stamp = gateway.stamp(gateway.now());
  const customer: Customer = {
    id: gateway.newId(),
    name: body.name,
    budgets: [],
    rateLimit: null,
    calendarAligned: body.calendar_aligned === true && gateway.personality.scopedLimits,
    createdAt: stamp,
    updatedAt: stamp,
  };
  customer.budgets = reconcileBudgets(gateway, [], budgets, ownerOf(gateway, customer), customer.calendarAligned);
  if (body.rate_limit) customer.rateLimit = newRateLimit(gateway, body.rate_limit);
  gateway.state.customers.set(customer.id, customer);
  gateway.state.customersByName.add(customer.name, customer);
  return json({ customer: showCustomer(gateway, customer), message: 'Customer created successfully' });
}

export function updateCustomer(gateway: Gateway, call: Call): Reply {
  const body = decodeCustomer(gateway, call);
  if (body.budgets && body.budget) throw new Refusal(400, "only one of 'budget' or 'budgets' may be set");
  const customer = find(gateway, call);
  const budgets = wantedBudgets(gateway, customer, body);
  const limitFault =
    body.rate_limit && !removesRateLimit(body.rate_limit, 'maxima') ? rateLimitFault(body.rate_limit) : null;
  const renamed = typeof body.name === 'string' && body.name !== customer.name;
  if (
    (renamed && gateway.personality.uniqueCustomers && isTaken(gateway, body.name ?? '')) ||
    limitFault !== null ||
    budgets?.some(budgetFault)
  ) {
    throw new Refusal(500, 'Failed to update customer');
  }
  if (renamed) rename(gateway, customer, body.name ?? '');
  if (typeof body.calendar_aligned === 'boolean' && gateway.personality.scopedLimits)
    customer.calendarAligned = body.calendar_aligned;
  if (budgets)
    customer.budgets = reconcileBudgets(
      gateway,
      customer.budgets,
      budgets,
      ownerOf(gateway, customer),
      customer.calendarAligned,
    );
  customer.rateLimit = updatedRateLimit(gateway, customer.rateLimit, body.rate_limit, 'maxima');
  customer.updatedAt = gateway.stamp(gateway.now());
  return json({ customer: showCustomer(gateway, customer), message: 'Customer updated successfully' });
}

/** Deleting a customer detaches its teams and virtual keys (B§5.9). */
export function deleteCustomer(gateway: Gateway, call: Call): Reply {
  const customer = find(gateway, call);
  const { state } = gateway;
  const stamp = gateway.stamp(gateway.now());
  for (const team of [...state.teamsByCustomer.of(customer.id)]) {
    state.teamsByCustomer.remove(customer.id, team);
    Object.assign(team, { customerId: null, updatedAt: stamp });
  }
  for (const virtualKey of [...state.virtualKeysByCustomer.of(customer.id)]) {
    state.virtualKeysByCustomer.remove(customer.id, virtualKey);
    Object.assign(virtualKey, { customerId: null, updatedAt: stamp });
  }
  dropLimits(gateway, customer.budgets, customer.rateLimit);
  state.customers.delete(customer.id);
  state.customersByName.remove(customer.name, customer);
  return json({ message: 'Customer deleted successfully' });
}

export function getCustomer(gateway: Gateway, call: Call): Reply {
  return json({ customer: showCustomer(gateway, find(gateway, call)) });
}

export function listCustomers(gateway: Gateway, call: Call): Reply {
  const matches = matcher(call.query.get('search'));
  const { rows, total, limit, offset } = pageOf(
    [...gateway.state.customers.values()].filter(({ name }) => matches(name)),
    call.query,
    [],
    false,
  );
  const customers = rows.map((customer) => showCustomer(gateway, customer));
  return json({ count: rows.length, customers, limit, offset, total_count: total });
}

function find(gateway: Gateway, call: Call): Customer {
  const customer = gateway.state.customers.get(call.params.id ?? '');
  if (!customer) throw new Refusal(404, 'Customer not found');
  return customer;
}

function isTaken(gateway: Gateway, name: string): boolean {
  return gateway.state.customersByName.of(name).size > 0;
}

function rename(gateway: Gateway, customer: Customer, name: string): void {
  gateway.state.customersByName.remove(customer.name, customer);
  customer.name = name;
  gateway.state.customersByName.add(name, customer);
}

function ownerOf(gateway: Gateway, customer: Customer): Budget['owner'] {
  return gateway.personality.scopedLimits ? { member: 'customer_id', id: customer.id } : null;
}

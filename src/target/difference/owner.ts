import type { Body, CustomerObject, MemberObject, ModelConfigObject, TeamObject, UserObject } from '../objects.js';
import { asks, compareValue, textOf, type Comparison } from './comparison.js';
import { compareBudgets, compareRateLimit } from './limits.js';

/** Not compared: calendar alignment. */
export function compareCustomer(comparison: Comparison, body: Body, found: CustomerObject): void {
  if ('name' in body) compareValue(comparison, 'name', body['name'], found.name);
  compareBudgets(comparison, '', body, found.budgets);
  compareRateLimit(comparison, '', body, found.rateLimit);
}

export function compareTeam(comparison: Comparison, body: Body, found: TeamObject): void {
  if ('name' in body) compareValue(comparison, 'name', body['name'], found.name);
  // A PUT cannot move a team, whatever it answers (B§5.4): the echo tells.
  if (asks(comparison, body, 'customer_id'))
    compareValue(comparison, 'customer_id', body['customer_id'], found.customerId);
  compareBudgets(comparison, '', body, found.budgets);
  compareRateLimit(comparison, '', body, found.rateLimit);
}

/** Addresses are compared without case (B§6.4). Not compared: status, role, and the limits of a user, shown on the fork only. */
export function compareUser(comparison: Comparison, body: Body, found: UserObject): void {
  if ('email' in body) compareValue(comparison, 'email', textOf(body['email']).trim().toLowerCase(), found.name);
  if ('name' in body) compareValue(comparison, 'name', body['name'], found.displayName);
}

export function compareMember(comparison: Comparison, body: Body, found: MemberObject): void {
  if ('user_id' in body) compareValue(comparison, 'user_id', body['user_id'], found.userId);
}

/** A scope that does not come back has become a limit for everybody (B§5.6). */
export function compareModelConfig(comparison: Comparison, body: Body, found: ModelConfigObject): void {
  if ('model_name' in body) compareValue(comparison, 'model_name', body['model_name'], found.model);
  if (asks(comparison, body, 'provider'))
    compareValue(comparison, 'provider', textOf(body['provider']) || null, found.provider);
  if (asks(comparison, body, 'scope')) {
    const scope = textOf(body['scope']) || 'global';
    compareValue(comparison, 'scope', scope, found.scope ?? 'global');
    if (scope !== 'global') compareValue(comparison, 'scope_id', body['scope_id'], found.scopeId);
  }
  compareBudgets(comparison, '', body, found.budgets);
  compareRateLimit(comparison, '', body, found.rateLimit);
}

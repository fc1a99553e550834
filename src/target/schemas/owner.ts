import * as z from 'zod';
import type { CustomerObject, MemberObject, TeamObject, UserObject } from '../objects.js';
import { budgetMembers, budgetsOf, rateLimitMember, rateLimitOf } from './limits.js';

const id = z.string().min(1);
const ownerRow = z.object({ id, name: z.string(), ...budgetMembers, ...rateLimitMember });
const teamRow = ownerRow.extend({ customer_id: z.string().nullish(), customer: z.object({ id }).nullish() });
const userRow = z.object({ id, name: z.string().nullish(), email: z.string() });
const memberRow = z.object({ user_id: id });

/** Answers wrap the object (`customer`, `team`, `user`); lists hold it bare (B§5.3, §5.4, §6.4). */
export function parseCustomer(json: unknown): CustomerObject {
  const row = ownerRow.parse(json);
  return { kind: 'customer', id: row.id, name: row.name, budgets: budgetsOf(row), rateLimit: rateLimitOf(row) };
}

export function parseTeam(json: unknown): TeamObject {
  const row = teamRow.parse(json);
  const customerId = row.customer_id || row.customer?.id || null;
  return { kind: 'team', id: row.id, name: row.name, customerId, budgets: budgetsOf(row), rateLimit: rateLimitOf(row) };
}

/** Bifrost trims and lower-cases addresses itself on the fork (B§6.4); Enterprise is not known to. */
export function parseUser(json: unknown): UserObject {
  const row = userRow.parse(json);
  return {
    kind: 'user',
    id: row.id,
    name: row.email.trim().toLowerCase(),
    email: row.email,
    displayName: row.name ?? '',
  };
}

/** `{user_id,user_name,user_email,source}` (B§6.1); the team is only in the path. */
export function parseMember(json: unknown, teamId: string): MemberObject {
  const { user_id: userId } = memberRow.parse(json);
  const name = `${teamId}/${userId}`;
  return { kind: 'member', id: name, name, teamId, userId };
}

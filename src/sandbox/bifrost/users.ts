import { decodePlain, type Fields } from './decode.js';
import type { Call, Gateway } from './gateway.js';
import { BUDGET_FIELDS, RATE_LIMIT_FIELDS } from './limit-checks.js';
import {
  type Budget,
  dropLimits,
  given,
  newBudget,
  type RateLimit,
  showBudget,
  showRateLimit,
  updatedRateLimit,
} from './limits.js';
import { matcher, plainPage } from './lists.js';
import { json, Refusal, type Reply } from './reply.js';
import { refuseLimits, updatedBudget, type UserBody } from './user-limits.js';

/** Users of the fork (B§6.4), and in the shapes of the published docs for Enterprise (B§6.1, B§6.2). */
export type User = {
  readonly id: string;
  name: string;
  email: string;
  status: string;
  budget: Budget | null;
  rateLimit: RateLimit | null;
  virtualKeyIds: readonly string[];
  roleId: string | null;
  readonly createdAt: string;
  updatedAt: string;
};
const FIELDS: Fields = {
  name: 'string',
  email: 'string',
  status: 'string',
  role_id: 'string',
  business_unit_id: 'string',
  virtual_key_ids: { list: 'string' },
  budget: { members: BUDGET_FIELDS },
  rate_limit: { members: RATE_LIMIT_FIELDS },
};

export function createUser(gateway: Gateway, call: Call): Reply {
  const body: UserBody = decodePlain(call.text, FIELDS);
  if ((body.name ?? '').trim() === '') throw new Refusal(400, 'name is required');
  if ((body.email ?? '').trim() === '') throw new Refusal(400, 'email is required');
  checkStatus(body.status);
  checkVirtualKeys(gateway, body.virtual_key_ids ?? []);
  const email = normalized(body.email ?? '');
  refuseLimits(body, 'create');
  if (gateway.state.usersByEmail.has(email)) throw new Refusal(409, 'A user with this email already exists');
  const stamp = gateway.stamp(gateway.now());
  const user: User = {
    id: gateway.newId(),
    name: body.name ?? '',
    email,
    status: body.status || 'active',
    budget: body.budget ? newBudget(gateway, body.budget, null, false) : null,
    rateLimit: updatedRateLimit(gateway, null, body.rate_limit, 'maxima'),
    virtualKeyIds: body.virtual_key_ids ?? [],
    roleId: body.role_id ?? null,
    createdAt: stamp,
    updatedAt: stamp,
  };
  gateway.state.users.set(user.id, user);
  gateway.state.usersByEmail.set(email, user);
  return json({ message: 'User created successfully', user: showUser(gateway, user) });
}

export function updateUser(gateway: Gateway, call: Call): Reply {
  const body: UserBody = decodePlain(call.text, FIELDS);
  const user = find(gateway, call);
  if (body.name?.trim() === '') throw new Refusal(400, 'name cannot be empty');
  if (body.email?.trim() === '') throw new Refusal(400, 'email cannot be empty');
  checkStatus(body.status);
  checkVirtualKeys(gateway, body.virtual_key_ids ?? []);
  refuseLimits(body, 'update', user);
  const email = normalized(body.email ?? user.email);
  if (email !== user.email && gateway.state.usersByEmail.has(email))
    throw new Refusal(409, 'A user with this email already exists');
  gateway.state.usersByEmail.delete(user.email);
  Object.assign(user, {
    email,
    name: body.name ?? user.name,
    status: body.status ?? user.status,
    virtualKeyIds: body.virtual_key_ids ?? user.virtualKeyIds,
    budget: updatedBudget(gateway, user.budget, body.budget),
    rateLimit: updatedRateLimit(gateway, user.rateLimit, body.rate_limit, 'maxima'),
    updatedAt: gateway.stamp(gateway.now()),
  });
  gateway.state.usersByEmail.set(email, user);
  return json({ message: 'User updated successfully', user: showUser(gateway, user) });
}

export function deleteUser(gateway: Gateway, call: Call): Reply {
  const user = find(gateway, call);
  dropLimits(gateway, user.budget ? [user.budget] : [], user.rateLimit);
  gateway.state.users.delete(user.id);
  gateway.state.usersByEmail.delete(user.email);
  for (const members of gateway.state.members.values()) members.delete(user.id);
  return json({ message: 'User deleted successfully' });
}

export function getUser(gateway: Gateway, call: Call): Reply {
  return json({ user: showUser(gateway, find(gateway, call)) });
}

/** Fork: offset paging, newest first. Enterprise: pages, as its legacy list is documented (B§6.1). */
export function listUsers(gateway: Gateway, call: Call): Reply {
  const matches = matcher(call.query.get('search'));
  const status = call.query.get('status') ?? '';
  const users = [...gateway.state.users.values()]
    .reverse()
    .filter((user) => (matches(user.name) || matches(user.email)) && (status === '' || user.status === status));
  if (gateway.personality.users === 'enterprise') return json(pageOfUsers(gateway, users, call.query));
  const { rows, offset, total } = plainPage(users, call.query);
  return json({ count: rows.length, offset, total, users: rows.map((user) => showUser(gateway, user)) });
}

function pageOfUsers(gateway: Gateway, users: readonly User[], query: URLSearchParams): object {
  const number = (parameter: string, fallback: number): number =>
    Math.max(1, Number.parseInt(query.get(parameter) ?? '', 10) || fallback);
  const limit = Math.min(number('limit', 20), 100);
  const page = number('page', 1);
  const pages = Math.max(1, Math.ceil(users.length / limit));
  const rows = users.slice((page - 1) * limit, page * limit);
  return {
    users: rows.map((user) => showUser(gateway, user)),
    total: users.length,
    page,
    limit,
    total_pages: pages,
    has_more: page < pages,
  };
}

function showUser(gateway: Gateway, user: User): object {
  const { id, name, email, status } = user;
  const dates = { created_at: user.createdAt, updated_at: user.updatedAt };
  if (gateway.personality.users === 'enterprise')
    return { id, name, email, role_id: user.roleId, role: null, ...dates };
  return {
    id,
    name,
    email,
    status,
    ...given('budget_id', user.budget?.id),
    ...given('rate_limit_id', user.rateLimit?.id),
    config_hash: '',
    ...dates,
    ...given('budget', user.budget && showBudget(gateway, user.budget)),
    ...given('rate_limit', user.rateLimit && showRateLimit(gateway, user.rateLimit)),
    virtual_key_ids: user.virtualKeyIds,
  };
}

function checkStatus(status: string | null | undefined): void {
  if (!status || status === 'active' || status === 'inactive') return;
  throw new Refusal(400, `Invalid status ${JSON.stringify(status)}`);
}

function checkVirtualKeys(gateway: Gateway, ids: readonly string[]): void {
  const missing = ids.find((id) => !gateway.state.virtualKeys.has(id));
  if (missing !== undefined) throw new Refusal(400, `virtual key ${JSON.stringify(missing)} not found`);
}

function normalized(email: string): string {
  return email.trim().toLowerCase();
}

function find(gateway: Gateway, call: Call): User {
  const user = gateway.state.users.get(call.params.id ?? '');
  if (!user) throw new Refusal(404, 'User not found');
  return user;
}

import { createHash } from 'node:crypto';
import type { Json, JsonObject } from '../../json.js';
import { isAdmin, isViewer, type Caller } from './caller.js';
import type { Call, Context, Route } from './context.js';
import { expandedKey, keyInfo, keyStatus, listedKey } from './key-shapes.js';
import { compareCells } from './order.js';
import type { Query } from './query.js';
import { managementError, noParam, proxyError } from './refusal.js';
import type { BudgetRow, KeyRow } from './rows.js';
import { isAtLeast, isNewer } from './version.js';

/** `/key/*` (contracts L§1.7). */
export const KEY_ROUTES: readonly Route[] = [
  { path: '/key/list', access: 'any', answer: listKeys },
  { path: '/key/info', access: 'any', answer: showKey },
  { path: '/key/aliases', access: 'any', answer: listAliases },
];

const SORTS = ['spend', 'max_budget', 'created_at', 'updated_at', 'token', 'key_alias'];
const NEWEST_SORTS = ['expires', 'last_active', 'budget_reset_at', 'total_spend', 'tpm_limit', 'rpm_limit'];

function listKeys(context: Context, { query, caller }: Call): Json {
  const page = query.count('page', 1);
  const size = query.count('size', 10, 100);
  const whole = query.flag('return_full_object');
  const expand = query.all('expand').includes('user');
  demandOwner(caller);
  const { total, rows } = select(context, query, caller, page, size);
  const object = (row: KeyRow): JsonObject => listedKey(row, context.version, budgetOf(context, row));
  const keys = rows.map((row) => {
    if (expand) return expandedKey(object(row), context.users, context.version);
    return whole ? object(row) : row.token;
  });
  return { keys, total_count: total, current_page: page, total_pages: Math.ceil(total / size) };
}

function demandOwner(caller: Caller): void {
  if (isAdmin(caller) || caller.userId !== null) return;
  const message = "You are not authorized to access this endpoint. No 'user_id' is associated with your API key.";
  throw proxyError(403, message, 'bad_request_error', 'user_id');
}

function select(
  context: Context,
  query: Query,
  caller: Caller,
  page: number,
  size: number,
): { total: number; rows: KeyRow[] } {
  const sort = sortColumn(context, query);
  const status = statusOf(context, query);
  const window = [(page - 1) * size, page * size] as const;
  if (status === 'deleted') {
    const rows = context.world.deletedKeys.map(({ row }) => row);
    return { total: rows.length, rows: rows.slice(...window) };
  }
  const passes = filter(context, query, caller, status);
  const indexes = context.keys.listed(passes?.name ?? '', passes?.test ?? null);
  if (sort === null)
    return { total: indexes.length, rows: indexes.slice(...window).map((index) => context.world.key(index).row) };
  const sorted = sortRows(
    indexes.map((index) => context.world.key(index).row),
    sort,
    query.text('sort_order') !== 'asc',
  );
  return { total: indexes.length, rows: sorted.slice(...window) };
}

function sortColumn(context: Context, query: Query): keyof KeyRow | null {
  const asked = query.text('sort_by');
  if (asked === null) return null;
  const known = isAtLeast(context.version, '1.109.1') ? [...SORTS, ...NEWEST_SORTS] : SORTS;
  if (known.includes(asked)) return asked as keyof KeyRow;
  const message = `{'error': 'Invalid sort column. Must be one of: ${known.join(', ')}'}`;
  throw managementError(context.version, 400, message, 'internal_server_error');
}

function statusOf(context: Context, query: Query): string | null {
  const asked = query.text('status');
  const known = isNewer(context.version) ? ['active', 'expired', 'revoked', 'deleted'] : ['deleted'];
  if (asked === null || known.includes(asked)) return asked;
  const hint = isNewer(context.version)
    ? "Supported: 'active', 'expired', 'revoked', 'deleted'."
    : "Currently only 'deleted' is supported.";
  throw managementError(context.version, 400, `{'error': "Invalid status value. ${hint}"}`, 'internal_server_error');
}

function sortRows(rows: KeyRow[], column: keyof KeyRow, descending: boolean): KeyRow[] {
  const value = (row: KeyRow): string | number | null => {
    const cell = row[column];
    return typeof cell === 'string' || typeof cell === 'number' ? cell : null;
  };
  return rows.sort((left, right) => compareCells(value(left), value(right), descending ? -1 : 1));
}

/** Exact matches, joined by AND; without one an administrator sees every key, others their own. Unknown parameters do nothing. */
function filter(
  context: Context,
  query: Query,
  caller: Caller,
  status: string | null,
): { name: string; test: (row: KeyRow) => boolean } | null {
  const tests: ((row: KeyRow) => boolean)[] = [];
  const names: string[] = [];
  const exact = (parameter: string, column: keyof KeyRow): void => {
    const wanted = query.text(parameter);
    if (wanted === null) return;
    names.push(`${parameter}=${wanted}`);
    tests.push((row) => row[column] === wanted);
  };
  exact('user_id', 'user_id');
  exact('team_id', 'team_id');
  exact('organization_id', 'organization_id');
  exact('key_alias', 'key_alias');
  exact('key_hash', 'token');
  if (isNewer(context.version)) {
    exact('project_id', 'project_id');
    const group = query.text('access_group_id');
    if (group !== null) tests.push((row) => row.access_group_ids.includes(group));
    if (status !== null) tests.push((row) => keyStatus(row, context.now()) === status);
    names.push(`group=${group ?? ''}`, `status=${status ?? ''}`);
  }
  if (!isAdmin(caller) && !isViewer(caller)) {
    names.push(`caller=${caller.userId ?? ''}`);
    tests.push((row) => row.user_id === caller.userId);
  }
  if (tests.length === 0) return null;
  return { name: names.join('&'), test: (row) => tests.every((test) => test(row)) };
}

function budgetOf(context: Context, row: KeyRow): BudgetRow | undefined {
  return row.budget_id === null ? undefined : context.budgets.get(row.budget_id);
}

/** The hash and the key itself are both accepted; without one it is the caller's own. */
function showKey(context: Context, { query, caller }: Call): Json {
  const asked = query.text('key');
  const token =
    asked === null
      ? caller.row?.token
      : asked.startsWith('sk-')
        ? createHash('sha256').update(asked, 'utf8').digest('hex')
        : asked;
  const found = token === undefined ? undefined : context.keys.byToken(token);
  if (!found) throw proxyError(404, 'Key not found in database', 'not_found_error', 'key');
  if (!isAdmin(caller) && !isViewer(caller) && found.row.user_id !== caller.userId) throw foreignKey(context, caller);
  return {
    key: asked ?? found.row.token,
    info: keyInfo(found.row, context.version, budgetOf(context, found.row), context.now()),
  };
}

function foreignKey(context: Context, caller: Caller): Error {
  const message = `You are not allowed to access this key's info. Your role=${caller.role}`;
  const type = isAtLeast(context.version, '1.109.1') ? 'auth_error' : 'internal_server_error';
  return proxyError(403, message, type, isNewer(context.version) ? null : noParam(context.version));
}

function listAliases(context: Context, { query }: Call): Json {
  const aliases = context.keys
    .listed('', null)
    .map((index) => context.world.key(index).row.key_alias)
    .filter((alias) => alias !== null && alias !== '')
    .sort();
  if (!isNewer(context.version)) return { aliases };
  const page = query.count('page', 1);
  const size = query.count('size', 50, 100);
  return {
    aliases: aliases.slice((page - 1) * size, page * size),
    total_count: aliases.length,
    current_page: page,
    total_pages: Math.ceil(aliases.length / size),
    size,
  };
}

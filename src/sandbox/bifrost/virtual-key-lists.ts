import type { Call, Gateway } from './gateway.js';
import { clampLimit, matcher, numberOf, pageOf, type Page } from './lists.js';
import { json, type Reply } from './reply.js';
import { showVirtualKey } from './virtual-key-views.js';
import type { VirtualKey } from './virtual-keys.js';

const FILTERS = ['customer_id', 'team_id', 'sort_by'] as const;
const EXPORT_CAP = 10_000;

export function listVirtualKeys(gateway: Gateway, call: Call): Reply {
  const { query } = call;
  const matches = matcher(query.get('search'));
  const wanted = (filter: string, id: string | null): boolean =>
    (query.get(filter) ?? '') === '' || query.get(filter) === id;
  const rows = [...gateway.state.virtualKeys.values()].filter(
    ({ name, teamId, customerId }) => matches(name) && wanted('team_id', teamId) && wanted('customer_id', customerId),
  );
  sortRows(rows, query.get('sort_by') ?? '', (query.get('order') ?? '').toLowerCase() === 'desc' ? -1 : 1);
  const page = query.get('export') === 'true' ? exported(gateway, rows, query) : pageOf(rows, query, FILTERS, true);
  return json({
    count: page.rows.length,
    limit: page.limit,
    offset: page.offset,
    total_count: page.total,
    virtual_keys: page.rows.map((virtualKey) => showVirtualKey(gateway, virtualKey, 'list')),
  });
}

/** In order of creation unless `sort_by` says otherwise. */
function sortRows(rows: VirtualKey[], sortBy: string, direction: 1 | -1): void {
  if (sortBy === 'name') rows.sort((a, b) => direction * (a.name < b.name ? -1 : 1));
  else if (sortBy === 'status') rows.sort((a, b) => direction * (Number(a.isActive) - Number(b.isActive)));
  else if (sortBy !== '') rows.sort((a, b) => direction * (a.row - b.row));
}

/** `export=true` lifts the cap to 10,000 on newer versions; on older ones it only switches to pages of 25 (B§5.1). */
function exported(gateway: Gateway, rows: readonly VirtualKey[], query: URLSearchParams): Page<VirtualKey> {
  const limit = numberOf(query, 'limit', true);
  const offset = numberOf(query, 'offset', true);
  const size = gateway.personality.rotates
    ? limit === 0
      ? EXPORT_CAP
      : Math.min(limit, EXPORT_CAP)
    : clampLimit(limit);
  return {
    rows: rows.slice(offset, offset + size),
    total: rows.length,
    limit: gateway.personality.rotates ? limit : size,
    offset,
  };
}

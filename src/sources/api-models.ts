import { isObject } from '../json.js';
import { MigrateError } from '../errors.js';
import { expectOk, readRows } from './api-pages.js';
import type { Row } from './fields.js';
import type { ManagementApi } from './management-api.js';

/** A deployment the running proxy serves, as the management API shows it: resolved, secrets removed or masked (L§1.5). */
export type ServedModel = {
  readonly id: string | null;
  /** One name from v2; from v1 also the aliases and the models a wildcard explodes into. */
  readonly names: readonly string[];
  readonly databaseModel: boolean;
  readonly params: Row;
  readonly info: Row;
  /** false: read from v1, where a wildcard's own name may be missing ([N], L§1.5). */
  readonly exactNames: boolean;
};

const PAGE = 500;

/** Everything the proxy serves: /v2/model/info, or /model/info where that is missing or fails. */
export async function readServedModels(api: ManagementApi): Promise<ServedModel[]> {
  const rows = await pagedModels(api);
  if (rows !== null) return merge(rows, true);
  const body = expectOk('/model/info', await api.get('/model/info'));
  const data = isObject(body) ? body.data : undefined;
  // A proxy started with --model answers one object instead of a list.
  return merge(readRows('/model/info', isObject(data) ? [data] : data), false);
}

async function pagedModels(api: ManagementApi): Promise<Row[] | null> {
  const rows: Row[] = [];
  for (let page = 1, last = 1; page <= last; page++) {
    const answer = await api.get('/v2/model/info', { page, size: PAGE }).catch((error: unknown) => {
      if (error instanceof MigrateError && error.code === 'source_unexpected') return null;
      throw error;
    });
    if (answer === null || (answer.status >= 400 && answer.status !== 403)) return null;
    const body = expectOk('/v2/model/info', answer);
    const found = readRows('/v2/model/info', isObject(body) ? body.data : undefined);
    rows.push(...found);
    // Before 1.81.1 the list is not paged.
    last = isObject(body) && typeof body.total_pages === 'number' && found.length > 0 ? body.total_pages : page;
  }
  return rows;
}

/** One entry per model_info.id: an id stands on several rows for aliases, wildcards and lists of organizations. */
function merge(rows: readonly Row[], exactNames: boolean): ServedModel[] {
  const byId = new Map<string, ServedModel>();
  const others: ServedModel[] = [];
  for (const row of rows) {
    const info = isObject(row.model_info) ? row.model_info : {};
    const id = typeof info.id === 'string' ? info.id : null;
    const name = typeof row.model_name === 'string' ? row.model_name : '';
    const known = id === null ? undefined : byId.get(id);
    const model: ServedModel =
      known === undefined
        ? {
            id,
            names: [name],
            databaseModel: info.db_model === true,
            params: isObject(row.litellm_params) ? row.litellm_params : {},
            info,
            exactNames,
          }
        : { ...known, names: [...new Set([...known.names, name])] };
    if (id === null) others.push(model);
    else byId.set(id, model);
  }
  return [...byId.values(), ...others];
}

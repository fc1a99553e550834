import type { Row } from './fields.js';

/** Columns of other tables that /key/list shows with default values, and joined objects: not part of the key (L§1.7). */
const VIEW_MEMBERS =
  /^(team_(?!id$)|end_user_|organization_(?!id$)|project_(?!id$)|user_(?!id$)|litellm_|jwt_)|^(soft_budget|last_refreshed_at|api_key|allowed_model_region|parent_otel_span|rpm_limit_per_model|tpm_limit_per_model|request_route|is_session_token|user|created_by_user|status|key)$/;

/** A row of /key/list or /key/info under the column names of the database. */
export function apiKeyRow(row: Row): Row {
  const entries = Object.entries(row).filter(([name]) => !VIEW_MEMBERS.test(name) && name !== 'org_id');
  return withModels({ ...Object.fromEntries(entries), organization_id: row.organization_id ?? row.org_id ?? null });
}

/** An empty list means every model; an answer that leaves the list out does not: it is read as one that matches nothing. */
export function withModels(row: Row): Row {
  return Object.hasOwn(row, 'models') ? row : { ...row, models: false };
}

/** A bare hash (old releases), or an object without the `budget_id` column (1.81.13). */
export function isKeyRowWithoutLinks(row: Row | string): boolean {
  return typeof row === 'string' || !('budget_id' in row);
}

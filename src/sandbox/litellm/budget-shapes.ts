import type { JsonObject } from '../../json.js';
import { zulu, type Stamp } from './clock.js';
import type { BudgetRow } from './rows.js';
import { isNewer, type SandboxVersion } from './version.js';

/** A whole row of LiteLLM_BudgetTable as Prisma prints it, with its empty relations. */
export function budgetObject(row: BudgetRow, version: SandboxVersion, stamp: Stamp = zulu): JsonObject {
  const newer = isNewer(version);
  return {
    budget_id: row.budget_id,
    max_budget: row.max_budget,
    soft_budget: row.soft_budget,
    max_parallel_requests: row.max_parallel_requests,
    tpm_limit: row.tpm_limit,
    rpm_limit: row.rpm_limit,
    ...(newer && { tpd_limit: row.tpd_limit }),
    model_max_budget: row.model_max_budget,
    budget_duration: row.budget_duration,
    budget_reset_at: stamp(row.budget_reset_at),
    ...(newer && {
      allowed_models: row.allowed_models,
      temp_budget_increase: row.temp_budget_increase,
      temp_budget_expiry: stamp(row.temp_budget_expiry),
    }),
    created_at: stamp(row.created_at),
    created_by: row.created_by,
    updated_at: stamp(row.updated_at),
    updated_by: row.updated_by,
    organization: null,
    ...(newer && { projects: null }),
    keys: null,
    end_users: null,
    tags: null,
    ...(newer && { model_access_groups: null }),
    team_membership: null,
    organization_membership: null,
  };
}

/** The limits alone, as they hang on organizations, memberships and end users. */
export function budgetLimits(row: BudgetRow, version: SandboxVersion): JsonObject {
  const newer = isNewer(version);
  return {
    budget_id: row.budget_id,
    soft_budget: row.soft_budget,
    max_budget: row.max_budget,
    max_parallel_requests: row.max_parallel_requests,
    tpm_limit: row.tpm_limit,
    rpm_limit: row.rpm_limit,
    ...(newer && { tpd_limit: row.tpd_limit }),
    model_max_budget: row.model_max_budget,
    budget_duration: row.budget_duration,
    ...(newer && {
      allowed_models: row.allowed_models,
      temp_budget_increase: row.temp_budget_increase,
      temp_budget_expiry: zulu(row.temp_budget_expiry),
      budget_reset_at: zulu(row.budget_reset_at),
      created_at: zulu(row.created_at),
    }),
  };
}

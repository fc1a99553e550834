import { finding, type Finding } from '../findings.js';
import type { JsonObject } from '../json.js';
import { Fields, type Row } from './fields.js';
import type { Limits } from './records.js';
import { modelMapWithoutSecrets } from './scrub.js';

export const NO_LIMITS: Limits = {
  maxBudget: null,
  budgetDuration: null,
  tpmLimit: null,
  rpmLimit: null,
  maxParallelRequests: null,
  softBudget: null,
  modelMaxBudget: {},
};

/** The limit columns that keys, teams, users and budget rows share (L§2.2). */
export function readLimits(fields: Fields): Limits {
  return {
    maxBudget: fields.number('max_budget'),
    budgetDuration: fields.text('budget_duration'),
    tpmLimit: fields.number('tpm_limit'),
    rpmLimit: fields.number('rpm_limit'),
    maxParallelRequests: fields.number('max_parallel_requests'),
    softBudget: fields.number('soft_budget'),
    modelMaxBudget: modelMapWithoutSecrets(fields.object('model_max_budget')),
  };
}

/** A row of LiteLLM_BudgetTable; `allowedModels` is the scope of a team member [newer] (L§4.11). */
export type Budget = { readonly limits: Limits; readonly allowedModels: readonly string[]; readonly rest: JsonObject };
export type Budgets = ReadonlyMap<string, Budget>;

/** Audit columns and the back references that the API shows as null. */
const IGNORED = new Set(['created_at', 'created_by', 'updated_at', 'updated_by', 'budget_reset_at']);

export function readBudget(row: Row): Budget {
  const fields = new Fields(row);
  fields.raw('budget_id');
  return { limits: readLimits(fields), allowedModels: fields.names('allowed_models'), rest: fields.rest(IGNORED) };
}

export function readBudgets(rows: readonly Row[]): Budgets {
  return new Map(
    rows.flatMap((row) => (typeof row.budget_id === 'string' ? [[row.budget_id, readBudget(row)] as const] : [])),
  );
}

/** Members of budget rows that no rule reads (`tpd_limit`, `temp_budget_increase`), named once for the whole table. */
export function budgetFindings(budgets: Budgets): Finding[] {
  const names = new Set([...budgets.values()].flatMap(({ rest }) => Object.keys(rest)));
  return [...names].sort().map((name) => {
    const count = [...budgets.values()].filter(({ rest }) => name in rest).length;
    return finding(
      'loss',
      'budget_field_not_carried',
      name,
      `${count} budget(s) set ${name}, which is not carried over.`,
    );
  });
}

export function missingBudget(id: string): Finding {
  return finding(
    'change',
    'budget_missing',
    'budget_id',
    `The budget ${id} it refers to does not exist (or could not be read).`,
  );
}

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

/** @param notes takes what could not be read. */
export function readBudget(row: Row, notes: Finding[] = []): Budget {
  const fields = new Fields(row);
  fields.raw('budget_id');
  const budget = {
    limits: readLimits(fields),
    allowedModels: fields.names('allowed_models'),
    rest: fields.rest(IGNORED),
  };
  notes.push(...fields.notes);
  return budget;
}

/** By id; a row without one cannot be linked to. */
export function readBudgets(rows: readonly Row[], notes: Finding[] = []): Budgets {
  const budgets = new Map<string, Budget>();
  for (const row of rows) {
    const own: Finding[] = [];
    const id = new Fields(row).text('budget_id');
    if (id === null) notes.push(finding('loss', 'no_id', 'budget_id', 'A budget has no readable budget_id; left out.'));
    else budgets.set(id, readBudget(row, own));
    notes.push(...own.map((one) => ({ ...one, message: `Budget ${String(id)}: ${one.message}` })));
  }
  return budgets;
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

/** What links to a budget row; LiteLLM reads different parts of it for each (L§4.11, §4.14, §4.15). */
export type BudgetUse = 'key' | 'organization' | 'member' | 'project';

const WITHOUT_EFFECT: { readonly [use in BudgetUse]: readonly string[] } = {
  key: ['budget_duration', 'max_parallel_requests', 'allowed_models'],
  organization: ['allowed_models'],
  member: ['soft_budget', 'max_parallel_requests', 'model_max_budget'],
  project: ['soft_budget', 'max_parallel_requests', 'model_max_budget', 'allowed_models'],
};

/** Parts of a linked budget that LiteLLM stores and does not apply: nothing is lost by leaving them out, and nothing is silent. */
export function partsWithoutEffect(id: string, { limits, allowedModels }: Budget, use: BudgetUse): Finding[] {
  const set: { readonly [part: string]: boolean } = {
    budget_duration: limits.budgetDuration !== null,
    soft_budget: limits.softBudget !== null,
    max_parallel_requests: limits.maxParallelRequests !== null,
    model_max_budget: Object.keys(limits.modelMaxBudget).length > 0,
    allowed_models: allowedModels.length > 0,
  };
  return WITHOUT_EFFECT[use]
    .filter((part) => set[part])
    .map((part) =>
      finding(
        'notice',
        'budget_part_without_effect',
        part,
        `The linked budget ${id} sets ${part}, which LiteLLM does not apply to a${use === 'organization' ? 'n' : ''} ${use}.`,
      ),
    );
}

export function missingBudget(id: string): Finding {
  return finding(
    'change',
    'budget_missing',
    'budget_id',
    `The budget ${id} it refers to does not exist (or could not be read).`,
  );
}

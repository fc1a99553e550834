import { finding, type Finding } from '../findings.js';
import { Fields, type Row } from './fields.js';
import { NO_LIMITS, partsWithoutEffect, readBudget, type Budget, type Budgets } from './limits.js';
import { isObject } from '../json.js';
import type { AccessGroup, Project } from './records.js';
import { AUDIT, named } from './rows.js';

/** @param notes takes what could not be read. */
export function readAccessGroup(row: Row, notes: Finding[] = []): AccessGroup {
  const fields = new Fields(row);
  const id = fields.id('access_group_id');
  // `access_model_ids` for one day of LiteLLM's development (L§2.2).
  const models = fields.has('access_model_names')
    ? fields.names('access_model_names')
    : fields.names('access_model_ids');
  const name = named(fields.text('access_group_name'), id);
  notes.push(...fields.notes.map((one) => ({ ...one, message: `Access group ${name}: ${one.message}` })));
  return { id, name, models };
}

/** @param notes takes what could not be read. */
export function readProject(row: Row, budgets: Budgets, notes: Finding[] = []): Project {
  const fields = new Fields(row);
  const id = fields.id('project_id');
  const budget = budgetOf(row, budgets);
  const project = {
    id,
    name: named(fields.text('project_alias'), id),
    teamId: fields.text('team_id'),
    models: fields.names('models'),
    blocked: fields.flag('blocked'),
    limits: budget?.limits ?? NO_LIMITS,
  };
  notes.push(...fields.notes.map((one) => ({ ...one, message: `Project ${project.name}: ${one.message}` })));
  return project;
}

/** The row of budget_id, else the copy the API joins to the project. */
function budgetOf(row: Row, budgets: Budgets): Budget | undefined {
  const known = typeof row.budget_id === 'string' ? budgets.get(row.budget_id) : undefined;
  return known ?? (isObject(row.litellm_budget_table) ? readBudget(row.litellm_budget_table) : undefined);
}

/** Projects have no record of their own, so what their budgets set in vain is told once per project here. */
export function projectBudgetFindings(rows: readonly Row[], budgets: Budgets): Finding[] {
  return rows.flatMap((row) => {
    const budget = budgetOf(row, budgets);
    const found =
      budget === undefined ? [] : partsWithoutEffect(new Fields(row).text('budget_id') ?? '', budget, 'project');
    return found.map((one) => ({ ...one, message: `Project ${new Fields(row).id('project_id')}: ${one.message}` }));
  });
}

/** Contents of rows that have no place for them in a record, named once per kind. */
export function otherMembers(kind: string, rows: readonly Row[], read: readonly string[]): Finding[] {
  const counts = new Map<string, number>();
  const inside = new Map<string, Set<string>>();
  const known = new Set([...AUDIT, 'created_at', ...read]);
  for (const row of rows) {
    for (const [name, value] of Object.entries(new Fields(row).rest(known))) {
      counts.set(name, (counts.get(name) ?? 0) + 1);
      const members = isObject(value) ? Object.keys(value) : [];
      inside.set(name, new Set([...(inside.get(name) ?? []), ...members]));
    }
  }
  return [...counts].map(([name, count]) => {
    const members = [...(inside.get(name) ?? [])].sort();
    const shown = members.slice(0, 20).join(', ') + (members.length > 20 ? ', …' : '');
    return finding(
      'loss',
      `${kind}_field_not_carried`,
      name,
      `${count} ${kind.replace('_', ' ')}(s) set ${name}${shown === '' ? '' : ` (${shown})`}, which is not carried over.`,
    );
  });
}

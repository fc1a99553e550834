import { finding, type Finding } from '../findings.js';
import { Fields, type Row } from './fields.js';
import { NO_LIMITS, type Budgets } from './limits.js';
import type { AccessGroup, Project } from './records.js';
import { AUDIT, named } from './rows.js';

export function readAccessGroup(row: Row): AccessGroup {
  const fields = new Fields(row);
  const id = fields.text('access_group_id') ?? '';
  // `access_model_ids` for one day of LiteLLM's development (L§2.2).
  const models = fields.has('access_model_names')
    ? fields.names('access_model_names')
    : fields.names('access_model_ids');
  return { id, name: named(fields.text('access_group_name'), id), models };
}

export function readProject(row: Row, budgets: Budgets): Project {
  const fields = new Fields(row);
  const id = fields.text('project_id') ?? '';
  const budget = budgets.get(fields.text('budget_id') ?? '');
  return {
    id,
    name: named(fields.text('project_alias'), id),
    teamId: fields.text('team_id'),
    models: fields.names('models'),
    blocked: fields.flag('blocked'),
    limits: budget?.limits ?? NO_LIMITS,
  };
}

/** Contents of rows that have no place for them in a record, named once per kind. */
export function otherMembers(kind: string, rows: readonly Row[], read: readonly string[]): Finding[] {
  const names = new Map<string, number>();
  const known = new Set([...AUDIT, 'created_at', ...read]);
  for (const row of rows)
    for (const name of Object.keys(new Fields(row).rest(known))) names.set(name, (names.get(name) ?? 0) + 1);
  return [...names].map(([name, count]) =>
    finding(
      'loss',
      `${kind}_field_not_carried`,
      name,
      `${count} ${kind.replace('_', ' ')}(s) set ${name}, which is not carried over.`,
    ),
  );
}

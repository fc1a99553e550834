import { finding } from '../findings.js';
import { Fields, type Row } from './fields.js';
import { missingBudget, partsWithoutEffect, readLimits, type Budgets } from './limits.js';
import type { VirtualKey } from './records.js';
import { AUDIT, named } from './rows.js';

/** An expiry nobody can read counts as passed: a key must not outlive what LiteLLM meant. */
const LONG_AGO = '1970-01-01T00:00:00.000Z';

export function readVirtualKey(row: Row, budgets: Budgets): VirtualKey {
  const fields = new Fields(row);
  const id = fields.id('token');
  const keyName = fields.text('key_name');
  const keyAlias = fields.text('key_alias');
  const budgetId = fields.text('budget_id');
  const budget = budgetId === null ? undefined : budgets.get(budgetId);
  if (budgetId !== null)
    fields.notes.push(
      ...(budget === undefined ? [missingBudget(budgetId)] : partsWithoutEffect(budgetId, budget, 'key')),
    );
  if (fields.raw('key_type') !== 'default' && fields.raw('key_type') !== null) {
    fields.notes.push(
      finding('notice', 'key_type', 'key_type', `LiteLLM calls this a ${String(fields.text('key_type'))} key.`),
    );
  }
  return {
    kind: 'virtual_key',
    id,
    name: named(keyAlias, named(keyName, id)),
    keyName,
    keyAlias,
    teamId: fields.text('team_id'),
    organizationId: fields.text('organization_id'),
    userId: fields.text('user_id'),
    projectId: fields.text('project_id'),
    models: fields.names('models'),
    aliases: fields.aliases('aliases'),
    config: fields.metadata('config'),
    accessGroupIds: fields.names('access_group_ids'),
    allowedRoutes: fields.names('allowed_routes'),
    blocked: fields.flag('blocked'),
    expires: fields.time('expires', LONG_AGO),
    limits: readLimits(fields),
    budgetId,
    metadata: fields.metadata(),
    createdAt: fields.time('created_at'),
    rest: fields.rest(AUDIT),
    notes: fields.notes,
  };
}

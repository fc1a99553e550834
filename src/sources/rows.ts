import { finding, type Finding } from '../findings.js';
import { isObject } from '../json.js';
import { Fields, type Row } from './fields.js';
import { missingBudget, NO_LIMITS, partsWithoutEffect, readBudget, readLimits, type Budgets } from './limits.js';
import type { Organization, Team, TeamMember, User } from './records.js';

/** Who changed a row and when: bookkeeping of LiteLLM, nothing anybody migrates. */
export const AUDIT = new Set(['created_by', 'updated_at', 'updated_by', 'settings_updated_at', 'last_active']);

/** Rows become records; an odd row becomes a record with notes, never an exception. */

export function readOrganization(row: Row, budgets: Budgets): Organization {
  const fields = new Fields(row);
  const id = fields.id('organization_id');
  const alias = fields.text('organization_alias');
  const budgetId = fields.text('budget_id');
  const joined = fields.raw('litellm_budget_table');
  const budget =
    (budgetId === null ? undefined : budgets.get(budgetId)) ?? (isObject(joined) ? readBudget(joined) : undefined);
  const notes: Finding[] = budget === undefined && budgetId !== null ? [missingBudget(budgetId)] : [];
  if (budget !== undefined) notes.push(...partsWithoutEffect(budgetId ?? '', budget, 'organization'));
  const members = fields.list('members').length + (fields.number('member_count') ?? 0);
  if (members > 0) {
    notes.push(
      finding(
        'loss',
        'organization_members_not_carried',
        'members',
        `${members} member(s) of the organization with their roles are not carried over.`,
      ),
    );
  }
  fields.raw('teams');
  return {
    kind: 'organization',
    id,
    name: named(alias, id),
    alias,
    models: fields.names('models'),
    limits: budget?.limits ?? NO_LIMITS,
    metadata: fields.metadata(),
    createdAt: fields.time('created_at'),
    rest: fields.rest(AUDIT),
    notes: [...notes, ...fields.notes],
  };
}

/** What /v2/team/list counts and resolves for the dashboard (L§1.8): not the team's own. */
const TEAM_VIEW = new Set([
  ...AUDIT,
  'model_id',
  'members_count',
  'keys_count',
  'caller_membership',
  'access_group_models',
  'access_group_mcp_server_ids',
  'access_group_agent_ids',
  'access_group_skill_names',
]);

export function readTeam(row: Row): Team {
  const fields = new Fields(row);
  const id = fields.id('team_id');
  const alias = fields.text('team_alias');
  const members = fields.list('members_with_roles').flatMap((member) => readMember(member) ?? []);
  const nameless = members.filter((member) => member.userId === null).length;
  if (nameless > 0) {
    fields.notes.push(
      finding(
        'notice',
        'member_by_email',
        'members_with_roles',
        `${nameless} member(s) are listed by e-mail address only; they join where exactly one user has that address.`,
      ),
    );
  }
  return {
    kind: 'team',
    id,
    name: named(alias, id),
    alias,
    organizationId: fields.text('organization_id'),
    models: fields.names('models'),
    modelAliases: fields.aliases('model_aliases'),
    accessGroupIds: fields.names('access_group_ids'),
    blocked: fields.flag('blocked'),
    limits: readLimits(fields),
    members,
    metadata: fields.metadata(),
    createdAt: fields.time('created_at'),
    rest: fields.rest(TEAM_VIEW),
    notes: fields.notes,
  };
}

/** `{user_id, user_email, role}`; a bare text is a user id (rows of early versions). */
function readMember(member: unknown): TeamMember | null {
  if (typeof member === 'string' && member !== '') return { userId: member, email: null, role: 'user' };
  if (!isObject(member)) return null;
  const { user_id: userId, user_email: email, role } = member;
  const read = {
    userId: typeof userId === 'string' && userId !== '' ? userId : null,
    email: typeof email === 'string' && email !== '' ? email : null,
    role: typeof role === 'string' && role !== '' ? role : 'user',
  };
  return read.userId === null && read.email === null ? null : read;
}

// A password is in clear or a bare hash in its column (L§2.2): not even its presence is reported.
const USER_VIEW = new Set([...AUDIT, 'password', 'key_count', 'last_breach_check_at', 'organization_memberships']);

export function readUser(row: Row): User {
  const fields = new Fields(row);
  const id = fields.id('user_id');
  const alias = fields.text('user_alias');
  const email = fields.text('user_email');
  return {
    kind: 'user',
    id,
    name: named(alias, named(email, id)),
    email,
    alias,
    role: fields.text('user_role'),
    models: fields.names('models'),
    teams: fields.names('teams'),
    limits: readLimits(fields),
    createdAt: fields.time('created_at'),
    rest: fields.rest(USER_VIEW),
    notes: fields.notes,
  };
}

/** `name`, or what stands for it when it is blank. */
export function named(name: string | null, otherwise: string): string {
  return name === null || name.trim() === '' ? otherwise : name;
}

import { finding, type Finding } from '../findings.js';
import { isObject } from '../json.js';
import { normalEmail } from '../mapping/names.js';
import { fieldsNotCarried, metadataNotCarried } from '../mapping/not-carried.js';
import type { Membership, User } from '../sources/records.js';
import type { CreateWrite, Plan, PlanContext, Stage } from './plan.js';
import { adoptionFindings, SETTLED, skip, wait, withoutId, write } from './shared.js';

/** Internal users and their team memberships (mapping.md U1–U4). Records arrive users first, then memberships. */
export const users: Stage<User | Membership> = {
  name: 'users',
  kinds: ['user', 'membership'],
  parallel: 'many',
  plan: (record, state, context) => {
    if (state.status === 'written') return SETTLED;
    const unknown = withoutId(record);
    if (unknown) return unknown;
    return record.kind === 'user' ? userPlan(record, context) : membershipPlan(record, context);
  },
};

/** LiteLLM's own rows, not people (U4). */
const SYSTEM_USERS = new Set(['default_user_id', 'litellm-proxy-budget']);

function userPlan(user: User, context: PlanContext): Plan {
  const findings = [...user.notes, ...notCarried(user)];
  if (SYSTEM_USERS.has(user.id)) return skip('system_user', "this row is LiteLLM's own, not a person", user.notes);
  const { usersApi } = context.capabilities;
  if (usersApi === 'none')
    return skip(
      'target_has_no_users_api',
      'this Bifrost has no users; create the person in your identity provider or use Bifrost Enterprise',
      findings,
    );
  const email = normalEmail(user.email);
  if (email === '') return skip('no_email', 'Bifrost users need an e-mail address and this one has none', findings);
  if (context.rank('user', user.id) > 0) {
    findings.push(
      finding(
        'change',
        'duplicate_email',
        'user_email',
        'another LiteLLM user has the same e-mail address; both are one Bifrost user',
      ),
    );
  }
  const name = user.alias?.trim() || email;
  const created: CreateWrite = {
    action: 'create',
    kind: 'user',
    name: email,
    label: `user "${email}"`,
    path: usersApi === 'legacy' ? '/api/users' : '/api/governance/users',
    body: { name, email },
    adopt: (existing, differences) => ({
      verdict: 'adopt',
      findings: adoptionFindings('user', existing.name, differences),
    }),
  };
  return write([created], created, findings);
}

function notCarried(user: User): Finding[] {
  const found: Finding[] = [];
  const { limits } = user;
  if (user.role !== null)
    found.push(finding('change', 'user_role_not_carried', 'user_role', `the role ${user.role} is not carried`));
  if (limits.maxBudget !== null)
    found.push(
      finding(
        'change',
        'user_limit_on_keys',
        'max_budget',
        "a user's budget binds personal keys only; it stands on each of them",
      ),
    );
  for (const [field, value] of [
    ['tpm_limit', limits.tpmLimit],
    ['rpm_limit', limits.rpmLimit],
  ] as const) {
    if (value !== null)
      found.push(finding('change', 'user_limit_on_keys', field, `a user's ${field} stands on each of the user's keys`));
  }
  if (limits.maxParallelRequests !== null)
    found.push(
      finding(
        'loss',
        'parallel_limit_not_carried',
        'max_parallel_requests',
        'Bifrost has no limit on parallel requests',
      ),
    );
  if (limits.softBudget !== null)
    found.push(finding('notice', 'soft_budget_not_carried', 'soft_budget', 'soft budgets only warn; Bifrost has none'));
  if (Object.keys(limits.modelMaxBudget).length > 0)
    found.push(
      finding('loss', 'model_budget_not_carried', 'model_max_budget', 'budgets per model of a user are not carried'),
    );
  if (user.models.length > 0)
    found.push(
      finding('change', 'models_folded', 'models', "a user's model list is folded into personal virtual keys"),
    );
  const metadata = user.rest['metadata'];
  return [
    ...found,
    ...fieldsNotCarried(user.rest, ['user_role', 'metadata']),
    ...metadataNotCarried(isObject(metadata) ? metadata : {}),
  ];
}

function membershipPlan(membership: Membership, context: PlanContext): Plan {
  const findings = [...membership.notes, ...fieldsNotCarried(membership.rest)];
  if (SYSTEM_USERS.has(membership.userId))
    return skip('system_user', "this member is LiteLLM's own row, not a person", membership.notes);
  if (membership.role !== '' && membership.role !== 'user')
    findings.push(
      finding('change', 'member_role_not_carried', 'role', `the role ${membership.role} in the team is not carried`),
    );
  if (membership.limits !== null)
    findings.push(
      finding(
        'change',
        'member_limit_on_keys',
        'budget_id',
        'the limits of a member stand on each key the member has in the team',
      ),
    );
  const { usersApi, teamMembers } = context.capabilities;
  if (usersApi === 'none')
    return skip('target_has_no_users_api', 'this Bifrost has no users, so teams have no members', findings);
  if (!teamMembers)
    return skip('target_has_no_team_members', 'this Bifrost has users but no team memberships', findings);
  const user = context.record('user', membership.userId);
  const team = context.record('team', membership.teamId);
  if (user === undefined) return skip('dangling_user', `LiteLLM has no user ${membership.userId}`, findings);
  if (team === undefined) return skip('dangling_team', `LiteLLM has no team ${membership.teamId}`, findings);
  if (user.status === 'skipped') return skip('user_not_carried', 'its user was not carried', findings);
  if (team.status !== 'written' || team.bifrostId === null)
    return wait('team', `its team ${membership.teamId} is not on Bifrost yet`, findings);
  if (user.status !== 'written' || user.bifrostId === null)
    return wait('user', `its user ${membership.userId} is not on Bifrost yet`, findings);
  const path =
    usersApi === 'legacy'
      ? `/api/teams/${encodeURIComponent(team.bifrostId)}/members`
      : `/api/governance/teams/${encodeURIComponent(team.bifrostId)}/members`;
  const created: CreateWrite = {
    action: 'create',
    kind: 'member',
    name: `${team.bifrostId}/${user.bifrostId}`,
    label: `member "${user.bifrostName ?? membership.userId}" of team "${team.bifrostName ?? membership.teamId}"`,
    path,
    body: { user_id: user.bifrostId },
    hint: { teamId: team.bifrostId },
    adopt: () => ({ verdict: 'adopt', findings: [] }),
  };
  return write([created], created, findings);
}

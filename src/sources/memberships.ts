import { finding } from '../findings.js';
import { Fields, type Row } from './fields.js';
import { missingBudget, partsWithoutEffect, type Budgets } from './limits.js';
import type { JsonObject } from '../json.js';
import type { Membership, Team, User } from './records.js';
import { AUDIT } from './rows.js';

type Entry = { readonly role: string; readonly budgetId: string | null; readonly rest: JsonObject };
type Found = { readonly role?: string | undefined; readonly budgetId?: string | null; readonly rest?: JsonObject };

const NOTHING: JsonObject = {};
/** The joined row of budget_id, and how [N] found it: not the membership's own. */
const JOINED = new Set([...AUDIT, 'litellm_budget_table', 'budget_source']);

export type MembershipSources = {
  readonly teams: readonly Team[];
  readonly budgets: Budgets;
  users(): AsyncIterable<User>;
  /** Rows of LiteLLM_TeamMembership. */
  rows(): AsyncIterable<Row>;
};

/**
 * Who is in which team: `members_with_roles` of the team, `teams` of the user, and the membership rows, which can disagree
 * (L§2.2); one record per (team, user). Memory grows with the memberships, not with users or keys.
 */
export async function* readMemberships(sources: MembershipSources): AsyncGenerator<Membership> {
  const teams = new Map(sources.teams.map((team) => [team.id, team]));
  const members = new Map<string, Map<string, Entry>>();
  const add = (teamId: string, userId: string, entry: Found) => {
    const known = members.get(teamId) ?? new Map<string, Entry>();
    const before = known.get(userId);
    known.set(userId, {
      role: before?.role ?? entry.role ?? 'user',
      budgetId: entry.budgetId ?? before?.budgetId ?? null,
      rest: entry.rest ?? before?.rest ?? NOTHING,
    });
    members.set(teamId, known);
  };

  for (const team of sources.teams) {
    for (const { userId, role } of team.members) if (userId !== null) add(team.id, userId, { role });
  }
  for await (const { team, user, role } of joinedByUser(sources)) add(team, user, { role });
  for await (const row of sources.rows()) {
    const fields = new Fields(row);
    const [teamId, userId] = [fields.text('team_id'), fields.text('user_id')];
    const budgetId = fields.text('budget_id');
    if (teamId !== null && userId !== null) add(teamId, userId, { budgetId, rest: fields.rest(JOINED) });
  }

  for (const [teamId, users] of members) {
    for (const [userId, entry] of users) yield membership(teamId, userId, entry, teams.get(teamId), sources.budgets);
  }
}

/** From the user's side: `teams`, and members whom the team knows by e-mail address only. */
async function* joinedByUser(sources: MembershipSources) {
  const byEmail = new Map<string, { readonly team: string; readonly role: string }[]>();
  for (const team of sources.teams) {
    for (const { userId, email, role } of team.members) {
      if (userId === null && email !== null)
        byEmail.set(plainEmail(email), [...(byEmail.get(plainEmail(email)) ?? []), { team: team.id, role }]);
    }
  }
  const found = new Map<string, string[]>();
  for await (const user of sources.users()) {
    for (const team of user.teams) if (team !== '') yield { team, user: user.id, role: undefined };
    const email = user.email === null ? '' : plainEmail(user.email);
    if (byEmail.has(email)) found.set(email, [...(found.get(email) ?? []), user.id]);
  }
  for (const [email, users] of found) {
    const [user, ...others] = users;
    if (user === undefined || others.length > 0) continue;
    for (const { team, role } of byEmail.get(email) ?? []) yield { team, user, role };
  }
}

function membership(
  teamId: string,
  userId: string,
  entry: Entry,
  team: Team | undefined,
  budgets: Budgets,
): Membership {
  const notes =
    team === undefined
      ? [finding('change', 'team_missing', 'team_id', `The team ${teamId} no longer exists in LiteLLM.`)]
      : [];
  // New members get the team's member budget; a row without one of its own counts under it, too (L§4.14).
  const fallback = team?.metadata.team_member_budget_id;
  const budgetId = entry.budgetId ?? (typeof fallback === 'string' ? fallback : null);
  const budget = budgetId === null ? undefined : budgets.get(budgetId);
  if (budgetId !== null)
    notes.push(...(budget === undefined ? [missingBudget(budgetId)] : partsWithoutEffect(budgetId, budget, 'member')));
  return {
    kind: 'membership',
    id: `${encodeURIComponent(teamId)} ${encodeURIComponent(userId)}`,
    name: `${userId} in ${team?.name ?? teamId}`,
    teamId,
    userId,
    role: entry.role,
    limits: budget?.limits ?? null,
    allowedModels: budget?.allowedModels ?? [],
    createdAt: null,
    rest: { ...budget?.rest, ...entry.rest },
    notes,
  };
}

function plainEmail(email: string): string {
  return email.trim().toLowerCase();
}

import { decodePlain } from './decode.js';
import type { Call, Gateway } from './gateway.js';
import { json, Refusal, type Reply } from './reply.js';

/** Team membership of Enterprise, in the shapes of its published docs (B§6.1, B§6.2); never executed against a real one. */
export type Member = { readonly userId: string; readonly source: string };

export function listMembers(gateway: Gateway, call: Call): Reply {
  const members = [...(gateway.state.members.get(findTeam(gateway, call)) ?? new Map<string, Member>()).values()];
  return json({
    members: members.map((member) => showMember(gateway, member)),
    count: members.length,
    total: members.length,
  });
}

export function addMember(gateway: Gateway, call: Call): Reply {
  const body = decodePlain(call.text, { user_id: 'string' });
  const teamId = findTeam(gateway, call);
  const userId = typeof body.user_id === 'string' ? body.user_id : '';
  if (userId === '') throw new Refusal(400, 'user_id is required');
  if (!gateway.state.users.has(userId)) throw new Refusal(404, 'User not found');
  const members = gateway.state.members.get(teamId) ?? new Map<string, Member>();
  if (members.has(userId)) throw new Refusal(409, 'User is already a member of this team');
  const member: Member = { userId, source: 'manual' };
  gateway.state.members.set(teamId, members.set(userId, member));
  return json({ message: 'Member added successfully', member: showMember(gateway, member) });
}

export function removeMember(gateway: Gateway, call: Call): Reply {
  const removed = gateway.state.members.get(findTeam(gateway, call))?.delete(call.params.user ?? '');
  if (!removed) throw new Refusal(404, 'Member not found');
  return json({ message: 'Member removed successfully' });
}

function showMember(gateway: Gateway, { userId, source }: Member): object {
  const user = gateway.state.users.get(userId);
  return { user_id: userId, user_name: user?.name ?? '', user_email: user?.email ?? '', source };
}

function findTeam(gateway: Gateway, call: Call): string {
  const id = call.params.id ?? '';
  if (!gateway.state.teams.has(id)) throw new Refusal(404, 'Team not found');
  return id;
}

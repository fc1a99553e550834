import { finding, type Finding } from '../findings.js';
import type { VirtualKey } from '../sources/records.js';
import type { Body } from '../target/objects.js';
import type { KeySubject } from './key-subject.js';
import type { Missing, PlanContext } from './plan.js';

export type Owner = {
  readonly body: Body;
  readonly label: string;
  readonly missing: Missing | null;
  readonly findings: readonly Finding[];
};

/** V3: the team, else the organization, by the ids in the journal; never both. */
export function ownerOf(key: VirtualKey, subject: KeySubject, context: PlanContext): Owner {
  if (key.teamId === null) return ownedByOrganization(key, context);
  if (subject.subject.teamMissing) {
    const owner = ownedByOrganization(key, context);
    const instead = key.organizationId === null ? 'the key has no owner' : 'the key belongs to its organization';
    const lost = finding('change', 'team_missing', 'team_id', `LiteLLM has no team ${key.teamId}; ${instead}`);
    return { ...owner, findings: [lost, ...owner.findings] };
  }
  const team = context.record('team', key.teamId);
  const elsewhere = otherOrganization(key, subject);
  if (team?.status === 'written' && team.bifrostId !== null) {
    return {
      body: { team_id: team.bifrostId },
      label: `team:${team.bifrostName ?? key.teamId}`,
      missing: null,
      findings: elsewhere,
    };
  }
  const owner = unlinked(`its team ${key.teamId} is not on Bifrost`);
  return { ...owner, findings: [...owner.findings, ...elsewhere] };
}

function ownedByOrganization(key: VirtualKey, context: PlanContext): Owner {
  if (key.organizationId === null) return { body: {}, label: 'none', missing: null, findings: [] };
  const organization = context.record('organization', key.organizationId);
  if (organization?.status === 'written' && organization.bifrostId !== null) {
    return {
      body: { customer_id: organization.bifrostId },
      label: `customer:${organization.bifrostName ?? key.organizationId}`,
      missing: null,
      findings: [],
    };
  }
  return unlinked(
    `its organization ${key.organizationId} ${organization ? 'is not on Bifrost' : 'could not be read from LiteLLM'}`,
  );
}

/** A virtual key has one owner, and through it one customer: the team's (V3). */
function otherOrganization(key: VirtualKey, { subject }: KeySubject): Finding[] {
  const ofTeam = subject.team?.organizationId ?? null;
  if (key.organizationId === null || key.organizationId === ofTeam) return [];
  return [
    finding(
      'loss',
      'organization_not_linked',
      'organization_id',
      `the key names organization ${key.organizationId}, its team ${ofTeam === null ? 'none' : ofTeam}; on Bifrost only the team's limits bind it`,
    ),
  ];
}

function unlinked(why: string): Owner {
  return {
    body: {},
    label: 'none',
    missing: { what: 'owner', message: why },
    findings: [
      finding(
        'loss',
        'unlinked',
        'team_id',
        `${why}: created without owner, whose limits do not bind it until a later run links it`,
      ),
    ],
  };
}

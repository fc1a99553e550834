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
  if (key.teamId !== null) {
    if (subject.subject.teamMissing) {
      const lost = finding(
        'change',
        'team_missing',
        'team_id',
        `LiteLLM has no team ${key.teamId}; the key has no owner`,
      );
      return { body: {}, label: 'none', missing: null, findings: [lost] };
    }
    const team = context.record('team', key.teamId);
    if (team?.status === 'written' && team.bifrostId !== null) {
      return {
        body: { team_id: team.bifrostId },
        label: `team:${team.bifrostName ?? key.teamId}`,
        missing: null,
        findings: [],
      };
    }
    return unlinked(`its team ${key.teamId} is not on Bifrost`);
  }
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

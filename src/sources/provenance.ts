import { finding, type Finding } from '../findings.js';
import { isAtLeast, parseVersion } from './dialect.js';
import type { Provenance } from './records.js';

/** Where each kind came from, for the operator. */
export function provenanceOf(from: {
  readonly database: boolean;
  readonly file: boolean;
  readonly findings: readonly Finding[];
}): Provenance {
  const table = from.database ? 'database' : 'api';
  const withheld = from.findings.some(({ code }) => /^organizations_(need_database|unreadable|not_listed)$/.test(code));
  const joined = from.file ? (`${table}+file` as const) : table;
  return {
    deployment: joined,
    credential: joined,
    router: from.file ? 'api+file' : 'api',
    organization: withheld ? 'none' : table,
    team: table,
    user: table,
    membership: table,
    virtual_key: table,
    budget: table,
    access_group: table,
    project: table,
  };
}

/** Fields that no management API of this version shows (L§1.7–1.9, §1.15): named once, since they are unknown for every row. */
export function apiGaps(version: string | null): Finding {
  const parsed = version === null ? null : parseVersion(version);
  const newer = parsed !== null && isAtLeast(parsed, [1, 84, 0]);
  const fields = newer
    ? ['virtual_key.policies']
    : [
        'team.model_max_budget',
        'team.policies',
        'team.allow_team_guardrail_config',
        'user.organization_id',
        'user.max_parallel_requests',
        'user.policies',
      ];
  return finding(
    'notice',
    'api_cannot_tell',
    fields.join(', '),
    `Without LITELLM_DB_URL these are not known and not reported per record: ${fields.join(', ')}; nor end users, tags and rotated key texts.`,
  );
}

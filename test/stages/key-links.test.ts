import { describe, expect, it } from 'vitest';
import { finding } from '../../src/findings.js';
import type { SourceRecord, VirtualKey } from '../../src/sources/records.js';
import { stages } from '../../src/stages/index.js';
import type { Plan } from '../../src/stages/plan.js';
import {
  contextOf,
  deployment,
  NO_LIMITS,
  organization,
  PENDING,
  team,
  user,
  virtualKey,
  world,
  type ContextParts,
  type WorldParts,
} from '../factories.js';

function plan(record: SourceRecord, parts: WorldParts = {}, context: ContextParts = {}): Plan {
  const stage = stages.find((one) => one.kinds.includes(record.kind));
  if (stage === undefined) throw new Error(record.kind);
  return stage.plan(record, PENDING, contextOf(world(parts), context));
}

const active = (planned: Plan): unknown =>
  planned.outcome === 'write' && planned.writes[0]?.action === 'create' && planned.writes[0].body['is_active'];
const codes = (planned: Plan): string[] => planned.findings.map(({ code }) => code);

describe('a key of a project', () => {
  const key: VirtualKey = virtualKey('k', { projectId: 'p' });
  const project = { id: 'p', name: 'P', teamId: null, models: [], blocked: false, limits: NO_LIMITS };

  it('says that the link is not carried', () => {
    const planned = plan(key, { projects: [project] });
    expect(codes(planned)).toContain('project_not_attached');
    expect(active(planned)).toBe(true);
  });

  it('is inactive where the project could not be read: what it restricts is unknown', () => {
    const planned = plan(key);
    expect(codes(planned)).toContain('project_missing');
    expect(active(planned)).toBe(false);
  });
});

describe('a key that names another organization than its team', () => {
  const parts = { organizations: [organization('o'), organization('other')], teams: [team('t', { organizationId: 'o' })] };
  const written = { 'team t': { status: 'written', bifrostId: 'T' } } as const;
  const codesOf = (organizationId: string | null) =>
    codes(plan(virtualKey('k', { teamId: 't', organizationId }), parts, { records: written }));

  it('is told so, because only the team binds it on Bifrost', () => {
    expect(codesOf('other')).toContain('organization_not_linked');
    expect(codesOf('o')).not.toContain('organization_not_linked');
    expect(codesOf(null)).not.toContain('organization_not_linked');
  });
}); // prettier-ignore

it('a row without an id is never written: no later run could recognise it', () => {
  const notes = [finding('loss', 'no_id', 'id', 'The row has no readable id.')];
  const rows: readonly SourceRecord[] = [
    deployment('d', { model: 'openai/x' }, { notes }),
    organization('o', { notes }),
    team('t', { notes }),
    user('u', { notes }),
    virtualKey('k', { notes }),
  ];
  for (const row of rows)
    expect(plan(row, row.kind === 'deployment' ? { deployments: [row] } : {}), row.kind).toMatchObject({
      outcome: 'failed',
      reason: 'no_id',
      findings: notes,
    });
});

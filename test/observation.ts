import type { Finding } from '../src/findings.js';
import { naturalName } from '../src/mapping/names.js';
import type { SourceRecord } from '../src/sources/records.js';
import { stages } from '../src/stages/index.js';
import type { Plan, PlanContext } from '../src/stages/plan.js';
import { contextOf, PENDING, type ContextParts } from './factories.js';
import type { Read } from './memory-litellm.js';

/** What the program would do about one record, and say about it. */
export type Observed = { readonly record: SourceRecord; readonly plan: Plan };
export type Observation = { readonly records: readonly Observed[]; readonly source: readonly Finding[] };

/**
 * Plans every record of every stage, on a gateway that has everything a record may depend on: users, members, limits per
 * key. A stage that throws lets its exception through.
 */
export function observe(read: Read, parts: ContextParts = {}): Observation {
  const { world, users, memberships, keys } = read;
  const records: SourceRecord[] = [
    ...world.deployments,
    ...world.organizations,
    ...world.teams,
    ...users,
    ...memberships,
    ...keys,
  ];
  const seen = new Map<string, number>();
  const ranks: Record<string, number> = {};
  for (const record of records) {
    const name = `${record.kind} ${naturalName(record)}`;
    ranks[record.id] = seen.get(name) ?? 0;
    seen.set(name, (seen.get(name) ?? 0) + 1);
  }
  const written = Object.fromEntries(
    [...world.organizations, ...world.teams, ...users].map((one) => [
      `${one.kind} ${one.id}`,
      { status: 'written' as const, bifrostId: `B-${one.id}`, bifrostName: naturalName(one) },
    ]),
  );
  const keyAliases = keys.flatMap((key) =>
    Object.entries(key.aliases).map(([alias, target]) => ({ alias, target, teamId: key.teamId })),
  );
  const context = contextOf(world, {
    users,
    memberships,
    ranks,
    keyAliases,
    records: written,
    ...parts,
    capabilities: { usersApi: 'canonical', teamMembers: true, ...parts.capabilities },
  });
  return {
    source: world.findings,
    records: records.flatMap((record) => plansOf(record, context)),
  };
}

/** One plan of each stage that is about this kind of record; later ones see it written as the first one planned it. */
function plansOf(record: SourceRecord, context: PlanContext): Observed[] {
  const own = stages.filter((one) => one.kinds.includes(record.kind));
  if (own.length === 0) throw new Error(`no stage plans a ${record.kind}`);
  let state = PENDING;
  return own.map((stage) => {
    const plan = stage.plan(record, state, context);
    if (plan.outcome === 'write')
      state = { ...PENDING, status: 'written', bifrostId: `B-${record.id}`, bifrostName: plan.main.name };
    return { record, plan };
  });
}

/** All findings, of the source and of every plan, each with the record it is about. */
export function findingsOf(observation: Observation): readonly (Finding & { readonly of: string })[] {
  return [
    ...observation.source.map((one) => ({ ...one, of: 'source' })),
    ...observation.records.flatMap(({ record, plan }) =>
      plan.findings.map((one) => ({ ...one, of: `${record.kind} ${record.id}` })),
    ),
  ];
}

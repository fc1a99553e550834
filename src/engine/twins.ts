import { finding, type Finding } from '../findings.js';
import { repeatedWrites, type RepeatedWrite } from '../journal/repeated-writes.js';
import { OBJECT_KINDS } from '../target/objects.js';
import { namesAreUnique } from './look.js';
import { checkGoing, type RunState } from './run-state.js';

/**
 * Where names are not unique (B§5.10) a request we gave up on may be carried out after the one that took its place: two
 * objects of one name, of which the journal knows one. The other is nobody's; it is named, never deleted. What this run has
 * sent more than once is asked for again, what earlier runs have is in the snapshot.
 */
export async function nameTwins(state: RunState): Promise<void> {
  const kinds = OBJECT_KINDS.filter((kind) => !namesAreUnique(kind, state.target.capabilities));
  const findings = new Map<number, Finding[]>();
  for (const write of repeatedWrites(state.journal.db, kinds)) {
    checkGoing(state);
    const found =
      write.run === state.run
        ? await state.target.find(write.kind, write.name, write.hint)
        : state.snapshot.find(write.kind, write.name);
    const twins = found.map(({ id }) => id).filter((id) => id !== write.bifrostId);
    const named = twins.length === 0 ? [] : [twinFinding(write, twins)];
    for (const record of write.records) findings.set(record, [...(findings.get(record) ?? []), ...named]);
  }
  for (const [record, named] of findings) state.journal.findings.replace(record, 'late', state.run, named);
  state.journal.commits.flush();
}

function twinFinding({ kind, name, bifrostId }: RepeatedWrite, twins: readonly string[]): Finding {
  return finding(
    'change',
    'late_twin',
    '',
    `a request that was given up on was carried out late: the ${kind.replace('_', ' ')} "${name}" (${bifrostId}) is there more than once; nothing uses ${twins.join(', ')}`,
  );
}

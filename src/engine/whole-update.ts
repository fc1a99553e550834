import { finding, type Finding } from '../findings.js';
import { presentWrites, recordsIn } from '../journal/batches.js';
import type { RecordRow } from '../journal/record-queries.js';
import type { WriteRow } from '../journal/writes.js';
import type { World } from '../sources/records.js';
import type { ObjectKind } from '../target/objects.js';
import type { EngineContext } from './context.js';
import type { RunState } from './run-state.js';
import { goneKey } from './target-truth.js';

/** What several records may share: of the others each is a record's own and goes with it. */
const SHARED: ReadonlySet<ObjectKind> = new Set([
  'provider',
  'provider_key',
  'model_config',
  'routing_rule',
  'pricing_override',
]);

/**
 * `--update`: objects of earlier runs that no plan of this run asks for any more. They are named, never deleted: nothing that
 * LiteLLM grants leads to them. Only after a run over everything, which has planned all there is.
 */
export function nameLeftOver(state: RunState): void {
  const { journal, run, planned, gone } = state;
  for (const row of presentWrites(journal.writes)) {
    const key = goneKey(row.kind, row.name);
    if (row.origin !== 'created' || !SHARED.has(row.kind) || planned.has(key) || gone.has(key)) continue;
    const [first] = journal.objects.needing(row);
    journal.findings.add(first?.seq ?? null, 'target', run, leftOver(row));
  }
  journal.commits.flush();
}

function leftOver({ kind, name }: WriteRow): Finding {
  const what = `the ${kind.replaceAll('_', ' ')} "${name}"`;
  return finding(
    'change',
    'no_longer_planned',
    '',
    `LiteLLM no longer asks for ${what}; it stays on Bifrost until you delete it there`,
  );
}

/**
 * Names of deployments that were written, are in LiteLLM as they were, and cannot be planned today: a variable that is not set here,
 * a wrong salt key. What follows from them must not be taken for LiteLLM's wish.
 */
export function refusedToday({ journal }: RunState, { catalog }: EngineContext, seenSince: number): readonly string[] {
  const refused = ({ id, status, drifted, bifrostKind }: RecordRow): boolean =>
    status === 'written' &&
    drifted === 0 &&
    (bifrostKind === 'provider_key' || bifrostKind === 'provider') &&
    catalog.endpoints.get(id)?.ok !== true;
  const names: string[] = [];
  for (const row of recordsIn(journal.queries, { kind: 'deployment', which: 'all', id: null, seenSince }))
    if (refused(row)) names.push(row.displayName);
  return names;
}

const GAPS = /^(organizations|access_groups|budgets|projects)_(need_database|unreadable)$/;

/** What restricts keys in LiteLLM and could not be read: without it a plan allows more than LiteLLM does. */
export function gapsOf({ findings, provenance }: World): readonly string[] {
  const named = findings.map(({ code }) => code).filter((code) => GAPS.test(code));
  return provenance['organization'] === 'none' && !named.some((code) => code.startsWith('organizations'))
    ? [...named, 'organizations']
    : named;
}

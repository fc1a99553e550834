import { failpoint } from '../failpoint.js';
import { finding, type Finding } from '../findings.js';
import { presentWrites } from '../journal/batches.js';
import type { Journal } from '../journal/journal.js';
import type { Scope } from '../journal/record-queries.js';
import type { Needing } from '../journal/written-objects.js';
import type { WriteRow } from '../journal/writes.js';
import type { RecordKind } from '../sources/records.js';
import type { Body, Difference, ObjectKind, TargetObject } from '../target/objects.js';
import { sideBySide } from '../side-by-side.js';
import { changesOf } from './foreign-changes.js';
import { isListed } from './look.js';
import { isLink, lostLinks, withoutLinks, type IsGone } from './lost-links.js';
import { checkGoing, type RunState } from './run-state.js';

export type TruthOptions = {
  /** Create again what is gone. */
  readonly recreate: boolean;
  /** Records that may be written anew in this run. */
  readonly wanted: (record: Needing) => boolean;
};

/** Under which name of `RunState.gone` an object is found. */
export function goneKey(kind: ObjectKind, name: string): string {
  return `${kind}\n${name}`;
}

/**
 * Compares the journal with the gateway as it was just read. What somebody has deleted or changed since is named in a finding and
 * left alone: nothing is written for it. With `recreate` what is gone counts as never written, and what referred to it gets its
 * links again.
 *
 * @throws Interrupted, or MigrateError when reading fails.
 */
export async function compareWithTarget(state: RunState, { recreate, wanted }: TruthOptions): Promise<void> {
  const { journal } = state;
  const gone = await goneRows(state);
  journal.objects.clearFindings();
  const ids = new Set(gone.map(({ kind, bifrostId }) => `${kind} ${bifrostId}`));
  const isGone: IsGone = (kind, id) => ids.has(`${kind} ${id}`);
  const anew = recreate ? gone.filter((row) => journal.objects.needing(row).some(wanted)) : [];
  const made = new Set(anew.map(({ kind, bifrostId }) => `${kind} ${bifrostId}`));
  lookAtPresent(state, isGone, (kind, id) => made.has(`${kind} ${id}`));
  for (const row of anew) forget(state, row);
  const left = gone.filter((row) => !anew.includes(row));
  for (const row of left) report(state, row, goneFinding(row));
  state.gone = new Set(left.map(({ kind, name }) => goneKey(kind, name)));
  journal.commits.flush();
  failpoint('target.compared', `${gone.length} gone`); // FAILPOINT
  tellOf(state, left.length, anew.length);
}

function tellOf({ tell }: RunState, left: number, anew: number): void {
  if (left > 0)
    tell({
      type: 'warning',
      message: `${left} object(s) that were written are gone from Bifrost; they stay away unless you add --recreate`,
    });
  if (anew > 0) tell({ type: 'note', message: `${anew} object(s) gone from Bifrost are created again` });
}

async function goneRows(state: RunState): Promise<readonly WriteRow[]> {
  const unseen: WriteRow[] = [];
  for (const row of presentWrites(state.journal.writes)) if (isAway(state, row)) unseen.push(row);
  await seeLimitsOfKeys(
    state,
    unseen.filter(({ kind, name }) => !isListed(kind, name)),
  );
  return unseen.filter((row) => isAway(state, row));
}

/** Limits of virtual keys are in no list (B§5.6): each is asked for by itself, unless its key is gone and the limit with it. */
async function seeLimitsOfKeys(state: RunState, rows: readonly WriteRow[]): Promise<void> {
  const { snapshot, target } = state;
  const limits = await sideBySide(rows, async ({ kind, name, bifrostId }) => {
    // `virtual_key/<id>/<provider>/<model>`
    const [, key = ''] = name.split('/');
    if (bifrostId === null || snapshot.byId('virtual_key', key) === undefined) return [];
    checkGoing(state);
    return [await target.get(kind, bifrostId, {})];
  });
  for (const limit of limits) if (limit !== undefined) snapshot.put(limit);
}

function isAway({ snapshot }: RunState, { kind, bifrostId }: WriteRow): boolean {
  return snapshot.byId(kind, bifrostId ?? '') === undefined;
}

/** What is there: changed by somebody, or without the links that went with what is created again. */
function lookAtPresent(state: RunState, isGone: IsGone, isMade: IsGone): void {
  for (const row of presentWrites(state.journal.writes)) {
    const object = state.snapshot.byId(row.kind, row.bifrostId ?? '');
    // What was adopted was never ours, and what Bifrost stored differently from the start has nothing to be compared with.
    if (object === undefined || row.origin !== 'created' || (row.state === 'failed' && row.action === 'create'))
      continue;
    const changes = foreignTo(state, row, object, isGone);
    if (changes.length > 0) report(state, row, changedFinding(row, changes));
    else relink(state, row, isMade);
  }
}

/** What neither a run nor a deletion accounts for. */
function foreignTo(state: RunState, row: WriteRow, object: TargetObject, isGone: IsGone): readonly Difference[] {
  const changes = changesOf(state, row, object, (body) => withoutLinks(body, isGone));
  if (changes.length === 0 || isAsWritten(state, row, object)) return [];
  // A run that created again what was gone ended before it had linked this one to it: the journal says what it lacks.
  return isToBeLinked(state, row) ? changes.filter(({ field }) => !isLink(field)) : changes;
}

function isToBeLinked({ journal }: RunState, row: WriteRow): boolean {
  const own = journal.objects.needing(row).filter(({ itself }) => itself === 1);
  return own.some(({ seq }) => journal.queries.bySeq(seq)?.missing !== '[]');
}

/** Links that somebody has made again by hand are as they should be. */
function isAsWritten(state: RunState, row: WriteRow, object: TargetObject): boolean {
  return changesOf(state, row, object).length === 0;
}

/** Only what is otherwise as a run left it, so that nobody's change is undone. */
function relink({ journal }: RunState, row: WriteRow, isMade: IsGone): void {
  const missing = (JSON.parse(row.bodies ?? '[]') as readonly Body[])
    .slice(-1)
    .flatMap((body) => lostLinks(body, isMade));
  if (missing.length === 0) return;
  for (const record of journal.objects.needing(row))
    if (record.itself === 1) journal.objects.lacks(record.seq, missing);
}

/** From now on it counts as never written. */
function forget({ journal }: RunState, row: WriteRow): void {
  journal.writes.settle(row, { state: 'removed', bifrostId: null, origin: null, bodies: '[]', shown: null });
  if (isListed(row.kind, row.name)) journal.objects.recreate(row);
  else for (const { seq } of journal.objects.needing(row)) journal.objects.lacksLimits(seq);
}

/** On the records it stands for; without such on the first that needs it, so that a provider is named once. */
function report({ journal, run }: RunState, row: WriteRow, found: Finding): void {
  const records = journal.objects.needing(row);
  const own = records.filter(({ itself }) => itself === 1);
  const named = own.length > 0 ? own : records.slice(0, 1);
  for (const { seq } of named) journal.findings.add(seq, 'target', run, found);
}

function goneFinding({ kind, name }: WriteRow): Finding {
  return finding(
    'loss',
    'gone_from_target',
    '',
    `${words(kind)} "${name}" was written and is no longer on Bifrost; run again with --recreate to have it created again`,
  );
}

function changedFinding({ kind, name }: WriteRow, changes: readonly Difference[]): Finding {
  const what = changes.map(({ field, wanted, found }) => `${field} is ${found}, was written as ${wanted}`).join('; ');
  return finding(
    'change',
    'changed_on_target',
    changes.map(({ field }) => field).join(', '),
    `${words(kind)} "${name}" was changed on Bifrost since it was written, and is left as it is: ${what}`,
  );
}

function words(kind: ObjectKind): string {
  return `the ${kind.replaceAll('_', ' ')}`;
}

/** A run works on this record: its kind, its team, and LiteLLM still shows it. */
export function wantedIn(
  { queries }: Journal,
  { kinds, id: only, seenSince, teams }: Omit<Scope, 'kind'> & { readonly kinds: readonly RecordKind[] },
): TruthOptions['wanted'] {
  return ({ kind, id }) =>
    kinds.includes(kind) &&
    (only === null || only === id) &&
    queries.count({ kind, which: 'all', id, seenSince, ...(teams !== undefined && { teams }) }) > 0;
}

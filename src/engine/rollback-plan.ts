import type { WriteRow } from '../journal/writes.js';
import { OBJECT_KINDS, type Difference, type ObjectKind, type TargetObject } from '../target/objects.js';
import type { Snapshot, Target } from '../target/target.js';
import type { Journal } from '../journal/journal.js';
import { mayBeOurs } from './creation.js';
import { changesOf } from './foreign-changes.js';
import { isListed, secondLookAfter } from './look.js';
import { Needs } from './needs.js';
import { pause, type RunState } from './run-state.js';

/**
 * Users of an object before the object. The limits of a virtual key come after it although they belong to it: a key without
 * them would be wider, and they go with it anyway (B§5.9).
 */
export const REMOVAL_ORDER = [
  'virtual_key',
  'member',
  'user',
  'team',
  'customer',
  'routing_rule',
  'pricing_override',
  'model_config',
  'provider_key',
  'provider',
] as const satisfies readonly ObjectKind[];

export type KeptReason = 'changed' | 'needed' | 'in_doubt' | 'ambiguous';

/** What is to become of one object this journal has put on the gateway, or may have. */
export type Removal =
  | { readonly verdict: 'delete'; readonly row: WriteRow; readonly object: TargetObject }
  /** Somebody else has deleted it, or it never came into being. */
  | { readonly verdict: 'gone'; readonly row: WriteRow }
  | {
      readonly verdict: 'keep';
      readonly row: WriteRow;
      readonly object: TargetObject | null;
      readonly reason: KeptReason;
      readonly message: string;
      readonly differences: readonly Difference[];
    };

export type RollbackPlan = {
  /** In the order of deletion. */
  readonly removals: readonly Removal[];
  readonly needs: Needs;
  /** Was there before. `changed`: this journal has changed it all the same, which is not undone. */
  readonly adopted: readonly { readonly row: WriteRow; readonly changed: boolean }[];
};

type Facts = {
  readonly journal: Journal;
  readonly target: Target;
  readonly snapshot: Snapshot;
  /** Delete what was changed on Bifrost too. */
  readonly force: boolean;
};

/** Decides about everything, and changes nothing: neither journal nor gateway. */
export async function planRollback(state: Pick<RunState, 'clock' | 'signal'>, facts: Facts): Promise<RollbackPlan> {
  const { journal, snapshot, target } = facts;
  const rows = REMOVAL_ORDER.flatMap((kind) => journal.writes.ours(kind));
  // A request nobody answered may still arrive: the second look comes later than the snapshot.
  const doubtful = rows.filter(mayBeOurs).map(({ kind }) => secondLookAfter(kind, target.capabilities));
  if (doubtful.length > 0) await pause(state, Math.max(...doubtful));
  const found: Removal[] = [];
  for (const row of rows) {
    const removal = await lookAt(facts, row);
    if (removal !== null) found.push(removal);
  }
  const ours = new Set(found.flatMap((one) => ('object' in one && one.object !== null ? [keyOf(one.object)] : [])));
  const needs = new Needs();
  for (const kind of OBJECT_KINDS) {
    for (const object of snapshot.all(kind)) if (!ours.has(keyOf(object))) needs.stays(object, false);
  }
  // What was changed about the limits of a key was changed about the key.
  for (const removal of found) if (isKept(removal) && isLimitOfKey(removal.object)) needs.stays(removal.object, true);
  const removals = found.map((removal): Removal => {
    const decided = removal.verdict === 'delete' ? unlessNeeded(removal, needs) : removal;
    if (isKept(decided)) needs.stays(decided.object, true);
    return decided;
  });
  const adopted = journal.writes
    .adopted()
    .map((row) => ({ row, changed: row.action === 'update' && row.attempts > 0 }));
  return { removals: withKeysOfLimits(removals), needs, adopted };
}

/** The limits of a virtual key that stays stay with it. */
function withKeysOfLimits(removals: readonly Removal[]): readonly Removal[] {
  const staying = new Set(removals.flatMap((one) => (isKept(one) ? [keyOf(one.object)] : [])));
  return removals.map((removal) => {
    if (removal.verdict !== 'delete' || !isLimitOfKey(removal.object)) return removal;
    const { scopeId } = removal.object as { readonly scopeId?: string };
    if (!staying.has(`virtual_key ${scopeId ?? ''}`)) return removal;
    return kept(removal.row, removal.object, 'needed', 'its virtual key stays', []);
  });
}

export function unlessNeeded(removal: Extract<Removal, { verdict: 'delete' }>, needs: Needs): Removal {
  const why = needs.reason(removal.object);
  return why === null ? removal : kept(removal.row, removal.object, 'needed', why, []);
}

/** null = nothing of ours was ever there. */
async function lookAt(facts: Facts, row: WriteRow): Promise<Removal | null> {
  if (row.origin !== 'created') return lookForDoubtful(facts, row);
  const object = await currentOf(facts, row);
  if (object === undefined) return { verdict: 'gone', row };
  // Bifrost has stored it differently from the start: there is nothing it could be compared with.
  const asStored = row.state === 'failed' && row.action === 'create';
  const changes = asStored ? [] : changesOf(facts, row, object);
  if (changes.length === 0 || facts.force) return { verdict: 'delete', row, object };
  return kept(row, object, 'changed', `changed on Bifrost: ${changes.map(({ field }) => field).join(', ')}`, changes);
}

/** Sent, and nobody knows what became of it: ours when it is exactly what was sent. */
async function lookForDoubtful(facts: Facts, row: WriteRow): Promise<Removal | null> {
  if (!mayBeOurs(row)) return null;
  const { kind, name, hint } = row;
  const listed = facts.snapshot.find(kind, name);
  const found = listed.length > 0 ? listed : await facts.target.find(kind, name, hint);
  const [object] = found;
  if (object === undefined) return { verdict: 'gone', row };
  if (found.length > 1)
    return kept(row, null, 'ambiguous', `${found.length} objects on Bifrost have the name "${name}"`, []);
  const changes = changesOf(facts, row, object);
  if (changes.length === 0) return { verdict: 'delete', row, object };
  const message = `it was sent without an answer, and what is there differs: ${changes.map(({ field }) => field).join(', ')}`;
  return kept(row, object, 'in_doubt', message, changes);
}

async function currentOf({ snapshot, target }: Facts, { kind, name, bifrostId, hint }: WriteRow) {
  if (bifrostId === null) return undefined;
  const known = snapshot.byId(kind, bifrostId);
  return known !== undefined || isListed(kind, name) ? known : target.get(kind, bifrostId, hint);
}

type Kept = Extract<Removal, { verdict: 'keep' }>;

function kept(
  row: WriteRow,
  object: TargetObject | null,
  reason: KeptReason,
  message: string,
  found: readonly Difference[],
): Kept {
  return { verdict: 'keep', row, object, reason, message, differences: found };
}

function isKept(removal: Removal): removal is Kept & { readonly object: TargetObject } {
  return removal.verdict === 'keep' && removal.object !== null;
}

function isLimitOfKey(object: TargetObject): boolean {
  return object.kind === 'model_config' && object.scope === 'virtual_key';
}

function keyOf(object: TargetObject): string {
  return `${object.kind} ${object.id}`;
}

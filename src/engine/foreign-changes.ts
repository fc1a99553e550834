import type { Journal } from '../journal/journal.js';
import type { WriteRow } from '../journal/writes.js';
import { differences } from '../target/difference.js';
import type { Body, Difference, TargetObject } from '../target/objects.js';
import type { Target } from '../target/target.js';
import { shownOf } from './shown.js';

type Facts = { readonly journal: Journal; readonly target: Target };

/**
 * What somebody else has changed about an object of ours: empty when it is what one of our requests would have left. Without the
 * secrets: those are LiteLLM's to tell. `asLeft` = how a body may have been left meanwhile for a reason that is known.
 */
export function changesOf(
  { journal, target }: Facts,
  row: WriteRow,
  object: TargetObject,
  asLeft: (body: Body) => Body = (body) => body,
): readonly Difference[] {
  const bodies = JSON.parse(row.bodies ?? '[]') as readonly Body[];
  const { capabilities } = target;
  const compared = bodies.map((body) => differences(row.kind, asLeft(body), object, { capabilities }));
  const least = compared.find((found) => found.length === 0) ?? compared.at(-1) ?? NEVER_SENT;
  const sameValue = (row.shown ?? null) === null || row.shown === shownOf(journal, object);
  return sameValue ? least : [...least, { field: 'value', wanted: 'the value it was given', found: 'another value' }];
}

const NEVER_SENT: readonly Difference[] = [{ field: 'kind', wanted: 'an object of ours', found: 'another' }];

import type { RecordRow } from '../journal/record-queries.js';
import type { SourceRecord } from '../sources/records.js';
import type { Plan, RecordState, Stage } from '../stages/plan.js';
import { recordStateOf, type EngineContext } from './context.js';

/** Nothing counts as written before: stages then say what each object should be as a whole, not what to change about it. */
export function asPlanned(context: EngineContext): EngineContext {
  return { ...context, snapshot: context.snapshot, createdByUs: () => false };
}

/** A record as if it came for the first time, but under the name it has. */
export function asNew(row: RecordRow): RecordState {
  const { bifrostId, bifrostName, origin } = recordStateOf(row);
  return { status: 'pending', bifrostId, bifrostName, origin, missing: [], detail: {}, drifted: false };
}

/**
 * The plan of a written record from LiteLLM as it is now, to be compared with what is on Bifrost. A key that has expired since is
 * to be closed, whatever is done about keys that had expired before.
 *
 * @param round 1, or more when the plan asked to be made again for the ids its own writes got
 */
export function planAnew(stage: Stage, row: RecordRow, context: EngineContext, round: number): Plan {
  const record = JSON.parse(row.json) as SourceRecord;
  const recorded: RecordState = { ...recordStateOf(row), drifted: false };
  if (round > 1) return stage.plan(record, recorded, context);
  const whole = asPlanned(context);
  if (stage.name === 'routing') return stage.plan(record, recorded, whole);
  return stage.plan(record, asNew(row), { ...whole, settings: { ...whole.settings, expired: 'inactive' } });
}

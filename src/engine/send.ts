import { MigrateError } from '../errors.js';
import { failpoint } from '../failpoint.js';
import type { WriteRow } from '../journal/writes.js';
import type { ObjectKind } from '../target/objects.js';
import type { SendResult, WriteRequest } from '../target/target.js';
import { classify, type Outcome } from './outcome.js';
import type { Share } from './pool.js';
import { checkGoing, type RunState } from './run-state.js';

export type Sent = { readonly outcome: Outcome; readonly json: unknown };

/**
 * POSTs of these never failed side by side on any store; everything else may answer `database is locked`, even because
 * of one of these, and so has the gateway to itself (B§8, B§13.4).
 */
const SIDE_BY_SIDE: ReadonlySet<ObjectKind> = new Set(['customer', 'team', 'user', 'member', 'virtual_key']);

export function shareOf(kind: ObjectKind, method: WriteRequest['method']): Share {
  return method === 'POST' && SIDE_BY_SIDE.has(kind) ? 'shared' : 'exclusive';
}

/**
 * Sends once, in the caller's turn of the pool, and writes down how it went. The intent in `row` is durable already.
 *
 * @throws Interrupted before sending; MigrateError `target_unauthorized` when the gateway no longer accepts our credentials.
 */
export async function send(state: RunState, row: WriteRow, request: WriteRequest): Promise<Sent> {
  checkGoing(state);
  failpoint('send.before', `${request.method} ${row.kind}`); // FAILPOINT
  if (!state.dry) state.writesSent += 1;
  const result = await carried(state, row.kind, request);
  failpoint('send.after', `${request.method} ${row.kind}`); // FAILPOINT
  const outcome = classify(row.kind, row.action, result);
  const status = result.kind === 'response' ? result.status : null;
  const { durationMs } = result;
  state.pool.learn({
    kind: row.kind,
    durationMs,
    refusedByLoad: outcome.kind === 'retry' || outcome.retryAfterMs !== undefined,
    locked: outcome.locked === true,
    retryAfterMs: outcome.retryAfterMs ?? null,
  });
  const { method, path } = request;
  const error = outcome.kind === 'done' ? null : outcome.message;
  if (!state.dry)
    state.journal.attempts.add({
      writeId: row.id,
      run: state.run,
      method,
      path,
      status,
      durationMs,
      outcome: outcome.kind,
      error,
    });
  if (outcome.unauthorized === true) throw unauthorized(outcome.message);
  return { outcome, json: result.kind === 'response' ? result.json : undefined };
}

/** `Target.send` promises not to throw. Should it do so, the request may have left all the same. */
async function carried(state: RunState, kind: ObjectKind, request: WriteRequest): Promise<SendResult> {
  const started = state.clock.now();
  try {
    return await state.target.send(kind, request);
  } catch (error) {
    if (error instanceof MigrateError) throw error;
    const message = error instanceof Error ? error.message : String(error);
    return { kind: 'transport', mayHaveArrived: true, error: message, durationMs: state.clock.now() - started };
  }
}

function unauthorized(message: string): MigrateError {
  return new MigrateError(
    'target_unauthorized',
    `Bifrost no longer accepts the credentials: ${message}.`,
    'Check BIFROST_API_KEY, then type `migrate resume`.',
  );
}

import { isObject } from '../json.js';
import type { ObjectKind } from '../target/objects.js';
import type { SendResult } from '../target/target.js';

export type Action = 'create' | 'update' | 'delete';

/**
 * What one answer means.
 *  done     carried out, as far as the answer goes; the echo is still compared with the intent
 *  exists   the name is taken: read it
 *  retry    not carried out, and worth another try after reading
 *  refused  not carried out, and would be refused again
 *  unknown  may or may not have been carried out: read it
 */
export type Outcome = {
  readonly kind: 'done' | 'exists' | 'retry' | 'refused' | 'unknown';
  /** For people; what the gateway said, or what happened instead. */
  readonly message: string;
  readonly retryAfterMs?: number;
  /** The gateway's store takes one write at a time: send no two at once from now on (B§8). */
  readonly locked?: true;
  /** Nothing answered at all. */
  readonly unreachable?: true;
  readonly unauthorized?: true;
};

type Response = Extract<SendResult, { kind: 'response' }>;

/** Pure: status, text and transport error in, meaning out. The texts are those of B§2–§5, §8; nothing else tells (B§2). */
export function classify(kind: ObjectKind, action: Action, result: SendResult): Outcome {
  if (result.kind === 'transport') return transport(result.mayHaveArrived, result.error);
  const message = messageOf(result);
  const { status } = result;
  if (status >= 200 && status < 300) return success(result, message);
  if (status === 409) return { kind: 'exists', message };
  if (status === 429) return later(message, result.retryAfterMs);
  // Not the error of a handler but of something in front of it, which may have passed the request on before it gave up.
  if (status === 503 && result.retryAfterMs !== null)
    return { kind: 'unknown', message, retryAfterMs: result.retryAfterMs };
  if (status >= 500) return serverError(kind, action, message);
  return clientError(status, result, message);
}

function transport(mayHaveArrived: boolean, error: string): Outcome {
  if (mayHaveArrived) return { kind: 'unknown', message: `no answer: ${error}`, unreachable: true };
  return { kind: 'retry', message: `not reached: ${error}`, unreachable: true };
}

/** HTML instead of JSON may come from a proxy that did pass the request on. */
function success(result: Response, message: string): Outcome {
  if (isObject(result.json)) return { kind: 'done', message: '' };
  return { kind: 'unknown', message: `HTTP ${result.status} without a readable answer: ${message}` };
}

function later(message: string, retryAfterMs: number | null): Outcome {
  return { kind: 'retry', message, ...(retryAfterMs === null ? {} : { retryAfterMs }) };
}

function clientError(status: number, result: Response, message: string): Outcome {
  // 1.5.2 answers a rename to a taken name with 400 (B§5.5).
  if (NAME_TAKEN.test(message)) return { kind: 'exists', message };
  // A request that timed out in front of the gateway, or was redirected, may have been passed on.
  if (status === 408 || status === 425 || status < 400) return { kind: 'unknown', message };
  if (status === 401) return { kind: 'refused', message, unauthorized: true };
  if (status === 405 || !isObject(result.json))
    return { kind: 'refused', message: `this Bifrost has no such function (HTTP ${status}): ${message}` };
  return { kind: 'refused', message };
}

/** 1.5.0–1.5.15 say 500 where later versions say 409 (B§5.10); a key's id instead of its name is the same thing (B§4.3). */
const NAME_TAKEN = /already exists|must be unique across providers/i;

/** Nothing is stored or removed when the store was locked (B§8: 50 failed PUTs and 96 failed DELETEs re-read). */
const LOCKED = /database is locked/i;
const LOCKED_DELETE = /^Failed to delete virtual key/i;

/** Refusals of the validation that arrive as 500 (B§4.2, §5.2, §5.5, §5.7, §5.9): the transaction was rolled back. */
const INVALID =
  /max limit cannot be negative or zero|invalid (rate limit|reset duration)|in whitelist$|cannot be used with other values|some keys not found for provider|FOREIGN KEY constraint failed|violates foreign key constraint|routing rule with priority \d+ already exists/i;

/** The row is stored although the answer is an error (B§8). */
const STORED_ANYWAY = /updated in database but failed to reload|failed to update provider:/i;

function serverError(kind: ObjectKind, action: Action, message: string): Outcome {
  if (STORED_ANYWAY.test(message)) return { kind: 'unknown', message };
  if (LOCKED.test(message)) return { kind: 'retry', message, locked: true };
  if (action === 'delete' && kind === 'virtual_key' && LOCKED_DELETE.test(message))
    return { kind: 'retry', message, locked: true };
  if (INVALID.test(message)) return { kind: 'refused', message };
  if (NAME_TAKEN.test(message)) return { kind: 'exists', message };
  // Among them 1.5.2's `failed to create team`, one text for a duplicate, an unknown customer and a zero budget (B§5.4).
  return { kind: 'unknown', message };
}

/** `error.message` of the envelope (B§2), else the text of the body, else the status. */
function messageOf(result: Response): string {
  const error = isObject(result.json) ? result.json['error'] : undefined;
  const message = isObject(error) ? error['message'] : error;
  if (typeof message === 'string' && message !== '') return message;
  return result.text.trim() === '' ? `HTTP ${result.status}` : result.text.trim();
}

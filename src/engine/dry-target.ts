import { isObject } from '../json.js';
import type { ObjectKind, ObjectOf } from '../target/objects.js';
import type { FindHint, SendResult, Snapshot, WriteRequest } from '../target/target.js';
import { plannedObject } from './planned-object.js';
import type { ComparingTarget } from './run-state.js';

/**
 * The target of a dry run: reads are real, nothing is ever sent, every write "succeeds". What the gateway would hold
 * afterwards is in the snapshot, so that later plans see it; collisions and conflicts come out as in a real run.
 */
export function dryTarget(target: ComparingTarget): ComparingTarget {
  let snapshot: Snapshot | null = null;
  const pretended = new Set<string>();
  return {
    identity: target.identity,
    capabilities: target.capabilities,
    snapshot: async () => (snapshot = await target.snapshot()),
    find: async <K extends ObjectKind>(kind: K, name: string, hint?: FindHint) => {
      const planned = snapshot?.find(kind, name) ?? [];
      return planned.length > 0 ? planned : target.find(kind, name, hint);
    },
    get: async <K extends ObjectKind>(kind: K, id: string, hint?: FindHint) =>
      snapshot?.byId(kind, id) ?? target.get(kind, id, hint),
    send: async (_kind, request) => answerTo(request),
    parse: <K extends ObjectKind>(kind: K, json: unknown, hint: FindHint = {}) => {
      const request = isObject(json) ? (json['planned'] as WriteRequest | undefined) : undefined;
      if (request === undefined) return undefined;
      const object = plannedObject(kind, request.body ?? {}, request.path, hint) as ObjectOf<K>;
      pretended.add(`${kind} ${object.id}`);
      return object;
    },
    // What was pretended is exactly what was planned; only what is really there can differ.
    differences: (kind, body, actual) =>
      pretended.has(`${kind} ${actual.id}`) ? [] : target.differences(kind, body, actual),
    close: () => target.close(),
  };
}

function answerTo(planned: WriteRequest): SendResult {
  return { kind: 'response', status: 200, retryAfterMs: null, json: { planned }, text: '', durationMs: 0 };
}

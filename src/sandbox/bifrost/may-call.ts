import { decide } from './decision.js';
import type { Outcome } from './outcomes.js';
import type { Gateway } from './gateway.js';

/**
 * `GET /__sandbox/may-call?vk=<name, id or value>&model=<name>`: what the gateway would do with a chat completion.
 * `vk` may be left out (traffic without a virtual key); `route=litellm` asks as the /litellm routes do.
 */
export type MayCall = Outcome & {
  /** Every outcome, most probable first. The members beside it are those of the first allowed one, else of the first. */
  readonly candidates: readonly Outcome[];
  /** No draw of lots ends in a refusal. */
  readonly always: boolean;
};

export function mayCall(gateway: Gateway, query: URLSearchParams): MayCall {
  const wanted = query.get('vk');
  const { virtualKeysByName, virtualKeysByValue, virtualKeys } = gateway.state;
  const virtualKey =
    wanted === null
      ? null
      : (virtualKeysByName.get(wanted) ?? virtualKeysByValue.get(wanted) ?? virtualKeys.get(wanted) ?? 'missing');
  const outcomes = decide(gateway, {
    virtualKey,
    model: query.get('model') ?? '',
    requestType: 'chat_completion',
    headers: {},
    integration: query.get('route') === 'litellm' ? 'openai' : null,
  });
  const candidates = [...outcomes].sort((a, b) => b.probability - a.probability);
  const shown = candidates.find(({ allowed }) => allowed) ?? candidates[0];
  if (!shown) throw new Error('a request always has an outcome');
  return { ...shown, candidates, always: candidates.every(({ allowed }) => allowed) };
}

import { decodePlain } from './decode.js';
import { decide } from './decision.js';
import type { Outcome } from './outcomes.js';
import type { Question } from './route-choice.js';
import type { Call, Gateway } from './gateway.js';
import { json, Refusal, type Reply } from './reply.js';
import { charge } from './usage.js';
import type { VirtualKey } from './virtual-keys.js';

/** Every answer claims these, like the upstream used for the recordings of the pair. */
const TOKENS = { input: 1000, output: 1000 };

/** POST …/chat/completions: nothing is called, the answer's text says in JSON where the call would have gone. */
export function chat(gateway: Gateway, call: Call): Reply {
  const body = decodePlain(call.text, { model: 'string', stream: 'boolean' });
  const model = typeof body.model === 'string' ? body.model : '';
  if (model === '') throw new Refusal(400, 'model is required');
  const question: Question = {
    virtualKey: virtualKeyOf(gateway, call),
    model,
    requestType: body.stream === true ? 'chat_completion_stream' : 'chat_completion',
    headers: call.headers,
    integration: call.path.startsWith('/v1/') ? null : 'openai',
  };
  const outcome = draw(gateway, decide(gateway, question));
  if (!outcome.allowed) throw denial(outcome);
  const { virtualKey } = question;
  const subject = {
    virtualKey: virtualKey === 'missing' ? null : virtualKey,
    provider: outcome.provider ?? '',
    model: outcome.model,
  };
  charge(gateway, { ...subject, upstreamModel: outcome.upstreamModel ?? '' }, TOKENS);
  return json(completion(gateway, outcome));
}

/** x-bf-vk, or one of the usual headers with the `sk-bf-` prefix; any other token is not taken for a virtual key (B§7.3). */
function virtualKeyOf(gateway: Gateway, call: Call): VirtualKey | 'missing' | null {
  const own = call.headers['x-bf-vk'];
  const bearer = /^Bearer (sk-bf-.*)$/i.exec(call.headers.authorization ?? '')?.[1];
  const others = [call.headers['x-api-key'], call.headers['x-goog-api-key']].filter((value) =>
    value?.startsWith('sk-bf-'),
  );
  const value = own ?? bearer ?? others[0];
  return value === undefined ? null : (gateway.state.virtualKeysByValue.get(value) ?? 'missing');
}

function draw(gateway: Gateway, outcomes: readonly Outcome[]): Outcome {
  const total = outcomes.reduce((sum, { probability }) => sum + probability, 0);
  let left = gateway.random() * total;
  for (const outcome of outcomes) {
    left -= outcome.probability;
    if (left < 0) return outcome;
  }
  const [first] = outcomes;
  if (!first) throw new Refusal(500, 'no outcome');
  return first;
}

function denial(outcome: Outcome): Refusal {
  const extra = {
    ...(outcome.provider === null ? {} : { provider: outcome.provider }),
    original_model_requested: outcome.model,
    resolved_model_used: outcome.model,
    request_type: 'chat_completion',
  };
  return new Refusal(outcome.status, outcome.message, outcome.type, extra);
}

function completion(gateway: Gateway, outcome: Outcome): object {
  const { provider, keyName, upstreamModel, baseUrl, model } = outcome;
  const content = JSON.stringify({ provider, key: keyName, model: upstreamModel, base_url: baseUrl });
  const routing = gateway.personality.routingInfo
    ? { routing_info: { provider, model: upstreamModel, ...(keyName === null ? {} : { key: keyName }) } }
    : {};
  return {
    id: `chatcmpl-${gateway.newId()}`,
    choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content } }],
    created: Math.trunc(gateway.now().getTime() / 1000),
    model: upstreamModel,
    object: 'chat.completion',
    system_fingerprint: '',
    usage: {
      prompt_tokens: TOKENS.input,
      completion_tokens: TOKENS.output,
      total_tokens: TOKENS.input + TOKENS.output,
    },
    extra_fields: {
      request_type: 'chat_completion',
      ...routing,
      provider,
      original_model_requested: model,
      resolved_model_used: upstreamModel,
      latency: 0,
      chunk_index: 0,
    },
  };
}

import { member, parseJson, readEcho, textMember, type Answer, type AnswerKind, type Exchange } from './answer.js';

/** Judges one answer of LiteLLM's /v1/chat/completions, both version lines (L§1.2 "Model calls"). Pure. */
export function readLitellmAnswer(exchange: Exchange): Answer {
  const body = parseJson(exchange.body);
  const upstream = exchange.status === 200 ? readEcho(body) : null;
  const error = errorOf(body);
  return {
    kind: upstream ? 'reached' : kindOf(exchange, error),
    upstream,
    status: exchange.status,
    type: error.type,
    message: error.message,
    routedModel: routedModel(exchange),
  };
}

type LitellmError = { readonly type: string | null; readonly message: string };

/** The three envelopes of L§1.2. */
function errorOf(body: unknown): LitellmError {
  const error = member(body, 'error') ?? member(body, 'detail') ?? body;
  if (typeof error === 'string') return { type: null, message: error };
  const nested = member(error, 'error');
  const type = textMember(error, 'type');
  return {
    type: type === 'None' ? null : type,
    message: textMember(error, 'message') ?? (typeof nested === 'string' ? nested : ''),
  };
}

const OWN_LIMITS =
  /^(Rate limit exceeded for|Max parallel request limit|Budget has been exceeded|ExceededBudget|Crossed TPM)/;

function kindOf(exchange: Exchange, error: LitellmError): AnswerKind {
  // Before the header below: newer versions count requests after routing, their limits come with a deployment's name too.
  if (error.type === 'budget_exceeded' || OWN_LIMITS.test(error.message)) return 'spent';
  // The router names the deployment it has picked: the call was let in, whatever happened upstream.
  if (exchange.headers['x-litellm-model-id'] !== undefined || exchange.status === 200) return 'failed';
  // A deployment that failed before is left alone for some seconds; only callers who were let in get to hear of it.
  if (/No deployments available for selected model/i.test(error.message)) return 'failed';
  if (exchange.status === 429) return 'spent';
  return exchange.status >= 500 ? 'failed' : 'refused';
}

/** `openai/gpt-4o` → `gpt-4o`: what goes over the wire, as far as the header tells. */
function routedModel(exchange: Exchange): string | null {
  const name = exchange.headers['x-litellm-model-name'];
  return name === undefined ? null : name.replace(/^[^/]+\//, '');
}

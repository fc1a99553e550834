import { member, parseJson, readEcho, textMember, type Answer, type AnswerKind, type Exchange } from './answer.js';

/** Judges one answer of Bifrost's chat endpoints, 1.5.2 to 1.5.16 (B§7.3). Pure. */
export function readBifrostAnswer(exchange: Exchange): Answer {
  const body = parseJson(exchange.body);
  const upstream = exchange.status === 200 ? readEcho(body) : null;
  const error = member(body, 'error');
  const message = textMember(error, 'message') ?? (body === undefined ? exchange.body.slice(0, 200) : '');
  // Governance says why in a top-level `type`; what an upstream says stands in `error.type`.
  const verdict = textMember(body, 'type');
  return {
    kind: upstream ? 'reached' : kindOf({ exchange, body, verdict, message }),
    upstream,
    status: exchange.status,
    type: verdict ?? textMember(error, 'type'),
    message,
    routedModel: routedModel(body),
  };
}

const LIMIT_TYPES: ReadonlySet<string> = new Set([
  'budget_exceeded',
  'rate_limited',
  'token_limited',
  'request_limited',
]);
const REFUSAL_TYPES: ReadonlySet<string> = new Set([
  'virtual_key_required',
  'virtual_key_not_found',
  'virtual_key_blocked',
  'provider_blocked',
  'model_blocked',
]);

/** What the gateway says when no provider or no key is left for a name: nothing was sent anywhere. */
const NO_WAY_OUT =
  /could not auto resolve a provider|provider is required in model field|no keys found|failed to get config for provider|no provider|virtual key is required/i;

type Refusal = {
  readonly exchange: Exchange;
  readonly body: unknown;
  readonly verdict: string | null;
  readonly message: string;
};

function kindOf({ exchange, body, verdict, message }: Refusal): AnswerKind {
  if (verdict !== null && LIMIT_TYPES.has(verdict)) return 'spent';
  if (verdict !== null && REFUSAL_TYPES.has(verdict)) return 'refused';
  if (NO_WAY_OUT.test(message)) return 'refused';
  if (body === undefined && exchange.status < 500) return 'refused'; // the dashboard's HTML, or 405 as text (B§1.4)
  // 1.5.2 answers a dead upstream with 400: the provider it had chosen tells it from a refusal.
  const chosen = textMember(member(body, 'extra_fields'), 'provider');
  return chosen !== null || exchange.status >= 500 || exchange.status === 200 ? 'failed' : 'refused';
}

/** The model id behind the alias of the key that was chosen; only ≥ 1.5.12 says it, and not for unaliased names. */
function routedModel(body: unknown): string | null {
  const routing = member(member(body, 'extra_fields'), 'routing_info');
  return textMember(member(routing, 'resolved_key_alias'), 'model_id');
}

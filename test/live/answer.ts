/** What a call arrived with at the upstream, as the fake upstream repeats it in the text of its answer. */
export type Upstream = {
  /** Without query; Azure's two URL shapes made equal (P§3, last paragraph). */
  readonly path: string;
  readonly model: string;
  /** API key or bearer token; null = none. */
  readonly credential: string | null;
};

/**
 * What one call came to:
 *  reached  the upstream answered, and said what it saw;
 *  failed   the gateway let the call in, the upstream refused it or cannot be reached from here;
 *  refused  the gateway itself said no: not allowed, blocked, expired, or no such model;
 *  spent    a budget or a rate limit said no;
 *  silent   no HTTP answer at all.
 */
export type AnswerKind = 'reached' | 'failed' | 'refused' | 'spent' | 'silent';

export type Answer = {
  readonly kind: AnswerKind;
  /** null only for `reached`-less kinds. */
  readonly upstream: Upstream | null;
  readonly status: number;
  /** Error type as the gateway names it. */
  readonly type: string | null;
  readonly message: string | null;
  /** Which upstream model the gateway meant to call, where it says so although the call failed. */
  readonly routedModel: string | null;
};

/** One HTTP exchange, as far as a judgement needs it. Header names in lower case. */
export type Exchange = {
  readonly status: number;
  readonly headers: { readonly [name: string]: string };
  readonly body: string;
};

/** Credentials that LiteLLM invents where a deployment has none (hosted_vllm, keyless openai-compatible servers). */
const INVENTED_CREDENTIALS: ReadonlySet<string> = new Set(['', 'fake-api-key', 'None']);

export function silent(reason: string): Answer {
  return { kind: 'silent', upstream: null, status: 0, type: null, message: reason, routedModel: null };
}

/** Reads the echo of the fake upstream out of a chat completion; null when the answer came from somebody else. */
export function readEcho(body: unknown): Upstream | null {
  const text = member(member(member(member(body, 'choices'), '0'), 'message'), 'content');
  if (typeof text !== 'string') return null;
  const seen = parseJson(text);
  const path = member(seen, 'path');
  const model = member(seen, 'model');
  if (typeof path !== 'string' || typeof model !== 'string') return null;
  const bearer = member(seen, 'authorization');
  const apiKey = member(seen, 'api-key');
  const shown = typeof bearer === 'string' ? bearer.replace(/^Bearer /, '') : typeof apiKey === 'string' ? apiKey : '';
  return sameShape({ path, model, credential: INVENTED_CREDENTIALS.has(shown) ? null : shown });
}

/**
 * LiteLLM and old Bifrosts call `/openai/deployments/X/chat/completions?api-version=…`, newer ones
 * `/openai/v1/chat/completions` with X in the body: one call, two spellings.
 */
export function sameShape(upstream: Upstream): Upstream {
  const path = upstream.path.replace(/\?.*$/, '');
  const deployment = /^\/openai\/deployments\/([^/]+)\/(.+)$/.exec(path);
  if (deployment)
    return { ...upstream, path: `azure:${deployment[2]}`, model: decodeURIComponent(deployment[1] ?? '') };
  const v1 = /^\/openai\/v1\/(.+)$/.exec(path);
  return { ...upstream, path: v1 ? `azure:${v1[1]}` : path };
}

export function sameUpstream(a: Upstream, b: Upstream): boolean {
  return a.model === b.model && a.credential === b.credential && a.path === b.path;
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

export function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}

export function textMember(value: unknown, name: string): string | null {
  const found = member(value, name);
  return typeof found === 'string' && found !== '' ? found : null;
}

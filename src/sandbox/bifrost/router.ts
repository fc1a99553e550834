import type { Call, Gateway } from './gateway.js';
import { dashboard, plainText, Refusal, refusalReply, type Reply } from './reply.js';
import type { Route } from './routes.js';
import { checkCredentials } from './session.js';

type Match = { readonly route: Route; readonly params: Call['params'] };

/** Paths are matched segment by segment, case-sensitively; a named segment may be URL-encoded (B§3.1). */
export class Router {
  readonly #byLength = new Map<number, { readonly route: Route; readonly segments: readonly string[] }[]>();

  constructor(routes: readonly Route[]) {
    for (const route of routes) {
      const segments = route.pattern.split('/');
      this.#byLength.set(segments.length, [...(this.#byLength.get(segments.length) ?? []), { route, segments }]);
    }
    // Fixed segments win over named ones.
    for (const group of this.#byLength.values()) group.sort((a, b) => named(a.segments) - named(b.segments));
  }

  find(method: string, path: string): Match | null {
    return this.#matches(path).find(({ route }) => route.method === method) ?? null;
  }

  /** GET and OPTIONS are served on every path: the dashboard catches them (B§1.4). */
  allowedMethods(path: string): readonly string[] {
    return [...new Set(['GET', 'OPTIONS', ...this.#matches(path).map(({ route }) => route.method)])].sort();
  }

  #matches(path: string): readonly Match[] {
    const segments = path.split('/');
    return (this.#byLength.get(segments.length) ?? []).flatMap(({ route, segments: pattern }) => {
      const params = matchSegments(pattern, segments);
      return params ? [{ route, params }] : [];
    });
  }
}

function named(segments: readonly string[]): number {
  return segments.filter((segment) => segment.startsWith('{')).length;
}

function matchSegments(pattern: readonly string[], segments: readonly string[]): Call['params'] | null {
  const params: Record<string, string> = {};
  for (const [index, expected] of pattern.entries()) {
    const actual = segments[index] ?? '';
    if (!expected.startsWith('{')) {
      if (expected !== actual) return null;
    } else if (actual === '') return null;
    else params[expected.slice(1, -1)] = decodeSegment(actual);
  }
  return params;
}

function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

/** Answers one request: routes, redirects, the dashboard's catch-all, credentials, and refusals as envelopes. */
export function answer(gateway: Gateway, router: Router, request: Omit<Call, 'params'>, origin: string): Reply {
  const match = router.find(request.method, request.path);
  if (!match) return answerUnknown(router, request, origin);
  const call: Call = { ...request, params: match.params };
  try {
    if (!match.route.open) checkCredentials(gateway, call);
    // Any Content-Encoding is refused, even "identity" (B§1.4).
    const encoding = call.headers['content-encoding'];
    if (encoding)
      throw new Refusal(
        400,
        `invalid compressed request body: unsupported Content-Encoding: ${JSON.stringify(encoding)}`,
      );
    return match.route.handler(gateway, call);
  } catch (refusal) {
    if (refusal instanceof Refusal) return refusalReply(refusal, gateway.personality);
    throw refusal;
  }
}

function answerUnknown(router: Router, { method, path }: Omit<Call, 'params'>, origin: string): Reply {
  const shorter = path.replace(/\/+$/, '');
  if (shorter !== path && shorter !== '' && router.find(method, shorter)) {
    return {
      status: method === 'GET' ? 301 : 308,
      contentType: null,
      body: '',
      headers: { location: `${origin}${shorter}` },
    };
  }
  if (method !== 'GET' && method !== 'OPTIONS') {
    return plainText(405, 'Method Not Allowed', { allow: router.allowedMethods(path).join(', ') });
  }
  if (method === 'OPTIONS') return { status: 200, contentType: null, body: '' };
  const last = path.slice(path.lastIndexOf('/') + 1);
  return last.includes('.') ? plainText(404, `404 - Static asset not found: ${path}`) : dashboard();
}

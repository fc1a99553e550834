import { differencesOf, shapeOf, type Identities } from './bifrost-compare.js';
import type { Recording } from './bifrost-recordings.js';

export type Answer = {
  readonly status: number;
  readonly headers: { readonly [name: string]: string };
  /** Parsed when it is JSON, else the text. */
  readonly body: unknown;
};

export async function ask(url: string, request: Recording['request'], identities: Identities): Promise<Answer> {
  const { method, headers = {}, body } = request;
  const path = identities.translate(request.path);
  const text =
    body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(identities.translateBody(body));
  const sent = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, identities.translate(value)]));
  const response = await fetch(`${url}${path}`, {
    method,
    redirect: 'manual',
    headers: {
      ...(text === undefined || 'content-type' in sent ? {} : { 'content-type': 'application/json' }),
      ...sent,
    },
    ...(text === undefined ? {} : { body: text }),
  });
  const received = await response.text();
  const type = response.headers.get('content-type') ?? '';
  return {
    status: response.status,
    headers: Object.fromEntries(response.headers),
    body: type.startsWith('application/json') ? (JSON.parse(received) as unknown) : received,
  };
}

/** Where the answer is not what was recorded; empty = it is. */
export function mismatches(
  recording: Recording,
  answer: Answer,
  identities: Identities,
  live = false,
): readonly string[] {
  const { response } = recording;
  const found: string[] = [];
  if (answer.status !== response.status)
    found.push(
      `status: recorded ${response.status}, now ${answer.status} ${JSON.stringify(answer.body).slice(0, 300)}`,
    );
  const type = response.headers['content-type'] ?? '';
  // The dashboard's page and its type belong to the build, only "it is HTML" is the gateway's.
  if ((answer.headers['content-type'] ?? '') !== type)
    found.push(`content-type: recorded ${String(type)}, now ${answer.headers['content-type'] ?? ''}`);
  found.push(...headerMismatches(recording, answer, identities));
  if (found.length > 0 || String(type).startsWith('text/html')) return found;
  return bodyMismatches(recording, answer, identities, live);
}

function headerMismatches({ response }: Recording, answer: Answer, identities: Identities): readonly string[] {
  return Object.entries(response.headers).flatMap(([name, recorded]) => {
    if (name === 'content-type') return [];
    const before = [recorded].flat().join(', ');
    const after = answer.headers[name] ?? '';
    if (name === 'location')
      return new URL(before).pathname === new URL(after).pathname ? [] : [`location: recorded ${before}, now ${after}`];
    const withoutDate = (text: string): string => text.replace(/expires=[^;]+/, 'expires=<date>');
    return identities.sameText(withoutDate(before), withoutDate(after))
      ? []
      : [`${name}: recorded ${before}, now ${after}`];
  });
}

function bodyMismatches(
  { name, response }: Recording,
  answer: Answer,
  identities: Identities,
  live: boolean,
): readonly string[] {
  if (SHAPE_ONLY.has(name) || name.includes('inference')) {
    if (response.status >= 400) return differencesOf(identities, response.body, answer.body);
    const [before, after] = [JSON.stringify(shapeOf(response.body)), JSON.stringify(shapeOf(answer.body))];
    return before === after ? [] : [`shape: recorded ${before}, now ${after}`];
  }
  const tolerate = (live ? TOLERATED_LIVE[name] : undefined) ?? TOLERATED[name] ?? ((body: unknown) => body);
  return differencesOf(identities, tolerate(response.body), tolerate(answer.body));
}

/** Values of these come from somewhere else: the build, the model catalog, the birth of the store. */
const SHAPE_ONLY: ReadonlySet<string> = new Set(['version', 'auth-on-open_api_version', 'fork-roles']);

/** What may differ between two runs of one and the same gateway. */
const TOLERATED: { readonly [name: string]: (body: unknown) => unknown } = {
  // The gateway walks the aliases in no fixed order and names the one it meets second.
  'key-create-alias-case-dup': (body) => JSON.parse(JSON.stringify(body).toLowerCase()) as unknown,
  // The catalog has some 270 models there, and their order is random; here it matters that names and providers come back.
  'models-search': (body) => {
    const { models, total } = body as { readonly models: readonly object[]; readonly total: number };
    return { models: models.slice(0, 1).map(shapeOf), some: total > 0 };
  },
};

/** What depends on how a real gateway was started, and on what its upstream answers. */
const TOLERATED_LIVE: typeof TOLERATED = {
  'config-get': (body) => without(body, ['framework_config', 'is_logs_connected']),
  'config-get-from-db': (body) => without(body, ['framework_config', 'is_logs_connected']),
  'auth-on-config': (body) => without(body, ['framework_config', 'is_logs_connected']),
  'key-azure-full-key': (body) => without(body, ['status', 'description']),
  'key-azure-alias-apiversion': (body) => without(body, ['status', 'description']),
};

function without(body: unknown, members: readonly string[]): unknown {
  return Object.fromEntries(Object.entries(body as object).filter(([member]) => !members.includes(member)));
}

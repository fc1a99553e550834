import { MigrateError } from '../errors.js';
import { failpoint } from '../failpoint.js';
import type { SecretStore } from '../secret.js';
import { readAnswer, type Answer } from './answer.js';
import type { Credentials } from './credentials.js';
import type { ObjectKind } from './objects.js';
import { withoutSecrets } from './redact.js';
import { serialize } from './request-body.js';
import { retryAfterMs } from './retry-after.js';
import { openSession, type Session } from './session.js';
import type { RequestCounts, SendResult, WriteRequest } from './target.js';
import type { Timeouts } from './timeouts.js';
import { TransportError, type HttpAnswer, type HttpRequest, type Transport } from './transport.js';

export type ClientOptions = {
  readonly transport: Transport;
  readonly credentials: Credentials;
  readonly secrets: SecretStore;
  /** No request that is not a GET, not even a login. */
  readonly readOnly: boolean;
  readonly timeouts: Timeouts;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly random: () => number;
  readonly sleep: (ms: number) => Promise<void>;
};

/** Speaks HTTP to one gateway: authorization, retries of reads, results of writes. Knows no resource. */
export interface Client {
  readonly session: Session;
  readonly requestsSent: RequestCounts;
  /**
   * A GET, repeated up to three times while it fails for passing reasons; any other answer is returned as it is.
   * Throws target_unreachable when no answer came.
   */
  get(path: string, timeoutMs?: number): Promise<Answer>;
  /** The same, handing over the unread answer to `consume` when it is a 200 of this type (JSON unless said); a broken one is read again from the start. */
  stream<T>(path: string, consume: (answer: HttpAnswer) => Promise<T>, contentType?: RegExp): Promise<T | Answer>;
  /** One write, sent once. Never throws for what the network or the gateway does. */
  send(kind: ObjectKind, request: WriteRequest): Promise<SendResult>;
  close(): Promise<void>;
}

const RETRIES = 3;
const PASSING = new Set([408, 425, 429, 500, 502, 503, 504]);
/** The largest read answers are streamed; what is left are lists of teams, customers and keys. */
const MAX_READ_BYTES = 256 * 1024 * 1024;
/** A customer's answer embeds its teams and virtual keys (B§5.1). */
const MAX_WRITE_BYTES = 64 * 1024 * 1024;

export function createClient(options: ClientOptions): Client {
  const { transport, timeouts, now } = options;
  const counts = { reads: 0, writes: 0 };
  const session = openSession(options.credentials, login, options.readOnly);

  function headers(body: string | null): Record<string, string> {
    const authorization = session.header();
    return {
      accept: 'application/json',
      // Bifrost does not look at the type, a proxy in between may; Content-Encoding would be refused (B§1.4).
      ...(body === null ? {} : { 'content-type': 'application/json' }),
      ...(authorization === undefined ? {} : { authorization }),
    };
  }

  async function login(username: string, password: { reveal(): string }): Promise<Answer | null> {
    counts.reads += 1;
    const body = JSON.stringify({ username, password: password.reveal() });
    const plain = { accept: 'application/json', 'content-type': 'application/json' };
    try {
      const request = {
        method: 'POST',
        path: '/api/session/login',
        headers: plain,
        body,
        timeoutMs: timeouts.read,
      } as const;
      return await readAnswer(await transport.exchange(request), MAX_WRITE_BYTES, [password.reveal()]);
    } catch (error) {
      if (error instanceof TransportError) return null;
      throw error;
    }
  }

  /** Sends, and once more with a new session token when the old one is refused: a 401 comes before anything is done. */
  async function authorized(request: Omit<HttpRequest, 'headers'>): Promise<HttpAnswer> {
    const sent = headers(request.body);
    const answer = await transport.exchange({ ...request, headers: sent });
    if (answer.status !== 401 || !(await session.renew(sent['authorization']))) return answer;
    answer.discard();
    return transport.exchange({ ...request, headers: headers(request.body) });
  }

  async function read<T>(
    path: string,
    timeoutMs: number,
    consume: (answer: HttpAnswer) => Promise<T | Answer>,
  ): Promise<T | Answer> {
    for (let attempt = 0; ; attempt += 1) {
      counts.reads += 1;
      const outcome = await attemptRead(path, timeoutMs, consume);
      if (!('again' in outcome)) return outcome.value;
      if (attempt === RETRIES) return giveUp(outcome.again);
      await options.sleep(pause(attempt, retryAfterOf(outcome.again)));
    }
  }

  async function attemptRead<T>(
    path: string,
    timeoutMs: number,
    consume: (answer: HttpAnswer) => Promise<T | Answer>,
  ): Promise<{ value: T | Answer } | { again: Answer | TransportError }> {
    try {
      const raw = await authorized({ method: 'GET', path, body: null, timeoutMs });
      if (PASSING.has(raw.status)) return { again: await readAnswer(raw, MAX_WRITE_BYTES, session.secrets()) };
      const value = await consume(raw);
      return isBroken(value) ? { again: value } : { value };
    } catch (error) {
      if (error instanceof TransportError) return { again: error };
      throw error;
    }
  }

  function giveUp(last: Answer | TransportError): Answer {
    if (!(last instanceof TransportError)) return last;
    throw new MigrateError(
      'target_unreachable',
      `Bifrost cannot be reached: ${last.message}.`,
      'Check BIFROST_URL and that the gateway runs.',
      {
        cause: last,
      },
    );
  }

  function retryAfterOf(last: Answer | TransportError): number | null {
    return last instanceof TransportError ? null : retryAfterMs(last.retryAfter, now());
  }

  function pause(attempt: number, wanted: number | null): number {
    return Math.max(wanted ?? 0, 200 * 2 ** attempt * (0.5 + options.random()));
  }

  async function send(kind: ObjectKind, request: WriteRequest): Promise<SendResult> {
    if (options.readOnly) throw new Error(`a write (${request.method} ${request.path}) in read-only mode`);
    const { text: body, revealed } = serialize(request.body, options.secrets);
    const started = now();
    counts.writes += 1;
    try {
      const { method, path } = request;
      const raw = await authorized({ method, path, body, timeoutMs: timeouts.write[kind] });
      failpoint('send.answered', `${method} ${kind}`); // FAILPOINT
      const answer = await readAnswer(raw, MAX_WRITE_BYTES, [...session.secrets(), ...revealed]);
      return responseOf(answer, revealed, now() - started);
    } catch (error) {
      if (!(error instanceof TransportError)) throw error;
      const message = withoutSecrets(error.message, session.secrets());
      return { kind: 'transport', mayHaveArrived: error.mayHaveArrived, error: message, durationMs: now() - started };
    }
  }

  function responseOf(answer: Answer, revealed: readonly string[], durationMs: number): SendResult {
    return {
      kind: 'response',
      status: answer.status,
      retryAfterMs: retryAfterMs(answer.retryAfter, now()),
      json: scrub(answer.json, answer.status < 300 ? null : [...session.secrets(), ...revealed]),
      text:
        answer.location === undefined
          ? answer.text
          : `redirect to ${withoutSecrets(answer.location, session.secrets())}`,
      durationMs,
    };
  }

  return {
    session,
    requestsSent: counts,
    get: (path, timeoutMs = timeouts.read) =>
      read<Answer>(path, timeoutMs, (raw) => readAnswer(raw, MAX_READ_BYTES, session.secrets())),
    stream: (path, consume, contentType = JSON_TYPE) =>
      read(path, timeouts.list, (raw) =>
        raw.status === 200 && contentType.test(raw.header('content-type') ?? '')
          ? consume(raw)
          : readAnswer(raw, MAX_WRITE_BYTES, session.secrets()),
      ),
    send,
    close: () => transport.close(),
  };
}

function isBroken(value: unknown): value is Answer {
  return typeof value === 'object' && value !== null && 'broken' in value && value.broken === true;
}

const JSON_TYPE = /^application\/json\b/i;

/**
 * The answer to a write of a virtual key holds its secret in plain text (B§5.5), and a refusal may quote the request:
 * neither leaves this file. `secrets` is null for a success, whose other strings must stay as they are to be compared.
 */
function scrub(json: unknown, secrets: readonly string[] | null): unknown {
  if (typeof json === 'string') {
    if (secrets !== null) return withoutSecrets(json, secrets);
    return json.startsWith('sk-bf-') ? '***' : json;
  }
  if (Array.isArray(json)) return json.map((item) => scrub(item, secrets));
  if (typeof json !== 'object' || json === null) return json;
  return Object.fromEntries(Object.entries(json).map(([name, value]) => [name, scrub(value, secrets)]));
}

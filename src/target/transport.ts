import { subscribe } from 'node:diagnostics_channel';
import { Agent } from 'undici';
import { reasonOf } from '../errors.js';
import { failpoint, failpointsWatched } from '../failpoint.js';
import type { Address } from './address.js';

export type HttpRequest = {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Absolute path with query, below the prefix of the address. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  /** For the whole exchange, the body of the answer included. */
  readonly timeoutMs: number;
};

export type HttpAnswer = {
  readonly status: number;
  header(name: string): string | undefined;
  readonly setCookies: readonly string[];
  /** Must be read to the end or destroyed. Throws TransportError when the answer breaks off. */
  readonly body: AsyncIterable<Uint8Array>;
  /** Gives the connection up without reading on. */
  discard(): void;
};

/** No usable HTTP answer came back. */
export class TransportError extends Error {
  override readonly name = 'TransportError';
  /** false only when it is certain that no byte of the request left: name not resolved, connection or TLS refused. */
  readonly mayHaveArrived: boolean;

  constructor(message: string, mayHaveArrived: boolean, options: { cause: unknown }) {
    super(message, options);
    this.mayHaveArrived = mayHaveArrived;
  }
}

/** One HTTP connection pool to one gateway: no redirects, no retries, no proxies. */
export interface Transport {
  /** Throws TransportError, nothing else. */
  exchange(request: HttpRequest): Promise<HttpAnswer>;
  close(): Promise<void>;
}

/** `connections` = how many requests may be in flight at once; further ones wait inside their own timeout. */
export function openTransport(address: Address, connections: number): Transport {
  if (failpointsWatched()) subscribe('undici:request:bodySent', noticeSent);
  const agent = new Agent({
    connections,
    pipelining: 1,
    connect: { timeout: 10_000 },
    // The deadline of the request covers both; key writes legitimately take more than 15 s before the first byte (B§4.7).
    headersTimeout: 0,
    bodyTimeout: 0,
  });
  return {
    exchange: (request) => exchange(agent, address, request),
    // destroy, not close: a request that hangs must not keep the process alive.
    close: () => agent.destroy(),
  };
}

/** The whole request has been handed to the operating system; what the gateway makes of it, nobody here knows yet. */
function noticeSent(message: unknown): void {
  const { method } = (message as { readonly request: { readonly method: string } }).request;
  if (method !== 'GET') failpoint('send.written', method); // FAILPOINT
}

async function exchange(agent: Agent, address: Address, request: HttpRequest): Promise<HttpAnswer> {
  const deadline = AbortSignal.timeout(request.timeoutMs);
  try {
    const answer = await agent.request({
      origin: address.origin,
      path: address.prefix + request.path,
      method: request.method,
      headers: request.headers,
      body: request.body,
      signal: deadline,
    });
    return {
      status: answer.statusCode,
      header: (name) => first(answer.headers[name]),
      setCookies: all(answer.headers['set-cookie']),
      body: guarded(answer.body, deadline, request.timeoutMs),
      discard: () => void answer.body.on('error', () => undefined).destroy(),
    };
  } catch (error) {
    throw transportError(error, deadline, request.timeoutMs);
  }
}

async function* guarded(
  body: AsyncIterable<Uint8Array>,
  deadline: AbortSignal,
  timeoutMs: number,
): AsyncIterable<Uint8Array> {
  try {
    yield* body;
  } catch (error) {
    throw new TransportError(`the answer broke off: ${describe(error, deadline, timeoutMs)}`, true, { cause: error });
  }
}

function transportError(error: unknown, deadline: AbortSignal, timeoutMs: number): TransportError {
  return new TransportError(describe(error, deadline, timeoutMs), !neverSent(error), { cause: error });
}

function describe(error: unknown, deadline: AbortSignal, timeoutMs: number): string {
  return deadline.aborted ? `no answer within ${Math.ceil(timeoutMs / 1000)} s` : reasonOf(error);
}

const TLS_REFUSALS = /^(ERR_TLS_|ERR_SSL_|CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_)/;

function neverSent(error: unknown): boolean {
  if (error instanceof AggregateError) return error.errors.length > 0 && error.errors.every(neverSent);
  if (!(error instanceof Error)) return false;
  const { code, syscall } = error as NodeJS.ErrnoException;
  return (
    syscall === 'connect' ||
    syscall === 'getaddrinfo' ||
    code === 'UND_ERR_CONNECT_TIMEOUT' ||
    TLS_REFUSALS.test(code ?? '')
  );
}

function first(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header;
}

function all(header: string | string[] | undefined): readonly string[] {
  return header === undefined ? [] : [header].flat();
}

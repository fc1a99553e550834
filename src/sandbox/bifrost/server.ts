import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { lockedText, type Fault } from './faults.js';
import { BIFROST_SANDBOX_OPTIONS, type BifrostSandboxOptions } from './options.js';
import { personalityOf } from './personality.js';
import { dashboard, plainText, Refusal, refusalReply, type Reply } from './reply.js';
import { isControl, newSandbox, REAL_DEPS, type Request, type Sandbox, type SandboxDeps } from './sandbox.js';
import { toBytes } from './secrets.js';

export type BifrostSandbox = { readonly url: string; close(): Promise<void> };

/** Starts a pretended gateway on 127.0.0.1, in this process. */
export async function startBifrostSandbox(
  options: BifrostSandboxOptions = {},
  deps: SandboxDeps = REAL_DEPS,
): Promise<BifrostSandbox> {
  const settings = BIFROST_SANDBOX_OPTIONS.parse(options);
  const sandbox = newSandbox(settings, deps);
  const personality = personalityOf(settings.personality);
  const server = createServer({ maxHeaderSize: 64 * 1024 }, (incoming, response) => {
    void serve(sandbox, personality, settings.latencyMs, incoming, response).catch((error: unknown) => {
      // A bug of the sandbox must be seen, not hang a test.
      process.stderr.write(
        `bifrost sandbox: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
      );
      response.destroy();
    });
  });
  // The real gateway never times a connection out (B§8).
  server.keepAliveTimeout = 0;
  server.requestTimeout = 0;
  server.headersTimeout = 0;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(settings.port, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Waits without keeping a stopped sandbox alive. */
function pause(ms: number): Promise<void> {
  return sleep(ms, undefined, { ref: false });
}

type Personality = ReturnType<typeof personalityOf>;

async function serve(
  sandbox: Sandbox,
  personality: Personality,
  latencyMs: number,
  incoming: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const [path = '/'] = splitOnce(incoming.url ?? '/', '?');
  if (!isControl(path) && sandbox.faults.cutsOff({ method: incoming.method ?? 'GET', path })) {
    incoming.socket.resetAndDestroy();
    return;
  }
  const request = await readRequest(incoming);
  if (request === null) return;
  if (isControl(request.path)) return send(response, sandbox.control(request));
  sandbox.stats.count(request, Date.now());
  const origin = `http://${incoming.headers.host ?? '127.0.0.1'}`;
  const fault = sandbox.faults.next(request);
  if (latencyMs > 0) await pause(latencyMs);
  if (fault) await suffer(fault, { sandbox, personality, request, origin, response });
  else send(response, sandbox.answer(request, origin));
  if (fault?.kind !== 'overtaken') sandbox.overtaken.answered(request);
}

type Sufferer = {
  readonly sandbox: Sandbox;
  readonly personality: Personality;
  readonly request: Request;
  readonly origin: string;
  readonly response: ServerResponse;
};

async function suffer(fault: Fault, { sandbox, personality, request, origin, response }: Sufferer): Promise<void> {
  const commit = (): Reply => sandbox.answer(request, origin);
  switch (fault.kind) {
    case 'latency':
      await pause(fault.ms);
      return send(response, commit());
    case 'late':
      // The client may be gone by then; the write happens all the same.
      await pause(fault.ms);
      return send(response, commit());
    case 'status': {
      if (fault.when === 'after') commit();
      const headers = fault.retryAfter === undefined ? {} : { 'retry-after': String(fault.retryAfter) };
      const refusal = refusalReply(new Refusal(fault.code, 'sandbox fault'), personality);
      return send(response, { ...refusal, ...(fault.body === undefined ? {} : { body: fault.body }), headers });
    }
    case 'locked':
      return send(response, refusalReply(new Refusal(500, lockedText(request)), personality));
    case 'html':
      if (fault.when === 'after') commit();
      return send(response, dashboard());
    case 'truncate': {
      const reply = commit();
      return send(response, { ...reply, body: reply.body.slice(0, Math.max(1, Math.floor(reply.body.length / 2))) });
    }
    case 'blackhole':
      return;
    case 'overtaken':
      return sandbox.overtaken.wait(fault.by, () => void commit());
    case 'echo':
      return send(response, echo(fault, request, personality));
    case 'reset':
      return resetConnection(fault.when, commit, response);
  }
}

function resetConnection(
  when: 'unread' | 'before' | 'after' | 'mid-body',
  commit: () => Reply,
  response: ServerResponse,
): void {
  const reply = when === 'before' ? null : commit();
  if (reply === null || when === 'after') {
    response.socket?.resetAndDestroy();
    return;
  }
  const bytes = toBytes(reply.body);
  response.writeHead(reply.status, {
    'content-type': reply.contentType ?? 'application/json',
    'content-length': bytes.length,
  });
  response.write(bytes.subarray(0, Math.floor(bytes.length / 2)), () => response.socket?.resetAndDestroy());
}

function send(response: ServerResponse, reply: Reply): void {
  if (response.destroyed) return;
  const bytes = toBytes(reply.body);
  response.writeHead(reply.status, {
    ...(reply.contentType === null ? {} : { 'content-type': reply.contentType }),
    'content-length': bytes.length,
    ...reply.headers,
  });
  response.end(bytes);
}

function echo(
  { code, as }: Extract<Fault, { kind: 'echo' }>,
  { method, path, headers, text }: Request,
  personality: Personality,
): Reply {
  // What comes first survives when a reader cuts the message.
  const [first, second] = as === 'json' ? [text, JSON.stringify(headers)] : [JSON.stringify(headers), text];
  const quoted = `cannot take ${method} ${path} with ${first} and ${second}`;
  if (as === 'json') return refusalReply(new Refusal(code, quoted), personality);
  return as === 'html'
    ? { status: code, contentType: 'text/html; charset=utf-8', body: `<html><body>${quoted}</body></html>` }
    : plainText(code, quoted);
}

/** null when the client hung up while sending. */
async function readRequest(incoming: IncomingMessage): Promise<Request | null> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
  } catch {
    return null;
  }
  const [path = '/', search = ''] = splitOnce(incoming.url ?? '/', '?');
  const headers = Object.entries(incoming.headers).map(
    ([name, value]) => [name, Array.isArray(value) ? value.join(', ') : (value ?? '')] as const,
  );
  return {
    method: incoming.method ?? 'GET',
    path,
    query: new URLSearchParams(search),
    headers: Object.fromEntries(headers),
    text: Buffer.concat(chunks).toString('utf8'),
  };
}

function splitOnce(text: string, separator: string): readonly string[] {
  const at = text.indexOf(separator);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}

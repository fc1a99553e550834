import {
  createServer,
  request,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { selfSigned } from './certificate.js';

export type TestServer = {
  readonly url: string;
  /** What arrived: method, path, headers and body. */
  readonly received: readonly string[];
  close(): Promise<void>;
};

type Answer = (
  request: { readonly method: string; readonly path: string; readonly text: string },
  response: ServerResponse,
) => void;

/** Answers on 127.0.0.1 and remembers everything it was sent. */
export async function startServer(answer: Answer, tls = false): Promise<TestServer & { readonly cert: string }> {
  const received: string[] = [];
  const listener: RequestListener = (incoming, response) => {
    void read(incoming).then((body) => {
      const { method = 'GET', url: path = '/' } = incoming;
      const text = `${method} ${path} ${JSON.stringify(incoming.headers)} ${body}`;
      received.push(text);
      answer({ method, path, text }, response);
    });
  };
  const pair = tls ? selfSigned() : { key: '', cert: '' };
  const server = tls ? createTlsServer(pair, listener) : createServer(listener);
  const url = await listen(server, tls ? 'https' : 'http');
  return { url, received, cert: pair.cert, close: () => closed(server) };
}

/** Passes everything on, but for what `instead` answers itself. */
export async function startProxy(to: string, instead: (path: string) => Answer | null): Promise<TestServer> {
  const received: string[] = [];
  const server = createServer((incoming, response) => {
    void read(incoming).then((body) => {
      const { method = 'GET', url: path = '/' } = incoming;
      const text = `${method} ${path} ${JSON.stringify(incoming.headers)} ${body}`;
      received.push(text);
      const own = instead(path);
      if (own !== null) return own({ method, path, text }, response);
      const passed = request(new URL(path, to), { method, headers: incoming.headers }, (reply) => {
        response.writeHead(reply.statusCode ?? 502, reply.headers);
        reply.pipe(response);
      });
      passed.on('error', () => response.destroy());
      passed.end(body);
    });
  });
  return { url: await listen(server, 'http'), received, close: () => closed(server) };
}

export function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

async function read(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

async function listen(server: Server, scheme: string): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

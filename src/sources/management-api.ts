import { Agent, type Dispatcher } from 'undici';
import { setTimeout as pause } from 'node:timers/promises';
import { MigrateError, reasonOf } from '../errors.js';
import type { Secret } from '../secret.js';

/** An answer of the management API: any status below 500 with a JSON body. */
export type Answer = { readonly status: number; readonly body: unknown };
export type Query = { readonly [name: string]: string | number | boolean };

/** LiteLLM's management API, read side. Sends nothing but GETs. */
export interface ManagementApi {
  /** Base URL without credentials, query and trailing slash. */
  readonly identity: string;
  /**
   * GET with the master key. 5xx, 429 and broken connections are tried again.
   * @throws MigrateError source_unreachable, source_unexpected (redirect, HTML, no JSON), source_unauthorized (401).
   */
  get(path: string, query?: Query): Promise<Answer>;
  close(): Promise<void>;
}

export type ApiOptions = {
  readonly url: string;
  readonly masterKey: Secret;
  /** Milliseconds between tries; tests shorten it. */
  readonly retryDelay?: number;
};

const TRIES = 4;
const MEGABYTE = 1024 * 1024;

export function connectManagementApi(options: ApiOptions): ManagementApi {
  const base = baseUrl(options.url);
  const identity = base.origin + base.pathname.replace(/\/+$/, '');
  const agent = new Agent({
    connections: 8,
    connect: { timeout: 10_000 },
    headersTimeout: 120_000,
    bodyTimeout: 120_000,
    maxResponseSize: 1024 * MEGABYTE,
  });

  async function once({
    origin,
    pathname,
    search,
  }: URL): Promise<Answer | { readonly again: string; readonly after: number | null }> {
    let reply: Dispatcher.ResponseData;
    let text: string;
    try {
      reply = await agent.request({
        origin,
        path: pathname + search,
        method: 'GET',
        headers: { authorization: `Bearer ${options.masterKey.reveal()}`, accept: 'application/json' },
      });
      text = await reply.body.text();
    } catch (error) {
      return { again: reasonOf(error), after: null };
    }
    const status = reply.statusCode;
    if (status >= 300 && status < 400) throw redirected(identity, reply.headers.location);
    const body = parse(status >= 400 ? withoutKey(text, options.masterKey.reveal()) : text);
    if (status >= 500 || status === 429)
      return { again: `HTTP ${status}${detail(body)}`, after: retryAfter(reply.headers['retry-after']) };
    if (status === 401) throw unauthorized(identity, detail(body));
    if (body === undefined) throw notJson(identity, pathname, status, String(reply.headers['content-type'] ?? ''));
    return { status, body };
  }

  return {
    identity,
    async get(path, query = {}) {
      const search = new URLSearchParams();
      for (const [name, value] of Object.entries(query)) search.set(name, String(value));
      const url = new URL(`${identity}${path}${search.size === 0 ? '' : `?${search.toString()}`}`);
      let reason = '';
      for (let attempt = 1; attempt <= TRIES; attempt++) {
        const outcome = await once(url);
        if (!('again' in outcome)) return outcome;
        reason = outcome.again;
        if (attempt < TRIES) await pause(outcome.after ?? (options.retryDelay ?? 300) * 2 ** (attempt - 1));
      }
      throw reason.startsWith('HTTP ')
        ? new MigrateError(
            'source_unexpected',
            `LiteLLM answers GET ${path} with ${reason}`,
            'Look into the log of the proxy, then run again.',
          )
        : unreachable(identity, reason);
    },
    close: () => agent.close(),
  };
}

function baseUrl(text: string): URL {
  if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return new URL(text);
  throw new MigrateError(
    'usage',
    'LITELLM_URL is not an http:// or https:// address',
    'Set LITELLM_URL, e.g. http://localhost:4000.',
  );
}

/** A refusal may quote the key it was given, whatever that looks like. */
function withoutKey(text: string, key: string): string {
  return key.length < 4 ? text : text.replaceAll(key, '***').replaceAll(JSON.stringify(key).slice(1, -1), '***');
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** The sentence in any of the three error envelopes (L§1.2), shortened; starts with `: ` or is empty. */
export function detail(body: unknown): string {
  const text = errorText(body).replace(/\s+/g, ' ').trim();
  // The proxy may echo the key it was given.
  const safe = text.replace(/sk-[A-Za-z0-9_.*-]+/g, 'sk-***');
  return safe === '' ? '' : `: ${safe.length > 200 ? `${safe.slice(0, 200)}…` : safe}`;
}

function errorText(body: unknown): string {
  if (typeof body === 'string') return body;
  if (typeof body !== 'object' || body === null) return '';
  const { error, detail: inner, message, msg } = body as Record<string, unknown>;
  if (Array.isArray(inner)) return errorText(inner[0]);
  for (const part of [error, inner, message, msg]) {
    const text = errorText(part);
    if (text !== '') return text;
  }
  return '';
}

/** Seconds or an HTTP date → milliseconds, at most a minute. */
function retryAfter(header: string | string[] | undefined): number | null {
  if (typeof header !== 'string') return null;
  const seconds = Number(header);
  const wait = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(header) - Date.now();
  return Number.isNaN(wait) ? null : Math.min(Math.max(wait, 0), 60_000);
}

function unreachable(identity: string, reason: string): MigrateError {
  return new MigrateError(
    'source_unreachable',
    `LiteLLM at ${identity} cannot be reached: ${reason}`,
    'Check LITELLM_URL, and that the proxy is running; it must answer even when LITELLM_DB_URL is set.',
    { cause: new Error(reason) },
  );
}

function unauthorized(identity: string, text: string): MigrateError {
  return new MigrateError(
    'source_unauthorized',
    `LiteLLM at ${identity} refuses the key${text}`,
    'Set LITELLM_MASTER_KEY to the master key of the proxy, or to a key of a proxy admin.',
  );
}

function redirected(identity: string, location: string | string[] | undefined): MigrateError {
  const target =
    typeof location === 'string' && URL.canParse(location, identity)
      ? new URL(location, identity).origin
      : 'somewhere else';
  return new MigrateError(
    'source_unexpected',
    `LiteLLM at ${identity} redirects to ${target}; the master key is not sent there`,
    'Set LITELLM_URL to the address that answers without a redirect.',
  );
}

function notJson(identity: string, path: string, status: number, type: string): MigrateError {
  return new MigrateError(
    'source_unexpected',
    `${identity} does not answer like a LiteLLM proxy: GET ${path} gave HTTP ${status} with ${type === '' ? 'no content type' : type} instead of JSON`,
    'Check LITELLM_URL: it must be the base address of the proxy, with its path if it has one.',
  );
}

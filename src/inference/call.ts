import { Agent } from 'undici';
import { isObject } from '../json.js';
import { reasonOf } from '../errors.js';
import { withoutSecrets } from '../target/redact.js';
import type { Secret } from '../secret.js';

/**
 *  in       the gateway let the call in, whatever the upstream made of it
 *  out      the gateway refused it: not allowed, no such model, blocked, expired
 *  unknown  that cannot be told: a limit said no, the gateway broke down or did not answer
 */
export type Admission = 'in' | 'out' | 'unknown';

export type CallAnswer = {
  readonly admission: Admission;
  /** null = no answer came. */
  readonly status: number | null;
  /** What the gateway says of a call it did not carry out; empty otherwise. */
  readonly message: string;
};

/** An answer as far as a judgement needs it. Header names in lower case. */
export type Exchange = {
  readonly status: number;
  readonly headers: { readonly [name: string]: string | readonly string[] | undefined };
  /** undefined = no JSON. */
  readonly json: unknown;
};

export type Judge = (exchange: Exchange) => { readonly admission: Admission; readonly message: string };

/** Asks one gateway with the key of a caller. */
export interface Caller {
  ask(key: Secret, model: string): Promise<CallAnswer>;
  close(): Promise<void>;
}

/** A completion may take its time; one of a single token does not take this long. */
const PATIENCE_MS = 60_000;
const LONGEST_MESSAGE = 300;
const LONGEST_ANSWER = 4 * 1024 * 1024;

/** Calls are the smallest there are: one word asked, one token answered. No redirects, no second try: each may cost money. */
export function openCaller(baseUrl: string, judge: Judge, patienceMs = PATIENCE_MS): Caller {
  const agent = new Agent({ connections: 8, connect: { timeout: 10_000 }, maxResponseSize: LONGEST_ANSWER });
  const { origin, pathname } = new URL(`${baseUrl.replace(/\/+$/, '')}/v1/chat/completions`);
  return {
    ask: async (key, model) => {
      try {
        const {
          statusCode: status,
          headers,
          body,
        } = await agent.request({
          origin,
          path: pathname,
          method: 'POST',
          headers: { authorization: `Bearer ${key.reveal()}`, 'content-type': 'application/json' },
          body: JSON.stringify({ model, messages: [{ role: 'user', content: 'hi' }], max_tokens: 1 }),
          signal: AbortSignal.timeout(patienceMs),
        });
        const { admission, message } = judge({ status, headers, json: parsed(await body.text()) });
        return { admission, status, message: shown(message, key) };
      } catch (error) {
        return { admission: 'unknown', status: null, message: shown(reasonOf(error), key) };
      }
    },
    close: () => agent.destroy(),
  };
}

/** A member of a JSON value at the end of a path, when it is a text. */
export function textAt(value: unknown, ...path: readonly string[]): string | null {
  const found = path.reduce<unknown>((at, name) => (isObject(at) ? at[name] : undefined), value);
  return typeof found === 'string' ? found : null;
}

function shown(message: string, key: Secret): string {
  return withoutSecrets(message, [key.reveal()]).slice(0, LONGEST_MESSAGE);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

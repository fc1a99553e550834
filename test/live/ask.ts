import { silent, type Answer, type Exchange } from './answer.js';
import { readBifrostAnswer } from './bifrost-answer.js';
import { readLitellmAnswer } from './litellm-answer.js';

export type Ask = (credential: string, model: string) => Promise<Answer>;

/** LiteLLM gives up on dead upstreams at once; when it takes longer than this, it is LiteLLM that does not answer. */
const LITELLM_PATIENCE: Patience = { firstMs: 60_000, laterMs: 60_000, meansLetIn: false };
/**
 * Bifrost refuses within milliseconds. A call that is still out after this long was let in and waits for an upstream that
 * does not answer: it tries for a minute and a half to get an Azure token. Once a name has been waited for, its later calls
 * need not prove it again.
 */
const BIFROST_PATIENCE: Patience = { firstMs: 15_000, laterMs: 2_500, meansLetIn: true };
type Patience = { readonly firstMs: number; readonly laterMs: number; readonly meansLetIn: boolean };

export const CHAT_PATH = '/v1/chat/completions';

/** Asks LiteLLM at a base URL. */
export function litellmAsker(baseUrl: string): Ask {
  return asker(baseUrl + CHAT_PATH, readLitellmAnswer, LITELLM_PATIENCE);
}

/** Asks Bifrost the way a former LiteLLM caller does: base URL `<bifrost>/litellm`, or the plain OpenAI path (A6). */
export function bifrostAsker(baseUrl: string, prefix: string): Ask {
  const ask = asker(baseUrl + prefix + CHAT_PATH, readBifrostAnswer, BIFROST_PATIENCE);
  return async (credential, model) => {
    for (let tried = 1; ; tried += 1) {
      const answer = await ask(credential, model);
      if (tried > BROKEN_TRIES || !BROKEN_CONNECTION.test(answer.message ?? '')) return answer;
      await new Promise((resolve) => setTimeout(resolve, BROKEN_PAUSE_MS));
    }
  };
}

/**
 * Connections to the upstream that break on Bifrost's side of the wire: 1.5.2 answers so for some seconds after its providers
 * were written, and now and then later, and does not try again by itself.
 */
const BROKEN_CONNECTION = /^failed to execute HTTP request to provider API/;
const BROKEN_TRIES = 3;
const BROKEN_PAUSE_MS = 1_000;

function asker(url: string, read: (exchange: Exchange) => Answer, patience: Patience): Ask {
  const slow = new Set<string>();
  return async (credential, model) => {
    try {
      return read(await post(url, credential, model, slow.has(model) ? patience.laterMs : patience.firstMs));
    } catch (error) {
      if (!isTimeout(error) || !patience.meansLetIn) return silent(reasonOf(error));
      slow.add(model);
      return { ...silent('no answer in time'), kind: 'failed', type: 'timeout' };
    }
  };
}

async function post(url: string, credential: string, model: string, patienceMs: number): Promise<Exchange> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { authorization: `Bearer ${credential}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model, messages: [{ role: 'user', content: 'hi' }], max_tokens: 5 }),
    signal: AbortSignal.timeout(patienceMs),
  });
  return { status: response.status, headers: Object.fromEntries(response.headers), body: await response.text() };
}

function isTimeout(error: unknown): boolean {
  return error instanceof Error && error.name === 'TimeoutError';
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}

/** Runs `work` over `items`, at most `limit` at a time, in order of start. */
export async function inParallel<T>(
  items: readonly T[],
  limit: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const queue = items[Symbol.iterator]();
  const worker = async () => {
    for (const item of queue) await work(item);
  };
  await Promise.all(Array.from({ length: limit }, worker));
}

import { isObject } from '../json.js';
import { lenientText, withoutSecrets } from './redact.js';
import type { HttpAnswer } from './transport.js';

/** An answer read to its end. */
export type Answer = {
  readonly status: number;
  /** Parsed body; undefined unless the content type says JSON and it parses. */
  readonly json: unknown;
  readonly isHtml: boolean;
  /** Said to be JSON, but cut off or garbled. */
  readonly broken: boolean;
  /** One line for messages: the gateway's error message, or the beginning of a plain text. Secrets removed. */
  readonly text: string;
  readonly retryAfter: string | undefined;
  readonly location: string | undefined;
  readonly setCookies: readonly string[];
};

const LONGEST_TEXT = 300;

/** Reads the body, at most `maxBytes`; a longer one counts as unreadable. Throws TransportError when it breaks off. */
export async function readAnswer(answer: HttpAnswer, maxBytes: number, secrets: readonly string[]): Promise<Answer> {
  const bytes = await collect(answer, maxBytes);
  const type = answer.header('content-type') ?? '';
  const isJson = /^application\/(.+\+)?json\b/i.test(type);
  const body = bytes === null ? '' : lenientText(bytes);
  const json = isJson && bytes !== null ? parseJson(body) : undefined;
  const isHtml = /^text\/html\b/i.test(type);
  const location = answer.header('location');
  return {
    status: answer.status,
    json,
    isHtml,
    broken: isJson && bytes !== null && json === undefined,
    text: bytes === null ? `an answer of more than ${maxBytes} bytes` : describe(body, json, isHtml, secrets),
    retryAfter: answer.header('retry-after'),
    location: location === undefined ? undefined : withoutSecrets(location, secrets),
    setCookies: answer.setCookies,
  };
}

async function collect(answer: HttpAnswer, maxBytes: number): Promise<Buffer | null> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of answer.body) {
    size += chunk.length;
    if (size > maxBytes) {
      answer.discard();
      return null;
    }
    chunks.push(chunk);
  }
  // Most answers are one chunk: no copy of it is needed.
  const [first] = chunks;
  return chunks.length === 1 && first !== undefined
    ? Buffer.from(first.buffer, first.byteOffset, first.length)
    : Buffer.concat(chunks);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function describe(body: string, json: unknown, isHtml: boolean, secrets: readonly string[]): string {
  if (isHtml) return 'an HTML page';
  // Four thousand characters are plenty to cut 300 from, and no half of a secret survives at the cut.
  const message = json === undefined ? body.slice(0, 4000) : messageOf(json);
  return withoutSecrets(message, secrets).replace(/\s+/g, ' ').trim().slice(0, LONGEST_TEXT);
}

/** `error.message` is the only member of the error envelope that all versions share (B§2). */
function messageOf(json: unknown): string {
  if (!isObject(json)) return '';
  const { error, message } = json;
  if (isObject(error) && typeof error['message'] === 'string') return error['message'];
  if (typeof error === 'string') return error;
  return typeof message === 'string' ? message : '';
}

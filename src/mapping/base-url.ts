import { createHash } from 'node:crypto';
import type { Wire } from './providers.js';

/** Where a custom provider sends its requests, so that Bifrost calls what LiteLLM called (mapping.md M11, B§3.7). */
export type BaseUrl = {
  /** network_config.base_url; no trailing slash, no `/v1` that Bifrost appends itself. */
  readonly baseUrl: string;
  /** Non-empty when the API has no `/v1` in its shape: request type → path, streaming types too (B§3.5). */
  readonly paths: { readonly [requestType: string]: string };
};

/** Paths an OpenAI client appends to its base; Bifrost's request types of the same meaning (B§3.5). */
const OPENAI_PATHS: { readonly [requestType: string]: string } = {
  list_models: '/models',
  text_completion: '/completions',
  text_completion_stream: '/completions',
  chat_completion: '/chat/completions',
  chat_completion_stream: '/chat/completions',
  responses: '/responses',
  responses_stream: '/responses',
  embedding: '/embeddings',
  speech: '/audio/speech',
  speech_stream: '/audio/speech',
  transcription: '/audio/transcriptions',
  transcription_stream: '/audio/transcriptions',
  image_generation: '/images/generations',
  image_generation_stream: '/images/generations',
  image_edit: '/images/edits',
  image_edit_stream: '/images/edits',
  image_variation: '/images/variations',
};

const trimSlashes = (url: string): string => url.replace(/\/+$/, '');
const strip = (url: string, ...endings: readonly string[]): string => {
  const ending = endings.find((e) => url.endsWith(e));
  return ending === undefined ? url : trimSlashes(url.slice(0, -ending.length));
};

/** Turns a LiteLLM api_base into Bifrost's base_url (+ path overrides) for one wire (M11). */
export function bifrostBase(apiBase: string, wire: Wire): BaseUrl {
  const base = trimSlashes(apiBase);
  switch (wire) {
    case 'openai':
      return base.endsWith('/v1') ? { baseUrl: strip(base, '/v1'), paths: {} } : { baseUrl: base, paths: OPENAI_PATHS };
    case 'anthropic':
      return { baseUrl: strip(base, '/v1/messages', '/v1'), paths: {} };
    case 'cohere':
      return { baseUrl: strip(base, '/v1/chat', '/v2/chat', '/v1', '/v2'), paths: {} };
    case 'huggingface':
    case 'replicate':
      return { baseUrl: strip(base, '/v1'), paths: {} };
    case 'gemini':
      return { baseUrl: base, paths: {} };
  }
}

/** Same endpoint whatever slashes and `/v1` it was written with (M8). */
export function sameBase(a: string, b: string): boolean {
  const normal = (url: string): string => strip(trimSlashes(url), '/v1').toLowerCase();
  return normal(a) === normal(b);
}

/** `<prefix>-<16 hex>`: the same name every run, and the one the earlier public tool used (M9). */
export function customProviderName(prefix: string, apiBase: string): string {
  return `${prefix}-${createHash('sha256')
    .update(`${prefix}\0${trimSlashes(apiBase)}`)
    .digest('hex')
    .slice(0, 16)}`;
}

export type HostKind = 'public' | 'private' | 'loopback' | 'invalid';

/** What Bifrost's base-URL check will think of the host without resolving it (B§3.6); names count as public. */
export function hostKind(url: string): HostKind {
  let host: string;
  try {
    const parsed = new URL(url);
    if (parsed.protocol !== 'http:' && parsed.protocol !== 'https:') return 'invalid';
    host = parsed.hostname.toLowerCase();
  } catch {
    return 'invalid';
  }
  if (host === 'localhost' || host.endsWith('.localhost') || /^127\./.test(host) || host === '[::1]') return 'loopback';
  if (/^10\.|^192\.168\.|^172\.(1[6-9]|2\d|3[01])\./.test(host) || /^\[f[cd]/.test(host)) return 'private';
  return 'public';
}

/** Host (with port) of a URL for names people read; the text itself when it is no URL. */
export function hostOf(url: string): string {
  try {
    return new URL(url).host;
  } catch {
    return url;
  }
}

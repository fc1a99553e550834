import type { Personality } from './personality.js';

/** What the gateway knows about providers by itself (B§3.3, B§3.5, B§3.7). */

const SHARED = [
  'anthropic',
  'azure',
  'bedrock',
  'cerebras',
  'cohere',
  'elevenlabs',
  'fireworks',
  'gemini',
  'groq',
  'huggingface',
  'mistral',
  'nebius',
  'ollama',
  'openai',
  'openrouter',
  'parasail',
  'perplexity',
  'replicate',
  'runway',
  'sgl',
  'vertex',
  'vllm',
  'xai',
];
const OLD: ReadonlySet<string> = new Set(SHARED);
const CURRENT: ReadonlySet<string> = new Set([...SHARED, 'opencode-go', 'opencode-zen', 'runware']);

export function standardProviders(personality: Personality): ReadonlySet<string> {
  return personality.scopedLimits ? CURRENT : OLD;
}

/** What a custom provider may be based on. */
export const BASE_TYPES: ReadonlySet<string> = new Set([
  'anthropic',
  'bedrock',
  'cohere',
  'gemini',
  'openai',
  'huggingface',
  'replicate',
]);

/** Providers whose keys may have no value (B§4.3). */
export const VALUELESS: ReadonlySet<string> = new Set(['vertex', 'bedrock', 'vllm', 'azure', 'ollama', 'sgl']);

export const DEFAULT_BASES: { readonly [provider: string]: string } = {
  openai: 'https://api.openai.com',
  anthropic: 'https://api.anthropic.com',
  cohere: 'https://api.cohere.ai',
  gemini: 'https://generativelanguage.googleapis.com/v1beta',
  groq: 'https://api.groq.com/openai',
  fireworks: 'https://api.fireworks.ai/inference',
  openrouter: 'https://openrouter.ai/api',
  mistral: 'https://api.mistral.ai',
  cerebras: 'https://api.cerebras.ai',
  xai: 'https://api.x.ai',
  parasail: 'https://api.parasail.io',
  nebius: 'https://api.tokenfactory.nebius.com',
  perplexity: 'https://api.perplexity.ai',
  huggingface: 'https://router.huggingface.co',
  replicate: 'https://api.replicate.com',
  'opencode-zen': 'https://opencode.ai/zen',
  'opencode-go': 'https://opencode.ai/zen/go',
  runware: 'https://api.runware.ai/v1',
};

const REQUEST_TYPES =
  `list_models text_completion text_completion_stream chat_completion chat_completion_stream responses responses_stream
 count_tokens compaction embedding rerank ocr speech speech_stream transcription transcription_stream image_generation image_generation_stream
 image_edit image_edit_stream image_variation video_generation video_retrieve video_download video_delete video_list video_remix batch_create
 batch_list batch_retrieve batch_cancel batch_delete batch_results file_upload file_list file_retrieve file_delete file_content container_create
 container_list container_retrieve container_delete container_file_create container_file_list container_file_retrieve container_file_content
 container_file_delete passthrough passthrough_stream websocket_responses realtime cached_content_create cached_content_list
 cached_content_retrieve cached_content_update cached_content_delete`.split(/\s+/);

/** Members of `allowed_requests`: the echo names every one (B§3.5). */
export function requestTypes(personality: Personality): readonly string[] {
  return personality.scopedLimits ? REQUEST_TYPES : REQUEST_TYPES.filter((type) => type !== 'compaction');
}

import { isObject } from '../json.js';
import type { Client } from './client.js';
import { read } from './reads.js';

/** Built in from 1.4.19 on (B§3.3). */
const ALWAYS = [
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

/** Seen on 1.5.16; the first two came with 1.5.14. */
const NEWER = ['opencode-go', 'opencode-zen', 'runware'];

/**
 * Which provider names are built in. A name wrongly called built in becomes a provider that answers 200 and never serves
 * (B§3.2), one wrongly called custom is refused loudly: so a listed provider counts only when it works, that is without a
 * custom configuration and `active`.
 */
export async function standardProviders(client: Client, newer: boolean): Promise<ReadonlySet<string>> {
  const list = await read(client, '/api/providers', 'providers');
  const rows = isObject(list) && Array.isArray(list['providers']) ? list['providers'] : [];
  const working = rows.filter(isObject).filter(isWorkingStandard);
  return new Set([...ALWAYS, ...(newer ? NEWER : []), ...working.map((row) => String(row['name']))]);
}

function isWorkingStandard(row: Record<string, unknown>): boolean {
  const custom = row['custom_provider_config'] !== undefined && row['custom_provider_config'] !== null;
  return typeof row['name'] === 'string' && !custom && row['provider_status'] === 'active';
}

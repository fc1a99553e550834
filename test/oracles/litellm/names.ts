import { readFileSync } from 'node:fs';
import type { Release } from './release.js';

/** What is known about a name by its text alone: list entries with `*` (L§4.4) and providers of names (L§7.1). */

/** First path segments that name a provider (L§7.2 to §7.4). */
const SLUGS = new Set(
  (
    'openai custom_openai openai_like text-completion-openai aiohttp_openai anyscale ai21_chat ai21 aiml amazon_nova azure azure_text azure_ai ' +
    'baseten cerebras clarifai codestral text-completion-codestral cometapi compactifai dashscope databricks datarobot deepinfra deepseek ' +
    'docker_model_runner empower featherless_ai fireworks_ai friendliai galadriel github gradient_ai groq heroku hosted_vllm hyperbolic ' +
    'lambda_ai lemonade litellm_proxy llamafile lm_studio meta_llama minimax mistral moonshot morph nebius novita nscale nvidia_nim openrouter ' +
    'ovhcloud perplexity sambanova together_ai v0 vercel_ai_gateway volcengine wandb xai xinference zai publicai helicone veniceai xiaomi_mimo ' +
    'scaleway synthetic apertis nano-gpt poe chutes abliteration llamagate gmi sarvam anthropic anthropic_text bedrock sagemaker sagemaker_chat ' +
    'vertex_ai vertex_ai_beta gemini cohere cohere_chat huggingface replicate ollama ollama_chat watsonx watsonx_text predibase snowflake ' +
    'cloudflare nlp_cloud aleph_alpha petals oobabooga maritalk triton vllm oci sap gigachat bytez github_copilot chatgpt voyage jina_ai ' +
    'infinity deepgram elevenlabs aws_polly assemblyai recraft fal_ai stability topaz runwayml black_forest_labs'
  ).split(' '),
);

type KnownModels = { readonly [release: string]: { readonly [provider: string]: readonly string[] } };

const known = JSON.parse(
  readFileSync(new URL('../../fixtures/oracles/litellm-known-models.json', import.meta.url), 'utf8'),
) as KnownModels;

function tableOf(own: string): ReadonlyMap<string, string> {
  const rows = [known['both'], known[own]].flatMap((part) => Object.entries(part ?? {}));
  return new Map(rows.flatMap(([provider, names]) => names.map((name) => [name, provider] as const)));
}

const OLDER = tableOf('1.81.13');
const NEWER = tableOf('1.109.1');

/** Names without a slash that LiteLLM's model map knows, with their provider. */
export function knownModels(release: Release): ReadonlyMap<string, string> {
  return release === '1.81' ? OLDER : NEWER;
}

export type Provided = { readonly provider: string; readonly model: string };

/** L§7.1: slug, else the model map; null when LiteLLM could not tell. */
export function providerOf(name: string, release: Release): Provided | null {
  const table = knownModels(release);
  const slash = name.indexOf('/');
  if (slash < 0) {
    const provider = table.get(name);
    return provider === undefined ? null : { provider, model: name };
  }
  const [slug, model] = [name.slice(0, slash), name.slice(slash + 1)];
  if (!SLUGS.has(slug)) return null;
  return { provider: slug === 'cohere' && table.get(model) === 'cohere_chat' ? 'cohere_chat' : slug, model };
}

/** `openai/x` → `x`; a segment that is no provider stays. */
export function withoutSlug(name: string): string {
  const slash = name.indexOf('/');
  return slash > 0 && SLUGS.has(name.slice(0, slash)) ? name.slice(slash + 1) : name;
}

const compiled = new Map<string, RegExp | null>();

/** `*` is any text, everything else is a regular expression (L§4.4 ✓ `mod.l-*`); an entry that is none matches nothing. */
function expressionOf(entry: string): RegExp | null {
  let expression = compiled.get(entry);
  if (expression === undefined) {
    try {
      expression = new RegExp(`^${entry.replaceAll('*', '.*')}$`);
    } catch {
      expression = null;
    }
    compiled.set(entry, expression);
  }
  return expression;
}

/** Does a list entry with `*` match the name, or `<provider>/<name>` as a second chance (L§4.4)? */
export function wildcardAllows(entry: string, name: string, release: Release): boolean {
  if (!entry.includes('*')) return false;
  const expression = expressionOf(entry);
  if (expression === null) return false;
  if (expression.test(name)) return true;
  const provided = providerOf(name, release);
  return provided !== null && expression.test(`${provided.provider}/${provided.model}`);
}

/** Own members only: `constructor` is a name like any other. */
export function lookUp<T>(map: { readonly [name: string]: T }, name: string): T | undefined {
  return Object.hasOwn(map, name) ? map[name] : undefined;
}

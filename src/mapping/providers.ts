/**
 * What LiteLLM calls a provider, and what it becomes on Bifrost (mapping.md M6, M8–M10; L§7.2–7.4, B§3.3, B§3.7).
 * Only data and look-ups: no rule decides anything here.
 */

/** How requests of a provider look on the wire, which decides the base type of a custom provider. */
export type Wire = 'openai' | 'anthropic' | 'gemini' | 'cohere' | 'huggingface' | 'replicate';

/** Providers with a credential shape of their own. */
export type Structured = 'azure' | 'bedrock' | 'vertex' | 'vllm' | 'ollama' | 'sgl';

export type Slug =
  /** Built into Bifrost under `name`. `defaultBase` = LiteLLM's default: an equal api_base is no custom base (M8). */
  | {
      readonly kind: 'standard';
      readonly name: string;
      readonly wire: Wire;
      readonly defaultBase: string | null;
      readonly keyVariables: readonly string[];
    }
  | { readonly kind: 'structured'; readonly name: Structured; readonly keyVariables: readonly string[] }
  /** Not built in (or not everywhere): an openai-type custom provider at `base` (M10); null = api_base is required. */
  | {
      readonly kind: 'compatible';
      readonly base: string | null;
      readonly keyVariables: readonly string[];
      /** LiteLLM calls it without any key (it sends a dummy): keyless on Bifrost (M14). */
      readonly keyOptional: boolean;
    }
  | { readonly kind: 'unsupported'; readonly why: string };

const standard = (name: string, wire: Wire, defaultBase: string | null, ...keyVariables: string[]): Slug => ({
  kind: 'standard',
  name,
  wire,
  defaultBase,
  keyVariables,
});
const structured = (name: Structured, ...keyVariables: string[]): Slug => ({ kind: 'structured', name, keyVariables });
const compatible = (base: string | null, ...keyVariables: string[]): Slug => ({
  kind: 'compatible',
  base,
  keyVariables,
  keyOptional: false,
});
const local = (base: string | null, ...keyVariables: string[]): Slug => ({
  kind: 'compatible',
  base,
  keyVariables,
  keyOptional: true,
});
const unsupported = (why: string): Slug => ({ kind: 'unsupported', why });

const OPENAI_BASE = 'https://api.openai.com/v1';
const SIGNED = 'it signs requests in a way of its own';
const NOT_CHAT = 'it is not an OpenAI-compatible chat provider';

const TABLE: { readonly [slug: string]: Slug } = {
  openai: standard('openai', 'openai', OPENAI_BASE, 'OPENAI_API_KEY'),
  'text-completion-openai': standard('openai', 'openai', OPENAI_BASE, 'OPENAI_API_KEY'),
  custom_openai: standard('openai', 'openai', null, 'OPENAI_API_KEY'),
  openai_like: standard('openai', 'openai', null, 'OPENAI_LIKE_API_KEY'),
  litellm_proxy: standard('openai', 'openai', null, 'LITELLM_PROXY_API_KEY'),
  aiohttp_openai: standard('openai', 'openai', null),
  anthropic: standard('anthropic', 'anthropic', 'https://api.anthropic.com', 'ANTHROPIC_API_KEY'),
  anthropic_text: standard('anthropic', 'anthropic', 'https://api.anthropic.com', 'ANTHROPIC_API_KEY'),
  gemini: standard(
    'gemini',
    'gemini',
    'https://generativelanguage.googleapis.com/v1beta',
    'GOOGLE_API_KEY',
    'GEMINI_API_KEY',
  ),
  cohere: standard('cohere', 'cohere', 'https://api.cohere.ai', 'COHERE_API_KEY', 'CO_API_KEY'),
  cohere_chat: standard('cohere', 'cohere', 'https://api.cohere.ai', 'COHERE_API_KEY', 'CO_API_KEY'),
  huggingface: standard(
    'huggingface',
    'huggingface',
    'https://router.huggingface.co',
    'HF_TOKEN',
    'HUGGINGFACE_API_KEY',
  ),
  replicate: standard(
    'replicate',
    'replicate',
    'https://api.replicate.com/v1',
    'REPLICATE_API_KEY',
    'REPLICATE_API_TOKEN',
  ),
  groq: standard('groq', 'openai', 'https://api.groq.com/openai/v1', 'GROQ_API_KEY'),
  mistral: standard('mistral', 'openai', 'https://api.mistral.ai/v1', 'MISTRAL_AZURE_API_KEY', 'MISTRAL_API_KEY'),
  cerebras: standard('cerebras', 'openai', 'https://api.cerebras.ai/v1', 'CEREBRAS_API_KEY'),
  xai: standard('xai', 'openai', 'https://api.x.ai/v1', 'XAI_API_KEY'),
  perplexity: standard(
    'perplexity',
    'openai',
    'https://api.perplexity.ai',
    'PERPLEXITYAI_API_KEY',
    'PERPLEXITY_API_KEY',
  ),
  openrouter: standard('openrouter', 'openai', 'https://openrouter.ai/api/v1', 'OPENROUTER_API_KEY', 'OR_API_KEY'),
  nebius: standard('nebius', 'openai', 'https://api.studio.nebius.ai/v1', 'NEBIUS_API_KEY'),
  fireworks_ai: standard(
    'fireworks',
    'openai',
    'https://api.fireworks.ai/inference/v1',
    'FIREWORKS_API_KEY',
    'FIREWORKS_AI_API_KEY',
    'FIREWORKSAI_API_KEY',
    'FIREWORKS_AI_TOKEN',
  ),
  elevenlabs: standard('elevenlabs', 'openai', 'https://api.elevenlabs.io', 'ELEVENLABS_API_KEY'),
  runwayml: standard('runway', 'openai', 'https://api.dev.runwayml.com', 'RUNWAYML_API_KEY'),

  azure: structured('azure', 'AZURE_OPENAI_API_KEY', 'AZURE_API_KEY'),
  azure_text: structured('azure', 'AZURE_OPENAI_API_KEY', 'AZURE_API_KEY'),
  azure_ai: structured('azure', 'AZURE_AI_API_KEY'),
  bedrock: structured('bedrock'),
  bedrock_converse: structured('bedrock'),
  vertex_ai: structured('vertex'),
  vertex_ai_beta: structured('vertex'),
  hosted_vllm: structured('vllm', 'HOSTED_VLLM_API_KEY'),
  ollama: structured('ollama', 'OLLAMA_API_KEY'),
  ollama_chat: structured('ollama', 'OLLAMA_API_KEY'),
  sglang: structured('sgl', 'SGLANG_API_KEY'),

  anyscale: compatible('https://api.endpoints.anyscale.com/v1', 'ANYSCALE_API_KEY'),
  ai21: compatible('https://api.ai21.com/studio/v1', 'AI21_API_KEY'),
  ai21_chat: compatible('https://api.ai21.com/studio/v1', 'AI21_API_KEY'),
  aiml: compatible('https://api.aimlapi.com/v1', 'AIML_API_KEY'),
  amazon_nova: compatible('https://api.nova.amazon.com/v1', 'AMAZON_NOVA_API_KEY'),
  baseten: compatible('https://inference.baseten.co/v1', 'BASETEN_API_KEY'),
  clarifai: compatible('https://api.clarifai.com/v2/ext/openai/v1', 'CLARIFAI_API_KEY'),
  codestral: compatible('https://codestral.mistral.ai/v1', 'CODESTRAL_API_KEY'),
  cometapi: compatible('https://api.cometapi.com/v1', 'COMETAPI_KEY', 'COMETAPI_API_KEY'),
  compactifai: compatible('https://api.compactif.ai/v1', 'COMPACTIFAI_API_KEY'),
  dashscope: compatible('https://dashscope.aliyuncs.com/compatible-mode/v1', 'DASHSCOPE_API_KEY'),
  databricks: compatible(null, 'DATABRICKS_API_KEY'),
  deepinfra: compatible('https://api.deepinfra.com/v1/openai', 'DEEPINFRA_API_KEY'),
  deepseek: compatible('https://api.deepseek.com/beta', 'DEEPSEEK_API_KEY'),
  docker_model_runner: local('http://localhost:22088/engines/llama.cpp', 'DOCKER_MODEL_RUNNER_API_KEY'),
  empower: compatible('https://app.empower.dev/api/v1', 'EMPOWER_API_KEY'),
  featherless_ai: compatible('https://api.featherless.ai/v1', 'FEATHERLESS_API_KEY'),
  friendliai: compatible('https://api.friendli.ai/serverless/v1', 'FRIENDLIAI_API_KEY', 'FRIENDLI_TOKEN'),
  galadriel: compatible('https://api.galadriel.com/v1', 'GALADRIEL_API_KEY'),
  github: compatible('https://models.inference.ai.azure.com', 'GITHUB_API_KEY'),
  gradient_ai: compatible('https://inference.do-ai.run/v1', 'GRADIENT_AI_API_KEY'),
  heroku: compatible(null, 'HEROKU_API_KEY'),
  hyperbolic: compatible('https://api.hyperbolic.xyz/v1', 'HYPERBOLIC_API_KEY'),
  lambda_ai: compatible('https://api.lambda.ai/v1', 'LAMBDA_API_KEY'),
  lemonade: local('http://localhost:8000/api/v1'),
  llamafile: local('http://127.0.0.1:8080/v1', 'LLAMAFILE_API_KEY'),
  lm_studio: local(null, 'LM_STUDIO_API_KEY'),
  meta_llama: compatible('https://api.llama.com/compat/v1', 'LLAMA_API_KEY'),
  minimax: compatible('https://api.minimax.io/v1', 'MINIMAX_API_KEY'),
  moonshot: compatible('https://api.moonshot.ai/v1', 'MOONSHOT_API_KEY'),
  morph: compatible('https://api.morphllm.com/v1', 'MORPH_API_KEY'),
  novita: compatible('https://api.novita.ai/v3/openai', 'NOVITA_API_KEY'),
  nscale: compatible('https://inference.api.nscale.com/v1', 'NSCALE_API_KEY'),
  nvidia_nim: compatible('https://integrate.api.nvidia.com/v1', 'NVIDIA_NIM_API_KEY'),
  ovhcloud: compatible('https://oai.endpoints.kepler.ai.cloud.ovh.net/v1', 'OVHCLOUD_API_KEY'),
  sambanova: compatible('https://api.sambanova.ai/v1', 'SAMBANOVA_API_KEY'),
  together_ai: compatible(
    'https://api.together.xyz/v1',
    'TOGETHER_API_KEY',
    'TOGETHER_AI_API_KEY',
    'TOGETHERAI_API_KEY',
    'TOGETHER_AI_TOKEN',
  ),
  v0: compatible('https://api.v0.dev/v1', 'V0_API_KEY'),
  vercel_ai_gateway: compatible('https://ai-gateway.vercel.sh/v1', 'VERCEL_AI_GATEWAY_API_KEY', 'VERCEL_OIDC_TOKEN'),
  volcengine: compatible('https://ark.cn-beijing.volces.com/api/v3', 'VOLCENGINE_API_KEY', 'ARK_API_KEY'),
  wandb: compatible('https://api.inference.wandb.ai/v1', 'WANDB_API_KEY'),
  xinference: local('http://127.0.0.1:9997/v1', 'XINFERENCE_API_KEY'),
  zai: compatible('https://api.z.ai/api/paas/v4', 'ZAI_API_KEY'),
  publicai: compatible('https://api.publicai.co/v1', 'PUBLICAI_API_KEY'),
  helicone: compatible('https://ai-gateway.helicone.ai', 'HELICONE_API_KEY'),
  veniceai: compatible('https://api.venice.ai/api/v1', 'VENICE_AI_API_KEY'),
  xiaomi_mimo: compatible('https://api.xiaomimimo.com/v1', 'XIAOMI_MIMO_API_KEY'),
  scaleway: compatible('https://api.scaleway.ai/v1', 'SCW_SECRET_KEY'),
  synthetic: compatible('https://api.synthetic.new/openai/v1', 'SYNTHETIC_API_KEY'),
  apertis: compatible('https://api.stima.tech/v1', 'STIMA_API_KEY'),
  'nano-gpt': compatible('https://nano-gpt.com/api/v1', 'NANOGPT_API_KEY'),
  poe: compatible('https://api.poe.com/v1', 'POE_API_KEY'),
  chutes: compatible('https://llm.chutes.ai/v1', 'CHUTES_API_KEY'),
  abliteration: compatible('https://api.abliteration.ai/v1', 'ABLITERATION_API_KEY'),
  llamagate: compatible('https://api.llamagate.dev/v1', 'LLAMAGATE_API_KEY'),
  gmi: compatible('https://api.gmi-serving.com/v1', 'GMI_API_KEY'),
  sarvam: unsupported('its key travels in a header of its own (api-subscription-key)'),
  assemblyai: compatible('https://llm-gateway.assemblyai.com/v1', 'ASSEMBLYAI_API_KEY'),
  charity_engine: compatible('https://api.charityengine.services/remotejobs/v2/inference', 'CHARITY_ENGINE_API_KEY'),
  aihubmix: compatible('https://aihubmix.com/v1', 'AIHUBMIX_API_KEY'),
  crusoe: compatible('https://managed-inference-api-proxy.crusoecloud.com/v1', 'CRUSOE_API_KEY'),
  salad_cloud: compatible('https://ai.salad.cloud/v1', 'SALAD_CLOUD_API_KEY'),

  datarobot: unsupported('its URLs are a gateway of its own'),
  'text-completion-codestral': unsupported('it is a fill-in-the-middle endpoint, not chat'),
  sagemaker: unsupported(SIGNED),
  sagemaker_chat: unsupported(SIGNED),
  watsonx: unsupported('it needs IAM tokens'),
  watsonx_text: unsupported('it needs IAM tokens'),
  predibase: unsupported('its URLs carry a tenant'),
  snowflake: unsupported('it needs Snowflake JWTs'),
  cloudflare: unsupported('its URLs carry an account'),
  nlp_cloud: unsupported(NOT_CHAT),
  aleph_alpha: unsupported(NOT_CHAT),
  petals: unsupported(NOT_CHAT),
  oobabooga: unsupported(NOT_CHAT),
  maritalk: unsupported(NOT_CHAT),
  triton: unsupported(NOT_CHAT),
  vllm: unsupported('it runs inside the LiteLLM process'),
  oci: unsupported(SIGNED),
  sap: unsupported('it needs OAuth tokens'),
  gigachat: unsupported('it needs OAuth tokens'),
  bytez: unsupported(NOT_CHAT),
  github_copilot: unsupported('it needs a device login'),
  chatgpt: unsupported('it needs a subscription login'),
  voyage: unsupported(NOT_CHAT),
  jina_ai: unsupported(NOT_CHAT),
  infinity: unsupported(NOT_CHAT),
  deepgram: unsupported(NOT_CHAT),
  aws_polly: unsupported(NOT_CHAT),
  recraft: unsupported(NOT_CHAT),
  fal_ai: unsupported(NOT_CHAT),
  stability: unsupported(NOT_CHAT),
  topaz: unsupported(NOT_CHAT),
  black_forest_labs: unsupported(NOT_CHAT),
  milvus: unsupported(NOT_CHAT),
  pg_vector: unsupported(NOT_CHAT),
  s3_vectors: unsupported(NOT_CHAT),
  ragflow: unsupported(NOT_CHAT),
  langgraph: unsupported(NOT_CHAT),
  manus: unsupported(NOT_CHAT),
  a2a: unsupported('it is an agent, not a model'),
  a2a_agent: unsupported('it is an agent, not a model'),
  langfuse: unsupported('it manages prompts'),
  humanloop: unsupported('it manages prompts'),
  dotprompt: unsupported('it manages prompts'),
  auto_router: unsupported('it is a router inside LiteLLM, not a provider'),
  custom: unsupported('it is code of your own inside LiteLLM'),
};

/** By slug. */
export const SLUGS: { readonly [slug: string]: Slug } = withoutPrototype(TABLE);

/** Where the address of a provider without a default comes from when a deployment has none (L§3.5, L§7.2). */
export const BASE_VARIABLES: { readonly [slug: string]: readonly string[] } = withoutPrototype({
  openai_like: ['OPENAI_LIKE_API_BASE'],
  litellm_proxy: ['LITELLM_PROXY_API_BASE'],
  azure: ['AZURE_API_BASE'],
  azure_text: ['AZURE_API_BASE'],
  azure_ai: ['AZURE_AI_API_BASE'],
  databricks: ['DATABRICKS_API_BASE'],
  heroku: ['HEROKU_API_BASE'],
  hosted_vllm: ['HOSTED_VLLM_API_BASE'],
  lm_studio: ['LM_STUDIO_API_BASE'],
  ollama: ['OLLAMA_API_BASE'],
  ollama_chat: ['OLLAMA_API_BASE'],
});

/** LiteLLM's older way of asking these: text completions with a prompt made of the chat (L§7.2, L§7.3). */
export const LEGACY_COMPLETIONS: ReadonlySet<string> = new Set([
  'text-completion-openai',
  'azure_text',
  'anthropic_text',
]);

/** Standard providers that Bifrost calls at another host than LiteLLM does (B§3.7). */
export const OTHER_ADDRESS: { readonly [name: string]: string } = { nebius: 'https://api.tokenfactory.nebius.com' };

/** Addresses that depend on the model: Baseten's dedicated deployments are called by ids of 8 characters (L§7.2). */
export function baseOfModel(slug: string, upstream: string): string | null {
  return slug === 'baseten' && /^[A-Za-z0-9]{8}$/.test(upstream)
    ? `https://model-${upstream}.api.baseten.co/environments/production/sync/v1`
    : null;
}

/** A table without a prototype: a model may be called `constructor/x`. */
function withoutPrototype<T extends object>(table: T): T {
  return Object.assign(Object.create(null) as T, table);
}

/** Upper bound of names Bifrost versions have built in (B§3.3); the gateway's own answer counts, this is a hint. */
export const KNOWN_STANDARD_PROVIDERS: readonly string[] = [
  'anthropic', 'azure', 'bedrock', 'cerebras', 'cohere', 'elevenlabs', 'fireworks', 'gemini', 'groq', 'huggingface',
  'mistral', 'nebius', 'ollama', 'openai', 'openrouter', 'parasail', 'perplexity', 'replicate', 'runway', 'sgl',
  'vertex', 'vllm', 'xai', 'opencode-go', 'opencode-zen', 'runware',
]; // prettier-ignore

/**
 * Names LiteLLM's model map has known for years in every version this program reads (≥ 1.61) and still knows in 1.109.1, for
 * inferring the provider of a bare name (L§4.4 second chance, L§7.1). Deliberately short: a name missing here is treated as
 * unknown, which is narrower; a name too many would be wider. Names of Anthropic come and go: none has been there throughout.
 */
const WELL_KNOWN: { readonly [slug: string]: readonly string[] } = {
  openai: [
    'gpt-4o', 'gpt-4o-mini', 'gpt-4o-2024-05-13', 'gpt-4o-2024-08-06', 'gpt-4o-2024-11-20', 'gpt-4o-mini-2024-07-18',
    'gpt-4', 'gpt-4-0613', 'gpt-4-turbo', 'gpt-4-turbo-2024-04-09', 'gpt-4-1106-preview', 'gpt-3.5-turbo',
    'gpt-3.5-turbo-0125', 'gpt-3.5-turbo-1106', 'gpt-3.5-turbo-16k', 'o1', 'o3-mini', 'text-embedding-3-small',
    'text-embedding-3-large', 'text-embedding-ada-002', 'whisper-1', 'tts-1', 'tts-1-hd', 'omni-moderation-latest',
  ],
}; // prettier-ignore

const PROVIDER_OF_NAME = new Map(
  Object.entries(WELL_KNOWN).flatMap(([slug, names]) => names.map((name) => [name, slug] as const)),
);

/** All names `inferredSlug` knows. */
export const WELL_KNOWN_NAMES: readonly string[] = [...PROVIDER_OF_NAME.keys()];

/** The slug LiteLLM infers for a bare, well-known model name; undefined = not known (L§7.1). */
export function inferredSlug(modelName: string): string | undefined {
  return PROVIDER_OF_NAME.get(modelName);
}

/**
 * The slug of a bare *upstream* name (a deployment whose `model` has none): by name, then by family prefix. Used only to
 * find where a deployment goes, never to decide who may call it.
 */
export function slugOfBareModel(model: string): string | undefined {
  const known = inferredSlug(model);
  if (known) return known;
  if (/^(gpt-|o[134](-|$)|chatgpt-|text-embedding-|dall-e-|whisper-|tts-|ft:gpt)/.test(model)) return 'openai';
  if (model.startsWith('claude-')) return 'anthropic';
  if (model.startsWith('gemini-')) return 'vertex_ai';
  if (model.startsWith('command')) return 'cohere_chat';
  return undefined;
}

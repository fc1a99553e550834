/** A corner of LiteLLM's model map: enough to price the sandbox's deployments and to expand its wildcards. USD per token. */
export type KnownModel = {
  readonly key: string;
  readonly provider: string;
  readonly mode: string;
  readonly maxTokens: number | null;
  readonly input: number;
  readonly output: number;
};

const chat = (key: string, provider: string, maxTokens: number, input: number, output: number): KnownModel => ({
  key,
  provider,
  mode: 'chat',
  maxTokens,
  input,
  output,
});

export const KNOWN_MODELS: readonly KnownModel[] = [
  chat('gpt-4o', 'openai', 16384, 2.5e-6, 1e-5),
  chat('gpt-4o-mini', 'openai', 16384, 1.5e-7, 6e-7),
  chat('gpt-4.1', 'openai', 32768, 2e-6, 8e-6),
  chat('gpt-4.1-mini', 'openai', 32768, 4e-7, 1.6e-6),
  chat('gpt-4-turbo', 'openai', 4096, 1e-5, 3e-5),
  chat('gpt-3.5-turbo', 'openai', 4096, 5e-7, 1.5e-6),
  chat('o1-mini', 'openai', 65536, 1.1e-6, 4.4e-6),
  { key: 'text-embedding-3-small', provider: 'openai', mode: 'embedding', maxTokens: null, input: 2e-8, output: 0 },
  {
    key: 'medium/1536-x-1024/gpt-image-1-mini',
    provider: 'openai',
    mode: 'image_generation',
    maxTokens: null,
    input: 0,
    output: 0,
  },
  chat('azure/gpt-4o', 'azure', 16384, 2.5e-6, 1e-5),
  chat('azure/gpt-4o-mini', 'azure', 16384, 1.65e-7, 6.6e-7),
  chat('claude-sonnet-4-20250514', 'anthropic', 64000, 3e-6, 1.5e-5),
  chat('anthropic.claude-3-haiku-20240307-v1:0', 'bedrock', 4096, 2.5e-7, 1.25e-6),
  chat('gemini-2.0-flash', 'vertex_ai', 8192, 1e-7, 4e-7),
  chat('gemini/gemini-2.0-flash', 'gemini', 8192, 1e-7, 4e-7),
  chat('deepseek/deepseek-chat', 'deepseek', 8192, 2.7e-7, 1.1e-6),
  chat('groq/llama-3.3-70b-versatile', 'groq', 32768, 5.9e-7, 7.9e-7),
  chat('mistral/mistral-large-latest', 'mistral', 8191, 2e-6, 6e-6),
  chat('openrouter/openai/gpt-4o', 'openrouter', 4096, 2.5e-6, 1e-5),
  chat('openrouter/anthropic/claude-3.5-sonnet', 'openrouter', 8192, 3e-6, 1.5e-5),
];

/** Text before the first slash of a `provider/model` string; a bare name is OpenAI's. */
export function providerOf(model: string): string {
  const slash = model.indexOf('/');
  return slash < 0 ? 'openai' : model.slice(0, slash);
}

/** The map's entry for a deployment: its base model, its whole model string, or the part after the provider. */
export function knownModel(model: string, baseModel: string | undefined): KnownModel | undefined {
  const bare = model.slice(model.indexOf('/') + 1);
  const names = baseModel === undefined ? [model, bare] : [baseModel];
  return KNOWN_MODELS.find(
    ({ key, provider }) =>
      names.includes(key) && (baseModel !== undefined || key.includes('/') || provider === providerOf(model)),
  );
}

/** Model names of one provider without its prefix, as wildcards are expanded with. */
export function modelsOf(provider: string): string[] {
  return KNOWN_MODELS.filter((model) => model.provider === provider).map(({ key }) =>
    key.startsWith(`${provider}/`) ? key.slice(provider.length + 1) : key,
  );
}

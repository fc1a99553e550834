/** A few rows of the gateway's built-in model catalog: enough for names that are known without any configuration. */
type ModelRow = {
  readonly provider: string;
  readonly models: readonly string[];
  readonly price: { readonly input: number; readonly output: number };
};

const ROWS: readonly ModelRow[] = [
  {
    provider: 'openai',
    price: { input: 2.5e-6, output: 1e-5 },
    models: ['gpt-4o', 'gpt-4o-2024-08-06', 'gpt-4.1', 'chatgpt-4o-latest'],
  },
  {
    provider: 'openai',
    price: { input: 1.5e-7, output: 6e-7 },
    models: ['gpt-4o-mini', 'gpt-4o-mini-2024-07-18', 'gpt-4.1-mini', 'gpt-4.1-nano'],
  },
  {
    provider: 'openai',
    price: { input: 1e-5, output: 3e-5 },
    models: ['gpt-4-turbo', 'gpt-4-turbo-2024-04-09', 'gpt-4', 'gpt-3.5-turbo'],
  },
  {
    provider: 'openai',
    price: { input: 1.1e-6, output: 4.4e-6 },
    models: ['o1', 'o1-mini', 'o3', 'o3-mini', 'o4-mini'],
  },
  {
    provider: 'openai',
    price: { input: 2e-8, output: 0 },
    models: ['text-embedding-3-small', 'text-embedding-3-large', 'text-embedding-ada-002'],
  },
  {
    provider: 'azure',
    price: { input: 2.5e-6, output: 1e-5 },
    models: ['gpt-4o', 'gpt-4o-mini', 'gpt-4-turbo', 'gpt-4', 'o1', 'o3-mini'],
  },
  {
    provider: 'anthropic',
    price: { input: 3e-6, output: 1.5e-5 },
    models: [
      'claude-3-5-sonnet-20241022',
      'claude-3-7-sonnet-20250219',
      'claude-3-5-haiku-20241022',
      'claude-3-opus-20240229',
      'claude-sonnet-4-20250514',
    ],
  },
  {
    provider: 'bedrock',
    price: { input: 3e-6, output: 1.5e-5 },
    models: [
      'anthropic.claude-3-5-sonnet-20241022-v2:0',
      'anthropic.claude-3-haiku-20240307-v1:0',
      'amazon.titan-embed-text-v2:0',
      'meta.llama3-1-70b-instruct-v1:0',
    ],
  },
  {
    provider: 'vertex',
    price: { input: 1.25e-6, output: 5e-6 },
    models: ['gemini-1.5-pro', 'gemini-1.5-flash', 'gemini-2.0-flash', 'gemini-2.5-pro'],
  },
  {
    provider: 'gemini',
    price: { input: 1.25e-6, output: 5e-6 },
    models: ['gemini-1.5-pro', 'gemini-1.5-flash', 'gemini-2.0-flash', 'gemini-2.5-pro'],
  },
  {
    provider: 'groq',
    price: { input: 5.9e-7, output: 7.9e-7 },
    models: ['llama-3.3-70b-versatile', 'llama-3.1-8b-instant', 'openai/gpt-oss-120b'],
  },
  {
    provider: 'mistral',
    price: { input: 2e-6, output: 6e-6 },
    models: ['mistral-large-latest', 'mistral-small-latest', 'codestral-latest'],
  },
  {
    provider: 'cohere',
    price: { input: 2.5e-6, output: 1e-5 },
    models: ['command-r', 'command-r-plus', 'command-a-03-2025'],
  },
  { provider: 'xai', price: { input: 2e-6, output: 1e-5 }, models: ['grok-2-latest', 'grok-3', 'grok-3-mini'] },
  { provider: 'perplexity', price: { input: 1e-6, output: 1e-6 }, models: ['sonar', 'sonar-pro'] },
  {
    provider: 'fireworks',
    price: { input: 9e-7, output: 9e-7 },
    models: ['accounts/fireworks/models/llama-v3p1-70b-instruct'],
  },
  {
    provider: 'openrouter',
    price: { input: 2.5e-6, output: 1e-5 },
    models: ['openai/gpt-4o', 'anthropic/claude-3.5-sonnet'],
  },
  { provider: 'cerebras', price: { input: 6e-7, output: 6e-7 }, models: ['llama3.1-8b', 'llama-3.3-70b'] },
];

export function knownModels(provider: string): readonly string[] {
  return ROWS.filter((row) => row.provider === provider).flatMap((row) => row.models);
}

/** Dollars per token, or null when nobody knows. */
export function knownPrice(provider: string, model: string): ModelRow['price'] | null {
  return ROWS.find((row) => row.provider === provider && row.models.includes(model))?.price ?? null;
}

/** Dated releases count as their family's name when models are compared. */
export function withoutDate(model: string): string {
  return model.replace(/-(?:\d{4}-\d{2}-\d{2}|\d{8})$/, '');
}

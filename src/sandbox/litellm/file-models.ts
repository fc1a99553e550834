import type { DeploymentDraft, SecretDealer } from './world-models.js';

/** Deployments of config.yaml and of the file it includes. */
export function fileDrafts(secret: SecretDealer): DeploymentDraft[] {
  return [
    {
      modelName: 'gpt-4o',
      params: { model: 'openai/gpt-4o', api_key: `sk-${secret('gpt-4o')}` },
      modelInfo: { access_groups: ['beta-models'] },
    },
    {
      modelName: 'gpt-4o-mini',
      params: { model: 'openai/gpt-4o-mini', api_key: 'os.environ/OPENAI_API_KEY', weight: 3 },
    },
    {
      modelName: 'gpt-4o-mini',
      anchor: 'azure_eu',
      params: {
        model: 'azure/gpt-4o-mini-eu',
        api_base: 'os.environ/AZURE_API_BASE',
        api_version: '2024-10-21',
        api_key: 'os.environ/AZURE_API_KEY',
        weight: 1,
      },
      modelInfo: { base_model: 'azure/gpt-4o-mini' },
    },
    {
      modelName: 'claude-sonnet',
      params: { model: 'anthropic/claude-sonnet-4-20250514', litellm_credential_name: 'cred-anthropic' },
      modelInfo: { access_groups: ['beta-models', 'config-group'] },
    },
    {
      modelName: 'local-llama',
      params: { model: 'hosted_vllm/meta-llama/Llama-3.1-8B-Instruct', api_base: 'http://10.20.0.7:8000/v1' },
    },
    { modelName: 'local-ollama', params: { model: 'ollama_chat/llama3.1', api_base: 'http://localhost:11434' } },
    { modelName: 'deepseek-chat', params: { model: 'deepseek/deepseek-chat' } },
    {
      modelName: 'groq-llama',
      params: {
        model: 'groq/llama-3.3-70b-versatile',
        api_base: 'https://groq-gateway.example/openai/v1',
        api_key: 'os.environ/GROQ_API_KEY',
      },
    },
    { modelName: 'keyless', params: { model: 'openai/internal-chat', api_base: 'https://keyless.example/v1' } },
    {
      modelName: 'priced-model',
      params: {
        model: 'openai/priced-upstream',
        api_base: 'https://priced.example/v1',
        api_key: `sk-${secret('priced')}`,
        rpm: 100,
        tpm: 100000,
        input_cost_per_token: 0.001,
        output_cost_per_token: 0.002,
        max_budget: 50.5,
        budget_duration: '30d',
        timeout: 30,
      },
      modelInfo: { id: 'cfg-priced-model', base_model: 'gpt-4o' },
    },
    {
      modelName: 'free-model',
      params: {
        model: 'openai/gpt-4o-mini',
        api_key: `sk-${secret('free')}`,
        input_cost_per_token: 0,
        output_cost_per_token: 0,
      },
    },
    {
      modelName: 'legacy-limits',
      params: { model: 'openai/gpt-4.1', api_key: `sk-${secret('legacy')}` },
      entryLimits: { tpm: 40000, rpm: 40 },
    },
    {
      modelName: 'fail-model',
      params: { model: 'openai/fail-500', api_base: 'https://failing.example/v1', api_key: `sk-${secret('fail')}` },
    },
    {
      modelName: 'bedrock-haiku',
      params: {
        model: 'bedrock/anthropic.claude-3-haiku-20240307-v1:0',
        aws_region_name: 'eu-central-1',
        aws_access_key_id: 'os.environ/BEDROCK_ACCESS_KEY_ID',
        aws_secret_access_key: 'os.environ/BEDROCK_SECRET_ACCESS_KEY',
      },
    },
    {
      modelName: 'command-r',
      params: { model: 'cohere/command-r', api_base: 'https://cohere.example', api_key: secret('cohere') },
    },
    { modelName: 'openai/*', params: { model: 'openai/*', api_key: `sk-${secret('wildcard')}` } },
    { modelName: 'openai/gpt-4*', params: { model: 'openai/gpt-4*', api_key: `sk-${secret('partial')}` } },
    { modelName: '*', params: { model: 'openrouter/*', api_key: `sk-or-${secret('catch-all')}` } },
  ];
}

export function includeDrafts(secret: SecretDealer): DeploymentDraft[] {
  return [
    {
      place: 'include',
      modelName: 'together-llama',
      params: { model: 'together_ai/meta-llama/Llama-3.3-70B-Instruct-Turbo', api_key: secret('together') },
    },
    {
      place: 'include',
      modelName: 'mistral-large',
      params: { model: 'mistral/mistral-large-latest', api_key: 'os.environ/MISTRAL_API_KEY' },
    },
  ];
}

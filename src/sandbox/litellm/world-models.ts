import type { JsonObject } from '../../json.js';
import { at } from './clock.js';
import { databaseDrafts, serviceAccount } from './database-models.js';
import { fileDrafts, includeDrafts } from './file-models.js';
import { canary, type Random } from './random.js';
import type { SandboxCredential, SandboxDeployment } from './rows.js';

export type Models = {
  readonly deployments: readonly SandboxDeployment[];
  readonly credentials: readonly SandboxCredential[];
  /** What `os.environ/NAME` stands for in the proxy's process. */
  readonly environment: { readonly [name: string]: string };
};

/** Deals a canary; the label says what for. */
export type SecretDealer = (label: string) => string;

export type DeploymentDraft = Pick<SandboxDeployment, 'modelName' | 'params'> & Partial<SandboxDeployment>;

/** Where the parameters of a deployment may come from, and every odd form of them seen or documented (contracts L§1.5, §2.4, §3.5). */
export function standardModels(random: Random): Models {
  const secret: SecretDealer = (label) => canary(random, label);
  const drafts: DeploymentDraft[] = [...fileDrafts(secret), ...includeDrafts(secret), ...databaseDrafts(secret)];
  return {
    deployments: drafts.map((draft, index) => deployment(random, index, draft)),
    credentials: credentials(random, secret),
    environment: {
      OPENAI_API_KEY: `sk-${secret('env-openai')}`,
      OPENAI_DB_KEY: `sk-${secret('env-openai-db')}`,
      ANTHROPIC_API_KEY: `sk-ant-${secret('env-anthropic')}`,
      AZURE_API_KEY: secret('env-azure'),
      AZURE_API_BASE: 'https://eu-one.openai.azure.example',
      GROQ_API_KEY: `gsk_${secret('env-groq')}`,
      DEEPSEEK_API_KEY: `sk-${secret('env-deepseek')}`,
      MISTRAL_API_KEY: secret('env-mistral'),
      BEDROCK_ACCESS_KEY_ID: `AKIA${secret('env-aws-id')}`,
      BEDROCK_SECRET_ACCESS_KEY: secret('env-aws-secret'),
    },
  };
}

/** Plain database deployments beyond the standard ones, spread over groups, providers and a few credentials. */
export function moreDeployments(random: Random, from: number, count: number): SandboxDeployment[] {
  const providers = [
    'openai',
    'anthropic',
    'gemini',
    'mistral',
    'groq',
    'together_ai',
    'deepseek',
    'cohere_chat',
  ] as const;
  const keys = providers.map((provider) => `sk-${canary(random, `more-${provider}`)}`);
  return Array.from({ length: count }, (_, offset) => {
    const index = from + offset;
    const chosen = random.below(providers.length);
    const group = `model-${String(index % Math.max(1, Math.ceil(count / 2))).padStart(4, '0')}`;
    return deployment(random, index, {
      place: 'database',
      modelName: group,
      params: {
        model: `${providers[chosen] ?? 'openai'}/${group}-upstream`,
        api_key: keys[chosen] ?? '',
        weight: 1 + (index % 3),
      },
    });
  });
}

function deployment(random: Random, index: number, draft: DeploymentDraft): SandboxDeployment {
  const place = draft.place ?? 'file';
  const id = place === 'database' ? (draft.id ?? random.uuid()) : null;
  return {
    place,
    blocked: false,
    createdAt: at(index),
    ...draft,
    modelInfo: draft.modelInfo === undefined ? {} : draft.modelInfo,
    id,
  };
}

function credentials(random: Random, secret: SecretDealer): SandboxCredential[] {
  const make = (
    place: 'file' | 'database',
    name: string,
    values: JsonObject,
    info: JsonObject,
    index: number,
  ): SandboxCredential => ({
    place,
    id: random.uuid(),
    name,
    values,
    info,
    createdAt: at(index),
  });
  return [
    make(
      'file',
      'cred-anthropic',
      { api_key: 'os.environ/ANTHROPIC_API_KEY' },
      { custom_llm_provider: 'anthropic' },
      0,
    ),
    make(
      'database',
      'cred-openai',
      { api_key: `sk-${secret('cred-openai')}`, api_base: 'https://cred.example/v1' },
      { description: 'invented', custom_llm_provider: 'openai' },
      1,
    ),
    make(
      'database',
      'cred azure/ünïcode',
      { api_key: secret('cred-azure'), api_base: 'https://invented.openai.azure.example', api_version: '2024-10-21' },
      { custom_llm_provider: 'azure' },
      2,
    ),
    make(
      'database',
      'cred-bedrock',
      {
        aws_region_name: 'us-west-2',
        aws_access_key_id: `AKIA${secret('cred-aws-id')}`,
        aws_secret_access_key: secret('cred-aws'),
      },
      {},
      3,
    ),
    make(
      'database',
      'cred-vertex',
      {
        vertex_project: 'inv-proj',
        vertex_location: 'us-central1',
        vertex_credentials: JSON.stringify(serviceAccount(secret, 'cred-vertex')),
      },
      {},
      4,
    ),
    make('database', 'cred-env', { api_key: 'os.environ/OPENAI_DB_KEY' }, {}, 5),
  ];
}

import type { JsonObject } from '../../json.js';
import type { DeploymentDraft, SecretDealer } from './world-models.js';

export function serviceAccount(secret: SecretDealer, label: string): JsonObject {
  return {
    type: 'service_account',
    project_id: 'invented-project',
    private_key: `-----BEGIN PRIVATE KEY-----\n${secret(label)}\n-----END PRIVATE KEY-----\n`,
    client_email: 'sandbox@invented-project.iam.gserviceaccount.example',
  };
}

/** Rows of LiteLLM_ProxyModelTable, the odd ones included. */
export function databaseDrafts(secret: SecretDealer): DeploymentDraft[] {
  const rows: Omit<DeploymentDraft, 'place'>[] = [
    {
      modelName: 'db-openai',
      params: {
        model: 'openai/db-openai',
        api_key: `sk-${secret('db-openai-1')}`,
        weight: 3,
        tags: ['free', 'fast'],
        max_budget: 5.5,
      },
      modelInfo: { access_groups: ['tag-group'] },
    },
    {
      modelName: 'db-openai',
      params: {
        model: 'openai/db-openai-2',
        api_key: 'os.environ/OPENAI_DB_KEY',
        organization: 'org-inv',
        rpm: 60,
        tpm: 60000,
      },
      modelInfo: { access_groups: ['tag-group'] },
    },
    {
      modelName: 'db-cred',
      params: { model: 'openai/via-cred', litellm_credential_name: 'cred-openai' },
      modelInfo: { access_groups: ['db-group', 'grp two'] },
    },
    {
      modelName: 'db-azure',
      params: {
        model: 'azure/gpt-4o-deploy',
        api_base: 'https://inv.openai.azure.example',
        api_version: '2024-10-21',
        api_key: secret('db-azure'),
      },
      modelInfo: { base_model: 'azure/gpt-4o', access_groups: ['db-group'] },
    },
    {
      modelName: 'db-azure-ad',
      params: {
        model: 'azure/gpt-4o',
        api_base: 'https://inv2.openai.azure.example',
        azure_ad_token: `eyJ${secret('azure-ad')}`,
        tenant_id: 'inv-tenant',
        client_id: 'inv-client',
        client_secret: secret('azure-client'),
      },
    },
    {
      modelName: 'db-bedrock',
      params: {
        model: 'bedrock/anthropic.claude-3-haiku-20240307-v1:0',
        aws_region_name: 'us-west-2',
        aws_access_key_id: `AKIA${secret('db-aws-id')}`,
        aws_secret_access_key: secret('db-aws-secret'),
        aws_session_token: secret('db-aws-session'),
      },
    },
    {
      modelName: 'db-bedrock-role',
      params: {
        model: 'bedrock/converse/amazon.nova-lite-v1:0',
        aws_region_name: 'us-east-1',
        aws_role_name: 'arn:aws:iam::123456789012:role/invented',
        aws_session_name: 'sandbox',
      },
    },
    {
      modelName: 'db-vertex',
      params: {
        model: 'vertex_ai/gemini-2.0-flash',
        vertex_project: 'inv-p',
        vertex_location: 'europe-west1',
        vertex_credentials: JSON.stringify(serviceAccount(secret, 'db-vertex-text')),
      },
    },
    {
      modelName: 'db-vertex-obj',
      params: {
        model: 'vertex_ai/gemini-2.0-flash',
        vertex_project: 'inv-p',
        vertex_credentials: serviceAccount(secret, 'db-vertex-object'),
      },
    },
    {
      modelName: 'db-anthropic',
      params: { model: 'anthropic/claude-sonnet-4-20250514', api_key: `sk-ant-${secret('db-anthropic')}` },
    },
    { modelName: 'db-gemini', params: { model: 'gemini/gemini-2.0-flash', api_key: `AIza${secret('db-gemini')}` } },
    {
      modelName: 'wild/*',
      params: { model: 'openai/*', api_base: 'https://wild.example/v1', api_key: `sk-${secret('db-wild')}` },
    },
    { modelName: 'db-nokey', params: { model: 'openai/nokey', api_base: 'https://nokey.example/v1' } },
    {
      modelName: 'db-custom',
      params: {
        model: 'openai/custom',
        api_base: 'https://custom.example/v1',
        api_key: `sk-${secret('db-custom')}`,
        extra_headers: { 'X-Team': 'a', Authorization: `Bearer ${secret('db-header')}` },
        configurable_clientside_auth_params: ['api_base'],
        input_cost_per_token: 0.001,
        output_cost_per_token: 0.002,
      },
      modelInfo: { access_groups: ['tag-group'] },
    },
    {
      modelName: 'db-ünïcode 模型',
      params: { model: 'openai/uni', api_base: 'https://uni.example/v1', api_key: `sk-${secret('db-unicode')}` },
    },
    {
      modelName: 'db-lost-key',
      params: { model: 'openai/lost-key', api_base: 'https://lost.example/v1', api_key: `sk-${secret('db-lost-key')}` },
      lost: 'api_key',
    },
    {
      modelName: 'db-lost',
      params: { model: 'openai/lost', api_base: 'https://lost.example/v1', api_key: `sk-${secret('db-lost')}` },
      lost: 'all',
    },
    {
      modelName: 'db-numeric-text',
      params: { model: 'openai/gpt-4o', api_key: `sk-${secret('db-numeric')}`, tpm: '1000', rpm: '10' },
      modelInfo: '{"mode":"chat"}',
    },
    {
      modelName: 'db-plain',
      params: { model: 'openai/gpt-4o-mini', api_key: `sk-${secret('db-plain')}` },
      plain: true,
      modelInfo: null,
    },
    {
      modelName: 'db-blocked',
      params: { model: 'openai/gpt-4o', api_key: `sk-${secret('db-blocked')}` },
      blocked: true,
    },
    teamScoped('t-basic', 'team-model', 'openai/team-up-1', secret),
    teamScoped('t-basic', 'team-model', 'openai/team-up-2', secret),
    teamScoped('t-open', 'team-model-open', 'openai/team-up-3', secret),
    teamScoped('t-shadow', 'gpt-4o', 'openai/team-shadow', secret),
  ];
  return rows.map((row) => ({ ...row, place: 'database' }));
}

/** `model_name` carries a random part that the caller of the world never sees (contracts L§4.7). */
function teamScoped(team: string, name: string, model: string, secret: SecretDealer): Omit<DeploymentDraft, 'place'> {
  const key = `sk-${secret(`team-${team}`)}`;
  return {
    modelName: `model_name_${team}_${key.slice(-12, -4)}-4d82-4c95-8095-2dcc05bb${key.slice(-4)}`,
    params: { model, api_base: 'https://team.example/v1', api_key: key },
    modelInfo: { team_id: team, team_public_model_name: name },
  };
}

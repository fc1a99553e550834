/** Settings LiteLLM keeps in `metadata` (L§4.15, §4.16), and a note of the operator's own. */
export const METADATA: { readonly [member: string]: unknown } = {
  tags: ['other'],
  guardrails: ['other'],
  policies: ['other'],
  prompts: ['other'],
  logging: [{ callback_name: 'langfuse', callback_vars: { langfuse_secret: 'other-secret-123' } }],
  enforced_params: ['user'],
  allowed_passthrough_routes: ['/other'],
  allowed_vector_store_indexes: [{ index_name: 'other' }],
  service_account_id: 'other',
  team_member_budget_id: 'b-key',
  team_member_key_duration: '7d',
  soft_budget_alerting_emails: ['someone@example.test'],
  secret_manager_settings: { store: true },
  spend_logs_metadata: { a: 1 },
  litellm_disabled_callbacks: ['otel'],
  model_rpm_limit: { 'file-model': 7 },
  model_tpm_limit: { 'file-model': 7 },
  rpm_limit_type: 'dynamic',
  tpm_limit_type: 'guaranteed_throughput',
  temp_budget_increase: 7,
  temp_budget_expiry: '2031-01-01T00:00:00',
  'a note': 'of the operator',
};

/** Tables with such a column. */
export const WITH_METADATA = [
  'VerificationToken',
  'TeamTable',
  'OrganizationTable',
  'UserTable',
  'ProjectTable',
] as const;

import { describe, expect, it } from 'vitest';
import { databaseWorld, usesOf } from './database-world.js';
import { baselineOf, experiment } from './experiment.js';

/** Settings LiteLLM keeps in `metadata` (L§4.15, §4.16), and a note of the operator's own. */
const MEMBERS: { readonly [member: string]: unknown } = {
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

const TABLES = ['VerificationToken', 'TeamTable', 'OrganizationTable', 'UserTable', 'ProjectTable'] as const;

describe.each(TABLES)('metadata of %s', (table) => {
  it.each(Object.keys(MEMBERS))('%s is mapped or named', async (member) => {
    const unchanged = await baselineOf(databaseWorld('1.109.1'));
    for (const row of usesOf('1.109.1', table).keys()) {
      const columns = { metadata: { [member]: MEMBERS[member] } };
      const verdict = await experiment(member, unchanged, databaseWorld('1.109.1', { table, row, columns }));
      expect(['mapped', 'found']).toContain(verdict);
    }
  });
});

import { at } from './clock.js';
import { canary, type Random } from './random.js';
import { budgetRow, stamps, teamRow, userRow } from './row-defaults.js';
import type {
  AccessGroupRow,
  BudgetRow,
  EndUserRow,
  Member,
  ObjectPermissionRow,
  OrganizationMembershipRow,
  OrganizationRow,
  ProjectRow,
  TagRow,
  TeamAliasRow,
  TeamRow,
  UserRow,
} from './rows.js';

export type People = {
  readonly budgets: readonly BudgetRow[];
  readonly organizations: readonly OrganizationRow[];
  readonly organizationMemberships: readonly OrganizationMembershipRow[];
  readonly teams: readonly TeamRow[];
  readonly teamAliases: readonly TeamAliasRow[];
  /** `[team, user, budget]`: members who have a budget of their own. */
  readonly memberBudgets: readonly (readonly [string, string, string])[];
  readonly users: readonly UserRow[];
  readonly accessGroups: readonly AccessGroupRow[];
  readonly projects: readonly ProjectRow[];
  readonly tags: readonly TagRow[];
  readonly endUsers: readonly EndUserRow[];
  readonly objectPermissions: readonly ObjectPermissionRow[];
};

const RESET = '2026-02-01T00:00:00.000';
const admin: Member = { user_id: 'default_user_id', user_email: null, role: 'admin' };

/** Organizations, teams and users with the collisions, gaps and zeros of contracts L§5 and L§6. */
export function standardPeople(random: Random): People {
  const teams = standardTeams(random);
  return {
    budgets: budgets(),
    organizations: organizations(),
    organizationMemberships: [
      {
        user_id: 'u-org',
        organization_id: 'org-acme',
        user_role: 'org_admin',
        spend: 0,
        budget_id: null,
        created_at: at(130),
        updated_at: at(130),
      },
    ],
    teams,
    teamAliases: [{ id: 1, aliases: { 'team-alias-x': 'claude-sonnet', 'gpt-4o-mini': 'gpt-4o' }, ...stamps(at(110)) }],
    memberBudgets: [
      ['t-basic', 'u-zero', 'bud-member'],
      ['t-limits', 'default_user_id', 'bud-team-member'],
    ],
    users: standardUsers(random),
    accessGroups: accessGroups(),
    projects: [
      {
        project_id: 'p-search',
        project_alias: 'Search',
        description: 'invented',
        team_id: 't-basic',
        budget_id: 'bud-standard',
        metadata: {},
        models: ['gpt-4o-mini'],
        spend: 0,
        model_spend: {},
        model_rpm_limit: { 'gpt-4o-mini': 20 },
        model_tpm_limit: {},
        blocked: false,
        object_permission_id: null,
        ...stamps(at(140)),
      },
      {
        project_id: 'p-blocked',
        project_alias: null,
        description: null,
        team_id: 't-basic',
        budget_id: null,
        metadata: {},
        models: [],
        spend: 0,
        model_spend: {},
        model_rpm_limit: {},
        model_tpm_limit: {},
        blocked: true,
        object_permission_id: null,
        ...stamps(at(141)),
      },
    ],
    tags: [
      {
        tag_name: 'tag-1',
        description: null,
        models: [],
        model_info: {},
        spend: 0,
        budget_id: 'bud-tag',
        created_at: at(150),
        created_by: 'default_user_id',
        updated_at: at(150),
      },
    ],
    endUsers: [
      {
        user_id: 'cust-1',
        alias: 'Cust',
        spend: 0,
        allowed_model_region: null,
        default_model: null,
        budget_id: 'bud-customer',
        blocked: false,
        object_permission_id: null,
        models: [],
      },
    ],
    objectPermissions: [
      {
        object_permission_id: 'perm-1',
        mcp_servers: ['mcp-1'],
        vector_stores: ['vs-1'],
        mcp_access_groups: [],
        mcp_tool_permissions: null,
        agents: [],
        agent_access_groups: [],
      },
    ],
  };
}

function budgets(): BudgetRow[] {
  return [
    budgetRow(at(60), {
      budget_id: 'bud-standard',
      max_budget: 25.5,
      tpm_limit: 5000,
      rpm_limit: 50,
      budget_duration: '30d',
      budget_reset_at: RESET,
    }),
    budgetRow(at(61), {
      budget_id: 'bud-soft',
      max_budget: 10,
      soft_budget: 5,
      budget_duration: '7d',
      budget_reset_at: RESET,
    }),
    budgetRow(at(62), { budget_id: 'bud-zero', max_budget: 0 }),
    budgetRow(at(63), {
      budget_id: 'bud-models',
      model_max_budget: { 'gpt-4o': { budget_limit: 1.5, time_period: '1d' } },
    }),
    budgetRow(at(64), { budget_id: 'bud-member', max_budget: 1.25, allowed_models: ['gpt-4o-mini'] }),
    budgetRow(at(65), { budget_id: 'bud-team-member', max_budget: 3, budget_duration: '30d', budget_reset_at: RESET }),
    budgetRow(at(66), {
      budget_id: 'bud-acme',
      max_budget: 100,
      tpm_limit: 100000,
      rpm_limit: 1000,
      budget_duration: '30d',
      budget_reset_at: RESET,
    }),
    budgetRow(at(67), { budget_id: 'bud-open' }),
    budgetRow(at(68), { budget_id: 'bud-dup-1' }),
    budgetRow(at(69), { budget_id: 'bud-dup-2', max_budget: 7 }),
    budgetRow(at(70), { budget_id: 'bud-org-zero', max_budget: 0 }),
    budgetRow(at(71), { budget_id: 'bud-spaces' }),
    budgetRow(at(72), { budget_id: 'bud-key-soft', soft_budget: 3 }),
    budgetRow(at(73), { budget_id: 'bud-tag', max_budget: 3 }),
    budgetRow(at(74), { budget_id: 'bud-customer', max_budget: 2 }),
  ];
}

function organization(
  index: number,
  row: Partial<OrganizationRow> & Pick<OrganizationRow, 'organization_id' | 'organization_alias' | 'budget_id'>,
): OrganizationRow {
  return {
    metadata: { src: 'seed' },
    models: [],
    spend: 0,
    model_spend: {},
    object_permission_id: null,
    ...stamps(at(80 + index)),
    ...row,
  };
}

function organizations(): OrganizationRow[] {
  return [
    organization(0, {
      organization_id: 'org-acme',
      organization_alias: 'Acme',
      budget_id: 'bud-acme',
      models: ['gpt-4o', 'gpt-4o-mini', 'claude-sonnet'],
      metadata: { src: 'seed', model_rpm_limit: { 'gpt-4o': 30 } },
      spend: 12.5,
    }),
    organization(1, { organization_id: 'org-open', organization_alias: 'Open Org', budget_id: 'bud-open' }),
    organization(2, { organization_id: 'org-dup-1', organization_alias: 'Same Name', budget_id: 'bud-dup-1' }),
    organization(3, { organization_id: 'org-dup-2', organization_alias: 'Same Name', budget_id: 'bud-dup-2' }),
    organization(4, { organization_id: 'org-zero', organization_alias: 'Zero', budget_id: 'bud-org-zero' }),
    organization(5, {
      organization_id: 'org/spaces ünï',
      organization_alias: ' Spaces & Ünï ',
      budget_id: 'bud-spaces',
    }),
  ];
}

function standardTeams(random: Random): TeamRow[] {
  const members: Member[] = [
    { user_id: 'u-alice', user_email: null, role: 'admin' },
    { user_id: 'u-carol', user_email: null, role: 'user' },
    admin,
    { user_id: 'u-zero', user_email: 'zero@example.test', role: 'user' },
    { user_id: 'u-ghost', user_email: null, role: 'user' },
  ];
  const rows: (Partial<TeamRow> & Pick<TeamRow, 'team_id'>)[] = [
    {
      team_id: 't-basic',
      team_alias: 'Basic',
      models: ['gpt-4o', 'gpt-4o-mini', 'team-model'],
      members_with_roles: members,
      metadata: { cost_center: 'cc-1' },
    },
    { team_id: 't-open', team_alias: 'Open', models: ['all-proxy-models', 'team-model-open'] },
    { team_id: 't-acme', team_alias: 'Acme Platform', organization_id: 'org-acme', models: ['gpt-4o', 'db-openai'] },
    { team_id: 't-shadow', team_alias: 'Shadow', models: ['gpt-4o', 'claude-sonnet'] },
    { team_id: 't-blocked', team_alias: 'Blocked', models: ['gpt-4o'], blocked: true },
    { team_id: 't-alias', team_alias: 'WithAliases', models: ['gpt-4o'], model_id: 1 },
    { team_id: 't-dup-1', team_alias: 'dup-team' },
    { team_id: 't-dup-2', team_alias: 'dup-team', models: ['gpt-4o-mini'] },
    {
      team_id: 't-limits',
      team_alias: 'Limits',
      models: ['gpt-4o', 'gpt-4o-mini'],
      tpm_limit: 20000,
      rpm_limit: 200,
      max_budget: 50,
      soft_budget: 40,
      budget_duration: '1mo',
      budget_reset_at: RESET,
      spend: 3.75,
      metadata: {
        tags: ['team-tag'],
        model_rpm_limit: { 'gpt-4o': 10 },
        team_member_budget_id: 'bud-team-member',
        guardrails: ['pii'],
        logging: [
          { callback_name: 'langfuse', callback_vars: { langfuse_secret_key: canary(random, 'team-logging') } },
        ],
      },
    },
    { team_id: 't-zero', team_alias: 'Zero', models: ['gpt-4o'], max_budget: 0 },
    { team_id: 't-org-open', team_alias: 'In Open Org', organization_id: 'org-open' },
    { team_id: 't-org-zero', team_alias: 'In Zero Org', organization_id: 'org-zero', models: ['gpt-4o-mini'] },
    { team_id: 't-access', team_alias: 'ViaTagGroup', models: ['beta-models', 'tag-group'] },
    { team_id: 't-uag', team_alias: 'Unified', models: ['no-default-models'], access_group_ids: ['uag-models-id'] },
    { team_id: 't-wild', team_alias: 'Wild', models: ['openai/*'] },
    { team_id: 't-noalias', models: ['gpt-4o'] },
  ];
  return rows.map((row, index) => teamRow(at(100 + index), row));
}

function standardUsers(random: Random): UserRow[] {
  const teams = [
    't-basic',
    't-open',
    't-acme',
    't-shadow',
    't-blocked',
    't-alias',
    't-dup-1',
    't-dup-2',
    't-limits',
    't-zero',
  ];
  const rows: (Partial<UserRow> & Pick<UserRow, 'user_id'>)[] = [
    { user_id: 'default_user_id', user_role: 'internal_user', spend: 3.025, teams },
    { user_id: 'litellm-proxy-budget', max_budget: 1000, budget_duration: '30d', budget_reset_at: RESET },
    {
      user_id: 'u-alice',
      user_alias: 'Alice',
      user_email: 'alice@example.test',
      user_role: 'internal_user',
      models: ['gpt-4o'],
      max_budget: 10,
      tpm_limit: 1000,
      rpm_limit: 100,
      budget_duration: '30d',
      budget_reset_at: RESET,
      teams: ['t-basic'],
      metadata: { dept: 'r&d' },
    },
    {
      user_id: 'u-bob',
      user_alias: 'Bob',
      user_email: ' bob@example.test ',
      user_role: 'internal_user',
      teams: ['t-open', 't-gone'],
    },
    { user_id: 'u-carol', user_email: 'carol@example.test', user_role: 'internal_user', teams: ['t-basic'] },
    {
      user_id: 'u-admin',
      user_alias: 'Admin',
      user_email: 'admin@example.test',
      user_role: 'proxy_admin',
      password: canary(random, 'user-password'),
    },
    { user_id: 'u-viewer', user_email: 'viewer@example.test', user_role: 'proxy_admin_viewer' },
    { user_id: 'u-noemail', user_role: 'internal_user_viewer' },
    { user_id: 'u-dup-1', user_email: 'Same@Example.test', user_alias: 'First' },
    { user_id: 'u-dup-2', user_email: 'same@example.test', user_alias: 'Second', teams: ['t-dup-1'] },
    { user_id: 'u-nodefault', user_email: 'nd@example.test', models: ['no-default-models', 'gpt-4o'] },
    {
      user_id: 'u-zero',
      user_email: 'zero@example.test',
      max_budget: 0,
      user_role: 'internal_user',
      teams: ['t-basic'],
    },
    { user_id: 'u-ghost', user_role: 'internal_user', teams: ['t-basic'] },
    { user_id: 'u-org', user_email: 'org@example.test', user_role: 'org_admin', organization_id: 'org-acme' },
    { user_id: 'u-sso', user_email: 'sso@example.test', sso_user_id: 'idp|invented-1' },
    { user_id: 'user@with.mail/id ü', user_email: 'user@with.mail' },
  ];
  return rows.map((row, index) => userRow(at(120 + index), row));
}

function accessGroups(): AccessGroupRow[] {
  const make = (index: number, id: string, name: string, models: string[], teams: string[]): AccessGroupRow => ({
    access_group_id: id,
    access_group_name: name,
    description: models.length === 0 ? null : 'unified',
    access_model_names: models,
    access_mcp_server_ids: [],
    access_agent_ids: [],
    access_skill_names: [],
    mcp_tool_permissions: null,
    assigned_team_ids: teams,
    assigned_key_ids: [],
    ...stamps(at(160 + index)),
  });
  return [
    make(0, 'uag-models-id', 'uag-models', ['claude-sonnet', 'db-openai'], ['t-uag']),
    make(1, 'uag-empty-id', 'uag-empty', [], []),
    make(2, 'uag-wild-id', 'uag-wild', ['openai/gpt-4*', 'tag-group'], []),
  ];
}

import { isAtLeast, type SandboxVersion } from './version.js';

/**
 * LiteLLM's own tables (contracts L§2.2) as three releases create them. A line is one column; a trailing `-- 1.106.2`
 * names the release that first has it.
 */
type Table = { readonly since?: SandboxVersion; readonly primaryKey: string; readonly columns: string };

/** In an order that satisfies the foreign keys. */
export const TABLES = {
  LiteLLM_ObjectPermissionTable: {
    primaryKey: 'object_permission_id',
    columns: `
      object_permission_id text NOT NULL
      mcp_servers text[] DEFAULT '{}'
      vector_stores text[] DEFAULT '{}'
      mcp_access_groups text[] DEFAULT '{}'
      mcp_tool_permissions jsonb
      agents text[] DEFAULT '{}'
      agent_access_groups text[] DEFAULT '{}'
      blocked_tools text[] DEFAULT '{}' -- 1.106.2
      models text[] DEFAULT '{}' -- 1.106.2
      mcp_toolsets text[] DEFAULT '{}' -- 1.106.2
      search_tools text[] DEFAULT '{}' -- 1.106.2
      mcp_tool_search_enabled boolean -- 1.106.2
      skills text[] DEFAULT '{}' -- 1.106.2`,
  },
  LiteLLM_BudgetTable: {
    primaryKey: 'budget_id',
    columns: `
      budget_id text NOT NULL
      max_budget double precision
      soft_budget double precision
      max_parallel_requests integer
      tpm_limit bigint
      rpm_limit bigint
      model_max_budget jsonb
      budget_duration text
      budget_reset_at timestamp(3)
      created_at timestamp(3) DEFAULT now() NOT NULL
      created_by text NOT NULL
      updated_at timestamp(3) DEFAULT now() NOT NULL
      updated_by text NOT NULL
      allowed_models text[] DEFAULT '{}' -- 1.106.2
      tpd_limit bigint -- 1.106.2
      temp_budget_increase double precision -- 1.106.2
      temp_budget_expiry timestamp(3) -- 1.106.2`,
  },
  LiteLLM_OrganizationTable: {
    primaryKey: 'organization_id',
    columns: `
      organization_id text NOT NULL
      organization_alias text NOT NULL
      budget_id text NOT NULL
      metadata jsonb DEFAULT '{}' NOT NULL
      models text[]
      spend double precision DEFAULT 0.0 NOT NULL
      model_spend jsonb DEFAULT '{}' NOT NULL
      created_at timestamp(3) DEFAULT now() NOT NULL
      created_by text NOT NULL
      updated_at timestamp(3) DEFAULT now() NOT NULL
      updated_by text NOT NULL
      object_permission_id text`,
  },
  LiteLLM_ModelTable: {
    primaryKey: 'id',
    columns: `
      id serial NOT NULL
      aliases jsonb
      created_at timestamp(3) DEFAULT now() NOT NULL
      created_by text NOT NULL
      updated_at timestamp(3) DEFAULT now() NOT NULL
      updated_by text NOT NULL`,
  },
  LiteLLM_TeamTable: {
    primaryKey: 'team_id',
    columns: `
      team_id text NOT NULL
      team_alias text
      organization_id text
      admins text[]
      members text[]
      members_with_roles jsonb DEFAULT '{}' NOT NULL
      metadata jsonb DEFAULT '{}' NOT NULL
      max_budget double precision
      spend double precision DEFAULT 0.0 NOT NULL
      models text[]
      max_parallel_requests integer
      tpm_limit bigint
      rpm_limit bigint
      budget_duration text
      budget_reset_at timestamp(3)
      blocked boolean DEFAULT false NOT NULL
      created_at timestamp(3) DEFAULT now() NOT NULL
      updated_at timestamp(3) DEFAULT now() NOT NULL
      model_spend jsonb DEFAULT '{}' NOT NULL
      model_max_budget jsonb DEFAULT '{}' NOT NULL
      model_id integer
      team_member_permissions text[] DEFAULT '{}'
      object_permission_id text
      router_settings jsonb DEFAULT '{}'
      policies text[] DEFAULT '{}'
      allow_team_guardrail_config boolean DEFAULT false NOT NULL
      soft_budget double precision
      access_group_ids text[] DEFAULT '{}'
      budget_limits jsonb -- 1.106.2
      default_team_member_models text[] DEFAULT '{}' -- 1.106.2
      tpd_limit bigint -- 1.106.2`,
  },
  LiteLLM_ProjectTable: {
    since: '1.106.2',
    primaryKey: 'project_id',
    columns: `
      project_id text NOT NULL
      project_alias text
      team_id text
      budget_id text
      metadata jsonb DEFAULT '{}' NOT NULL
      models text[]
      spend double precision DEFAULT 0.0 NOT NULL
      model_spend jsonb DEFAULT '{}' NOT NULL
      blocked boolean DEFAULT false NOT NULL
      object_permission_id text
      created_at timestamp(3) DEFAULT now() NOT NULL
      created_by text NOT NULL
      updated_at timestamp(3) DEFAULT now() NOT NULL
      updated_by text NOT NULL
      description text
      model_rpm_limit jsonb DEFAULT '{}' NOT NULL
      model_tpm_limit jsonb DEFAULT '{}' NOT NULL`,
  },
  LiteLLM_UserTable: {
    primaryKey: 'user_id',
    columns: `
      user_id text NOT NULL
      user_alias text
      team_id text
      sso_user_id text
      organization_id text
      password text
      teams text[] DEFAULT '{}'
      user_role text
      max_budget double precision
      spend double precision DEFAULT 0.0 NOT NULL
      user_email text
      models text[]
      metadata jsonb DEFAULT '{}' NOT NULL
      max_parallel_requests integer
      tpm_limit bigint
      rpm_limit bigint
      budget_duration text
      budget_reset_at timestamp(3)
      allowed_cache_controls text[] DEFAULT '{}'
      model_spend jsonb DEFAULT '{}' NOT NULL
      model_max_budget jsonb DEFAULT '{}' NOT NULL
      created_at timestamp(3) DEFAULT now()
      updated_at timestamp(3) DEFAULT now()
      object_permission_id text
      policies text[] DEFAULT '{}'
      password_reset_required boolean -- 1.106.2
      last_breach_check_at timestamp(3) -- 1.106.2`,
  },
  LiteLLM_OrganizationMembership: {
    primaryKey: 'user_id, organization_id',
    columns: `
      user_id text NOT NULL
      organization_id text NOT NULL
      user_role text
      spend double precision DEFAULT 0.0
      budget_id text
      created_at timestamp(3) DEFAULT now()
      updated_at timestamp(3) DEFAULT now()`,
  },
  LiteLLM_TeamMembership: {
    primaryKey: 'user_id, team_id',
    columns: `
      user_id text NOT NULL
      team_id text NOT NULL
      spend double precision DEFAULT 0.0 NOT NULL
      budget_id text
      total_spend double precision DEFAULT 0.0 NOT NULL -- 1.106.2`,
  },
  LiteLLM_AccessGroupTable: {
    primaryKey: 'access_group_id',
    columns: `
      access_group_id text NOT NULL
      access_group_name text NOT NULL
      description text
      access_mcp_server_ids text[] DEFAULT '{}'
      access_agent_ids text[] DEFAULT '{}'
      assigned_team_ids text[] DEFAULT '{}'
      assigned_key_ids text[] DEFAULT '{}'
      created_at timestamp(3) DEFAULT now() NOT NULL
      created_by text
      updated_at timestamp(3) DEFAULT now() NOT NULL
      updated_by text
      access_model_names text[] DEFAULT '{}'
      mcp_tool_permissions jsonb -- 1.109.1
      access_skill_names text[] DEFAULT '{}' -- 1.109.1`,
  },
  LiteLLM_CredentialsTable: {
    primaryKey: 'credential_id',
    columns: `
      credential_id text NOT NULL
      credential_name text NOT NULL
      credential_values jsonb NOT NULL
      credential_info jsonb
      created_at timestamp(3) DEFAULT now() NOT NULL
      created_by text NOT NULL
      updated_at timestamp(3) DEFAULT now() NOT NULL
      updated_by text NOT NULL
      display_name text -- 1.106.2`,
  },
  LiteLLM_ProxyModelTable: {
    primaryKey: 'model_id',
    columns: `
      model_id text NOT NULL
      model_name text NOT NULL
      litellm_params jsonb NOT NULL
      model_info jsonb
      created_at timestamp(3) DEFAULT now() NOT NULL
      created_by text NOT NULL
      updated_at timestamp(3) DEFAULT now() NOT NULL
      updated_by text NOT NULL
      blocked boolean DEFAULT false NOT NULL -- 1.106.2`,
  },
  LiteLLM_Config: {
    primaryKey: 'param_name',
    columns: `
      param_name text NOT NULL
      param_value jsonb
      last_run_at timestamp(3) -- 1.106.2
      reload_revision bigint DEFAULT 0 NOT NULL -- 1.106.2`,
  },
  LiteLLM_EndUserTable: {
    primaryKey: 'user_id',
    columns: `
      user_id text NOT NULL
      alias text
      spend double precision DEFAULT 0.0 NOT NULL
      allowed_model_region text
      default_model text
      budget_id text
      blocked boolean DEFAULT false NOT NULL
      object_permission_id text -- 1.106.2
      models text[] DEFAULT '{}' -- 1.106.2`,
  },
  LiteLLM_TagTable: {
    primaryKey: 'tag_name',
    columns: `
      tag_name text NOT NULL
      description text
      models text[]
      model_info jsonb
      spend double precision DEFAULT 0.0 NOT NULL
      budget_id text
      created_at timestamp(3) DEFAULT now() NOT NULL
      created_by text
      updated_at timestamp(3) DEFAULT now() NOT NULL`,
  },
  LiteLLM_VerificationToken: {
    primaryKey: 'token',
    columns: `
      token text NOT NULL
      key_name text
      key_alias text
      soft_budget_cooldown boolean DEFAULT false NOT NULL
      spend double precision DEFAULT 0.0 NOT NULL
      expires timestamp(3)
      models text[]
      aliases jsonb DEFAULT '{}' NOT NULL
      config jsonb DEFAULT '{}' NOT NULL
      user_id text
      team_id text
      permissions jsonb DEFAULT '{}' NOT NULL
      max_parallel_requests integer
      metadata jsonb DEFAULT '{}' NOT NULL
      blocked boolean
      tpm_limit bigint
      rpm_limit bigint
      max_budget double precision
      budget_duration text
      budget_reset_at timestamp(3)
      allowed_cache_controls text[] DEFAULT '{}'
      model_spend jsonb DEFAULT '{}' NOT NULL
      model_max_budget jsonb DEFAULT '{}' NOT NULL
      budget_id text
      organization_id text
      created_at timestamp(3) DEFAULT now()
      created_by text
      updated_at timestamp(3) DEFAULT now()
      updated_by text
      allowed_routes text[] DEFAULT '{}'
      object_permission_id text
      auto_rotate boolean DEFAULT false
      key_rotation_at timestamp(3)
      last_rotation_at timestamp(3)
      rotation_count integer DEFAULT 0
      rotation_interval text
      project_id text -- 1.106.2
      router_settings jsonb DEFAULT '{}'
      policies text[] DEFAULT '{}'
      access_group_ids text[] DEFAULT '{}'
      last_active timestamp(3) -- 1.106.2
      agent_id text -- 1.106.2
      budget_limits jsonb -- 1.106.2
      budget_fallbacks jsonb DEFAULT '{}' NOT NULL -- 1.106.2
      key_type text -- 1.106.2
      settings_updated_at timestamp(3) -- 1.106.2
      tpd_limit bigint -- 1.106.2
      total_spend double precision DEFAULT 0.0 NOT NULL -- 1.106.2`,
  },
  LiteLLM_DeletedVerificationToken: {
    primaryKey: 'id',
    columns: `
      id text NOT NULL
      token text NOT NULL
      key_name text
      key_alias text
      soft_budget_cooldown boolean DEFAULT false NOT NULL
      spend double precision DEFAULT 0.0 NOT NULL
      expires timestamp(3)
      models text[]
      aliases jsonb DEFAULT '{}' NOT NULL
      config jsonb DEFAULT '{}' NOT NULL
      user_id text
      team_id text
      permissions jsonb DEFAULT '{}' NOT NULL
      max_parallel_requests integer
      metadata jsonb DEFAULT '{}' NOT NULL
      blocked boolean
      tpm_limit bigint
      rpm_limit bigint
      max_budget double precision
      budget_duration text
      budget_reset_at timestamp(3)
      allowed_cache_controls text[] DEFAULT '{}'
      allowed_routes text[] DEFAULT '{}'
      model_spend jsonb DEFAULT '{}' NOT NULL
      model_max_budget jsonb DEFAULT '{}' NOT NULL
      budget_id text
      organization_id text
      object_permission_id text
      created_at timestamp(3)
      created_by text
      updated_at timestamp(3)
      updated_by text
      rotation_count integer DEFAULT 0
      auto_rotate boolean DEFAULT false
      rotation_interval text
      last_rotation_at timestamp(3)
      key_rotation_at timestamp(3)
      deleted_at timestamp(3) DEFAULT now() NOT NULL
      deleted_by text
      deleted_by_api_key text
      litellm_changed_by text
      router_settings jsonb DEFAULT '{}'
      policies text[] DEFAULT '{}'
      access_group_ids text[] DEFAULT '{}'
      last_active timestamp(3) -- 1.106.2
      project_id text -- 1.106.2
      agent_id text -- 1.106.2
      budget_fallbacks jsonb DEFAULT '{}' NOT NULL -- 1.106.2
      key_type text -- 1.106.2
      settings_updated_at timestamp(3) -- 1.106.2
      tpd_limit bigint -- 1.106.2
      total_spend double precision DEFAULT 0.0 NOT NULL -- 1.106.2`,
  },
  LiteLLM_DeletedTeamTable: {
    primaryKey: 'id',
    columns: `
      id text NOT NULL
      team_id text NOT NULL
      team_alias text
      organization_id text
      object_permission_id text
      admins text[]
      members text[]
      members_with_roles jsonb DEFAULT '{}' NOT NULL
      metadata jsonb DEFAULT '{}' NOT NULL
      max_budget double precision
      spend double precision DEFAULT 0.0 NOT NULL
      models text[]
      max_parallel_requests integer
      tpm_limit bigint
      rpm_limit bigint
      budget_duration text
      budget_reset_at timestamp(3)
      blocked boolean DEFAULT false NOT NULL
      model_spend jsonb DEFAULT '{}' NOT NULL
      model_max_budget jsonb DEFAULT '{}' NOT NULL
      team_member_permissions text[] DEFAULT '{}'
      model_id integer
      created_at timestamp(3)
      updated_at timestamp(3)
      deleted_at timestamp(3) DEFAULT now() NOT NULL
      deleted_by text
      deleted_by_api_key text
      litellm_changed_by text
      router_settings jsonb DEFAULT '{}'
      policies text[] DEFAULT '{}'
      allow_team_guardrail_config boolean DEFAULT false NOT NULL
      soft_budget double precision
      access_group_ids text[] DEFAULT '{}'
      tpd_limit bigint -- 1.106.2`,
  },
  LiteLLM_DeprecatedVerificationToken: {
    primaryKey: 'id',
    columns: `
      id text NOT NULL
      token text NOT NULL
      active_token_id text NOT NULL
      revoke_at timestamp(3) NOT NULL
      created_at timestamp(3) DEFAULT now() NOT NULL`,
  },
  LiteLLM_JWTKeyMapping: {
    since: '1.106.2',
    primaryKey: 'id',
    columns: `
      id text NOT NULL
      jwt_claim_name text NOT NULL
      jwt_claim_value text NOT NULL
      token text NOT NULL
      description text
      is_active boolean DEFAULT true NOT NULL
      created_at timestamp(3) DEFAULT now() NOT NULL
      created_by text
      updated_at timestamp(3) DEFAULT now() NOT NULL
      updated_by text
      jwt_issuer text DEFAULT '' NOT NULL`,
  },
} as const satisfies Readonly<Record<string, Table>>;

export type TableName = keyof typeof TABLES;

/** `[table, constraint, first release that has it]` */
const CONSTRAINTS: readonly (readonly [TableName, string, SandboxVersion?])[] = [
  ['LiteLLM_AccessGroupTable', 'UNIQUE (access_group_name)'],
  ['LiteLLM_CredentialsTable', 'UNIQUE (credential_name)'],
  ['LiteLLM_DeprecatedVerificationToken', 'UNIQUE (token)'],
  ['LiteLLM_JWTKeyMapping', 'UNIQUE (jwt_issuer, jwt_claim_name, jwt_claim_value)', '1.106.2'],
  ['LiteLLM_OrganizationMembership', 'UNIQUE (user_id, organization_id)'],
  ['LiteLLM_TeamTable', 'UNIQUE (model_id)'],
  ['LiteLLM_UserTable', 'UNIQUE (sso_user_id)'],
  [
    'LiteLLM_EndUserTable',
    'FOREIGN KEY (budget_id) REFERENCES "LiteLLM_BudgetTable"(budget_id) ON UPDATE CASCADE ON DELETE SET NULL',
  ],
  [
    'LiteLLM_EndUserTable',
    'FOREIGN KEY (object_permission_id) REFERENCES "LiteLLM_ObjectPermissionTable"(object_permission_id) ON UPDATE CASCADE ON DELETE SET NULL',
    '1.106.2',
  ],
  [
    'LiteLLM_JWTKeyMapping',
    'FOREIGN KEY (token) REFERENCES "LiteLLM_VerificationToken"(token) ON UPDATE CASCADE ON DELETE CASCADE',
    '1.106.2',
  ],
  [
    'LiteLLM_OrganizationMembership',
    'FOREIGN KEY (budget_id) REFERENCES "LiteLLM_BudgetTable"(budget_id) ON UPDATE CASCADE ON DELETE SET NULL',
  ],
  [
    'LiteLLM_OrganizationMembership',
    'FOREIGN KEY (organization_id) REFERENCES "LiteLLM_OrganizationTable"(organization_id) ON UPDATE CASCADE ON DELETE RESTRICT',
  ],
  [
    'LiteLLM_OrganizationMembership',
    'FOREIGN KEY (user_id) REFERENCES "LiteLLM_UserTable"(user_id) ON UPDATE CASCADE ON DELETE RESTRICT',
  ],
  [
    'LiteLLM_OrganizationTable',
    'FOREIGN KEY (budget_id) REFERENCES "LiteLLM_BudgetTable"(budget_id) ON UPDATE CASCADE ON DELETE RESTRICT',
  ],
  [
    'LiteLLM_OrganizationTable',
    'FOREIGN KEY (object_permission_id) REFERENCES "LiteLLM_ObjectPermissionTable"(object_permission_id) ON UPDATE CASCADE ON DELETE SET NULL',
  ],
  [
    'LiteLLM_ProjectTable',
    'FOREIGN KEY (budget_id) REFERENCES "LiteLLM_BudgetTable"(budget_id) ON UPDATE CASCADE ON DELETE SET NULL',
    '1.106.2',
  ],
  [
    'LiteLLM_ProjectTable',
    'FOREIGN KEY (object_permission_id) REFERENCES "LiteLLM_ObjectPermissionTable"(object_permission_id) ON UPDATE CASCADE ON DELETE SET NULL',
    '1.106.2',
  ],
  [
    'LiteLLM_ProjectTable',
    'FOREIGN KEY (team_id) REFERENCES "LiteLLM_TeamTable"(team_id) ON UPDATE CASCADE ON DELETE SET NULL',
    '1.106.2',
  ],
  [
    'LiteLLM_TagTable',
    'FOREIGN KEY (budget_id) REFERENCES "LiteLLM_BudgetTable"(budget_id) ON UPDATE CASCADE ON DELETE SET NULL',
  ],
  [
    'LiteLLM_TeamMembership',
    'FOREIGN KEY (budget_id) REFERENCES "LiteLLM_BudgetTable"(budget_id) ON UPDATE CASCADE ON DELETE SET NULL',
  ],
  [
    'LiteLLM_TeamTable',
    'FOREIGN KEY (model_id) REFERENCES "LiteLLM_ModelTable"(id) ON UPDATE CASCADE ON DELETE SET NULL',
  ],
  [
    'LiteLLM_TeamTable',
    'FOREIGN KEY (object_permission_id) REFERENCES "LiteLLM_ObjectPermissionTable"(object_permission_id) ON UPDATE CASCADE ON DELETE SET NULL',
  ],
  [
    'LiteLLM_TeamTable',
    'FOREIGN KEY (organization_id) REFERENCES "LiteLLM_OrganizationTable"(organization_id) ON UPDATE CASCADE ON DELETE SET NULL',
  ],
  [
    'LiteLLM_UserTable',
    'FOREIGN KEY (object_permission_id) REFERENCES "LiteLLM_ObjectPermissionTable"(object_permission_id) ON UPDATE CASCADE ON DELETE SET NULL',
  ],
  [
    'LiteLLM_UserTable',
    'FOREIGN KEY (organization_id) REFERENCES "LiteLLM_OrganizationTable"(organization_id) ON UPDATE CASCADE ON DELETE SET NULL',
  ],
  [
    'LiteLLM_VerificationToken',
    'FOREIGN KEY (budget_id) REFERENCES "LiteLLM_BudgetTable"(budget_id) ON UPDATE CASCADE ON DELETE SET NULL',
  ],
  [
    'LiteLLM_VerificationToken',
    'FOREIGN KEY (object_permission_id) REFERENCES "LiteLLM_ObjectPermissionTable"(object_permission_id) ON UPDATE CASCADE ON DELETE SET NULL',
  ],
  [
    'LiteLLM_VerificationToken',
    'FOREIGN KEY (organization_id) REFERENCES "LiteLLM_OrganizationTable"(organization_id) ON UPDATE CASCADE ON DELETE SET NULL',
  ],
  [
    'LiteLLM_VerificationToken',
    'FOREIGN KEY (project_id) REFERENCES "LiteLLM_ProjectTable"(project_id) ON UPDATE CASCADE ON DELETE SET NULL',
    '1.106.2',
  ],
];

export function hasTable(table: TableName, version: SandboxVersion): boolean {
  const { since }: Table = TABLES[table];
  return since === undefined || isAtLeast(version, since);
}

/** Column name → its SQL definition, as this release has them. */
export function columnsOf(table: TableName, version: SandboxVersion): ReadonlyMap<string, string> {
  const columns = new Map<string, string>();
  for (const line of TABLES[table].columns.trim().split('\n')) {
    const [definition = '', since] = line.trim().split(' -- ');
    if (since !== undefined && !isAtLeast(version, since as SandboxVersion)) continue;
    columns.set(definition.slice(0, definition.indexOf(' ')), definition);
  }
  return columns;
}

/** The statements that make an empty database LiteLLM's, in order. */
export function createStatements(version: SandboxVersion): string[] {
  const tables = (Object.keys(TABLES) as TableName[]).filter((table) => hasTable(table, version));
  return [
    ...tables.map((table) => {
      const columns = [...columnsOf(table, version).values()].join(', ');
      return `CREATE TABLE "${table}" (${columns}, PRIMARY KEY (${TABLES[table].primaryKey}))`;
    }),
    ...CONSTRAINTS.filter(
      ([table, , since]) => hasTable(table, version) && (since === undefined || isAtLeast(version, since)),
    ).map(([table, constraint]) => `ALTER TABLE "${table}" ADD ${constraint}`),
  ];
}

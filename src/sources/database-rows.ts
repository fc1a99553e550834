import { finding, type Finding } from '../findings.js';
import { MigrateError } from '../errors.js';
import type { Row } from './fields.js';
import type { Snapshot } from './postgres.js';
import type { RowSource } from './row-source.js';

/** Tables that hold things no rule carries; their rows are counted (L§2.2). */
const NOT_CARRIED = [
  ['LiteLLM_EndUserTable', 'end_users_not_carried', 'end user(s) (customers) with their budgets and blocks'],
  ['LiteLLM_TagTable', 'tags_not_carried', 'tag(s) with their budgets'],
  ['LiteLLM_JWTKeyMapping', 'jwt_mappings_not_carried', 'mapping(s) from JWT claims to keys'],
  [
    'LiteLLM_DeprecatedVerificationToken',
    'rotated_tokens_not_carried',
    'rotated key text(s) that LiteLLM still accepts for a while',
  ],
] as const;

/** Every table that is read. */
const READ = [
  'LiteLLM_AccessGroupTable',
  'LiteLLM_BudgetTable',
  'LiteLLM_Config',
  'LiteLLM_CredentialsTable',
  'LiteLLM_ModelTable',
  'LiteLLM_ObjectPermissionTable',
  'LiteLLM_OrganizationMembership',
  'LiteLLM_OrganizationTable',
  'LiteLLM_ProjectTable',
  'LiteLLM_ProxyModelTable',
  'LiteLLM_TeamMembership',
  'LiteLLM_TeamTable',
  'LiteLLM_UserTable',
  'LiteLLM_VerificationToken',
  ...NOT_CARRIED.map(([table]) => table),
] as const;

type Table = (typeof READ)[number];

/** LiteLLM's tables read in one snapshot; tables and columns that an older version lacks are simply not there. */
export class DatabaseRows implements RowSource {
  readonly origin = 'database';
  readonly findings: Finding[] = [];
  readonly #snapshot: Snapshot;

  constructor(snapshot: Snapshot) {
    this.#snapshot = snapshot;
  }

  /**
   * @throws MigrateError source_unexpected when this is not LiteLLM's database; database_unreachable when a table of it may not
   *   be read: taken for empty, its limits and its lists would be lost.
   */
  async check(): Promise<void> {
    const hidden = (await this.#snapshot.unreadable()).filter((name) => READ.some((table) => table === name));
    if (hidden.length > 0)
      throw new MigrateError(
        'database_unreachable',
        `The user of LITELLM_DB_URL may not read ${hidden.join(', ')}`,
        `As their owner: GRANT SELECT ON ALL TABLES IN SCHEMA "${this.#snapshot.schema}" TO that user.`,
      );
    if ((await this.#snapshot.columns('LiteLLM_VerificationToken')) !== undefined) return;
    throw new MigrateError(
      'source_unexpected',
      `The database has no LiteLLM tables in schema "${this.#snapshot.schema}"`,
      'Set LITELLM_DB_URL to the DATABASE_URL of the proxy, with its ?schema= if it has one.',
    );
  }

  async organizations(): Promise<readonly Row[]> {
    const memberships = await this.#all('LiteLLM_OrganizationMembership', 'organization_id, user_id');
    const counts = new Map<unknown, number>();
    for (const { organization_id: id } of memberships) counts.set(id, (counts.get(id) ?? 0) + 1);
    const rows = await this.#all('LiteLLM_OrganizationTable', 'organization_id');
    return rows.map((row) => ({ ...row, member_count: counts.get(row.organization_id) ?? 0 }));
  }

  /** With `model_aliases` from the table that model_id points at. */
  async teams(): Promise<readonly Row[]> {
    const aliases = new Map(
      (await this.#all('LiteLLM_ModelTable', 'id')).map((row) => [row.id, row.aliases ?? row.model_aliases]),
    );
    const rows = await this.#all('LiteLLM_TeamTable', 'team_id');
    return rows.map((row) => ({
      ...row,
      model_aliases: row.model_id == null ? null : (aliases.get(row.model_id) ?? null),
    }));
  }

  budgets(): Promise<readonly Row[]> {
    return this.#all('LiteLLM_BudgetTable', 'budget_id');
  }

  accessGroups(): Promise<readonly Row[]> {
    return this.#all('LiteLLM_AccessGroupTable', 'access_group_id');
  }

  projects(): Promise<readonly Row[]> {
    return this.#all('LiteLLM_ProjectTable', 'project_id');
  }

  models(): Promise<readonly Row[]> {
    return this.#all('LiteLLM_ProxyModelTable', 'created_at, model_id');
  }

  credentials(): Promise<readonly Row[]> {
    return this.#all('LiteLLM_CredentialsTable', 'credential_name');
  }

  config(): Promise<readonly Row[]> {
    return this.#all('LiteLLM_Config', 'param_name');
  }

  async countNotCarried(): Promise<void> {
    for (const [table, code, what] of NOT_CARRIED) {
      if ((await this.#snapshot.columns(table)) === undefined) continue;
      for await (const { n } of this.#snapshot.rows(
        `SELECT jsonb_build_object('n', count(*)) AS row FROM ${this.#name(table)}`,
      )) {
        if (Number(n) > 0)
          this.findings.push(finding('loss', code, table, `${Number(n)} ${what} are not carried over.`));
      }
    }
  }

  users(): AsyncGenerator<Row> {
    return this.#stream('LiteLLM_UserTable', 'user_id');
  }

  keys(): AsyncGenerator<Row> {
    return this.#stream('LiteLLM_VerificationToken', 'token');
  }

  teamMemberships(): AsyncGenerator<Row> {
    return this.#stream('LiteLLM_TeamMembership', 'team_id, user_id');
  }

  close(): Promise<void> {
    return this.#snapshot.close();
  }

  async #all(table: Table, order: string): Promise<Row[]> {
    const rows: Row[] = [];
    for await (const row of this.#stream(table, order)) rows.push(row);
    return rows;
  }

  /**
   * Whole rows as JSON: no column is named, so none can be missing; times come as text, bigints and NaN survive. A user's
   * password never leaves the database (L§2.2).
   */
  async *#stream(table: Table, order: string): AsyncGenerator<Row> {
    const columns = await this.#snapshot.columns(table);
    if (columns === undefined) return;
    const permissions =
      (await this.#snapshot.columns('LiteLLM_ObjectPermissionTable')) !== undefined &&
      columns.has('object_permission_id');
    const sorted = order.split(', ').filter((column) => columns.has(column));
    const join = permissions
      ? ` LEFT JOIN ${this.#name('LiteLLM_ObjectPermissionTable')} p ON p.object_permission_id = t.object_permission_id`
      : '';
    const extra = permissions
      ? ` || jsonb_build_object('object_permission', to_jsonb(p) - 'object_permission_id')`
      : '';
    yield* this.#snapshot.rows(
      `SELECT (to_jsonb(t) - 'password')${extra} AS row FROM ${this.#name(table)} t${join}` +
        (sorted.length === 0 ? '' : ` ORDER BY ${sorted.map((column) => `t.${column}`).join(', ')}`),
    );
  }

  #name(table: Table): string {
    return `"${this.#snapshot.schema.replaceAll('"', '""')}"."${table}"`;
  }
}

import { isObject } from '../json.js';
import { finding, type Finding } from '../findings.js';
import { MigrateError } from '../errors.js';
import { allRows, expectOk, readRows, type Listing } from './api-pages.js';
import type { ManagementApi, Query } from './management-api.js';
import type { Row } from './fields.js';
import { batches, chunks } from './batches.js';
import { optionalBody } from './api-optional.js';
import type { RowSource } from './row-source.js';
import { apiKeyRow, isKeyRowWithoutLinks, withModels } from './api-key-row.js';

const PAGE = 100;
/** Requests at once where the API has to be asked row by row. */
const TOGETHER = 8;

// Default order of /key/list is stable (created_at, token); every sort_by lacks a tie-breaker but `token` (L§1.7).
const KEYS: Listing = {
  path: '/key/list',
  query: { return_full_object: true },
  size: { name: 'size', value: PAGE },
  rows: 'keys',
  total: 'total_count',
  id: (row) => (typeof row === 'string' ? row : textOf(row.token)),
};
const TEAMS: Listing = {
  path: '/v2/team/list',
  query: { sort_by: 'team_id', sort_order: 'asc' },
  size: { name: 'page_size', value: PAGE },
  rows: 'teams',
  total: 'total',
  id: (row) => (typeof row === 'string' ? row : textOf(row.team_id)),
};
const USERS: Listing = {
  path: '/user/list',
  query: { sort_by: 'user_id', sort_order: 'asc' },
  size: { name: 'page_size', value: PAGE },
  rows: 'users',
  total: 'total',
  id: (row) => (typeof row === 'string' ? row : textOf(row.user_id)),
};

/** Everything the management API tells, and findings for what it does not (L§1.15). */
export class ApiRows implements RowSource {
  readonly origin = 'api';
  readonly findings: Finding[] = [];
  readonly #api: ManagementApi;
  readonly #log: (line: string) => void;
  #teamIds: readonly string[] = [];
  /** From the heavy /team/list, when it had to be read anyway. */
  #memberships: readonly Row[] | null = null;

  constructor(api: ManagementApi, log: (line: string) => void) {
    this.#api = api;
    this.#log = log;
  }

  async organizations(): Promise<readonly Row[]> {
    return this.#optionalRows('organizations', '/organization/list');
  }

  async teams(): Promise<readonly Row[]> {
    let rows = await this.#pagedTeams();
    // [1.81.13] /v2/team/list says model_id and leaves the aliases out; only the unpaged list has them (L§1.8).
    if (rows === null || rows.some((row) => row.model_id != null && row.litellm_model_table == null)) {
      rows = readRows('/team/list', expectOk('/team/list', await this.#api.get('/team/list')));
      this.#memberships = rows.flatMap((row) =>
        Array.isArray(row.team_memberships) ? (row.team_memberships as unknown[]).filter(isObject) : [],
      );
    }
    this.#teamIds = rows.flatMap((row) => textOf(row.team_id) ?? []);
    return rows.map(({ keys: _keys, team_memberships: _memberships, litellm_model_table: table, ...row }) => ({
      ...withModels(row),
      model_aliases: isObject(table) ? (table.model_aliases ?? table.aliases ?? null) : null,
    }));
  }

  /** null: the paged list is absent (before 1.67.3), or one malformed team makes a page fail (L§1.8). */
  async #pagedTeams(): Promise<Row[] | null> {
    try {
      const first = await this.#api.get(TEAMS.path, { ...TEAMS.query, page: 1, page_size: 1 });
      if (first.status === 404) return null;
      const rows: Row[] = [];
      for await (const row of allRows(this.#api, TEAMS)) if (typeof row !== 'string') rows.push(row);
      return rows;
    } catch (error) {
      if (!(error instanceof MigrateError) || error.code !== 'source_unexpected') throw error;
      this.findings.push(
        finding(
          'loss',
          'team_list_incomplete',
          '',
          'LiteLLM cannot page through its teams; its other list leaves out teams whose row is malformed. Set LITELLM_DB_URL to be sure of all.',
        ),
      );
      return null;
    }
  }

  async budgets(): Promise<readonly Row[]> {
    return this.#optionalRows('budgets', '/budget/list');
  }

  async accessGroups(): Promise<readonly Row[]> {
    return this.#optionalRows('access_groups', '/v1/access_group');
  }

  async projects(): Promise<readonly Row[]> {
    return this.#optionalRows('projects', '/project/list');
  }

  async #optionalRows(kind: string, path: string): Promise<readonly Row[]> {
    const body = await optionalBody(this.#api, kind, path, this.findings);
    return body === null ? [] : readRows(path, body);
  }

  async *users(): AsyncGenerator<Row> {
    for await (const row of allRows(this.#api, USERS)) if (typeof row !== 'string') yield row;
  }

  async *keys(): AsyncGenerator<Row> {
    let asked = false;
    for await (const batch of batches(allRows(this.#api, KEYS), PAGE)) {
      const incomplete = batch.some(isKeyRowWithoutLinks);
      if (incomplete && !asked) {
        asked = true;
        this.#log(
          'this LiteLLM leaves budget links out of its key list: asking for every key; LITELLM_DB_URL makes it quicker',
        );
      }
      for (const group of chunks(batch, TOGETHER)) {
        const rows = await Promise.all(group.map((row) => this.#wholeKey(row)));
        yield* rows.filter((row) => row !== null);
      }
    }
  }

  /**
   * A key row with everything linked; lists of old releases hold hashes only, those of 1.81 no budget_id (L§1.7). null = the
   * key was deleted since it was listed, and nothing but its hash is known.
   */
  async #wholeKey(row: Row | string): Promise<Row | null> {
    if (!isKeyRowWithoutLinks(row)) return apiKeyRow(row as Row);
    const token = typeof row === 'string' ? row : (textOf(row.token) ?? '');
    const known: Row = typeof row === 'string' ? { token } : row;
    const body = await this.#detail('/key/info', { key: token });
    const info = isObject(body.info) ? body.info : {};
    if (typeof row === 'string' && Object.keys(info).length === 0) return null;
    return apiKeyRow({ ...known, ...info, token });
  }

  async *teamMemberships(): AsyncGenerator<Row> {
    if (this.#memberships !== null) return yield* this.#memberships;
    for (const group of chunks([...this.#teamIds], TOGETHER / 2)) {
      for (const rows of await Promise.all(group.map((teamId) => this.#membershipsOf(teamId)))) yield* rows;
    }
  }

  async #membershipsOf(teamId: string): Promise<readonly Row[]> {
    const { team_memberships: rows } = await this.#detail('/team/info', { team_id: teamId });
    return Array.isArray(rows) ? (rows as unknown[]).filter(isObject) : [];
  }

  /** {} when the row was deleted since it was listed. */
  async #detail(path: string, query: Query): Promise<Record<string, unknown>> {
    const answer = await this.#api.get(path, query);
    const body = answer.status === 404 ? {} : expectOk(path, answer);
    return isObject(body) ? body : {};
  }

  async close(): Promise<void> {}
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

import type { Finding } from '../findings.js';
import type { Row } from './fields.js';

/**
 * LiteLLM's tables as rows, whoever tells them. Column names are the database's (L§2.2), with what belongs to a row joined:
 * `model_aliases` on teams, `object_permission` where one is linked, `members` on organizations.
 */
export interface RowSource {
  readonly origin: 'database' | 'api';
  organizations(): Promise<readonly Row[]>;
  teams(): Promise<readonly Row[]>;
  budgets(): Promise<readonly Row[]>;
  accessGroups(): Promise<readonly Row[]>;
  projects(): Promise<readonly Row[]>;
  users(): AsyncIterable<Row>;
  keys(): AsyncIterable<Row>;
  /** Rows of LiteLLM_TeamMembership: team_id, user_id, budget_id. */
  teamMemberships(): AsyncIterable<Row>;
  /** What could not be read, or is there and not carried; complete once the promises above have settled. */
  readonly findings: readonly Finding[];
  close(): Promise<void>;
}

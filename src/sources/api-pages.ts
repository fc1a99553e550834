import * as z from 'zod';
import { MigrateError } from '../errors.js';
import { detail, type Answer, type ManagementApi, type Query } from './management-api.js';
import type { Row } from './fields.js';

/** The paging names differ per endpoint, and a wrong one is ignored in silence (L§1.7). */
export type Listing = {
  readonly path: string;
  readonly query: Query;
  /** Largest page the endpoint takes: 100, more is a 422 (L§1.7–1.9). */
  readonly size: { readonly name: 'size' | 'page_size'; readonly value: number };
  readonly rows: string;
  readonly total: 'total_count' | 'total';
  /** What makes a row itself; rows without it are all kept. */
  readonly id: (row: Row | string) => string | null;
};

const WALKS = 3;
const rowSchema = z.record(z.string(), z.unknown());

/**
 * Every row of a paged list, one page in memory. Pages shift while rows come and go, so rows are de-duplicated by id and
 * the list is walked again until as many were seen as the proxy counts; the ids seen are kept (some 10 MB per 100,000).
 * @throws MigrateError source_unexpected when the list keeps changing, or does not look like one.
 */
export async function* allRows(api: ManagementApi, listing: Listing): AsyncGenerator<Row | string> {
  const seen = new Set<string>();
  let anonymous = 0;
  let total = 0;
  for (let walk = 1; walk <= WALKS; walk++) {
    anonymous = 0;
    for (let page = 1, last = 1; page <= last; page++) {
      const answer = await api.get(listing.path, { ...listing.query, page, [listing.size.name]: listing.size.value });
      const body = readPage(listing, answer);
      total = body.total ?? 0;
      last = body.rows.length === 0 ? page : (body.pages ?? 1);
      for (const row of body.rows) {
        const id = listing.id(row);
        const known = id === null ? walk > 1 : seen.has(id);
        if (id === null) anonymous++;
        else seen.add(id);
        if (!known) yield row;
      }
    }
    if (seen.size + anonymous >= total) return;
  }
  throw new MigrateError(
    'source_unexpected',
    `GET ${listing.path} counts ${total} rows and lists ${seen.size + anonymous}`,
    'Run again when nobody creates or deletes these in LiteLLM, or set LITELLM_DB_URL: the database is read in one snapshot.',
  );
}

function readPage(listing: Listing, answer: Answer) {
  const body = expectOk(listing.path, answer);
  const page = z
    .object({
      [listing.rows]: z.array(z.union([rowSchema, z.string()])),
      [listing.total]: z.number().optional(),
      total_pages: z.number().optional(),
    })
    .safeParse(body);
  if (!page.success) throw unexpectedShape(listing.path, page.error);
  const read = page.data as Record<string, unknown>;
  return {
    rows: read[listing.rows] as (Row | string)[],
    total: read[listing.total] as number | undefined,
    pages: read.total_pages as number | undefined,
  };
}

/** A bare array of rows, as most unpaged lists answer. @throws MigrateError source_unexpected */
export function readRows(path: string, body: unknown): Row[] {
  const rows = z.array(rowSchema).safeParse(body);
  if (!rows.success) throw unexpectedShape(path, rows.error);
  return rows.data;
}

/** An object with the named member being an array of rows. @throws MigrateError source_unexpected */
export function readMember(path: string, body: unknown, member: string): Row[] {
  const object = rowSchema.safeParse(body);
  if (!object.success) throw unexpectedShape(path, object.error);
  return readRows(path, object.data[member]);
}

/** The body of a 200. @throws MigrateError source_unauthorized (403), source_unexpected (anything else). */
export function expectOk(path: string, answer: Answer): unknown {
  if (answer.status === 200) return answer.body;
  if (answer.status === 403) {
    throw new MigrateError(
      'source_unauthorized',
      `The key may not read GET ${path}${detail(answer.body)}`,
      'Set LITELLM_MASTER_KEY to the master key of the proxy: other roles see only a part of it.',
    );
  }
  throw new MigrateError(
    'source_unexpected',
    `LiteLLM answers GET ${path} with HTTP ${answer.status}${detail(answer.body)}`,
    'Check LITELLM_URL and the version of the proxy.',
  );
}

function unexpectedShape(path: string, error: z.ZodError): MigrateError {
  const where = error.issues[0]?.path.join('.') ?? '';
  return new MigrateError(
    'source_unexpected',
    `GET ${path} answers in a shape this program does not know${where === '' ? '' : ` (at ${where})`}`,
    'Check that LITELLM_URL is a LiteLLM proxy; if it is, report its version.',
    { cause: error },
  );
}

import type { Database } from 'better-sqlite3';
import * as z from 'zod';
import { NAMED_KINDS } from '../mapping/name-choices.js';
import { printableJson, visible } from './visible.js';
import { shownId } from './words.js';

const ROW = z.object({
  kind: z.string(),
  id: z.string(),
  natural: z.string(),
  status: z.string(),
  bifrostName: z.string().nullable(),
  message: z.string().nullable(),
  equals: z.number(),
  adopted: z.string().nullable(),
});
type Row = z.infer<typeof ROW>;

const KINDS = NAMED_KINDS.map((kind) => `'${kind}'`).join(', ');

/** Names that collided, were changed, or met something on Bifrost. */
const CONFLICTS = `
  SELECT * FROM (
    SELECT seq, kind, source_id AS id, natural_name AS natural, status, bifrost_name AS bifrostName, message,
           count(*) OVER (PARTITION BY kind, natural_name) AS equals,
           (SELECT group_concat(message, '; ') FROM (
              SELECT f.message FROM findings f
               WHERE f.record_seq = records.seq AND f.code IN ('adopted', 'adopted_differs') ORDER BY f.id)) AS adopted,
           (status = 'failed' AND code IN ('name_collision', 'name_taken', 'exists_on_target', 'exists_unseen', 'several_found',
                                           'merge_differs')) AS refused
      FROM records WHERE kind IN (${KINDS}))
   WHERE equals > 1 OR refused OR adopted IS NOT NULL OR bifrostName <> natural
   ORDER BY kind, natural, seq`;

const HEADER = [
  '# Names on Bifrost, for: migrate run --names FILE',
  '# As it is it changes nothing. What is on Bifrost already keeps its name there.',
  '#',
  '#   name:    what the record is to be called on Bifrost',
  '#   merge:   true = records with the same name become one object (organizations and teams); each of them has to say so',
  '#   exclude: true = it is not migrated, nor what belongs to it (any kind: add entries as you need them)',
  'version: 1',
];

/** A names file that says what the journal says. */
export function* conflictsFile(database: Database): Iterable<string> {
  const rows = database
    .prepare(CONFLICTS)
    .all()
    .map((raw) => ROW.parse(raw));
  yield* HEADER;
  // What has no name on Bifrost yet stands in comments, and a list of comments is no list.
  const named = rows.some(({ status }) => status === 'written');
  yield named ? 'records:' : 'records: []';
  if (!named && rows.length > 0) yield '# records:';
  for (const row of rows) yield* entryOf(row);
}

function* entryOf(row: Row): Iterable<string> {
  const { kind, id, natural, status, bifrostName } = row;
  yield '';
  for (const remark of remarksOf(row)) yield `  # ${visible(remark)}`;
  const mark = status === 'written' ? '  ' : '  # ';
  yield `${mark}- kind: ${kind}`;
  yield `${mark}  id: ${quoted(shownId(kind, id))}`;
  yield `${mark}  name: ${quoted(bifrostName ?? natural)}`;
}

function* remarksOf({ kind, natural, status, bifrostName, message, equals, adopted }: Row): Iterable<string> {
  yield `${kind.replaceAll('_', ' ')} "${natural}": ${status}${message === null ? '' : `: ${message}`}`;
  if (equals > 1) yield `${equals} of LiteLLM have this name`;
  if (bifrostName !== null && bifrostName !== natural) yield `on Bifrost it is "${bifrostName}"`;
  if (adopted !== null) yield adopted;
  if (status !== 'written') yield 'give it a name of its own (without the #), or exclude: true';
}

/** JSON texts are YAML too, and nothing in them is taken for a number, a comment or a line end. */
function quoted(text: string): string {
  return printableJson(text, 0);
}

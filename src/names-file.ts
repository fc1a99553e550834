import { readFileSync } from 'node:fs';
import { LineCounter, parseDocument } from 'yaml';
import * as z from 'zod';
import { recordKind } from './config-values.js';
import { MigrateError, reasonOf } from './errors.js';
import { MERGED_KINDS, NAMED_KINDS, type NameChoice } from './mapping/name-choices.js';
import { RECORD_KINDS, type RecordKind } from './sources/records.js';

/** The operator's names, merges and exclusions (--names, docs/cli.md). */

const KIND = z.string().transform((typed, context): RecordKind => {
  const kind = recordKind(typed);
  if (kind !== undefined) return kind;
  context.addIssue({ code: 'custom', message: `is none of ${RECORD_KINDS.join(', ')}` });
  return z.NEVER;
});

/** Ids are texts: unquoted, YAML would read `0123` as a number. */
const TEXT = z.string('is not a text: put it in quotes').trim().min(1, 'is empty');

const CHOICE = z
  .strictObject({
    kind: KIND,
    id: TEXT,
    name: TEXT.max(255, 'is longer than 255 characters').optional(),
    merge: z.boolean().optional(),
    exclude: z.boolean().optional(),
  })
  .superRefine(({ kind, name, merge, exclude }, context) => {
    const wrong = (message: string): void => context.addIssue({ code: 'custom', message });
    const isIn = (kinds: readonly RecordKind[]): boolean => kinds.includes(kind);
    if (exclude === true && (name !== undefined || merge === true)) wrong('is excluded and named at once');
    if (merge === true && name === undefined) wrong('is to be merged and has no name to be merged under');
    if (name !== undefined && !isIn(NAMED_KINDS)) wrong(`has a name, and only ${NAMED_KINDS.join(', ')} can be named`);
    if (merge === true && !isIn(MERGED_KINDS)) wrong(`is to be merged, and only ${MERGED_KINDS.join(' and ')} can be`);
  });

const FILE = z.strictObject({ version: z.literal(1, 'must be 1'), records: z.array(CHOICE) });

/**
 * @throws MigrateError config_unreadable (no such file), config_invalid (not YAML, wrong shape, two records of one name that do
 *   not both say `merge: true`), with the entry that is wrong.
 */
export function readNamesFile(path: string): readonly NameChoice[] {
  const parsed = FILE.safeParse(toPlain(path, readText(path)));
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw invalid(path, `${placeOf(issue?.path ?? [])} ${issue?.message ?? 'is wrong'}`);
  }
  const choices = parsed.data.records.map(({ kind, id, name = null, merge = false, exclude = false }): NameChoice => ({
    kind,
    id,
    name,
    merge,
    exclude,
  }));
  refuseClashes(path, choices);
  return choices;
}

function refuseClashes(path: string, choices: readonly NameChoice[]): void {
  const seen = new Set<string>();
  const named = new Map<string, NameChoice>();
  for (const choice of choices) {
    const { kind, id, name, merge } = choice;
    if (seen.has(`${kind}\n${id}`)) throw invalid(path, `${kind} "${id}" stands there twice`);
    seen.add(`${kind}\n${id}`);
    if (name === null) continue;
    const other = named.get(`${kind}\n${name}`);
    if (other !== undefined && !(merge && other.merge))
      throw invalid(
        path,
        `${kind} "${other.id}" and "${id}" are both to be called "${name}", and not both say merge: true`,
      );
    named.set(`${kind}\n${name}`, choice);
  }
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new MigrateError(
      'config_unreadable',
      `The names file ${path} cannot be read: ${reasonOf(error)}.`,
      'Correct --names.',
      {
        cause: error,
      },
    );
  }
}

function toPlain(path: string, text: string): unknown {
  const lines = new LineCounter();
  const document = parseDocument(text.replace(/^\uFEFF/, ''), { prettyErrors: false, lineCounter: lines });
  const [problem] = document.errors;
  if (problem !== undefined) {
    const { line, col } = lines.linePos(problem.pos[0]);
    throw invalid(
      `${path}:${line}:${col}`,
      `is not YAML (${problem.code.toLowerCase().replaceAll('_', ' ')})`,
      problem,
    );
  }
  try {
    return document.toJS() as unknown;
  } catch (error) {
    throw invalid(path, `cannot be read as YAML: ${reasonOf(error)}`, error);
  }
}

/** `records[3].kind` */
function placeOf(path: readonly PropertyKey[]): string {
  if (path.length === 0) return 'the file';
  return path
    .map((part, at) => (typeof part === 'number' ? `[${part}]` : `${at === 0 ? '' : '.'}${String(part)}`))
    .join('');
}

function invalid(path: string, what: string, cause?: unknown): MigrateError {
  return new MigrateError(
    'config_invalid',
    `The names file ${path}: ${what}.`,
    'Correct the file; migrate report --conflicts writes one to begin with.',
    cause === undefined ? {} : { cause },
  );
}

import type { CodeGuide } from './code-guide.js';
import { csvCell } from './csv-cell.js';
import type { EveryRow, RecordLine } from './read-every.js';
import type { FindingRow } from './rows.js';
import { kindOrder, shownId } from './words.js';

/** Members of a row; docs/cli.md says what they hold. New ones are added at the end. */
export const CSV_COLUMNS = [
  'row',
  'kind',
  'id',
  'name',
  'outcome',
  'bifrost_name',
  'bifrost_id',
  'severity',
  'code',
  'field',
  'message',
  'next_step',
] as const;

type Cells = { readonly [C in (typeof CSV_COLUMNS)[number]]?: string | null };

const SEVERITIES = ['loss', 'change', 'notice'];

/**
 * The report as CSV: first what concerns the migration as a whole, then each record, followed by its findings. Lines
 * without their ends; a cell may have line ends in it.
 */
export function* renderCsv({ records, findings }: EveryRow, guide: CodeGuide): Iterable<string> {
  const ofRecord = new Map<string, FindingRow[]>();
  for (const one of findings) {
    const id = one.record === null ? '' : keyOf(one.record);
    const known = ofRecord.get(id);
    if (known === undefined) ofRecord.set(id, [one]);
    else known.push(one);
  }
  const lines = (id: string): string[] =>
    (ofRecord.get(id) ?? []).sort(byFinding).map((one) => csvLine(findingCells(one, guide)));
  yield CSV_COLUMNS.join(',');
  yield* lines('');
  for (const record of [...records].sort(byRecord)) {
    yield csvLine(recordCells(record));
    yield* lines(keyOf(record));
  }
}

function csvLine(cells: Cells): string {
  // Most cells are empty, and there may be millions.
  return CSV_COLUMNS.map((column) => (cells[column] ? csvCell(cells[column]) : '')).join(',');
}

function recordCells(record: RecordLine): Cells {
  const { kind, id, name, outcome, bifrostName, bifrostId, code, missing, message, nextStep } = record;
  const lacking = missing.length > 0 ? 'incomplete' : null;
  return {
    row: 'record',
    kind,
    id: shownId(kind, id),
    name,
    outcome,
    bifrost_name: bifrostName,
    bifrost_id: bifrostId,
    code: code ?? lacking,
    message: [...(message === null ? [] : [message]), ...missing].join(' '),
    next_step: nextStep,
  };
}

function findingCells({ record, severity, code, field, message }: FindingRow, guide: CodeGuide): Cells {
  return {
    row: 'finding',
    kind: record?.kind ?? null,
    id: record === null ? null : shownId(record.kind, record.id),
    name: record?.name ?? null,
    severity,
    code,
    field,
    message,
    next_step: guide.get(code)?.todo.replaceAll('`', '') ?? null,
  };
}

function keyOf({ kind, id }: { readonly kind: string; readonly id: string }): string {
  return `${kind}\n${id}`;
}

function byRecord(a: RecordLine, b: RecordLine): number {
  return (
    kindOrder(a.kind) - kindOrder(b.kind) || compare(a.kind, b.kind) || compare(a.name, b.name) || compare(a.id, b.id)
  );
}

function byFinding(a: FindingRow, b: FindingRow): number {
  return (
    SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) ||
    compare(a.code, b.code) ||
    compare(a.field, b.field) ||
    compare(a.message, b.message)
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

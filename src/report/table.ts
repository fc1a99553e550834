import type { CountRow } from './rows.js';
import { kindWords } from './words.js';

/** Header and rows of the count table; the same in every format. */
export const COUNT_COLUMNS = ['', 'read', 'created', 'adopted', 'skipped', 'failed', 'waiting'] as const;

export function countRows(counts: readonly CountRow[], total: CountRow): string[][] {
  return [...counts.map((row) => countRow(kindWords(row.kind), row)), countRow('total', total)];
}

function countRow(title: string, row: CountRow): string[] {
  return [title, row.read, row.created, row.adopted, row.skipped, row.failed, row.waiting].map(String);
}

/** Columns padded with spaces; the first left-aligned, the others right-aligned. */
export function alignColumns(header: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const all = [header, ...rows];
  const widths = header.map((_, column) => Math.max(...all.map((row) => (row[column] ?? '').length)));
  return all.map((row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  '),
  );
}

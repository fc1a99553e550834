import { extname } from 'node:path';
import { didYouMean } from './suggestion.js';
import { MigrateError } from '../errors.js';
import { SHEET_FORMATS, type SheetFormat } from './key-sheet.js';
import type { Flags } from '../config.js';

/** Where sheets go: to a file, one per team into a folder, or to stdout. */
export type Destination =
  | { readonly to: 'file'; readonly path: string }
  | { readonly to: 'folder'; readonly path: string }
  | { readonly to: 'stdout' };

const DEFAULT_NAME = './bifrost-keys';

/** @throws MigrateError `usage` for flags that contradict each other. */
export function destinationOf({ out, stdout, split }: Flags, format: SheetFormat): Destination {
  const folder = isSplit(split);
  if (stdout === true && (out !== undefined || folder))
    throw new MigrateError(
      'usage',
      `--stdout and ${folder ? '--split' : '--out'} contradict each other.`,
      'Give one of the two.',
    );
  if (stdout === true) return { to: 'stdout' };
  if (folder) return { to: 'folder', path: typeof out === 'string' ? out : `${DEFAULT_NAME}/` };
  return { to: 'file', path: typeof out === 'string' ? out : `${DEFAULT_NAME}.${format}` };
}

/** By `--format`, else by the extension of the file, else csv. */
export function sheetFormatOf({ format, out, json, stdout, split }: Flags): SheetFormat {
  if (json === true && stdout === true && format !== 'json' && format !== undefined) {
    throw new MigrateError(
      'usage',
      '--json promises one JSON document on stdout.',
      'Add --format json, or leave --json out.',
    );
  }
  if (json === true && stdout === true) return 'json';
  const ofFile = typeof out === 'string' && split === undefined ? extname(out).slice(1).toLowerCase() : 'csv';
  const named = typeof format === 'string' ? format : ofFile;
  const known = SHEET_FORMATS.find((candidate) => candidate === named);
  if (known === undefined && typeof format === 'string') {
    throw new MigrateError(
      'usage',
      `There is no sheet format "${format}".${didYouMean(format, SHEET_FORMATS)}`,
      `Take one of ${SHEET_FORMATS.join(', ')}.`,
    );
  }
  return known ?? 'csv';
}

function isSplit(by: Flags[string]): boolean {
  if (by === undefined || by === 'team') return by === 'team';
  throw new MigrateError('usage', `Sheets cannot be split by "${String(by)}".`, 'Type --split team.');
}

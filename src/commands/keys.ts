import { extname } from 'node:path';
import { callerBaseUrl } from '../report/model.js';
import { didYouMean } from './suggestion.js';
import { EXIT_NOT_CLEAN, type Command } from './command.js';
import { loadSettings, type Flags } from '../config.js';
import { MigrateError } from '../errors.js';
import { newKeyValues, readJournal } from './wiring.js';
import { printableJson } from '../report/visible.js';
import { readKeys, type KeyRows } from '../report/read-keys.js';
import { refuseForeignFile, writePrivately } from './private-file.js';
import { SHEET_BEGINNINGS, SHEET_FORMATS, SHEETS, type SheetFormat, type SheetRow } from './key-sheet.js';
import type { Secret } from '../secret.js';

const DEFAULT_FILE = './bifrost-keys';

/** The re-issue sheet: names from the journal, values asked of Bifrost now and stored nowhere else (mapping.md V11). */
export const keys: Command = async (context) => {
  const { flags, env, stdout, stderr } = context;
  const format = formatOf(flags);
  const path = destination(flags, format);
  const { settings } = loadSettings(flags, env, { requirements: 'target' });
  if (path !== null) refuseForeignFile(path, SHEET_BEGINNINGS);
  const journal = await readJournal(settings.journal, context, readKeys);
  const values = await valuesFor(journal, newKeyValues(settings, journal.targetIdentity));
  const rows = journal.keys.map((key): SheetRow => ({ ...key, value: values.get(key.bifrostId) ?? null }));
  const lines = SHEETS[format](callerBaseUrl(settings.bifrostUrl), rows);
  if (path === null) for (const line of lines) stdout.write(`${line}\n`);
  else writePrivately(path, lines);
  const gone = rows.filter((row) => row.value === null).length;
  const exitCode = gone > 0 ? EXIT_NOT_CLEAN : 0;
  if (settings.json && path !== null)
    stdout.write(
      `${printableJson({ file: path, keys: rows.length, withoutKey: journal.withoutKey, gone, exitCode })}\n`,
    );
  for (const line of remarks(path, rows.length, journal.withoutKey, gone)) stderr.write(`${line}\n`);
  return exitCode;
};

async function valuesFor(
  journal: KeyRows,
  values: AsyncIterable<{ readonly id: string; readonly value: Secret }>,
): Promise<Map<string, Secret>> {
  const wanted = new Set(journal.keys.map((key) => key.bifrostId));
  const found = new Map<string, Secret>();
  if (wanted.size === 0) return found;
  for await (const { id, value } of values) if (wanted.has(id)) found.set(id, value);
  return found;
}

function* remarks(path: string | null, written: number, withoutKey: number, gone: number): Iterable<string> {
  if (path !== null)
    yield `wrote ${path} with ${written} new key(s); only you can read it. Hand the keys out, then delete it.`;
  if (withoutKey > 0) yield `${withoutKey} LiteLLM key(s) have no new key: migrate report says why`;
  if (gone > 0) yield `WARN ${gone} key(s) of the journal are not on Bifrost any more`;
}

/** null = stdout. */
function destination({ out, stdout }: Flags, format: SheetFormat): string | null {
  if (stdout === true && out !== undefined)
    throw new MigrateError('usage', '--stdout and --out contradict each other.', 'Give one of the two.');
  if (stdout === true) return null;
  return typeof out === 'string' ? out : `${DEFAULT_FILE}.${format}`;
}

function formatOf({ format, out, json, stdout }: Flags): SheetFormat {
  if (json === true && stdout === true && format !== 'json' && format !== undefined) {
    throw new MigrateError(
      'usage',
      '--json promises one JSON document on stdout.',
      'Add --format json, or leave --json out.',
    );
  }
  if (json === true && stdout === true) return 'json';
  const named =
    typeof format === 'string' ? format : typeof out === 'string' ? extname(out).slice(1).toLowerCase() : 'csv';
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

import { join } from 'node:path';
import { callerBaseUrl } from '../report/model.js';
import { destinationOf, sheetFormatOf, type Destination } from './key-options.js';
import { EXIT_NOT_CLEAN, type Command } from './command.js';
import { loadSettings } from '../config.js';
import { newKeyValues, readJournal } from './wiring.js';
import { preparePrivateFolder, splitByTeam, strangersIn, type TeamSheet } from './key-folder.js';
import { printableJson, visible } from '../report/visible.js';
import { readKeys, type KeyRow, type KeyRows } from '../report/read-keys.js';
import { refuseForeignFile, writePrivately } from './private-file.js';
import { SHEET_BEGINNINGS, SHEETS, type SheetFormat, type SheetRow } from './key-sheet.js';
import type { Secret } from '../secret.js';

type Values = ReadonlyMap<string, Secret>;

/** The re-issue sheet: names from the journal, values asked of Bifrost now and stored nowhere else (mapping.md V11). */
export const keys: Command = async (context) => {
  const { flags, env, stdout, stderr } = context;
  const format = sheetFormatOf(flags);
  const destination = destinationOf(flags, format);
  const { settings } = loadSettings(flags, env, { requirements: 'target' });
  if (destination.to === 'file') refuseForeignFile(destination.path, SHEET_BEGINNINGS);
  const journal = await readJournal(settings.journal, context, readKeys, settings.team);
  const sheets = destination.to === 'folder' ? splitByTeam(journal.keys, format) : [];
  if (destination.to === 'folder') prepareFolder(destination.path, sheets);
  const values = await valuesFor(journal, newKeyValues(settings, journal.targetIdentity));
  const render = (rows: readonly KeyRow[]) => linesOf(format, callerBaseUrl(settings.bifrostUrl), rows, values);
  if (destination.to === 'stdout') for (const line of render(journal.keys)) stdout.write(`${line}\n`);
  else if (destination.to === 'file') writePrivately(destination.path, render(journal.keys));
  else for (const { file, keys: rows } of sheets) writePrivately(join(destination.path, file), render(rows));
  const gone = journal.keys.filter(({ bifrostId }) => !values.has(bifrostId)).length;
  const exitCode = gone > 0 ? EXIT_NOT_CLEAN : 0;
  const counts = { keys: journal.keys.length, withoutKey: journal.withoutKey, gone, exitCode };
  if (settings.json && destination.to !== 'stdout')
    stdout.write(`${printableJson({ ...placesOf(destination, sheets), ...counts })}\n`);
  for (const line of remarks(destination, sheets, counts)) stderr.write(`${line}\n`);
  return exitCode;
};

/** Before anything is asked: a folder that is ours alone, and in it no file that is no sheet under a name of ours. */
function prepareFolder(path: string, sheets: readonly TeamSheet[]): void {
  preparePrivateFolder(path);
  for (const { file } of sheets) refuseForeignFile(join(path, file), SHEET_BEGINNINGS);
}

function linesOf(
  format: SheetFormat,
  baseUrl: string,
  rows: readonly KeyRow[],
  values: Values,
): ReturnType<(typeof SHEETS)[SheetFormat]> {
  const shown = rows.map(({ team: _, ...row }): SheetRow => ({ ...row, value: values.get(row.bifrostId) ?? null }));
  return SHEETS[format](baseUrl, shown);
}

async function valuesFor(
  journal: KeyRows,
  values: AsyncIterable<{ readonly id: string; readonly value: Secret }>,
): Promise<Values> {
  const wanted = new Set(journal.keys.map((key) => key.bifrostId));
  const found = new Map<string, Secret>();
  if (wanted.size === 0) return found;
  for await (const { id, value } of values) if (wanted.has(id)) found.set(id, value);
  return found;
}

function placesOf(destination: Exclude<Destination, { to: 'stdout' }>, sheets: readonly TeamSheet[]): object {
  if (destination.to === 'file') return { file: destination.path };
  return {
    folder: destination.path,
    files: sheets.map(({ file, team, keys: rows }) => ({
      file: join(destination.path, file),
      team,
      keys: rows.length,
    })),
  };
}

type Counts = { readonly keys: number; readonly withoutKey: number; readonly gone: number };

function* remarks(
  destination: Destination,
  sheets: readonly TeamSheet[],
  { keys: written, withoutKey, gone }: Counts,
): Iterable<string> {
  if (destination.to === 'file')
    yield `wrote ${destination.path} with ${written} new key(s); only you can read it. Hand the keys out, then delete it.`;
  if (destination.to === 'folder') {
    const { path } = destination;
    yield `wrote ${sheets.length} sheet(s) with ${written} new key(s) into ${path}; only you can read them. Hand each to its team, then delete the folder.`;
    const strangers = strangersIn(path, sheets);
    if (strangers.length > 0)
      yield `WARN ${path} holds ${strangers.length} file(s) more, which belong to no sheet of now: ${visible(strangers.join(', '))}`;
  }
  if (withoutKey > 0) yield `${withoutKey} LiteLLM key(s) have no new key: migrate report says why`;
  if (gone > 0) yield `WARN ${gone} key(s) of the journal are not on Bifrost any more`;
}

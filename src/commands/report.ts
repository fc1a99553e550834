import { extname } from 'node:path';
import type { Database } from 'better-sqlite3';
import { conflictsFile } from '../report/conflicts.js';
import { MigrateError } from '../errors.js';
import { didYouMean } from './suggestion.js';
import { isReportFormat, REPORT_FORMATS, REPORTS, type ReportFormat } from '../report/formats.js';
import { loadSettings, type Flags } from '../config.js';
import { readJournal } from './wiring.js';
import { writePrivately } from './private-file.js';
import type { Command } from './command.js';

/** The report, from the journal alone. Exit code 0 whatever it says: reading is not migrating. */
export const report: Command = async (context) => {
  const { flags, env, stdout, stderr } = context;
  const read = flags['conflicts'] === true ? conflictsOnly(flags) : REPORTS[formatOf(flags)];
  const { settings } = loadSettings(flags, env, { requirements: 'none' });
  const lines = await readJournal(settings.journal, context, read, settings.team);
  const out = flags['out'];
  if (typeof out !== 'string') {
    for (const line of lines) stdout.write(`${line}\n`);
    return 0;
  }
  writePrivately(out, lines);
  stderr.write(`wrote ${out}\n`);
  return 0;
};

/** A file to be edited and given back has one format. */
function conflictsOnly({ format, json }: Flags): (database: Database) => readonly string[] {
  if (format !== undefined || json === true)
    throw new MigrateError('usage', '--conflicts writes YAML.', 'Leave --format and --json out.');
  return (database) => [...conflictsFile(database)];
}

function formatOf({ format, out, json }: Flags): ReportFormat {
  if (json === true && (format === undefined || format === 'json')) return 'json';
  if (json === true)
    throw new MigrateError('usage', '--json and --format contradict each other.', 'Give one of the two.');
  if (typeof format === 'string') {
    if (isReportFormat(format)) return format;
    throw new MigrateError(
      'usage',
      `There is no report format "${format}".${didYouMean(format, REPORT_FORMATS)}`,
      `Take one of ${REPORT_FORMATS.join(', ')}.`,
    );
  }
  const extension = typeof out === 'string' ? extname(out).slice(1).toLowerCase() : '';
  if (extension === 'txt') return 'text';
  return isReportFormat(extension) ? extension : 'md';
}
